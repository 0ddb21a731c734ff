//! `GET /api/live`: tells a signed-in client that there is something new. It says only that, never what: the client
//! pulls, and pull decides what this person may see.

use crate::{answer::Failure, session::signed_in, state::AppState};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, stream};
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};

/// A connection without traffic is cut by mobile networks after half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A session that ended elsewhere keeps hearing for no longer than this.
const CHECK_SESSION: Duration = Duration::from_secs(60);
/// While entries pour in, one event in this time is enough.
const SHORTEST_GAP: Duration = Duration::from_millis(250);

/// One listening client.
struct Listener {
    state: AppState,
    /// Holds the session cookie.
    headers: HeaderMap,
    news: watch::Receiver<i64>,
    stopping: watch::Receiver<bool>,
    check: tokio::time::Interval,
    last_event: Option<Instant>,
}

/// `event: news` with the newest position at once, and again whenever it rises; ends with the session or the server.
///
/// # Errors
/// [`app::error::AppError::SignInNeeded`].
pub async fn news(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    signed_in(&state, &headers).await?;
    let mut check = interval_at(Instant::now() + CHECK_SESSION, CHECK_SESSION);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (news, stopping) = (state.news.clone(), state.stopping.clone());
    let listener = Listener { state, headers, news, stopping, check, last_event: None };
    let events = stream::unfold(listener, |mut listener| async {
        let position = listener.next().await?;
        Some((Ok(Event::default().event("news").data(position.to_string())), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

impl Listener {
    /// The next position to tell, or the end.
    async fn next(&mut self) -> Option<i64> {
        if let Some(last_event) = self.last_event {
            self.wait_for_news(last_event + SHORTEST_GAP).await?;
        }
        self.last_event = Some(Instant::now());
        Some(*self.news.borrow_and_update())
    }

    async fn wait_for_news(&mut self, earliest: Instant) -> Option<()> {
        loop {
            let is_new = tokio::select! {
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                news = async { sleep_until(earliest).await; self.news.changed().await } => news.map(|()| true).ok()?,
                _ = self.check.tick() => false,
            };
            // Also when the store cannot say: the browser then connects again by itself.
            signed_in(&self.state, &self.headers).await.ok()?;
            if is_new {
                return Some(());
            }
        }
    }
}
