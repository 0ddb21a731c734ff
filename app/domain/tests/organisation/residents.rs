//! Residents: adding, changing, moving away.

use crate::world::{
    GRID_WORKER_WANG, SECOND_GRID, SECRETARY_LI, SOCIAL_WORKER_SUN, STAIRWELL_1, STAIRWELL_3, WATCHER_ZHANG, World, by,
    change, code, key, label, place_key,
};
use domain::kernel::{Actor, Day, Effects, FieldChange, Record, RecordKey, Refusal, Role, Span};
use domain::organisation::{self, DoorChange};
use domain::residents::{Act, CareGroup, Form, Phone, Resident, VisitFrequency};
use uuid::Uuid;

pub const GRANDMA: u128 = 500;

pub fn resident_key(number: u128) -> RecordKey {
    key("resident", number)
}

pub fn about(number: u128) -> [RecordKey; 2] {
    [resident_key(number), place_key(STAIRWELL_3)]
}

pub fn form() -> Form {
    Form {
        door: Some(label("3-2")),
        name: "张某兰".to_owned(),
        birth_year: Some(1940),
        care: vec![CareGroup::LivingAlone, CareGroup::Aged],
        phones: vec![Phone { number: "138 0000 5678".to_owned(), whose: "女儿".to_owned() }],
        note: Some("耳背，多敲几下".to_owned()),
    }
}

pub fn with_grandma() -> World {
    let mut world = World::new();
    world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::AddResident { form: form() }).unwrap();
    world
}

fn grandma(world: &World) -> Resident {
    world.get(&resident_key(GRANDMA))
}

fn changes(changes: Vec<FieldChange>) -> Act {
    Act::ChangeResident { changes }
}

#[test]
fn the_watcher_adds_who_lives_in_the_own_stairwell() {
    let mut world = with_grandma();
    let made = grandma(&world);
    assert_eq!((made.name.as_str(), made.phones[0].number.as_str()), ("张某兰", "13800005678"));
    assert_eq!(made.made_by, by(WATCHER_ZHANG));
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::AddResident { form: form() })), "exists");
    let next_door = [resident_key(501), place_key(STAIRWELL_1)];
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &next_door, &Act::AddResident { form: form() })), "no_right");
    for (who, number) in [(GRID_WORKER_WANG, 502), (SECRETARY_LI, 503), (SOCIAL_WORKER_SUN, 504)] {
        let outcome = world.act(by(who), &about(number), &Act::AddResident { form: form() });
        if who == GRID_WORKER_WANG { assert_eq!(outcome, Ok(1)) } else { assert_eq!(code(outcome), "no_right") }
    }
    world.operator(&about(505), &Act::AddResident { form: form() });
}

#[test]
fn a_form_is_looked_at_field_by_field() {
    let mut world = World::new();
    let mut refused = |mend: fn(&mut Form)| {
        let mut form = form();
        mend(&mut form);
        code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::AddResident { form }))
    };
    assert_eq!(refused(|form| form.name = "  ".to_owned()), "name/missing");
    assert_eq!(refused(|form| form.name = "长".repeat(21)), "name/too_long");
    assert_eq!(refused(|form| form.note = Some("字".repeat(201))), "note/too_long");
    assert_eq!(refused(|form| form.birth_year = Some(1899)), "birth_year/unknown");
    assert_eq!(refused(|form| form.birth_year = Some(2026)), "birth_year/unknown");
    assert_eq!(refused(|form| form.door = Some(label("9-9"))), "door/unknown");
    assert_eq!(refused(|form| form.phones[0].number = "12800005678".to_owned()), "phone/unknown");
    assert_eq!(
        refused(|form| {
            form.phones = (0..5).map(|n| Phone { number: format!("1380000567{n}"), whose: String::new() }).collect();
        }),
        "phone/too_many"
    );
}

#[test]
fn numbers_of_telephones_are_told_from_others() {
    for good in ["13800005678", "+8613800005678", "024-2345 6789", "02423456789", "23456789", "041112345678", "66678"] {
        assert!(Phone::parse(good, "本人").is_ok(), "{good}");
    }
    for bad in ["", "12", "1380000567", "138000056789", "12800005678", "0012345678", "一二三四五", "1380000567x"] {
        assert!(Phone::parse(bad, "本人").is_err(), "{bad}");
    }
    assert!(Phone::parse("13800005678", "女儿13900000001").is_err(), "a number where nobody masks it");
    assert!(Phone::read("138 0000 5678 女儿").is_err(), "not 138, whose is 0000 5678");
}

#[test]
fn two_changes_meet_field_by_field() {
    let mut world = with_grandma();
    let watcher =
        changes(vec![change("phone", None, Some("02423456789 本人")), change("care", None, Some("disabled"))]);
    let grid_worker =
        changes(vec![change("birth_year", Some("1940"), Some("1939")), change("care", None, Some("veteran"))]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &watcher), Ok(1));
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about(GRANDMA), &grid_worker), Ok(1));
    let now = grandma(&world);
    assert_eq!(now.birth_year, Some(1939));
    assert_eq!(now.care, [CareGroup::LivingAlone, CareGroup::Aged, CareGroup::Disabled, CareGroup::Veteran]);
    assert_eq!(now.phones.len(), 2);
    assert_eq!(now.steps.len(), 2);
    assert!(now.steps.iter().all(|step| step.clashes.is_empty()));
}

#[test]
fn the_last_words_hold_and_the_clash_names_the_other_step() {
    let mut world = with_grandma();
    let rename = |to: &str| changes(vec![change("name", Some("张某兰"), Some(to))]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &rename("张某岚")), Ok(1));
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about(GRANDMA), &rename("张某蓝")), Ok(1));
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &rename("张某蓝")), Ok(0), "it is like that already");
    let now = grandma(&world);
    assert_eq!(now.name, "张某蓝");
    let clash = &now.steps[1].clashes[0];
    assert_eq!((clash.field.as_str(), clash.with), ("name", now.steps[0].id));
    assert_eq!(now.steps[1].changes, [change("name", Some("张某岚"), Some("张某蓝"))], "what really stood there");
}

#[test]
fn a_step_says_what_was_kept_and_never_what_somebody_claims_to_have_seen() {
    let mut world = with_grandma();
    let act = changes(vec![
        change("note", Some(&"假".repeat(5_000)), Some("  耳背 ")),
        change("birth_year", Some("不知道"), Some("1939")),
        change("phone", Some("138-0000-5678 女儿"), Some("139-0000-0001 女儿")),
        change("phone", Some("13700000000"), Some("13900000002")),
    ]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &act), Ok(1));
    let expected = [
        change("note", Some("耳背，多敲几下"), Some("耳背")),
        change("birth_year", Some("1940"), Some("1939")),
        change("phone", Some("13800005678 女儿"), Some("13900000001 女儿")),
        change("phone", None, Some("13900000002")),
    ];
    assert_eq!(grandma(&world).steps[0].changes, expected);
}

#[test]
fn a_number_that_two_people_replaced_is_kept_twice_and_the_clash_is_known() {
    let mut world = with_grandma();
    let replace = |to: &str| changes(vec![change("phone", Some("13800005678 女儿"), Some(to))]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &replace("13900000001 女儿")), Ok(1));
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about(GRANDMA), &replace("13900000002 女儿")), Ok(1));
    let now = grandma(&world);
    assert_eq!(
        now.phones.iter().map(|phone| phone.number.as_str()).collect::<Vec<_>>(),
        ["13900000001", "13900000002"]
    );
    assert_eq!(now.steps[1].clashes[0].with, now.steps[0].id);
}

#[test]
fn a_change_is_looked_at_before_anything_is_asked_for() {
    let mut world = World::new();
    let nobody = about(GRANDMA);
    let wrong = changes(vec![change("phone", None, Some("12"))]);
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &nobody, &wrong)), "phone/unknown", "never parked");
    let right = changes(vec![change("phone", None, Some("13900000001"))]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &nobody, &right), Err(Refusal::WaitsFor(resident_key(GRANDMA))));
    assert_eq!(code(world.act(by(SOCIAL_WORKER_SUN), &nobody, &right)), "no_right");
    let newer = changes(vec![change("blood_type", None, Some("AB"))]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &nobody, &newer), Err(Refusal::UnknownAct));
}

#[test]
fn a_command_names_the_stairwell_in_which_the_resident_lives() {
    let mut world = with_grandma();
    let elsewhere = [resident_key(GRANDMA), place_key(STAIRWELL_1)];
    assert_eq!(code(world.act(Actor::OPERATOR, &elsewhere, &Act::MoveResidentAway {})), "malformed");
}

#[test]
fn who_moves_away_is_due_no_more_and_nothing_is_changed_of_them() {
    let mut world = with_grandma();
    let today = Day::from_numbers(2025, 11, 17).unwrap();
    assert_eq!(grandma(&world).visit_frequency(today), Some(VisitFrequency::Weekly));
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::MoveResidentAway {}), Ok(1));
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::MoveResidentAway {}), Ok(0));
    assert_eq!(grandma(&world).visit_frequency(today), None);
    let act = changes(vec![change("note", None, Some("搬到女儿家"))]);
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &act)), "resident_moved_away");
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::BringResidentBack {}), Ok(1));
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &act), Ok(1));
    assert_eq!(grandma(&world).moved_away, None);
}

#[test]
fn nobody_is_back_before_they_have_moved_away() {
    let mut world = with_grandma();
    let added = world.now.get();
    world.now.set(added.plus(Span::days(3)));
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::MoveResidentAway {}), Ok(1));
    let moved = grandma(&world).moved_away.unwrap().corrected();
    let early = added.plus(Span::days(1));
    assert_eq!(world.act_late(by(WATCHER_ZHANG), early, &about(GRANDMA), &Act::BringResidentBack {}), Ok(1));
    assert_eq!(grandma(&world).steps.last().unwrap().times.corrected(), moved);
    // What two people change of her keeps its own times.
    let act = changes(vec![change("note", None, Some("早就写的"))]);
    assert_eq!(world.act_late(by(GRID_WORKER_WANG), early, &about(GRANDMA), &act), Ok(1));
    assert_eq!(grandma(&world).steps.last().unwrap().times.corrected(), early);
}

#[test]
fn a_record_that_was_set_aside_is_kept_leaves_the_lists_and_takes_nothing_more() {
    let mut world = with_grandma();
    let today = Day::from_numbers(2025, 11, 17).unwrap();
    let aside = |why: &str| Act::SetAsideResident { why: why.to_owned() };
    let alone = [resident_key(GRANDMA)];
    for who in [WATCHER_ZHANG, GRID_WORKER_WANG, SECRETARY_LI] {
        assert_eq!(code(world.act(by(who), &alone, &aside("不是居民"))), "no_right");
        let nobody = world.act(by(who), &[resident_key(GRANDMA + 1)], &aside("不是居民"));
        assert_eq!(code(nobody), "no_right", "nothing of theirs is parked");
    }
    assert_eq!(code(world.act(Actor::OPERATOR, &alone, &aside(" "))), "set_aside/missing");
    assert_eq!(world.act(Actor::OPERATOR, &alone, &aside("不是居民")), Ok(1));
    assert_eq!(world.act(Actor::OPERATOR, &alone, &aside("不是居民")), Ok(0));
    let now = grandma(&world);
    assert_eq!((now.lives_here(), now.row().state, now.visit_frequency(today)), (false, "set_aside", None));
    assert_eq!(now.steps.last().unwrap().changes, [change("set_aside", None, Some("不是居民"))], "seen in the trail");
    let more = changes(vec![change("note", None, Some("还写"))]);
    for act in [more, Act::MoveResidentAway {}, Act::BringResidentBack {}] {
        assert_eq!(code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &act)), "set_aside");
    }
    let told = world.told::<Resident>(by(WATCHER_ZHANG), &resident_key(GRANDMA)).unwrap();
    assert!(told.name.is_empty() && told.phones.is_empty() && told.note.is_none() && !told.lives_here(), "{told:?}");
    assert!(told.steps.iter().flat_map(|step| &step.changes).all(|change| change.to.is_none()));
    assert_eq!(world.told::<Resident>(by(GRID_WORKER_WANG), &resident_key(GRANDMA)).unwrap().name, "张某兰");
}

#[test]
fn a_phone_knows_its_own_command_again_in_what_came_back() {
    let mut world = with_grandma();
    let written = world.now.get();
    let form = Form { note: None, ..form() };
    let added = world.command(by(WATCHER_ZHANG), written, &about(501), &Act::AddResident { form });
    let kept = world.kinds.apply(&world, &added, Some(&world)).unwrap().into_records().remove(0);
    assert!(kept.has_step(added.head.id), "the answer to the push may be lost");
    world.put(kept);
    let act = changes(vec![change("note", None, Some("耳背"))]);
    let changed = world.command(by(WATCHER_ZHANG), written, &about(501), &act);
    let kept = world.kinds.apply(&world, &changed, Some(&world)).unwrap().into_records().remove(0);
    assert!(kept.has_step(changed.head.id) && kept.has_step(added.head.id));
    assert!(!kept.has_step(Uuid::from_u128(7).into()));
}

#[test]
fn visits_are_due_as_often_as_the_care_groups_say() {
    let world = with_grandma();
    let today = Day::from_numbers(2025, 11, 17).unwrap();
    let frequency = |birth_year: Option<u16>, care: &[CareGroup]| {
        let resident = Resident { birth_year, care: care.to_vec(), ..grandma(&world) };
        resident.visit_frequency(today)
    };
    use CareGroup::{Dementia, Destitute, LivingAlone, Unknown, Veteran};
    assert_eq!(frequency(Some(1945), &[LivingAlone]), Some(VisitFrequency::Weekly), "80 this year");
    assert_eq!(frequency(Some(1946), &[LivingAlone]), Some(VisitFrequency::Monthly));
    assert_eq!(frequency(None, &[Veteran, Destitute]), Some(VisitFrequency::Monthly), "the closest counts");
    assert_eq!(frequency(None, &[Veteran, Dementia]), Some(VisitFrequency::Weekly));
    assert_eq!(frequency(None, &[Unknown]), Some(VisitFrequency::Quarterly), "a group of a newer version");
    assert_eq!(frequency(Some(1930), &[]), None);
}

#[test]
fn residents_follow_their_stairwell_into_another_grid() {
    let mut world = with_grandma();
    world.employ(201, "刘某芝", Role::GridWorker, place_key(SECOND_GRID));
    let told = |world: &World, who: u128| world.told::<Resident>(by(who), &resident_key(GRANDMA)).is_some();
    assert!(told(&world, GRID_WORKER_WANG) && told(&world, SOCIAL_WORKER_SUN) && !told(&world, 201));
    let about = [place_key(STAIRWELL_3), place_key(SECOND_GRID)];
    world.operator(&about, &organisation::Act::MovePlace {});
    assert!(!told(&world, GRID_WORKER_WANG) && !told(&world, SOCIAL_WORKER_SUN) && told(&world, 201));
    assert!(told(&world, WATCHER_ZHANG));
}

#[test]
fn a_resident_behind_a_door_that_is_called_otherwise_stays_there() {
    let mut world = with_grandma();
    let rename = DoorChange::Rename { from: label("3-2"), to: label("302") };
    let act = organisation::Act::ChangePlace { changes: vec![], doors: vec![rename] };
    world.operator(&[place_key(STAIRWELL_3)], &act);
    let place = world.place(STAIRWELL_3);
    assert_eq!(place.door(&grandma(&world).door.unwrap()).map(|door| door.label.as_str()), Some("302"));
    let mut late = form();
    late.name = "王某山".to_owned();
    world.act(by(WATCHER_ZHANG), &about(501), &Act::AddResident { form: late }).unwrap();
    assert_eq!(world.get::<Resident>(&resident_key(501)).door, Some(label("302")), "whoever has not heard of it");
}

#[test]
fn one_person_cannot_freeze_a_record_by_filling_it() {
    let mut world = with_grandma();
    let mut note = "耳背，多敲几下".to_owned();
    let mut steps = 0;
    let full = loop {
        let next = format!("改了{steps}次");
        let act = changes(vec![change("note", Some(&note), Some(&next))]);
        match world.act(by(WATCHER_ZHANG), &about(GRANDMA), &act) {
            Ok(_) => steps += 1,
            other => break code(other),
        }
        note = next;
    };
    assert_eq!((steps, full.as_str()), (80, "full"));
    let act = changes(vec![change("note", Some(&note), Some("还能改"))]);
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about(GRANDMA), &act), Ok(1));
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::MoveResidentAway {}), Ok(1));
}

#[test]
fn a_stand_in_keeps_residents_as_long_as_they_stand_in() {
    let mut world = with_grandma();
    world.employ(202, "马某丽", Role::Watcher, place_key(STAIRWELL_1));
    let act = changes(vec![change("note", None, Some("代班时记的"))]);
    assert_eq!(code(world.act(by(202), &about(GRANDMA), &act)), "no_right");
    let from = world.now.get();
    let until = Some(from.plus(Span::days(10)));
    let post = organisation::Act::GivePost { role: Role::Watcher, from, until };
    world.operator(&[crate::world::person_key(202), place_key(STAIRWELL_3)], &post);
    assert_eq!(world.act(by(202), &about(GRANDMA), &act), Ok(1));
}

#[test]
fn what_the_rules_do_not_take_is_still_shown_to_its_author() {
    let world = with_grandma();
    let meant = |who: u128, about: &[RecordKey], act: &Act| {
        let command = world.command(by(who), world.now.get(), about, act);
        let effects: Effects = world.kinds.as_meant(&world, &command)?;
        effects.records()[0].as_any().downcast_ref::<Resident>().cloned()
    };
    let mut wrong = form();
    wrong.name = "长".repeat(30);
    wrong.phones[0].number = "12".to_owned();
    let next_door = [resident_key(600), place_key(STAIRWELL_1)];
    let shown = meant(WATCHER_ZHANG, &next_door, &Act::AddResident { form: wrong }).unwrap();
    assert_eq!((shown.name, shown.phones[0].number.as_str()), ("长".repeat(30), "12"));
    let long = "字".repeat(300);
    let act = changes(vec![change("note", None, Some(&long)), change("birth_year", None, Some("1939"))]);
    let shown = meant(WATCHER_ZHANG, &about(GRANDMA), &act).unwrap();
    assert_eq!((shown.note, shown.birth_year), (Some(long), Some(1939)));
    assert!(meant(WATCHER_ZHANG, &about(GRANDMA), &Act::MoveResidentAway {}).is_none());
}
