//! Commands, two lines each, in the order in which they come: whatever they are, phone and server agree, nothing that was
//! said is forgotten, and no record outgrows its kind.
#![no_main]

use domain::{
    kernel::{
        AnyRecord, Bounds, Command, CommunityId, Day, Effects, Envelope, EnvelopeHead, Got, Membership, PersonId,
        PlaceId, PlaceKind, Record, RecordKey, Refusal, Role, ServerSide, Sha256, Shared, Span, StoredRecord, Times,
        Timestamp,
    },
    kinds::Kinds,
    log::Entry,
    organisation::{Community, Door, DoorLabel, Person, Place},
    residents::Resident,
    seen::Seen,
    sync::Records,
};
use libfuzzer_sys::fuzz_target;

const COMMUNITY: &str = "00000000-0001-7c01-8c01-010101010101";
const GRID: &str = "00000000-0001-7601-8601-010101010101";
const STAIRWELL: &str = "00000000-0001-7501-8501-010101010101";
const MADE: Times = Times { written: Timestamp::EARLIEST, clock_offset: None, received: None };

fn community_id() -> CommunityId {
    COMMUNITY.parse().unwrap()
}

fn community() -> Community {
    Community {
        id: community_id(),
        name: "和平新村社区".to_owned(),
        abbreviation: "HPXC".to_owned(),
        code: None,
        numbers: Vec::new(),
        late_work: None,
        silence_of_watchers: None,
        silence_of_others: None,
        made: MADE,
        changed: MADE,
    }
}

fn place(id: &str, kind: PlaceKind, parent: PlaceId) -> Place {
    let door = |label: &str| Door::new(DoorLabel::parse(label).unwrap());
    let is_stairwell = kind == PlaceKind::Stairwell;
    Place {
        id: id.parse().unwrap(),
        community: community_id(),
        kind,
        parent,
        name: "3单元".to_owned(),
        code: None,
        floors: if is_stairwell { vec![vec![door("5-1"), door("5-2")]] } else { Vec::new() },
        water_valve: None,
        power_switch: None,
        closed: None,
        made: MADE,
        changed: MADE,
    }
}

/// Whoever acts is somebody here: the last bits of the id say which roles they hold, none of them all.
fn person(id: PersonId) -> Person {
    let wanted = id.uuid().as_u128() % 32;
    let holds = |n: usize| wanted == 0 || wanted >> n & 1 == 1;
    let place = |role: Role| match role {
        Role::Watcher => STAIRWELL.parse().unwrap(),
        Role::PartyCommittee => community_id().into(),
        _ => GRID.parse().unwrap(),
    };
    let roles = Role::ALL.into_iter().enumerate().filter(|(n, _)| holds(*n));
    let post = |(_, role)| Membership { role, place: place(role), from: Timestamp::EARLIEST, until: None };
    let memberships = roles.map(post).collect();
    let name = "某".to_owned();
    Person { id, community: community_id(), name, agency: None, memberships, made: MADE, changed: MADE }
}

/// A server that hears of everything a minute after it was written.
struct Server(Timestamp);

impl ServerSide for Server {
    fn received(&self) -> Timestamp {
        self.0
    }

    fn is_decided(&self) -> bool {
        false
    }

    fn number(&self, series: &'static str, day: Day) -> String {
        format!("HPXC-{}-{series}0001", day.compact())
    }

    fn serial(&self, _: &str) -> u32 {
        1
    }

    fn has_blob(&self, _: PersonId, _: &Sha256) -> bool {
        false
    }
}

fn take_in(records: &mut Records, stored: StoredRecord, position: i64) {
    let head = EnvelopeHead { key: stored.key, position };
    records.take_in([Envelope { head, text: stored.text }]);
}

fn outcome(effects: Result<Effects, Refusal>) -> Result<Vec<StoredRecord>, Refusal> {
    effects.map(|effects| effects.records().iter().map(|record| record.stored().unwrap()).collect())
}

/// The steps of an entry or a resident.
fn steps(records: &Records, key: &RecordKey) -> usize {
    if let Got::Here(entry) = records.get::<Entry>(key) {
        return entry.steps.len();
    }
    match records.get::<Resident>(key) {
        Got::Here(resident) => resident.steps.len(),
        Got::Nowhere | Got::Unread => 0,
    }
}

/// The bounds of a record's kind.
fn bounds(record: &Shared) -> Bounds {
    fn of<R: Record>(record: &Shared) -> Option<Bounds> {
        (record.key().kind == R::KIND).then(R::bounds)
    }
    let organisation = of::<Community>(record).or_else(|| of::<Person>(record)).or_else(|| of::<Place>(record));
    let others = || of::<Entry>(record).or_else(|| of::<Resident>(record)).or_else(|| of::<Seen>(record));
    organisation.or_else(others).unwrap_or_else(|| panic!("what are the bounds of {:?}?", record.key()))
}

/// Nobody on a phone sees done what the server then refuses.
fn check_agreement(kinds: &Kinds, records: &Records, command: &Command, is_taken: bool) {
    let server = Server(command.head.corrected().plus(Span::minutes(1)));
    let there = kinds.apply(records, command, Some(&server));
    assert!(command.head.actor.person().is_none() || there.is_ok() == is_taken, "phone and server disagree");
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let kinds = Kinds::all();
    let mut records = Records::new(kinds.clone());
    let lines: Vec<&str> = text.lines().collect();
    let mut position = 1;
    let mut put = |records: &mut Records, stored: StoredRecord| {
        take_in(records, stored, position);
        position += 1;
    };
    put(&mut records, community().stored().unwrap());
    let grid = place(GRID, PlaceKind::Grid, community_id().into());
    put(&mut records, place(STAIRWELL, PlaceKind::Stairwell, grid.id).stored().unwrap());
    put(&mut records, grid.stored().unwrap());
    for command in lines.chunks(2).filter_map(|lines| Command::read(&lines.join("\n")).ok()) {
        if let Some(actor) = command.head.actor.person() {
            let key = Person::key_of(community_id(), actor);
            if matches!(records.get::<Person>(&key), Got::Nowhere) {
                put(&mut records, person(actor).stored().unwrap());
            }
        }
        let _ = kinds.as_meant(&records, &command);
        let effects = kinds.apply(&records, &command, None);
        for record in effects.iter().flat_map(Effects::records) {
            let text = record.stored().unwrap().text;
            assert!(text.len() as u64 <= bounds(record).bytes.get(), "it outgrows its bounds");
        }
        let here = outcome(effects);
        assert_eq!(here, outcome(kinds.apply(&records, &command, None)));
        check_agreement(&kinds, &records, &command, here.is_ok());
        let Ok(new) = here else { continue };
        for stored in new {
            let (key, before) = (stored.key.clone(), steps(&records, &stored.key));
            put(&mut records, stored);
            assert!(steps(&records, &key) >= before, "something that was said is gone");
            let Got::Here(entry) = records.get::<Entry>(&key) else { continue };
            let versions = entry.versions();
            for clash in &entry.clashes {
                assert!(versions.iter().any(|version| version.id == clash.with), "a clash with nothing");
            }
        }
    }
});
