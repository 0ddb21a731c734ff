//! Who may do what: every role at every place, for every category, own or another's.

use crate::neighbourhood::*;
use domain::kernel::{Audience, Membership, Record, Rights, Role, Span, Timestamp, main_role};
use domain::log::{Act, Category, Entry, EntryForm, MayAmend, MayContinue, MayReview, MayWrite};
use proptest::prelude::*;

const CARE: [&str; 7] = ["01", "02", "06", "08", "09", "10", "12"];

/// The watcher's entry in the stairwell, filed under one category after the other.
fn filed_under(categories: &[Category]) -> (World, Entry) {
    let mut world = World::new();
    let filed = |category: &Category| EntryForm { category: category.code().into(), ..form("一切平安") };
    let act = Act::WriteEntry { form: filed(&categories[0]) };
    world.take(&command(0, Who::Watcher, 1, &act)).unwrap();
    for (n, pair) in categories.windows(2).enumerate() {
        if pair[0] != pair[1] {
            let act = amend(world.entry(1).version(), &filed(&pair[0]), &filed(&pair[1]));
            world.take(&command(n + 1, Who::Watcher, 1, &act)).unwrap();
        }
    }
    let entry = world.entry(1).clone();
    (world, entry)
}

fn may_read(rights: &Rights<'_>, entry: &Entry) -> bool {
    let author = entry.author().and_then(|actor| actor.person());
    rights.read_scope().is_some_and(|scope| scope.admits(author, &entry.audience()))
}

#[test]
fn every_role_at_every_place_sees_and_does_what_the_table_says() {
    let here = [Where::Stairwell, Where::Yard, Where::Grid, Where::Community];
    for category in Category::ALL {
        let (world, entry) = filed_under(&[*category]);
        for role in Role::ALL {
            for place in Where::ALL {
                let (case, here) = (format!("{role:?} at {place:?}, {category:?}"), here.contains(&place));
                let matter = role != Role::SocialWorker || CARE.contains(&category.code());
                let posts = [post(role, place)];
                let other = rights(&world, Who::Neighbour, &posts);
                assert_eq!(may_read(&other, &entry), here && matter, "reads: {case}");
                let reviews = here && matter && role != Role::Watcher;
                assert_eq!(MayReview::find(&other, &entry).is_some(), reviews, "reviews: {case}");
                assert!(MayContinue::find(&other, &entry).is_none(), "continues: {case}");
                let writes = here && matches!(role, Role::Watcher | Role::GridWorker);
                assert_eq!(MayWrite::find(&other, entry.place).is_some(), writes, "writes: {case}");
                let amends = here && role == Role::Watcher;
                assert_eq!(MayAmend::find(&other, &entry).is_some(), amends, "changes: {case}");

                let author = rights(&world, Who::Watcher, &posts);
                assert!(may_read(&author, &entry), "reads own: {case}");
                assert!(MayContinue::find(&author, &entry).is_some(), "continues own: {case}");
                assert!(MayAmend::find(&author, &entry).is_some(), "changes own: {case}");
                assert!(MayReview::find(&author, &entry).is_none(), "never reviews own: {case}");
            }
        }
    }
}

#[test]
fn without_a_post_one_has_only_ones_own() {
    let (world, entry) = filed_under(&[Category::CareVisit]);
    assert!(!may_read(&rights(&world, Who::Neighbour, &[]), &entry));
    assert!(may_read(&rights(&world, Who::Watcher, &[]), &entry));
}

#[test]
fn an_entry_stays_visible_to_whoever_could_see_one_of_its_versions() {
    let posts = [post(Role::SocialWorker, Where::Grid)];
    let (world, refiled) = filed_under(&[Category::CareVisit, Category::SafetyHazard]);
    let social_worker = rights(&world, Who::SocialWorker, &posts);
    assert!(may_read(&social_worker, &refiled) && MayReview::find(&social_worker, &refiled).is_some());
    let (_, hazard) = filed_under(&[Category::SafetyHazard]);
    assert!(!may_read(&social_worker, &hazard) && MayReview::find(&social_worker, &hazard).is_none());
}

#[test]
fn a_watcher_here_who_reviews_elsewhere_reviews_nothing_here() {
    let (world, entry) = filed_under(&[Category::CareVisit]);
    let posts = [post(Role::Watcher, Where::Stairwell), post(Role::SocialWorker, Where::OtherGrid)];
    assert!(MayReview::find(&rights(&world, Who::Neighbour, &posts), &entry).is_none());
}

#[test]
fn a_watcher_of_two_stairwells_reviews_nothing() {
    let (world, entry) = filed_under(&[Category::CareVisit]);
    let posts = [post(Role::Watcher, Where::Stairwell), post(Role::Watcher, Where::NextDoor)];
    let rights = rights(&world, Who::Neighbour, &posts);
    assert!(may_read(&rights, &entry) && MayReview::find(&rights, &entry).is_none() && !rights.is_reader());
}

#[test]
fn a_post_holds_from_its_first_instant_until_before_its_last() {
    let world = World::new();
    let held = [Membership { from: NOON, until: Some(minutes(1)), ..post(Role::Watcher, Where::Stairwell) }];
    let holds = |at: Timestamp| {
        !Rights::now(Who::Watcher.id(), community(), &held, world.directory.tree(), at).posts().is_empty()
    };
    let before = |at: Timestamp| at.plus(Span::from_millis(-1));
    assert!(!holds(before(NOON)) && holds(NOON) && holds(before(minutes(1))) && !holds(minutes(1)));
}

#[test]
fn another_post_at_the_same_place_is_another_scope() {
    let world = World::new();
    let scope = |posts: &[Membership]| rights(&world, Who::Neighbour, posts).read_scope().unwrap().fingerprint();
    let scopes = Role::ALL.map(|role| scope(&[post(role, Where::Grid)]));
    for (index, one) in scopes.iter().enumerate() {
        assert!(!scopes[..index].contains(one), "what {:?} saw in full must go", Role::ALL[index]);
    }
    let both = [post(Role::Watcher, Where::Stairwell), post(Role::SocialWorker, Where::Grid)];
    let turned = [both[1].clone(), both[0].clone()];
    assert_eq!(scope(&both), scope(&turned), "in whatever order they were given");
}

#[test]
fn whoever_watches_a_stairwell_starts_there_whatever_else_they_are() {
    let (watcher, reader) = (post(Role::Watcher, Where::Stairwell), post(Role::PartyBranch, Where::Grid));
    assert_eq!(main_role(&[watcher.clone(), reader.clone()]), Some(Role::Watcher));
    assert_eq!(main_role(&[reader.clone(), watcher]), Some(Role::Watcher));
    assert_eq!(main_role(&[reader]), Some(Role::PartyBranch));
    assert_eq!(main_role(&[]), None);
}

#[test]
fn a_role_of_a_newer_version_gives_nothing() {
    let (world, entry) = filed_under(&[Category::CareVisit]);
    let posts = [post(Role::Unknown, Where::Community)];
    let rights = rights(&world, Who::Neighbour, &posts);
    assert!(!may_read(&rights, &entry) && MayReview::find(&rights, &entry).is_none());
    assert!(MayWrite::find(&rights, entry.place).is_none() && MayAmend::find(&rights, &entry).is_none());
}

proptest! {
    #![proptest_config(many_cases())]

    #[test]
    fn whoever_may_do_something_may_read_it(
        posts in prop::collection::vec((0_usize..5, 0_usize..7), 0..4),
        categories in prop::collection::vec(0_usize..12, 1..4),
        who in 0_usize..2,
    ) {
        let posts: Vec<Membership> =
            posts.into_iter().map(|(role, place)| post(Role::ALL[role], Where::ALL[place])).collect();
        let categories: Vec<_> = categories.into_iter().map(|index| Category::ALL[index]).collect();
        let (world, entry) = filed_under(&categories);
        let rights = rights(&world, [Who::Watcher, Who::Neighbour][who], &posts);
        let Audience { place, topics, .. } = entry.audience();
        prop_assert_eq!(place, entry.place);
        prop_assert!(categories.iter().all(|category| category.topic().meets(topics)));
        let does = [
            MayReview::find(&rights, &entry).is_some(),
            MayAmend::find(&rights, &entry).is_some(),
            MayContinue::find(&rights, &entry).is_some(),
        ];
        prop_assert!(!does.contains(&true) || may_read(&rights, &entry), "{does:?}");
        prop_assert!(!(does[0] && does[2]), "nobody reviews their own");
    }
}
