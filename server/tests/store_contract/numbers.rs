//! The number of an entry (DOMAIN.md 2.2): per community and day of writing, in Shanghai.

use super::fixture::*;
use app::domain::*;
use futures::future::join_all;
use std::collections::BTreeSet;

#[tokio::test]
async fn the_day_turns_at_midnight_in_shanghai_also_at_the_edge_of_a_year() {
    let here = Neighbourhood::new().await;
    let new_year = Day::from_numbers(2025, 1, 1).unwrap().start();
    let times = [new_year.plus_millis(-1), new_year, new_year.plus_millis(1), new_year.plus_millis(-2)];
    let notes: Vec<Command> = times.iter().map(|at| here.note_at(WANG, FIRST, "01", *at, "跨年")).collect();
    let mut numbers = Vec::new();
    for note in &notes {
        numbers.push(number(&here.push(WANG, std::slice::from_ref(note)).await[0]));
    }
    let expected = ["HPXC-20241231-0001", "HPXC-20250101-0001", "HPXC-20250101-0002", "HPXC-20241231-0002"];
    assert_eq!(numbers, expected);
    let stored = here.entry(WANG, notes[3].act.entry()).await.unwrap().number;
    assert_eq!(stored.map(|number| number.to_string()).as_deref(), Some(expected[3]));
}

#[tokio::test]
async fn many_at_once_get_every_number_once() {
    let here = Neighbourhood::new().await;
    let pushes: Vec<_> = (0..40).map(|i| [here.note(&format!("第{i}条"))]).collect();
    let replies = join_all(pushes.iter().map(|note| here.push(WANG, note))).await;
    let numbers: BTreeSet<String> = replies.iter().map(|replies| number(&replies[0])).collect();
    let expected: BTreeSet<String> = (1..=40).map(|serial| format!("HPXC-20251117-{serial:04}")).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn only_what_is_accepted_takes_a_number() {
    let here = Neighbourhood::new().await;
    here.push(WANG, &[here.note_at(WANG, SECOND, "01", now(), "不归我管"), here.note("")]).await;
    let note = here.note("灯不亮");
    let amend = Act::AmendEntry { entry: note.act.entry(), replaces: note.id, form: form("04", "灯还不亮") };
    here.accept(WANG, &[note, here.act(WANG, amend)]).await;
    assert_eq!(number(&here.push(WANG, &[here.note("再一条")]).await[0]), "HPXC-20251117-0002");
}
