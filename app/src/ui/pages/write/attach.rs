//! 照片 and 语音 in the form: taken, looked at, made unrecognisable where there is a face, taken off again. The bytes are on
//! the device's disk before anything is shown of them; the unfinished text names them from then on.

mod mosaic;
mod record;

use super::pick::{Pickable, Picked, SAVED_WITHOUT};
use super::say::error_at;
use super::writing::Writing;
use crate::ui::components::{FieldNote, Photo, Voice};
use crate::ui::reactive::{Effect, Memo, RwSignal, Signal, dynamic, handler, live};
use crate::ui::{Capturing, NotCaptured, media};
use domain::kernel::{ATTACHMENTS, Attachment, AttachmentKind};
use domain::sync::LocalError;
use leptos::prelude::*;
use mosaic::Mosaic;
use record::Record;
use std::sync::Arc;
use web_sys::wasm_bindgen::JsValue;

impl NotCaptured {
    fn spoken(&self) -> String {
        match self {
            Self::Unreadable => "有一张打不开，没有加上。换一张，或者用“拍照”现拍。".to_owned(),
            Self::TooMany(kind) => {
                let (most, title) = (kind.most().to_string(), kind.title());
                [
                    "一条最多 ",
                    &most,
                    if *kind == AttachmentKind::Photo { " 张" } else { " 段" },
                    title,
                    "，多的没有加上。",
                ]
                .concat()
            }
            Self::Device(LocalError::Full) => "手机存满了，没有加上。删掉几张别的照片或视频，再加一次。".to_owned(),
            Self::Device(_) => "手机没让存，没有加上。字照样能存。".to_owned(),
            Self::TooSoon => "走得太快，有一张没来得及加上。请再加一次。".to_owned(),
            Self::SavedElsewhere => SAVED_WITHOUT.to_owned(),
            Self::NoMicrophone => "没能用上话筒。请在手机的设置里允许这个应用录音，再点一次。".to_owned(),
        }
    }
}

/// What the buttons and the pictures share. Cheap to copy.
#[derive(Clone, Copy)]
struct Attaching {
    writing: Writing,
    /// A recording was asked for, and is under way.
    recording: RwSignal<Option<Arc<Capturing>>>,
}

impl Attaching {
    fn all_of(self, kind: AttachmentKind) -> Vec<Attachment> {
        self.writing.attachments.track();
        self.now_of(kind).unwrap_or_default()
    }

    /// `None` where the form was left.
    fn now_of(self, kind: AttachmentKind) -> Option<Vec<Attachment>> {
        let words = self.writing.attachments.try_maybe_update(|all| (false, all.clone()))?;
        Some(of_kind(&words, kind))
    }

    fn has_room(self, kind: AttachmentKind) -> bool {
        self.now_of(kind).is_none_or(|all| all.len() < kind.most())
    }

    /// Keeps what was taken, and has its text name it: in the place of another one, or at the end. Where another text is in
    /// the form by now, or none, it is named there; where somebody else has come, nobody does. Says whether there may be more.
    async fn take(
        self,
        capturing: &Capturing,
        kind: AttachmentKind,
        bytes: &[u8],
        instead: Option<&Attachment>,
    ) -> bool {
        let client = self.writing.client;
        if !capturing.is_theirs() {
            return false;
        }
        let one = match client.keep_attachment(capturing.owner, kind, bytes).await {
            Ok(one) => one,
            Err(error) => {
                capturing.failed(NotCaptured::Device(error));
                return false;
            }
        };
        if !capturing.is_theirs() {
            return false;
        }
        let (word, old) = (one.word(), instead.map(Attachment::word));
        // Says whether there was room.
        let name = |all: &mut Vec<String>| {
            match (all.iter().position(|other| Some(other) == old.as_ref()), &old) {
                (Some(place), _) => all[place].clone_from(&word),
                // It was taken off meanwhile: nobody wants it in another form either.
                (None, Some(_)) => {}
                (None, None) if all.contains(&word) => {}
                (None, None) if of_kind(all, kind).len() >= kind.most() => return false,
                (None, None) => all.push(word.clone()),
            }
            true
        };
        let is_here = self.writing.kept_key().as_ref() == Some(&capturing.key);
        let had_room = match self.writing.attachments.try_update(|all| is_here.then(|| name(all))).flatten() {
            Some(had_room) => {
                self.writing.keep();
                Some(had_room)
            }
            None => client.change_kept_form(&capturing.key, |form| name(&mut form.attachments)),
        };
        match had_room {
            Some(true) => {}
            Some(false) => capturing.failed(NotCaptured::TooMany(kind)),
            // Its text is gone: saved from another tab, without this. The bytes stay for a day.
            None => capturing.failed(NotCaptured::SavedElsewhere),
        }
        if let (Some(old), Some(true)) = (instead, had_room) {
            client.drop_attachment(&old.sha256).await;
        }
        had_room == Some(true)
    }

    /// Takes in photos that were chosen, one after the other.
    async fn take_photos(self, capturing: Capturing, files: Vec<JsValue>) {
        for file in files {
            match media::shrink(&file).await {
                Ok(bytes) if self.take(&capturing, AttachmentKind::Photo, &bytes, None).await => {}
                Ok(_) => return,
                Err(why) => {
                    leptos::logging::warn!("not a photo: {why:?}");
                    capturing.failed(NotCaptured::Unreadable);
                }
            }
        }
    }

    fn take_off(self, one: &Attachment) {
        let word = one.word();
        self.writing.attachments.update(|all| all.retain(|other| *other != word));
        self.writing.keep();
        let (client, sha256) = (self.writing.client, one.sha256);
        leptos::task::spawn_local(async move { client.drop_attachment(&sha256).await });
    }
}

/// The attachments of a kind among words of a form.
fn of_kind(words: &[String], kind: AttachmentKind) -> Vec<Attachment> {
    words.iter().filter_map(|word| Attachment::read(word)).filter(|one| one.kind == kind).collect()
}

/// What is attached, and what is about to be.
#[component]
pub fn Attach() -> impl IntoView {
    let writing: Writing = expect_context();
    let attaching = Attaching { writing, recording: RwSignal::new(None) };
    let photos = Memo::new(move |_| attaching.all_of(AttachmentKind::Photo));
    let voices = Memo::new(move |_| attaching.all_of(AttachmentKind::Voice));
    let refused = error_at(writing, &[ATTACHMENTS]);
    let trouble =
        Signal::derive(move || writing.not_captured().as_ref().map(NotCaptured::spoken).or_else(|| refused.get()));
    Effect::new(move |_| {
        writing.wanted.track();
        for Picked { what, capturing } in writing.picked.try_update_value(std::mem::take).unwrap_or_default() {
            match what {
                Pickable::Photos(files) => leptos::task::spawn_local(attaching.take_photos(capturing, files)),
                // A second tap, while the first one is under way.
                Pickable::Recording if attaching.recording.with_untracked(Option::is_some) => {}
                Pickable::Recording => attaching.recording.set(Some(Arc::new(capturing))),
            }
        }
    });
    view! {
        <ul class="photos" aria-label="加上的照片">
            <For each=move || photos.get() key=|one| one.sha256 children=move |one| photo(attaching, one) />
        </ul>
        <ul class="voices" aria-label="加上的语音">
            <For each=move || voices.get() key=|one| one.sha256 children=move |one| voice(attaching, one) />
        </ul>
        <Record attaching=attaching />
        <p class="hint" role="status">{move || writing.is_capturing().then_some("正在收进手机……")}</p>
        <FieldNote id="attachments-note" words=trouble />
    }
    .into_any()
}

/// A photo that was added, with what can be done about it.
fn photo(attaching: Attaching, one: Attachment) -> AnyView {
    let editing = RwSignal::new(false);
    let sha256 = one.sha256;
    let at = move || attaching.all_of(AttachmentKind::Photo).iter().position(|other| other.sha256 == sha256);
    let number = Memo::new(move |_| ["照片 ", &(at().unwrap_or_default() + 1).to_string()].concat());
    let here = Memo::new(move |_| attaching.writing.client.has_blob(&sha256));
    let arrived = arrived(attaching, &one);
    let (shown, edited, taken_off) = (one.clone(), one.clone(), one);
    let off = move |_| attaching.take_off(&taken_off);
    view! {
        <li class="photo-card">
            <div class="photo"><Photo photo=shown arrived=Signal::derive(move || arrived.get()) name=Signal::derive(move || number.get()) /></div>
            <div class="row">
                {dynamic(move || here.get().then(|| view! {
                    <button type="button" class="button button-quiet" on:click=handler(move |_| editing.set(true))>
                        "打码"<span class="visually-hidden">{live(move || number.get())}</span>
                    </button>
                }).into_any())}
                <button type="button" class="button button-quiet" on:click=handler(off)>
                    "去掉"<span class="visually-hidden">{live(move || number.get())}</span>
                </button>
            </div>
            {dynamic(move || if editing.get() {
                view! { <Mosaic attaching=attaching photo=edited.clone() on_close=Callback::new(move |()| editing.set(false)) /> }.into_any()
            } else {
                ().into_any()
            })}
        </li>
    }
    .into_any()
}

fn voice(attaching: Attaching, one: Attachment) -> AnyView {
    let arrived = arrived(attaching, &one);
    let (shown, taken_off) = (one.clone(), one);
    let off = move |_| attaching.take_off(&taken_off);
    view! {
        <li class="row">
            <Voice voice=shown arrived=Signal::derive(move || arrived.get()) name="语音".to_owned() />
            <button type="button" class="button button-quiet" on:click=handler(off)>"去掉"<span class="visually-hidden">"语音"</span></button>
        </li>
    }
    .into_any()
}

/// Whether the server has what is attached: where an entry is being changed.
fn arrived(attaching: Attaching, one: &Attachment) -> Memo<bool> {
    let sha256 = one.sha256;
    Memo::new(move |_| attaching.writing.has_arrived(&sha256))
}
