//! Writes that another site made a browser send.

use crate::{
    routes::{SERVER_FUNCTIONS, sensible_body},
    server::{LINES, TestServer, failure_of, push_body, test_site},
    world::{STAIRWELL, WANG, bytes, entry},
};
use domain::{store::Store, sync::Failure};
use reqwest::{Method, header};
use serde_json::json;

const CONTENT_TYPES: [&str; 5] =
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""];

/// What browsers say of such a request, newer and older ones.
const FOREIGN: [&[(&str, &str)]; 5] = [
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")],
    &[("sec-fetch-site", "same-site"), ("origin", "http://other.127.0.0.1")],
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
    // A cookie, and no word about where it comes from.
    &[],
];

#[tokio::test]
async fn no_write_from_another_site_comes_through_by_any_method_or_content_type() {
    let server = TestServer::start().await;
    let victim = server.signed_in(WANG).await;
    // A phone takes nothing away for it: no community is named.
    let forbidden = Failure::Forbidden { epoch: Some(server.store.epoch()), community: None };
    let methods = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for (path, ..) in SERVER_FUNCTIONS {
        for method in &methods {
            for content_type in CONTENT_TYPES {
                for foreign in FOREIGN {
                    let mut request = victim.request(method.clone(), path).body(sensible_body(path));
                    for (name, value) in foreign {
                        request = request.header(*name, *value);
                    }
                    if !content_type.is_empty() {
                        request = request.header(header::CONTENT_TYPE, content_type);
                    }
                    let answer = request.send().await.unwrap();
                    assert_eq!(answer.status(), 403, "{method} {path} {content_type} {foreign:?}");
                    assert_eq!(failure_of(answer).await, forbidden);
                }
            }
        }
    }
    // Still signed in: none of the sign-outs among them did anything.
    assert_eq!(victim.me().await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn a_forged_entry_is_not_stored() {
    let server = TestServer::start().await;
    let victim = server.signed_in(WANG).await;
    let body = push_body(&[bytes(&entry(WANG, STAIRWELL, "不是我写的"))]);
    // Browsers send text to other sites without asking them first.
    let request = victim.request(Method::POST, "/api/sync/push").header(header::ORIGIN, "https://evil.test");
    let answer = request.header(header::CONTENT_TYPE, LINES).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(server.store.counts().await.unwrap().entries, 0);
    server.stop().await;
}

#[tokio::test]
async fn the_public_url_decides_whose_pages_may_write() {
    let server = TestServer::start_with(Some("https://log.example.org"), test_site()).await;
    let client = server.client();
    let me = |origin: &'static str| {
        let request = client.request(Method::POST, "/api/session/demo-people");
        request.header(header::ORIGIN, origin).json(&json!({})).send()
    };
    assert_eq!(me("https://log.example.org").await.unwrap().status(), 200);
    assert_eq!(me("http://log.example.org").await.unwrap().status(), 403);
    server.stop().await;
}

#[tokio::test]
async fn reading_is_no_write_and_a_link_from_elsewhere_works() {
    let server = TestServer::start().await;
    let request = server.client().request(Method::GET, "/").header("sec-fetch-site", "cross-site");
    assert_eq!(request.send().await.unwrap().status(), 200);
    server.stop().await;
}
