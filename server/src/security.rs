//! What a browser is told to refuse, and which writes the server refuses because another site may have made them.

use crate::{answer::ErrorAnswer, config::PublicUrl, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::sync::Failure;
use std::sync::Arc;

/// Sent with every answer that says nothing else.
const ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // Whatever may be kept says so itself; everything else may be about somebody.
    (header::CACHE_CONTROL, "no-store"),
];
/// Sent with whatever a browser may show or run on its own.
const TO_PAGES: [(HeaderName, &str); 4] = [
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];
/// Two years, as browsers' lists ask for.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// The layer that adds the headers.
pub async fn headers(State(public_url): State<Arc<PublicUrl>>, request: Request, next: Next) -> Response {
    let policy = content_policy("", request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let use_of = use_of(headers);
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if use_of == Use::Page {
        for (name, value) in TO_PAGES {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
    if use_of != Use::Part
        && let Ok(policy) = HeaderValue::try_from(policy)
    {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    if public_url.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    response
}

/// What a browser may do with an answer on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Show it: a drawing may be opened alone.
    Page,
    /// Run it: a script may be a worker, with a policy of its own.
    Script,
    /// Nothing: a style sheet, WebAssembly. Half a kilobyte of words to each would be a part of the watcher's first load.
    Part,
}

fn use_of(headers: &HeaderMap) -> Use {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match content_type.split(';').next() {
        Some("text/css" | "application/wasm") => Use::Part,
        Some("text/javascript") => Use::Script,
        _ => Use::Page,
    }
}

/// Where a page may get what from. `inline` names the page's own scripts, by nonce or by hash.
#[must_use]
pub fn content_policy(inline: &str, request: &HeaderMap) -> String {
    format!(
        "default-src 'self'; script-src 'self' {} {inline}; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
        compile_wasm(request)
    )
}

/// The word that lets WebAssembly run. Safari before 16 does not know it, and runs WebAssembly only where `eval` is
/// allowed, too; only scripts of ours could call it.
fn compile_wasm(request: &HeaderMap) -> &'static str {
    let browser = request.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let old_safari = browser.contains("AppleWebKit/")
        && !browser.contains("Chrome/")
        && ["Version/15.", "OS 15_"].iter().any(|version| browser.contains(version));
    if old_safari { "'unsafe-eval'" } else { "'wasm-unsafe-eval'" }
}

/// The layer that refuses writes from pages of other sites (CSRF): 403, whatever the method and the content type.
pub async fn refuse_foreign_writes(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own_write(request.headers(), state.public_url.origin()) {
        return next.run(request).await;
    }
    tracing::warn!(
        path = request.uri().path(),
        expected = state.public_url.origin(),
        "write from another site refused"
    );
    ErrorAnswer::from(Failure::Forbidden { epoch: Some(state.server.store.epoch()), community: None }).into_response()
}

/// Whether a write comes from a page of ours, or from something that is no browser.
///
/// - `Sec-Fetch-Site` cannot be forged by a page, and is right behind any proxy: where it is sent, it decides.
/// - Browsers without it (and all of them on plain HTTP in a local network) send `Origin` with every write: it must be
///   the public address. `Origin: null` is nobody.
/// - Neither: no browser that runs the app. A command-line client may sign in; but a request that carries a cookie has
///   to name its origin, because a cookie without an origin is what a forged request through a header-stripping proxy
///   would look like.
fn is_own_write(headers: &HeaderMap, own_origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin == own_origin,
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decides(headers: &[(&'static str, &'static str)]) -> bool {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_own_write(&headers.collect(), "https://log.example.org")
    }

    #[test]
    fn only_our_own_pages_and_programs_may_write() {
        let cookie = ("cookie", "session=1");
        assert!(decides(&[cookie, ("sec-fetch-site", "same-origin")]));
        assert!(decides(&[cookie, ("origin", "https://log.example.org")]));
        assert!(decides(&[]));
        assert!(!decides(&[cookie]));
        for origin in
            ["https://log.example.org.evil.test", "http://log.example.org", "https://log.example.org:8443", "null", ""]
        {
            assert!(!decides(&[("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", "SAME-ORIGIN", ""] {
            assert!(!decides(&[("sec-fetch-site", site), ("origin", "https://log.example.org")]), "{site}");
        }
    }

    #[test]
    fn webassembly_runs_in_old_safari_and_eval_nowhere_else() {
        let policy = |browser: &'static str| {
            content_policy(
                "'nonce-x'",
                &HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(browser))]),
            )
        };
        let old = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1";
        let new = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";
        assert!(policy(old).contains(" 'unsafe-eval'"));
        assert!(policy(new).contains("script-src 'self' 'wasm-unsafe-eval' 'nonce-x';"));
        assert!(!policy(new).contains(" 'unsafe-eval'"));
    }
}
