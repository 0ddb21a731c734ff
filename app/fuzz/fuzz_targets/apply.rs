//! Commands, two lines each, in the order in which they come: whatever they are, phone and server agree, and nothing that
//! was said is forgotten.
#![no_main]

use domain::{
    kernel::{
        Command, CommunityId, Effects, Envelope, EnvelopeHead, Got, Known, Membership, PersonId, PlaceId, PlaceKind, Record,
        RecordKey, Refusal, Role, StoredRecord, Times, Timestamp,
    },
    kinds::Kinds,
    log::Entry,
    organisation::{Door, DoorLabel, Person, Place},
    sync::Records,
};
use libfuzzer_sys::fuzz_target;

const COMMUNITY: &str = "00000000-0001-7c01-8c01-010101010101";
const STAIRWELL: &str = "00000000-0001-7501-8501-010101010101";
const MADE: Times = Times { written: Timestamp::EARLIEST, clock_offset: None, received: None };

fn community() -> CommunityId {
    COMMUNITY.parse().unwrap()
}

fn stairwell() -> Place {
    let door = |label: &str| Door::new(DoorLabel::parse(label).unwrap());
    Place {
        id: STAIRWELL.parse().unwrap(),
        community: community(),
        kind: PlaceKind::Stairwell,
        parent: community().into(),
        name: "3单元".to_owned(),
        code: None,
        floors: vec![vec![door("5-1"), door("5-2")]],
        water_valve: None,
        power_switch: None,
        closed: None,
        made: MADE,
        changed: MADE,
    }
}

/// Whoever acts is somebody here: a watcher, or, of what only readers do, a reader.
fn person(id: PersonId, act: &str) -> Person {
    let (role, place): (Role, PlaceId) = match act {
        "mark_read" | "comment" | "send_back" => (Role::PartyCommittee, community().into()),
        _ => (Role::Watcher, STAIRWELL.parse().unwrap()),
    };
    let memberships = vec![Membership { role, place, from: Timestamp::EARLIEST, until: None }];
    let name = "某".to_owned();
    Person { id, community: community(), name, agency: None, memberships, made: MADE, changed: MADE }
}

fn take_in(records: &mut Records, stored: StoredRecord, position: i64) {
    let head = EnvelopeHead { key: stored.key, position };
    records.take_in([Envelope { head, text: stored.text }]);
}

fn outcome(effects: Result<Effects, Refusal>) -> Result<Vec<StoredRecord>, Refusal> {
    effects.map(|effects| effects.records().iter().map(|record| record.stored().unwrap()).collect())
}

fn steps(records: &Records, key: &RecordKey) -> usize {
    match records.get::<Entry>(key) {
        Got::Here(entry) => entry.steps.len(),
        Got::Nowhere | Got::Unread => 0,
    }
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
    put(&mut records, domain::kernel::AnyRecord::stored(&stairwell()).unwrap());
    for command in lines.chunks(2).filter_map(|lines| Command::read(&lines.join("\n")).ok()) {
        if let Some(actor) = command.head.actor.person() {
            let person = person(actor, command.act_name());
            put(&mut records, domain::kernel::AnyRecord::stored(&person).unwrap());
        }
        let _ = kinds.as_meant(&records, &command);
        let here = outcome(kinds.apply(&records as &dyn Known, &command, None));
        assert_eq!(here, outcome(kinds.apply(&records, &command, None)));
        let Ok(new) = here else { continue };
        for stored in new {
            let (key, before) = (stored.key.clone(), steps(&records, &stored.key));
            assert!(stored.text.len() as u64 <= Entry::bounds().bytes.get() * 2, "it outgrows its bounds");
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
