//! Words that were erased leave every phone: what it was told, its own sent texts, its photos. What the
//! server does not have stays with its author.

use crate::neighbourhood::{Who, note_key};
use crate::world::{A_MOMENT, Phone, World};
use domain::kernel::{Rejection, Span};
use domain::log::wants_another_entry;
use domain::memory::{Asked, Fate};
use domain::sync::{QueuedState, Trouble};

/// Whether anything on the disk of a phone says this.
fn says(phone: &Phone, who: Who, words: &str) -> bool {
    let shelf = phone.shelf(who);
    let sent = shelf.sent.iter().map(|(_, item)| item.bytes.as_str());
    let outbox = shelf.outbox.iter().map(|item| item.bytes.as_str());
    let records = shelf.records.values().map(|record| record.text.as_str());
    sent.chain(outbox).chain(records).any(|text| text.contains(words))
}

#[test]
fn what_was_erased_leaves_the_phone_of_its_author_and_of_everybody_who_was_told() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let (tablet, desk) = world.phone_of(Who::SocialWorker);
    let photo = tab.take_photo(Who::Watcher, vec![7; 100]).unwrap();
    tab.write_with_photo(1, &photo);
    tab.write(2, "留着的");
    world.pass(Span::minutes(1));
    tab.add(1, "王某兰家的事");
    world.pass(A_MOMENT);
    desk.replica.talk_soon();
    world.pass(A_MOMENT);
    assert!(says(&phone, Who::Watcher, "王某兰家的事") && says(&tablet, Who::SocialWorker, "王某兰家的事"));
    assert!(tab.replica.has_blob(&photo.sha256));

    world.site.erase(&note_key(1));
    for one in [&tab, &desk] {
        one.replica.talk_soon();
    }
    world.pass(Span::minutes(1));
    for words in ["王某兰家的事", "灯不亮"] {
        assert!(!says(&phone, Who::Watcher, words) && !says(&tablet, Who::SocialWorker, words), "{words}");
    }
    assert!(!tab.replica.has_blob(&photo.sha256) && phone.shelf(Who::Watcher).blobs.is_empty());
    assert!(says(&phone, Who::Watcher, "留着的"));
    assert_eq!(tab.lines(1), ["", ""], "that there was something is still shown");
}

#[test]
fn what_lies_in_the_outbox_when_its_record_is_erased_stays_with_its_author_who_is_told_why() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "王某兰家的事");
    world.pass(A_MOMENT);
    phone.network.order(Asked::Push, vec![Fate::Lost; 3]);
    tab.add(1, "还有一句");
    world.site.erase(&note_key(1));
    phone.network.forget_orders();
    tab.replica.talk_soon();
    world.pass(Span::minutes(1));
    let trouble = Trouble::Rejected { reason: Rejection::ERASED.into() };
    assert_eq!(tab.states(), [QueuedState::NeedsPerson { trouble: trouble.clone() }]);
    assert!(says(&phone, Who::Watcher, "还有一句") && !says(&phone, Who::Watcher, "王某兰家的事"));
    assert_eq!(tab.lines(1), [""], "and is not laid over the record");
    assert!(!trouble.may_pass() && !wants_another_entry(&Rejection::ERASED.into()) && !trouble.is_id_taken());
    let id = phone.shelf(Who::Watcher).outbox[0].id().unwrap();
    tab.does(move |replica| async move { replica.give_up(id).await }).unwrap();
    assert!(!says(&phone, Who::Watcher, "还有一句"));
}

#[test]
fn a_phone_that_did_not_hear_of_it_offers_it_after_a_restore_and_hears_that_it_is_there() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "王某兰家的事");
    world.pass(A_MOMENT);
    world.site.back_up();
    tab.write(2, "备份之后的");
    let photo = tab.take_photo(Who::Watcher, vec![7; 100]).unwrap();
    tab.write_with_photo(3, &photo);
    tab.write(4, "留着的");
    world.pass(Span::minutes(1));
    phone.network.order(Asked::Pull, vec![Fate::Lost; 1_000]);
    for n in 1..4 {
        world.site.erase(&note_key(n));
    }
    world.site.restore();
    phone.network.forget_orders();
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(6));
    assert!(tab.outbox_is_empty(), "{:?}", tab.states());
    for words in ["王某兰家的事", "备份之后的", "灯不亮"] {
        assert!(!says(&phone, Who::Watcher, words), "{words}");
        assert!(!world.site.notes().iter().any(|note| note.texts().contains(&words)), "{words}");
        assert!(tab.lines(1).iter().chain(&tab.lines(2)).all(|line| line != words), "{words}");
    }
    assert!(!tab.replica.has_blob(&photo.sha256) && phone.shelf(Who::Watcher).blobs.is_empty());
    assert!(says(&phone, Who::Watcher, "留着的") && world.site.note(&note_key(4)).is_some());
}
