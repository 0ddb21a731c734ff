//! Push and pull as phones and tablets use them.

use crate::{
    server::{TestServer, error_of},
    world::{CHEN, GRID, LI, PASSWORD, STAIRWELL, WANG, account, bytes, command, device, entry, person},
};
use app::{
    domain::{Act, Change, Part, Role, Sha256Hex},
    sync::{Outcome, PullReply},
};
use futures::future::join_all;
use serde_json::json;
use server::{clock::now, store::hash_password};

#[tokio::test]
async fn the_same_push_ten_times_at_once_leaves_one_entry_and_ten_equal_answers() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let commands = [bytes(&entry(WANG, STAIRWELL, "张大娘感冒两天"))];
    let answers = join_all((0..10).map(|_| client.push(&commands))).await;
    for answer in &answers {
        assert_eq!(answer.replies, answers[0].replies);
    }
    let reply = &answers[0].replies[0];
    assert!(matches!(reply.outcome, Outcome::Accepted { number: Some(_), .. }), "{reply:?}");
    assert_eq!(reply.sha256, Sha256Hex::of(commands[0].as_bytes()));
    assert_eq!(server.store.counts().await.unwrap().entries, 1);
    server.stop().await;
}

#[tokio::test]
async fn other_bytes_under_the_same_id_are_a_conflict_and_both_are_kept() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let first = entry(WANG, STAIRWELL, "先写的");
    let mut second = entry(WANG, STAIRWELL, "后写的");
    second.id = first.id;
    client.push(&[bytes(&first)]).await;
    let reply = client.push(&[bytes(&second)]).await.replies.remove(0);
    assert_eq!(reply.outcome, Outcome::Conflict);
    assert_eq!(reply.sha256, Sha256Hex::of(bytes(&first).as_bytes()));
    let kept = server.store.conflicts(first.id).await.unwrap();
    assert_eq!(kept[0].bytes, bytes(&second));
    server.stop().await;
}

#[tokio::test]
async fn one_bad_command_among_a_hundred_stops_nobody() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut commands: Vec<String> = (0..99).map(|n| bytes(&entry(WANG, STAIRWELL, &format!("第{n}条")))).collect();
    commands.insert(50, "{}".to_owned());
    let replies = client.push(&commands).await.replies;
    let accepted = replies.iter().filter(|reply| matches!(reply.outcome, Outcome::Accepted { .. }));
    assert_eq!((replies.len(), accepted.count()), (100, 99));
    assert!(matches!(replies[50].outcome, Outcome::Rejected { .. }));
    server.stop().await;
}

#[tokio::test]
async fn an_entry_goes_from_phone_to_tablet_and_the_question_comes_back() {
    let server = TestServer::start().await;
    let (phone, tablet) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let written = entry(WANG, STAIRWELL, "张大娘感冒两天");
    let id = written.act.entry();
    phone.push(&[bytes(&written)]).await;
    let seen = |changes: Vec<Change>| {
        let entries = changes.into_iter().filter_map(|change| match change {
            Change::Entry(entry) => Some(entry),
            _ => None,
        });
        entries.collect::<Vec<_>>()
    };
    assert_eq!(seen(tablet.pull().await.changes)[0].id, id);

    let question = Act::SendBack { entry: id, part: Part::Measures, question: "紧急联系人？".to_owned() };
    let replies = tablet.push(&[bytes(&command(CHEN, question))]).await.replies;
    assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    assert_eq!(seen(phone.pull().await.changes)[0].open_questions().count(), 1);

    // The watcher of the next stairwell hears nothing of it.
    let neighbour = server.signed_in(LI).await;
    assert_eq!(seen(neighbour.pull().await.changes), []);
    server.stop().await;
}

#[tokio::test]
async fn every_reply_says_for_whom_it_is_so_that_a_page_notices_when_somebody_else_has_signed_in() {
    let server = TestServer::start().await;
    let browser = server.signed_in(WANG).await;
    let wang = entry(WANG, STAIRWELL, "一切平安");
    assert_eq!(browser.push(&[bytes(&wang)]).await.server.person, wang.author);
    assert_eq!(browser.pull().await.server.person, wang.author);
    assert_eq!(browser.sign_in(CHEN, PASSWORD).await.status(), 200);
    let chen = command(CHEN, Act::MarkRead { entry: wang.act.entry() });
    assert_eq!(browser.pull().await.server.person, chen.author);
    assert_eq!(browser.push(&[bytes(&wang)]).await.server.person, chen.author);
    server.stop().await;
}

#[tokio::test]
async fn search_finds_words_that_travel_in_the_body_and_only_what_one_may_see() {
    let server = TestServer::start().await;
    let phone = server.signed_in(WANG).await;
    phone.push(&[bytes(&entry(WANG, STAIRWELL, "厨房漏水")), bytes(&entry(WANG, STAIRWELL, "一切平安"))]).await;
    let request = json!({ "request": { "filter": { "words": "漏水" }, "limit": 50 } });
    for (login, expected) in [(WANG, 1), (CHEN, 1), (LI, 0)] {
        let answer = server.signed_in(login).await.post_json("/api/log/search", &request).await;
        assert_eq!(answer.status(), 200);
        let page: app::domain::EntryPage = answer.json().await.unwrap();
        assert_eq!(page.entries.len(), expected, "{login}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_speaks_no_protocol_is_too_old() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let push = json!({ "request": { "protocol": 0, "device": device(), "sent_at": 0, "commands": [] } });
    let pull = json!({ "request": { "protocol": 0, "limit": 1 } });
    for (path, request) in [("/api/sync/push", push), ("/api/sync/pull", pull)] {
        let answer = client.post_json(path, &request).await;
        assert_eq!(answer.status(), 426, "{path}");
        assert_eq!(error_of(answer).await, "too_old");
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_is_let_in_after_their_account_was_closed_brings_and_reads_what_is_theirs_alone() {
    let server = TestServer::start().await;
    server.store.add_account(account("sun", "孙某", Role::GridWorker, GRID)).await.unwrap();
    let colleague = entry("sun", STAIRWELL, "网格员写的");
    server.signed_in("sun").await.push(&[bytes(&colleague)]).await;
    let phone = server.signed_in(WANG).await;
    let sent = entry(WANG, STAIRWELL, "传上去的");
    phone.push(&[bytes(&sent)]).await;
    let before = phone.pull().await;
    assert!(before.changes.len() > 2, "{before:?}");

    let mut unsent = entry(WANG, STAIRWELL, "没传上去的");
    unsent.written = unsent.written.plus_minutes(-1);
    server.store.close_account(WANG, now()).await.unwrap();
    server.store.set_password(WANG, hash_password(PASSWORD).unwrap()).await.unwrap();
    let phone = server.signed_in(WANG).await;
    let replies = phone.push(&[bytes(&unsent)]).await.replies;
    assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    // A phone that was signed out, and one that still has what its person could see before.
    let anew = phone.pull().await;
    let request = json!({ "request": { "protocol": 1, "cursor": before.next, "limit": 1000 } });
    let answer = phone.post_json("/api/sync/pull", &request).await;
    assert_eq!(answer.status(), 200);
    let further: PullReply = answer.json().await.unwrap();
    assert!(further.start_over, "what is not theirs to see any more stays on the phone");
    for reply in [anew, further] {
        let told = |change| match change {
            Change::Entry(entry) if entry.author == person(WANG) => entry.id,
            other => panic!("told of {other:?}"),
        };
        let told: Vec<_> = reply.changes.into_iter().map(told).collect();
        assert_eq!((told, reply.more), (vec![sent.act.entry(), unsent.act.entry()], false));
    }
    server.stop().await;
}

#[tokio::test]
async fn somebody_who_never_had_a_post_may_not_pull() {
    let server = TestServer::start().await;
    let mut account = account("gone", "赵某", Role::Watcher, STAIRWELL);
    account.card.memberships.clear();
    server.store.add_account(account).await.unwrap();
    let client = server.signed_in("gone").await;
    let answer = client.post_json("/api/sync/pull", &json!({ "request": { "protocol": 1, "limit": 1 } })).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(error_of(answer).await, "forbidden");
    server.stop().await;
}

#[tokio::test]
async fn a_push_to_a_database_that_is_gone_is_unavailable_and_acknowledges_nothing() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    std::fs::remove_dir_all(server.database().parent().unwrap()).unwrap();
    let answer = client.push_raw(&[bytes(&entry(WANG, STAIRWELL, "没地方存"))]).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(error_of(answer).await, "unavailable");
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_take_it() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let commands: Vec<String> = (0..20).map(|n| bytes(&entry(WANG, STAIRWELL, &format!("第{n}条")))).collect();
    client.push(&commands).await;
    let request = client.post("/api/sync/pull").header("accept-encoding", "gzip");
    let body = json!({ "request": { "protocol": 1, "limit": 1000 } });
    let answer = request.json(&body).send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    server.stop().await;
}
