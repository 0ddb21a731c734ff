//! Signing in and out, and the cookie.

use crate::{
    server::{Client, FORM, JSON, LINES, TestServer, error_of, failure_of, pull_body, push_body, test_site},
    world::{CHEN, LI, PASSWORD, STAIRWELL, WANG, bytes, entry, person},
};
use app::api::DemoPerson;
use domain::{
    kernel::{Rejection, Span, json as lines},
    organisation::Person,
    store::{SessionToken, Store},
    sync::{Failure, Outcome, PROTOCOL},
};
use reqwest::{Method, Response, header};
use serde_json::json;
use server::clock::now;

/// What a browser sends for a form on a page without script.
async fn plain_form(client: &Client, path: &str, body: String) -> Response {
    let request = client.post(path).header(header::CONTENT_TYPE, FORM);
    let request = request.header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
    request.header(header::REFERER, "http://elsewhere.test/page?next=x").body(body).send().await.unwrap()
}

#[tokio::test]
async fn name_and_password_start_a_session() {
    let server = TestServer::start().await;
    let client = server.client();
    let answer = client.sign_in(WANG, PASSWORD).await;
    assert_eq!(answer.status(), 200);
    let me = client.who().await;
    assert_eq!((me.card.person, me.card.name.as_str()), (person(WANG), "王某兰"));
    let card: Person = lines::read(me.card.people[0].text.as_bytes()).unwrap();
    assert_eq!((card.name.as_str(), card.posts_at(now()).count()), ("王某兰", 1));
    server.stop().await;
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = TestServer::start().await;
    let answer = server.client().sign_in(WANG, PASSWORD).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("session="), "{cookie}");
    for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=2592000"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} in {cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    // What scripts may read says for a minute that somebody has just signed in, and opens nothing.
    let noted = answer.headers().get_all(header::SET_COOKIE).iter().nth(1).unwrap().to_str().unwrap();
    assert_eq!(noted, "entered=1; Path=/; Max-Age=60; SameSite=Lax");
    let request = server.client().post("/api/session/me").header(header::COOKIE, "entered=1").json(&json!({}));
    assert_eq!(request.send().await.unwrap().status(), 401);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    server.stop().await;
}

#[tokio::test]
async fn with_https_the_cookie_is_bound_to_the_host_and_the_browser_to_https() {
    let server = TestServer::start_with(Some("https://log.example.org"), test_site()).await;
    let request = server.client().request(Method::POST, "/api/session/sign-in");
    let request = request.header(header::ORIGIN, "https://log.example.org").header(header::CONTENT_TYPE, FORM);
    let answer = request.body(format!("name={WANG}&password={PASSWORD}")).send().await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(answer.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
    // Under HTTPS, a cookie of the other name is nobody's.
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    for (name, expected) in [("__Host-session", 200), ("session", 401)] {
        let request = server.client().request(Method::POST, "/api/session/me");
        let request = request.header(header::ORIGIN, "https://log.example.org");
        let request = request.header(header::COOKIE, format!("{name}={token}")).json(&json!({}));
        assert_eq!(request.send().await.unwrap().status(), expected, "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let server = TestServer::start().await;
    let wrong = server.client().sign_in(WANG, "wrong").await;
    let unknown = server.client().sign_in("nobody", PASSWORD).await;
    assert_eq!((wrong.status().as_u16(), unknown.status().as_u16()), (401, 401));
    assert!(!wrong.headers().contains_key(header::SET_COOKIE));
    assert_eq!(error_of(wrong).await, error_of(unknown).await);
    server.stop().await;
}

#[tokio::test]
async fn after_five_wrong_passwords_even_the_right_one_has_to_wait() {
    let server = TestServer::start().await;
    for _ in 0..5 {
        assert_eq!(server.client().sign_in(WANG, "wrong").await.status(), 401);
    }
    let answer = server.client().sign_in(WANG, PASSWORD).await;
    assert_eq!(answer.status(), 429);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(error_of(answer).await, "too_many_attempts");
    // Others are not held up.
    assert_eq!(server.client().sign_in(LI, PASSWORD).await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_leaves_the_next_persons_cookie_alone() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let stolen = client.clone();
    let answer = client.post_json("/api/session/sign-out", &json!({})).await;
    assert_eq!(answer.status(), 200);
    assert!(!answer.headers().contains_key(header::SET_COOKIE), "a late answer would take the next person's");
    assert_eq!(error_of(stolen.me().await).await, "sign_in_needed");
    server.stop().await;
}

#[tokio::test]
async fn a_session_ends_on_the_server_even_for_whoever_kept_the_cookie() {
    let server = TestServer::start().await;
    let answer = server.client().sign_in(WANG, PASSWORD).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let with_cookie = |path: &'static str| {
        let request = server.client().post(path).header(header::COOKIE, &cookie).json(&json!({}));
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(with_cookie("/api/session/me").await, 200);
    assert_eq!(with_cookie("/api/session/sign-out").await, 200);
    assert_eq!(with_cookie("/api/session/me").await, 401);
    server.stop().await;
}

#[tokio::test]
async fn the_cookie_comes_anew_when_a_day_of_its_session_is_gone_and_not_before() {
    let server = TestServer::start().await;
    let client = server.client();
    let cookie = client.sign_in(WANG, PASSWORD).await.headers()[header::SET_COOKIE].clone();
    let push = || push_body(&[bytes(&entry(WANG, STAIRWELL, "一切平安"))]);
    let too_old = push().replacen(&format!("\"protocol\":{PROTOCOL}"), "\"protocol\":0", 1);
    let search = json!({ "request": { "filter": {}, "limit": 1 } }).to_string();
    let requests = [
        ("/api/session/me", JSON, "{}".to_owned(), 200),
        ("/api/sync/push", LINES, push(), 200),
        ("/api/sync/pull", LINES, pull_body(PROTOCOL, &[]), 200),
        ("/api/log/search", JSON, search, 200),
        // Also where the answer is an error.
        ("/api/sync/push", LINES, too_old, 426),
    ];
    for (path, content_type, body, status) in requests {
        let brought = async || {
            let request = client.post(path).header(header::CONTENT_TYPE, content_type).body(body.clone());
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
            answer.headers().get(header::SET_COOKIE).cloned()
        };
        server.pass(SessionToken::MOVED_AFTER.plus(Span::minutes(-1)));
        assert_eq!(brought().await, None, "{path}: not yet a day");
        server.pass(Span::minutes(1));
        // What cannot send the cookie leaves the day to what can.
        let blob = format!("/api/blobs/{}", "0".repeat(64));
        assert_eq!(client.request(Method::HEAD, &blob).send().await.unwrap().status(), 404);
        assert_eq!(brought().await.as_ref(), Some(&cookie), "{path}");
        assert_eq!(brought().await, None, "{path}: once a day");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_is_used_every_day_outlives_its_thirty_days_and_thirty_days_without_use_end_it() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    for day in 1..=35 {
        server.pass(Span::days(1));
        assert_eq!(client.me().await.status(), 200, "day {day}");
    }
    server.pass(SessionToken::LIFETIME);
    let answer = client.me().await;
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    assert_eq!(error_of(answer).await, "sign_in_needed");
    server.stop().await;
}

#[tokio::test]
async fn whoever_is_asked_to_sign_in_again_is_told_whose_server_asks() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    server.pass(SessionToken::LIFETIME);
    // A phone lets go of its copies only at a word of the server that it knows, never of a captive portal.
    let said = Failure::SignInNeeded { epoch: Some(server.store.epoch()) };
    let push = || client.post_lines("/api/sync/push", push_body(&[]));
    for answer in [client.me().await, push().await, client.get("/api/live").await] {
        assert_eq!(failure_of(answer).await, said);
    }
    server.stop().await;
}

#[tokio::test]
async fn somebody_elses_session_sends_nothing_of_mine() {
    let server = TestServer::start().await;
    let neighbour = server.signed_in(LI).await;
    let reply = neighbour.push(&[bytes(&entry(WANG, STAIRWELL, "王某兰写的"))]).await.remove(0);
    let Outcome::Rejected { reason } = &reply.outcome else { panic!("{reply:?}") };
    assert!(reason.is(Rejection::ANOTHER_AUTHOR), "{reason}");
    server.stop().await;
}

#[tokio::test]
async fn made_up_session_cookies_are_nobodys() {
    let server = TestServer::start().await;
    for token in ["", "0", &"0".repeat(64), "' OR 1=1 --", &"x".repeat(4_000)] {
        let request = server.client().post("/api/session/me").header(header::COOKIE, format!("session={token}"));
        assert_eq!(request.json(&json!({})).send().await.unwrap().status(), 401, "{token:.20}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_plain_form_signs_in_without_script() {
    let server = TestServer::start().await;
    let client = server.client();
    let answer = plain_form(&client, "/api/session/sign-in", format!("name={CHEN}&password={PASSWORD}")).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()[header::LOCATION]), (302, &"/".parse().unwrap()));
    let cookies: Vec<_> = answer.headers().get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap()).collect();
    assert!(matches!(cookies[..], [one, other] if one.starts_with("session=") && other.starts_with("entered=1;")));
    assert_eq!(client.me().await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn a_plain_form_that_fails_comes_back_to_its_page_and_nowhere_else() {
    let server = TestServer::start().await;
    let answer = plain_form(&server.client(), "/api/session/sign-in", format!("name={CHEN}&password=wrong")).await;
    assert_eq!(answer.status(), 303);
    let location = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert!(location.starts_with("/sign-in?"), "{location}");
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    // The page there can be read.
    let page = server.client().get(&location).await;
    assert_eq!(page.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn one_click_sign_in_is_for_the_demo_alone() {
    let server = TestServer::start().await;
    let path = "/api/session/sign-in-demo";
    let answer = plain_form(&server.client(), path, format!("person={}", person(WANG))).await;
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
    let people = server.client().post_json("/api/session/demo-people", &json!({})).await;
    assert_eq!(people.json::<Vec<serde_json::Value>>().await.unwrap(), Vec::<serde_json::Value>::new());
    server.stop().await;

    let demo = TestServer::start_empty(None, test_site(), true).await;
    let people = demo.client().post_json("/api/session/demo-people", &json!({})).await;
    let people: Vec<DemoPerson> = people.json().await.unwrap();
    let client = demo.client();
    let answer = plain_form(&client, path, format!("person={}", people[0].card.id)).await;
    assert_eq!(answer.status(), 302);
    let me = client.who().await;
    assert_eq!(me.card.person, people[0].card.id);
    assert_eq!(lines::read::<Person>(me.card.people[0].text.as_bytes()).unwrap(), people[0].card);
    demo.stop().await;
}
