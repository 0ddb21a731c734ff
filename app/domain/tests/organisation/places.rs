//! The tree of places and its doors.

use crate::world::{
    FIRST_GRID, GRID_WORKER_WANG, SECOND_GRID, SECRETARY_LI, STAIRWELL_1, STAIRWELL_3, WATCHER_ZHANG, World, YARD, by,
    change, code, key, label, make_place, make_stairwell, place, place_key, root_key,
};
use domain::kernel::{Actor, PlaceKind, Refusal, Role};
use domain::organisation::{Act, Beside, Door, DoorChange, Place};

const NEW: u128 = 31;

fn coded(kind: PlaceKind, name: &str, code: &str) -> Act {
    let code = Some(code.to_owned());
    Act::MakePlace { kind, name: name.to_owned(), code, floors: vec![], water_valve: None, power_switch: None }
}

fn doors(changes: Vec<DoorChange>) -> Act {
    Act::ChangePlace { changes: Vec::new(), doors: changes }
}

fn labels(place: &Place) -> Vec<Vec<&str>> {
    place.floors.iter().map(|floor| floor.iter().map(|door| door.label.as_str()).collect()).collect()
}

#[test]
fn grids_and_stairwells_are_given_codes_once_and_yards_none() {
    let world = World::new();
    let codes = [FIRST_GRID, SECOND_GRID, YARD, STAIRWELL_1, STAIRWELL_3].map(|number| world.place(number).code);
    let given = ["210102025900001", "210102025900002", "", "210102025900001001", "210102025900001002"];
    assert_eq!(codes, given.map(|code| (!code.is_empty()).then(|| code.to_owned())));
}

#[test]
fn a_code_is_not_given_again_after_its_stairwell_was_closed_or_moved() {
    let mut world = World::new();
    world.operator(&[place_key(STAIRWELL_3)], &Act::ClosePlace {});
    world.operator(&[place_key(STAIRWELL_1), place_key(SECOND_GRID)], &Act::MovePlace {});
    assert_eq!(world.place(STAIRWELL_1).code.as_deref(), Some("210102025900001001"), "it keeps its own");
    world.operator(&[place_key(NEW), place_key(YARD)], &make_stairwell("5单元"));
    assert_eq!(world.place(NEW).code.as_deref(), Some("210102025900001003"));
}

#[test]
fn on_a_phone_a_new_stairwell_has_no_code_yet() {
    let world = World::new();
    let (about, act) = ([place_key(NEW), place_key(YARD)], make_stairwell("5单元"));
    let effects = world.try_act(by(GRID_WORKER_WANG), world.now.get(), &about, &act, false).unwrap();
    let made = effects.records()[0].as_any().downcast_ref::<Place>().unwrap();
    assert_eq!((made.code.as_ref(), made.made.received), (None, None));
}

#[test]
fn only_whoever_runs_the_server_brings_codes_along_and_each_once() {
    use PlaceKind::{Grid, Yard};
    let mut world = World::new();
    let about = [place_key(NEW), root_key()];
    assert_eq!(code(world.act(by(SECRETARY_LI), &about, &coded(Grid, "第九网格", "210102025900009"))), "no_right");
    world.operator(&about, &coded(Grid, "第九网格", "210102025900009"));
    let next = [place_key(NEW + 1), root_key()];
    for taken in ["210102025900009", "210102025900005"] {
        assert_eq!(code(world.act(Actor::OPERATOR, &next, &coded(Grid, "又一个", taken))), "code_taken");
    }
    for wrong in ["210102025901010", "21010202590010", "210102025900000", "2101020259000x1"] {
        assert_eq!(code(world.act(Actor::OPERATOR, &next, &coded(Grid, "又一个", wrong))), "code/unknown");
    }
    let yard = [place_key(NEW + 1), place_key(NEW)];
    assert_eq!(code(world.act(Actor::OPERATOR, &yard, &coded(Yard, "甲院", "Y01"))), "code/unknown");
    world.operator(&next, &make_place(Grid, "第十网格"));
    let given = world.place(NEW + 1).code.unwrap();
    assert!(given.as_str() > "210102025900009", "{given}");
}

#[test]
fn a_grid_worker_makes_yards_and_stairwells_of_the_own_grid_only() {
    use PlaceKind::{Building, Grid, Yard};
    let world = World::new();
    let make = |by_whom: u128, parent, act: Act| {
        let about = [place_key(NEW), parent];
        world.try_act(by(by_whom), world.now.get(), &about, &act, true).map(|effects| effects.records().len())
    };
    assert_eq!(make(GRID_WORKER_WANG, place_key(FIRST_GRID), make_place(Yard, "甲院")), Ok(1));
    assert_eq!(make(GRID_WORKER_WANG, place_key(YARD), make_place(Building, "2号楼")), Ok(1));
    assert_eq!(make(GRID_WORKER_WANG, place_key(YARD), make_stairwell("5单元")), Ok(1));
    assert_eq!(code(make(GRID_WORKER_WANG, place_key(SECOND_GRID), make_place(Yard, "乙院"))), "no_right");
    assert_eq!(code(make(GRID_WORKER_WANG, root_key(), make_place(Grid, "第三网格"))), "no_right");
    assert_eq!(code(make(WATCHER_ZHANG, place_key(YARD), make_stairwell("5单元"))), "no_right");
    assert_eq!(make(SECRETARY_LI, root_key(), make_place(Grid, "第三网格")), Ok(1));
}

#[test]
fn levels_are_never_turned_round() {
    use PlaceKind::{Community, Grid, Stairwell, Yard};
    let mut world = World::new();
    for (kind, parent) in [(Grid, YARD), (Yard, STAIRWELL_1), (Stairwell, STAIRWELL_1), (Community, FIRST_GRID)] {
        let about = [place_key(NEW), place_key(parent)];
        assert_eq!(code(world.act(by(SECRETARY_LI), &about, &make_place(kind, "不对"))), "place_level");
    }
    let about = [place_key(NEW), place_key(FIRST_GRID)];
    assert_eq!(world.act(by(SECRETARY_LI), &about, &make_stairwell("平房")), Ok(1), "a level can be left out");
}

#[test]
fn a_place_waits_for_what_it_stands_in() {
    let mut world = World::new();
    let about = [place_key(NEW + 1), place_key(NEW)];
    let waits = world.act(by(GRID_WORKER_WANG), &about, &make_stairwell("5单元"));
    assert_eq!(waits, Err(Refusal::WaitsFor(place_key(NEW))));
    let never = world.act(by(WATCHER_ZHANG), &about, &make_stairwell("5单元"));
    assert_eq!(code(never), "no_right", "nobody parks what they may do nowhere");
}

#[test]
fn a_place_stands_in_a_place_or_in_the_community_and_never_is_the_community() {
    let mut world = World::new();
    let about = [place_key(NEW), key("person", SECRETARY_LI)];
    assert_eq!(code(world.act(Actor::OPERATOR, &about, &make_stairwell("5单元"))), "malformed");
    let about = [place_key(1), root_key()];
    assert_eq!(code(world.act(Actor::OPERATOR, &about, &make_stairwell("5单元"))), "malformed");
}

#[test]
fn a_stairwell_that_moves_to_another_grid_is_covered_from_there_and_keeps_its_history() {
    let mut world = World::new();
    world.employ(201, "刘某芝", Role::GridWorker, place_key(SECOND_GRID));
    let covers = |world: &World, who: u128| {
        let rights = world.rights(by(who));
        rights.may_keep_residents(place(STAIRWELL_3)).is_some()
    };
    assert!(covers(&world, GRID_WORKER_WANG) && !covers(&world, 201));
    let before = world.place(STAIRWELL_3);
    let about = [place_key(STAIRWELL_3), place_key(SECOND_GRID)];
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &about, &Act::MovePlace {})), "no_right");
    assert_eq!(world.act(by(SECRETARY_LI), &about, &Act::MovePlace {}), Ok(1));
    assert!(!covers(&world, GRID_WORKER_WANG) && covers(&world, 201) && covers(&world, WATCHER_ZHANG));
    let after = world.place(STAIRWELL_3);
    assert_eq!((after.id, after.code, after.floors, after.made), (before.id, before.code, before.floors, before.made));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &Act::MovePlace {}), Ok(0), "once more changes nothing");
}

#[test]
fn what_stands_in_a_place_moves_with_it() {
    let mut world = World::new();
    world.operator(&[place_key(YARD), place_key(SECOND_GRID)], &Act::MovePlace {});
    let tree = world.directory().tree();
    assert!(tree.covers(place(SECOND_GRID), place(STAIRWELL_3)));
    assert!(!tree.covers(place(FIRST_GRID), place(STAIRWELL_3)));
}

#[test]
fn a_grid_worker_moves_a_stairwell_within_the_grid() {
    let mut world = World::new();
    let yard = [place_key(NEW), place_key(FIRST_GRID)];
    assert_eq!(world.act(by(GRID_WORKER_WANG), &yard, &make_place(PlaceKind::Yard, "八经街48号院")), Ok(1));
    let about = [place_key(STAIRWELL_3), place_key(NEW)];
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &Act::MovePlace {}), Ok(1));
    assert_eq!(world.place(STAIRWELL_3).full_name(world.directory().tree()), "八经街48号院·3单元");
}

#[test]
fn nothing_is_put_into_itself() {
    let mut world = World::new();
    world.operator(&[place_key(NEW), place_key(YARD)], &make_place(PlaceKind::Building, "2号楼"));
    let about = [place_key(YARD), place_key(NEW)];
    assert_eq!(code(world.act(by(SECRETARY_LI), &about, &Act::MovePlace {})), "place_ring");
}

#[test]
fn a_place_with_something_open_in_it_is_not_closed() {
    let mut world = World::new();
    let mut close = |number: u128| world.act(by(GRID_WORKER_WANG), &[place_key(number)], &Act::ClosePlace {});
    assert_eq!(code(close(YARD)), "place_open_within");
    assert_eq!((close(STAIRWELL_1), close(STAIRWELL_3), close(STAIRWELL_3)), (Ok(1), Ok(1), Ok(0)));
    assert_eq!(close(YARD), Ok(1));
    assert_eq!(code(close(FIRST_GRID)), "no_right");
    let tree = world.directory().tree();
    assert!(tree.is_closed(place(YARD)) && tree.covers(place(FIRST_GRID), place(STAIRWELL_3)), "history stays");
}

#[test]
fn nothing_new_happens_in_a_closed_place() {
    let mut world = World::new();
    world.operator(&[place_key(STAIRWELL_3)], &Act::ClosePlace {});
    world.operator(&[place_key(STAIRWELL_1)], &Act::ClosePlace {});
    world.operator(&[place_key(YARD)], &Act::ClosePlace {});
    let about = [place_key(NEW), place_key(YARD)];
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &about, &make_stairwell("5单元"))), "place_closed");
    let rename = Act::ChangePlace { changes: vec![change("name", Some("3单元"), Some("三单元"))], doors: vec![] };
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &[place_key(STAIRWELL_3)], &rename)), "place_closed");
}

#[test]
fn names_valve_and_switch_are_changed_field_by_field() {
    let mut world = World::new();
    let valve = |from: Option<&str>, to: Option<&str>| Act::ChangePlace {
        changes: vec![change("water_valve", from, to)],
        doors: vec![],
    };
    let name = Act::ChangePlace { changes: vec![change("name", Some("3单元"), Some("三单元"))], doors: vec![] };
    let about = [place_key(STAIRWELL_3)];
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &valve(None, Some("一楼楼梯下管井"))), Ok(1));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &name), Ok(1));
    let changed = world.place(STAIRWELL_3);
    assert_eq!((changed.name.as_str(), changed.water_valve.as_deref()), ("三单元", Some("一楼楼梯下管井")));
    assert_eq!(world.directory().place_name(place(STAIRWELL_3)), "八经街46号院·三单元");
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &valve(Some("一楼楼梯下管井"), None)), Ok(1));
    assert_eq!(world.place(STAIRWELL_3).water_valve, None);
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &about, &name)), "no_right");
}

#[test]
fn two_phones_that_go_through_one_stairwell_both_get_what_they_entered() {
    let mut world = World::new();
    let about = [place_key(STAIRWELL_3)];
    let vacant = |raw: &str| doors(vec![DoorChange::SetVacant { label: label(raw), vacant: true }]);
    let extra = DoorChange::Add { label: label("1-4"), beside: Beside::RightOf(label("1-3")) };
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &vacant("2-1")), Ok(1));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &vacant("3-3")), Ok(1));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &doors(vec![extra.clone()])), Ok(1));
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &doors(vec![extra])), Ok(0), "the same door once more");
    let place = world.place(STAIRWELL_3);
    let empty: Vec<_> = place.doors().filter(|door| door.vacant).map(|door| door.label.as_str()).collect();
    assert_eq!(empty, ["3-3", "2-1"]);
    assert_eq!(labels(&place)[2], ["1-1", "1-2", "1-3", "1-4"]);
}

#[test]
fn a_new_door_stands_where_it_is_said() {
    let mut world = World::new();
    let add = |raw: &str, beside| DoorChange::Add { label: label(raw), beside };
    let act = doors(vec![
        add("阁楼", Beside::Above(label("3-1"))),
        add("2-0", Beside::LeftOf(label("2-1"))),
        add("车库", Beside::Below(label("1-3"))),
        add("门市1", Beside::Alone),
    ]);
    world.operator(&[place_key(STAIRWELL_3)], &act);
    let place = world.place(STAIRWELL_3);
    let rows: [&[&str]; 6] = [
        &["阁楼"],
        &["3-1", "3-2", "3-3"],
        &["2-0", "2-1", "2-2", "2-3"],
        &["1-1", "1-2", "1-3"],
        &["车库"],
        &["门市1"],
    ];
    assert_eq!(labels(&place), rows);
    let nowhere = doors(vec![add("9-1", Beside::RightOf(label("8-1")))]);
    assert_eq!(code(world.act(Actor::OPERATOR, &[place_key(STAIRWELL_3)], &nowhere)), "door/unknown");
}

#[test]
fn a_door_that_is_called_otherwise_is_still_found_under_its_former_label() {
    let mut world = World::new();
    let about = [place_key(STAIRWELL_3)];
    let rename = |from: &str, to: &str| doors(vec![DoorChange::Rename { from: label(from), to: label(to) }]);
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &rename("3-2", "302")), Ok(1));
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &rename("3-2", "302")), Ok(0));
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &about, &rename("3-1", "302"))), "door_taken");
    // Somebody who has not heard of it yet.
    let vacant = doors(vec![DoorChange::SetVacant { label: label("3-2"), vacant: true }]);
    assert_eq!(world.act(by(SECRETARY_LI), &about, &vacant), Ok(1));
    let place = world.place(STAIRWELL_3);
    let door = place.door(&label("3-2")).unwrap();
    assert_eq!((door.label.as_str(), door.vacant), ("302", true));
    assert_eq!(world.act(by(GRID_WORKER_WANG), &about, &rename("302", "3-2")), Ok(1), "and back");
    assert_eq!(labels(&world.place(STAIRWELL_3))[0], ["3-1", "3-2", "3-3"]);
}

#[test]
fn a_door_is_remembered_under_a_few_former_labels_only() {
    let mut world = World::new();
    for (from, to) in [("3-2", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")] {
        let rename = DoorChange::Rename { from: label(from), to: label(to) };
        world.operator(&[place_key(STAIRWELL_3)], &doors(vec![rename]));
    }
    let place = world.place(STAIRWELL_3);
    assert_eq!(place.door(&label("e")).unwrap().was, ["a", "b", "c", "d"].map(label));
    assert_eq!(place.door(&label("3-2")), None);
}

#[test]
fn a_door_table_has_no_two_doors_of_one_label_and_an_end() {
    let mut world = World::new();
    let stairwell = |floors: Vec<Vec<Door>>| Act::MakePlace {
        kind: PlaceKind::Stairwell,
        name: "5单元".to_owned(),
        code: None,
        floors,
        water_valve: None,
        power_switch: None,
    };
    let door = |number: usize| Door::new(label(&number.to_string()));
    let about = [place_key(NEW), place_key(YARD)];
    let mut make = |floors| world.act(by(GRID_WORKER_WANG), &about, &stairwell(floors));
    assert_eq!(code(make(vec![vec![door(1)], vec![door(1)]])), "door_taken");
    assert_eq!(code(make(vec![(0..=Place::MOST_DOORS).map(door).collect()])), "door/too_many");
    assert_eq!(make(vec![(0..Place::MOST_DOORS).map(door).collect()]), Ok(1));
    let more = DoorChange::Add { label: label("一个"), beside: Beside::Alone };
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &[place_key(NEW)], &doors(vec![more]))), "door/too_many");
}

#[test]
fn the_largest_door_table_fits_its_record_whatever_its_doors_were_called() {
    let mut world = World::new();
    let old = |number: usize| Door::new(label(&format!("旧门牌第{number:08}")));
    let act = Act::MakePlace {
        kind: PlaceKind::Stairwell,
        name: "5单元".to_owned(),
        code: None,
        floors: vec![(0..Place::MOST_DOORS).map(old).collect()],
        water_valve: None,
        power_switch: None,
    };
    world.operator(&[place_key(NEW), place_key(YARD)], &act);
    for round in ["甲甲甲甲", "乙乙乙乙", "丙丙丙丙", "丁丁丁丁", "戊戊戊戊"] {
        let place = world.place(NEW);
        let changes = place.doors().enumerate().map(|(number, door)| DoorChange::Rename {
            from: door.label.clone(),
            to: label(&format!("{round}{number:08}")),
        });
        let changes = changes.collect();
        world.operator(&[place_key(NEW)], &doors(changes));
    }
    assert_eq!(world.place(NEW).doors().next().unwrap().was.len(), Door::MOST_FORMER_LABELS);
}

#[test]
fn nobody_but_the_operator_makes_more_places_than_a_community_can_have() {
    let mut world = World::new();
    let like = world.place(STAIRWELL_3);
    let before = world.directory().tree().nodes().count();
    for number in before..domain::kernel::Tree::MOST_PLACES - 1 {
        let id = uuid::Uuid::from_u128(100_000 + number as u128).into();
        world.put(std::sync::Arc::new(Place { id, floors: Vec::new(), ..like.clone() }));
    }
    let make = |world: &mut World, who, number| {
        world.act(who, &[place_key(number), place_key(YARD)], &make_stairwell("9单元"))
    };
    assert_eq!(make(&mut world, by(GRID_WORKER_WANG), 900), Ok(1), "the last one");
    assert_eq!(code(make(&mut world, by(GRID_WORKER_WANG), 901)), "too_many_places");
    assert_eq!(make(&mut world, Actor::OPERATOR, 902), Ok(1));
}
