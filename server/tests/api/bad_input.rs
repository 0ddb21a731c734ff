//! What makes no sense is refused at the smallest part that it concerns: a field, a command, a request.

use crate::{
    server::{Client, FORM, JSON, LINES, TestServer, error_of, push_body},
    world::{self, GRID, LI, NEXT_STAIRWELL, STAIRWELL, SUN, WANG, YARD, bytes, command, entry, form, is_stored},
};
use domain::{
    kernel::{Actor, DeviceId, Job, Rejection, RequestId, Span, Timestamp},
    log::{Act, EntryForm},
    organisation,
    store::Store,
    sync::{Outcome, PushReply, PushRequest},
};
use reqwest::{Response, header};
use serde_json::json;
use server::clock::now;

/// Pushes these bytes between two good commands, and gives the reason for their rejection.
async fn rejection(client: &Client, bad: String) -> Rejection {
    rejection_of(client, WANG, bad).await
}

async fn rejection_of(client: &Client, login: &str, bad: String) -> Rejection {
    let good = || bytes(&entry(login, STAIRWELL, "楼道灯不亮"));
    let mut replies = client.push(&[good(), bad, good()]).await;
    assert_eq!(replies.len(), 3);
    for neighbour in [&replies[0], &replies[2]] {
        assert!(is_stored(neighbour), "{neighbour:?}");
    }
    match replies.remove(1).outcome {
        Outcome::Rejected { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn written(change: impl FnOnce(&mut EntryForm)) -> String {
    let mut form = form("楼道灯不亮");
    change(&mut form);
    bytes(&world::write(WANG, STAIRWELL, form))
}

#[tokio::test]
async fn a_wrong_field_is_named_and_the_rest_of_the_batch_goes_on() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let in_future = now().plus(Span::hours(1));
    // By a day, because the clock is corrected by the milliseconds that the request took.
    let before_2000 = Timestamp::EARLIEST.plus(Span::days(-1));
    let cases = [
        ("problem", written(|form| form.problem = "字".repeat(2_001))),
        ("problem", written(|form| form.problem = String::new())),
        ("problem", written(|form| form.problem = "响铃\u{7}".to_owned())),
        ("measures", written(|form| form.measures = "反过来\u{202e}".to_owned())),
        ("feedback", written(|form| form.feedback = "\u{2066}藏起来".to_owned())),
        ("category", written(|form| form.category = "第十三类".to_owned())),
        ("urgency", written(|form| form.urgency = "Very".to_owned())),
        ("category", written(|form| form.category = String::new())),
        ("urgency", written(|form| form.urgency = String::new())),
        ("spot", written(|form| form.spot = "9-9".to_owned())),
        ("happened", written(|form| form.happened = Some(in_future))),
        ("happened", written(|form| form.happened = Some(before_2000))),
        ("attachments", written(|form| form.attachments = vec!["photo:1:x".to_owned()])),
    ];
    for (field, bad) in cases {
        let reason = rejection(&client, bad).await;
        assert_eq!(reason.field.as_deref(), Some(field), "{reason}");
        assert!(reason.says.ends_with('。'), "a person is told what to do: {}", reason.says);
    }
    // Entries hang on a stairwell, also for whoever may write in the whole grid.
    let grid_worker = server.signed_in(SUN).await;
    for place in [GRID, YARD] {
        let reason = rejection_of(&grid_worker, SUN, bytes(&entry(SUN, place, "整个网格"))).await;
        assert_eq!(reason.field.as_deref(), Some("place"), "{reason}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_clock_that_runs_ahead_is_refused_and_so_is_a_stairwell_of_somebody_else() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut early = entry(WANG, STAIRWELL, "明天的事");
    early.head.written = now().plus(Span::hours(1));
    early.head.offset = Some(Span::ZERO);
    assert_eq!(rejection(&client, bytes(&early)).await.field.as_deref(), Some("written"));
    let elsewhere = bytes(&entry(WANG, NEXT_STAIRWELL, "别人的楼道"));
    assert!(rejection(&client, elsewhere).await.is(Rejection::NO_RIGHT));
    let somebody_else = bytes(&entry(LI, NEXT_STAIRWELL, "别人写的"));
    assert!(rejection(&client, somebody_else).await.is(Rejection::ANOTHER_AUTHOR));
    server.stop().await;
}

#[tokio::test]
async fn times_that_no_calendar_has_are_refused_as_any_other() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let millis = [i64::MIN, i64::MIN + 1, -1, 0, 8_640_000_000_000_001, i64::MAX - 1, i64::MAX];
    for (written, offset) in millis.into_iter().flat_map(|one| millis.map(|other| (one, other))) {
        let mut command = entry(WANG, STAIRWELL, "时间不对");
        command.head.written = Timestamp::from_millis(written);
        command.head.offset = Some(Span::from_millis(offset));
        let reason = rejection(&client, bytes(&command)).await;
        assert_eq!(reason.field.as_deref(), Some("written"), "{written} {offset}: {reason}");
        let happened = written;
        let reason =
            rejection(&client, self::written(|form| form.happened = Some(Timestamp::from_millis(happened)))).await;
        assert_eq!(reason.field.as_deref(), Some("happened"), "{happened}: {reason}");
    }
    // The clock of the device as it sends: a command without an offset is judged by it.
    for sent_at in millis {
        let commands = [bytes(&entry(WANG, STAIRWELL, "时间不对"))];
        let request = PushRequest {
            device: world::device(),
            sent_at: Timestamp::from_millis(sent_at),
            commands: commands.to_vec(),
        };
        let answer = client.post_lines("/api/sync/push", request.write().unwrap()).await;
        assert_eq!(answer.status(), 200, "{sent_at}");
        let reply = PushReply::read(&answer.text().await.unwrap()).unwrap().replies.remove(0).unwrap();
        let Outcome::Rejected { reason } = reply.outcome else { panic!("{sent_at}: {reply:?}") };
        assert_eq!(reason.field.as_deref(), Some("written"), "{sent_at}: {reason}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_acts_for_the_system_or_for_a_resident() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let good = entry(WANG, STAIRWELL, "好的");
    let sent = client.push(&[bytes(&good)]).await.remove(0);
    let jobs = [Job::Clock, Job::Blobs, Job::Operator, Job::Retention, Job::Unknown].map(Actor::System);
    let community = organisation::Act::MakeCommunity {
        name: "我的社区".to_owned(),
        abbreviation: "WDSQ".to_owned(),
        code: None,
        numbers: Vec::new(),
    };
    let aside = Act::SetAsideEntry { why: "不想看".to_owned() };
    let before = server.store.heads().await.unwrap();
    for actor in jobs.into_iter().chain([Actor::Resident(RequestId::from_parts(1, [7; 10]))]) {
        for mut forged in [
            command(WANG, vec![good.head.first().clone()], &aside),
            command(WANG, vec![organisation::Community::key_of(world::id(0xDEAD))], &community),
        ] {
            (forged.head.actor, forged.head.device) = (actor, DeviceId::SERVER);
            let reply = client.push(&[bytes(&forged)]).await.remove(0);
            let Outcome::Rejected { reason } = &reply.outcome else { panic!("{actor:?}: {reply:?}") };
            assert!(reason.is(Rejection::ANOTHER_AUTHOR), "{actor:?}: {reason}");
        }
    }
    // In one's own name neither.
    let own = command(WANG, vec![good.head.first().clone()], &aside);
    assert!(rejection(&client, bytes(&own)).await.is(Rejection::NO_RIGHT));
    let after = server.store.heads().await.unwrap();
    assert_eq!(after.len(), before.len(), "no community was made");
    assert!(is_stored(&client.push(&[bytes(&good)]).await[0]), "{sent:?}");
    server.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_command_are_refused_one_by_one() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let command = entry(WANG, STAIRWELL, "好的");
    let good = bytes(&command);
    let (head, act) = good.split_once('\n').unwrap();
    let key = |index: usize| format!("\"{}\"", command.head.about[index]);
    let about = |keys: &str| format!("{}\n{act}", head.replace(&format!("[{},{}]", key(0), key(1)), keys));
    let other = world::at(world::OTHER_STAIRWELL);
    let five = (0..5).map(|n| format!("\"{}\"", world::at(n))).collect::<Vec<_>>().join(",");
    let bad = [
        String::new(),
        "\n".to_owned(),
        "null".to_owned(),
        "[]\n{}".to_owned(),
        "not json".to_owned(),
        "{\"id\":1}\n{\"x\":{}}".to_owned(),
        head.to_owned(),
        format!("{head}\n"),
        format!("{head}\nnull"),
        format!("{head}\n\"withdraw_entry\""),
        format!("{head}\n{{\"WriteEntry\":{{}}}}"),
        format!("{head}\n{{\"write_entry\":7}}"),
        format!("{head}\n{{\"write_entry\":{{}}}}"),
        format!("{head}\n{{\"write_entry\":{}", "[".repeat(50_000)),
        // Lines within an act, and more than the two.
        format!("{head}\n{}", act.replacen(',', ",\n", 1)),
        format!("{good}\n{good}"),
        format!("{good}\n"),
        good.replace("好的", &"大".repeat(22_000)),
        about("[]"),
        about("7"),
        about("[\"x\"]"),
        about(&format!("[{},{}]", key(0), key(0))),
        about(&format!("[{},\"{other}\"]", key(0))),
        about(&format!("[{five}]")),
        // Another number or order of records than the act needs.
        about(&format!("[{}]", key(0))),
        about(&format!("[{},{}]", key(1), key(0))),
    ];
    for bad in bad {
        assert_ne!(bad, good);
        let reason = rejection(&client, bad.clone()).await;
        assert!(reason.is(Rejection::MALFORMED), "{reason}: {bad:.200}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_push_whose_head_and_commands_do_not_belong_together_is_refused_as_a_whole() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let commands = [bytes(&entry(WANG, STAIRWELL, "一")), bytes(&entry(WANG, STAIRWELL, "二"))];
    let body = push_body(&commands);
    let [one, two] = commands.each_ref().map(String::len);
    let lengths = |lengths: &str| body.replacen(&format!("[{one},{two}]"), lengths, 1);
    let head = body.lines().next().unwrap();
    let cases = [
        ("one byte short", lengths(&format!("[{one},{}]", two - 1))),
        ("one byte long", lengths(&format!("[{one},{}]", two + 1))),
        ("moved", lengths(&format!("[{},{}]", one + 1, two - 1))),
        ("within a character", lengths(&format!("[{}]", body.find('一').unwrap() - head.len()))),
        ("one too few", lengths(&format!("[{one}]"))),
        ("one too many", lengths(&format!("[{one},{two},0]"))),
        ("both in one", lengths(&format!("[{}]", one + 1 + two))),
        ("none", lengths("[]")),
        ("no lengths", body.replacen(&format!(",\"lengths\":[{one},{two}]"), "", 1)),
        ("less than nothing", lengths("[-1]")),
        ("more than there is", lengths("[4294967295,4294967295]")),
        ("beyond every number", lengths("[4294967296]")),
        ("a fraction", lengths("[1.5]")),
        ("words", lengths("[\"x\"]")),
        ("a line more", format!("{body}\n")),
        ("a byte more", format!("{body}x")),
        ("no line break at the end", body.trim_end().to_owned()),
        ("other line breaks", body.replace('\n', "\r\n")),
        ("nothing but a head", head.to_owned()),
        ("no head", commands.join("\n")),
        ("a line before it", format!("\n{body}")),
    ];
    for (what, bad) in cases {
        assert_ne!(bad, body, "{what}");
        let answer = client.post_lines("/api/sync/push", bad).await;
        // Both in one are one command of three lines: that is said to it alone.
        if what == "both in one" {
            assert_eq!(answer.status(), 200, "{what}");
            assert!(answer.text().await.unwrap().contains("malformed"), "{what}");
            continue;
        }
        assert_eq!(answer.status(), 400, "{what}");
        assert_eq!(error_of(answer).await, "bad_request", "{what}");
    }
    assert_eq!(server.store.counts().await.unwrap().entries, 0, "something was taken from one of them");
    assert!(client.push(&commands).await.iter().all(is_stored));
    server.stop().await;
}

#[tokio::test]
async fn requests_that_make_no_sense_get_a_clear_4xx() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let push = |content_type: &'static str, body: Vec<u8>| {
        let request = client.post("/api/sync/push").header(header::CONTENT_TYPE, content_type);
        async { request.body(body).send().await.unwrap() }
    };
    let deep = "[".repeat(100_000).into_bytes();
    let big = push_body(&["x".repeat(1_000_001)]).into_bytes();
    let good = push_body(&[]).into_bytes();
    let cases: [(u16, &str, &str, Vec<u8>); 12] = [
        (400, "nothing", LINES, Vec::new()),
        (400, "half", LINES, b"{\"protocol\":2,".to_vec()),
        (400, "another shape", LINES, b"7\n".to_vec()),
        (400, "no UTF-8", LINES, [&good[..], b"\xff\n"].concat()),
        (400, "too deep", LINES, deep),
        (400, "too many commands", LINES, push_body(&vec!["x".to_owned(); 101]).into_bytes()),
        (413, "too big", LINES, big.clone()),
        (413, "far too big", LINES, vec![b' '; 5_000_000]),
        (415, "a form", FORM, good.clone()),
        (415, "JSON", JSON, good.clone()),
        (415, "nearly text", "text/plainer", good.clone()),
        (415, "a page", "text/html", good),
    ];
    for (status, what, content_type, body) in cases {
        let answer = push(content_type, body).await;
        assert_eq!(answer.status(), status, "{what}");
        assert_eq!(error_of(answer).await, "bad_request", "{what}");
    }
    // Without a length in the header, the size is found out on the way.
    let request = client.post("/api/sync/push").header(header::CONTENT_TYPE, LINES);
    let chunks =
        futures::stream::iter(big.chunks(1_000).map(<[u8]>::to_vec).map(Ok::<_, std::io::Error>).collect::<Vec<_>>());
    let answer = request.body(reqwest::Body::wrap_stream(chunks)).send().await.unwrap();
    assert_eq!(answer.status(), 413);

    for body in ["", "{}", "[]", "{\"protocol\":2}", "{\"protocol\":2,\"cursors\":7,\"limit\":1}", "not json"] {
        let answer = client.post_lines("/api/sync/pull", body).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert_eq!(error_of(answer).await, "bad_request", "{body}");
    }
    // None of it did any harm.
    assert_eq!(client.push(&[]).await, []);
    server.stop().await;
}

#[tokio::test]
async fn a_hundred_commands_are_taken_and_one_more_is_refused_whatever_they_are() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut commands: Vec<String> = (0..100).map(|n| bytes(&entry(WANG, STAIRWELL, &format!("第{n}条")))).collect();
    assert!(client.push(&commands).await.iter().all(is_stored));
    commands.push(bytes(&entry(WANG, STAIRWELL, "第一百零一条")));
    let answer: Response = client.push_raw(&commands).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(error_of(answer).await, "bad_request");
    assert_eq!(server.store.counts().await.unwrap().entries, 100);
    server.stop().await;
}

#[tokio::test]
async fn search_that_makes_no_sense_gets_a_clear_4xx() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    for filter in [
        json!({ "words": "漏".repeat(101) }),
        json!({ "yard": "Y03" }),
        json!({ "place": "210102025900003" }),
        json!({ "from": "2025-02-29" }),
    ] {
        let request = json!({ "request": { "filter": filter, "limit": 50 } });
        let answer = client.post_json("/api/log/search", &request).await;
        assert_eq!(answer.status(), 400, "{filter}");
        assert_eq!(error_of(answer).await, "bad_request", "{filter}");
    }
    server.stop().await;
}

#[tokio::test]
async fn forms_that_make_no_sense_get_a_clear_4xx() {
    let server = TestServer::start().await;
    for (status, body) in [(400, ""), (400, "name=wang"), (401, "name=%ff%fe&password=x"), (401, "name=&password=")] {
        let request = server.client().post("/api/session/sign-in").header(header::CONTENT_TYPE, FORM);
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
        error_of(answer).await;
    }
    let answer = server.client().post_json("/api/session/sign-in", &json!({ "name": "wang", "password": "x" })).await;
    assert_eq!(answer.status(), 415);
    server.stop().await;
}
