//! Every URL of the server.

use crate::{
    answer, blobs, functions, health, live,
    pages::{offline_shell, page, unknown_page},
    security, site,
    state::AppState,
    telemetry,
};
use app::api;
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
};

/// Addresses that the app draws itself; the same list as in [`app::ui::App`].
pub const PAGES: [&str; 12] = [
    "/",
    "/write",
    "/log",
    "/log/{entry}",
    "/door/{door}",
    "/sync",
    "/phone",
    "/settings",
    "/check-up",
    "/sign-in",
    "/review",
    "/review/{entry}",
];

/// Of 9. Pages are a tenth smaller than with the fastest, for a fraction of a millisecond.
const GZIP: i32 = 5;

/// The server's answers.
pub fn router(state: AppState) -> Router {
    let pages = PAGES.into_iter().fold(Router::new(), |pages, path| pages.route(path, get(page)));
    // From the outside in.
    let layers = ServiceBuilder::new()
        .layer(from_fn(telemetry::log_request))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(GZIP)))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(from_fn(answer::in_time))
        .layer(from_fn_with_state(state.clone(), security::refuse_foreign_writes));

    Router::new()
        // For operators.
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        // Server functions: POST only.
        .merge(functions::lines::<api::Push>("/api/sync/push"))
        .merge(functions::lines::<api::Pull>("/api/sync/pull"))
        .merge(functions::json::<api::FindEntries>("/api/log/search"))
        .merge(functions::json::<api::Me>("/api/session/me"))
        .merge(functions::form::<api::SignIn>("/api/session/sign-in"))
        .merge(functions::form::<api::SignInDemo>("/api/session/sign-in-demo"))
        .merge(functions::json::<api::DemoPeople>("/api/session/demo-people"))
        .merge(functions::json::<api::SignOut>("/api/session/sign-out"))
        // The rest of the API.
        .route("/api/live", get(live::news))
        .route("/api/blobs/{sha256}", get(blobs::handed_out).head(blobs::how_far).put(blobs::take_part))
        .route("/api/{*unknown}", any(answer::unknown_api))
        // What the browser loads.
        .route("/sw.js", get(site::service_worker))
        .route("/manifest.webmanifest", get(site::manifest))
        .route("/assets/{*name}", get(site::asset))
        .route("/offline-shell", get(offline_shell))
        // What people see.
        .merge(pages)
        .fallback(unknown_page)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(layers)
        .with_state(state)
}
