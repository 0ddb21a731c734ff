//! With the modules that the product has: a community from nothing, entries with numbers, the list.

use super::world::{MORNING, at_once, fresh_id, id, later, word};
use domain::kernel::{
    Actor, Attachment, AttachmentKind, Command, DeviceId, EntryId, Head, PersonId, PlaceId, PlaceKind, Record,
    RecordKey, Role, Timestamp,
};
use domain::log::{Act, Category, Entry, EntryFilter, EntryForm, ListMark, Urgency};
use domain::memory::MemoryStore;
use domain::organisation::{self, Community, Person, Place};
use domain::store::{PushBatch, Store};
use domain::sync::Outcome;
use serde::Serialize;

const COMMUNITY: u128 = 10;
const GRID: u128 = 11;
const STAIRWELL: u128 = 12;
const NEXT_DOOR: u128 = 13;
const WANG: u128 = 1;
const LI: u128 = 2;

struct Log {
    store: MemoryStore,
}

fn place_key(place: u128) -> RecordKey {
    Place::key_of(id(COMMUNITY), id(place))
}

fn person_key(person: u128) -> RecordKey {
    Person::key_of(id(COMMUNITY), id(person))
}

fn entry_key(entry: u128) -> RecordKey {
    RecordKey::new(id(COMMUNITY), Entry::KIND, id::<EntryId>(entry))
}

fn command(actor: Actor, device: DeviceId, about: Vec<RecordKey>, act: &impl Serialize, written: Timestamp) -> Command {
    Command::new(Head { id: fresh_id(), actor, device, written, offset: None, about }, act).expect("a command")
}

fn entry(author: u128, number: u128, place: u128, problem: &str, minutes: i64) -> Command {
    let form = EntryForm {
        category: Category::ALL[0].code().to_owned(),
        spot: "stairwell".to_owned(),
        problem: problem.to_owned(),
        measures: "已经处理".to_owned(),
        urgency: Urgency::ALL[0].code().to_owned(),
        ..EntryForm::default()
    };
    let about = vec![entry_key(number), place_key(place)];
    command(Actor::Person(id(author)), id(author), about, &Act::WriteEntry { form }, later(minutes))
}

impl Log {
    fn new() -> Self {
        let log = Self { store: MemoryStore::new(|password, hash| password == hash) };
        let place = |kind, name: &str| organisation::Act::MakePlace {
            kind,
            name: name.to_owned(),
            code: None,
            floors: Vec::new(),
            water_valve: None,
            power_switch: None,
        };
        let community = Community::key_of(id(COMMUNITY));
        let make = organisation::Act::MakeCommunity {
            name: "和平新村社区".to_owned(),
            abbreviation: "HPXC".to_owned(),
            code: Some("210102001003".to_owned()),
            numbers: Vec::new(),
        };
        let add = |name: &str| organisation::Act::AddPerson { name: name.to_owned(), agency: None };
        let post = |role| organisation::Act::GivePost { role, from: Timestamp::EARLIEST, until: None };
        // In one go, and the other way round: everything waits for what it needs.
        log.operator(vec![
            (vec![person_key(LI), place_key(GRID)], post(Role::GridWorker)),
            (vec![person_key(WANG), place_key(STAIRWELL)], post(Role::Watcher)),
            (vec![person_key(LI)], add("李某")),
            (vec![person_key(WANG)], add("王某兰")),
            (vec![place_key(NEXT_DOOR), place_key(GRID)], place(PlaceKind::Stairwell, "4单元")),
            (vec![place_key(STAIRWELL), place_key(GRID)], place(PlaceKind::Stairwell, "3单元")),
            (vec![place_key(GRID), community.clone()], place(PlaceKind::Grid, "第三网格")),
            (vec![community], make),
        ]);
        log
    }

    fn operator(&self, acts: Vec<(Vec<RecordKey>, organisation::Act)>) {
        let made = |(about, act)| command(Actor::OPERATOR, DeviceId::SERVER, about, &act, MORNING);
        let commands = acts.into_iter().map(made).collect();
        for reply in at_once(self.store.act(commands, MORNING)).expect("replies") {
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        }
    }

    fn push(&self, sender: u128, commands: &[Command], minutes: i64) -> Vec<Outcome> {
        let commands = commands.iter().map(|one| one.to_bytes().expect("bytes")).collect();
        let (device, received) = (id(sender), later(minutes));
        let batch = PushBatch { sender: id(sender), device, sent_at: received, received, commands };
        at_once(self.store.push(batch)).expect("replies").into_iter().map(|reply| reply.outcome).collect()
    }

    fn find(
        &self,
        person: u128,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
    ) -> (Vec<u128>, Option<ListMark>) {
        let page = self.store.find_entries(id::<PersonId>(person), filter, after, limit, later(1_000));
        let page = at_once(page).expect("a page");
        (page.entries.iter().map(|entry| entry.id.uuid().as_u128()).collect(), page.next)
    }

    fn place(&self, place: u128) -> Place {
        let stored = at_once(self.store.stored(&place_key(place))).expect("a look").expect("a place");
        domain::kernel::json::read(stored.text.as_bytes()).expect("a place")
    }
}

#[test]
fn a_community_is_made_in_one_group_whatever_the_order_and_its_places_get_their_codes() {
    let log = Log::new();
    assert_eq!(log.place(GRID).code.as_deref(), Some("210102001003001"));
    let mut codes = [log.place(STAIRWELL).code, log.place(NEXT_DOOR).code];
    codes.sort();
    assert_eq!(codes.map(Option::unwrap_or_default), ["210102001003001001", "210102001003001002"]);
    assert_eq!(word(&log.push(WANG, &[entry(WANG, 100, STAIRWELL, "灯不亮", 0)], 1)[0]), "accepted");
}

#[test]
fn entries_are_numbered_by_the_day_on_which_they_were_written() {
    let log = Log::new();
    let outcomes = log.push(
        LI,
        &[
            entry(LI, 100, STAIRWELL, "灯不亮", 24 * 60),
            entry(LI, 101, NEXT_DOOR, "漏水", 24 * 60),
            entry(LI, 102, STAIRWELL, "堵了", 1),
        ],
        24 * 60 + 1,
    );
    let numbers: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Accepted { number, .. } => number.clone().unwrap_or_default(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(numbers, ["HPXC-20251118-0001", "HPXC-20251118-0002", "HPXC-20251117-0001"]);
}

#[test]
fn the_list_runs_from_the_newest_to_the_oldest_and_pages_of_any_size_are_the_same_list() {
    let log = Log::new();
    let entries: Vec<_> =
        (0..7).map(|n| entry(LI, 100 + n, STAIRWELL, "灯不亮", i64::try_from(n % 3).unwrap_or(0))).collect();
    log.push(LI, &entries, 10);
    let (all, next) = log.find(LI, &EntryFilter::default(), None, 50);
    assert_eq!((all.clone(), next), (vec![105, 102, 104, 101, 106, 103, 100], None));
    for limit in 1..8 {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = log.find(LI, &EntryFilter::default(), after, limit);
            pages.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, all, "{limit}");
    }
}

#[test]
fn the_list_shows_what_the_filter_wants_of_what_may_be_read() {
    let log = Log::new();
    log.push(LI, &[entry(LI, 100, STAIRWELL, "灯不亮", 0), entry(LI, 101, NEXT_DOOR, "三楼漏水", 1)], 10);
    let in_place = |place: u128| EntryFilter { place: Some(id::<PlaceId>(place)), ..EntryFilter::default() };
    let of_words = |words: &str| EntryFilter { words: words.to_owned(), ..EntryFilter::default() };
    assert_eq!(log.find(LI, &in_place(GRID), None, 50).0, [101, 100]);
    assert_eq!(log.find(LI, &in_place(NEXT_DOOR), None, 50).0, [101]);
    assert_eq!(log.find(LI, &of_words("漏水"), None, 50).0, [101]);
    assert_eq!(log.find(LI, &of_words("漏水 灯"), None, 50).0, [0_u128; 0]);
    assert_eq!(log.find(LI, &of_words("20251117-0001"), None, 50).0, [100]);
    assert_eq!(log.find(WANG, &EntryFilter::default(), None, 50).0, [100], "a watcher reads their own stairwell");
    let withdraw = command(Actor::Person(id(LI)), id(LI), vec![entry_key(101)], &Act::WithdrawEntry {}, later(11));
    assert_eq!(word(&log.push(LI, &[withdraw], 12)[0]), "accepted");
    assert_eq!(log.find(LI, &EntryFilter::default(), None, 50).0, [100], "what was taken back is not listed");
}

#[test]
fn a_photo_that_arrives_is_told_by_the_entry_that_names_it() {
    let log = Log::new();
    let photo = Attachment::of(AttachmentKind::Photo, b"a photo");
    let mut with_photo = entry(WANG, 100, STAIRWELL, "灯不亮", 0);
    with_photo.act =
        with_photo.act.replacen("\"category\"", &format!("\"attachments\":[\"{}\"],\"category\"", photo.word()), 1);
    assert_eq!(word(&log.push(WANG, &[with_photo], 1)[0]), "accepted");
    let named = at_once(log.store.named_blob(id(WANG), &photo.sha256)).expect("a look").expect("it is named");
    assert_eq!((named.attachment, named.arrived), (photo.clone(), false));
    at_once(log.store.blob_arrived(id(WANG), &photo, later(2))).expect("done");
    let read = at_once(log.store.record(id(LI), &entry_key(100), later(3))).expect("a look").expect("readable");
    let entry: Entry = domain::kernel::json::read(read.text.as_bytes()).expect("an entry");
    assert_eq!(entry.arrived, [photo.sha256]);
    assert!(at_once(log.store.readable_blob(id(LI), &photo.sha256, later(3))).expect("a look").is_some());
}

#[test]
fn closing_an_account_ends_the_posts_of_its_person_by_commands_in_the_trail() {
    let log = Log::new();
    let account =
        domain::store::Account { person: id(WANG), login: "wang".to_owned(), password_hash: Some("x".to_owned()) };
    at_once(log.store.add_account(account)).expect("an account");
    let before = log.store.command_count();
    at_once(log.store.close_account("wang", later(10))).expect("done");
    assert_eq!(log.store.command_count(), before + 1);
    assert_eq!(word(&log.push(WANG, &[entry(WANG, 101, STAIRWELL, "灯不亮", 5)], 20)[0]), "accepted", "written before");
    assert_eq!(word(&log.push(WANG, &[entry(WANG, 102, STAIRWELL, "灯不亮", 15)], 20)[0]), "no_right", "written after");
}
