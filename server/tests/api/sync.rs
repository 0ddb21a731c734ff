//! Push and pull as phones and tablets use them.

use crate::{
    server::{Client, LINES, TestServer, error_of, pull_body, push_body},
    world::{
        self, CHEN, LI, PASSWORD, STAIRWELL, WANG, account, act_on, appoint, bytes, close_and_let_in, entries, entry,
        entry_of, person,
    },
};
use domain::{
    kernel::{PersonId, Sha256, Span, json},
    log::{Act, EntryPage, Part},
    organisation::Person,
    store::Store,
    sync::{CommandReply, Outcome, PROTOCOL, PullReply, PushReplyHead},
};
use futures::future::join_all;
use reqwest::header;
use serde_json::json;

fn accepted(replies: &[CommandReply]) -> usize {
    replies.iter().filter(|reply| matches!(reply.outcome, Outcome::Accepted { .. })).count()
}

#[tokio::test]
async fn the_same_push_ten_times_at_once_leaves_one_entry_and_ten_answers_that_say_the_same() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let commands = [bytes(&entry(WANG, STAIRWELL, "张大娘感冒两天"))];
    let replies: Vec<_> = join_all((0..10).map(|_| client.push(&commands))).await.into_iter().flatten().collect();
    assert_eq!(accepted(&replies), 1, "the others had it before: {replies:?}");
    let stored = world::as_stored(&replies[0]);
    assert!(matches!(stored.outcome, Outcome::Accepted { number: Some(_), .. }), "{stored:?}");
    assert_eq!(stored.sha256, Sha256::of(commands[0].as_bytes()));
    assert!(replies.iter().all(|reply| world::as_stored(reply) == stored), "{replies:?}");
    assert_eq!(server.store.counts().await.unwrap().entries, 1);
    server.stop().await;
}

#[tokio::test]
async fn other_bytes_under_the_same_id_are_a_conflict_and_both_are_kept() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let first = entry(WANG, STAIRWELL, "先写的");
    let mut second = entry(WANG, STAIRWELL, "后写的");
    second.head.id = first.head.id;
    client.push(&[bytes(&first)]).await;
    let reply = client.push(&[bytes(&second)]).await.remove(0);
    assert_eq!(reply.outcome, Outcome::Conflict);
    assert_eq!(reply.sha256, Sha256::of(bytes(&first).as_bytes()));
    let kept = server.store.conflicts(first.head.id).await.unwrap();
    assert_eq!(kept[0].bytes, bytes(&second));
    server.stop().await;
}

#[tokio::test]
async fn one_bad_command_among_a_hundred_stops_nobody_and_each_has_its_own_line() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut commands: Vec<String> = (0..99).map(|n| bytes(&entry(WANG, STAIRWELL, &format!("第{n}条")))).collect();
    commands.insert(50, "{}".to_owned());
    let answer = client.push_raw(&commands).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], LINES);
    let body = answer.text().await.unwrap();
    let mut lines = body.lines();
    let head: PushReplyHead = json::read(lines.next().unwrap().as_bytes()).unwrap();
    assert_eq!((head.server.person, head.server.epoch), (person(WANG), server.store.epoch()));
    let replies: Vec<CommandReply> = lines.map(|line| json::read(line.as_bytes()).unwrap()).collect();
    let hashes: Vec<_> = replies.iter().map(|reply| reply.sha256).collect();
    let expected: Vec<_> = commands.iter().map(|command| Sha256::of(command.as_bytes())).collect();
    assert_eq!((hashes, accepted(&replies)), (expected, 99), "one line a command, in their order");
    assert_eq!(replies[50].id, None);
    let Outcome::Rejected { reason } = &replies[50].outcome else { panic!("{:?}", replies[50]) };
    assert_eq!(reason.code, "malformed");
    server.stop().await;
}

#[tokio::test]
async fn an_entry_goes_from_phone_to_tablet_and_the_question_comes_back() {
    let server = TestServer::start().await;
    let (phone, tablet) = (server.signed_in(WANG).await, server.signed_in(CHEN).await);
    let written = entry(WANG, STAIRWELL, "张大娘感冒两天");
    phone.push(&[bytes(&written)]).await;
    let seen = entries(&tablet.pull().await.envelopes);
    assert_eq!(seen[0].id, entry_of(&written));

    let (version, question) = (seen[0].version(), "紧急联系人？".to_owned());
    let question = Act::SendBack { version, part: Part::Measures, question };
    let replies = tablet.push(&[bytes(&act_on(CHEN, &written, &question))]).await;
    assert_eq!(accepted(&replies), 1, "{replies:?}");
    assert_eq!(entries(&phone.pull().await.envelopes)[0].open_questions().count(), 1);

    // The watcher of the next stairwell hears nothing of it.
    let neighbour = server.signed_in(LI).await;
    assert_eq!(entries(&neighbour.pull().await.envelopes), []);
    server.stop().await;
}

#[tokio::test]
async fn what_comes_before_its_entry_waits_for_it_and_then_answers_as_what_it_became() {
    let server = TestServer::start().await;
    let phone = server.signed_in(WANG).await;
    let written = entry(WANG, STAIRWELL, "写错了");
    let taken_back = bytes(&act_on(WANG, &written, &Act::WithdrawEntry {}));
    let reply = phone.push(std::slice::from_ref(&taken_back)).await.remove(0);
    assert_eq!(reply.outcome, Outcome::Parked { waits_for: written.head.first().clone() });
    assert_eq!(accepted(&phone.push(&[bytes(&written)]).await), 1);
    let reply = phone.push(&[taken_back]).await.remove(0);
    assert!(matches!(reply.outcome, Outcome::Duplicate { .. }), "{reply:?}");
    assert!(entries(&phone.pull().await.envelopes)[0].withdrawn().is_some());
    server.stop().await;
}

#[tokio::test]
async fn what_somebody_parks_beyond_their_room_is_for_later_and_costs_nobody_else_theirs() {
    let server = TestServer::start().await;
    let (wang, li) = (server.signed_in(WANG).await, server.signed_in(LI).await);
    let waiting = |login| {
        let unheard = (0..100).map(|_| entry(login, STAIRWELL, "还没传"));
        unheard.map(|unheard| bytes(&act_on(login, &unheard, &Act::WithdrawEntry {}))).collect::<Vec<_>>()
    };
    let parked = |replies: &[CommandReply]| {
        replies.iter().filter(|reply| matches!(reply.outcome, Outcome::Parked { .. })).count()
    };
    for _ in 0..2 {
        assert_eq!(parked(&wang.push(&waiting(WANG)).await), 100);
    }
    let mut commands = waiting(WANG);
    commands[50] = bytes(&entry(WANG, STAIRWELL, "照样收下"));
    let replies = wang.push(&commands).await;
    let later = replies.iter().filter(|reply| reply.outcome == Outcome::Later).count();
    assert_eq!((accepted(&replies[50..51]), later), (1, 99), "{replies:?}");
    assert_eq!(parked(&li.push(&waiting(LI)).await), 100);
    server.stop().await;
}

#[tokio::test]
async fn an_act_that_the_server_does_not_know_is_said_so_and_remembered_nowhere() {
    let server = TestServer::start().await;
    let phone = server.signed_in(WANG).await;
    let written = entry(WANG, STAIRWELL, "楼道灯不亮");
    let [head, act] = bytes(&written).split('\n').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
    let newer = [
        ("an act", format!("{head}\n{{\"blow_whistle\":{{}}}}")),
        ("a field of an act", format!("{head}\n{}", act.replacen("\"form\":", "\"colour\":\"red\",\"form\":", 1))),
        (
            "a field of a form",
            format!("{head}\n{}", act.replacen("\"problem\":", "\"colour\":\"red\",\"problem\":", 1)),
        ),
        ("a field of a head", format!("{}\n{act}", head.replacen('{', "{\"colour\":\"red\",", 1))),
        ("an actor", format!("{}\n{act}", head.replacen("\"person\":", "\"robot\":", 1))),
        ("a category", format!("{head}\n{}", act.replacen("\"category\":\"09\"", "\"category\":\"13\"", 1))),
        ("an urgency", format!("{head}\n{}", act.replacen("\"urgency\":\"", "\"urgency\":\"9", 1))),
        ("a kind of record", format!("{}\n{{\"blow_whistle\":{{}}}}", head.replacen("/entry/", "/whistle/", 1))),
    ];
    let before = server.store.heads().await.unwrap();
    for (what, bytes) in &newer {
        assert_ne!(*bytes, format!("{head}\n{act}"), "{what}");
        let reply = phone.push(std::slice::from_ref(bytes)).await.remove(0);
        assert_eq!(reply.outcome, Outcome::UnknownAct, "{what}");
        assert_eq!(reply.sha256, Sha256::of(bytes.as_bytes()), "{what}");
    }
    assert_eq!(server.store.heads().await.unwrap(), before);
    // Nothing is stored under its id: what the phone makes of it later is no conflict.
    assert_eq!(accepted(&phone.push(&[bytes(&written)]).await), 1);
    assert_eq!(server.store.conflicts(written.head.id).await.unwrap(), []);
    server.stop().await;
}

#[tokio::test]
async fn every_reply_says_whose_it_is_and_for_whom_so_that_a_page_notices_when_somebody_else_has_signed_in() {
    let server = TestServer::start().await;
    let browser = server.signed_in(WANG).await;
    let written = bytes(&entry(WANG, STAIRWELL, "一切平安"));
    let marks = async |browser: &Client| {
        let (me, pull) = (browser.who().await.server, browser.pull().await.head.server);
        [me, browser.push_reply(std::slice::from_ref(&written)).await.server, pull]
    };
    for (login, mark) in marks(&browser).await.into_iter().map(|mark| (WANG, mark)) {
        assert_eq!((mark.person, mark.epoch, mark.protocol), (person(login), server.store.epoch(), PROTOCOL));
        assert_eq!(mark.version, env!("CARGO_PKG_VERSION"));
    }
    assert_eq!(browser.sign_in(CHEN, PASSWORD).await.status(), 200);
    let people: Vec<PersonId> = marks(&browser).await.into_iter().map(|mark| mark.person).collect();
    assert_eq!(people, [person(CHEN); 3]);
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
        let page: EntryPage = answer.json().await.unwrap();
        assert_eq!(page.entries.len(), expected, "{login}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_of_another_protocol_is_told_so_before_anything_else_is_read() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let push = push_body(&[]);
    for protocol in [0, 1, PROTOCOL + 1] {
        let push = push.replacen(&format!("\"protocol\":{PROTOCOL}"), &format!("\"protocol\":{protocol}"), 1);
        let further = format!("{push}what another protocol says here is its own");
        for (path, body) in
            [("/api/sync/push", push), ("/api/sync/push", further), ("/api/sync/pull", pull_body(protocol, &[]))]
        {
            let answer = client.post_lines(path, body).await;
            assert_eq!(answer.status(), 426, "{path}");
            assert_eq!(error_of(answer).await, "too_old");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_is_let_in_after_their_account_was_closed_brings_and_reads_what_is_theirs_alone() {
    let server = TestServer::start().await;
    let colleague = entry("sun", STAIRWELL, "网格员写的");
    server.signed_in("sun").await.push(&[bytes(&colleague)]).await;
    let phone = server.signed_in(WANG).await;
    let sent = entry(WANG, STAIRWELL, "传上去的");
    phone.push(&[bytes(&sent)]).await;
    let before = phone.pull().await;
    assert!(before.envelopes.len() > 10, "{before:?}");

    let mut unsent = entry(WANG, STAIRWELL, "没传上去的");
    unsent.head.written = unsent.head.written.plus(Span::minutes(-1));
    close_and_let_in(&server.store, WANG).await;
    let phone = server.signed_in(WANG).await;
    assert_eq!(accepted(&phone.push(&[bytes(&unsent)]).await), 1);
    // A phone that was signed out, and one that still has what its person could see before.
    let anew = phone.pull().await;
    let further = phone.pull_after(&before.head.cursors).await;
    let community = sent.head.community();
    assert_eq!((anew.head.start_over, further.head.start_over.as_slice()), (Vec::new(), &[community][..]));
    for envelopes in [anew.envelopes, further.envelopes] {
        let told: Vec<_> = envelopes.into_iter().map(|envelope| envelope.head.key).collect();
        let card = Person::key_of(community, person(WANG));
        let theirs = [sent.head.first().clone(), card, unsent.head.first().clone()];
        assert_eq!(told, theirs, "one's own words, one's own card, and nobody else's anything");
    }
    server.stop().await;
}

#[tokio::test]
async fn while_an_account_is_being_closed_its_person_is_answered_or_asked_to_sign_in_and_nothing_else() {
    let server = TestServer::start().await;
    for _ in 0..10 {
        let client = server.signed_in(WANG).await;
        let written = [bytes(&entry(WANG, STAIRWELL, "正在关账号"))];
        let search = json!({ "request": { "filter": {}, "limit": 10 } });
        let ask = async || {
            let (push, pull) =
                tokio::join!(client.push_raw(&written), client.post_lines("/api/sync/pull", pull_body(PROTOCOL, &[])));
            let (me, found) = tokio::join!(client.me(), client.post_json("/api/log/search", &search));
            [push, pull, me, found].map(|answer| answer.status().as_u16())
        };
        let asked = join_all((0..5).map(|_| ask()));
        let (statuses, ()) = tokio::join!(asked, close_and_let_in(&server.store, WANG));
        let statuses: Vec<u16> = statuses.into_iter().flatten().collect();
        assert!(statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
        assert_eq!(client.me().await.status(), 401);
    }
    server.stop().await;
}

#[tokio::test]
async fn text_is_taken_as_browsers_label_it() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    for content_type in ["text/plain;charset=UTF-8", "text/plain; charset=utf-8", "TEXT/PLAIN"] {
        let request = client.post("/api/sync/push").header(header::CONTENT_TYPE, content_type);
        let answer = request.body(push_body(&[])).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{content_type}");
    }
    server.stop().await;
}

#[tokio::test]
async fn somebody_who_never_had_a_post_signs_in_and_is_told_nothing() {
    let server = TestServer::start().await;
    world::operate(&server.store, appoint("gone", "赵某", &[])).await;
    server.store.add_account(account("gone")).await.unwrap();
    let client = server.signed_in("gone").await;
    let PullReply { head, envelopes } = client.pull().await;
    assert_eq!((head.cursors, head.more, envelopes), (Vec::new(), false, Vec::new()));
    let reply = client.push(&[bytes(&entry("gone", STAIRWELL, "不归我的"))]).await.remove(0);
    let Outcome::Rejected { reason } = reply.outcome else { panic!("{reply:?}") };
    assert_eq!(reason.code, "no_right");
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_one_is_gone_on_with_until_there_is_no_more() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    client.push(&[bytes(&entry(WANG, STAIRWELL, "楼道灯不亮"))]).await;
    let whole = client.pull().await;
    let (mut cursors, mut told) = (Vec::new(), Vec::new());
    loop {
        let one = pull_body(PROTOCOL, &cursors).replacen("\"limit\":1000", "\"limit\":1", 1);
        let answer = client.post_lines("/api/sync/pull", one).await.text().await.unwrap();
        let PullReply { head, envelopes } = PullReply::read(&answer).unwrap();
        assert!(envelopes.len() == 1 || !head.more, "{answer}");
        told.extend(envelopes);
        cursors = head.cursors;
        if !head.more {
            break;
        }
    }
    assert_eq!((told, cursors), (whole.envelopes, whole.head.cursors));
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
    let request = client.post("/api/sync/pull").header(header::ACCEPT_ENCODING, "gzip");
    let request = request.header(header::CONTENT_TYPE, LINES);
    let answer = request.body(pull_body(PROTOCOL, &[])).send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
    server.stop().await;
}
