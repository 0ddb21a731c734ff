//! Everything else that crosses the wire, comes from a file, or is read out on the telephone.
#![no_main]

use app::{
    domain::{Attachment, MicroGridCode, PlaceCode, sound_type},
    json,
    sync::{BlobReply, Carried, Checkup, PullReply, PullRequest, PushReply, PushRequest},
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

fuzz_target!(|bytes: &[u8]| {
    comes_back!(bytes: PushRequest, PullRequest, PushReply, PullReply, BlobReply);
    let _ = Carried::read(bytes);
    let _ = sound_type(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(one) = Attachment::read(text) {
        assert_eq!(one.word(), text);
    }
    if let Some(checkup) = Checkup::read(text) {
        assert_eq!(Checkup::read(&checkup.code()), Some(checkup));
    }
    let _ = (MicroGridCode::parse(text), PlaceCode::parse(text));
});
