//! A photo or a voice note wherever it is: on this device, with the server, or on another one.

use super::{Icon, IconName};
use crate::domain::{Attachment, AttachmentKind, sound_type};
use crate::local_store::LocalError;
use crate::ui::reactive::{Effect, RwSignal, StoredValue, dynamic, handler};
use crate::ui::{Client, js, media};
use leptos::prelude::*;

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

/// A picture of an attachment, small or large.
#[component]
#[must_use]
pub fn Photo(
    /// Which.
    photo: Attachment,
    /// Whether the server has it.
    arrived: bool,
    /// What it is called.
    name: String,
    /// Large, as large as the screen; small otherwise.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let client = Client::here();
    let source = RwSignal::new(Source::Asking);
    let own = StoredValue::new(None::<String>);
    let size = if large { "large" } else { "small" };
    let with_server = ["/api/blobs/", &photo.sha256.0, "?size=", size].concat();
    Effect::new(move |_| {
        let (photo, with_server) = (photo.clone(), with_server.clone());
        leptos::task::spawn_local(async move {
            let found = match bytes_here(client, &photo).await {
                Ok(Some(bytes)) => media::address_of(&bytes, "image/jpeg").inspect(|address| {
                    // Whoever looked may be gone by now.
                    if own.try_with_value(|_| ()).is_some() {
                        own.set_value(Some(address.clone()));
                    } else {
                        media::let_go(address);
                    }
                }),
                _ => arrived.then_some(with_server),
            };
            source.try_set(found.map_or(Source::Elsewhere, Source::At));
        });
    });
    on_cleanup(move || {
        own.try_with_value(|own| own.as_deref().map(media::let_go));
    });
    let failed = move |_| source.set(Source::OutOfReach);
    dynamic(move || match source.get() {
        Source::Asking => view! { <span class="photo-place" aria-busy="true"></span> }.into_any(),
        Source::At(address) => {
            view! { <img src=address alt=name.clone() decoding="async" on:error=handler(failed) /> }.into_any()
        }
        Source::Elsewhere => place("还没传到"),
        Source::OutOfReach => place("有信号时能看到"),
    })
}

fn place(words: &'static str) -> AnyView {
    view! { <span class="photo-place"><Icon name=IconName::Pictures /><span>{words}</span></span> }.into_any()
}

async fn bytes_here(client: Client, one: &Attachment) -> Result<Option<Vec<u8>>, LocalError> {
    match client.device().filter(|_| untrack(|| client.has_blob(&one.sha256))) {
        Some(device) => device.blob(&one.sha256).await,
        None => Ok(None),
    }
}

/// A voice note: a button that fetches it whole and plays it.
#[component]
#[must_use]
pub fn Voice(
    /// Which.
    voice: Attachment,
    /// Whether the server has it.
    arrived: bool,
    /// What it is called.
    name: String,
) -> impl IntoView {
    let client = Client::here();
    let source = RwSignal::new(None::<Source>);
    let own = StoredValue::new(None::<String>);
    on_cleanup(move || {
        own.try_with_value(|own| own.as_deref().map(media::let_go));
    });
    let fetch = move |_| {
        source.set(Some(Source::Asking));
        let voice = voice.clone();
        leptos::task::spawn_local(async move {
            let bytes = match bytes_here(client, &voice).await {
                Ok(Some(bytes)) => Ok(bytes),
                _ if !arrived => Err(Source::Elsewhere),
                _ => fetched(&voice).await.ok_or(Source::OutOfReach),
            };
            let found = bytes.and_then(|bytes| {
                let address = sound_type(&bytes).and_then(|kind| media::address_of(&bytes, kind));
                address.ok_or(Source::Elsewhere)
            });
            let shown = found.map_or_else(|elsewhere| elsewhere, Source::At);
            if let (Source::At(address), true) = (&shown, own.try_with_value(|_| ()).is_some()) {
                own.set_value(Some(address.clone()));
            }
            source.try_set(Some(shown));
        });
    };
    let listen = ["听", &name].concat();
    dynamic(move || {
        match source.get() {
        Some(Source::At(address)) => {
            view! { <audio controls=true autoplay=true src=address aria-label=name.clone()></audio> }.into_any()
        }
        Some(Source::Asking) => view! { <p class="soft" role="status">"正在取……"</p> }.into_any(),
        Some(Source::Elsewhere) => view! { <p class="soft" role="status">"这一段还没传到。"</p> }.into_any(),
        other => view! {
            <button type="button" class="button" on:click=handler(fetch.clone())><Icon name=IconName::Speaker />{listen.clone()}</button>
            {other.is_some().then(|| view! { <p class="soft" role="status">"没取到，有信号时再听。"</p> })}
        }
        .into_any(),
    }
    })
}

async fn fetched(one: &Attachment) -> Option<Vec<u8>> {
    let window = window().into();
    let answer = js::promised(&window, "fetch", &[["/api/blobs/", &one.sha256.0].concat().into()]).await.ok()?;
    if js::get(&answer, "ok").as_bool() != Some(true) {
        return None;
    }
    media::bytes_of(&answer).await.ok()
}

/// The photos and voice notes of an entry: each with where it is, a photo with a large one behind it.
#[component]
#[must_use]
pub fn Attached(
    /// What hangs on it, in its order.
    all: Vec<Attachment>,
    /// Those that the server has.
    arrived: Vec<crate::domain::Sha256Hex>,
) -> impl IntoView {
    let client = Client::here();
    let large = RwSignal::new(None::<(Attachment, bool, String)>);
    let of = |kind| all.iter().filter(move |one| one.kind == kind).cloned().zip(1..).collect::<Vec<_>>();
    let has = move |one: &Attachment| arrived.contains(&one.sha256);
    let state = move |one: &Attachment, arrived: bool| {
        (!arrived && client.has_blob(&one.sha256)).then(|| {
            let refused = client.refused_blobs.with(|refused| refused.contains(&one.sha256));
            let words = if refused { "传不上去，请去掉" } else { "还在手机里" };
            view! { <small class="status" data-tone=if refused { "ask" } else { "plain" }>{words}</small> }
        })
    };
    let photos = of(AttachmentKind::Photo).into_iter().map(|(one, n)| {
        let (arrived, name) = (has(&one), ["照片 ", &n.to_string()].concat());
        let open = (one.clone(), arrived, name.clone());
        let (photo, label) = (one.clone(), ["看大图：", &name].concat());
        view! {
            <li>
                <button type="button" class="photo" aria-label=label on:click=handler(move |_| large.set(Some(open.clone())))>
                    <Photo photo=photo arrived=arrived name=String::new() />
                </button>
                {dynamic(move || state(&one, arrived).into_any())}
            </li>
        }
        .into_any()
    });
    let photos: Vec<AnyView> = photos.collect();
    let voices = of(AttachmentKind::Voice).into_iter().map(|(one, n)| {
        let (arrived, name) = (has(&one), ["语音 ", &n.to_string()].concat());
        let voice = one.clone();
        view! { <li><Voice voice=voice arrived=arrived name=name />{dynamic(move || state(&one, arrived).into_any())}</li> }
            .into_any()
    });
    let voices: Vec<AnyView> = voices.collect();
    let close = Callback::new(move |()| large.set(None));
    view! {
        {(!photos.is_empty()).then(|| view! { <ul class="photos" aria-label="照片">{photos}</ul> })}
        {(!voices.is_empty()).then(|| view! { <ul class="voices" aria-label="语音">{voices}</ul> })}
        {dynamic(move || match large.get() {
            Some((photo, arrived, name)) => view! {
                <super::Dialog title="照片" on_close=close>
                    <div class="photo-large"><Photo photo=photo arrived=arrived name=name large=true /></div>
                </super::Dialog>
            }
            .into_any(),
            None => ().into_any(),
        })}
    }
    .into_any()
}
