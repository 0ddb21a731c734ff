//! What phones have sent since protocol 1, byte for byte (`protocol_1.http`). Installed clients keep sending it, so every
//! later server has to understand it (DESIGN.md 5.5). Lines are only ever added.

use crate::{server::TestServer, world::CHEN};
use app::{
    domain::{Change, EntryPage, PersonCard},
    sync::{Outcome, PullReply, PushReply},
};
use reqwest::header;

const RECORDED: &str = include_str!("protocol_1.http");

/// `WHO PATH [OUTCOME…]` and the body.
struct Request<'r> {
    who: &'r str,
    path: &'r str,
    outcomes: Vec<&'r str>,
    body: &'r str,
}

fn recorded() -> Vec<Request<'static>> {
    let lines: Vec<&str> = RECORDED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let request = |pair: &[&'static str]| {
        let [head, body] = pair else { panic!("a request without its body: {pair:?}") };
        let mut words = head.split(' ');
        Request { who: words.next().unwrap(), path: words.next().unwrap(), outcomes: words.collect(), body }
    };
    lines.chunks(2).map(request).collect()
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Parked { .. } => "parked",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Conflict => "conflict",
    }
}

#[tokio::test]
async fn whatever_phones_of_protocol_1_have_sent_is_understood() {
    let server = TestServer::start().await;
    // As it was sent, and once more: the answer was lost. By then nothing waits any more.
    for parked in ["parked", "accepted"] {
        for Request { who, path, outcomes, body } in recorded() {
            let client = server.signed_in(who).await;
            let answer =
                client.post(path).header(header::CONTENT_TYPE, "application/json").body(body).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{who} {path} {body}");
            let answer = answer.bytes().await.unwrap();
            match path {
                "/api/sync/push" => {
                    let reply: PushReply = serde_json::from_slice(&answer).unwrap();
                    let said: Vec<_> = reply.replies.iter().map(|reply| name(&reply.outcome)).collect();
                    let expected = outcomes.iter().map(|outcome| if *outcome == "parked" { parked } else { *outcome });
                    assert_eq!(said, expected.collect::<Vec<_>>(), "{body}\n{:?}", reply.replies);
                }
                "/api/sync/pull" => drop(serde_json::from_slice::<PullReply>(&answer).unwrap()),
                "/api/log/search" => {
                    let page: EntryPage = serde_json::from_slice(&answer).unwrap();
                    assert!(!page.entries.is_empty(), "{body}");
                }
                "/api/session/me" => drop(serde_json::from_slice::<PersonCard>(&answer).unwrap()),
                _ => panic!("{path}"),
            }
        }
    }
    let changes = server.signed_in(CHEN).await.pull().await.changes;
    let entries: Vec<_> = changes
        .into_iter()
        .filter_map(|change| match change {
            Change::Entry(entry) => Some(entry),
            _ => None,
        })
        .collect();
    let steps: usize = entries.iter().map(|entry| entry.versions().count() + entry.reviews.len()).sum();
    assert_eq!((entries.len(), steps), (4, 9));
    assert_eq!(entries.iter().flat_map(|entry| entry.attachments()).count(), 2);
    server.stop().await;
}
