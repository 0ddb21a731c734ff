//! The routes, and the context that every page finds.

use super::{
    Client,
    components::{JustSaved, RouteFocus, SavedSheet, SkipLink},
    pages,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

/// The app: what `/offline-shell` is filled with, and what server pages carry.
#[component]
#[must_use]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // `frontend` provides a client of its own before it mounts; on the server this is the only one.
    if use_context::<Client>().is_none() {
        provide_context(Client::new());
    }
    provide_context(JustSaved::new());
    view! {
        <Title formatter=|page: String| if page.is_empty() { "邻里守望工作日志".to_owned() } else { format!("{page} · 邻里守望工作日志") } />
        <Router>
            <SkipLink />
            <RouteFocus />
            <FlatRoutes fallback=pages::NotFound>
                <Route path=path!("/") view=pages::Home />
                <Route path=path!("/write") view=pages::Write />
                <Route path=path!("/log") view=pages::Log />
                <Route path=path!("/log/:entry") view=pages::EntryPage />
                <Route path=path!("/door/:door") view=pages::DoorPage />
                <Route path=path!("/sync") view=pages::SyncPage />
                <Route path=path!("/phone") view=pages::PhonePage />
                <Route path=path!("/settings") view=pages::Settings />
                <Route path=path!("/check-up") view=pages::CheckUp />
                <Route path=path!("/sign-in") view=pages::SignInPage />
                <Route path=path!("/review/:entry?") view=pages::Review />
            </FlatRoutes>
            <SavedSheet />
        </Router>
    }
}
