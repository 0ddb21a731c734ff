//! The platform under the sync loop, [`Host`]: this tab of this browser.

use crate::{browser, device::Device, live::Live, tabs::Tabs, talking::Talking};
use async_trait::async_trait;
use domain::{
    kernel::{Span, Timestamp},
    sync::{Alone, Host, News, Turn},
};
use gloo_timers::future::TimeoutFuture;
use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// One tab.
pub(crate) struct Tab {
    pub(crate) device: Rc<Device>,
    pub(crate) tabs: Tabs,
    /// Made when it is first listened to.
    pub(crate) live: OnceCell<Live>,
    pub(crate) has_asked_to_persist: Cell<bool>,
}

impl Tab {
    /// After the first save there is something to lose, and browsers are readier to promise.
    fn ask_to_persist(&self) {
        let client = self.device.client();
        if client.persisted.get_untracked() != Some(true) && !self.has_asked_to_persist.replace(true) {
            spawn_local(async move { client.persisted.set(browser::is_persisted(true).await) });
        }
    }
}

#[async_trait(?Send)]
impl Host for Tab {
    fn now(&self) -> Timestamp {
        browser::now()
    }

    fn random(&self) -> [u8; 10] {
        browser::random()
    }

    async fn sleep(&self, span: Span) {
        let millis = u32::try_from(span.millis().max(0)).unwrap_or(u32::MAX);
        TimeoutFuture::new(millis).await;
    }

    async fn alone(&self, turn: Turn) -> Option<Alone> {
        // Only whoever talks asks for a turn.
        (Talking::here().await.ok()?.alone)(turn).await
    }

    fn is_visible(&self) -> bool {
        browser::is_visible()
    }

    fn tell(&self, news: News) {
        self.tabs.tell(news);
        if news == News::Saved {
            self.ask_to_persist();
        }
    }

    fn listen(&self, wanted: bool) -> bool {
        // Until the part that talks has come, nothing is listened to.
        Talking::come().is_some_and(|talking| (talking.listen)(self, wanted))
    }

    fn is_too_old(&self) {
        self.device.versions.check(true);
    }

    fn warn(&self, what: &str) {
        leptos::logging::warn!("{what}");
    }
}
