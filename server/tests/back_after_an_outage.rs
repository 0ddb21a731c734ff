//! A whole community comes back after an outage: 141 phones with 50 entries and 20 photos each. Everything is taken in within
//! two minutes, and nobody storms the server.
//!
//! Each phone runs the very loop of the browser (`domain::sync::Replica::run`): its backoff, its patience where the server
//! asks for it, its uploads two at a time beside the talk. They have read all there is before the outage, and everything
//! that they bring was written during it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

#[allow(dead_code, reason = "what only the other test needs")]
mod native;
#[path = "process/running.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod running;

use domain::{
    kernel::{
        Attachment, AttachmentKind, Command, CommunityId, DeviceId, EntryId, PlaceId, PlaceKind, Role, Span, json,
    },
    kinds::Kinds,
    log::{Act, Entry, EntryForm, Spot},
    memory::MemoryDisk,
    organisation::Place,
    store::{PageLimit, SessionToken, Store},
    sync::{Doors, PAGE_BYTES, PAGE_RECORDS, Replica, upload},
};
use futures::future::join_all;
use native::{Founding, HttpTransport, NativeHost, Post, id, person};
use running::Running;
use server::{clock::now, store::SqliteStore};
use std::{
    io::Cursor,
    net::TcpListener,
    path::Path,
    rc::Rc,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime;

const PHONES: usize = 141;
const ENTRIES: usize = 50;
const PHOTOS: usize = 20;
const OUTAGE: Duration = Duration::from_secs(8);
const MOST: Duration = Duration::from_secs(120);
/// Threads that the phones share: a replica never leaves its own.
const THREADS: usize = 2;
/// Bytes of a phone's photo.
const PHOTO_BYTES: usize = 250_000;

const HERE: u128 = 0x10;
const GRID: u128 = 0x11;
const STAIRWELL: u128 = 0x100;
/// 社区党委: sees everything.
const COMMITTEE: &str = "zhao";

fn login(number: usize) -> String {
    format!("w{number}")
}

fn stairwell(number: usize) -> PlaceId {
    id(STAIRWELL + number as u128)
}

fn community() -> Founding {
    let mut founding = Founding::long_ago();
    let here: CommunityId = id(HERE);
    founding.community(here, "和平新村社区", "HPXC");
    founding.place(here, id(GRID), PlaceKind::Grid, here.into(), "第三网格");
    for number in 0..PHONES {
        let (place, login) = (stairwell(number), login(number));
        founding.place(here, place, PlaceKind::Stairwell, id(GRID), &format!("{number}单元"));
        founding.person(&login, &login, here, &[Post { community: here, role: Role::Watcher, place, until: None }]);
    }
    let post = Post { community: here, role: Role::PartyCommittee, place: here.into(), until: None };
    founding.person(COMMITTEE, "赵某民", here, &[post]);
    founding
}

/// A picture of the size of a phone's photo, unlike any other.
fn photo(picture: &[u8], number: usize, index: usize) -> Vec<u8> {
    let mut photo = picture.to_vec();
    photo.extend(number.to_be_bytes());
    photo.extend(index.to_be_bytes());
    photo.resize(PHOTO_BYTES, 7);
    photo
}

struct Phone {
    number: usize,
    way: Rc<HttpTransport>,
    replica: Rc<Replica>,
}

impl Phone {
    fn new(number: usize, base: &str, session: &SessionToken) -> Self {
        let way = HttpTransport::to(base);
        way.set_session(session);
        let local = MemoryDisk::at_once(DeviceId::from_parts(1, rand::random())).tab();
        let doors = Doors { local, transport: Rc::clone(&way) as _, host: NativeHost::new(Span::ZERO, rand::random()) };
        Self { number, way, replica: Replica::new(doors, Kinds::all(), |_| ()) }
    }

    /// On the day before: somebody signs in, and reads all there is.
    async fn begins(&self) {
        self.replica.signed_in().await.unwrap();
        self.replica.take_turn().await.unwrap().unwrap();
        assert!(self.replica.with(|state| state.marks.first_sync_done));
    }

    /// Without a network.
    async fn writes(&self, picture: &[u8]) {
        let (here, place): (CommunityId, _) = (id(HERE), stairwell(self.number));
        for index in 0..ENTRIES {
            let mut photos = Vec::new();
            if index < PHOTOS {
                let bytes = photo(picture, self.number, index);
                let kept = self.replica.keep_attachment(person(&login(self.number)), AttachmentKind::Photo, &bytes);
                photos.push(kept.await.unwrap());
            }
            let form = EntryForm {
                category: "09".to_owned(),
                urgency: "4".to_owned(),
                spot: Spot::STAIRWELL.to_owned(),
                problem: "停网的时候写的".to_owned(),
                attachments: photos.iter().map(Attachment::word).collect(),
                ..EntryForm::default()
            };
            let entry: EntryId = self.replica.new_id().into();
            let head = self.replica.head(vec![Entry::key_of(here, entry), Place::key_of(here, place)]).unwrap();
            let command = Command::new(head, &Act::WriteEntry { form }).unwrap();
            let attached: Vec<_> = photos.iter().map(|one| one.sha256).collect();
            self.replica.submit(command, None, &attached).await.unwrap();
        }
    }

    /// Runs the loop until everything is with the server, and the feed says so. Says how many requests that took.
    async fn comes_back(&self) -> usize {
        let before = self.way.answered();
        let through = async {
            while !self.is_through() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            () = Rc::clone(&self.replica).run(upload) => unreachable!("the loop never ends"),
            () = through => self.way.answered() - before,
        }
    }

    fn is_through(&self) -> bool {
        self.replica.with(|state| state.outbox.items().is_empty()) && self.replica.status().all_uploaded()
    }
}

/// The phones of one thread, from the day before until they are through. Says how many requests that took.
fn live(phones: &[(usize, SessionToken)], base: &str, picture: &[u8], outage: [&Barrier; 2]) -> usize {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let phones: Vec<Phone> = phones.iter().map(|(number, session)| Phone::new(*number, base, session)).collect();
        for phone in &phones {
            phone.begins().await;
        }
        outage[0].wait();
        // Nobody answers from here on.
        outage[1].wait();
        for phone in &phones {
            phone.writes(picture).await;
        }
        outage[0].wait();
        join_all(phones.iter().map(Phone::comes_back)).await.into_iter().sum()
    })
}

/// What everybody's entries say about their photos: entries, and photos that have arrived.
async fn taken_in(store: &SqliteStore) -> (usize, usize) {
    let limit = PageLimit { records: PAGE_RECORDS, bytes: PAGE_BYTES, horizon: now().plus(Span::days(-1)) };
    let (mut cursors, mut entries, mut photos) = (Vec::new(), 0, 0);
    loop {
        let page = store.pull(person(COMMITTEE), cursors, limit, now()).await.unwrap();
        for envelope in page.envelopes.iter().filter(|envelope| envelope.head.key.kind == "entry") {
            let entry: Entry = json::read(envelope.text.as_bytes()).unwrap();
            entries += 1;
            photos += entry.arrived.len();
        }
        if !page.more {
            return (entries, photos);
        }
        cursors = page.cursors;
    }
}

/// Everybody's session, in a database that nobody serves yet.
async fn sessions(database: &Path) -> Vec<(usize, SessionToken)> {
    let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
    community().found(&store).await;
    let mut sessions = Vec::new();
    for number in 0..PHONES {
        let session = store.sign_in_without_password(person(&login(number)), now()).await.unwrap();
        sessions.push((number, session));
    }
    store.close().await;
    sessions
}

#[test]
fn after_an_outage_141_phones_are_through_within_two_minutes_and_make_no_storm() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sessions = runtime.block_on(sessions(&database));
    let mut picture = Cursor::new(Vec::new());
    image::RgbImage::new(16, 16).write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let picture = picture.into_inner();

    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{address}");
    let server = Running::serve_at(&database, &address.to_string());
    let (all, nobody_answers) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    let outage = [&all, &nobody_answers];
    let share = PHONES.div_ceil(THREADS);
    let (took, requests) = thread::scope(|scope| {
        let threads: Vec<_> =
            sessions.chunks(share).map(|some| scope.spawn(|| live(some, &base, &picture, outage))).collect();
        all.wait();
        drop(server);
        nobody_answers.wait();
        all.wait();
        thread::sleep(OUTAGE);
        let back = Instant::now();
        let server = Running::serve_at(&database, &address.to_string());
        let requests: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        let took = back.elapsed();
        drop(server);
        (took, requests)
    });

    // One push and the feed's answer to it; for each photo the question how far it is, and the photo; and the feed once more,
    // which says that they are there.
    let needed = PHONES * (2 + 2 * PHOTOS + 1);
    eprintln!("{PHONES} phones through in {:.1} s, {requests} requests where {needed} are needed", took.as_secs_f64());
    assert!(took < MOST, "{took:?}");
    assert!(requests <= 2 * needed, "a storm: {requests} requests where {needed} are needed");
    let taken_in = runtime.block_on(async {
        let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
        let taken_in = taken_in(&store).await;
        store.close().await;
        taken_in
    });
    assert_eq!(taken_in, (PHONES * ENTRIES, PHONES * PHOTOS));
}
