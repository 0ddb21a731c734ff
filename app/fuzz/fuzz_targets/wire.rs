//! Everything else that crosses the wire, comes from a file, or is read out on the telephone.
#![no_main]

use domain::{
    kernel::{Attachment, RecordKey, json, sound_type},
    log::{Entry, EntryFilter},
    organisation::{Community, Person, Place},
    residents::Resident,
    seen::Seen,
    sync::{
        BlobReply, Card, Checkup, CommandReply, ExportFile, MeReply, PullReply, PullRequest, PushReply, PushRequest,
        Stash,
    },
};
use libfuzzer_sys::fuzz_target;

/// What is read is written as something that reads the same.
macro_rules! comes_back {
    ($bytes:ident: $($type:ty),+) => { $(
        if let Ok(value) = json::read::<$type>($bytes) {
            let written = json::write(&value).unwrap();
            assert_eq!(json::read::<$type>(written.as_bytes()), Ok(value));
        }
    )+ };
}

/// The same of bodies of several lines.
macro_rules! lines_come_back {
    ($text:ident: $($type:ty),+) => { $(
        if let Ok(value) = <$type>::read($text) {
            assert_eq!(<$type>::read(&value.write().unwrap()), Ok(value));
        }
    )+ };
}

fuzz_target!(|bytes: &[u8]| {
    comes_back!(bytes: PullRequest, CommandReply, BlobReply, EntryFilter, Entry, Place, Person, Community, Resident, Seen);
    let _ = ExportFile::read(bytes);
    let _ = sound_type(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    lines_come_back!(text: PushRequest, PullReply, MeReply, Card, Stash);
    if let Ok(PushReply { server, replies }) = PushReply::read(text) {
        let known: Vec<CommandReply> = replies.into_iter().flatten().collect();
        let written = PushReply::write(server, &known).unwrap();
        assert_eq!(PushReply::read(&written).unwrap().replies, known.into_iter().map(Some).collect::<Vec<_>>());
    }
    if let Some(one) = Attachment::read(text) {
        assert_eq!(one.word(), text);
    }
    if let Ok(key) = text.parse::<RecordKey>() {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    if let Some(checkup) = Checkup::read(text) {
        assert_eq!(Checkup::read(&checkup.code()), Some(checkup));
    }
});
