//! A whole community comes back after an outage: 141 phones with 50 entries and 20 photos each. Everything is taken in within
//! two minutes, and nobody storms the server.
//!
//! The phones are native, with the very code of the browser's loop (`app::sync`): its backoff, its patience where the server
//! asks for it, its uploads two at a time beside the talk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

#[allow(dead_code, unused_imports, reason = "what only the other tests need")]
mod process;
#[path = "api/world.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod world;

use app::{
    domain::{Act, Attachment, AttachmentKind, Change, Command, MicroGridCode, Role, Timestamp},
    error::AppError,
    store::Store,
    sync::{
        AfterUpload, Backoff, BlobReply, Outbox, PushReply, Queued, UPLOAD_OFFSET, Upload, UploadStep,
        after_failed_upload,
    },
};
use futures::future::{join, join_all};
use process::{Phone, Running};
use reqwest::{Method, Response};
use server::{
    clock::now,
    store::{Seed, SqliteStore},
};
use std::{
    collections::VecDeque,
    io::Cursor,
    net::TcpListener,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use world::GRID;

const PHONES: usize = 141;
const ENTRIES: usize = 50;
const PHOTOS: usize = 20;
/// As the browser's loop has it, in milliseconds.
const HALF_MINUTE: i64 = 30_000;
const OUTAGE: Duration = Duration::from_secs(8);
const MOST: Duration = Duration::from_secs(120);

fn login(number: usize) -> String {
    format!("w{number}")
}

fn stairwell(number: usize) -> String {
    format!("{GRID}{:03}", number + 1)
}

fn community() -> Seed {
    let template = world::seed();
    let micro_grid = |number| {
        let mut micro_grid = template.micro_grids[0].clone();
        micro_grid.code = MicroGridCode::parse(&stairwell(number)).unwrap();
        micro_grid
    };
    let account = |number| world::account(&login(number), "守望员", Role::Watcher, &stairwell(number));
    Seed {
        micro_grids: (0..PHONES).map(micro_grid).collect(),
        accounts: (0..PHONES).map(account).collect(),
        residents: Vec::new(),
        ..template
    }
}

/// A picture of the size of a phone's photo, unlike any other.
fn photo(picture: &[u8], number: usize, index: usize) -> Vec<u8> {
    let mut photo = picture.to_vec();
    photo.extend(number.to_be_bytes());
    photo.extend(index.to_be_bytes());
    photo.resize(250_000, 7);
    photo
}

/// What a phone has to tell when it comes back.
struct Back {
    number: usize,
    phone: Phone,
    outbox: Outbox,
    photos: Vec<(Attachment, Vec<u8>)>,
    requests: Arc<AtomicUsize>,
}

impl Back {
    fn new(number: usize, phone: Phone, picture: &[u8], requests: Arc<AtomicUsize>) -> Self {
        let photos = (0..PHOTOS).map(|index| {
            let bytes = photo(picture, number, index);
            (Attachment::of(AttachmentKind::Photo, &bytes), bytes)
        });
        let photos: Vec<_> = photos.collect();
        let mut outbox = Outbox::default();
        for index in 0..ENTRIES {
            let mut command: Command = world::entry(&login(number), &stairwell(number), "停网的时候写的");
            let Act::WriteEntry { form, .. } = &mut command.act else { unreachable!() };
            form.attachments = photos.get(index).map(|(one, _)| one.word()).into_iter().collect();
            outbox.push(Queued::new(command).unwrap());
        }
        Self { number, phone, outbox, photos, requests }
    }

    async fn counted(&self, asked: impl Future<Output = reqwest::Result<Response>>) -> Result<Response, AppError> {
        let answer = asked.await.map_err(|_| AppError::Unreachable)?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        match answer.status().as_u16() {
            200 => Ok(answer),
            _ => Err(answer.json().await.unwrap_or(AppError::NotOurAnswer)),
        }
    }

    /// The loop of the browser: talk, upload, wait, until nothing is left.
    async fn comes_back(mut self, base: &str) {
        let mut backoff = Backoff::default();
        loop {
            let pause = match self.talk(base).await {
                Ok(()) => {
                    backoff.succeeded();
                    self.upload(base).await;
                    if self.photos.is_empty() && !self.outbox.has_waiting() {
                        return;
                    }
                    HALF_MINUTE
                }
                Err(error) => backoff.failed(now(), error.retry_after(), rand::random()).min(HALF_MINUTE),
            };
            tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap())).await;
        }
    }

    async fn talk(&mut self, base: &str) -> Result<(), AppError> {
        while self.outbox.has_waiting() {
            let batch = self.outbox.next_batch(100);
            let answer = self.counted(self.phone.push(base, &batch)).await?;
            let reply: PushReply = answer.json().await.map_err(|_| AppError::NotOurAnswer)?;
            self.outbox.settle(&batch, &reply.replies);
        }
        Ok(())
    }

    /// Two at a time; what does not get through stays for another time.
    async fn upload(&mut self, base: &str) {
        let queue = Mutex::new(std::mem::take(&mut self.photos).into_iter().collect::<VecDeque<_>>());
        let left = Mutex::new(Vec::new());
        let lane = || async {
            loop {
                let Some((one, bytes)) = queue.lock().unwrap().pop_front() else { return };
                let sent = self.send(base, &one, &bytes).await;
                let stop = sent.as_ref().is_err_and(|error| after_failed_upload(error) == AfterUpload::Stop);
                if !matches!(sent, Ok(true)) {
                    left.lock().unwrap().push((one, bytes));
                }
                if stop {
                    left.lock().unwrap().extend(queue.lock().unwrap().drain(..));
                }
            }
        };
        join(lane(), lane()).await;
        self.photos = left.into_inner().unwrap();
    }

    async fn send(&self, base: &str, one: &Attachment, bytes: &[u8]) -> Result<bool, AppError> {
        let mut upload = Upload::new(one);
        loop {
            match upload.step() {
                UploadStep::Done => return Ok(true),
                UploadStep::Rest => return Ok(false),
                UploadStep::Ask => {
                    let answer = self.counted(self.phone.blob(base, Method::HEAD, &one.sha256, 0, "")).await?;
                    upload.asked(answer.headers()[UPLOAD_OFFSET].to_str().unwrap().parse().unwrap());
                }
                UploadStep::Send(range) => {
                    let part =
                        bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()].to_vec();
                    let asked = self.phone.blob(base, Method::PUT, &one.sha256, range.start, part);
                    let reply: BlobReply =
                        self.counted(asked).await?.json().await.map_err(|_| AppError::NotOurAnswer)?;
                    upload.sent(reply.offset, reply.whole);
                }
            }
        }
    }
}

/// What everybody's entries say about their photos: entries, and photos that have arrived.
async fn taken_in(database: &Path) -> (usize, usize) {
    let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
    let committee = app::domain::Membership {
        role: Role::PartyCommittee,
        place: app::domain::PlaceCode::parse(world::COMMUNITY).unwrap(),
        from: Timestamp::EARLIEST,
        until: None,
    };
    let rights = app::domain::Rights::of(world::person("all"), &[committee], now());
    let (mut cursor, mut entries, mut photos) = (None, 0, 0);
    loop {
        let page = store.pull(&rights, &rights.community().unwrap(), cursor, 1_000, Timestamp::EARLIEST).await.unwrap();
        for change in page.changes {
            if let Change::Entry(entry) = change {
                entries += 1;
                photos += entry.arrived.len();
            }
        }
        if !page.more {
            store.close().await;
            return (entries, photos);
        }
        cursor = Some(page.next);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_141_phones_are_through_within_two_minutes_and_make_no_storm() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
    store.seed(community()).await.unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let mut picture = Cursor::new(Vec::new());
    image::RgbImage::new(16, 16).write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let mut phones = Vec::new();
    for number in 0..PHONES {
        let token = store.sign_in_without_password(world::person(&login(number)), now()).await.unwrap();
        phones.push(Back::new(number, Phone::with_session(&token), picture.get_ref(), Arc::clone(&requests)));
    }
    store.close().await;
    assert!(phones.iter().enumerate().all(|(number, phone)| phone.number == number));

    // The address is known, and nobody answers there.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{address}");
    let tasks: Vec<_> = phones
        .into_iter()
        .map(|phone| {
            let base = base.clone();
            tokio::spawn(async move { phone.comes_back(&base).await })
        })
        .collect();
    tokio::time::sleep(OUTAGE).await;
    let back = Instant::now();
    let server = Running::serve_at(&database, &address.to_string());
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
    let took = back.elapsed();
    drop(server);

    let requests = requests.load(Ordering::Relaxed);
    // One push, and for each photo the question how far it is, and the photo.
    let needed = PHONES * (1 + 2 * PHOTOS);
    eprintln!("{PHONES} phones through in {:.1} s, {requests} requests where {needed} are needed", took.as_secs_f64());
    assert!(took < MOST, "{took:?}");
    assert!(requests <= 2 * needed, "a storm: {requests} requests where {needed} are needed");
    assert_eq!(taken_in(&database).await, (PHONES * ENTRIES, PHONES * PHOTOS));
}
