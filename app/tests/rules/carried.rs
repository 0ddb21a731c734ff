//! The file of everything unsent: nothing is missing in it, and nobody speaks with another one's voice through it.

use crate::neighbourhood::*;
use app::domain::{Act, Attachment, AttachmentKind, Change, DeviceId, EntryForm, Records, Sha256Hex, apply};
use app::sync::{Carried, CarriedBlob, CarriedError, Outbox, Outcome, Queued, QueuedState, SyncMarks, ToTakeIn};

fn three() -> Outbox {
    outbox((0..3).map(|n| command(n, Who::Watcher, write(1 + u8::try_from(n).unwrap(), "一切平安"))))
}

fn carried(outbox: &Outbox) -> Carried {
    let device = DeviceId::from_parts(1, [1; 10]);
    let marks = SyncMarks { clock_offset: Some(-60_000), ..SyncMarks::default() };
    let drafts = [("write/1".to_owned(), "没写完".to_owned())];
    Carried::of(&Who::Watcher.card(), device, NOON, &marks, outbox, drafts)
}

fn nothing(left_out: usize) -> ToTakeIn {
    ToTakeIn { commands: Vec::new(), left_out }
}

#[test]
fn everything_that_the_server_does_not_have_is_in_the_file_byte_for_byte() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    let outcome = Outcome::Accepted { position: 1, number: None };
    let sha256 = Sha256Hex::of(batch[0].as_bytes());
    outbox.settle(&batch, &[app::sync::CommandReply { id: None, sha256, outcome }]);
    let file = carried(&outbox);
    let unsent: Vec<String> = outbox.items()[1..].iter().map(|item| item.bytes.clone()).collect();
    assert_eq!(file.commands, unsent);
    assert_eq!(Carried::read(file.to_text().as_bytes()), Ok(file.clone()));
    assert_eq!(app::json::read_small::<Carried>(file.to_text().as_bytes()).ok(), Some(file.clone()));
    assert_eq!(file.file_name(), "守望日志-没传的-王某兰-20251117.json");
    assert!(file.to_text().contains("没写完"), "words can be found in it without us");
}

#[test]
fn one_command_goes_alone_with_what_it_attaches() {
    let (mine, others) = ([1; 3], [2; 3]);
    let mut outbox = three();
    let with = |bytes: &[u8]| {
        let form = EntryForm {
            attachments: vec![Attachment::of(AttachmentKind::Photo, bytes).word()],
            ..form("拍了一张")
        };
        Act::WriteEntry { entry: entry_id(9), micro_grid: STAIRWELL.to_owned(), form }
    };
    outbox.push(Queued::new(command(9, Who::Watcher, with(&mine))).unwrap());
    let file = carried(&outbox).alone(command_id(9));
    assert_eq!(file.commands, [outbox.items()[3].bytes.clone()]);
    assert_eq!(file.unfinished, []);
    assert!(file.names(&Sha256Hex::of(&mine)) && !file.names(&Sha256Hex::of(&others)));
    assert!(carried(&outbox).alone(command_id(77)).is_empty());
}

#[test]
fn another_device_takes_in_what_it_does_not_have_and_sends_it() {
    let (phone, mut other) = (three(), Outbox::default());
    let file = carried(&phone);
    other.push(phone.items()[1].clone());
    let new = file.commands_for(Who::Watcher.id(), &other, &Records::default()).unwrap();
    assert_eq!((new.commands.len(), new.left_out), (2, 0));
    for item in new.commands {
        assert_eq!(item.state, QueuedState::Waiting);
        other.push(item);
    }
    assert_eq!(file.commands_for(Who::Watcher.id(), &other, &Records::default()), Ok(nothing(0)));
    assert_eq!(other.next_batch(100).len(), 3);
}

#[test]
fn what_has_come_to_the_log_meanwhile_is_not_taken_in_again() {
    let mut log = neighbourhood();
    log.absorb(Change::Entry(apply(&log, &command(1, Who::Watcher, write(2, "一切平安")), None).unwrap()));
    let new = carried(&three()).commands_for(Who::Watcher.id(), &Outbox::default(), &log).unwrap();
    assert_eq!(new.commands.iter().filter_map(Queued::id).collect::<Vec<_>>(), [command_id(0), command_id(2)]);
}

#[test]
fn what_this_version_cannot_read_is_kept_for_one_that_can() {
    let file = Carried { commands: vec!["{\"act\":\"of tomorrow\"}".to_owned()], ..carried(&three()) };
    let new = file.commands_for(Who::Watcher.id(), &Outbox::default(), &Records::default()).unwrap();
    assert_eq!((new.commands[0].bytes.as_str(), new.left_out), ("{\"act\":\"of tomorrow\"}", 0));
}

#[test]
fn nobody_takes_in_what_is_anothers_nor_says_something_in_anothers_name() {
    let file = carried(&three());
    assert_eq!(
        file.commands_for(Who::Neighbour.id(), &Outbox::default(), &Records::default()),
        Err(CarriedError::NotTheirs)
    );
    let forged = Queued::new(command(9, Who::Neighbour, write(9, "不是她写的"))).unwrap().bytes;
    let file = Carried { commands: vec![forged], ..file };
    assert_eq!(file.commands_for(Who::Watcher.id(), &Outbox::default(), &Records::default()), Ok(nothing(1)));
}

#[test]
fn what_is_no_such_file_is_refused_with_a_reason() {
    let newer = r#"{"taken":{"by":[1,null]},"watchlog_outbox":2,"commands":7}"#;
    let table: [(&[u8], CarriedError); 5] = [
        (b"", CarriedError::NotOurs),
        (b"[1, 2]", CarriedError::NotOurs),
        (b"\xff\xd8\xff a photo", CarriedError::NotOurs),
        (newer.as_bytes(), CarriedError::Newer),
        (&vec![b' '; Carried::MOST_BYTES + 1], CarriedError::TooLarge),
    ];
    for (bytes, error) in table {
        assert_eq!(Carried::read(bytes), Err(error));
    }
}

#[test]
fn photos_are_in_the_file_and_a_damaged_one_is_noticed() {
    let mut file = carried(&Outbox::default());
    let photo: Vec<u8> = (0..=255).collect();
    file.blobs = vec![CarriedBlob::of(Sha256Hex::of(&photo), &photo)];
    let text = file.to_text();
    let read = Carried::read(text.as_bytes()).unwrap();
    assert_eq!(read.blobs[0].bytes(), Some(photo));
    let damaged = text.replace("AAECAw", "AAECAx");
    assert_eq!(Carried::read(damaged.as_bytes()).unwrap().blobs[0].bytes(), None);
    let none = text.replace("AAECAw", "!!!!!!");
    assert_eq!(Carried::read(none.as_bytes()).unwrap().blobs[0].bytes(), None);
}
