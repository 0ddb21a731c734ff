//! Every URL: for everybody in each of their roles, for somebody who is not signed in, or not any more; and that there
//! are no others.

use crate::{
    server::{Client, FORM, JSON, LINES, TestServer, error_of, failure_of, pull_body, push_body},
    world::{
        CHEN, HE, LI, PEOPLE, QIAN, STAIRWELL, SUN, WANG, WU, ZHOU, bytes, close_and_let_in, entry_with, is_stored,
        person,
    },
};
use app::ui::App;
use domain::{
    kernel::{Attachment, AttachmentKind, Sha256},
    store::Store,
    sync::{Failure, PROTOCOL, UPLOAD_OFFSET},
};
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, StatusCode, header};
use serde_json::json;
use server::{clock::now, router::PAGES};
use std::collections::BTreeSet;

/// Server functions with the content type that each takes and what it says to a stranger's sensible request.
pub const SERVER_FUNCTIONS: [(&str, &str, u16); 8] = [
    ("/api/sync/push", LINES, 401),
    ("/api/sync/pull", LINES, 401),
    ("/api/log/search", JSON, 401),
    ("/api/session/me", JSON, 401),
    ("/api/session/sign-out", JSON, 200),
    ("/api/session/demo-people", JSON, 200),
    ("/api/session/sign-in", FORM, 401),
    ("/api/session/sign-in-demo", FORM, 404),
];

/// What anybody may have.
const OPEN: [&str; 5] = ["/healthz", "/readyz", "/sw.js", "/manifest.webmanifest", "/offline-shell"];

/// A request that makes sense.
pub fn sensible_body(path: &str) -> String {
    match path {
        "/api/sync/push" => push_body(&[]),
        "/api/sync/pull" => pull_body(PROTOCOL, &[]),
        "/api/log/search" => json!({ "request": { "filter": {}, "limit": 10 } }).to_string(),
        // Each time another one, because a name is locked after five.
        "/api/session/sign-in" => format!("name=nobody-{}&password=wrong", rand::random::<u64>()),
        "/api/session/sign-in-demo" => format!("person={}", person(WANG)),
        _ => "{}".to_owned(),
    }
}

/// All pages, with something where their addresses name something.
fn pages() -> Vec<String> {
    PAGES.map(|path| path.replace("{entry}", "x").replace("{door}", "5-2")).to_vec()
}

async fn ask(client: &Client, path: &str, content_type: &str) -> reqwest::Response {
    let request = client.post(path).header(header::CONTENT_TYPE, content_type);
    request.body(sensible_body(path)).send().await.unwrap()
}

#[tokio::test]
async fn every_server_function_of_the_app_is_routed_by_post_and_no_other() {
    // Registers those that the router names.
    let server = TestServer::start().await;
    let known: BTreeSet<_> = server_fn_paths().map(|(path, method)| (path, method.to_string())).collect();
    let routed = SERVER_FUNCTIONS.map(|(path, ..)| (path, "POST".to_owned()));
    assert_eq!(known, BTreeSet::from(routed));
    server.stop().await;
}

#[tokio::test]
async fn the_router_names_every_page_of_the_app() {
    let pages = leptos_axum::generate_route_list(App);
    let pages: BTreeSet<_> = pages.iter().map(|page| page.path()).collect();
    assert_eq!(pages, BTreeSet::from(PAGES));
}

#[tokio::test]
async fn strangers_and_those_whose_account_was_closed_are_asked_to_sign_in_by_a_server_that_says_which_it_is() {
    let server = TestServer::start().await;
    let closed = server.signed_in(WANG).await;
    server.store.close_account(WANG, now()).await.unwrap();
    let said = Failure::SignInNeeded { epoch: Some(server.store.epoch()) };
    let blob = format!("/api/blobs/{}", Sha256::of(b"photo"));
    for client in [server.client(), closed] {
        for (method, path) in [(Method::GET, "/api/live"), (Method::GET, blob.as_str()), (Method::PUT, blob.as_str())] {
            let answer = client.write(method, path).send().await.unwrap();
            assert_eq!(failure_of(answer).await, said, "{path}");
        }
        let answer = client.request(Method::HEAD, &blob).send().await.unwrap();
        assert_eq!(answer.status(), 401, "HEAD {blob}");
        for (path, content_type, expected) in SERVER_FUNCTIONS {
            let answer = ask(&client, path, content_type).await;
            assert_eq!(answer.status(), expected, "{path}");
            match expected {
                200 => {}
                401 if path != "/api/session/sign-in" => assert_eq!(failure_of(answer).await, said, "{path}"),
                _ => drop(error_of(answer).await),
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn every_url_answers_everybody_as_their_role_has_it() {
    let server = TestServer::start().await;
    // A photo of 王某兰's, which whoever may read its entry sees, and which she alone sends.
    let mut photo = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut photo, image::ImageFormat::Png).unwrap();
    let photo = photo.into_inner();
    let one = Attachment::of(AttachmentKind::Photo, &photo);
    let blob = format!("/api/blobs/{}", one.sha256);
    let wang = server.signed_in(WANG).await;
    let written = entry_with(WANG, STAIRWELL, "三楼水管漏水", &[one]);
    assert!(is_stored(&wang.push(&[bytes(&written)]).await[0]));
    let sent = wang.write(Method::PUT, &blob).header(UPLOAD_OFFSET, 0).body(photo.clone()).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    // Somebody who had a post, and was let in once more.
    close_and_let_in(&server.store, LI).await;

    let readers = [WANG, SUN, ZHOU, QIAN, CHEN, WU];
    assert_eq!(BTreeSet::from_iter(readers.into_iter().chain([LI, HE])), PEOPLE.map(|(login, _)| login).into());
    for (login, _) in PEOPLE {
        let client = server.signed_in(login).await;
        for path in OPEN.into_iter().map(str::to_owned).chain(pages()).chain(["/api/live".to_owned()]) {
            assert_eq!(client.get(&path).await.status(), 200, "{login} {path}");
        }
        let found = |may: bool| if may { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for (method, may) in
            [(Method::GET, readers.contains(&login)), (Method::HEAD, login == WANG), (Method::PUT, login == WANG)]
        {
            let request = client.write(method.clone(), &blob).header(UPLOAD_OFFSET, 0);
            let answer = request.body(if method == Method::PUT { photo.clone() } else { Vec::new() }).send().await;
            assert_eq!(answer.unwrap().status(), found(may), "{login} {method} {blob}");
        }
        // Signing out comes last.
        let (sign_out, others): (Vec<_>, Vec<_>) =
            SERVER_FUNCTIONS.into_iter().partition(|(path, ..)| *path == "/api/session/sign-out");
        for (path, content_type, to_strangers) in others.into_iter().chain(sign_out) {
            let expected = if path.starts_with("/api/session/sign-in") { to_strangers } else { 200 };
            assert_eq!(ask(&client, path, content_type).await.status(), expected, "{login} {path}");
        }
        assert_eq!(client.me().await.status(), 401, "{login}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_anybody_may_have_needs_no_session() {
    let server = TestServer::start().await;
    for path in OPEN.into_iter().map(str::to_owned).chain(pages()) {
        let answer = server.client().get(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(!answer.headers().contains_key(header::SET_COOKIE), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn server_functions_take_nothing_but_post() {
    let server = TestServer::start().await;
    let methods = [Method::GET, Method::PUT, Method::PATCH, Method::DELETE];
    for (path, ..) in SERVER_FUNCTIONS {
        for method in &methods {
            let request = server.client().request(method.clone(), path);
            let answer = request.header(header::ORIGIN, &server.base).send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method} {path}");
            assert_eq!(answer.headers()[header::ALLOW], "POST", "{method} {path}");
            error_of(answer).await;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn unknown_addresses_are_not_found_each_in_its_own_way() {
    let server = TestServer::start().await;
    for path in ["/api/nothing", "/api/sync/push/more", "/api/"] {
        let answer = server.client().get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        if path != "/api/" {
            assert_eq!(error_of(answer).await, "not_found", "{path}");
        }
    }
    for path in ["/nothing", "/write/more", "/favicon.ico"] {
        let answer = server.client().get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        let content_type = answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        assert!(content_type.starts_with("text/html"), "{path}");
        assert!(answer.text().await.unwrap().contains("<main"), "{path}");
    }
    server.stop().await;
}
