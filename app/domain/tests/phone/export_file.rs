//! The file of everything unsent: nothing is missing in it, and nobody speaks with another one's voice through it.

use crate::neighbourhood::*;
use crate::server_model::Server;
use domain::kernel::{DeviceId, Sha256, Span, json};
use domain::sync::{
    ExportFile, ExportFileError, ExportedBlob, Outbox, Queued, QueuedState, Records, SyncMarks, ToTakeIn,
};

fn export_file(outbox: &Outbox) -> ExportFile {
    let device = DeviceId::from_parts(1, [1; 10]);
    let marks = SyncMarks { clock_offset: Some(Span::minutes(-1)), ..SyncMarks::default() };
    let drafts = [("write/1".to_owned(), "没写完".to_owned())];
    ExportFile::of((Who::Watcher.id(), Who::Watcher.name()), device, NOON, &marks, outbox, drafts)
}

fn nothing(left_out: usize) -> ToTakeIn {
    ToTakeIn { commands: Vec::new(), left_out }
}

#[test]
fn everything_that_the_server_does_not_have_is_in_the_file_byte_for_byte() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    outbox.settle(&batch, &Server::knowing(neighbourhood()).push(&batch));
    let file = export_file(&outbox);
    let unsent: Vec<String> = outbox.items()[1..].iter().map(|item| item.bytes.clone()).collect();
    assert_eq!(file.commands, unsent);
    assert_eq!(ExportFile::read(file.to_text().as_bytes()), Ok(file.clone()));
    assert_eq!(json::read_small::<ExportFile>(file.to_text().as_bytes()).ok(), Some(file.clone()));
    assert_eq!(file.file_name(), "守望日志-没传的-王某兰-20251117.json");
    assert!(file.to_text().contains("没写完"), "words can be found in it without us");
}

#[test]
fn what_waits_on_the_server_is_in_the_file_too() {
    let states = [parked(9), QueuedState::AwaitsDecision, QueuedState::AwaitsServer { version: "0".into() }, refused()];
    let items = states.into_iter().enumerate();
    let outbox = outbox_in(items.map(|(n, state)| (command(n, Who::Watcher, add(1, "好")), state)));
    assert_eq!(export_file(&outbox).commands.len(), 4);
}

#[test]
fn one_command_goes_alone_with_what_it_attaches() {
    let mut outbox = three();
    outbox.push(queued(command(9, Who::Watcher, write_with(9, "拍了一张", &[1]))));
    let file = export_file(&outbox).alone(command_id(9));
    assert_eq!(file.commands, [outbox.items()[3].bytes.clone()]);
    assert_eq!(file.unfinished, []);
    assert!(file.names(&photo(1).sha256) && !file.names(&photo(2).sha256));
    assert!(export_file(&outbox).alone(command_id(77)).is_empty());
}

#[test]
fn another_device_takes_in_what_it_does_not_have_and_sends_it() {
    let (phone, mut other) = (three(), Outbox::default());
    let file = export_file(&phone);
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
    let mut server = Server::knowing(neighbourhood());
    server.push(&[three().items()[1].bytes.clone()]);
    let new = export_file(&three()).commands_for(Who::Watcher.id(), &Outbox::default(), &server.records).unwrap();
    assert_eq!(new.commands.iter().filter_map(Queued::id).collect::<Vec<_>>(), [command_id(0), command_id(2)]);
}

#[test]
fn what_this_version_cannot_read_is_kept_for_one_that_can() {
    let file = ExportFile { commands: vec!["{\"act\":\"of tomorrow\"}".to_owned()], ..export_file(&three()) };
    let new = file.commands_for(Who::Watcher.id(), &Outbox::default(), &Records::default()).unwrap();
    assert_eq!((new.commands[0].bytes.as_str(), new.left_out), ("{\"act\":\"of tomorrow\"}", 0));
}

#[test]
fn nobody_takes_in_what_is_anothers_nor_says_something_in_anothers_name() {
    let file = export_file(&three());
    let (none, nowhere) = (Outbox::default(), Records::default());
    assert_eq!(file.commands_for(Who::Neighbour.id(), &none, &nowhere), Err(ExportFileError::NotTheirs));
    let forged = queued(command(9, Who::Neighbour, write(9, "不是她写的"))).bytes;
    let file = ExportFile { commands: vec![forged], ..file };
    assert_eq!(file.commands_for(Who::Watcher.id(), &none, &nowhere), Ok(nothing(1)));
}

#[test]
fn what_is_no_such_file_is_refused_with_a_reason() {
    let newer = r#"{"taken":{"by":[1,null]},"watchlog_outbox":2,"commands":7}"#;
    let most = usize::try_from(ExportFile::MOST_BYTES.get()).unwrap();
    let table: [(&[u8], ExportFileError); 5] = [
        (b"", ExportFileError::NotOurs),
        (b"[1, 2]", ExportFileError::NotOurs),
        (b"\xff\xd8\xff a photo", ExportFileError::NotOurs),
        (newer.as_bytes(), ExportFileError::Newer),
        (&vec![b' '; most + 1], ExportFileError::TooLarge),
    ];
    for (bytes, error) in table {
        assert_eq!(ExportFile::read(bytes), Err(error));
    }
}

#[test]
fn photos_are_in_the_file_and_a_damaged_one_is_noticed() {
    let mut file = export_file(&Outbox::default());
    let photo: Vec<u8> = (0..=255).collect();
    file.blobs = vec![ExportedBlob::of(Sha256::of(&photo), &photo)];
    let text = file.to_text();
    let read = ExportFile::read(text.as_bytes()).unwrap();
    assert_eq!(read.blobs[0].bytes(), Some(photo));
    let damaged = text.replace("AAECAw", "AAECAx");
    assert_eq!(ExportFile::read(damaged.as_bytes()).unwrap().blobs[0].bytes(), None);
    let none = text.replace("AAECAw", "!!!!!!");
    assert_eq!(ExportFile::read(none.as_bytes()).unwrap().blobs[0].bytes(), None);
}
