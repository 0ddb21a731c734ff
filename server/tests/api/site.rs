//! What the browser loads: assets, service worker, manifest.

use crate::server::{TestServer, no_site};
use reqwest::{Method, Response, header};
use server::site::Site;

const SCRIPT: &str = "/assets/watchlog.11111111.js";

async fn get(server: &TestServer, path: &str, name: header::HeaderName, value: &str) -> Response {
    server.client().request(Method::GET, path).header(name, value).send().await.unwrap()
}

#[tokio::test]
async fn assets_are_kept_for_a_year_and_have_the_right_type() {
    let server = TestServer::start().await;
    for (path, content_type) in [
        (SCRIPT, "text/javascript; charset=utf-8"),
        ("/assets/watchlog.22222222.wasm", "application/wasm"),
        ("/assets/watchlog.33333333.css", "text/css; charset=utf-8"),
        ("/assets/icon.44444444.svg", "image/svg+xml"),
        ("/assets/icon-192.55555555.png", "image/png"),
    ] {
        let answer = server.client().get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], content_type);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers()[header::VARY], "accept-encoding");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    server.stop().await;
}

#[tokio::test]
async fn each_browser_gets_the_smallest_form_that_it_takes() {
    let server = TestServer::start().await;
    for (accepted, encoding, body) in [
        ("gzip, deflate, br", Some("br"), "brotlied"),
        ("gzip", Some("gzip"), "gzipped"),
        ("br;q=0, gzip", Some("gzip"), "gzipped"),
        ("identity", None, "export function hydrate() {}"),
    ] {
        let answer = get(&server, SCRIPT, header::ACCEPT_ENCODING, accepted).await;
        let actual = answer.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(actual.as_deref(), encoding, "{accepted}");
        assert_eq!(answer.text().await.unwrap(), body, "{accepted}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_browser_that_has_the_file_is_told_so_and_each_form_has_its_own_tag() {
    let server = TestServer::start().await;
    let tag = |accepted: &'static str| {
        let answer = get(&server, SCRIPT, header::ACCEPT_ENCODING, accepted);
        async { answer.await.headers()[header::ETAG].to_str().unwrap().to_owned() }
    };
    let (brotli, plain) = (tag("br").await, tag("identity").await);
    assert_ne!(brotli, plain);
    let request = server.client().request(Method::GET, SCRIPT).header(header::ACCEPT_ENCODING, "br");
    let answer = request.header(header::IF_NONE_MATCH, &brotli).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().len()), (304, 0));
    let answer = get(&server, SCRIPT, header::IF_NONE_MATCH, &brotli).await;
    assert_eq!(answer.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn the_service_worker_is_never_taken_from_a_cache() {
    let server = TestServer::start().await;
    let answer = server.client().get("/sw.js").await;
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(answer.headers()["service-worker-allowed"], "/");
    let answer = server.client().get("/manifest.webmanifest").await;
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/manifest+json");
    server.stop().await;
}

#[tokio::test]
async fn nothing_else_can_be_had_from_the_folder_of_the_site() {
    let server = TestServer::start().await;
    for path in [
        "/assets/nothing.js",
        "/assets/watchlog.11111111.js.br",
        "/assets/../site.json",
        "/assets/%2e%2e/site.json",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/",
        "/site.json",
    ] {
        assert_eq!(server.client().get(path).await.status(), 404, "{path}");
    }
    let answer = server.client().get("/assets/nothing.js").await;
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    server.stop().await;
}

#[tokio::test]
async fn a_server_without_its_site_says_so_and_answers_the_rest() {
    let server = TestServer::start_with(None, no_site()).await;
    for path in ["/", "/sign-in", "/offline-shell", "/nothing"] {
        let answer = server.client().get(path).await;
        assert_eq!(answer.status(), 503, "{path}");
        assert!(answer.text().await.unwrap().contains("make site"), "{path}");
    }
    assert_eq!(server.client().get("/sw.js").await.status(), 404);
    server.signed_in(crate::world::WANG).await;
    server.stop().await;
}

#[tokio::test]
async fn a_site_whose_files_change_under_the_same_name_is_never_kept() {
    let names = ["assets/watchlog.js", "assets/watchlog.wasm", "assets/watchlog.css"];
    let site = Site::of(names.iter().map(|name| ((*name).to_owned(), b"as cargo leptos makes it".to_vec())).collect());
    let server = TestServer::start_with(None, site).await;
    let page = server.client().get("/sign-in").await.text().await.unwrap();
    for name in names {
        assert!(page.contains(&format!("/{name}")), "{name}");
        let answer = server.client().get(&format!("/{name}")).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[header::CACHE_CONTROL]),
            (200, &"no-store".parse().unwrap())
        );
    }
    server.stop().await;
}
