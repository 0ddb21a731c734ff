//! Photos of entries whose words were erased: their bytes go from the disk and from every later copy, and can be sent again.

use crate::{
    blobs::{PHOTO, entry, get, named, naming, photo, put, told},
    server::TestServer,
    world::{self, CHEN, WANG, operate, operators},
};
use domain::{
    kernel::{EntryId, RecordKey, Sha256, Span},
    log::{self, Entry},
    sync::UPLOAD_OFFSET,
};
use reqwest::Method;
use server::{
    clock::now,
    store::{back_up, restore},
};
use std::path::PathBuf;

/// As `watchlog record erase` does it.
async fn erase(server: &TestServer, entry: EntryId) {
    let key: RecordKey = Entry::key_of(world::id(world::HERE), entry);
    let why = "本人要求".to_owned();
    operate(&server.store, vec![operators(vec![key], &log::Act::EraseEntry { why })]).await;
}

fn file(server: &TestServer, folder: &str, sha256: &Sha256) -> PathBuf {
    server.folder.path().join(folder).join("sent").join(sha256.to_string())
}

#[tokio::test]
async fn a_photo_that_was_erased_and_swept_is_sent_again_and_no_backup_misses_it() {
    let server = TestServer::start().await;
    let (wang, chen) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let bytes = photo(64, 64);
    let (id, sha256) = named(&wang, PHOTO, &bytes).await;
    assert!(told(put(&wang, &sha256, 0, &bytes).await).await.1);
    erase(&server, id).await;
    assert_eq!(server.blobs.sweep(&*server.store, now().plus(Span::hours(25))).await.unwrap(), 1);
    assert!(!file(&server, "blobs", &sha256).exists());
    let folder = server.folder.path();
    let backup = async |name: &str| back_up(&server.database(), &folder.join("blobs"), &folder.join(name)).await;
    let made = backup("swept").await.unwrap();
    assert_eq!((made.blobs, made.lacks), (0, 0), "what was erased is not missed");

    let (again, _) = named(&wang, PHOTO, &bytes).await;
    assert_eq!(entry(&chen, again).await.missing().count(), 1);
    let head = wang.request(Method::HEAD, &format!("/api/blobs/{sha256}")).send().await.unwrap();
    assert_eq!(head.headers()[UPLOAD_OFFSET], "0");
    assert!(told(put(&wang, &sha256, 0, &bytes).await).await.1);
    assert_eq!(entry(&chen, again).await.missing().count(), 0);
    assert_eq!(get(&chen, &sha256, "").await.status(), 200);
    let made = backup("again").await.unwrap();
    assert_eq!((made.blobs, made.lacks), (1, 0));
    std::fs::remove_file(file(&server, "blobs", &sha256)).unwrap();
    assert_eq!(backup("lost").await.unwrap().lacks, 1, "a real loss is still said");
    server.stop().await;
}

#[tokio::test]
async fn no_backup_made_after_the_erasing_has_the_photo_and_no_older_one_brings_it_back() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    let (kept, erased, late) = (photo(64, 64), photo(64, 64), photo(64, 64));
    let (_, kept_hash) = named(&wang, PHOTO, &kept).await;
    let (id, erased_hash) = named(&wang, PHOTO, &erased).await;
    for (bytes, sha256) in [(&kept, &kept_hash), (&erased, &erased_hash)] {
        assert!(told(put(&wang, sha256, 0, bytes).await).await.1);
    }
    let folder = server.folder.path();
    let backup = async |name: &str| back_up(&server.database(), &folder.join("blobs"), &folder.join(name)).await;
    assert_eq!(backup("backups/before").await.unwrap().blobs, 2);

    erase(&server, id).await;
    // The upload of one becomes whole between the copy of the database and that of the photos; the other one's words come
    // after both.
    let (_, late_hash) = named(&wang, PHOTO, &late).await;
    std::fs::write(file(&server, "blobs", &late_hash), &late).unwrap();
    let (_, later_hash) = naming(PHOTO, b"later");
    std::fs::write(file(&server, "blobs", &later_hash), b"later").unwrap();
    let made = backup("backups/after").await.unwrap();
    assert_eq!((made.blobs, made.lacks), (2, 0));
    assert!(file(&server, "blobs", &erased_hash).exists(), "not swept yet");
    let has =
        |place: &str| [kept_hash, erased_hash, late_hash, later_hash].map(|one| file(&server, place, &one).exists());
    assert_eq!(has("backups/after/blobs"), [true, false, true, false]);

    let (database, blobs) = (folder.join("new/log.db"), folder.join("new/blobs"));
    let came = restore(&folder.join("backups/before"), &database, &blobs).await.unwrap();
    assert_eq!((came.holds.blobs, came.holds.lacks, came.ended.erased.len()), (1, 0, 1));
    assert_eq!(has("new/blobs"), [true, false, false, false]);
    server.stop().await;
}
