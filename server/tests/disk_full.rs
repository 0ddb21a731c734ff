//! A full disk: nothing is acknowledged that is not kept, the client hears when to come back, and when there is room
//! again the server goes on by itself. A limit on the size of files stands for the disk: it needs no rights, and the
//! system refuses the very same write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

#[allow(dead_code, reason = "what only the other tests need")]
mod process;
#[path = "api/world.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod world;

use app::error::AppError;
use domain::{
    kernel::{Attachment, AttachmentKind},
    sync::{BlobReply, Failure, UPLOAD_OFFSET},
};
use process::{Phone, Running, seeded};
use reqwest::{Method, header};
use std::{collections::BTreeSet, io::Cursor, path::Path, process::Command};
use world::{STAIRWELL, WANG, bytes, entry, entry_of, entry_with, is_stored};

/// Bytes beyond the database's size for which there is room: a few commits.
const ROOM: u64 = 200_000;
/// Far more entries than fit into [`ROOM`].
const MANY: usize = 400;

/// The binary where no file may become larger than the database is, and [`ROOM`]; says how large that is.
fn on_a_small_disk(database: &Path) -> (Running, u64) {
    let limit = std::fs::metadata(database).unwrap().len() + ROOM;
    let mut limited = Command::new("prlimit");
    // Without the shell's `trap` the system would end the process instead of refusing the write.
    limited.arg(format!("--fsize={limit}:unlimited")).args(["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    (Running::start(limited.arg(env!("CARGO_BIN_EXE_watchlog")), database), limit)
}

fn make_room(server: &Running) {
    let id = server.child.id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status().unwrap().success());
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_the_server_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    seeded(&database).await;

    let (server, _) = on_a_small_disk(&database);
    let base = server.base.as_str();
    let phone = Phone::sign_in(base, WANG).await;

    let (mut acknowledged, mut refused) = (BTreeSet::new(), Vec::new());
    for _ in 0..MANY {
        let written = entry(WANG, STAIRWELL, &"楼道灯不亮".repeat(100));
        let answer = phone.push(base, &[bytes(&written)]).await.unwrap();
        if answer.status() == 200 {
            assert!(refused.is_empty() || !acknowledged.is_empty());
            acknowledged.insert(entry_of(&written));
        } else {
            assert_eq!(answer.status(), 503);
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            assert!(matches!(answer.json().await.unwrap(), AppError(Failure::Unavailable { .. })));
            refused.push(written);
        }
    }
    assert!(!acknowledged.is_empty(), "nothing was ever taken");
    assert!(refused.len() > 10, "the disk was never full: {} refused", refused.len());
    // Reading goes on, and shows all of what was acknowledged.
    let shown: BTreeSet<_> = phone.entries(base).await.into_iter().collect();
    assert!(shown.is_superset(&acknowledged));

    make_room(&server);
    for written in &refused {
        let replies = phone.pushed(base, &[bytes(written)]).await;
        assert!(is_stored(&replies[0]), "{replies:?}");
    }
    let kept = phone.entries(base).await;
    assert_eq!(kept.len(), MANY, "nothing lost, nothing doubled");
    assert_eq!(kept.into_iter().collect::<BTreeSet<_>>().len(), MANY);
}

#[tokio::test]
async fn a_photo_that_the_disk_has_no_room_for_is_not_acknowledged_and_comes_again_when_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    seeded(&database).await;
    let (server, limit) = on_a_small_disk(&database);
    let base = server.base.as_str();
    let phone = Phone::sign_in(base, WANG).await;
    // As large as the disk will not hold.
    let mut photo = Cursor::new(Vec::new());
    image::RgbImage::new(16, 16).write_to(&mut photo, image::ImageFormat::Png).unwrap();
    let mut photo = photo.into_inner();
    photo.resize(usize::try_from(limit).unwrap() + 100_000, 7);
    let one = Attachment::of(AttachmentKind::Photo, &photo);
    let written = entry_with(WANG, STAIRWELL, "楼道灯不亮", std::slice::from_ref(&one));
    assert!(is_stored(&phone.pushed(base, &[bytes(&written)]).await[0]));

    let answer = phone.blob(base, Method::PUT, &one.sha256, 0, photo.clone()).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    let there = phone.blob(base, Method::HEAD, &one.sha256, 0, "").await.unwrap();
    assert_eq!(there.headers()[UPLOAD_OFFSET], "0");

    make_room(&server);
    let answer = phone.blob(base, Method::PUT, &one.sha256, 0, photo).await.unwrap();
    let reply: BlobReply = answer.error_for_status().unwrap().json().await.unwrap();
    assert!(reply.whole);
}
