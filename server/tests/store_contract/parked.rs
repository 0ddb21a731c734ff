//! Commands that arrive before the entry they are about (LESSONS.md L14).

use super::fixture::*;
use app::domain::*;
use app::store::PushBatch;
use app::sync::Outcome;

fn send_back(here: &Neighbourhood, entry: EntryId, question: &str) -> Command {
    here.act(LI, Act::SendBack { entry, part: Part::Problem, question: question.into() })
}

#[tokio::test]
async fn they_wait_and_then_apply_in_the_order_of_arrival_with_their_own_times() {
    let here = Neighbourhood::new().await;
    let note = here.note("水管漏水");
    let entry = note.act.entry();
    let (first, second) = ([send_back(&here, entry, "几楼？")], [send_back(&here, entry, "哪家？")]);
    let parked = here.push(LI, &first).await;
    assert_eq!(parked[0].outcome, Outcome::Parked { waits_for: entry });
    assert_eq!(here.push(LI, &first).await, parked, "the same answer again");
    let later = now().plus_minutes(1);
    here.store.push(PushBatch { received: later, sent_at: later, ..here.batch(LI, &second) }).await.unwrap();

    let arrival = now().plus_minutes(5);
    let written =
        here.store.push(PushBatch { received: arrival, sent_at: arrival, ..here.batch(WANG, &[note]) }).await.unwrap();
    let entry = here.entry(WANG, entry).await.unwrap();
    let questions: Vec<_> =
        entry.open_questions().map(|(event, _, text)| (text.as_str(), event.times.received)).collect();
    assert_eq!(questions, [("几楼？", Some(now())), ("哪家？", Some(later))]);
    assert_eq!(entry.reviews[0].by, here.card(LI).id);

    let applied = here.push(LI, &first).await;
    assert!(position(&applied[0]) > position(&written[0]), "{applied:?}");
    assert_eq!(applied[0].sha256, parked[0].sha256);
    assert_eq!(here.push(LI, &first).await, applied);
    let page = here.everything(LI).await;
    assert_eq!(entries(&page)[0].open_questions().count(), 2);
}

#[tokio::test]
async fn what_turns_out_to_be_wrong_is_rejected_then_and_stays_so() {
    let here = Neighbourhood::new().await;
    let note = here.note("水管漏水");
    let answer = Act::Answer { entry: note.act.entry(), question: note.id, text: "三楼".into() };
    let answer = [here.act(WANG, answer)];
    assert!(matches!(here.push(WANG, &answer).await[0].outcome, Outcome::Parked { .. }));
    here.accept(WANG, std::slice::from_ref(&note)).await;
    let rejected = here.push(WANG, &answer).await;
    assert_eq!(rejected[0].outcome, Outcome::Rejected { reason: Rejection::NoSuchQuestion });
    assert_eq!(here.push(WANG, &answer).await, rejected);
    assert!(here.entry(WANG, note.act.entry()).await.unwrap().reviews.is_empty());
}

#[tokio::test]
async fn within_one_push_the_answer_is_the_final_one() {
    let here = Neighbourhood::new().await;
    let note = here.note("水管漏水");
    let amend = Act::AmendEntry { entry: note.act.entry(), replaces: note.id, form: form("04", "三楼水管漏水") };
    let replies = here.push(WANG, &[here.act(WANG, amend), note.clone()]).await;
    assert!(position(&replies[0]) > position(&replies[1]));
    let entry = here.entry(WANG, note.act.entry()).await.unwrap();
    assert_eq!(entry.content().part(Part::Problem), Some("三楼水管漏水"));
}

#[tokio::test]
async fn an_entry_that_is_rejected_leaves_them_waiting() {
    let here = Neighbourhood::new().await;
    let note = here.note_at(WANG, SECOND, "01", now(), "不归我管");
    let withdraw = here.act(WANG, Act::WithdrawEntry { entry: note.act.entry() });
    let replies = here.push(WANG, &[note.clone(), withdraw]).await;
    assert_eq!(replies[0].outcome, Outcome::Rejected { reason: Rejection::NoRight });
    assert_eq!(replies[1].outcome, Outcome::Parked { waits_for: note.act.entry() });
}
