//! Commands, one a line, in the order in which they come: whatever they are, phone and server agree, and nothing that was
//! said is forgotten.
#![no_main]

use app::domain::{
    Act, Change, Command, DoorLabel, Membership, MicroGrid, MicroGridCode, PersonCard, PlaceCode, Records, Role, Timestamp,
    YardCode, apply, as_meant,
};
use libfuzzer_sys::fuzz_target;

const STAIRWELL: &str = "210102025900003017";

fn stairwell() -> MicroGrid {
    let door = |label: &str| app::domain::Door { label: DoorLabel::parse(label).unwrap(), vacant: false };
    MicroGrid {
        code: MicroGridCode::parse(STAIRWELL).unwrap(),
        yard: YardCode::parse("Y02").unwrap(),
        yard_name: "八经街46号院".to_owned(),
        unit_name: "3单元".to_owned(),
        floors: vec![vec![door("5-1"), door("5-2")]],
        water_valve: None,
        power_switch: None,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut records = Records::default();
    records.absorb(Change::MicroGrid(stairwell()));
    for command in text.lines().filter_map(|line| Command::from_bytes(line).ok()) {
        // Whoever writes is somebody here: a watcher, or, of what only readers do, a reader.
        let reviews = matches!(command.act, Act::MarkRead { .. } | Act::Comment { .. } | Act::SendBack { .. });
        let role = if reviews { Role::PartyCommittee } else { Role::Watcher };
        let place = PlaceCode::parse(if reviews { &STAIRWELL[..12] } else { STAIRWELL }).unwrap();
        let post = Membership { role, place, from: Timestamp::EARLIEST, until: None };
        let card = PersonCard { id: command.author, name: "某".to_owned(), agency: None, memberships: vec![post] };
        records.absorb(Change::Person(card));
        let _ = as_meant(&records, &command);
        let (here, there) = (apply(&records, &command, None), apply(&records, &command, None));
        assert_eq!(here, there);
        let Ok(entry) = here else { continue };
        let before = records.entries.get(&entry.id).map_or(0, |entry| entry.versions().count() + entry.reviews.len());
        let after = entry.versions().count() + entry.reviews.len();
        assert!(after >= before, "something that was said is gone");
        for clash in &entry.current().clashes {
            assert!(entry.version(clash.with).is_some(), "a clash with nothing");
        }
        records.absorb(Change::Entry(entry));
    }
});
