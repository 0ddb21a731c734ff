//! Taking in commands: idempotency, conflicts, order, parking, what is refused.

use crate::founding::make_place;
use crate::neighbourhood::*;
use domain::kernel::{Actor, CommandId, Record, RecordKey, Sha256};
use domain::log::{self, Entry};
use domain::sync::Outcome;
use futures::future::join_all;

promises! {
    async fn the_same_bytes_are_a_duplicate_with_the_same_position_and_number(here) {
        let note = note("灯不亮");
        let first = here.accept(WANG, std::slice::from_ref(&note)).await.remove(0);
        let again = here.push(WANG, std::slice::from_ref(&note)).await.remove(0);
        let Outcome::Duplicate { position: at, number: given, .. } = &again.outcome else { panic!("{again:?}") };
        assert_eq!((*at, given.clone().unwrap()), (position(&first), number(&first)));
        assert_eq!(again.sha256, Sha256::of(note.to_bytes().unwrap().as_bytes()));
        assert_eq!(entries(&here.everything(CHEN).await).len(), 1);
    }

    async fn the_same_command_many_times_at_once_is_stored_once(here) {
        let note = note("灯不亮");
        let tries = join_all((0..8).map(|_| here.push(WANG, std::slice::from_ref(&note)))).await;
        let outcomes: Vec<String> = tries.iter().map(|replies| word(&replies[0].outcome)).collect();
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "accepted").count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "duplicate").count(), 7, "{outcomes:?}");
        assert_eq!(entries(&here.everything(WANG).await).len(), 1);
    }

    async fn other_bytes_under_an_id_are_a_conflict_and_change_nothing(here) {
        let one = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&one)).await;
        let mut other = note("水管漏");
        other.head.id = one.head.id;
        assert_eq!(here.outcomes(WANG, &[other.clone(), other]).await, ["conflict", "conflict"]);
        let told = entries(&here.everything(WANG).await);
        assert_eq!((told.len(), problem(&told[0])), (1, "灯不亮"));
    }

    async fn one_bad_command_holds_up_nobody(here) {
        let (good, bad, last) = (note("灯不亮"), note(""), note("水管漏"));
        let mut batch = here.batch(WANG, &[good.clone(), bad, last]);
        batch.commands.insert(1, "no command".to_owned());
        let replies = here.store.push(batch).await.unwrap();
        let outcomes: Vec<String> = replies.iter().map(|reply| word(&reply.outcome)).collect();
        assert_eq!(outcomes, ["accepted", "malformed", "missing", "accepted"]);
        assert_eq!((replies[0].id, replies[1].id), (Some(good.head.id), None));
        assert_eq!(replies[1].sha256, Sha256::of(b"no command"));
    }

    async fn nobody_sends_for_another_one_or_for_the_system(here) {
        let note = note("灯不亮");
        assert_eq!(here.outcomes(ZHAO, std::slice::from_ref(&note)).await, ["another_author"]);
        let mut systems = note.clone();
        systems.head.actor = Actor::OPERATOR;
        assert_eq!(here.outcomes(WANG, &[systems]).await, ["another_author"]);
        assert_eq!(here.outcomes(WANG, &[note]).await, ["accepted"], "its author still can");
    }

    async fn what_a_newer_version_made_is_left_with_the_phone(here) {
        let mut note = note("灯不亮");
        note.act = r#"{"whistle":{}}"#.to_owned();
        // Nothing is remembered of it, and what the same device did to the record later waits behind it.
        assert_eq!(here.outcomes(WANG, std::slice::from_ref(&note)).await, ["unknown_act"]);
        assert_eq!(here.outcomes(WANG, &[note.clone(), note]).await, ["unknown_act", "later"]);
    }

    async fn what_is_rejected_is_judged_anew(here) {
        let far = write_at(WANG, SECOND, "01", now(), "灯不亮");
        assert_eq!(here.outcomes(WANG, std::slice::from_ref(&far)).await, ["no_right"]);
        here.operate(now(), &[(vec![card_key(WANG, HERE), place_key(HERE, SECOND)], give_post(domain::kernel::Role::Watcher, None))]).await;
        assert_eq!(here.outcomes(WANG, &[far]).await, ["accepted"]);
    }

    async fn what_waits_is_applied_when_its_entry_arrives_in_the_order_of_one_device(here) {
        let note = note("灯不亮");
        let (one, two) = (amend(WANG, &note, "灯不亮", "灯亮了"), amend(WANG, &note, "灯亮了", "灯又灭了"));
        let key = entry_key(entry_of(&note));
        let replies = here.push(WANG, std::slice::from_ref(&one)).await;
        assert_eq!(replies[0].outcome, Outcome::Parked { waits_for: key.clone() });
        assert_eq!(here.outcomes(WANG, &[two.clone(), one.clone()]).await, ["parked", "parked"]);
        assert_eq!(here.store.stored(&key).await.unwrap(), None);
        here.accept(WANG, std::slice::from_ref(&note)).await;
        assert_eq!(here.outcomes(WANG, &[one, two]).await, ["duplicate", "duplicate"]);
        let entry = here.entry(CHEN, entry_of(&note)).await.unwrap();
        assert_eq!((problem(&entry), entry.steps.len()), ("灯又灭了", 3));
    }

    async fn an_entry_waits_for_its_stairwell(here) {
        let new = 0x55;
        let stairwell = place_key(HERE, new);
        let mut note = write_at(SUN, new, "01", now(), "新楼灯不亮");
        note.head.about[1] = stairwell.clone();
        let replies = here.push(SUN, std::slice::from_ref(&note)).await;
        assert_eq!(replies[0].outcome, Outcome::Parked { waits_for: stairwell.clone() });
        let make = command(SUN, now(), vec![stairwell, place_key(HERE, YARD)], &make_place(domain::kernel::PlaceKind::Stairwell, "3单元"));
        here.accept(SUN, &[make]).await;
        assert_eq!(here.outcomes(SUN, std::slice::from_ref(&note)).await, ["duplicate"]);
        assert!(here.entry(SUN, entry_of(&note)).await.is_some());
    }

    async fn nothing_is_parked_for_who_has_no_right_to_such_an_act_and_no_more_than_fits(here) {
        let unknown = entry_of(&note("没人写过"));
        let comment = |who: &str| act_on(who, unknown, &log::Act::Comment { version: CommandId::from_parts(0, [0; 10]), text: "辛苦了".to_owned() });
        assert_eq!(here.outcomes(WANG, &[comment(WANG)]).await, ["no_right"]);
        let most = domain::sync::decide::MOST_PARKED as usize;
        let many: Vec<_> = (0..most + 3).map(|_| amend(WANG, &note("没到"), "没到", "到了")).collect();
        let mut outcomes = Vec::new();
        for part in many.chunks(100) {
            outcomes.extend(here.outcomes(WANG, part).await);
        }
        assert!(outcomes[..most].iter().all(|outcome| outcome == "parked"), "{outcomes:?}");
        assert_eq!(outcomes[most..], ["later", "later", "later"]);
        assert_eq!(here.outcomes(ZHAO, &[amend(ZHAO, &note("没到"), "没到", "到了")]).await, ["parked"], "others have room of their own");
    }

    async fn what_waits_for_one_record_has_a_bound_whoever_sent_it(here) {
        let most_of_one = domain::sync::decide::MOST_PARKED as usize;
        let missing = note("没到");
        let mut outcomes = Vec::new();
        for (who, many) in [(WANG, most_of_one), (ZHAO, Entry::bounds().parked - most_of_one + 1)] {
            for _ in 0..many {
                outcomes.extend(here.outcomes(who, &[amend(who, &missing, "没到", "到了")]).await);
            }
        }
        assert_eq!(outcomes.pop().as_deref(), Some("later"));
        assert!(outcomes.iter().all(|outcome| outcome == "parked"), "{outcomes:?}");
        assert_eq!(here.outcomes(ZHAO, &[amend(ZHAO, &note("没到"), "没到", "到了")]).await, ["parked"]);
    }

    async fn the_system_acts_by_the_same_way_and_only_once(here) {
        let note = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let about = vec![entry_key(entry_of(&note))];
        here.operate(minutes(1), &[(about.clone(), log::Act::SetAsideEntry { why: "写错了小区".to_owned() })]).await;
        assert_eq!(here.list(CHEN, &Default::default()).await.len(), 0);
        assert!(here.entry(CHEN, entry_of(&note)).await.unwrap().set_aside().is_some());
        let late = amend(WANG, &note, "灯不亮", "灯亮了");
        assert_eq!(here.outcomes(WANG, &[late]).await, ["set_aside"]);
    }

    async fn two_entries_of_one_millisecond_are_two_entries(here) {
        let notes: Vec<_> = (0..40).map(|index| note(&format!("第{index}条"))).collect();
        here.accept(WANG, &notes[..20]).await;
        for note in &notes[20..] {
            here.accept(WANG, std::slice::from_ref(note)).await;
        }
        let listed = here.list(WANG, &Default::default()).await;
        let mut ids: Vec<_> = notes.iter().map(entry_of).collect();
        ids.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(listed.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids, "by time and id");
    }

    async fn a_command_about_a_community_that_nobody_has_made_is_refused(here) {
        let mut note = note("灯不亮");
        for key in &mut note.head.about {
            *key = RecordKey { community: id(0x77), ..key.clone() };
        }
        assert_eq!(here.outcomes(WANG, &[note]).await, ["no_right"]);
        let heads = here.store.heads().await.unwrap();
        assert_eq!(heads.iter().map(|(community, _)| *community).collect::<Vec<_>>(), [id(HERE), id(ELSEWHERE)]);
    }

    async fn the_same_id_elsewhere_is_another_record(here) {
        let note = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let mut elsewhere = write_at(HE, OTHER, "01", now(), "那边的灯");
        elsewhere.head.about[0].id = entry_of(&note).into();
        here.accept(HE, std::slice::from_ref(&elsewhere)).await;
        let text = async |community: u128| {
            let stored = here.store.stored(&Entry::key_of(id(community), entry_of(&note))).await.unwrap().unwrap();
            stored.text
        };
        assert!(text(HERE).await.contains("灯不亮") && text(ELSEWHERE).await.contains("那边的灯"));
    }
}
