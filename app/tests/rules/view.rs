//! What a person sees is what the server will say, never claims more than is true, and never hides their own words
//! (LESSONS.md L3, L9, L14).

use crate::neighbourhood::*;
use crate::server_model::Server;
use app::domain::{Act, Change, Command, Entry, EntryId, Known, Records, Refusal, Rejection, ReviewState, Times};
use app::sync::{Delivery, Outbox, QueuedState, ShownEntry, Trouble, check, delivery_of, newest_first, view};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What the server adds when it receives something.
fn without_receipts(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    let forget = |times: &mut Times| times.received = None;
    entry.number = None;
    forget(&mut entry.first.times);
    entry.amendments.iter_mut().for_each(|version| forget(&mut version.times));
    entry.reviews.iter_mut().for_each(|event| forget(&mut event.times));
    entry.withdrawn.iter_mut().for_each(forget);
    entry
}

fn shown(view: &BTreeMap<EntryId, ShownEntry>) -> BTreeMap<EntryId, Entry> {
    view.iter().map(|(id, shown)| (*id, without_receipts(&shown.entry))).collect()
}

fn told(records: &Records) -> BTreeMap<EntryId, Entry> {
    records.entries.iter().map(|(id, entry)| (*id, without_receipts(entry))).collect()
}

fn refused() -> QueuedState {
    QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: Rejection::NoRight } }
}

const HELD: fn(u8) -> QueuedState = |entry| QueuedState::Held { waits_for: entry_id(entry) };

/// What everybody knows once these have reached the server.
fn after(commands: impl IntoIterator<Item = Command>) -> Records {
    let mut server = Server::knowing(neighbourhood());
    let batch: Vec<String> = commands.into_iter().map(|command| queued(command).bytes).collect();
    server.push(&batch);
    server.records
}

#[test]
fn a_refused_entry_stays_in_sight_and_can_be_mended_under_the_same_id() {
    let records = neighbourhood();
    // Her post ended while she was offline: neither server nor phone would take it now.
    let written = command(0, Who::Former, write(1, "楼门内堆物"));
    assert_eq!(check(&records, &Outbox::default(), &written), Err(Refusal::Rejected(Rejection::NoRight)));
    let outbox = outbox_in([(written, refused())]);
    let seen = view(&records, &outbox);
    assert_eq!(seen[&entry_id(1)].delivery, Delivery::NeedsPerson);
    assert!(texts(&seen[&entry_id(1)].entry).contains(&"楼门内堆物".to_owned()));
    let mended = command(1, Who::Watcher, write(1, "楼门内堆物"));
    assert!(check(&records, &outbox, &mended).is_ok());
}

#[test]
fn an_entry_from_a_stairwell_that_is_no_longer_known_stays_in_sight() {
    let written = command(0, Who::Watcher, write(1, "一切平安"));
    let seen = view(&Records::default(), &outbox([written]));
    assert_eq!(seen[&entry_id(1)].delivery, Delivery::OnDevice { since: NOON });
}

#[test]
fn a_refused_change_stays_in_sight_and_never_hides_the_newer_one() {
    let records = after([command(0, Who::Watcher, write(1, "灯不亮"))]);
    let first = command(1, Who::Watcher, amend(1, 0, "灯不亮，三楼"));
    let mended = command(2, Who::Watcher, amend(1, 0, "灯不亮，四楼"));
    let seen = view(&records, &outbox_in([(first.clone(), refused())]));
    assert_eq!(seen[&entry_id(1)].entry.current().id, first.id);
    let seen = view(&records, &outbox_in([(first, refused()), (mended.clone(), QueuedState::Waiting)]));
    assert_eq!(seen[&entry_id(1)].entry.current().id, mended.id);
    assert_eq!(texts(&seen[&entry_id(1)].entry).len(), 3);
}

#[test]
fn a_command_is_called_uploaded_only_where_that_is_known() {
    let written = command(0, Who::Watcher, write(1, "灯不亮"));
    let told = after([written.clone()]);
    let acknowledged = QueuedState::Acknowledged { position: 1, number: None };
    let at = |records: &Records, outbox: &Outbox| delivery_of(records, outbox, entry_id(1), command_id(0));
    let nothing = neighbourhood();
    assert_eq!(at(&nothing, &outbox([written.clone()])), Some(Delivery::OnDevice { since: NOON }));
    assert_eq!(at(&nothing, &outbox_in([(written, acknowledged)])), Some(Delivery::Uploaded));
    assert_eq!(at(&told, &Outbox::default()), Some(Delivery::Uploaded));
    assert_eq!(at(&nothing, &Outbox::default()), None, "given up, or another person's");
    assert_eq!(delivery_of(&told, &Outbox::default(), entry_id(1), command_id(7)), None);
}

#[test]
fn a_refused_withdrawal_does_not_hide_the_entry() {
    let records = after([command(0, Who::Watcher, write(1, "灯不亮"))]);
    let withdraw = command(1, Who::Watcher, Act::WithdrawEntry { entry: entry_id(1) });
    let seen = view(&records, &outbox_in([(withdraw, refused())]));
    assert_eq!(seen[&entry_id(1)].entry.withdrawn, None);
    assert_eq!(seen[&entry_id(1)].delivery, Delivery::NeedsPerson);
    let again = command(2, Who::Watcher, amend(1, 0, "灯不亮，三楼"));
    assert!(check(&records, &Outbox::default(), &again).is_ok());
}

#[test]
fn work_that_stands_before_its_entry_is_shown_once_the_entry_is_there() {
    let change = command(1, Who::Watcher, amend(1, 2, "张大娘感冒，已取药"));
    let written = command(2, Who::Watcher, write(1, "张大娘感冒"));
    let seen = view(&neighbourhood(), &outbox([change.clone(), written]));
    assert_eq!(seen[&entry_id(1)].entry.current().id, change.id);
}

#[test]
fn an_offline_answer_shows_at_once_and_is_honest_about_where_it_is() {
    let records = after([
        command(0, Who::Watcher, write(1, "老人不舒服")),
        command(1, Who::SocialWorker, send_back(1, "体温多少？")),
    ]);
    assert_eq!(view(&records, &Outbox::default())[&entry_id(1)].delivery, Delivery::Uploaded);
    let answered = command(2, Who::Watcher, answer(1, 1, "三十七度"));
    let seen = view(&records, &outbox([answered]));
    assert_eq!(seen[&entry_id(1)].entry.review_state(), ReviewState::Answered);
    assert_eq!(seen[&entry_id(1)].delivery, Delivery::OnDevice { since: NOON.plus_minutes(2) });
}

#[test]
fn a_phone_whose_clock_was_wrong_by_years_shows_its_newest_entry_first() {
    let years = 5 * 366 * 24 * 60 * 60_000;
    let write_at = |n: u8, minute: i64, offset: i64| {
        let mut written = command(usize::from(n), Who::Watcher, write(n, "一切平安"));
        written.written = NOON.plus_minutes(minute).plus_millis(-offset);
        written.clock_offset = Some(offset);
        let Act::WriteEntry { entry, .. } = &mut written.act else { unreachable!() };
        *entry = EntryId::from_parts(written.written.millis(), [n; 10]);
        (written, QueuedState::Waiting)
    };
    let seen = view(&neighbourhood(), &outbox_in([write_at(1, 0, 0), write_at(2, 2, years), write_at(3, 1, 0)]));
    let minutes = |entry: &&ShownEntry| entry.entry.written().since(NOON) / 60_000;
    assert_eq!(newest_first(seen.values().collect()).iter().map(minutes).collect::<Vec<_>>(), [2, 1, 0]);
}

#[test]
fn a_question_waits_for_the_author_alone_and_for_nobody_once_the_entry_is_taken_back() {
    let asked = [command(0, Who::Watcher, write(1, "一切平安")), command(1, Who::GridWorker, send_back(1, "几点？"))];
    let records = after(asked.clone());
    let waiting = |records: &Records, who: Who| records.entry(entry_id(1)).unwrap().questions_to(who.id()).count();
    assert_eq!(Who::ALL.map(|who| waiting(&records, who)), [1, 0, 0, 0, 0, 0]);
    let answered = after(asked.into_iter().chain([command(2, Who::Watcher, answer(1, 1, "九点"))]));
    assert_eq!(waiting(&answered, Who::Watcher), 0);
    let mut withdrawn = records.entry(entry_id(1)).unwrap().clone();
    withdrawn.withdrawn = Some(withdrawn.first.times);
    assert_eq!((withdrawn.open_questions().count(), withdrawn.questions_to(Who::Watcher.id()).count()), (1, 0));
}

#[test]
fn an_acknowledged_entry_carries_its_number_before_the_feed_brings_it() {
    let written = command(0, Who::Watcher, write(1, "一切平安"));
    let mut outbox = outbox([written]);
    let batch = outbox.next_batch(100);
    let mut server = Server::knowing(neighbourhood());
    outbox.settle(&batch, &server.push(&batch));
    let seen = view(&neighbourhood(), &outbox);
    assert_eq!(seen[&entry_id(1)].delivery, Delivery::Uploaded);
    let number = seen[&entry_id(1)].entry.number.as_ref().map(ToString::to_string);
    assert_eq!(number.as_deref(), Some("HPXC-20251117-0001"));
}

#[test]
fn the_worst_of_an_entrys_states_is_shown_and_the_oldest_waiting() {
    let written = |n| command(n, Who::Watcher, amend(1, 0, "改一改"));
    let records = after([command(0, Who::Watcher, write(1, "灯不亮"))]);
    let state = |items: Vec<(Command, QueuedState)>| view(&records, &outbox_in(items))[&entry_id(1)].delivery.clone();
    let waiting = || QueuedState::Waiting;
    let since = NOON.plus_minutes(2);
    assert_eq!(state(vec![(written(3), waiting()), (written(2), waiting())]), Delivery::OnDevice { since });
    assert_eq!(state(vec![(written(2), waiting()), (written(3), HELD(1))]), Delivery::OnDevice { since });
    assert_eq!(state(vec![(written(2), waiting()), (written(3), refused())]), Delivery::NeedsPerson);
    assert_eq!(state(vec![(written(2), HELD(1))]), Delivery::Held);
}

fn any_state() -> impl Strategy<Value = QueuedState> {
    let acknowledged = QueuedState::Acknowledged { position: 1, number: None };
    let conflict = QueuedState::NeedsPerson { trouble: Trouble::Conflict };
    prop::sample::select(vec![QueuedState::Waiting, HELD(1), acknowledged, refused(), conflict])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn confirmed_and_pending_together_are_what_the_server_will_say(
        confirmed in any_story(8),
        own in prop::collection::vec(any_act(16), 0..10),
        parts in 1_usize..4,
    ) {
        let mut server = Server::knowing(after(confirmed));
        let mut records = server.records.clone();
        let mut outbox = Outbox::default();
        for (n, act) in own.into_iter().enumerate() {
            let command = command(8 + n, Who::Watcher, act);
            if check(&records, &outbox, &command).is_ok() {
                outbox.push(queued(command));
            }
        }
        let expected = shown(&view(&records, &outbox));
        // However it is cut into pushes, before, between and after them the person sees the same entries.
        loop {
            let batch = outbox.next_batch(parts);
            if batch.is_empty() {
                break;
            }
            let replies = server.push(&batch);
            prop_assert_eq!(outbox.settle(&batch, &replies).len(), batch.len());
            prop_assert_eq!(&shown(&view(&records, &outbox)), &expected);
        }
        prop_assert_eq!(&told(&server.records), &expected);
        for entry in server.records.entries.values() {
            records.absorb(Change::Entry(Entry::clone(entry)));
        }
        prop_assert_eq!(&shown(&view(&records, &outbox)), &expected, "heard by feed before the outbox let go");
        outbox.drop_confirmed(server.position);
        prop_assert!(outbox.items().is_empty());
        let seen = view(&records, &outbox);
        prop_assert_eq!(&shown(&seen), &expected);
        prop_assert!(seen.values().all(|shown| shown.delivery == Delivery::Uploaded));
    }

    #[test]
    fn no_state_claims_too_much_and_no_words_of_ones_own_are_hidden(
        confirmed in any_story(8),
        own in prop::collection::vec((any_act(20), any_state()), 0..10),
        forgotten in any::<bool>(),
    ) {
        let records = if forgotten { Records::default() } else { after(confirmed) };
        let items: Vec<_> = own
            .into_iter()
            .enumerate()
            .map(|(n, (act, state))| (command(8 + n, Who::Watcher, act), state))
            .collect();
        let outbox = outbox_in(items);
        let seen = view(&records, &outbox);
        for item in outbox.items() {
            let command = item.command.as_ref().unwrap();
            let entry = seen.get(&command.act.entry());
            if let Some(entry) = entry {
                let honest = entry.delivery != Delivery::Uploaded || !item.is_unsent();
                prop_assert!(honest, "{:?} is shown as uploaded", item.state);
                let wordless = matches!(command.act, Act::WithdrawEntry { .. } | Act::MarkRead { .. });
                prop_assert!(wordless || entry.entry.has_step(command.id), "{:?} is hidden", command.act);
            }
            if let Act::WriteEntry { .. } = command.act {
                prop_assert!(entry.is_some(), "an own entry has vanished");
            }
        }
        for (id, entry) in &records.entries {
            let shown = texts(&seen[id].entry);
            prop_assert!(texts(entry).iter().all(|text| shown.contains(text)), "a confirmed text is hidden");
            prop_assert!(records.entry(*id).is_some());
        }
    }
}
