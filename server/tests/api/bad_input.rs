//! What makes no sense is refused at the smallest part that it concerns: a field, a command, a request.

use crate::{
    server::{Client, TestServer, error_of},
    world::{NEXT_STAIRWELL, STAIRWELL, WANG, bytes, command, device, entry, form, new_entry},
};
use app::{
    domain::{Act, EntryForm, Timestamp},
    sync::{Outcome, PushReply},
};
use reqwest::header;
use serde_json::{Value, json};
use server::clock::now;

/// Pushes these bytes between two good commands, and gives the reason for their rejection.
async fn rejection(client: &Client, bad: String) -> Value {
    let good = || bytes(&entry(WANG, STAIRWELL, "楼道灯不亮"));
    let PushReply { replies, .. } = client.push(&[good(), bad, good()]).await;
    for neighbour in [&replies[0], &replies[2]] {
        assert!(matches!(neighbour.outcome, Outcome::Accepted { .. }), "{neighbour:?}");
    }
    let Outcome::Rejected { reason } = &replies[1].outcome else { panic!("{:?}", replies[1]) };
    serde_json::to_value(reason).unwrap()
}

fn written(micro_grid: &str, change: impl FnOnce(&mut EntryForm)) -> String {
    let mut form = form("楼道灯不亮");
    change(&mut form);
    bytes(&command(WANG, Act::WriteEntry { entry: new_entry(), micro_grid: micro_grid.to_owned(), form }))
}

#[tokio::test]
async fn a_wrong_field_is_named_and_the_rest_of_the_batch_goes_on() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let in_future = now().plus_minutes(60);
    // By a day, because the clock is corrected by the milliseconds that the request took.
    let before_2000 = Timestamp::EARLIEST.plus_minutes(-24 * 60);
    let cases = [
        ("problem", written(STAIRWELL, |form| form.problem = "字".repeat(2_001))),
        ("problem", written(STAIRWELL, |form| form.problem = String::new())),
        ("problem", written(STAIRWELL, |form| form.problem = "响铃\u{7}".to_owned())),
        ("measures", written(STAIRWELL, |form| form.measures = "反过来\u{202e}".to_owned())),
        ("feedback", written(STAIRWELL, |form| form.feedback = "\u{2066}藏起来".to_owned())),
        ("category", written(STAIRWELL, |form| form.category = "13".to_owned())),
        ("urgency", written(STAIRWELL, |form| form.urgency = "5".to_owned())),
        ("spot", written(STAIRWELL, |form| form.spot = "9-9".to_owned())),
        ("happened", written(STAIRWELL, |form| form.happened = Some(in_future))),
        ("happened", written(STAIRWELL, |form| form.happened = Some(before_2000))),
        ("micro_grid", written("21010202590000301", |_| ())),
    ];
    for (field, bad) in cases {
        let reason = rejection(&client, bad).await;
        assert_eq!(reason["field"]["field"], field, "{reason}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_clock_that_runs_ahead_is_refused_and_so_is_a_stairwell_of_somebody_else() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut early = entry(WANG, STAIRWELL, "明天的事");
    early.written = now().plus_minutes(60);
    early.clock_offset = Some(0);
    assert_eq!(rejection(&client, bytes(&early)).await["field"]["field"], "written");
    let elsewhere = bytes(&entry(WANG, NEXT_STAIRWELL, "别人的楼道"));
    assert_eq!(rejection(&client, elsewhere).await, "no_right");
    let somebody_else = bytes(&entry("li", NEXT_STAIRWELL, "别人写的"));
    assert_eq!(rejection(&client, somebody_else).await, "another_author");
    server.stop().await;
}

#[tokio::test]
async fn bytes_that_are_no_command_are_refused_one_by_one() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let good = bytes(&entry(WANG, STAIRWELL, "好的"));
    let unknown_field = good.replacen('{', "{\"admin\":true,", 1);
    let oversized = good.replace("好的", &"大".repeat(20_000));
    for bad in ["", "null", "[]", "not json", "{\"id\":1}", &unknown_field, &oversized] {
        assert!(rejection(&client, bad.to_owned()).await["malformed"].is_object(), "{bad:.40}");
    }
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
    const JSON: &str = "application/json";
    let deep = "[".repeat(100_000).into_bytes();
    let many = json!({ "request": { "protocol": 1, "device": device(), "sent_at": 0, "commands": vec!["x"; 101] } });
    let big = format!("{{\"request\":\"{}\"}}", "x".repeat(1_000_001)).into_bytes();
    let cases: [(u16, &str, &str, Vec<u8>); 11] = [
        (400, "nothing", JSON, Vec::new()),
        (400, "half", JSON, b"{\"request\":{".to_vec()),
        (400, "another shape", JSON, b"{\"request\":7}".to_vec()),
        (400, "no UTF-8", JSON, vec![b'"', 0xff, b'"']),
        (400, "too deep", JSON, deep),
        (400, "too many commands", JSON, many.to_string().into_bytes()),
        (413, "too big", JSON, big.clone()),
        (413, "far too big", JSON, vec![b' '; 5_000_000]),
        (415, "a form", "application/x-www-form-urlencoded", b"request=1".to_vec()),
        (415, "text", "text/plain", b"{}".to_vec()),
        (415, "nearly JSON", "application/jsonx", b"{}".to_vec()),
    ];
    for (status, what, content_type, body) in cases {
        let answer = push(content_type, body).await;
        assert_eq!(answer.status(), status, "{what}");
        assert_eq!(error_of(answer).await, "bad_request", "{what}");
    }
    // Without a length in the header, the size is found out on the way.
    let request = client.post("/api/sync/push").header(header::CONTENT_TYPE, JSON);
    let chunks =
        futures::stream::iter(big.chunks(1_000).map(<[u8]>::to_vec).map(Ok::<_, std::io::Error>).collect::<Vec<_>>());
    let answer = request.body(reqwest::Body::wrap_stream(chunks)).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    // None of it did any harm.
    assert_eq!(client.push(&[]).await.replies, []);
    server.stop().await;
}

#[tokio::test]
async fn forms_that_make_no_sense_get_a_clear_4xx() {
    let server = TestServer::start().await;
    for (status, body) in [(400, ""), (400, "name=wang"), (401, "name=%ff%fe&password=x"), (401, "name=&password=")] {
        let request = server.client().post("/api/session/sign-in").header(header::CONTENT_TYPE, crate::server::FORM);
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
        error_of(answer).await;
    }
    let answer = server.client().post_json("/api/session/sign-in", &json!({ "name": "wang", "password": "x" })).await;
    assert_eq!(answer.status(), 415);
    server.stop().await;
}
