//! What each role sees (DESIGN.md 6, DOMAIN.md 2.13): the same in the feed, in lists and one by one.

use super::fixture::*;
use app::domain::*;

/// One entry per kind of place and matter: a visit and a repair in each stairwell.
async fn written(here: &Neighbourhood) -> Vec<(Command, &'static str)> {
    let note = |who, place, category| here.note_at(who, place, category, now(), "看见了");
    let notes = vec![
        (note(WANG, FIRST, "01"), WANG),
        (note(WANG, FIRST, "04"), WANG),
        (note(ZHAO, SECOND, "01"), ZHAO),
        (note(QIAN, FAR, "01"), QIAN),
        (note(QIAN, FAR, "04"), QIAN),
        (note(SUN, SECOND, "04"), SUN),
    ];
    for (note, who) in &notes {
        here.accept(who, std::slice::from_ref(note)).await;
    }
    notes
}

#[tokio::test]
async fn everybody_sees_what_their_role_allows_and_nothing_else() {
    let here = Neighbourhood::new().await;
    let notes = written(&here).await;
    let allowed: [(&str, &[usize]); 7] = [
        (WANG, &[0, 1]),
        (ZHAO, &[2, 5]),
        (QIAN, &[3, 4]),
        (LI, &[0, 2]),
        (SUN, &[0, 1, 2, 5]),
        (ZHOU, &[0, 1, 2, 5]),
        (CHEN, &[0, 1, 2, 3, 4, 5]),
    ];
    for (who, indexes) in allowed {
        let mut expected: Vec<EntryId> = indexes.iter().map(|index| notes[*index].0.act.entry()).collect();
        expected.sort();
        let sorted = |mut ids: Vec<EntryId>| {
            ids.sort();
            ids
        };
        let changes = here.everything(who).await;
        assert_eq!(sorted(entries(&changes).iter().map(|entry| entry.id).collect()), expected, "feed of {who}");
        let page = here.store.find_entries(&here.rights(who), &EntryFilter::default(), None, 50).await.unwrap();
        assert_eq!(sorted(page.entries.iter().map(|entry| entry.id).collect()), expected, "list of {who}");
        for (note, _) in &notes {
            let id = note.act.entry();
            let seen = here.entry(who, id).await;
            assert_eq!(seen.is_some(), expected.contains(&id), "{who} and one entry");
            assert!(seen.is_none_or(|entry| here.rights(who).may_read(&entry)));
        }
        let codes: Vec<_> = changes
            .iter()
            .filter_map(|change| if let Change::MicroGrid(micro_grid) = change { Some(&micro_grid.code) } else { None })
            .collect();
        let scope = here.rights(who).read_scope();
        let covered = [FIRST, SECOND, FAR].map(|code| MicroGridCode::parse(code).unwrap());
        assert_eq!(codes, covered.iter().filter(|code| scope.covers(code)).collect::<Vec<_>>(), "stairwells of {who}");
    }
}

#[tokio::test]
async fn residents_are_told_as_far_as_the_reader_may_know_them() {
    let here = Neighbourhood::new().await;
    let seed_residents = here.everything(SUN).await;
    let residents = |changes: Vec<Change>| -> Vec<Resident> {
        changes
            .into_iter()
            .filter_map(|change| if let Change::Resident(one) = change { Some(one) } else { None })
            .collect()
    };
    let all = residents(seed_residents);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].phone.as_ref().unwrap().number, "13800005678", "the grid worker may telephone");
    for who in EVERYBODY {
        let rights = here.rights(who);
        let expected: Vec<_> = all.iter().filter_map(|resident| resident.seen_with(&rights)).collect();
        assert_eq!(residents(here.everything(who).await), expected, "{who}");
    }
    assert_eq!(residents(here.everything(LI).await).len(), 1, "social workers know those in care");
    assert!(residents(here.everything(QIAN).await).is_empty());
}

#[tokio::test]
async fn without_a_post_one_is_told_of_ones_own_entries_and_nothing_else() {
    let here = Neighbourhood::new().await;
    let notes = written(&here).await;
    let rights = Rights::of(here.card(CHEN).id, &[], now());
    let page = here.store.find_entries(&rights, &EntryFilter::default(), None, 50).await.unwrap();
    assert!(page.entries.is_empty());
    let community = CommunityCode::parse(COMMUNITY).unwrap();
    let page = here.store.pull(&rights, &community, None, 1_000, Timestamp::EARLIEST).await.unwrap();
    assert_eq!(page.changes, [], "the names of colleagues are not theirs to know any more");
    let rights = Rights::of(here.card(WANG).id, &[], now());
    let told = here.store.pull(&rights, &community, None, 1_000, Timestamp::EARLIEST).await.unwrap().changes;
    let own: Vec<EntryId> = notes.iter().filter(|(_, who)| *who == WANG).map(|(note, _)| note.act.entry()).collect();
    assert_eq!(entries(&told).iter().map(|entry| entry.id).collect::<Vec<_>>(), own);
    assert_eq!(told.len(), own.len(), "{told:?}");
    let elsewhere = CommunityCode::parse("210102025901").unwrap();
    let page = here.store.pull(&here.rights(CHEN), &elsewhere, None, 10, Timestamp::EARLIEST).await.unwrap();
    assert_eq!((page.changes.len(), page.next.position, page.more), (0, 0, false));
}

#[tokio::test]
async fn who_could_see_one_version_keeps_seeing_the_entry() {
    let here = Neighbourhood::new().await;
    let note = here.note("邻里吵架");
    here.accept(WANG, std::slice::from_ref(&note)).await;
    let cursor = here.pull(LI, None, 1_000).await.next;
    let amend = Act::AmendEntry { entry: note.act.entry(), replaces: note.id, form: form("04", "其实是管道响") };
    here.accept(WANG, &[here.act(WANG, amend)]).await;
    let page = here.pull(LI, Some(cursor), 1_000).await;
    assert_eq!(entries(&page.changes)[0].content().category(), Category::FacilityRepair);
    assert!(here.entry(LI, note.act.entry()).await.is_some());
    let filter = EntryFilter { category: Some(Category::FacilityRepair), ..EntryFilter::default() };
    assert_eq!(here.store.find_entries(&here.rights(LI), &filter, None, 10).await.unwrap().entries.len(), 1);
}
