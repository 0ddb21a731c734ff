//! What the program tells about its work: one line per request, causes of failures, nothing that people wrote.

use crate::config::LogFilter;
use axum::{extract::Request, middleware::Next, response::Response};
use std::time::Instant;
use tracing_subscriber::fmt;

/// Starts logging to stderr. Calling it twice changes nothing.
pub fn init(log: &LogFilter) {
    let _ = fmt().with_env_filter(log.filter()).with_writer(std::io::stderr).try_init();
}

/// One line per request: method, path, status and time. Never the query, a header or a body: those hold words that
/// people looked for, and secrets.
pub async fn log_request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let ms = started.elapsed().as_millis();
    if status.is_server_error() {
        tracing::warn!(%method, path, status = status.as_u16(), ms, "request");
    } else {
        // Health checks come every few seconds, for ever.
        match path.as_str() {
            "/healthz" | "/readyz" => {
                tracing::debug!(%method, path, status = status.as_u16(), ms, "request")
            }
            _ => tracing::info!(%method, path, status = status.as_u16(), ms, "request"),
        }
    }
    response
}
