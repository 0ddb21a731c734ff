//! Who is told of a record: the domain's [`ReadScope::admits`] and every engine say the same, over random records and
//! random readers.

use crate::engine::Engine;
use crate::leaflets::{Act, Form, LEAFLETS, Leaflet};
use crate::neighbourhood::*;
use domain::kernel::{Kind, PersonId, PlaceId, Post, Record, RecordKey, Role, Timestamp, Topics, json};
use domain::kinds::Kinds;
use domain::organisation::{self, Directory, Person, Place};
use domain::residents;
use domain::store::PageLimit;
use domain::sync::feed::Reader;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

const PLACES: [u128; 9] = [HERE, FIRST_GRID, SECOND_GRID, YARD, FAR_YARD, FIRST, SECOND, FAR, 0x77];

fn leaflet_key(number: u128) -> RecordKey {
    RecordKey { community: id(HERE), kind: Kind::parse(Leaflet::KIND).unwrap(), id: uuid::Uuid::from_u128(number) }
}

fn forms() -> impl Strategy<Value = (Option<PersonId>, Form)> {
    let place = || prop::sample::select(PLACES.map(id::<PlaceId>).to_vec());
    let somebody = || prop::sample::select(EVERYBODY.map(person).to_vec());
    let post = (prop::sample::select(Role::ALL.to_vec()), place()).prop_map(|(role, place)| Post { role, place });
    let topics = (0..16_u8, 0..16_u8).prop_map(|(one, other)| Topics::number(one).and(Topics::number(other)));
    (
        prop::option::weighted(0.2, somebody()),
        place(),
        any::<bool>(),
        topics,
        prop::collection::vec(somebody(), 0..3),
        prop::collection::vec(post, 0..3),
        any::<bool>(),
    )
        .prop_map(|(author, place, through, topics, people, posts, stays_open)| {
            (author, Form { place, through, topics, people, posts, stays_open })
        })
}

async fn print(here: &Neighbourhood, from: i64, leaflets: &[(u128, (Option<PersonId>, Form))]) {
    let acts: Vec<_> = leaflets
        .iter()
        .map(|(number, (author, form))| {
            (vec![leaflet_key(*number)], Act::Print { author: *author, form: form.clone() })
        })
        .collect();
    for (index, act) in acts.into_iter().enumerate() {
        here.operate(minutes(from + i64::try_from(index).unwrap()), &[act]).await;
    }
}

pub async fn directory(here: &Neighbourhood) -> Directory {
    let mut directory = Directory::new(id(HERE));
    for key in PLACES.iter().map(|place| place_key(HERE, *place)) {
        if let Some(envelope) = here.store.stored(&key).await.unwrap() {
            directory.take_in(&json::read::<Place>(envelope.text.as_bytes()).unwrap());
        }
    }
    for key in EVERYBODY.iter().map(|who| card_key(who, HERE)) {
        if let Some(envelope) = here.store.stored(&key).await.unwrap() {
            directory.take_in(&json::read::<Person>(envelope.text.as_bytes()).unwrap());
        }
    }
    directory
}

/// What the domain says that somebody is told.
fn admitted(directory: &Directory, who: &str, leaflets: &[Leaflet]) -> BTreeSet<RecordKey> {
    let Some(reader) = Reader::of(person(who), id(HERE), directory, now()) else { return BTreeSet::new() };
    let told = leaflets.iter().filter(|leaflet| reader.scope.admits(leaflet.author, &Record::audience(*leaflet)));
    told.map(|leaflet| leaflet.key.clone()).collect()
}

fn everybody_is_told_what_the_domain_admits(engine: Engine) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cases = (prop::collection::vec(forms(), 30), prop::collection::vec((0..30_u128, forms()), 10));
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&cases, |(first, then)| {
        runtime.block_on(async {
            let kinds = Kinds::of(&[&LEAFLETS, &organisation::MODULE, &residents::MODULE]);
            let here = Neighbourhood::with(engine, kinds).await;
            let numbered: Vec<_> = (0..).zip(first).collect();
            print(&here, -200, &numbered).await;
            // Some are told to others from then on.
            print(&here, -100, &then).await;
            // And one stairwell stands elsewhere.
            let about = vec![place_key(HERE, FIRST), place_key(HERE, FAR_YARD)];
            here.operate(now(), &[(about, organisation::Act::MovePlace {})]).await;
            let directory = directory(&here).await;
            let mut leaflets = Vec::new();
            for (number, _) in &numbered {
                let stored = here.store.stored(&leaflet_key(*number)).await.unwrap().unwrap();
                leaflets.push(json::read::<Leaflet>(stored.text.as_bytes()).unwrap());
            }
            for who in EVERYBODY {
                let admitted = admitted(&directory, who, &leaflets);
                let told = here.everything(who).await.into_iter().map(|envelope| envelope.head.key);
                let told: BTreeSet<_> = told.filter(|key| key.kind == Leaflet::KIND).collect();
                prop_assert_eq!(&told, &admitted, "{} is told", who);
                for leaflet in &leaflets {
                    let seen = here.store.record(person(who), &leaflet.key, now()).await.unwrap();
                    prop_assert_eq!(seen.is_some(), admitted.contains(&leaflet.key), "{} looks at {:?}", who, leaflet);
                }
                let limit = PageLimit {
                    records: 1_000,
                    bytes: domain::sync::PAGE_BYTES,
                    horizon: Timestamp::from_millis(i64::MAX),
                };
                let first = here.store.pull(person(who), Vec::new(), limit, now()).await.unwrap();
                let told: BTreeSet<_> = first
                    .envelopes
                    .into_iter()
                    .map(|one| one.head.key)
                    .filter(|key| key.kind == Leaflet::KIND)
                    .collect();
                let stays = leaflets.iter().filter(|one| {
                    admitted.contains(&one.key) && (one.form.stays_open || one.author == Some(person(who)))
                });
                prop_assert_eq!(
                    told,
                    stays.map(|one| one.key.clone()).collect::<BTreeSet<_>>(),
                    "{} on a new phone",
                    who
                );
            }
            Ok(())
        })
    });
    outcome.unwrap();
}

#[test]
fn everybody_is_told_what_the_domain_admits_in_memory() {
    everybody_is_told_what_the_domain_admits(Engine::Memory);
}

#[test]
fn everybody_is_told_what_the_domain_admits_on_sqlite() {
    everybody_is_told_what_the_domain_admits(Engine::Sqlite);
}
