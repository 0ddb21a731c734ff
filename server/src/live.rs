//! `GET /api/live`: tells a signed-in client that there is something new in one of their communities. It says only that,
//! never what: the client pulls, and pull decides what this person may see. Nobody hears of a community that is not
//! theirs, and a commit in one wakes nobody in another.

use crate::{answer::ErrorAnswer, session::signed_in, state::AppState};
use app::error::AppError;
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::{
    kernel::{CommunityId, Timestamp, json},
    organisation::{Community, Person},
    sync::Failure,
};
use futures::{
    Stream,
    future::{pending, select_all},
    stream,
};
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};

/// A connection without traffic is cut by mobile networks after half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A session or a post that ended elsewhere is heard with for no longer than this.
const CHECK_SESSION: Duration = Duration::from_secs(60);
/// Events are throttled: while entries pour in, one in this time is enough.
const SHORTEST_GAP: Duration = Duration::from_millis(250);

/// The feeds that somebody listens to.
type Feeds = Vec<(CommunityId, watch::Receiver<i64>)>;

/// One listening client.
struct Listener {
    state: AppState,
    /// Holds the session cookie.
    headers: HeaderMap,
    feeds: Feeds,
    stopping: watch::Receiver<bool>,
    check: tokio::time::Interval,
    last_event: Option<Instant>,
}

/// `event: news` with the newest position of each of the person's communities (`[["COMMUNITY",7],…]`) at once, and again
/// whenever one of them rises or another one is theirs; ends with the session or the server.
///
/// # Errors
/// [`Failure::SignInNeeded`].
pub async fn news(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ErrorAnswer> {
    let own = own_communities(&state, &headers).await?;
    let mut check = interval_at(Instant::now() + CHECK_SESSION, CHECK_SESSION);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = state.stopping.clone();
    let mut listener = Listener { state, headers, feeds: Feeds::new(), stopping, check, last_event: None };
    listener.hear_of(own);
    let events = stream::unfold(listener, |mut listener| async {
        let heads = listener.next().await?;
        Some((Ok(Event::default().event("news").data(heads)), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

impl Listener {
    /// The next heads to tell, or the end.
    async fn next(&mut self) -> Option<String> {
        if let Some(last_event) = self.last_event {
            self.wait_for_news(last_event + SHORTEST_GAP).await?;
        }
        self.last_event = Some(Instant::now());
        let heads: Vec<(CommunityId, i64)> =
            self.feeds.iter_mut().map(|(community, news)| (*community, *news.borrow_and_update())).collect();
        json::write(&heads).ok()
    }

    async fn wait_for_news(&mut self, earliest: Instant) -> Option<()> {
        loop {
            let is_new = tokio::select! {
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                () = async { sleep_until(earliest).await; any_rises(&mut self.feeds).await } => true,
                _ = self.check.tick() => false,
            };
            // Also when the store cannot say: the browser then connects again by itself.
            let own = own_communities(&self.state, &self.headers).await.ok()?;
            if self.hear_of(own) || is_new {
                return Some(());
            }
        }
    }

    /// Listens to these communities and no others. Says whether they are others than before.
    fn hear_of(&mut self, own: Vec<CommunityId>) -> bool {
        if self.feeds.iter().map(|(community, _)| community).eq(&own) {
            return false;
        }
        let news = &self.state.news;
        self.feeds = own.into_iter().map(|community| (community, news(community))).collect();
        true
    }
}

/// Ends when a feed has become longer; never where there is none.
async fn any_rises(feeds: &mut Feeds) {
    // Fails only where the store is gone, and then the server stops.
    let mut rises: Vec<_> = feeds.iter_mut().map(|(_, news)| Box::pin(news.changed())).collect();
    loop {
        if rises.is_empty() {
            return pending().await;
        }
        match select_all(rises).await {
            (Ok(()), ..) => return,
            (Err(_), _, others) => rises = others,
        }
    }
}

/// The communities in which whoever asks has a post, or had one not longer ago than late work counts: those that a pull
/// tells of.
async fn own_communities(state: &AppState, headers: &HeaderMap) -> Result<Vec<CommunityId>, AppError> {
    let now = state.server.now();
    let mut own = Vec::new();
    for card in signed_in(state, headers).await?.cards {
        if card.posts_at(now).next().is_some() || had_a_post(state, &card, now).await? {
            own.push(card.community);
        }
    }
    Ok(own)
}

async fn had_a_post(state: &AppState, card: &Person, now: Timestamp) -> Result<bool, AppError> {
    let ends = card.memberships.iter().filter(|held| held.from <= now).filter_map(|held| held.until);
    let Some(end) = ends.max() else { return Ok(false) };
    let stored = state.server.store.stored(&Community::key_of(card.community)).await?;
    let grace = match stored.map(|stored| json::read::<Community>(stored.text.as_bytes())) {
        Some(Ok(community)) => community.grace(),
        // A newer version wrote it: nobody is told too much.
        Some(Err(_)) => return Err(Failure::Internal.into()),
        None => return Ok(false),
    };
    Ok(now < end.plus(grace))
}
