//! Two communities on one server, and places that move: who lies within whom is asked of the tree.

use crate::neighbourhood::*;
use domain::kernel::Role;
use domain::log::EntryFilter;
use domain::organisation;

promises! {
    async fn a_person_in_two_communities_has_a_cursor_for_each_and_sees_both(here) {
        // 入户走访: a matter of people, which a social worker reads.
        let (one, other) = (write_at(WANG, FIRST, "01", now(), "这边"), write_at(HE, OTHER, "01", minutes(-1), "那边"));
        here.accept(WANG, std::slice::from_ref(&one)).await;
        here.accept(HE, std::slice::from_ref(&other)).await;
        let page = here.pull(LI, Vec::new(), 1_000).await;
        assert_eq!(page.cursors.iter().map(|cursor| cursor.community).collect::<Vec<_>>(), [id(HERE), id(ELSEWHERE)]);
        let ids = |page: &domain::store::FeedPage| entries(&page.envelopes).iter().map(|entry| entry.id).collect::<Vec<_>>();
        assert_eq!(ids(&page), [entry_of(&one), entry_of(&other)]);
        let listed = here.pages(LI, &EntryFilter::default(), 1).await;
        assert_eq!(listed.iter().map(|entry| entry.id).collect::<Vec<_>>(), [entry_of(&one), entry_of(&other)], "one list, by time");
        let filter = EntryFilter { place: Some(id(OTHER_GRID)), ..EntryFilter::default() };
        assert_eq!(here.list(LI, &filter).await.len(), 1);

        let third = write_at(HE, OTHER, "01", now(), "那边又有事");
        here.accept(HE, std::slice::from_ref(&third)).await;
        let news = here.pull(LI, page.cursors.clone(), 1_000).await;
        assert_eq!(ids(&news), [entry_of(&third)]);
        assert_eq!(news.cursors[0], page.cursors[0]);
        assert_eq!(here.pull(WANG, Vec::new(), 1_000).await.cursors.len(), 1);
        assert_eq!(entries(&here.everything(HE).await).len(), 2);
    }

    async fn each_feed_counts_for_itself(here) {
        let before = here.store.heads().await.unwrap();
        here.accept(WANG, &[note("灯不亮"), note("水管漏")]).await;
        let after = here.store.heads().await.unwrap();
        assert_eq!(after[0], (before[0].0, before[0].1 + 2));
        assert_eq!(after[1], before[1]);
    }

    async fn a_stairwell_that_moves_takes_its_history_along(here) {
        let note = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let sun = here.pull(SUN, Vec::new(), 1_000).await.cursors;
        let within = |place: u128| EntryFilter { place: Some(id(place)), ..EntryFilter::default() };
        assert_eq!(here.list(CHEN, &within(YARD)).await.len(), 1);
        assert_eq!(here.list(CHEN, &within(FAR_YARD)).await.len(), 0);
        let about = vec![place_key(HERE, FIRST), place_key(HERE, FAR_YARD)];
        here.operate(now(), &[(about, organisation::Act::MovePlace {})]).await;
        for (place, count) in [(YARD, 0), (FIRST_GRID, 0), (FAR_YARD, 1), (SECOND_GRID, 1), (FIRST, 1), (HERE, 1)] {
            assert_eq!(here.list(CHEN, &within(place)).await.len(), count, "{place:x}");
        }
        assert!(here.entry(SUN, entry_of(&note)).await.is_none(), "it is another grid's");
        let page = here.pull(SUN, sun, 1_000).await;
        assert_eq!(page.start_over, [id(HERE)]);
        assert_eq!(entries(&page.envelopes).len(), 0);
        // The watcher goes with it, and the grid worker there reads it.
        here.operate(now(), &[(vec![card_key(ZHAO, HERE), place_key(HERE, SECOND_GRID)], give_post(Role::GridWorker, None))]).await;
        assert!(here.entry(ZHAO, entry_of(&note)).await.is_some());
        assert!(here.entry(WANG, entry_of(&note)).await.is_some());
    }

    async fn a_new_post_is_a_new_scope_at_once(here) {
        let note = write_at(QIAN, FAR, "01", now(), "远处的事");
        here.accept(QIAN, std::slice::from_ref(&note)).await;
        let before = here.pull(WANG, Vec::new(), 1_000).await;
        assert_eq!(entries(&before.envelopes).len(), 0);
        here.operate(now(), &[(vec![card_key(WANG, HERE), place_key(HERE, FAR)], give_post(Role::Watcher, None))]).await;
        let page = here.pull(WANG, before.cursors, 1_000).await;
        assert_eq!((page.start_over.as_slice(), entries(&page.envelopes).len()), (&[id(HERE)][..], 1));
        assert_eq!(here.outcomes(WANG, &[write_at(WANG, FAR, "01", now(), "替班")]).await, ["accepted"]);
    }

    async fn a_post_begins_and_ends_by_the_clock_alone(here) {
        let note = write_at(QIAN, FAR, "01", now(), "远处的事");
        here.accept(QIAN, std::slice::from_ref(&note)).await;
        let (role, from, until) = (Role::Watcher, minutes(5), Some(minutes(10)));
        let act = Act::Organisation(organisation::Act::GivePost { role, from, until });
        here.operate(now(), &[(vec![card_key(WANG, HERE), place_key(HERE, FAR)], act)]).await;
        let mut cursors = here.pull(WANG, Vec::new(), 1_000).await.cursors;
        for (minute, is_anew, count) in [(4, false, 0), (5, true, 1), (9, false, 0), (10, true, 0)] {
            let page = here.pull_at(WANG, minutes(minute), cursors).await;
            let told = (page.start_over == [id(HERE)], entries(&page.envelopes).len());
            assert_eq!(told, (is_anew, count), "minute {minute}");
            cursors = page.cursors;
        }
    }
}
