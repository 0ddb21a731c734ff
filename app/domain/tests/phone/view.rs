//! What a person sees is what the server will say, never claims more than is true, and never hides their own words.

use crate::neighbourhood::*;
use crate::notebook::{NOTEBOOK, Note, NoteAct};
use crate::server_model::Server;
use domain::kernel::{Command, Envelope, Known, Look, Record, RecordKey, Refusal, Rejection};
use domain::kinds::Kinds;
use domain::sync::{Cursor, Delivery, Outbox, Overlay, QueuedState, Records, Trouble, View, check, delivery_of};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A note without what the server adds.
fn without_number(note: &Note) -> Note {
    Note { number: None, ..note.clone() }
}

fn shown(records: &Records, outbox: &Outbox) -> BTreeMap<RecordKey, (Note, Delivery)> {
    let overlay = Overlay::of(records, outbox);
    let view = View::new(records, &overlay);
    let one = |shown: domain::sync::Shown| {
        let note = without_number(shown.read::<Note>().expect("a note"));
        (note.key(), (note, shown.delivery))
    };
    view.of_kind(Note::KIND).into_iter().map(one).collect()
}

fn notes(shown: &BTreeMap<RecordKey, (Note, Delivery)>) -> Vec<Note> {
    shown.values().map(|(note, _)| note.clone()).collect()
}

fn told(records: &Records) -> Vec<Note> {
    records.all::<Note>().map(without_number).collect()
}

/// What everybody knows once these have reached the server.
fn after(commands: impl IntoIterator<Item = Command>) -> Records {
    let mut server = Server::knowing(neighbourhood());
    let batch: Vec<String> = commands.into_iter().map(|command| queued(command).bytes).collect();
    server.push(&batch);
    server.records
}

fn seen(records: &Records, outbox: &Outbox, n: u8) -> (Vec<String>, Delivery) {
    let (note, delivery) = shown(records, outbox).remove(&note_key(n)).expect("it is shown");
    (note.texts().into_iter().map(str::to_owned).collect(), delivery)
}

#[test]
fn a_refused_note_stays_in_sight_and_can_be_mended_under_the_same_id() {
    let records = neighbourhood();
    // Her post ended while she was offline: neither server nor phone would take it now.
    let written = command(0, Who::Former, write(1, "楼门内堆物"));
    let refusal = check(&records, &Outbox::default(), &written).err();
    assert_eq!(refusal, Some(Refusal::Rejected(Rejection::NO_RIGHT.into())));
    let outbox = outbox_in([(written, refused())]);
    assert_eq!(seen(&records, &outbox, 1), (vec!["楼门内堆物".to_owned()], Delivery::NeedsPerson));
    let mended = command(1, Who::Watcher, write(1, "楼门内堆物"));
    assert!(check(&records, &outbox, &mended).is_ok());
}

#[test]
fn a_note_from_a_stairwell_that_is_no_longer_known_stays_in_sight() {
    let written = command(0, Who::Watcher, write(1, "一切平安"));
    let (_, delivery) = seen(&Records::new(kinds()), &outbox([written]), 1);
    assert_eq!(delivery, Delivery::OnDevice { since: NOON });
}

#[test]
fn words_about_a_note_that_is_itself_refused_stay_in_sight_too() {
    let outbox = outbox_in([
        (command(1, Who::Former, add(1, "三楼")), refused()),
        (command(2, Who::Former, write(1, "灯不亮")), refused()),
    ]);
    assert_eq!(seen(&neighbourhood(), &outbox, 1).0, ["灯不亮", "三楼"]);
}

#[test]
fn a_command_is_called_uploaded_only_where_that_is_known() {
    let written = command(0, Who::Watcher, write(1, "灯不亮"));
    let told = after([written.clone()]);
    let at = |records: &Records, outbox: &Outbox| delivery_of(records, outbox, &note_key(1), command_id(0));
    let nothing = neighbourhood();
    assert_eq!(at(&nothing, &outbox([written.clone()])), Some(Delivery::OnDevice { since: NOON }));
    assert_eq!(at(&nothing, &outbox_in([(written, acknowledged(1))])), Some(Delivery::Uploaded));
    assert_eq!(at(&told, &Outbox::default()), Some(Delivery::Uploaded));
    assert_eq!(at(&nothing, &Outbox::default()), None, "given up, or another person's");
    assert_eq!(delivery_of(&told, &Outbox::default(), &note_key(1), command_id(7)), None);
}

#[test]
fn a_refused_step_without_words_changes_nothing_and_is_marked() {
    let records = after([command(0, Who::Watcher, write(1, "灯不亮"))]);
    let outbox = outbox_in([(command(1, Who::Watcher, tick(1)), refused())]);
    let (note, delivery) = shown(&records, &outbox).remove(&note_key(1)).unwrap();
    assert!(note.ticks.is_empty());
    assert_eq!(delivery, Delivery::NeedsPerson);
}

#[test]
fn work_that_stands_before_its_note_is_shown_once_the_note_is_there() {
    let line = command(1, Who::Watcher, add(1, "已取药"));
    let written = command(2, Who::Watcher, write(1, "张大娘感冒"));
    assert_eq!(seen(&neighbourhood(), &outbox([line, written]), 1).0, ["张大娘感冒", "已取药"]);
}

#[test]
fn what_one_device_did_to_one_record_keeps_its_order_behind_what_waits() {
    let records = after([command(0, Who::Watcher, write(1, "一"))]);
    let linked = command(1, Who::Watcher, link(1, 2, "二"));
    let line = command(2, Who::Watcher, add(1, "三"));
    let outbox = |more: Vec<Command>| outbox([linked.clone(), line.clone()].into_iter().chain(more));
    // Both wait on the server for the second note; their words are in sight in their order.
    assert_eq!(seen(&records, &outbox(vec![]), 1).0, ["一", "二", "三"]);
    let second = command(3, Who::Watcher, write(2, "另一条"));
    assert_eq!(seen(&records, &outbox(vec![second]), 1).0, ["一", "二", "三"]);
    let check = |n, act| {
        check(&records, &outbox(vec![]), &command(n, Who::Watcher, act)).map(|effects| effects.records().len())
    };
    assert_eq!(check(4, add(1, "四")), Ok(1), "nothing speaks against writing on");
}

#[test]
fn an_acknowledged_note_carries_its_number_before_the_feed_brings_it() {
    let mut outbox = outbox([command(0, Who::Watcher, write(1, "一切平安"))]);
    let batch = outbox.next_batch(100);
    outbox.settle(&batch, &Server::knowing(neighbourhood()).push(&batch));
    let records = neighbourhood();
    let overlay = Overlay::of(&records, &outbox);
    let shown = View::new(&records, &overlay).shown(&note_key(1)).unwrap();
    assert_eq!(shown.delivery, Delivery::Uploaded);
    assert_eq!(shown.number.as_deref(), Some("HPXC-20251117-N0001"));
    assert_eq!(shown.shared::<Note>().map(|note| note.lines.len()), Some(1));
}

#[test]
fn the_worst_of_a_records_states_is_shown_and_the_oldest_waiting() {
    let line = |n| command(n, Who::Watcher, add(1, "改一改"));
    let records = after([command(0, Who::Watcher, write(1, "灯不亮"))]);
    let state = |items: Vec<(Command, QueuedState)>| seen(&records, &outbox_in(items), 1).1;
    let waiting = || QueuedState::Waiting;
    let since = minutes(2);
    assert_eq!(state(vec![(line(3), waiting()), (line(2), waiting())]), Delivery::OnDevice { since });
    assert_eq!(state(vec![(line(2), waiting()), (line(3), parked(1))]), Delivery::OnDevice { since });
    assert_eq!(state(vec![(line(2), waiting()), (line(3), refused())]), Delivery::NeedsPerson);
    assert_eq!(state(vec![(line(2), parked(1))]), Delivery::Parked);
    assert_eq!(state(vec![(line(2), QueuedState::AwaitsDecision)]), Delivery::AwaitsDecision);
    let too_old = QueuedState::AwaitsServer { version: "0.1.0".into() };
    assert_eq!(state(vec![(line(2), too_old), (line(3), parked(1))]), Delivery::AwaitsServer);
}

#[test]
fn the_place_of_a_new_note_is_not_called_unsent() {
    let records = neighbourhood();
    let overlay = Overlay::of(&records, &three());
    let view = View::new(&records, &overlay);
    let place = domain::organisation::Place::key_of(community(), stairwell(1));
    assert_eq!(view.shown(&place).map(|shown| shown.delivery), Some(Delivery::Uploaded));
}

#[test]
fn what_the_phone_saves_without_the_part_of_the_program_that_shows_it_is_kept_and_marked() {
    let records = Records::new(Kinds::of(&[&domain::organisation::MODULE]));
    let outbox = three();
    let overlay = Overlay::of(&records, &outbox);
    let view = View::new(&records, &overlay);
    assert!(view.shown(&note_key(1)).is_none());
    assert_eq!(view.delivery(&note_key(1)), Some(Delivery::OnDevice { since: NOON }));
    let mut records = records;
    records.learn(&NOTEBOOK);
    assert_eq!(shown(&records, &outbox).len(), 3);
}

fn any_state() -> impl Strategy<Value = QueuedState> {
    let conflict = QueuedState::NeedsPerson { trouble: Trouble::Conflict };
    let too_old = QueuedState::AwaitsServer { version: "0".into() };
    prop::sample::select(vec![
        QueuedState::Waiting,
        parked(1),
        QueuedState::AwaitsDecision,
        too_old,
        acknowledged(1_000),
        refused(),
        conflict,
    ])
}

fn words(act: &(Vec<RecordKey>, NoteAct)) -> bool {
    !matches!(act.1, NoteAct::TickNote {})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn confirmed_and_pending_together_are_what_the_server_will_say(
        confirmed in any_story(8),
        own in prop::collection::vec(any_act(), 0..10),
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
        let expected = notes(&shown(&records, &outbox));
        // However it is cut into pushes, before, between and after them the person sees the same notes.
        loop {
            let batch = outbox.next_batch(parts);
            if batch.is_empty() {
                break;
            }
            let settled = outbox.settle(&batch, &server.push(&batch));
            prop_assert_eq!(settled.changed.len(), batch.len());
            prop_assert_eq!(&notes(&shown(&records, &outbox)), &expected);
        }
        prop_assert_eq!(&told(&server.records), &expected);
        let news: Vec<Envelope> =
            server.records.all::<Note>().map(|note| envelope(note, server.position)).collect();
        records.take_in(news);
        prop_assert_eq!(&notes(&shown(&records, &outbox)), &expected, "heard by feed before the outbox let go");
        outbox.drop_confirmed(&[Cursor { community: community(), position: server.position, scope: String::new() }]);
        prop_assert!(outbox.items().is_empty());
        let seen = shown(&records, &outbox);
        prop_assert_eq!(&notes(&seen), &expected);
        prop_assert!(seen.values().all(|(_, delivery)| *delivery == Delivery::Uploaded));
    }

    #[test]
    fn no_state_claims_too_much_and_no_words_of_ones_own_are_hidden(
        confirmed in any_story(8),
        own in prop::collection::vec((any_act(), any_state()), 0..10),
        forgotten in any::<bool>(),
    ) {
        let records = if forgotten { Records::new(kinds()) } else { after(confirmed) };
        let own: Vec<_> = own.into_iter().enumerate().collect();
        let items = own.iter().map(|(n, (act, state))| (command(8 + n, Who::Watcher, act.clone()), state.clone()));
        let outbox = outbox_in(items);
        let seen = shown(&records, &outbox);
        for (item, (_, (act, _))) in outbox.items().iter().zip(&own) {
            let command = item.command.as_ref().unwrap();
            let note = seen.get(command.head.first());
            if let Some((note, delivery)) = note {
                let honest = *delivery != Delivery::Uploaded || !item.is_unsent();
                prop_assert!(honest, "{:?} is shown as uploaded", item.state);
                prop_assert!(!words(act) || note.has_step(command.head.id), "{} is hidden", command.act);
            }
            if let NoteAct::WriteNote { .. } = act.1 {
                prop_assert!(note.is_some(), "an own note has vanished");
            }
        }
        for note in records.all::<Note>() {
            let (shown, _) = &seen[&note.key()];
            let texts = shown.texts();
            prop_assert!(note.texts().iter().all(|text| texts.contains(text)), "a confirmed text is hidden");
            prop_assert!(matches!(records.look(&note.key()), Look::Here(_)));
        }
    }
}
