//! What a server function finds around it: the store, the clock, and who asks.

use super::Clock;
use crate::domain::{PersonCard, PersonId, Rights, Timestamp};
use crate::error::AppError;
use crate::store::{PushBatch, Session, SessionToken, SignInError, Store, StoreError};
use crate::sync::{BATCH_COMMANDS, PROTOCOL, PushRequest, ServerMark};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// A phone that starts anew hears of entries that changed within this many days; older ones are found by search.
const HORIZON_DAYS: i64 = 92;
const DAY_MILLIS: i64 = 24 * 3_600_000;

/// How the session cookie is named and sent.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// The site is reached by HTTPS: the cookie is `__Host-` and `Secure`.
    pub secure: bool,
}

impl Cookies {
    const fn name(self) -> &'static str {
        if self.secure { "__Host-session" } else { "session" }
    }

    fn header(self, token: &SessionToken) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let max_age = SessionToken::LIFETIME_MINUTES * 60;
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}", self.name(), token.0)
    }
}

/// What every server function needs. Provided as context for page renders and for server functions alike.
#[derive(Clone)]
pub struct Server {
    /// The database.
    pub store: Arc<dyn Store>,
    /// One click per demo person instead of a password.
    pub demo: bool,
    /// The session cookie.
    pub cookies: Cookies,
    /// What time it is.
    pub clock: Clock,
}

/// The session that a request carries.
#[must_use]
pub fn session_token(headers: &http::HeaderMap, cookies: Cookies) -> Option<SessionToken> {
    let all = headers.get_all(http::header::COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = all.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookies.name()).map(|(_, value)| SessionToken(value.to_owned()))
}

impl Server {
    pub(super) fn here() -> Result<Self, AppError> {
        use_context().ok_or(AppError::Internal)
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn horizon(&self) -> Timestamp {
        self.now().plus_millis(-HORIZON_DAYS * DAY_MILLIS)
    }

    /// Whose reply it is, and for whom.
    #[must_use]
    pub fn mark(&self, person: PersonId) -> ServerMark {
        ServerMark { epoch: self.store.epoch(), protocol: PROTOCOL, now: self.now(), person }
    }

    /// Who asks. A session that is used is prolonged about once a day, in the store and in the cookie.
    pub(super) async fn signed_in(&self) -> Result<PersonCard, AppError> {
        let token = self.token().ok_or(AppError::SignInNeeded)?;
        let now = self.now();
        let session = self.session(&token, now).await?;
        if session.is_due(now) && self.prolong(&token, now).await {
            self.send_cookie(&token);
        }
        Ok(session.card)
    }

    /// Whose session a request carries ([`session_token`]). It is not prolonged: of that only the reply of a server function
    /// can tell the browser.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`], or the store's.
    pub async fn person_of(&self, token: Option<SessionToken>) -> Result<PersonCard, AppError> {
        let token = token.ok_or(AppError::SignInNeeded)?;
        Ok(self.session(&token, self.now()).await?.card)
    }

    async fn session(&self, token: &SessionToken, now: Timestamp) -> Result<Session, AppError> {
        self.store.signed_in(token, now).await?.ok_or(AppError::SignInNeeded)
    }

    /// Where nothing can be written, people go on reading, and the next request tries again.
    async fn prolong(&self, token: &SessionToken, now: Timestamp) -> bool {
        let prolonged = self.store.prolong(token, now).await;
        prolonged.inspect_err(|error| tracing::warn!(%error, "session not prolonged")).unwrap_or_default()
    }

    pub(super) async fn rights(&self) -> Result<Rights, AppError> {
        let card = self.signed_in().await?;
        Ok(Rights::of(card.id, &card.memberships, self.now()))
    }

    /// Version 1 is the first: anything else is no version at all, or newer than this server.
    pub(super) const fn understands(&self, protocol: u16) -> Result<(), AppError> {
        if protocol == 0 { Err(AppError::TooOld) } else { Ok(()) }
    }

    pub(super) fn batch(&self, request: PushRequest, sender: PersonId) -> Result<PushBatch, AppError> {
        self.understands(request.protocol)?;
        let PushRequest { device, sent_at, commands, .. } = request;
        if commands.len() > BATCH_COMMANDS {
            return Err(AppError::BadRequest { detail: format!("more than {BATCH_COMMANDS} commands") });
        }
        Ok(PushBatch { sender, device, sent_at, received: self.now(), commands })
    }

    pub(super) const fn demo_only(&self) -> Result<(), AppError> {
        if self.demo { Ok(()) } else { Err(AppError::NotFound) }
    }

    pub(super) fn start_session(&self, token: &SessionToken) {
        self.send_cookie(token);
        leptos_axum::redirect("/");
    }

    fn send_cookie(&self, token: &SessionToken) {
        let header = self.cookies.header(token);
        if let (Some(response), Ok(header)) = (use_context::<ResponseOptions>(), header.try_into()) {
            response.insert_header(http::header::SET_COOKIE, header);
        }
    }

    pub(super) async fn end_session(&self) -> Result<(), AppError> {
        if let Some(token) = self.token() {
            self.store.sign_out(&token).await?;
        }
        // The cookie stays, worth nothing: taking it back would take the next person's, where this answer comes late.
        Ok(())
    }

    pub(super) fn sign_in_error(&self, error: SignInError) -> AppError {
        match error {
            SignInError::WrongCredentials => AppError::WrongCredentials,
            SignInError::Locked { until } => {
                let seconds = until.since(self.now()).max(1_000) / 1_000;
                AppError::TooManyAttempts { retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
            }
            SignInError::Store(error) => error.into(),
        }
    }

    fn token(&self) -> Option<SessionToken> {
        let parts = use_context::<http::request::Parts>()?;
        session_token(&parts.headers, self.cookies)
    }
}

impl From<StoreError> for AppError {
    /// The border: here the cause is logged, once, and stays.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(%cause, "store unavailable");
                Self::Unavailable { retry_after_seconds: 5 }
            }
            StoreError::Failed(cause) => {
                tracing::error!(%cause, "store failed");
                Self::Internal
            }
        }
    }
}
