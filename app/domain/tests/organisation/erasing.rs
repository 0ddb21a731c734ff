//! 清除内容 of a resident: what is known of them goes, and that somebody was entered, by whom and when, stays.

use crate::residents::{GRANDMA, about, form, resident_key, with_grandma};
use crate::world::{GRID_WORKER_WANG, SECRETARY_LI, SOCIAL_WORKER_SUN, WATCHER_ZHANG, World, by, change, code};
use domain::kernel::{Actor, Job, Record, Refusal, json};
use domain::residents::{Act, Resident};

fn erase() -> Act {
    Act::EraseResident { why: "本人要求".to_owned() }
}

fn grandma(world: &World) -> Resident {
    world.get(&resident_key(GRANDMA))
}

/// 张某兰, of whom a number and the note were changed, and who is erased by retention.
fn erased() -> World {
    let mut world = with_grandma();
    let changes = vec![
        change("phone", Some("13800005678 女儿"), Some("13900000001 儿子")),
        change("note", Some("耳背，多敲几下"), Some("住院了")),
    ];
    world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::ChangeResident { changes }).unwrap();
    world.act(Actor::System(Job::Retention), &[resident_key(GRANDMA)], &erase()).unwrap();
    world
}

#[test]
fn nothing_that_was_known_is_left_and_the_steps_say_only_who_and_when() {
    let world = erased();
    let after = grandma(&world);
    let text = json::write(&after).unwrap();
    for word in ["张某兰", "1940", "13800005678", "女儿", "13900000001", "耳背", "住院", "3-2", "living_alone"]
    {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert_eq!(after.made_by, by(WATCHER_ZHANG));
    let fields = |step: usize| after.steps[step].changes.iter().map(|one| one.field.as_str()).collect::<Vec<_>>();
    assert_eq!(fields(0), ["phone", "note"]);
    assert_eq!(fields(1), ["door", "name", "birth_year", "care", "phone", "note"], "what it emptied");
    assert_eq!((after.row().state, after.lives_here(), after.is_erased()), ("erased", false, true));
}

#[test]
fn whoever_was_told_of_somebody_is_told_that_they_are_erased() {
    let world = erased();
    for who in [WATCHER_ZHANG, GRID_WORKER_WANG, SOCIAL_WORKER_SUN, SECRETARY_LI] {
        let told: Option<Resident> = world.told(by(who), &resident_key(GRANDMA));
        assert!(told.is_some_and(|told| told.is_erased() && told.name.is_empty()), "{who}");
    }
}

#[test]
fn an_erased_resident_takes_nothing_more_and_once_more_changes_nothing() {
    let mut world = erased();
    let again = Act::ChangeResident { changes: vec![change("name", Some("张某兰"), Some("张某岚"))] };
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &again)), "erased");
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::MoveResidentAway {})), "erased");
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &Act::AddResident { form: form() })), "erased");
    assert_eq!(world.act(Actor::OPERATOR, &[resident_key(GRANDMA)], &erase()), Ok(0));
}

#[test]
fn what_was_set_aside_can_be_erased_with_the_reason_for_it_and_not_the_other_way_round() {
    let mut world = with_grandma();
    let aside = Act::SetAsideResident { why: "张某兰不是居民".to_owned() };
    let alone = [resident_key(GRANDMA)];
    assert_eq!(world.act(Actor::OPERATOR, &alone, &aside), Ok(1));
    assert_eq!(world.act(Actor::OPERATOR, &alone, &erase()), Ok(1));
    let after = grandma(&world);
    assert_eq!((after.row().state, after.lives_here()), ("erased", false));
    assert!(!json::write(&after).unwrap().contains("张某兰"));
    assert_eq!(code(erased().act(Actor::OPERATOR, &alone, &aside)), "erased");
}

#[test]
fn only_the_system_erases_a_resident() {
    let mut world = with_grandma();
    for who in [WATCHER_ZHANG, GRID_WORKER_WANG, SOCIAL_WORKER_SUN, SECRETARY_LI] {
        assert_eq!(code(world.act(by(who), &[resident_key(GRANDMA)], &erase())), "no_right", "{who}");
        let nobody = world.act(by(who), &[resident_key(GRANDMA + 1)], &erase());
        assert!(!matches!(nobody, Err(Refusal::WaitsFor(_))), "{who}: nothing of theirs is parked");
    }
    assert_eq!(grandma(&world).name, "张某兰");
}
