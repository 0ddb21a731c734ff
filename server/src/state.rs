//! What every handler finds.

use crate::{blobs::Blobs, config::PublicUrl, site::Site};
use app::api::Server;
use axum::extract::FromRef;
use domain::kernel::CommunityId;
use std::sync::Arc;
use tokio::sync::watch;

/// Where one hears of a community's news: the newest position of its feed, raised after each commit.
pub type News = Arc<dyn Fn(CommunityId) -> watch::Receiver<i64> + Send + Sync>;

/// Cheap to copy: all of it is shared.
#[derive(Clone)]
pub struct AppState {
    /// Store, cookies and clock, as server functions and pages want them.
    pub server: Server,
    /// Photos and voice notes.
    pub blobs: Blobs,
    /// What the browser loads.
    pub site: Arc<Site>,
    /// The newest position of a community's feed, as it rises.
    pub news: News,
    /// Turns true when the server stops: whatever would go on for ever has to end.
    pub stopping: watch::Receiver<bool>,
    /// The address that people type.
    pub public_url: Arc<PublicUrl>,
}

impl FromRef<AppState> for Arc<Site> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.site)
    }
}

impl FromRef<AppState> for Arc<PublicUrl> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.public_url)
    }
}
