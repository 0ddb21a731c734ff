//! Photos after words, resumable at any byte, two at a time, and gone when nobody will ask for them.

use crate::neighbourhood::{Who, note_key};
use crate::world::{A_MOMENT, World};
use domain::kernel::{Bytes, PersonId, Span};
use domain::memory::{Asked, Fate, LocalFault};
use domain::sync::{Delivery, Failure, LocalError, NotSaved};

/// More than one part of an upload.
const LARGE: usize = 2_300_000;

#[test]
fn words_go_first_and_no_photo_holds_them_up() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Part, [Fate::Slow(Span::minutes(1)), Fate::Slow(Span::minutes(1))]);
    let photo = tab.take_photo(Who::Watcher, vec![7; 1_000]).unwrap();
    tab.write_with_photo(1, &photo);
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
    assert_eq!(tab.replica.status().attachments, 1);
    tab.write(2, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(2), Some(Delivery::Uploaded), "while the photo is on its way");
    world.pass(Span::minutes(2));
    assert_eq!(world.site.note(&note_key(1)).unwrap().arrived, [photo.sha256]);
    assert!(tab.replica.status().all_uploaded());
}

#[test]
fn an_upload_that_is_cut_anywhere_goes_on_where_it_was() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let cuts = [Fate::Cut(10), Fate::AnswerLost, Fate::Lost, Fate::Cut(999_999), Fate::Cut(0)];
    phone.network.order(Asked::Part, cuts);
    let bytes: Vec<u8> = (0..LARGE).map(|index| u8::try_from(index % 251).unwrap()).collect();
    let photo = tab.take_photo(Who::Watcher, bytes).unwrap();
    tab.write_with_photo(1, &photo);
    world.pass(Span::minutes(10));
    assert_eq!(world.site.note(&note_key(1)).unwrap().arrived, [photo.sha256]);
    assert!(phone.network.count(Asked::Part) <= 12, "{}", phone.network.count(Asked::Part));
    assert!(tab.replica.status().all_uploaded());
}

#[test]
fn an_upload_goes_on_after_the_page_was_killed() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Part, [Fate::Arrives, Fate::Slow(Span::hours(1))]);
    let photo = tab.take_photo(Who::Watcher, vec![7; LARGE]).unwrap();
    tab.write_with_photo(1, &photo);
    world.pass(Span::seconds(10));
    tab.kill();
    let tab = phone.open();
    world.pass(Span::minutes(1));
    assert!(tab.replica.status().all_uploaded());
    assert_eq!(phone.network.count(Asked::Part), 4, "three parts, one of them twice");
}

#[test]
fn what_the_server_refuses_waits_for_its_person_and_holds_up_no_other() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let bad = Failure::BadRequest { detail: "no picture".to_owned() };
    let one = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    tab.write_with_photo(1, &one);
    phone.network.order(Asked::Part, [Fate::Fails(bad)]);
    world.pass(A_MOMENT);
    let other = tab.take_photo(Who::Watcher, vec![2; 100]).unwrap();
    tab.write_with_photo(2, &other);
    world.pass(Span::minutes(2));
    let status = tab.replica.status();
    assert_eq!((status.refused, status.attachments), (1, 0));
    assert_eq!(world.site.note(&note_key(2)).unwrap().arrived, [other.sha256]);
    assert!(tab.replica.has_blob(&one.sha256), "its person may still want it");
}

#[test]
fn words_whose_photo_is_not_on_the_disk_are_not_called_saved() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let photo = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    phone.disk.empty();
    let command = tab.writing(1, "灯不亮", vec![photo.clone()]);
    let sha256 = photo.sha256;
    let saved = tab.does(move |replica| async move { replica.submit(command, None, &[sha256]).await });
    assert_eq!(saved, Err(NotSaved::Device(LocalError::Incomplete)));
    assert!(tab.outbox_is_empty());
}

#[test]
fn where_there_is_no_room_what_the_server_has_makes_some() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.disk.set_room(Some(1_500));
    let first = tab.take_photo(Who::Watcher, vec![1; 1_000]).unwrap();
    assert_eq!(tab.take_photo(Who::Watcher, vec![2; 1_000]), Err(LocalError::Full), "it is in no note yet");
    tab.write_with_photo(1, &first);
    world.pass(Span::minutes(1));
    let second = tab.take_photo(Who::Watcher, vec![2; 1_000]).unwrap();
    let kept: Vec<_> = phone.shelf(Who::Watcher).blobs.into_keys().collect();
    assert_eq!(kept, [second.sha256]);
}

#[test]
fn a_photo_that_nothing_names_goes_after_a_day_and_an_uploaded_one_after_a_month() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let uploaded = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    tab.write_with_photo(1, &uploaded);
    world.pass(Span::minutes(1));
    let unnamed = tab.take_photo(Who::Watcher, vec![2; 100]).unwrap();
    let drafted = tab.take_photo(Who::Watcher, vec![3; 100]).unwrap();
    let draft = format!("…{}…", drafted.word());
    tab.does(|replica| async move { replica.keep_draft("write/2", draft).await }).unwrap();
    let mut tab = Some(tab);
    let mut after = |span: Span| {
        tab.take().unwrap().kill();
        world.pass(span);
        tab = Some(phone.open());
        world.pass(Span::minutes(1));
        phone.shelf(Who::Watcher).blobs.into_keys().collect::<Vec<_>>()
    };
    assert!(after(Span::hours(20)).contains(&unnamed.sha256));
    let kept = after(Span::hours(10));
    assert!(!kept.contains(&unnamed.sha256) && kept.contains(&uploaded.sha256));
    assert!(after(Span::days(27)).contains(&uploaded.sha256));
    assert_eq!(after(Span::days(3)), [drafted.sha256]);
}

#[test]
fn nobodys_photos_go_up_in_another_ones_name() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Offset, [Fate::Slow(Span::seconds(10))]);
    let photo = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    tab.write_with_photo(1, &photo);
    world.pass(A_MOMENT);
    tab.sign_in(Who::Neighbour).unwrap();
    world.pass(Span::minutes(5));
    assert!(world.site.note(&note_key(1)).unwrap().arrived.is_empty());
    assert_eq!(phone.network.count(Asked::Part), 0);
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(1));
    assert_eq!(world.site.note(&note_key(1)).unwrap().arrived, [photo.sha256]);
}

#[test]
fn two_tabs_upload_each_byte_once() {
    let world = World::at_noon();
    let (_, first, second) = world.two_tabs_of(Who::Watcher);
    for n in 1..5 {
        let photo = first.take_photo(Who::Watcher, vec![n; 100]).unwrap();
        first.write_with_photo(n, &photo);
    }
    world.pass(Span::minutes(2));
    assert!(first.replica.status().all_uploaded() && second.replica.status().all_uploaded());
    assert_eq!(world.site.server.bytes_heard(), Bytes::new(400), "what the other tab asks once more costs a question");
}

#[test]
fn a_photo_taken_for_somebody_who_has_left_is_kept_for_them() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.sign_in(Who::Neighbour).unwrap();
    phone.disk.order([] as [LocalFault; 0]);
    let photo = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    let owner: PersonId = Who::Watcher.id();
    assert!(phone.disk.shelf(owner).blobs.contains_key(&photo.sha256));
    assert!(!tab.replica.has_blob(&photo.sha256));
}
