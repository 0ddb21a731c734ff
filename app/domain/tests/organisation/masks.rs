//! How much of a resident whom concerns, for every role: in a care group, in none, and moved away.

use crate::residents::{GRANDMA, about, form, resident_key, with_grandma};
use crate::world::{
    BRANCH_ZHAO, FIRST_GRID, GRID_WORKER_WANG, SECOND_GRID, SECRETARY_LI, SOCIAL_WORKER_SUN, STAIRWELL_1, STAIRWELL_3,
    WATCHER_ZHANG, World, by, change, person_key, place, place_key,
};
use domain::kernel::{Actor, Membership, Record, Rights, Role, Span, Standing, Timestamp};
use domain::organisation;
use domain::residents::{Act, CareGroup, Resident};

/// What somebody sees: name, first number, note, whether year of birth and care groups; then the same of the step that
/// changed them.
#[derive(Debug, PartialEq, Eq)]
struct Sight {
    name: String,
    number: Option<String>,
    note: bool,
    birth_year: bool,
    care: usize,
    renamed_from: Option<String>,
    dropped_number: Option<String>,
    old_note: bool,
    old_year: bool,
    old_care: bool,
}

fn sight(resident: &Resident) -> Sight {
    let before = |field: &str| {
        let changes = resident.steps[0].changes.iter().find(|change| change.field == field).unwrap();
        changes.from.clone().or_else(|| changes.to.clone())
    };
    Sight {
        name: resident.name.clone(),
        number: resident.phones.first().map(|phone| phone.number.clone()),
        note: resident.note.is_some(),
        birth_year: resident.birth_year.is_some(),
        care: resident.care.len(),
        renamed_from: before("name"),
        dropped_number: before("phone"),
        old_note: before("note").is_some(),
        old_year: before("birth_year").is_some(),
        old_care: before("care").is_some(),
    }
}

fn full() -> Sight {
    Sight {
        name: "张某岚".to_owned(),
        number: Some("13900000001".to_owned()),
        note: true,
        birth_year: true,
        care: 2,
        renamed_from: Some("张某兰".to_owned()),
        dropped_number: Some("13800005678 女儿".to_owned()),
        old_note: true,
        old_year: true,
        old_care: true,
    }
}

fn names() -> Sight {
    Sight {
        number: Some("139****0001".to_owned()),
        note: false,
        dropped_number: Some("138****5678 女儿".to_owned()),
        old_note: false,
        ..full()
    }
}

fn masked() -> Sight {
    Sight { name: "张*岚".to_owned(), renamed_from: Some("张*兰".to_owned()), ..names() }
}

fn gone() -> Sight {
    Sight {
        name: String::new(),
        number: None,
        note: false,
        birth_year: false,
        care: 0,
        renamed_from: None,
        dropped_number: None,
        old_note: false,
        old_year: false,
        old_care: false,
    }
}

/// The community itself.
const ROOT: u128 = 1;

/// Roles and where they are held.
type Posts = &'static [(Role, u128)];

/// Grandma Zhang, of whom everything was changed once.
fn world() -> World {
    let mut world = with_grandma();
    let changes = vec![
        change("name", Some("张某兰"), Some("张某岚")),
        change("phone", Some("13800005678 女儿"), Some("13900000001 女儿")),
        change("note", Some("耳背，多敲几下"), Some("耳背")),
        change("birth_year", Some("1940"), Some("1939")),
        change("care", Some("aged"), Some("disabled")),
    ];
    world.act(by(GRID_WORKER_WANG), &about(GRANDMA), &Act::ChangeResident { changes }).unwrap();
    world
}

fn seen_by(world: &World, resident: &Resident, actor: Actor, held: &[(Role, u128)]) -> Sight {
    let memberships: Vec<Membership> = held
        .iter()
        .map(|(role, at)| Membership { role: *role, place: place(*at), from: Timestamp::EARLIEST, until: None })
        .collect();
    let when = Standing { at: world.now.get(), received: None, grace: Span::ZERO };
    let rights = Rights::of(actor, resident.community, &memberships, world.directory().tree(), when);
    sight(&resident.clone().seen_with(&rights).unwrap())
}

#[test]
fn every_role_sees_as_much_as_it_needs() {
    use Role::{GridWorker, PartyBranch, PartyCommittee, SocialWorker, Unknown, Watcher};
    let world = world();
    let in_care: Resident = world.get(&resident_key(GRANDMA));
    let no_care = Resident { care: Vec::new(), ..in_care.clone() };
    let moved = Resident { moved_away: Some(in_care.made), ..in_care.clone() };
    let moved_no_care = Resident { care: Vec::new(), ..moved.clone() };
    // Role and place; in a care group, in none, moved away.
    let table: [(Posts, Sight, Sight, Sight); 12] = [
        (&[(Watcher, STAIRWELL_3)], full(), full(), gone()),
        (&[(Watcher, STAIRWELL_1), (Watcher, STAIRWELL_3)], full(), full(), gone()),
        (&[(Watcher, STAIRWELL_1)], masked(), masked(), gone()),
        (&[(GridWorker, FIRST_GRID)], full(), full(), full()),
        (&[(GridWorker, SECOND_GRID)], masked(), masked(), gone()),
        (&[(PartyBranch, FIRST_GRID)], masked(), masked(), gone()),
        (&[(PartyCommittee, ROOT)], masked(), masked(), gone()),
        (&[(SocialWorker, FIRST_GRID)], names(), masked(), gone()),
        (&[(SocialWorker, ROOT)], names(), masked(), gone()),
        (&[(SocialWorker, SECOND_GRID)], masked(), masked(), gone()),
        (&[(Unknown, STAIRWELL_3)], masked(), masked(), gone()),
        (&[], masked(), masked(), gone()),
    ];
    let without_care = |sight: Sight| Sight { care: 0, ..sight };
    for (held, care, none, away) in table {
        let see = |resident| seen_by(&world, resident, by(900), held);
        assert_eq!(see(&in_care), care, "{held:?} in care");
        assert_eq!(see(&no_care), without_care(none), "{held:?} in no care group");
        assert_eq!(
            see(&moved_no_care),
            without_care(seen_by(&world, &moved, by(900), held)),
            "{held:?} moved, no care"
        );
        assert_eq!(see(&moved), away, "{held:?} moved away");
    }
    for resident in [&in_care, &moved] {
        assert_eq!(seen_by(&world, resident, Actor::OPERATOR, &[]), full(), "whoever runs the server");
    }
}

#[test]
fn after_moving_away_door_kind_of_change_and_time_stay() {
    let mut world = world();
    world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::MoveResidentAway {}).unwrap();
    let whole: Resident = world.get(&resident_key(GRANDMA));
    let told: Resident = world.told(by(WATCHER_ZHANG), &resident_key(GRANDMA)).unwrap();
    assert_eq!((&told.door, told.moved_away, told.made), (&whole.door, whole.moved_away, whole.made));
    let kinds = |resident: &Resident| {
        let steps = resident.steps.iter();
        let changes = |step: &domain::residents::Step| step.changes.iter().map(|one| one.field.clone()).collect();
        steps.map(|step| (step.times, step.by, changes(step))).collect::<Vec<(_, _, Vec<_>)>>()
    };
    assert_eq!(kinds(&told), kinds(&whole));
    assert_eq!(told.steps[1].changes[0], change("moved_away", None, Some("yes")));
    let text = serde_json::to_string(&told).unwrap();
    for secret in ["张某", "1380000", "1390000", "耳背", "1940", "1939", "aged", "living_alone", "disabled", "女儿"]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn an_author_who_watches_no_more_sees_what_others_see() {
    let mut world = world();
    let until = world.now.get();
    world.operator(&[person_key(WATCHER_ZHANG)], &organisation::Act::EndPosts { until });
    let told: Resident = world.told(by(WATCHER_ZHANG), &resident_key(GRANDMA)).unwrap();
    assert_eq!(sight(&told), masked());
}

#[test]
fn who_is_told_of_a_resident_at_all_hangs_on_the_care_groups() {
    let mut world = world();
    let mut form = form();
    (form.name, form.care) = ("高某军".to_owned(), Vec::new());
    world.act(by(WATCHER_ZHANG), &about(501), &Act::AddResident { form }).unwrap();
    world.employ(201, "刘某芝", Role::GridWorker, place_key(SECOND_GRID));
    world.employ(202, "马某丽", Role::Watcher, place_key(STAIRWELL_1));
    let told = |who: u128, number: u128| world.told::<Resident>(by(who), &resident_key(number)).is_some();
    for who in [WATCHER_ZHANG, GRID_WORKER_WANG] {
        assert!(told(who, GRANDMA) && told(who, 501));
    }
    for who in [SOCIAL_WORKER_SUN, SECRETARY_LI] {
        assert!(told(who, GRANDMA) && !told(who, 501));
    }
    for who in [BRANCH_ZHAO, 201, 202] {
        assert!(!told(who, GRANDMA) && !told(who, 501));
    }
}

#[test]
fn whoever_leaves_the_last_care_group_is_told_masked_to_those_who_were_told_of_them() {
    let mut world = world();
    let changes = vec![change("care", Some("living_alone"), None), change("care", Some("disabled"), None)];
    world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::ChangeResident { changes }).unwrap();
    let told = |who: u128| world.told::<Resident>(by(who), &resident_key(GRANDMA)).map(|told| told.name);
    assert_eq!(told(GRID_WORKER_WANG).as_deref(), Some("张某岚"));
    for who in [SOCIAL_WORKER_SUN, SECRETARY_LI] {
        assert_eq!(told(who).as_deref(), Some("张*岚"));
    }
}

#[test]
fn a_field_of_a_newer_version_is_shown_to_nobody_but_who_sees_all() {
    let world = world();
    let mut resident: Resident = world.get(&resident_key(GRANDMA));
    resident.care = vec![CareGroup::Aged];
    resident.steps[0].changes.push(change("blood_type", Some("A"), Some("AB")));
    let rights = world.rights(by(SOCIAL_WORKER_SUN));
    let told = resident.clone().seen_with(&rights).unwrap();
    assert_eq!(told.steps[0].changes.last(), Some(&change("blood_type", None, None)));
    let rights = world.rights(by(GRID_WORKER_WANG));
    assert_eq!(resident.clone().seen_with(&rights), Some(resident));
}

#[test]
fn whoever_leaves_all_care_groups_reaches_those_who_were_told_of_them_masked() {
    let mut world = world();
    let told = |world: &World, who: u128| world.told::<Resident>(by(who), &resident_key(GRANDMA)).unwrap();
    assert_eq!(told(&world, SOCIAL_WORKER_SUN).name, "张某岚");
    let groups = world.get::<Resident>(&resident_key(GRANDMA)).care;
    let changes = groups.iter().map(|group| change("care", Some(group.code()), None)).collect();
    world.act(by(GRID_WORKER_WANG), &about(GRANDMA), &Act::ChangeResident { changes }).unwrap();
    for who in [SOCIAL_WORKER_SUN, SECRETARY_LI] {
        let resident = told(&world, who);
        assert_eq!((resident.name.as_str(), resident.care.len()), ("张*岚", 0), "{who}");
    }
}
