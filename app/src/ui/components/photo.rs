//! A photo or a voice note wherever it is: on this device, with the server, or on another one.

use super::{Icon, IconName, focus_is_lost};
use crate::ui::reactive::{Effect, Memo, RwSignal, Signal, StoredValue, dynamic, handler, live};
use crate::ui::{Client, js, media};
use domain::kernel::{Attachment, sound_type};
use domain::sync::Link;
use leptos::{html, prelude::*};

/// Where a picture can be looked at.
#[derive(Clone, PartialEq, Eq)]
enum Source {
    /// Being asked.
    Asking,
    /// There.
    At(String),
    /// On another phone, or nowhere.
    Elsewhere,
    /// With the server, which cannot be reached.
    OutOfReach,
}

/// An address of this page's own, let go of with whoever asked for it.
#[derive(Clone, Copy)]
struct OwnAddress(StoredValue<Option<String>>);

impl OwnAddress {
    fn new() -> Self {
        let own = StoredValue::new(None::<String>);
        on_cleanup(move || {
            own.try_with_value(|own| own.as_deref().map(media::let_go));
        });
        Self(own)
    }

    /// Whoever looked or listened may be gone by now.
    fn keep(self, address: &str) {
        let before = self.0.try_update_value(|own| own.replace(address.to_owned()));
        if let Some(unused) = before.unwrap_or_else(|| Some(address.to_owned())) {
            media::let_go(&unused);
        }
    }
}

/// A picture of an attachment, small or large.
#[component]
#[must_use]
pub fn Photo(
    /// Which.
    photo: Attachment,
    /// Whether the server has it.
    #[prop(into)]
    arrived: Signal<bool>,
    /// What it is called.
    #[prop(into)]
    name: Signal<String>,
    /// Large, as large as the screen; small otherwise.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let client = Client::here();
    let (source, own) = (RwSignal::new(Source::Asking), OwnAddress::new());
    let size = if large { "large" } else { "small" };
    let with_server = ["/api/blobs/", &photo.sha256.to_string(), "?size=", size].concat();
    // What could not be had is asked for again when the server answers again.
    let reached = Memo::new(move |before: Option<&bool>| match client.link.get() {
        Link::Busy | Link::Unknown => before.copied().unwrap_or_default(),
        link => link == Link::Reached,
    });
    Effect::new(move |before: Option<()>| {
        let (arrived, reached, again) = (arrived.get(), reached.get(), before.is_some());
        if (again && !reached) || matches!(source.get_untracked(), Source::At(_)) {
            // Nobody has what they are looking at taken away.
            return;
        }
        let (photo, with_server) = (photo.clone(), with_server.clone());
        leptos::task::spawn_local(async move {
            let found = match client.blob(&photo.sha256).await {
                Ok(Some(bytes)) => media::address_of(&bytes, "image/jpeg").inspect(|address| own.keep(address)),
                _ => arrived.then_some(with_server),
            };
            source.try_set(found.map_or(Source::Elsewhere, Source::At));
        });
    });
    let failed = move |_| source.set(Source::OutOfReach);
    dynamic(move || match source.get() {
        Source::Asking => view! { <span class="photo-place" aria-busy="true"></span> }.into_any(),
        Source::At(address) => {
            view! { <img src=address alt=live(move || name.get()) decoding="async" on:error=handler(failed) /> }
                .into_any()
        }
        Source::Elsewhere => place("还没传到"),
        Source::OutOfReach => place("有信号时能看到"),
    })
}

fn place(words: &'static str) -> AnyView {
    view! { <span class="photo-place"><Icon name=IconName::Pictures /><span>{words}</span></span> }.into_any()
}

/// A voice note: a button that fetches it whole and plays it.
#[component]
#[must_use]
pub fn Voice(
    /// Which.
    voice: Attachment,
    /// Whether the server has it.
    #[prop(into)]
    arrived: Signal<bool>,
    /// What it is called.
    name: String,
) -> impl IntoView {
    let client = Client::here();
    let (source, own) = (RwSignal::new(None::<Source>), OwnAddress::new());
    let can_be_had = {
        let sha256 = voice.sha256;
        Memo::new(move |_| arrived.get() || client.has_blob(&sha256))
    };
    let fetch = move |_| {
        if source.get_untracked() == Some(Source::Asking) {
            return;
        }
        source.set(Some(Source::Asking));
        let (voice, arrived) = (voice.clone(), arrived.get_untracked());
        leptos::task::spawn_local(async move {
            let bytes = match client.blob(&voice.sha256).await {
                Ok(Some(bytes)) => Ok(bytes),
                _ if !arrived => Err(Source::Elsewhere),
                _ => fetched(&voice).await.ok_or(Source::OutOfReach),
            };
            let found = bytes.and_then(|bytes| {
                let address = sound_type(&bytes).and_then(|kind| media::address_of(&bytes, kind));
                address.ok_or(Source::Elsewhere)
            });
            if let Ok(address) = &found {
                own.keep(address);
            }
            source.try_set(Some(found.map_or_else(|elsewhere| elsewhere, Source::At)));
        });
    };
    let address = Memo::new(move |_| match source.get() {
        Some(Source::At(address)) => Some(address),
        _ => None,
    });
    let words = move || match source.get() {
        None | Some(Source::At(_)) => None,
        Some(Source::Asking) => Some("正在取……"),
        Some(Source::Elsewhere) => Some("这一段还没传到。"),
        Some(Source::OutOfReach) => Some("没取到，有信号时再听。"),
    };
    let player = NodeRef::<html::Audio>::new();
    Effect::new(move |_| {
        // It takes the place of the button that was tapped, and of its focus where nobody has gone on meanwhile.
        if let (Some(player), true) = (player.get(), focus_is_lost()) {
            let _ = player.focus();
        }
    });
    let listen = ["听", &name].concat();
    view! {
        {dynamic(move || match (address.get(), can_be_had.get()) {
            (Some(address), _) => view! {
                <audio controls=true autoplay=true node_ref=player src=address aria-label=name.clone()></audio>
            }
            .into_any(),
            (None, false) => view! { <p class="soft with-icon"><Icon name=IconName::Speaker />{name.clone()}"，还没传到"</p> }.into_any(),
            (None, true) => view! {
                <button type="button" class="button" on:click=handler(fetch.clone())><Icon name=IconName::Speaker />{listen.clone()}</button>
            }
            .into_any(),
        })}
        <p class="soft" role="status">{words}</p>
    }
    .into_any()
}

async fn fetched(one: &Attachment) -> Option<Vec<u8>> {
    let window = window().into();
    let answer =
        js::promised(&window, "fetch", &[["/api/blobs/", &one.sha256.to_string()].concat().into()]).await.ok()?;
    if js::get(&answer, "ok").as_bool() != Some(true) {
        return None;
    }
    media::bytes_of(&answer).await.ok()
}
