//! Who may see and do what: every role at every place, for every category, own or another's (DOMAIN.md 2.13).

use crate::neighbourhood::*;
use app::domain::{
    Act, Category, Change, CommunityCode, Entry, Known, Membership, MicroGridCode, Rights, Role, Timestamp, apply,
    main_role,
};
use proptest::prelude::*;

const CARE: [&str; 7] = ["01", "02", "06", "08", "09", "10", "12"];

/// The watcher's entry in the stairwell, filed under one category after the other.
fn entry_filed_under(categories: &[Category]) -> Entry {
    let mut records = neighbourhood();
    for (n, category) in categories.iter().enumerate() {
        let mut act = if n == 0 { write(1, "一切平安") } else { amend(1, n - 1, "改一改") };
        if let Act::WriteEntry { form, .. } | Act::AmendEntry { form, .. } = &mut act {
            form.category = category.code().into();
        }
        let entry = apply(&records, &command(n, Who::Watcher, act), None).unwrap();
        records.absorb(Change::Entry(entry));
    }
    records.entry(entry_id(1)).unwrap().clone()
}

fn rights(who: Who, role: Role, place: &str) -> Rights {
    Rights::of(who.id(), &[membership(role, place)], NOON)
}

#[test]
fn every_role_at_every_place_sees_and_does_what_the_table_says() {
    let places = [
        (STAIRWELL, true),
        (GRID, true),
        (COMMUNITY, true),
        (OTHER_STAIRWELL, false),
        ("210102025900004", false),
        ("210102025901", false),
        ("210102025900003018", false),
    ];
    let stairwell = MicroGridCode::parse(STAIRWELL).unwrap();
    for category in Category::ALL {
        let entry = entry_filed_under(&[*category]);
        for role in Role::ALL {
            for (place, here) in places {
                let case = format!("{role:?} at {place}, {category:?}");
                let matter = role != Role::SocialWorker || CARE.contains(&category.code());
                let other = rights(Who::Neighbour, role, place);
                assert_eq!(other.may_read(&entry), here && matter, "reads: {case}");
                let reviews = here && matter && role != Role::Watcher;
                assert_eq!(other.may_review(&entry).is_some(), reviews, "reviews: {case}");
                assert!(other.may_continue(&entry).is_none(), "continues: {case}");
                let writes = here && matches!(role, Role::Watcher | Role::GridWorker);
                assert_eq!(other.may_write(&stairwell).is_some(), writes, "writes: {case}");

                let author = rights(Who::Watcher, role, place);
                assert!(author.may_read(&entry), "reads own: {case}");
                assert!(author.may_continue(&entry).is_some(), "continues own: {case}");
                assert!(author.may_review(&entry).is_none(), "never reviews own: {case}");
            }
        }
    }
}

#[test]
fn without_a_post_one_has_only_ones_own() {
    let entry = entry_filed_under(&[Category::CareVisit]);
    assert!(!Rights::of(Who::Neighbour.id(), &[], NOON).may_read(&entry));
    assert!(Rights::of(Who::Watcher.id(), &[], NOON).may_read(&entry));
}

#[test]
fn a_post_holds_from_its_first_instant_until_before_its_last() {
    let mut post = membership(Role::Watcher, STAIRWELL);
    (post.from, post.until) = (NOON, Some(NOON.plus_minutes(1)));
    let holds = |at: Timestamp| !Rights::of(Who::Watcher.id(), &[post.clone()], at).memberships().is_empty();
    let end = NOON.plus_minutes(1);
    assert!(!holds(NOON.plus_millis(-1)) && holds(NOON) && holds(end.plus_millis(-1)) && !holds(end));
}

#[test]
fn one_follows_the_feed_of_a_post_that_holds_and_then_of_the_one_that_ended_last() {
    let post = |place, until| Membership { until, ..membership(Role::PartyCommittee, place) };
    let (here, elsewhere) = (COMMUNITY, "210102025901");
    let (earlier, now, later) = (NOON.plus_minutes(-1), NOON, NOON.plus_minutes(1));
    for (posts, expected) in [
        (vec![post(elsewhere, Some(now)), post(here, None)], Some(here)),
        (vec![post(elsewhere, Some(now)), post(here, Some(later))], Some(here)),
        (vec![post(elsewhere, Some(earlier)), post(here, Some(now))], Some(here)),
        (vec![post(here, Some(now)), post(elsewhere, Some(now))], Some(here)),
        (vec![], None),
    ] {
        let community = Rights::of(Who::Watcher.id(), &posts, NOON).community();
        assert_eq!(community.as_ref().map(CommunityCode::as_str), expected, "{posts:?}");
    }
}

#[test]
fn an_entry_stays_visible_to_whoever_could_see_one_of_its_versions() {
    let social_worker = rights(Who::SocialWorker, Role::SocialWorker, GRID);
    let refiled = entry_filed_under(&[Category::CareVisit, Category::SafetyHazard]);
    assert!(social_worker.may_read(&refiled) && social_worker.may_review(&refiled).is_some());
    assert!(!social_worker.may_read(&entry_filed_under(&[Category::SafetyHazard])));
}

#[test]
fn a_watcher_of_two_stairwells_reviews_nothing() {
    let entry = entry_filed_under(&[Category::CareVisit]);
    let posts = [membership(Role::Watcher, STAIRWELL), membership(Role::SocialWorker, "210102025900004")];
    assert!(Rights::of(Who::Neighbour.id(), &posts, NOON).may_review(&entry).is_none());
}

#[test]
fn whoever_watches_a_stairwell_starts_there_whatever_else_they_are() {
    let (watcher, reader) = (membership(Role::Watcher, STAIRWELL), membership(Role::PartyBranch, GRID));
    assert_eq!(main_role(&[watcher.clone(), reader.clone()]), Some(Role::Watcher));
    assert_eq!(main_role(&[reader.clone(), watcher]), Some(Role::Watcher));
    assert_eq!(main_role(&[reader]), Some(Role::PartyBranch));
    assert_eq!(main_role(&[]), None);
}

#[test]
fn another_post_at_the_same_place_is_another_scope() {
    let scope = |role| rights(Who::Neighbour, role, GRID).read_scope().fingerprint();
    assert_ne!(scope(Role::GridWorker), scope(Role::PartyBranch), "telephone numbers must go");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_store_that_asks_with_the_scope_finds_what_may_be_read(
        posts in prop::collection::vec((0_usize..5, 0_usize..4), 0..4),
        categories in prop::collection::vec(0_usize..12, 1..4),
        who in 0_usize..2,
    ) {
        let places = [STAIRWELL, GRID, COMMUNITY, OTHER_STAIRWELL];
        let posts: Vec<_> = posts.into_iter().map(|(role, place)| membership(Role::ALL[role], places[place])).collect();
        let categories: Vec<_> = categories.into_iter().map(|index| Category::ALL[index]).collect();
        let entry = entry_filed_under(&categories);
        let rights = Rights::of([Who::Watcher, Who::Neighbour][who].id(), &posts, NOON);
        let scope = rights.read_scope();
        let admitted = scope.admits(entry.author, &entry.micro_grid, entry.categories());
        prop_assert_eq!(admitted, rights.may_read(&entry));
        if rights.may_review(&entry).is_some() {
            prop_assert!(rights.may_read(&entry) && rights.person() != entry.author);
        }
        let mut turned = posts.clone();
        turned.reverse();
        let again = Rights::of(rights.person(), &turned, NOON).read_scope();
        prop_assert_eq!(again.fingerprint(), scope.fingerprint());
    }
}
