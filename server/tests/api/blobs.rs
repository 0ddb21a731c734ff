//! Photos and voice notes: uploads that are cut, repeated, damaged and hostile, and who sees what.

use crate::{
    server::{Client, TestServer, error_of},
    world::{
        self, CHEN, HE, LI, NEXT_STAIRWELL, OTHER_STAIRWELL, STAIRWELL, WANG, WU, close_and_let_in, entries, entry_of,
        entry_with,
    },
};
use domain::{
    kernel::{Attachment, AttachmentKind, Bytes, Command, EntryId, Sha256, Span},
    log::Entry,
    sync::{BlobReply, PART_BYTES, UPLOAD_OFFSET},
};
use futures::{StreamExt, future::join_all, stream};
use image::{ImageFormat, RgbImage};
use reqwest::{Method, Response, StatusCode, header};
use server::{
    clock::now,
    store::{back_up, restore},
};
use std::{io::Cursor, time::Duration};

pub const PHOTO: AttachmentKind = AttachmentKind::Photo;
const VOICE: AttachmentKind = AttachmentKind::Voice;

/// What must never come out again.
const SECRET: &[u8] = b"41.7968N 123.4291E";

/// A photo of noise, with a place in it that a phone has noted.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    let noise = RgbImage::from_fn(width, height, |_, _| image::Rgb(rand::random()));
    noise.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let mut bytes = jpeg.into_inner();
    let mut exif = b"\xff\xe1\0\0Exif\0\0".to_vec();
    exif.extend_from_slice(SECRET);
    let length = u16::try_from(exif.len() - 2).unwrap();
    exif[2..4].copy_from_slice(&length.to_be_bytes());
    bytes.splice(2..2, exif);
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// An entry of 王某兰's that names these bytes.
pub fn naming(kind: AttachmentKind, bytes: &[u8]) -> (Command, Sha256) {
    let one = Attachment::of(kind, bytes);
    (entry_with(WANG, STAIRWELL, "三楼水管漏水", std::slice::from_ref(&one)), one.sha256)
}

pub async fn named(client: &Client, kind: AttachmentKind, bytes: &[u8]) -> (EntryId, Sha256) {
    let (command, sha256) = naming(kind, bytes);
    assert!(world::is_stored(&client.push(&[world::bytes(&command)]).await[0]));
    (entry_of(&command), sha256)
}

pub async fn put(client: &Client, sha256: &Sha256, offset: usize, bytes: &[u8]) -> Response {
    let request = client.write(Method::PUT, &format!("/api/blobs/{sha256}"));
    request.header(UPLOAD_OFFSET, offset).body(bytes.to_vec()).send().await.unwrap()
}

/// How far it is, and whether it is whole.
pub async fn told(answer: Response) -> (usize, bool) {
    assert_eq!(answer.status(), 200);
    let reply: BlobReply = answer.json().await.unwrap();
    (usize::try_from(reply.offset).unwrap(), reply.whole)
}

pub async fn get(client: &Client, sha256: &Sha256, query: &str) -> Response {
    client.get(&format!("/api/blobs/{sha256}{query}")).await
}

pub async fn entry(client: &Client, id: EntryId) -> Entry {
    entries(&client.pull().await.envelopes).into_iter().find(|entry| entry.id == id).unwrap()
}

#[tokio::test]
async fn a_photo_that_is_sent_in_parts_comes_together_and_is_seen_by_those_who_may_see_its_entry() {
    let server = TestServer::start().await;
    let (wang, li, chen) = (server.signed_in(WANG).await, server.signed_in(LI).await, server.signed_in(CHEN).await);
    let bytes = photo(900, 600);
    assert!(contains(&bytes, SECRET));
    let (command, sha256) = naming(PHOTO, &bytes);
    assert_eq!(error_of(put(&wang, &sha256, 0, &bytes).await).await, "not_found", "the words come first");
    wang.push(&[world::bytes(&command)]).await;
    let id = entry_of(&command);
    assert_eq!(entry(&chen, id).await.missing().count(), 1);
    assert_eq!(get(&chen, &sha256, "").await.status(), 404);

    let mut here = 0;
    while here < bytes.len() {
        let end = (here + 70_000).min(bytes.len());
        let (next, whole) = told(put(&wang, &sha256, here, &bytes[here..end]).await).await;
        assert_eq!((next, whole), (end, end == bytes.len()));
        // The answer was lost: the same once more is no harm.
        assert_eq!(told(put(&wang, &sha256, here, &bytes[here..end]).await).await, (next, whole));
        let head = wang.request(Method::HEAD, &format!("/api/blobs/{sha256}")).send().await.unwrap();
        assert_eq!(head.headers()[UPLOAD_OFFSET], next.to_string().as_str());
        here = next;
    }
    assert_eq!(entry(&chen, id).await.missing().count(), 0);
    for other in [&li, &chen] {
        assert_eq!(error_of(put(other, &sha256, 0, &bytes).await).await, "not_found", "it is not theirs to send");
    }

    for (query, longest) in [("", 900), ("?size=large", 900), ("?size=small", 320)] {
        let answer = get(&chen, &sha256, query).await;
        assert_eq!(
            (answer.status(), answer.headers()[header::CONTENT_TYPE].as_bytes()),
            (StatusCode::OK, &b"image/jpeg"[..])
        );
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "nobody keeps it on the way");
        assert!(answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox"));
        let shown = answer.bytes().await.unwrap();
        let picture = image::load_from_memory(&shown).unwrap();
        assert_eq!(picture.width().max(picture.height()), longest, "{query}");
        assert!(!contains(&shown, SECRET));
        assert_eq!(error_of(get(&li, &sha256, query).await).await, "not_found");
    }
    assert_eq!(error_of(get(&server.client(), &sha256, "").await).await, "sign_in_needed");
    assert_eq!(error_of(get(&chen, &sha256, "?size=huge").await).await, "bad_request");
    server.stop().await;
}

#[tokio::test]
async fn an_upload_that_is_cut_anywhere_goes_on_where_it_was() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    for _ in 0..20 {
        let bytes = photo(300, 200);
        let (id, sha256) = named(&wang, PHOTO, &bytes).await;
        let cut = rand::random_range(1..bytes.len());
        let begun = bytes[..cut].to_vec();
        // The connection ends in the middle of the body, some time after what is before it was sent.
        let cut_off = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Err(std::io::Error::other("cut"))
        };
        let body = stream::once(async { Ok(begun) }).chain(stream::once(cut_off));
        let request = wang.write(Method::PUT, &format!("/api/blobs/{sha256}")).header(UPLOAD_OFFSET, 0);
        assert!(request.body(reqwest::Body::wrap_stream(body)).send().await.is_err());
        // Whatever offset nobody expects is a question.
        let far = async || told(put(&wang, &sha256, bytes.len(), b"").await).await;
        let (mut here, mut whole) = far().await;
        for _ in 0..500 {
            if here > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            (here, whole) = far().await;
        }
        assert!(0 < here && here <= cut && !whole, "{here} of {cut}");
        while !whole {
            (here, whole) = told(put(&wang, &sha256, here, &bytes[here..]).await).await;
        }
        assert_eq!(entry(&wang, id).await.missing().count(), 0);
    }
    server.stop().await;
}

#[tokio::test]
async fn bytes_that_were_damaged_on_their_way_are_sent_once_more() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    let bytes = photo(300, 200);
    let (id, sha256) = named(&wang, PHOTO, &bytes).await;
    let mut damaged = bytes.clone();
    damaged[1_000] ^= 1;
    assert_eq!(told(put(&wang, &sha256, 0, &damaged[..2_000]).await).await, (2_000, false));
    assert_eq!(told(put(&wang, &sha256, 2_000, &damaged[2_000..]).await).await, (0, false));
    assert_eq!(told(put(&wang, &sha256, 0, &damaged).await).await, (0, false));
    assert_eq!(entry(&wang, id).await.missing().count(), 1);
    assert_eq!(told(put(&wang, &sha256, 0, &bytes).await).await, (bytes.len(), true));
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_what_it_is_said_to_be_is_refused_and_nobody_is_shown_it() {
    let server = TestServer::start().await;
    let (wang, chen) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let page = b"<html><script>alert(1)</script></html>".to_vec();
    let picture = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    for (kind, bytes) in [(PHOTO, &page), (PHOTO, &picture), (VOICE, &page), (VOICE, &picture)] {
        let (_, sha256) = named(&wang, kind, bytes).await;
        assert_eq!(error_of(put(&wang, &sha256, 0, bytes).await).await, "bad_request");
        assert_eq!(get(&chen, &sha256, "").await.status(), 404);
    }

    // A photo that is a page as well: whoever sees it gets pixels.
    let mut both = photo(64, 64);
    both.extend_from_slice(&page);
    let (_, sha256) = named(&wang, PHOTO, &both).await;
    assert!(told(put(&wang, &sha256, 0, &both).await).await.1);
    assert!(!contains(&get(&chen, &sha256, "").await.bytes().await.unwrap(), b"<script>"));

    let bytes = photo(64, 64);
    let (_, sha256) = named(&wang, PHOTO, &bytes).await;
    let more = [bytes.as_slice(), b"more"].concat();
    assert_eq!(error_of(put(&wang, &sha256, 0, &more).await).await, "bad_request");
    assert_eq!(put(&wang, &sha256, 0, &vec![0; usize::try_from(PART_BYTES.get()).unwrap() + 1]).await.status(), 413);
    for path in ["/api/blobs/x", "/api/blobs/..%2F..%2Fetc%2Fpasswd"] {
        assert_eq!(wang.write(Method::PUT, path).body("x").send().await.unwrap().status(), 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_voice_note_is_handed_out_as_sound_and_nothing_else() {
    let server = TestServer::start().await;
    let (wang, chen) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let sound = [&b"\x1a\x45\xdf\xa3"[..], &[7; 5_000]].concat();
    let (_, sha256) = named(&wang, VOICE, &sound).await;
    assert!(told(put(&wang, &sha256, 0, &sound).await).await.1);
    let answer = get(&chen, &sha256, "").await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "audio/webm");
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(answer.bytes().await.unwrap(), sound);
    server.stop().await;
}

#[tokio::test]
async fn the_same_upload_ten_times_at_once_is_one() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    let bytes = photo(300, 200);
    let (id, sha256) = named(&wang, PHOTO, &bytes).await;
    let before = wang.pull().await.head.cursors;
    let told = join_all((0..10).map(|_| async { told(put(&wang, &sha256, 0, &bytes).await).await })).await;
    assert_eq!(told, [(bytes.len(), true); 10]);
    let after = wang.pull().await.head.cursors;
    assert_eq!(after[0].position, before[0].position + 1, "it is told once");
    assert_eq!(entry(&wang, id).await.missing().count(), 0);
    server.stop().await;
}

#[tokio::test]
async fn whoever_is_let_in_after_their_account_was_closed_still_uploads_and_hears_of_it() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    let bytes = photo(300, 200);
    let (id, sha256) = named(&wang, PHOTO, &bytes).await;
    close_and_let_in(&server.store, WANG).await;
    let wang = server.signed_in(WANG).await;
    assert_eq!(entry(&wang, id).await.missing().count(), 1, "their phone learns what is wanted of it");
    assert_eq!(told(put(&wang, &sha256, 0, &bytes).await).await, (bytes.len(), true));
    assert_eq!(entry(&wang, id).await.missing().count(), 0);
    server.stop().await;
}

#[tokio::test]
async fn another_site_uploads_nothing() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    let bytes = photo(64, 64);
    let (_, sha256) = named(&wang, PHOTO, &bytes).await;
    let request = wang.request(Method::PUT, &format!("/api/blobs/{sha256}"));
    let answer = request.header(header::ORIGIN, "https://elsewhere.example").body(bytes).send().await.unwrap();
    assert_eq!(error_of(answer).await, "forbidden");
    server.stop().await;
}

#[tokio::test]
async fn after_a_day_only_what_an_entry_names_is_left() {
    let server = TestServer::start().await;
    let (wang, chen) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let (kept, begun) = (photo(64, 64), photo(64, 64));
    let (_, kept_hash) = named(&wang, PHOTO, &kept).await;
    let (_, begun_hash) = named(&wang, PHOTO, &begun).await;
    assert!(told(put(&wang, &kept_hash, 0, &kept).await).await.1);
    assert_eq!(told(put(&wang, &begun_hash, 0, &begun[..100]).await).await, (100, false));
    let lost = server.folder.path().join("blobs/sent").join(Sha256::of(b"lost").to_string());
    std::fs::write(&lost, b"lost").unwrap();

    let now = now();
    let sweep = async |hours: i64| server.blobs.sweep(&*server.store, now.plus(Span::hours(hours))).await.unwrap();
    assert_eq!(sweep(23).await, 0);
    assert_eq!(sweep(25).await, 2);
    assert!(!lost.exists());
    assert_eq!(get(&chen, &kept_hash, "").await.status(), 200);
    assert_eq!(told(put(&wang, &begun_hash, 0, &begun).await).await, (begun.len(), true));
    server.stop().await;
}

#[tokio::test]
async fn bytes_that_are_gone_or_that_nobody_noted_are_taken_anew() {
    let server = TestServer::start().await;
    let (wang, chen) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let bytes = photo(64, 64);
    let (_, sha256) = named(&wang, PHOTO, &bytes).await;
    assert!(told(put(&wang, &sha256, 0, &bytes).await).await.1);
    let file = server.folder.path().join("blobs/sent").join(sha256.to_string());
    std::fs::remove_file(&file).unwrap();
    assert_eq!(told(put(&wang, &sha256, 0, b"").await).await, (0, false));
    assert!(told(put(&wang, &sha256, 0, &bytes).await).await.1);
    assert_eq!(get(&chen, &sha256, "").await.status(), 200);

    // Kept, and then the server was killed.
    let other = photo(64, 64);
    let (id, sha256) = named(&wang, PHOTO, &other).await;
    std::fs::write(server.folder.path().join("blobs/sent").join(sha256.to_string()), &other).unwrap();
    assert_eq!(told(put(&wang, &sha256, 0, b"").await).await, (0, false));
    assert_eq!(told(put(&wang, &sha256, 0, &other).await).await, (other.len(), true));
    assert_eq!(entry(&wang, id).await.missing().count(), 0);
    server.stop().await;
}

#[tokio::test]
async fn nobody_spoils_what_another_one_is_sending() {
    let server = TestServer::start().await;
    let (wang, li) = (server.signed_in(WANG).await, server.signed_in(LI).await);
    let bytes = photo(300, 200);
    let (id, sha256) = named(&wang, PHOTO, &bytes).await;
    let heard_of = Attachment { kind: PHOTO, bytes: Bytes::new(9_000_000), sha256 };
    let command = entry_with(LI, NEXT_STAIRWELL, "听说有这张照片", &[heard_of]);
    li.push(&[world::bytes(&command)]).await;

    assert_eq!(told(put(&wang, &sha256, 0, &bytes[..1_000]).await).await, (1_000, false));
    assert_eq!(told(put(&li, &sha256, 0, &[7; 500_000]).await).await, (500_000, false));
    assert_eq!(told(put(&wang, &sha256, 1_000, &bytes[1_000..]).await).await, (bytes.len(), true));
    assert_eq!(entry(&wang, id).await.missing().count(), 0);
    assert_eq!(error_of(get(&li, &sha256, "").await).await, "not_found");
    assert_eq!(entry(&li, entry_of(&command)).await.missing().count(), 1);
    server.stop().await;
}

#[tokio::test]
async fn whoever_names_a_photo_of_another_community_sees_nothing_of_it() {
    let server = TestServer::start().await;
    let (wang, he, wu) = (server.signed_in(WANG).await, server.signed_in(HE).await, server.signed_in(WU).await);
    let bytes = photo(64, 64);
    let (_, sha256) = named(&wang, PHOTO, &bytes).await;
    assert!(told(put(&wang, &sha256, 0, &bytes).await).await.1);
    let command = entry_with(HE, OTHER_STAIRWELL, "听说有这张照片", &[Attachment::of(PHOTO, &bytes)]);
    he.push(&[world::bytes(&command)]).await;
    assert_eq!(error_of(get(&he, &sha256, "").await).await, "not_found");
    assert_eq!(get(&wu, &sha256, "").await.status(), 200, "who reads there");
    // Once they have sent the very bytes, they have shown that they had them.
    assert!(told(put(&he, &sha256, 0, &bytes).await).await.1);
    assert_eq!(get(&he, &sha256, "").await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn a_backup_has_the_photos_and_a_restored_log_shows_them() {
    let server = TestServer::start().await;
    let wang = server.signed_in(WANG).await;
    let bytes = photo(300, 200);
    let (id, sha256) = named(&wang, PHOTO, &bytes).await;
    assert!(told(put(&wang, &sha256, 0, &bytes).await).await.1);
    let folder = server.folder.path();
    let made = back_up(&server.database(), &folder.join("blobs"), &folder.join("backup")).await.unwrap();
    assert_eq!((made.entries, made.blobs, made.lacks), (1, 1, 0));
    // From another place than that of the photos.
    let elsewhere = back_up(&server.database(), &folder.join("nowhere"), &folder.join("other")).await.unwrap();
    assert_eq!((elsewhere.blobs, elsewhere.lacks), (0, 1));
    let (database, blobs) = (folder.join("new/log.db"), folder.join("new/blobs"));
    assert_eq!(restore(&folder.join("backup"), &database, &blobs).await.unwrap().holds.blobs, 1);

    let restored = TestServer::serve(&database, &blobs).await;
    let chen = restored.signed_in(CHEN).await;
    assert_eq!(entry(&chen, id).await.missing().count(), 0);
    assert_eq!(get(&chen, &sha256, "?size=small").await.status(), 200);
    restored.stop().await;
    server.stop().await;
}
