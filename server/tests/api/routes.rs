//! Every URL, for somebody who is not signed in, or not any more; and that there are no others.

use crate::{
    server::{FORM, TestServer, error_of},
    world::WANG,
};
use app::{domain::Sha256Hex, ui::App};
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, header};
use serde_json::json;
use server::{clock::now, router::PAGES};
use std::collections::BTreeSet;

/// Server functions with the content type that each takes and what it says to a stranger's `{}`.
pub const SERVER_FUNCTIONS: [(&str, &str, u16); 8] = [
    ("/api/sync/push", "application/json", 401),
    ("/api/sync/pull", "application/json", 401),
    ("/api/log/search", "application/json", 401),
    ("/api/session/me", "application/json", 401),
    ("/api/session/sign-out", "application/json", 200),
    ("/api/session/demo-people", "application/json", 200),
    ("/api/session/sign-in", FORM, 401),
    ("/api/session/sign-in-demo", FORM, 404),
];

/// A request that makes sense.
pub fn sensible_body(path: &str) -> String {
    let push = json!({ "request": { "protocol": 1, "device": crate::world::device(), "sent_at": 0, "commands": [] } });
    match path {
        "/api/sync/push" => push.to_string(),
        "/api/sync/pull" => json!({ "request": { "protocol": 1, "limit": 10 } }).to_string(),
        "/api/log/search" => json!({ "request": { "filter": {}, "limit": 10 } }).to_string(),
        "/api/session/sign-in" => "name=nobody&password=wrong".to_owned(),
        "/api/session/sign-in-demo" => format!("person={}", crate::world::person("wang")),
        _ => "{}".to_owned(),
    }
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
async fn strangers_and_those_whose_account_was_closed_are_asked_to_sign_in() {
    let server = TestServer::start().await;
    let closed = server.signed_in(WANG).await;
    server.store.close_account(WANG, now()).await.unwrap();
    let blob = format!("/api/blobs/{}", Sha256Hex::of(b"photo").0);
    for client in [server.client(), closed] {
        for (method, path) in [(Method::GET, "/api/live"), (Method::GET, blob.as_str()), (Method::PUT, blob.as_str())] {
            let answer = client.write(method, path).send().await.unwrap();
            assert_eq!(error_of(answer).await, "sign_in_needed", "{path}");
        }
        let answer = client.request(Method::HEAD, &blob).send().await.unwrap();
        assert_eq!(answer.status(), 401, "HEAD {blob}");
        for (path, content_type, expected) in SERVER_FUNCTIONS {
            let request = client.post(path).header(header::CONTENT_TYPE, content_type);
            let answer = request.body(sensible_body(path)).send().await.unwrap();
            assert_eq!(answer.status(), expected, "{path}");
            if expected != 200 {
                error_of(answer).await;
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn what_anybody_may_have_needs_no_session() {
    let server = TestServer::start().await;
    let open = ["/healthz", "/readyz", "/sw.js", "/manifest.webmanifest", "/offline-shell"];
    let pages = PAGES.map(|path| path.replace("{entry}", "x").replace("{door}", "5-2"));
    for path in open.into_iter().chain(pages.iter().map(String::as_str)) {
        let answer = server.client().get(path).await;
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
