//! Late work of who has no post any more waits for a decision.

use crate::neighbourhood::*;
use domain::kernel::{Command, CommandId, Role};
use domain::sync::Outcome;

/// 王某兰's post ended 60 days ago; she wrote before, and it comes today.
async fn late(here: &Neighbourhood) -> Command {
    let end = (vec![card_key(WANG, HERE), place_key(HERE, FIRST)], end_post(Role::Watcher, days(-60)));
    here.operate(days(-60), &[end]).await;
    write_at(WANG, FIRST, "01", days(-61), "那时候的事")
}

promises! {
    async fn late_work_is_held_and_counts_when_somebody_decides_so(here) {
        let note = late(here).await;
        assert_eq!(here.outcomes(WANG, &[note.clone(), note.clone()]).await, ["held", "held"]);
        assert_eq!(here.store.held().await.unwrap(), std::slice::from_ref(&note));
        assert_eq!(here.list(CHEN, &Default::default()).await.len(), 0);
        let reply = here.store.decide(note.head.id, true, "住院了", now()).await.unwrap().unwrap();
        assert!(matches!(reply.outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. }), "{reply:?}");
        assert_eq!(here.store.held().await.unwrap(), []);
        assert_eq!(here.outcomes(WANG, std::slice::from_ref(&note)).await, ["duplicate"]);
        assert_eq!(here.list(CHEN, &Default::default()).await.len(), 1);
        assert!(here.store.decide(note.head.id, false, "改主意", now()).await.unwrap().is_none(), "once");
    }

    async fn what_is_decided_against_stays_so(here) {
        let note = late(here).await;
        here.push(WANG, std::slice::from_ref(&note)).await;
        let reply = here.store.decide(note.head.id, false, "太晚了", now()).await.unwrap().unwrap();
        assert_eq!(word(&reply.outcome), "too_late");
        assert_eq!(here.outcomes(WANG, &[note]).await, ["too_late"]);
        assert_eq!(here.store.held().await.unwrap(), []);
    }

    async fn nothing_is_decided_about_what_is_not_held(here) {
        let note = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        for id in [note.head.id, CommandId::from_parts(0, [9; 10])] {
            assert!(here.store.decide(id, true, "", now()).await.unwrap().is_none());
        }
    }

    async fn the_oldest_comes_first(here) {
        let first = late(here).await;
        let second = write_at(WANG, FIRST, "01", days(-62), "更早的事");
        here.push(WANG, std::slice::from_ref(&first)).await;
        here.push(WANG, std::slice::from_ref(&second)).await;
        assert_eq!(here.store.held().await.unwrap(), [first, second]);
    }

    async fn what_is_held_has_a_bound_and_each_decision_makes_room(here) {
        let first = late(here).await;
        let most = domain::sync::decide::MOST_PARKED as usize;
        let mut notes = vec![first];
        notes.extend((1..most + 3).map(|_| write_at(WANG, FIRST, "01", days(-62), "那时候的事")));
        let mut outcomes = Vec::new();
        for part in notes.chunks(100) {
            outcomes.extend(here.outcomes(WANG, part).await);
        }
        assert!(outcomes[..most].iter().all(|outcome| outcome == "held"), "{outcomes:?}");
        assert_eq!(outcomes[most..], ["later", "later", "later"]);
        for (index, accept) in [true, false].into_iter().enumerate() {
            here.store.decide(notes[index].head.id, accept, "住院了", now()).await.unwrap().unwrap();
        }
        assert_eq!(here.outcomes(WANG, &notes[most..]).await, ["held", "held", "later"]);
    }
}
