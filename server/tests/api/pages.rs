//! The app's pages as the server sends them, and the shell that the service worker keeps.

use crate::{
    server::TestServer,
    world::{CHEN, WANG},
};
use reqwest::{Response, header};

const POLICY: header::HeaderName = header::CONTENT_SECURITY_POLICY;

fn policy(answer: &Response) -> String {
    answer.headers()[POLICY].to_str().unwrap().to_owned()
}

fn word_in<'a>(policy: &'a str, start: &str) -> Vec<&'a str> {
    policy.split([' ', ';']).filter_map(|word| word.trim_matches('\'').strip_prefix(start)).collect()
}

#[tokio::test]
async fn pages_carry_the_app_and_nothing_of_anybody() {
    let server = TestServer::start().await;
    let stranger = server.client().get("/").await;
    assert_eq!(stranger.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(stranger.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    let page = server.signed_in(WANG).await.get("/").await.text().await.unwrap();
    assert!(page.contains("<main") && page.contains("/assets/watchlog.33333333.css"), "{page}");
    assert!(!page.contains("data-shell") && !page.contains("王某兰"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn scripts_of_a_page_run_by_a_nonce_that_is_used_once() {
    let server = TestServer::start().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = server.client().get("/write").await;
        let policy = policy(&answer);
        for rule in [
            "default-src 'self'",
            "style-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "'wasm-unsafe-eval'",
        ] {
            assert!(policy.contains(rule), "{rule} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        let nonce = word_in(&policy, "nonce-")[0].to_owned();
        let page = answer.text().await.unwrap();
        let scripts = page.matches("<script").count();
        assert!(scripts >= 2);
        assert_eq!(page.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{page}");
        // `style-src 'self'` forbids these.
        assert!(!page.contains(" style=") && !page.contains("<style"), "{page}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
    server.stop().await;
}

#[tokio::test]
async fn the_offline_shell_is_the_same_bytes_for_everybody_and_names_this_version() {
    let server = TestServer::start().await;
    let shells = [server.client(), server.signed_in(WANG).await, server.signed_in(CHEN).await];
    let mut seen = Vec::new();
    for client in shells {
        let answer = client.get("/offline-shell").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        seen.push((policy(&answer), answer.text().await.unwrap()));
    }
    assert!(seen.iter().all(|shell| *shell == seen[0]));
    let (policy, page) = &seen[0];
    for name in [
        "data-shell",
        // The offer to install comes before the WASM is there.
        "beforeinstallprompt",
        "/assets/watchlog.11111111.js",
        // Named, so that the browser need not read the first script to learn of it.
        "modulepreload\" href=\"/assets/parts.11111111.js",
        "/assets/watchlog.22222222.wasm",
        "/assets/watchlog.33333333.css",
    ] {
        assert!(page.contains(name), "{name} in {page}");
    }
    // Kept with the page for weeks, a nonce would be one no longer: its scripts are named by their hashes.
    assert!(!page.contains("nonce") && !policy.contains("nonce"), "{policy} {page}");
    assert_eq!(word_in(policy, "sha256-").len(), page.matches("<script").count());
    server.stop().await;
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_to_refuse() {
    let server = TestServer::start().await;
    for path in ["/", "/offline-shell", "/healthz", "/api/nothing", "/assets/nothing.js", "/nothing"] {
        let answer = server.client().get(path).await;
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert!(headers.contains_key("permissions-policy") && headers.contains_key(POLICY), "{path}");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "{path}");
    }
    // A script may be a worker, which has a policy of its own; a style sheet and WebAssembly do nothing alone.
    for (path, may_run) in [("/sw.js", true), ("/assets/watchlog.33333333.css", false)] {
        let answer = server.client().get(path).await;
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{path}");
        assert_eq!(headers.contains_key(POLICY), may_run, "{path}");
    }
    server.stop().await;
}
