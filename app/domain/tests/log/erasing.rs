//! 清除内容: the words go, and that there was something, of what kind, when and by whom stays.

use crate::neighbourhood::*;
use domain::kernel::{AttachmentKind, FieldChange, Job, Record, Rejection};
use domain::log::{Act, Did, Entry, EntryFilter, MayReview, Part};
use uuid::Uuid;

/// Words that stand in one place each; none may be left anywhere.
const WORDS: [&str; 8] = ["偷水表", "报了警", "王某承认", "新写法", "几楼的", "三楼东", "处理得好", "隐私"];

fn erase() -> Act {
    Act::EraseEntry { why: "本人要求".to_owned() }
}

/// An entry with words wherever an entry has any: parts, changes, a clash, reviews, an answer, a photo, a resident, a door.
fn full_of_words() -> World {
    let mut form = form(WORDS[0]);
    form.measures = WORDS[1].to_owned();
    form.feedback = WORDS[2].to_owned();
    form.subjects = vec![Uuid::from_u128(7).into()];
    form.attachments = vec![photo(1)];
    form.template = "elder_unwell".to_owned();
    let (mut world, results) = story([
        (Who::Watcher, Act::WriteEntry { form }),
        (Who::Watcher, change(0, "problem", WORDS[0], WORDS[3])),
        (Who::StandIn, change(0, "problem", WORDS[0], "另一种")),
        (Who::Watcher, change(0, "category", "09", "06")),
        (Who::SocialWorker, send_back(0, WORDS[4])),
        (Who::Watcher, answer(4, WORDS[5])),
        (Who::Colleague, comment(0, WORDS[6])),
    ]);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let aside = Act::SetAsideEntry { why: WORDS[7].to_owned() };
    world.take(&by_the_system(7, Job::Operator, 1, &aside)).unwrap();
    world
}

fn erased() -> (World, Entry) {
    let mut world = full_of_words();
    let entry = world.take(&by_the_system(8, Job::Retention, 1, &erase())).unwrap();
    (world, entry)
}

#[test]
fn no_word_is_left_of_an_erased_entry_and_its_steps() {
    let before = full_of_words().entry(1).stored_text();
    assert!(WORDS.iter().all(|word| before.contains(word)), "{before}");
    let (_, entry) = erased();
    let text = entry.stored_text();
    for word in WORDS.into_iter().chain(["另一种", "5-2", "photo:", "elder_unwell", &Uuid::from_u128(7).to_string()])
    {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(entry.attachments().is_empty() && entry.clashes.is_empty() && entry.content.subjects().is_empty());
    assert!(Part::ALL.into_iter().all(|part| entry.content.part(part).unwrap_or_default().is_empty()));
    assert!(entry.versions().iter().all(|version| version.content.part(Part::Problem) == Some("")));
}

#[test]
fn who_did_what_when_about_what_kind_of_thing_stays() {
    let world = full_of_words();
    let before = world.entry(1);
    let (_, after) = erased();
    let head = |entry: &Entry| (entry.id, entry.number.clone(), entry.author, entry.place, entry.classes);
    assert_eq!(head(&after), head(before));
    assert_eq!(after.audience(), before.audience(), "whoever was told of the words is told that they are gone");
    assert_eq!(after.content.category(), before.content.category());
    assert_eq!((after.content.urgency(), after.happened()), (before.content.urgency(), before.happened()));
    let steps = |entry: &Entry| entry.steps.iter().map(|step| (step.id, step.by, step.times)).collect::<Vec<_>>();
    assert_eq!(steps(&after)[..8], steps(before)[..]);
    assert_eq!(after.erased().map(|why| why.as_str()), Some("本人要求"));
    assert_eq!(after.version(), before.version());
    let classes = |entry: &Entry| entry.versions().iter().map(|one| one.content.category()).collect::<Vec<_>>();
    assert_eq!(classes(&after), classes(before));
    assert!(matches!(after.steps[8].did, Did::Erased(_)));
}

#[test]
fn an_erased_entry_takes_nothing_more_and_no_list_shows_it() {
    let (mut world, entry) = erased();
    assert!(!entry.is_listed() && entry.is_erased() && !entry.stays_open());
    assert_eq!(entry.row().state, "erased");
    assert!(!entry.row().search.contains(WORDS[0]));
    assert!(!EntryFilter::default().matches(&entry, world.directory.tree()));
    for (who, act) in [
        (Who::Watcher, change(0, "problem", "", "又写一遍")),
        (Who::Watcher, answer(4, "三楼")),
        (Who::Watcher, Act::WithdrawEntry {}),
        (Who::SocialWorker, comment(0, "好")),
        (Who::Neighbour, comment(0, "好")),
    ] {
        assert_eq!(world.take(&command(9, who, 1, &act)), rejected(Rejection::ERASED), "{act:?}");
    }
    let aside = Act::SetAsideEntry { why: "再停一次".to_owned() };
    assert_eq!(world.take(&by_the_system(9, Job::Operator, 1, &aside)), rejected(Rejection::ERASED));
    assert_eq!(world.take(&by_the_system(10, Job::Operator, 1, &erase())), Ok(entry), "once more changes nothing");
}

#[test]
fn a_reason_that_says_too_much_gives_way_to_the_next_one() {
    let (mut world, first) = erased();
    let again = Act::EraseEntry { why: "按规定".to_owned() };
    let entry = world.take(&by_the_system(9, Job::Operator, 1, &again)).unwrap();
    assert_eq!(entry.erased().map(|why| why.as_str()), Some("按规定"));
    let text = entry.stored_text();
    assert!(!text.contains("本人要求"), "{text}");
    assert_eq!(entry.steps.len(), first.steps.len() + 1, "who erased it first, and when, stays");
    assert!(entry.is_erased() && !entry.is_listed());
    assert_eq!(world.take(&by_the_system(10, Job::Operator, 1, &again)), Ok(entry), "the same one changes nothing");
}

#[test]
fn only_the_system_erases() {
    let mut world = full_of_words();
    for who in Who::ALL {
        assert_eq!(world.take(&command(8, who, 1, &erase())), rejected(Rejection::NO_RIGHT), "{who:?}");
    }
    let nothing = Act::EraseEntry { why: "  ".to_owned() };
    assert!(world.take(&by_the_system(8, Job::Operator, 1, &nothing)).is_err(), "it says why");
}

#[test]
fn a_full_entry_can_still_be_erased() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    for n in 1..90 {
        let _ = world.take(&command(n, Who::SocialWorker, 1, &comment(0, "好")));
    }
    assert_eq!(world.take(&command(90, Who::SocialWorker, 1, &comment(0, "好"))), rejected(Rejection::FULL));
    assert!(world.take(&by_the_system(91, Job::Operator, 1, &erase())).is_ok());
}

#[test]
fn refused_words_are_not_laid_over_an_erased_entry() {
    let (mut world, entry) = erased();
    let late = command(9, Who::Watcher, 1, &change(0, "problem", WORDS[3], "还是那些话"));
    assert_eq!(world.see(&late), rejected(Rejection::ERASED), "the phone says so before it saves");
    assert_eq!(world.as_meant(&late), None);
    let stairwell = [domain::kernel::Membership {
        role: domain::kernel::Role::SocialWorker,
        place: Where::Grid.id(),
        from: domain::kernel::Timestamp::EARLIEST,
        until: None,
    }];
    assert!(
        MayReview::find(&rights(&world, Who::SocialWorker, &stairwell), &entry).is_some(),
        "who may read it, still may"
    );
}

#[test]
fn an_older_version_reads_that_something_was_done() {
    let (_, entry) = erased();
    let text = entry.stored_text().replace("\"erased\"", "\"blotted\"");
    let read: Entry = domain::kernel::json::read_small(text.as_bytes()).unwrap();
    assert_eq!(read.steps[8].did, Did::Unknown {});
    let kinds: Vec<FieldChange> = entry.steps.iter().flat_map(|step| step.changes().to_vec()).collect();
    assert_eq!(kinds.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["category"]);
    assert!(AttachmentKind::ALL.iter().all(|kind| !text.contains(&format!("\"{}:", kind.code()))));
}

trait Text {
    fn stored_text(&self) -> String;
}

impl Text for Entry {
    fn stored_text(&self) -> String {
        domain::kernel::json::write(self).unwrap()
    }
}
