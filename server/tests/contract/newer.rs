//! An older program over the data of a newer one: it does not pretend that what it cannot read is not
//! there, and says that it is unavailable to whoever might be told of it. What it can read, it goes on answering.

use crate::engine::Engine;
use crate::leaflets::{Act, Form, LEAFLETS, Leaflet};
use crate::neighbourhood::*;
use domain::kernel::{Attachment, AttachmentKind, Kind, RecordKey, Timestamp, Topics};
use domain::kinds::{Kinds, topic};
use domain::log::EntryFilter;
use domain::store::{PageLimit, StoreError};
use domain::sync::{Outcome, PAGE_BYTES};

fn leaflet() -> RecordKey {
    RecordKey {
        community: id(HERE),
        kind: Kind::parse(<Leaflet as domain::kernel::Record>::KIND).unwrap(),
        id: id(0x99),
    }
}

/// A leaflet for whoever reads of residents in 王某兰's stairwell, printed by a newer version.
async fn newer(engine: Engine) -> Neighbourhood {
    let mut kinds = Kinds::all();
    kinds.add(&LEAFLETS);
    let here = Neighbourhood::with(engine, kinds).await;
    let form = Form {
        place: id(FIRST),
        through: false,
        topics: topic::RESIDENTS,
        people: Vec::new(),
        posts: Vec::new(),
        stays_open: true,
    };
    here.operate(now(), &[(vec![leaflet()], Act::Print { author: None, form })]).await;
    here.accept(WANG, &[note("灯不亮")]).await;
    here
}

fn is_unavailable<T: std::fmt::Debug>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable(_)))
}

async fn a_kind_of_a_newer_version_is_not_passed_over(engine: Engine) {
    let here = newer(engine).await;
    let limit = PageLimit { records: 1_000, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
    let told = here.store.pull(person(WANG), Vec::new(), limit, now()).await.unwrap();
    assert!(told.envelopes.iter().any(|envelope| envelope.head.key == leaflet()), "the newer version tells of it");

    let older = here.opened_by(Kinds::all()).await;
    assert!(is_unavailable(&older.pull(person(WANG), Vec::new(), limit, now()).await), "nothing is skipped");
    assert!(is_unavailable(&older.record(person(WANG), &leaflet(), now()).await));
    // Whoever is not told of it anyway, and what is not about it, is answered as ever.
    assert!(older.pull(person(ZHOU), Vec::new(), limit, now()).await.is_ok());
    assert!(older.record(person(ZHOU), &leaflet(), now()).await.unwrap().is_none());
    let page = older.find_entries(person(WANG), &EntryFilter::default(), None, 10, now()).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    let photo = Attachment::of(AttachmentKind::Photo, b"x");
    assert_eq!(older.readable_blob(person(WANG), &photo.sha256, now()).await.unwrap(), None);
    let batch = here.batch(WANG, &[note("水管漏")]);
    let replies = older.push(batch).await.unwrap();
    assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    // An act that only the newer one knows is remembered by nobody.
    let form = Form {
        place: id(FIRST),
        through: false,
        topics: Topics::NONE,
        people: vec![],
        posts: vec![],
        stays_open: true,
    };
    let print = command(WANG, now(), vec![leaflet()], &Act::Print { author: None, form });
    let replies = older.push(here.batch(WANG, &[print])).await.unwrap();
    assert!(matches!(replies[0].outcome, Outcome::UnknownAct), "{replies:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_of_a_newer_version_is_not_passed_over_in_memory() {
    a_kind_of_a_newer_version_is_not_passed_over(Engine::Memory).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_of_a_newer_version_is_not_passed_over_on_sqlite() {
    a_kind_of_a_newer_version_is_not_passed_over(Engine::Sqlite).await;
}
