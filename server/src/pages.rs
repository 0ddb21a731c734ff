//! The app's pages as the server sends them: rendered for the address, with nothing about the person in them.

use crate::{security::content_policy, state::AppState};
use app::ui::{Start, is_first_screen, shell};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use sha2::{Digest, Sha256};

/// Any page of the app.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let Some(files) = state.site.files() else {
        return not_built();
    };
    let headers = request.headers().clone();
    let context = move || {
        provide_context(state.server.clone());
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = content_policy(&format!("'nonce-{nonce}'"), &headers).try_into()
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let first = is_first_screen(request.uri().path());
    let app = move || shell(files.clone(), Start::ServerPage { first });
    leptos_axum::render_app_async_with_context(context, app)(request).await
}

/// An address that is none of ours: the app's own page for that.
pub async fn unknown_page(state: State<AppState>, request: Request) -> Response {
    let mut response = page(state, request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// `GET /offline-shell`: the page around the app without the app, which the service worker keeps and answers
/// navigations with. It is the same bytes for everybody and for every server of one version, so its scripts are named
/// by their hashes: a nonce would be kept with it and be one no longer.
pub async fn offline_shell(State(state): State<AppState>, request: HeaderMap) -> Response {
    let Some(files) = state.site.files() else {
        return not_built();
    };
    let html = Owner::new().with(|| shell(files, Start::Mount).to_html());
    let policy = content_policy(&hashes_of_scripts(&html), &request);
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn not_built() -> Response {
    let page = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Site not built</title>\
                <p>This server was built without its site. Run <code>make site</code>, then build the server again.</p>";
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

/// `'sha256-…' 'sha256-…'`: the inline scripts of a page of ours.
fn hashes_of_scripts(html: &str) -> String {
    let scripts = html.split("<script").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once('>')?;
        rest.split_once("</script>").map(|(script, _)| script)
    });
    let hashes = scripts.map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script))));
    hashes.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inline_script_is_named_by_its_hash() {
        // printf abc | openssl dgst -sha256 -binary | base64
        let html = "<head><script nonce=\"\">abc</script></head><script type=\"module\">abc</script>";
        let hash = "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='";
        assert_eq!(hashes_of_scripts(html), format!("{hash} {hash}"));
    }
}
