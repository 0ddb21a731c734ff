//! 清除内容: the words of a record go by a command of the trail, everywhere; their hash stays, and with it receipts,
//! duplicates and chains.

use crate::neighbourhood::*;
use domain::kernel::{Attachment, AttachmentKind, Command, EntryId, RecordKey, ResidentId, Sha256};
use domain::log::{self, EntryFilter, EntryForm};
use domain::residents::{self, Resident};
use domain::store::NamedBlob;
use domain::sync::Outcome;

fn erase() -> log::Act {
    log::Act::EraseEntry { why: "本人要求".to_owned() }
}

/// An erasing that comes before its record, as after a restore from a backup that lacks it.
async fn erasing_that_waits(here: &Neighbourhood, note: &domain::kernel::Command) -> domain::kernel::Command {
    let head = domain::kernel::Head {
        id: id(0xE1),
        actor: domain::kernel::Actor::OPERATOR,
        device: domain::kernel::DeviceId::SERVER,
        written: now(),
        offset: None,
        about: vec![entry_key(entry_of(note))],
    };
    let erasing = domain::kernel::Command::new(head, &erase()).unwrap();
    let replies = here.store.act(vec![erasing.clone()], now()).await.unwrap();
    assert_eq!(word(&replies[0].outcome), "parked");
    erasing
}

async fn erase_entry(here: &Neighbourhood, entry: EntryId) {
    here.operate(now(), &[(vec![entry_key(entry)], erase())]).await;
}

fn photo() -> Attachment {
    Attachment::of(AttachmentKind::Photo, b"a face")
}

/// An entry of 王某兰's that names the photo.
fn note_with_photo() -> Command {
    write_form(WANG, FIRST, now(), EntryForm { attachments: vec![photo().word()], ..form("01", "王某兰") })
}

/// How many photos an entry waits for.
async fn missing(here: &Neighbourhood, note: &Command) -> usize {
    here.entry(CHEN, entry_of(note)).await.unwrap().missing().count()
}

promises! {
    async fn what_was_erased_is_still_a_duplicate_and_other_bytes_a_conflict(here) {
        let (note, kept) = (note("王某兰家的事"), note("灯不亮"));
        let change = amend(WANG, &note, "王某兰家的事", "隐去");
        here.accept(WANG, &[note.clone(), kept.clone(), change.clone()]).await;
        erase_entry(here, entry_of(&note)).await;
        let before = here.everything(CHEN).await;
        let replies = here.push(WANG, &[note.clone(), change, kept]).await;
        assert_eq!(replies.iter().map(|reply| word(&reply.outcome)).collect::<Vec<_>>(), ["duplicate"; 3]);
        assert_eq!(replies[0].sha256, Sha256::of(note.to_bytes().unwrap().as_bytes()));
        let says_erased: Vec<bool> =
            replies.iter().map(|reply| matches!(reply.outcome, Outcome::Duplicate { erased: true, .. })).collect();
        assert_eq!(says_erased, [true, true, false], "so that a phone lets the words go");
        let mut other = note;
        other.act = other.act.replace("王某兰", "别人");
        assert_eq!(here.outcomes(WANG, &[other]).await, ["conflict"]);
        assert_eq!(here.everything(CHEN).await, before, "nothing comes back");
    }

    async fn the_record_loses_its_words_and_everybody_who_was_told_is_told_so(here) {
        let note = note("王某兰家的事");
        let change = amend(WANG, &note, "王某兰家的事", "她女儿的电话");
        here.accept(WANG, &[note.clone(), change]).await;
        let ask = log::Act::Comment { version: note.head.id, text: "王某兰确实说过".to_owned() };
        here.accept(CHEN, &[act_on(CHEN, entry_of(&note), &ask)]).await;
        let cursors = here.pull(CHEN, Vec::new(), 1_000).await.cursors;
        let before = here.entry(CHEN, entry_of(&note)).await.unwrap();
        erase_entry(here, entry_of(&note)).await;
        let news = here.pull(CHEN, cursors, 1_000).await.envelopes;
        assert_eq!(news.iter().map(|one| &one.head.key).collect::<Vec<_>>(), [&entry_key(entry_of(&note))]);
        for words in ["王某兰", "女儿", "确实"] {
            assert!(!news[0].text.contains(words), "{words} in {}", news[0].text);
        }
        let after = here.entry(CHEN, entry_of(&note)).await.unwrap();
        assert_eq!((&after.number, after.author, after.written()), (&before.number, before.author, before.written()));
        assert_eq!(after.steps.len(), before.steps.len() + 1);
        for words in ["王某兰", "电话", "确实"] {
            let filter = EntryFilter { words: words.to_owned(), ..EntryFilter::default() };
            assert_eq!(here.list(CHEN, &filter).await.len(), 0, "{words}");
        }
        assert_eq!(here.list(CHEN, &EntryFilter::default()).await.len(), 0);
    }

    async fn once_more_changes_nothing(here) {
        let note = note("王某兰家的事");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        erase_entry(here, entry_of(&note)).await;
        let (heads, told) = (here.store.heads().await.unwrap(), here.everything(CHEN).await);
        here.operate(minutes(1), &[(vec![entry_key(entry_of(&note))], erase())]).await;
        assert_eq!(here.store.heads().await.unwrap(), heads);
        assert_eq!(here.everything(CHEN).await, told);
    }

    async fn another_reason_takes_the_place_of_the_one_before(here) {
        let note = note("王某兰家的事");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        for (minute, why) in [(1, "王某兰要求"), (2, "本人要求")] {
            let erase = log::Act::EraseEntry { why: why.to_owned() };
            here.operate(minutes(minute), &[(vec![entry_key(entry_of(&note))], erase)]).await;
        }
        let entry = here.entry(CHEN, entry_of(&note)).await.unwrap();
        assert_eq!(entry.erased().map(|why| why.as_str()), Some("本人要求"));
        let told: String = here.everything(CHEN).await.into_iter().map(|one| one.text).collect();
        assert!(told.contains("本人要求") && !told.contains("王某兰要求"), "{told}");
        assert_eq!(here.outcomes(WANG, &[note]).await, ["duplicate"]);
    }

    async fn what_still_waited_can_never_be_applied_and_nothing_more_is_kept(here) {
        let (note, stairwell) = (note("灯不亮"), id::<domain::kernel::PlaceId>(0x77));
        here.accept(WANG, std::slice::from_ref(&note)).await;
        // It names a stairwell that is not there yet.
        let mut change = amend(WANG, &note, "灯不亮", "灯亮了");
        change.head.about[1] = RecordKey::new(id(HERE), "place", stairwell);
        assert_eq!(here.outcomes(WANG, std::slice::from_ref(&change)).await, ["parked"]);
        erase_entry(here, entry_of(&note)).await;
        assert_eq!(here.outcomes(WANG, &[change]).await, ["erased"]);
        let again = amend(WANG, &note, "灯不亮", "又写一遍");
        assert_eq!(here.outcomes(WANG, &[again]).await, ["erased"]);
        assert_eq!(problem(&here.entry(WANG, entry_of(&note)).await.unwrap()), "");
    }

    async fn an_erasing_that_comes_before_its_record_waits_for_it(here) {
        let note = note("王某兰家的事");
        let change = amend(WANG, &note, "王某兰家的事", "隐去");
        let erasing = erasing_that_waits(here, &note).await;
        assert_eq!(here.outcomes(WANG, &[note.clone(), change.clone()]).await, ["accepted", "erased"]);
        assert_eq!(problem(&here.entry(WANG, entry_of(&note)).await.unwrap()), "");
        assert_eq!(here.outcomes(WANG, &[note, change]).await, ["duplicate", "erased"]);
        let replies = here.store.act(vec![erasing], now()).await.unwrap();
        assert_eq!(word(&replies[0].outcome), "duplicate");
    }

    async fn nothing_about_a_record_whose_erasing_waits_for_it_is_kept(here) {
        let (note, kept) = (note("王某兰家的事"), note("灯不亮"));
        here.accept(WANG, std::slice::from_ref(&kept)).await;
        erasing_that_waits(here, &note).await;
        let change = amend(WANG, &note, "王某兰家的事", "隐去");
        assert_eq!(here.outcomes(WANG, std::slice::from_ref(&change)).await, ["erased"]);
        let mut again = change;
        again.head.id = kept.head.id;
        assert_eq!(here.outcomes(WANG, &[again]).await, ["conflict"]);
        // The one about it that waits says why, and nothing else.
        assert_eq!(here.outcomes(WANG, &[amend(WANG, &kept, "灯不亮", "灯亮了")]).await, ["accepted"]);
    }

    async fn photos_of_what_was_erased_are_nobodys(here) {
        let (photo, note) = (photo(), note_with_photo());
        here.accept(WANG, std::slice::from_ref(&note)).await;
        here.store.blob_arrived(person(WANG), &photo, now()).await.unwrap();
        assert!(here.store.readable_blob(person(CHEN), &photo.sha256, now()).await.unwrap().is_some());
        erase_entry(here, entry_of(&note)).await;
        for who in [WANG, CHEN] {
            assert_eq!(here.store.readable_blob(person(who), &photo.sha256, now()).await.unwrap(), None, "{who}");
        }
        assert_eq!(here.store.named_blob(person(WANG), &photo.sha256).await.unwrap(), None);
        assert_eq!(here.store.orphans(vec![photo.sha256]).await.unwrap(), [photo.sha256], "its bytes are swept");
    }

    async fn a_photo_that_was_erased_is_awaited_by_the_next_entry_that_names_it(here) {
        let (photo, note) = (photo(), note_with_photo());
        here.accept(WANG, std::slice::from_ref(&note)).await;
        here.store.blob_arrived(person(WANG), &photo, now()).await.unwrap();
        erase_entry(here, entry_of(&note)).await;
        assert_eq!(here.store.orphans(vec![photo.sha256]).await.unwrap(), [photo.sha256], "its bytes are swept");

        let again = note_with_photo();
        here.accept(WANG, std::slice::from_ref(&again)).await;
        assert_eq!(missing(here, &again).await, 1, "nobody is told that bytes are here that are gone");
        let named = here.store.named_blob(person(WANG), &photo.sha256).await.unwrap();
        assert_eq!(named, Some(NamedBlob { attachment: photo.clone(), arrived: false }), "its phone sends it again");
        assert_eq!(here.store.readable_blob(person(CHEN), &photo.sha256, now()).await.unwrap(), None);
        here.store.blob_arrived(person(WANG), &photo, now()).await.unwrap();
        assert_eq!(missing(here, &again).await, 0);
        assert!(here.store.readable_blob(person(CHEN), &photo.sha256, now()).await.unwrap().is_some());
    }

    async fn a_photo_that_another_entry_still_names_stays(here) {
        let (photo, note, other) = (photo(), note_with_photo(), note_with_photo());
        here.accept(WANG, &[note.clone(), other.clone()]).await;
        here.store.blob_arrived(person(WANG), &photo, now()).await.unwrap();
        erase_entry(here, entry_of(&note)).await;
        assert_eq!(here.store.orphans(vec![photo.sha256]).await.unwrap(), [], "its bytes are kept");
        let third = note_with_photo();
        here.accept(WANG, std::slice::from_ref(&third)).await;
        assert_eq!((missing(here, &other).await, missing(here, &third).await), (0, 0));
        assert!(here.store.readable_blob(person(CHEN), &photo.sha256, now()).await.unwrap().is_some());
    }

    async fn bytes_that_were_under_way_when_their_entry_was_erased_count_for_no_other(here) {
        let (photo, note) = (photo(), note_with_photo());
        here.accept(WANG, std::slice::from_ref(&note)).await;
        erase_entry(here, entry_of(&note)).await;
        here.store.blob_arrived(person(WANG), &photo, now()).await.unwrap();
        assert_eq!(here.store.orphans(vec![photo.sha256]).await.unwrap(), [photo.sha256], "they are swept as well");
        let again = note_with_photo();
        here.accept(WANG, std::slice::from_ref(&again)).await;
        assert_eq!(missing(here, &again).await, 1);
    }

    async fn a_resident_is_erased_for_everybody_who_knew_them(here) {
        let key = Resident::key_of(id(HERE), id::<ResidentId>(0x31));
        let erase = residents::Act::EraseResident { why: "本人要求".to_owned() };
        here.operate(minutes(1), &[(vec![key.clone()], erase)]).await;
        let stored = here.store.stored(&key).await.unwrap().unwrap();
        assert!(!stored.text.contains("吴某") && !stored.text.contains("1380000"), "{}", stored.text);
        for who in [WANG, LI] {
            let told = here.store.record(person(who), &key, now()).await.unwrap().unwrap();
            assert!(told.text.contains("\"erased\""), "{who}: {}", told.text);
        }
    }
}
