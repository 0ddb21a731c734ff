//! Anything that anybody could send about a small community: right, wrong, early, late.

use crate::world::{
    BRANCH_ZHAO, FIRST_GRID, GRID_WORKER_WANG, SECOND_GRID, SECRETARY_LI, SOCIAL_WORKER_SUN, STAIRWELL_1, STAIRWELL_3,
    WATCHER_ZHANG, YARD, by, key, label, person_key, place_key, root_key,
};
use domain::kernel::{Actor, Command, DeviceId, FieldChange, Head, Job, PlaceKind, RecordKey, Role, Span, Timestamp};
use domain::organisation::{Act, Agency, Beside, Community, Door, DoorChange, LocalNumber};
use domain::residents::{self, CareGroup, Form, Phone};
use domain::seen::{self, Sight};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, to_value};
use uuid::Uuid;

/// An act, and the records that it names.
type Said = (Vec<RecordKey>, Value);

fn said(about: impl Into<Vec<RecordKey>>, act: &impl serde::Serialize) -> Said {
    (about.into(), to_value(act).unwrap())
}

fn any_text() -> impl Strategy<Value = String> {
    let right = select(vec!["甲", "第三网格", "赵某福", "3单元", "30"]).prop_map(str::to_owned);
    let wrong = ["", " ", "漏\u{202E}水", "400", "HPXC", &"长".repeat(41)].map(str::to_owned);
    prop_oneof![3 => right, 1 => select(wrong.to_vec())]
}

fn any_changes(
    fields: &'static [&'static str],
    values: &'static [&'static str],
) -> impl Strategy<Value = Vec<FieldChange>> {
    let value =
        || prop::option::weighted(0.8, prop_oneof![3 => select(values).prop_map(str::to_owned), 1 => any_text()]);
    let change = (select(fields), value(), value());
    let change = change.prop_map(|(field, from, to)| FieldChange { field: field.to_owned(), from, to });
    prop::collection::vec(change, 1..3)
}

fn any_place() -> impl Strategy<Value = RecordKey> {
    select(vec![FIRST_GRID, SECOND_GRID, YARD, STAIRWELL_1, STAIRWELL_3, STAIRWELL_3, 31, 32, 33]).prop_map(place_key)
}

fn anywhere() -> impl Strategy<Value = RecordKey> {
    prop_oneof![1 => Just(root_key()), 5 => any_place()]
}

const PEOPLE: &[u128] = &[SECRETARY_LI, GRID_WORKER_WANG, WATCHER_ZHANG, SOCIAL_WORKER_SUN, BRANCH_ZHAO, 111, 112];

fn any_person() -> impl Strategy<Value = RecordKey> {
    select(PEOPLE).prop_map(person_key)
}

fn any_label() -> impl Strategy<Value = domain::organisation::DoorLabel> {
    select(vec!["1-1", "1-2", "2-1", "3-1", "3-3", "9-9", "甲"]).prop_map(label)
}

fn any_door_change() -> impl Strategy<Value = DoorChange> {
    let beside = (0..5, any_label()).prop_map(|(side, other)| match side {
        0 => Beside::RightOf(other),
        1 => Beside::LeftOf(other),
        2 => Beside::Above(other),
        3 => Beside::Below(other),
        _ => Beside::Alone,
    });
    prop_oneof![
        (any_label(), beside).prop_map(|(label, beside)| DoorChange::Add { label, beside }),
        (any_label(), any_label()).prop_map(|(from, to)| DoorChange::Rename { from, to }),
        (any_label(), any::<bool>()).prop_map(|(label, vacant)| DoorChange::SetVacant { label, vacant }),
        (any_label(), any::<bool>()).prop_map(|(label, closed)| DoorChange::SetClosed { label, closed }),
    ]
}

/// Around the beginning of the story, in minutes.
fn any_moment(start: Timestamp) -> impl Strategy<Value = Timestamp> {
    select(vec![-50_000_000, -100_000, -60, 0, 1, 5, 30, 100_000, 50_000_000])
        .prop_map(move |m| start.plus(Span::minutes(m)))
}

fn any_act_on_places() -> impl Strategy<Value = Said> {
    use PlaceKind::{Building, Grid, Stairwell, Yard};
    let numbers = LocalNumber { name: "物业".to_owned(), number: "02400000001".to_owned() };
    let make_community = (any_text(), select(vec![root_key(), Community::key_of(Uuid::from_u128(2).into())])).prop_map(
        move |(name, key)| {
            let numbers = vec![numbers.clone()];
            said([key], &Act::MakeCommunity { name, abbreviation: "HPXC".to_owned(), code: None, numbers })
        },
    );
    let of_community = any_changes(
        &["name", "number", "late_work", "silence_of_watchers", "silence_of_others", "abbreviation", "code", "motto"],
        &["30", "02400000001 物业", "119 消防", "210102025901"],
    );
    let floors = prop::collection::vec(prop::collection::vec(any_label().prop_map(Door::new), 0..3), 0..3);
    let make = (select(vec![Grid, Yard, Building, Stairwell]), any_text(), floors, 31_u128..=33, anywhere());
    let of_place = any_changes(&["name", "water_valve", "power_switch"], &["甲"]);
    let doors = prop::collection::vec(any_door_change(), 1..3);
    prop_oneof![
        1 => make_community,
        3 => of_community.prop_map(|changes| said([root_key()], &Act::ChangeCommunity { changes })),
        6 => make.prop_map(|(kind, name, floors, id, parent)| {
            let floors = if kind == Stairwell { floors } else { Vec::new() };
            let (water_valve, power_switch) = (Some(name.clone()), None);
            said([place_key(id), parent], &Act::MakePlace { kind, name, code: None, floors, water_valve, power_switch })
        }),
        3 => (any_place(), of_place)
            .prop_map(|(place, changes)| said([place], &Act::ChangePlace { changes, doors: Vec::new() })),
        3 => (any_place(), doors)
            .prop_map(|(place, doors)| said([place], &Act::ChangePlace { changes: Vec::new(), doors })),
        6 => (any_place(), anywhere()).prop_map(|(place, parent)| said([place, parent], &Act::MovePlace {})),
        2 => any_place().prop_map(|place| said([place], &Act::ClosePlace {})),
    ]
}

/// A post that is held as the story begins, or any other.
fn any_post() -> impl Strategy<Value = ([RecordKey; 2], Role)> {
    let held = [
        (WATCHER_ZHANG, STAIRWELL_3, Role::Watcher),
        (GRID_WORKER_WANG, FIRST_GRID, Role::GridWorker),
        (SOCIAL_WORKER_SUN, FIRST_GRID, Role::SocialWorker),
        (BRANCH_ZHAO, FIRST_GRID, Role::PartyBranch),
    ];
    let held = held.map(|(person, place, role)| ([person_key(person), place_key(place)], role));
    let any = (any_person(), anywhere(), select(Role::ALL.to_vec()));
    prop_oneof![select(held.to_vec()), any.prop_map(|(person, place, role)| ([person, place], role))]
}

fn any_act_on_people(start: Timestamp) -> impl Strategy<Value = Said> {
    prop_oneof![
        3 => (any_person(), any_text(), of(any_text())).prop_map(|(person, name, agency)| {
            said([person], &Act::AddPerson { name, agency: agency.map(Agency) })
        }),
        3 => (any_person(), any_changes(&["name", "agency"], &["甲"]))
            .prop_map(|(person, changes)| said([person], &Act::ChangePerson { changes })),
        6 => (any_post(), any_moment(start), of(any_moment(start)))
            .prop_map(|((about, role), from, until)| said(about, &Act::GivePost { role, from, until })),
        3 => (any_post(), any_moment(start))
            .prop_map(|((about, role), until)| said(about, &Act::EndPost { role, until })),
        1 => (any_person(), any_moment(start)).prop_map(|(person, until)| said([person], &Act::EndPosts { until })),
    ]
}

fn any_act_on_residents() -> impl Strategy<Value = Said> {
    let resident = || (700_u128..=702).prop_map(|id| key("resident", id));
    let home = || prop_oneof![9 => Just(place_key(STAIRWELL_3)), 1 => any_place()];
    let care = prop::collection::vec(select(CareGroup::ALL.to_vec()), 0..3);
    let phone = |whose: String| Phone { number: "13800005678".to_owned(), whose };
    let phones = prop::collection::vec(any_text().prop_map(phone), 0..2);
    let form = (of(any_label()), any_text(), of(1890_u16..2040), care, phones, of(any_text()));
    let form = form.prop_map(|(door, name, birth_year, care, phones, note)| Form {
        door,
        name,
        birth_year,
        care,
        phones,
        note,
    });
    let changes = any_changes(
        &["door", "name", "birth_year", "care", "phone", "note"],
        &["3-1", "9-9", "aged", "dementia", "1940", "13800005678 女儿", "13800005678", "耳背"],
    );
    prop_oneof![
        4 => (resident(), home(), form).prop_map(|(id, home, form)| said([id, home], &residents::Act::AddResident { form })),
        5 => (resident(), home(), changes)
            .prop_map(|(id, home, changes)| said([id, home], &residents::Act::ChangeResident { changes })),
        2 => (resident(), home()).prop_map(|(id, home)| said([id, home], &residents::Act::MoveResidentAway {})),
        2 => (resident(), home()).prop_map(|(id, home)| said([id, home], &residents::Act::BringResidentBack {})),
        2 => (resident(), any_text()).prop_map(|(id, why)| said([id], &residents::Act::SetAsideResident { why })),
        2 => (resident(), any_text()).prop_map(|(id, why)| said([id], &residents::Act::EraseResident { why })),
    ]
}

fn any_sight() -> impl Strategy<Value = Said> {
    let position = || prop_oneof![-3_i64..20, any::<i64>()];
    let sight = || {
        (1_u128..5, 1_u128..5, position()).prop_map(|(record, version, position)| Sight {
            record: Uuid::from_u128(record),
            version: Uuid::from_u128(version).into(),
            position,
        })
    };
    let sights = || prop::collection::vec(sight(), 0..4);
    (select(PEOPLE), of(position()), sights(), sights())
        .prop_map(|(person, up_to, seen, unseen)| said([key("seen", person)], &seen::Act::See { up_to, seen, unseen }))
}

/// The clock of a device at an instant: what it shows, and how far it knows itself to be off.
fn any_clock() -> impl Strategy<Value = Option<i64>> {
    let far = prop_oneof![any::<i64>(), select(vec![i64::MAX, i64::MIN, i64::MAX - 1_000_000])];
    prop_oneof![6 => Just(None), 3 => (-5_000_000_i64..5_000_000).prop_map(Some), 1 => far.prop_map(Some)]
}

/// A story of up to `most` commands, a minute or so after each other from `start` on, some of them brought late.
pub fn any_story(start: Timestamp, most: usize) -> impl Strategy<Value = Vec<Command>> {
    let actor = prop_oneof![
        6 => Just(Actor::OPERATOR),
        1 => Just(Actor::System(Job::Retention)),
        4 => Just(by(SECRETARY_LI)),
        4 => Just(by(GRID_WORKER_WANG)),
        4 => Just(by(WATCHER_ZHANG)),
        3 => select(PEOPLE).prop_map(by),
    ];
    let act = prop_oneof![
        3 => any_act_on_places(),
        3 => any_act_on_people(start),
        3 => any_act_on_residents(),
        1 => any_sight(),
    ];
    let wild = prop::option::weighted(0.05, prop::collection::vec(anywhere(), 1..4));
    // Minutes before or after its place in the story.
    let shift = prop_oneof![8 => Just(0_i64), 2 => -60_i64..5, 1 => -4_000_i64..5];
    let command = (actor, act, wild, shift, any_clock());
    prop::collection::vec(command, 0..=most).prop_map(move |commands| {
        let story = commands.into_iter().enumerate();
        story.filter_map(|(n, one)| command_of(start, u32::try_from(n).unwrap(), one)).collect()
    })
}

type Sent = (Actor, Said, Option<Vec<RecordKey>>, i64, Option<i64>);

fn command_of(start: Timestamp, n: u32, (actor, (about, act), wild, shift, offset): Sent) -> Option<Command> {
    // Whoever sees, sees for themselves.
    let actor = if about[0].kind == "seen" { Actor::Person(about[0].id.into()) } else { actor };
    let at = start.plus(Span::minutes(i64::from(n) + shift));
    let written = Timestamp::from_millis(at.millis().saturating_sub(offset.unwrap_or_default()));
    let head = Head {
        id: Uuid::from_u128(5_000_000 + u128::from(n)).into(),
        actor,
        device: DeviceId::from(Uuid::from_u128(0xD0)),
        written,
        offset: offset.map(Span::from_millis),
        about: wild.unwrap_or(about),
    };
    // A head that names a record twice is none.
    Command::new(head, &act).ok()
}
