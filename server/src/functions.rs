//! How a server function of [`app::api`] is reached by HTTP. What leptos leaves open is settled here, in one place:
//! method, content type, size, and the status of errors.

use crate::{answer::ErrorAnswer, body, state::AppState};
use app::error::AppError;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodFilter, on},
};
use domain::sync::Failure;
use leptos::{
    context::provide_context,
    server_fn::{
        ServerFn,
        axum::register_explicit,
        error::{SERVER_FN_ERROR_HEADER, ServerFnUrlError},
        server::Server,
    },
};
use std::time::Duration;

/// Most bytes of a request: a full batch has 800,000 ([`domain::sync::BATCH_BYTES`]), and what its first line says.
pub const MOST_BYTES: usize = 1_000_000;
/// Most bytes of an error on its way from leptos to the client.
const MOST_ERROR_BYTES: usize = 64 * 1024;

const JSON: &str = "application/json";
const LINES: &str = "text/plain";
const FORM: &str = "application/x-www-form-urlencoded";
/// Where people who sent a plain form read what went wrong. Only signing in has one.
const FORM_PAGE: &str = "/sign-in";
/// Says for a minute that somebody has just signed in: a page without the app, or one that is loaded anew before the device
/// has noted it, then asks who it is (`frontend/src/start.rs`). An address could say the same, and be opened by anybody.
const ENTERED: &str = "entered=1; Path=/; Max-Age=60; SameSite=Lax";

/// A server function that takes JSON.
pub fn json<F>(path: &'static str) -> Router<AppState>
where
    F: ServerFn<Error = AppError> + 'static,
    F::Server: Server<F::Error, F::InputStreamError, F::OutputStreamError, Request = Request, Response = Response>,
{
    route::<F>(path, JSON)
}

/// A server function that takes lines of text ([`domain::sync`]).
pub fn lines<F>(path: &'static str) -> Router<AppState>
where
    F: ServerFn<Error = AppError> + 'static,
    F::Server: Server<F::Error, F::InputStreamError, F::OutputStreamError, Request = Request, Response = Response>,
{
    route::<F>(path, LINES)
}

/// A server function that takes a form, also from a page without script.
pub fn form<F>(path: &'static str) -> Router<AppState>
where
    F: ServerFn<Error = AppError> + 'static,
    F::Server: Server<F::Error, F::InputStreamError, F::OutputStreamError, Request = Request, Response = Response>,
{
    route::<F>(path, FORM)
}

fn route<F>(path: &'static str, content_type: &'static str) -> Router<AppState>
where
    F: ServerFn<Error = AppError> + 'static,
    F::Server: Server<F::Error, F::InputStreamError, F::OutputStreamError, Request = Request, Response = Response>,
{
    debug_assert_eq!(path, F::PATH, "the router and app::api disagree about an address");
    register_explicit::<F>();
    let call = move |State(state): State<AppState>, request: Request| call(state, request, F::PATH, content_type);
    Router::new().route(path, on(MethodFilter::POST, call))
}

async fn call(state: AppState, request: Request, path: &'static str, content_type: &str) -> Response {
    if !has_content_type(request.headers(), content_type) {
        let detail = format!("the content type must be {content_type}");
        return ErrorAnswer::of_request(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail).into_response();
    }
    let (mut parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(failure) => return failure.into_response(),
    };
    let from_page = content_type == FORM && wants_page(&parts);
    if !from_page {
        // Otherwise leptos would take it for a form, and answer with a redirect to wherever `Referer` says.
        parts.headers.insert(header::ACCEPT, HeaderValue::from_static(JSON));
    }
    let request = Request::from_parts(parts, Body::from(body));
    let context = move || provide_context(state.server.clone());
    let mut response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    if response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        // The session may have been prolonged all the same, and the browser has to hear of it.
        let cookie = response.headers_mut().remove(header::SET_COOKIE);
        let mut answer = failed(response, path, from_page).await;
        if let Some(cookie) = cookie {
            answer.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        return answer;
    }
    if content_type == FORM {
        // Nobody is signed in on a device by a session alone (`domain::sync`): the answer says that somebody has just done so.
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(ENTERED));
    }
    response
}

/// Leptos answers every error with 500, or with a redirect for a form.
async fn failed(response: Response, path: &str, from_page: bool) -> Response {
    let error = match to_bytes(response.into_body(), MOST_ERROR_BYTES).await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(AppError(Failure::Internal)),
        Err(_) => AppError(Failure::Internal),
    };
    if from_page { back_to_form(path, error).into_response() } else { ErrorAnswer::from(error).into_response() }
}

/// The page of the form, which finds the error in its address as leptos puts it there.
fn back_to_form(path: &str, error: AppError) -> Redirect {
    // Any base will do: only path and query are used.
    let url = ServerFnUrlError::new(path, error).to_url(&format!("http://localhost{FORM_PAGE}"));
    match url {
        Ok(url) => Redirect::to(&format!("{FORM_PAGE}?{}", url.query().unwrap_or_default())),
        Err(_) => Redirect::to(FORM_PAGE),
    }
}

async fn read(body: Body) -> Result<Vec<u8>, ErrorAnswer> {
    // How long an answer may take is the router's business.
    let received = body::read(body, MOST_BYTES, Duration::MAX, &format!("more than {MOST_BYTES} bytes")).await?;
    if received.cut_off {
        return Err(ErrorAnswer::of_request(StatusCode::BAD_REQUEST, "the body ended early"));
    }
    Ok(received.bytes)
}

fn has_content_type(headers: &HeaderMap, expected: &str) -> bool {
    let actual = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    actual.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

fn wants_page(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
