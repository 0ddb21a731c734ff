//! What an author can do with a refused command of the log, and how the log's own records meet outbox and uploads.

use crate::neighbourhood::*;
use domain::kernel::{
    Attachment, Command, CommandId, EntryId, FieldChange, Got, Head, Record, RecordKey, Rejection, Span,
};
use domain::kinds::Kinds;
use domain::log::{self, Act, Entry, EntryForm, Part, ReviewState, another_entry, refused_answer};
use domain::organisation::{self, Place};
use domain::sync::{Delivery, Outbox, Overlay, Queued, QueuedState, Records, View, check, delivery_of, to_upload};
use std::cmp::Reverse;
use uuid::Uuid;

fn entry_id(n: u8) -> EntryId {
    Uuid::from_u128(0xE000 + u128::from(n)).into()
}

fn key(n: u8) -> RecordKey {
    Entry::key_of(community(), entry_id(n))
}

/// What the first two acts are about.
fn with_place(n: u8) -> Vec<RecordKey> {
    vec![key(n), Place::key_of(community(), stairwell(1))]
}

fn form(problem: &str, photos: &[u8]) -> EntryForm {
    EntryForm {
        category: "04".into(),
        spot: "yard".into(),
        problem: problem.into(),
        urgency: "3".into(),
        attachments: photos.iter().map(|n| photo(*n).word()).collect(),
        ..EntryForm::default()
    }
}

fn given(n: usize, about: Vec<RecordKey>, act: &Act) -> Command {
    let head = command(n, Who::Watcher, write(1, "")).head;
    Command::new(Head { about, ..head }, act).unwrap()
}

fn written(n: usize, entry: u8, photos: &[u8]) -> Command {
    given(n, with_place(entry), &Act::WriteEntry { form: form("灯不亮", photos) })
}

fn amended(n: usize, entry: u8, seen: CommandId, changes: Vec<FieldChange>) -> Command {
    given(n, with_place(entry), &Act::AmendEntry { seen, changes })
}

/// The watcher's phone, to which these commands have come back with the feed.
fn told(commands: &[Command]) -> Records {
    let mut records = Records::new(Kinds::of(&[&organisation::MODULE, &log::MODULE]));
    records.take_in(founding(community()));
    for (command, position) in commands.iter().zip(10..) {
        for record in check(&records, &Outbox::default(), command).expect("it is taken").into_records() {
            let stored = record.stored().unwrap();
            let head = domain::kernel::EnvelopeHead { key: stored.key, position };
            records.take_in([domain::kernel::Envelope { head, text: stored.text }]);
        }
    }
    records
}

fn in_state(command: Command, state: QueuedState) -> Queued {
    Queued { state, ..queued(command) }
}

fn louder() -> FieldChange {
    FieldChange::new("problem", Some("灯不亮"), Some("三楼的灯不亮"))
}

#[test]
fn an_own_step_that_came_back_with_the_feed_is_called_uploaded_and_not_shown_twice() {
    let written = written(0, 1, &[]);
    let records = told(std::slice::from_ref(&written));
    assert_eq!(delivery_of(&records, &Outbox::default(), &key(1), command_id(0)), Some(Delivery::Uploaded));
    // The answer to the push was lost.
    let outbox = outbox([written]);
    let overlay = Overlay::of(&records, &outbox);
    let shown = View::new(&records, &overlay).shown(&key(1)).unwrap();
    assert_eq!(shown.read::<Entry>().map(|entry| entry.steps.len()), Some(1));
    assert_eq!(shown.delivery, Delivery::OnDevice { since: NOON });
}

#[test]
fn what_the_log_waits_for_is_uploaded_and_what_was_taken_off_is_not() {
    let taken_off = FieldChange::new("attachments", Some(&photo(1).word()), None);
    let records = told(&[written(0, 1, &[1, 2]), amended(1, 1, command_id(0), vec![taken_off])]);
    let wanted: Vec<Attachment> = to_upload(Who::Watcher.id(), &records, &Outbox::default(), &[]);
    assert_eq!(wanted, [photo(2)]);
    let Got::Here(entry) = records.get::<Entry>(&key(1)) else { panic!("it is here") };
    assert!(entry.stays_open(), "told to its author's phone as long as a photo is missing");
}

#[test]
fn an_act_names_what_it_attaches() {
    let more = FieldChange::new("attachments", Some(&photo(1).word()), Some(&photo(3).word()));
    let act = |command: Command| Act::of(&queued(command)).map(|act| act.attached());
    assert_eq!(act(written(0, 1, &[1, 2])), Some(vec![photo(1), photo(2)]));
    assert_eq!(act(amended(1, 1, command_id(0), vec![louder(), more])), Some(vec![photo(3)]));
    assert_eq!(act(command(2, Who::Watcher, tick(1))), None, "another module's");
}

#[test]
fn a_refused_answer_can_be_mended_in_its_field() {
    let answer = |n, question, text: &str| {
        given(n, vec![key(1)], &Act::Answer { question: command_id(question), text: text.to_owned() })
    };
    let outbox = outbox_in([(answer(5, 3, "在等"), QueuedState::Waiting), (answer(6, 4, "三十七度二"), refused())]);
    assert_eq!(refused_answer(&outbox, command_id(4)), Some((command_id(6), "三十七度二".to_owned())));
    assert_eq!([3, 9].map(|question| refused_answer(&outbox, command_id(question))), [None, None]);
}

#[test]
fn what_a_full_entry_does_not_take_becomes_another_entry_with_its_words_and_new_photos() {
    let records = told(&[written(0, 1, &[1])]);
    let more = FieldChange::new("attachments", None, Some(&photo(2).word()));
    let item = in_state(amended(1, 1, command_id(0), vec![louder(), more]), refused_with(Rejection::FULL));
    let mut outbox = Outbox::restored(vec![item.clone()]);
    let overlay = Overlay::of(&records, &outbox);
    let shown = View::new(&records, &overlay).shown(&key(1)).unwrap();
    let act = Act::of(&item).unwrap();
    let form = another_entry(&act, shown.read().unwrap(), Some(Span::minutes(3))).expect("it has words");
    assert_eq!((form.problem.as_str(), form.attached()), ("三楼的灯不亮", vec![photo(2)]));
    assert_eq!(form.happened, Some(minutes(-3)), "by the clock of the device");
    let about = vec![key(9), Place::key_of(community(), stairwell(1))];
    let another = given(2, about, &Act::WriteEntry { form });
    assert!(check(&records, &outbox, &another).is_ok());
    assert_eq!(outbox.mend(command_id(1), queued(another)).as_ref(), Some(&item));
    let overlay = Overlay::of(&records, &outbox);
    let view = View::new(&records, &overlay);
    let delivery = |n| view.shown(&key(n)).map(|shown| shown.delivery);
    assert_eq!((delivery(1), delivery(9)), (Some(Delivery::Uploaded), Some(Delivery::OnDevice { since: minutes(2) })));
}

#[test]
fn an_answer_becomes_the_words_of_another_entry_of_the_same_kind_and_a_review_none() {
    let records = told(&[written(0, 1, &[1])]);
    let Got::Here(entry) = records.get::<Entry>(&key(1)) else { panic!("it is here") };
    let answer = Act::Answer { question: command_id(4), text: "三十七度二".to_owned() };
    let form = another_entry(&answer, entry, None).expect("it has words");
    let was = entry.content.to_form();
    assert_eq!((form.problem.as_str(), form.attached()), ("三十七度二", Vec::new()));
    assert_eq!((form.category, form.spot, form.urgency), (was.category, was.spot, was.urgency));
    assert!(another_entry(&Act::MarkRead { version: command_id(0) }, entry, None).is_none());
}

/// The entries on the screen, the newest first.
fn newest_first(records: &Records, outbox: &Outbox) -> Vec<Entry> {
    let overlay = Overlay::of(records, outbox);
    let shown = View::new(records, &overlay).of_kind(Entry::KIND);
    let mut entries: Vec<Entry> = shown.iter().map(|shown| shown.read::<Entry>().unwrap().clone()).collect();
    entries.sort_by_key(|entry| Reverse(entry.place_in_list()));
    entries
}

#[test]
fn a_phone_whose_clock_was_wrong_by_years_shows_its_newest_entry_first() {
    let written_at = |n: u8, minute: i64, offset: Span| {
        let clock = minutes(minute).plus(offset.negated());
        let id = EntryId::from_parts(clock.millis(), [n; 10]);
        let about = vec![Entry::key_of(community(), id), Place::key_of(community(), stairwell(1))];
        let mut written = given(usize::from(n), about, &Act::WriteEntry { form: form("一切平安", &[]) });
        (written.head.written, written.head.offset) = (clock, Some(offset));
        written
    };
    let years = Span::days(5 * 366);
    let waiting = [written_at(1, 0, Span::ZERO), written_at(2, 2, years), written_at(3, 1, Span::ZERO)];
    let entries = newest_first(&told(&[]), &outbox(waiting));
    let order: Vec<_> = entries.iter().map(Entry::written).collect();
    assert_eq!(order, [2, 1, 0].map(minutes));
}

#[test]
fn an_offline_answer_shows_at_once_and_is_honest_about_where_it_is() {
    let ask = Act::SendBack { version: command_id(0), part: Part::Problem, question: "体温多少？".to_owned() };
    let head = command(1, Who::SocialWorker, tick(1)).head;
    let asked = Command::new(Head { about: vec![key(1)], ..head }, &ask).unwrap();
    let mut written = written(0, 1, &[]);
    written.act = written.act.replace("\"04\"", "\"09\"");
    let records = told(&[written, asked]);
    let shown = |outbox: &Outbox| {
        let overlay = Overlay::of(&records, outbox);
        let shown = View::new(&records, &overlay).shown(&key(1)).unwrap();
        (shown.read::<Entry>().unwrap().review_state(), shown.delivery)
    };
    assert_eq!(shown(&Outbox::default()), (ReviewState::AwaitingAnswer, Delivery::Uploaded));
    let act = Act::Answer { question: command_id(1), text: "三十七度".to_owned() };
    let answered = outbox([given(2, vec![key(1)], &act)]);
    assert_eq!(shown(&answered), (ReviewState::Answered, Delivery::OnDevice { since: minutes(2) }));
}
