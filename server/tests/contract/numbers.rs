//! Numbers that people say on the telephone count from 1 within community and day, without a gap.

use crate::founding::make_place;
use crate::neighbourhood::*;
use domain::organisation;
use futures::future::join_all;

promises! {
    async fn numbers_count_within_community_and_day(here) {
        let numbers = async |who, place, at| {
            let notes: Vec<_> = (0..2).map(|_| write_at(who, place, "01", at, "灯不亮")).collect();
            here.accept(who, &notes).await.iter().map(number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(WANG, FIRST, now()).await, ["HPXC-20251117-0001", "HPXC-20251117-0002"]);
        assert_eq!(numbers(QIAN, FAR, now()).await, ["HPXC-20251117-0003", "HPXC-20251117-0004"]);
        assert_eq!(numbers(HE, OTHER, now()).await, ["XFSQ-20251117-0001", "XFSQ-20251117-0002"]);
        assert_eq!(numbers(WANG, FIRST, days(-1)).await, ["HPXC-20251116-0001", "HPXC-20251116-0002"], "by the day of writing");
        assert_eq!(numbers(WANG, FIRST, now()).await, ["HPXC-20251117-0005", "HPXC-20251117-0006"]);
    }

    async fn a_refused_entry_uses_no_number_up(here) {
        let (one, bad, two) = (note("灯不亮"), note(""), note("水管漏"));
        let replies = here.push(WANG, &[one, bad, two]).await;
        assert_eq!((number(&replies[0]).as_str(), number(&replies[2]).as_str()), ("HPXC-20251117-0001", "HPXC-20251117-0002"));
    }

    async fn many_at_once_have_a_number_each(here) {
        let notes: Vec<_> = (0..24).map(|index| {
            let (who, place) = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR)][index % 3];
            (who, write_at(who, place, "01", now(), "灯不亮"))
        }).collect();
        let replies = join_all(notes.iter().map(|(who, note)| here.push(who, std::slice::from_ref(note)))).await;
        let mut numbers: Vec<String> = replies.iter().map(|replies| number(&replies[0])).collect();
        numbers.sort_unstable();
        let expected: Vec<String> = (1..=24).map(|serial| format!("HPXC-20251117-{serial:04}")).collect();
        assert_eq!(numbers, expected);
    }

    async fn codes_of_places_are_given_once(here) {
        let code = organisation::Act::ChangeCommunity { changes: vec![domain::kernel::FieldChange {
            field: "code".to_owned(), from: None, to: Some("210102025900".to_owned()),
        }] };
        here.operate(now(), &[(vec![standing_in(HERE, HERE)], code)]).await;
        let mut codes = Vec::new();
        for grid in [0x61, 0x62] {
            here.operate(now(), &[(vec![place_key(HERE, grid), standing_in(HERE, HERE)], make_place(domain::kernel::PlaceKind::Grid, "新网格"))]).await;
            let stored = here.store.stored(&place_key(HERE, grid)).await.unwrap().unwrap();
            codes.push(domain::kernel::json::read::<organisation::Place>(stored.text.as_bytes()).unwrap().code.unwrap());
        }
        assert_eq!(codes, ["210102025900001", "210102025900002"]);
    }
}
