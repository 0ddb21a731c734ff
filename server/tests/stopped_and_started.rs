//! What operators do: stop the server in the middle of the day, and start it for the first time, which something may
//! kill at any moment.

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

use domain::{
    kernel::{Attachment, AttachmentKind},
    sync::{BlobReply, CommandReply, UPLOAD_OFFSET},
};
use futures::{StreamExt, future::join_all, stream};
use process::{Phone, Running, seeded};
use reqwest::{Body, Method};
use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use world::{LI, NEXT_STAIRWELL, STAIRWELL, WANG, as_stored, bytes, entry, entry_with, is_stored};

fn watchlog() -> Command {
    Command::new(env!("CARGO_BIN_EXE_watchlog"))
}

/// Commands of somebody, and what the server said to them.
type Acknowledged = (&'static str, Vec<String>, Vec<CommandReply>);

/// Pushes that were acknowledged before the server is told to stop.
const PUSHES_BEFORE: usize = 12;

/// Sends until the server is gone, and counts as it goes; says what was acknowledged.
async fn send_until_gone(
    base: &str,
    (login, stairwell): (&'static str, u128),
    count: watch::Sender<usize>,
) -> Vec<Acknowledged> {
    let phone = Phone::sign_in(base, login).await;
    let mut acknowledged = Vec::new();
    loop {
        let commands: Vec<_> = (0..20).map(|_| bytes(&entry(login, stairwell, "楼道灯不亮"))).collect();
        let Ok(answer) = phone.push(base, &commands).await else { return acknowledged };
        if !answer.status().is_success() {
            return acknowledged;
        }
        let Ok(answer) = answer.text().await else { return acknowledged };
        let replies = Phone::replies(&answer);
        assert!(replies.iter().all(is_stored), "{replies:?}");
        acknowledged.push((login, commands, replies));
        count.send_modify(|count| *count += 1);
    }
}

/// Tells a server to stop; says how long it took to end well.
async fn stopped(mut server: Running) -> Duration {
    let told = Instant::now();
    let id = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || server.child.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
    told.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_told_to_stop_under_load_ends_soon_and_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    seeded(&database).await;
    let server = Running::serve(&database);
    let base = server.base.clone();
    let places = [(WANG, STAIRWELL), (LI, NEXT_STAIRWELL), (WANG, STAIRWELL), (LI, NEXT_STAIRWELL)];
    let (count, mut counted) = watch::channel(0);
    let phones = places.map(|phone| {
        let (base, count) = (base.clone(), count.clone());
        tokio::spawn(async move { send_until_gone(&base, phone, count).await })
    });
    counted.wait_for(|count| *count >= PUSHES_BEFORE).await.unwrap();
    let took = stopped(server).await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    let acknowledged: Vec<Acknowledged> = join_all(phones).await.into_iter().flat_map(Result::unwrap).collect();
    assert!(acknowledged.len() >= PUSHES_BEFORE, "answers were counted that nobody got");
    assert!(!folder.path().join("log.db-wal").exists(), "the file was not closed in good order");

    // Asked once more, the same bytes get the same answers, numbers and positions: they are there.
    let server = Running::serve(&database);
    let (wang, li) = (Phone::sign_in(&server.base, WANG).await, Phone::sign_in(&server.base, LI).await);
    for (login, commands, replies) in acknowledged {
        let phone = if login == WANG { &wang } else { &li };
        let again = phone.pushed(&server.base, &commands).await;
        assert!(again.iter().map(as_stored).eq(replies.iter().map(as_stored)), "{again:?}\n{replies:?}");
    }
}

/// A body that comes as slowly as in a stairwell, for longer than anybody waits.
/// Counts its parts as they go.
fn slowly(bytes: Vec<u8>, count: watch::Sender<usize>) -> Body {
    let parts: Vec<Vec<u8>> = bytes.chunks(2_000).map(<[u8]>::to_vec).collect();
    let wait = move |part| {
        let count = count.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            count.send_modify(|count| *count += 1);
            Ok::<_, std::io::Error>(part)
        }
    };
    Body::wrap_stream(stream::iter(parts).then(wait))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_told_to_stop_with_uploads_in_flight_ends_soon_and_goes_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    seeded(&database).await;
    let server = Running::serve(&database);
    let base = server.base.clone();
    let phone = Arc::new(Phone::sign_in(&base, WANG).await);
    let photos: Vec<Vec<u8>> = (0..6).map(|_| (0..400_000).map(|_| rand::random()).collect()).collect();
    let all: Vec<Attachment> = photos.iter().map(|bytes| Attachment::of(AttachmentKind::Photo, bytes)).collect();
    let written = entry_with(WANG, STAIRWELL, "拍了六段", &all);
    assert!(is_stored(&phone.pushed(&base, &[bytes(&written)]).await[0]));

    let (count, mut counted) = watch::channel(0);
    let uploads = photos.iter().zip(&all).map(|(photo, one)| {
        let count = count.clone();
        let (phone, base, sha256, photo) = (Arc::clone(&phone), base.clone(), one.sha256, photo.clone());
        tokio::spawn(async move { phone.blob(&base, Method::PUT, &sha256, 0, slowly(photo, count)).await })
    });
    let uploads: Vec<_> = uploads.collect();
    // All at the same pace: of each of them, some.
    counted.wait_for(|count| *count >= 20 * photos.len()).await.unwrap();
    let took = stopped(server).await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    for upload in uploads {
        // Cut off, or told how far it is: nobody was told that the server has it.
        let Ok(answer) = upload.await.unwrap() else { continue };
        assert!(!answer.json::<BlobReply>().await.is_ok_and(|reply| reply.whole));
    }

    let server = Running::serve(&database);
    for (photo, one) in photos.iter().zip(&all) {
        let there = phone.blob(&server.base, Method::HEAD, &one.sha256, 0, "").await.unwrap();
        let there: usize = there.headers()[UPLOAD_OFFSET].to_str().unwrap().parse().unwrap();
        assert!(0 < there && there < photo.len(), "{there} of {}", photo.len());
    }
}

/// The next start after a killed one, `when`: the neighbourhood fits in, and an entry is taken.
async fn starts_and_takes_an_entry(database: &Path, when: &str) {
    seeded(database).await;
    let server = Running::serve(database);
    let phone = Phone::sign_in(&server.base, WANG).await;
    let commands = [bytes(&entry(WANG, STAIRWELL, "楼道灯不亮"))];
    let replies = phone.pushed(&server.base, &commands).await;
    assert!(is_stored(&replies[0]), "{when}: {replies:?}");
}

#[tokio::test]
async fn a_first_start_that_is_killed_at_any_moment_is_made_good_by_the_next() {
    for killed_after in (0..60).step_by(3) {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("data/log.db");
        let url = format!("sqlite:{}", database.display());
        let mut first = watchlog().args(["migrate", "--database-url", &url]).stdout(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(killed_after)).await;
        first.kill().unwrap();
        first.wait().unwrap();

        starts_and_takes_an_entry(&database, &format!("{killed_after} ms")).await;
    }
}

/// Killed not after some time, which hits the migration or not, but by the system at the very write that would make
/// one of its files larger than `most` bytes. Says whether that happened.
fn migrate_until(most: u64, url: &str) -> bool {
    let mut limited = Command::new("prlimit");
    limited.args([&format!("--fsize={most}"), "--core=0", env!("CARGO_BIN_EXE_watchlog")]);
    let output = limited.args(["migrate", "--database-url", url]).output().unwrap();
    let was_killed = output.status.signal() == Some(SIGXFSZ);
    assert!(was_killed || output.status.success(), "{most} bytes: {output:?}");
    was_killed
}

/// Sent to a process that writes beyond its limit; it ends it as hard as SIGKILL.
const SIGXFSZ: i32 = 25;
/// What SQLite writes at once, and a little more: from kill to kill another write is the last one.
const ONE_WRITE: usize = 4_200;

#[tokio::test]
async fn a_migration_that_is_killed_at_any_of_its_writes_is_made_good_by_the_next_start() {
    let (mut kills, mut within) = (0, 0);
    for most in (0_u64..).step_by(ONE_WRITE) {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("log.db");
        if !migrate_until(most, &format!("sqlite:{}", database.display())) {
            break;
        }
        kills += 1;
        let log = fs::metadata(folder.path().join("log.db-wal")).map_or(0, |log| log.len());
        within += usize::from(log > 0);

        starts_and_takes_an_entry(&database, &format!("{most} bytes")).await;
    }
    assert!(within >= 10, "only {within} of {kills} kills hit the migration itself");
    eprintln!("killed at {kills} different writes, {within} of them with some of the migration in the log");
}
