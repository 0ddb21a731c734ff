//! What a server function finds around it: the store, the clock, and who asks.

use super::Clock;
use crate::error::AppError;
use domain::kernel::{PersonId, Span, Timestamp, Unreadable, json};
use domain::store::{FeedPage, PageLimit, PushBatch, SessionToken, SignInError, SignedIn, Store, StoreError};
use domain::sync::{
    BATCH_COMMANDS, Card, Cursor, Failure, MeReply, PAGE_BYTES, PAGE_RECORDS, PROTOCOL, PullReply, PullReplyHead,
    PullRequest, PushRequest, ServerMark,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// A phone that starts anew hears of what changed within so long; what is older and does not stay open is found by search.
const HORIZON: Span = Span::days(92);
/// A store that cannot answer now is asked again after so long.
const PATIENCE: Span = Span::seconds(5);

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
        let max_age = SessionToken::LIFETIME.millis() / 1_000;
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
    /// Which version of the program this is: where it is another one, phones offer again what the one before did not know.
    pub version: &'static str,
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
        use_context().ok_or(AppError(Failure::Internal))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whose reply it is, and for whom.
    #[must_use]
    pub fn mark(&self, person: PersonId) -> ServerMark {
        let (epoch, version) = (self.store.epoch(), self.version.to_owned());
        ServerMark { epoch, protocol: PROTOCOL, version, now: self.now(), person }
    }

    /// Who asks. The end of a session that is used moves about once a day, in the store and in the cookie.
    pub(super) async fn signed_in(&self) -> Result<SignedIn, AppError> {
        let now = self.now();
        let token = self.token().ok_or_else(|| self.sign_in_needed())?;
        let signed_in = self.session(&token, now).await?;
        if signed_in.wants_moving && self.move_session(&token, now).await {
            self.send_cookie(&token);
        }
        Ok(signed_in)
    }

    /// Whose session a request carries ([`session_token`]). Its end is not moved: of that only the reply of a server function
    /// can tell the browser.
    ///
    /// # Errors
    /// [`Failure::SignInNeeded`], or the store's.
    pub async fn person_of(&self, token: Option<SessionToken>) -> Result<SignedIn, AppError> {
        let token = token.ok_or_else(|| self.sign_in_needed())?;
        self.session(&token, self.now()).await
    }

    /// Nobody is signed in, says this server.
    #[must_use]
    pub fn sign_in_needed(&self) -> AppError {
        AppError(Failure::sign_in_needed(self.store.epoch()))
    }

    async fn session(&self, token: &SessionToken, now: Timestamp) -> Result<SignedIn, AppError> {
        self.store.signed_in(token, now).await?.ok_or_else(|| self.sign_in_needed())
    }

    /// Where nothing can be written, people go on reading, and the next request tries again.
    async fn move_session(&self, token: &SessionToken, now: Timestamp) -> bool {
        let moved = self.store.move_session(token, now).await;
        moved.inspect_err(|error| tracing::warn!(%error, "the end of a session was not moved")).is_ok()
    }

    pub(super) fn me(&self, signed_in: SignedIn) -> Result<MeReply, AppError> {
        let SignedIn { person, cards, .. } = signed_in;
        let card = Card::of(person, &cards).map_err(|_| AppError(Failure::Internal))?;
        Ok(MeReply { server: self.mark(person), card })
    }

    /// A client of another protocol is too old, or newer than this server. There is one protocol until 0.2.0.
    fn understands(protocol: u16) -> Result<(), AppError> {
        if protocol == PROTOCOL { Ok(()) } else { Err(AppError(Failure::TooOld)) }
    }

    pub(super) fn batch(&self, body: &str, sender: PersonId) -> Result<PushBatch, AppError> {
        Self::understands(PushRequest::read_head(body).map_err(bad_request)?.protocol)?;
        let PushRequest { device, sent_at, commands } = PushRequest::read(body).map_err(bad_request)?;
        if commands.len() > BATCH_COMMANDS {
            let detail = format!("more than {BATCH_COMMANDS} commands");
            return Err(AppError(Failure::BadRequest { detail }));
        }
        Ok(PushBatch { sender, device, sent_at, received: self.now(), commands })
    }

    pub(super) fn wanted(&self, body: &str) -> Result<(Vec<Cursor>, PageLimit), AppError> {
        let PullRequest { protocol, cursors, limit } = json::read(body.as_bytes()).map_err(bad_request)?;
        Self::understands(protocol)?;
        let horizon = self.now().plus(HORIZON.negated());
        Ok((cursors, PageLimit { records: limit.clamp(1, PAGE_RECORDS), bytes: PAGE_BYTES, horizon }))
    }

    pub(super) fn page(&self, reader: PersonId, page: FeedPage) -> PullReply {
        let FeedPage { envelopes, cursors, start_over, more } = page;
        PullReply { head: PullReplyHead { server: self.mark(reader), cursors, start_over, more }, envelopes }
    }

    pub(super) const fn demo_only(&self) -> Result<(), AppError> {
        if self.demo { Ok(()) } else { Err(AppError(Failure::NotFound)) }
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
            SignInError::WrongCredentials => AppError(Failure::WrongCredentials),
            SignInError::Locked { until } => {
                let retry_after = until.since(self.now()).max(Span::seconds(1));
                AppError(Failure::TooManyAttempts { retry_after })
            }
            SignInError::Store(error) => error.into(),
        }
    }

    fn token(&self) -> Option<SessionToken> {
        let parts = use_context::<http::request::Parts>()?;
        session_token(&parts.headers, self.cookies)
    }
}

fn bad_request(error: Unreadable) -> AppError {
    AppError(Failure::BadRequest { detail: error.detail })
}

impl From<StoreError> for AppError {
    /// The border: here the cause is logged, once, and stays.
    fn from(error: StoreError) -> Self {
        Self(match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(%cause, "store unavailable");
                Failure::Unavailable { retry_after: PATIENCE }
            }
            StoreError::Failed(cause) => {
                tracing::error!(%cause, "store failed");
                Failure::Internal
            }
        })
    }
}
