//! Taking in commands (DESIGN.md 5, LESSONS.md L5, L7).

use super::fixture::*;
use app::domain::*;
use app::store::{PushBatch, StoreError};
use app::sync::Outcome;
use futures::future::join_all;

#[tokio::test]
async fn the_same_command_ten_times_at_once_leaves_one_entry_and_ten_equal_replies() {
    let here = Neighbourhood::new().await;
    let note = [here.note("楼道灯不亮")];
    let replies = join_all((0..10).map(|_| here.push(WANG, &note))).await;
    assert_eq!(number(&replies[0][0]), "HPXC-20251117-0001");
    assert_eq!(replies[0][0].sha256, Sha256Hex::of(note[0].to_bytes().unwrap().as_bytes()));
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(entries(&here.everything(WANG).await).len(), 1);
    assert_eq!(here.engine.counts().await.unwrap().entries, 1);
}

#[tokio::test]
async fn a_command_twice_in_one_push_counts_once() {
    let here = Neighbourhood::new().await;
    let note = here.note("楼道灯不亮");
    let replies = here.push(WANG, &[note.clone(), note]).await;
    assert_eq!(replies[0], replies[1]);
    assert_eq!(here.engine.counts().await.unwrap().entries, 1);
}

#[tokio::test]
async fn other_bytes_under_a_known_id_are_a_conflict_and_both_stay_visible() {
    let here = Neighbourhood::new().await;
    let note = here.note("楼道灯不亮");
    let stored = here.push(WANG, std::slice::from_ref(&note)).await;
    let mut other = here.note("楼道灯亮了");
    other.id = note.id;
    for _ in 0..2 {
        let reply = here.push(WANG, std::slice::from_ref(&other)).await.remove(0);
        assert_eq!(reply.outcome, Outcome::Conflict);
        assert_eq!((reply.id, &reply.sha256), (Some(note.id), &stored[0].sha256));
    }
    let kept = here.engine.conflicts(note.id).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].bytes, other.to_bytes().unwrap());
    assert_eq!((kept[0].sender, kept[0].received, kept[0].device), (here.card(WANG).id, now(), device()));
    let entry = here.entry(WANG, note.act.entry()).await.unwrap();
    assert_eq!(entry.content().part(Part::Problem), Some("楼道灯不亮"));
    assert_eq!(here.push(WANG, &[note]).await, stored, "the first answer still holds");
}

#[tokio::test]
async fn one_bad_command_among_a_hundred_stops_nobody() {
    let here = Neighbourhood::new().await;
    let commands: Vec<Command> = (0..100).map(|i| here.note(&format!("第{i}条"))).collect();
    let mut batch = here.batch(WANG, &commands);
    batch.commands[41] = "{\"id\":".into();
    batch.commands[42] = here.note("字").to_bytes().unwrap().replace("\"字\"", "\"\\u202e\"");
    let replies = here.store.push(batch).await.unwrap();
    let bad = |index: usize| matches!(replies[index].outcome, Outcome::Rejected { .. });
    assert!(bad(41) && bad(42), "{:?} {:?}", replies[41], replies[42]);
    assert_eq!(replies.len(), 100);
    assert_eq!(replies.iter().filter(|reply| matches!(reply.outcome, Outcome::Accepted { .. })).count(), 98);
    assert_eq!(here.engine.counts().await.unwrap().entries, 98);
}

#[tokio::test]
async fn an_answer_that_got_lost_is_harmless() {
    let here = Neighbourhood::new().await;
    let note = [here.note("楼道灯不亮")];
    // The client goes away right after asking: the work is done all the same, and nobody is waiting for it.
    let mut lost = here.store.push(here.batch(WANG, &note));
    assert!(futures::poll!(&mut lost).is_pending());
    drop(lost);
    let again = here.push(WANG, &note).await;
    assert_eq!(number(&again[0]), "HPXC-20251117-0001");
    assert_eq!(here.push(WANG, &note).await, again);
    assert_eq!(here.engine.counts().await.unwrap().entries, 1);
}

#[tokio::test]
async fn commands_of_one_entry_keep_their_order() {
    let here = Neighbourhood::new().await;
    let note = here.note("灯不亮");
    let entry = note.act.entry();
    let amend = |text: &str| here.act(WANG, Act::AmendEntry { entry, replaces: note.id, form: form("01", text) });
    let (first, second) = (amend("灯闪"), amend("灯修好了"));
    here.accept(WANG, &[note.clone(), first, second]).await;
    here.accept(WANG, &[amend("灯又坏了")]).await;
    let entry = here.entry(WANG, entry).await.unwrap();
    // As they were written; what two of them say together stands behind the later one.
    let written = entry.versions().filter(|version| version.merges.is_none());
    let texts: Vec<_> = written.filter_map(|version| version.content.part(Part::Problem)).collect();
    assert_eq!(texts, ["灯不亮", "灯闪", "灯修好了", "灯又坏了"]);
}

#[tokio::test]
async fn somebody_elses_command_is_refused_and_its_author_can_still_send_it() {
    let here = Neighbourhood::new().await;
    let note = [here.note("楼道灯不亮")];
    let refused = here.push(ZHAO, &note).await;
    assert_eq!(refused[0].outcome, Outcome::Rejected { reason: Rejection::AnotherAuthor });
    here.accept(WANG, &note).await;
    assert_eq!(here.push(ZHAO, &note).await, refused, "and it tells nobody else what became of it");
}

#[tokio::test]
async fn another_persons_stairwell_is_refused() {
    let here = Neighbourhood::new().await;
    let note = [here.note_at(WANG, SECOND, "01", now(), "不归我管")];
    let replies = here.push(WANG, &note).await;
    assert_eq!(replies[0].outcome, Outcome::Rejected { reason: Rejection::NoRight });
    assert_eq!(here.push(WANG, &note).await, replies);
    let unknown = [here.note_at(WANG, "9", "01", now(), "没有这个地方")];
    assert!(matches!(here.push(WANG, &unknown).await[0].outcome, Outcome::Rejected { reason: Rejection::Field(_) }));
}

#[tokio::test]
async fn a_rejection_stays_the_same_when_the_state_has_changed() {
    let here = Neighbourhood::new().await;
    let early = [here.note_at(WANG, FIRST, "01", now().plus_minutes(60), "钟快了")];
    let rejected = here.push(WANG, &early).await;
    let reason = FieldError::new(Field::Written, Problem::InFuture).into();
    assert_eq!(rejected[0].outcome, Outcome::Rejected { reason });
    let later =
        PushBatch { received: now().plus_minutes(90), sent_at: now().plus_minutes(90), ..here.batch(WANG, &early) };
    assert_eq!(here.store.push(later).await.unwrap(), rejected);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_where_possible_and_never_stored() {
    let here = Neighbourhood::new().await;
    let note = here.note("灯");
    let unknown_field = note.to_bytes().unwrap().replacen('{', "{\"colour\":1,", 1);
    let too_large = here.note(&"水".repeat(20_000));
    // A phone of ours refuses to make such bytes; another client may not.
    let oversized = serde_json::to_string(&too_large).unwrap();
    let commands = vec!["".into(), "[]".into(), unknown_field, oversized];
    let batch = PushBatch { commands, ..here.batch(WANG, &[]) };
    let replies = here.store.push(batch).await.unwrap();
    assert_eq!(
        replies.iter().map(|reply| reply.id).collect::<Vec<_>>(),
        [None, None, Some(note.id), Some(too_large.id)]
    );
    let malformed = |outcome: &Outcome| matches!(outcome, Outcome::Rejected { reason: Rejection::Malformed { .. } });
    assert!(replies.iter().all(|reply| malformed(&reply.outcome)), "{replies:?}");
    here.accept(WANG, &[note]).await;
}

#[tokio::test]
async fn a_clock_that_was_never_measured_is_corrected_by_the_time_of_sending() {
    let here = Neighbourhood::new().await;
    let hour = 3_600_000;
    let mut unmeasured = here.note_at(WANG, FIRST, "01", now().plus_millis(hour - 60_000), "钟快一小时");
    unmeasured.clock_offset = None;
    let mut measured = unmeasured.clone();
    measured.id = CommandId::from_parts(0, [1; 10]);
    measured.clock_offset = Some(-2 * hour);
    measured.act = here.note("量过").act;
    let commands = [unmeasured.clone(), measured.clone()];
    let batch = PushBatch { sent_at: now().plus_millis(hour), ..here.batch(WANG, &commands) };
    let replies = here.store.push(batch).await.unwrap();
    assert_eq!(replies[0].sha256, Sha256Hex::of(unmeasured.to_bytes().unwrap().as_bytes()), "the bytes are untouched");
    let first = here.entry(WANG, unmeasured.act.entry()).await.unwrap().first.times;
    assert_eq!((first.clock_offset, first.received), (Some(-hour), Some(now())));
    assert_eq!(first.corrected(), now().plus_millis(-60_000));
    let second = here.entry(WANG, measured.act.entry()).await.unwrap().first.times;
    assert_eq!(second.clock_offset, Some(-2 * hour));
}

#[tokio::test]
async fn a_history_keeps_its_own_times_of_receipt() {
    let here = Neighbourhood::new().await;
    let at = |day: i64| now().plus_minutes(-day * 24 * 60);
    let notes: Vec<Command> = (0..3).map(|day| here.note_at(WANG, FIRST, "01", at(day), "往日")).collect();
    let batch = |(day, note): (i64, &Command)| PushBatch {
        sent_at: at(day),
        received: at(day),
        ..here.batch(WANG, std::slice::from_ref(note))
    };
    let replies = here.engine.push_many((0..).zip(&notes).map(batch).collect()).await.unwrap();
    let numbers: Vec<_> = replies.iter().map(|replies| number(&replies[0])).collect();
    assert_eq!(numbers, ["HPXC-20251117-0001", "HPXC-20251116-0001", "HPXC-20251115-0001"]);
    let entry = here.entry(WANG, notes[2].act.entry()).await.unwrap();
    assert_eq!(entry.first.times.received, Some(at(2)));
    assert_eq!(here.push(WANG, &notes[2..]).await, replies[2]);
}

#[tokio::test]
async fn nothing_is_acknowledged_while_the_database_is_gone_and_all_is_well_when_it_is_back() {
    let here = Neighbourhood::new().await;
    let away = here.file.with_extension("away");
    let note = [here.note("灯不亮")];
    std::fs::rename(&here.file, &away).unwrap();
    let gone = here.store.push(here.batch(WANG, &note)).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");
    assert!(here.store.ready().await.is_err());
    std::fs::rename(&away, &here.file).unwrap();
    here.accept(WANG, &note).await;
    assert!(here.store.ready().await.is_ok());
}
