//! The photos and voice notes of an entry: each with where it is, a photo with a large one behind it.

use super::{Dialog, Photo, Voice};
use crate::ui::Client;
use crate::ui::reactive::{Memo, RwSignal, Signal, dynamic, handler};
use domain::kernel::{Attachment, AttachmentKind, PersonId, Sha256};
use domain::log::Entry;
use leptos::prelude::*;
use std::sync::Arc;

/// Those of an entry as it is now. Whoever looks at a photo, or listens, is not interrupted by a change of something else.
#[component]
#[must_use]
pub fn AttachedOf(
    /// The entry, where it is known.
    entry: Memo<Option<Arc<Entry>>>,
) -> impl IntoView {
    let attached = Memo::new(move |_| {
        entry.with(|entry| entry.as_ref().map(|entry| entry.content.attachments().to_vec()).unwrap_or_default())
    });
    let arrived =
        Memo::new(move |_| entry.with(|entry| entry.as_ref().map(|entry| entry.arrived.clone()).unwrap_or_default()));
    let author = Memo::new(move |_| entry.with(|entry| entry.as_ref().map(|entry| entry.author)));
    dynamic(move || view! { <Attached all=attached.get() arrived=arrived author=author.get() /> }.into_any())
}

/// All of them; nothing for an entry of words alone.
#[component]
#[must_use]
pub fn Attached(
    /// What hangs on it, in its order.
    all: Vec<Attachment>,
    /// Those that the server has.
    #[prop(into)]
    arrived: Signal<Vec<Sha256>>,
    /// Who wrote the entry: only on their device can something still be.
    author: Option<PersonId>,
) -> impl IntoView {
    let client = Client::here();
    let large = RwSignal::new(None::<(Attachment, String)>);
    let numbered = |kind| all.iter().filter(move |one| one.kind == kind).cloned().zip(1_usize..).collect::<Vec<_>>();
    let has = move |sha256: &Sha256| {
        let sha256 = *sha256;
        Signal::derive(move || arrived.with(|arrived| arrived.contains(&sha256)))
    };
    let mine = author.is_some() && client.my_id_untracked() == author;
    let state = move |sha256: Sha256| {
        let arrived = has(&sha256);
        dynamic(move || {
            let (tone, words) = match (arrived.get(), client.has_blob(&sha256)) {
                (true, _) => return ().into_any(),
                (false, true) if client.refused_blobs.with(|refused| refused.contains(&sha256)) => {
                    ("ask", "传不上去，请去掉")
                }
                (false, true) => ("plain", "还在手机里"),
                (false, false) if mine => ("ask", "不在这台手机里"),
                (false, false) => return ().into_any(),
            };
            view! { <small class="status" data-tone=tone>{words}</small> }.into_any()
        })
    };
    let photo = |(one, n): (Attachment, usize)| {
        let name = ["照片 ", &n.to_string()].concat();
        let (arrived, state, label) = (has(&one.sha256), state(one.sha256), ["看大图：", &name].concat());
        let open = (one.clone(), name);
        view! {
            <li>
                <button type="button" class="photo" aria-label=label on:click=handler(move |_| large.set(Some(open.clone())))>
                    <Photo photo=one arrived=arrived name=Signal::derive(String::new) />
                </button>
                {state}
            </li>
        }
        .into_any()
    };
    let photos: Vec<AnyView> = numbered(AttachmentKind::Photo).into_iter().map(photo).collect();
    let voice = |(one, n): (Attachment, usize)| {
        let (arrived, state, name) = (has(&one.sha256), state(one.sha256), ["语音 ", &n.to_string()].concat());
        view! { <li><Voice voice=one arrived=arrived name=name />{state}</li> }.into_any()
    };
    let voices: Vec<AnyView> = numbered(AttachmentKind::Voice).into_iter().map(voice).collect();
    let close = Callback::new(move |()| large.set(None));
    view! {
        {(!photos.is_empty()).then(|| view! { <ul class="photos" aria-label="照片">{photos}</ul> })}
        {(!voices.is_empty()).then(|| view! { <ul class="voices" aria-label="语音">{voices}</ul> })}
        {dynamic(move || match large.get() {
            Some((photo, name)) => {
                let (arrived, name) = (has(&photo.sha256), Signal::derive(move || name.clone()));
                view! {
                    <Dialog title="照片" on_close=close>
                        <div class="photo-large"><Photo photo=photo arrived=arrived name=name large=true /></div>
                    </Dialog>
                }
                .into_any()
            }
            None => ().into_any(),
        })}
    }
    .into_any()
}
