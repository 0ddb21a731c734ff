//! 拍照, 相册, 录音: the three buttons. What is chosen waits here until the part of the program that takes it in has come
//! ([`super::attach`]); most entries have no picture, and the first screen does not load what they do without.
//!
//! Two buttons for photos: inside WeChat one cannot offer camera and album on every phone.

use super::writing::Writing;
use crate::ui::components::{Icon, IconName};
use crate::ui::pages::Attach;
use crate::ui::reactive::{Effect, Memo, Show, handler};
use crate::ui::{Capturing, NotCaptured, Phase, js, media};
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsValue;

/// What is said where another tab has saved a text before everything for it had come.
pub const SAVED_WITHOUT: &str = "这一条在另一页存好了，刚才加的照片、语音、打码没跟上。打开那一条，点“改一改”再加。";

/// What was chosen, and is not taken in yet.
pub struct Picked {
    /// What.
    pub what: Pickable,
    /// Whose form it is for.
    pub capturing: Capturing,
}

/// What can be chosen.
pub enum Pickable {
    /// These photos.
    Photos(Vec<JsValue>),
    /// To record something.
    Recording,
}

/// The whole section. What is attached, and the buttons.
#[component]
pub fn Pick() -> impl IntoView {
    let writing: Writing = expect_context();
    let any = Memo::new(move |_| {
        let attached = writing.attachments.with(|all| !all.is_empty());
        attached || writing.wanted.get() > 0 || writing.not_captured().is_some()
    });
    // A stand-in who goes on with another one's entry adds none: the bytes come in the author's name only.
    let able = Memo::new(move |_| writing.client.phase.get() == Phase::Ready && writing.is_own());
    view! {
        <section class="field" aria-label="照片、语音">
            <Show when=move || any.get()><Attach /></Show>
            <Show when=move || able.get()><Buttons /></Show>
        </section>
    }
    .into_any()
}

#[component]
fn Buttons() -> impl IntoView {
    let writing: Writing = expect_context();
    let choose = move |event: web_sys::Event| match media::chosen_files(&event) {
        files if files.is_empty() => {}
        files => writing.pick(Pickable::Photos(files)),
    };
    let navigator = window().navigator();
    // On iPhones `capture` takes the album away from every button.
    let android = js::text(&navigator, "userAgent").is_some_and(|browser| browser.contains("Android"));
    let capture = android.then_some("environment");
    let global = web_sys::js_sys::global();
    let can_record =
        !js::get(&navigator, "mediaDevices").is_undefined() && !js::get(&global, "MediaRecorder").is_undefined();
    let record = move |_| writing.pick(Pickable::Recording);
    view! {
        <div class="row">
            <label class="button">
                <Icon name=IconName::Camera />"拍照"
                <input type="file" id="attachments" class="visually-hidden" accept="image/*" capture=capture on:change=handler(choose) />
            </label>
            <label class="button">
                <Icon name=IconName::Pictures />"相册"
                <input type="file" class="visually-hidden" accept="image/*" multiple=true on:change=handler(choose) />
            </label>
            {can_record.then(|| view! {
                <button type="button" class="button" on:click=handler(record)><Icon name=IconName::Microphone />"录音"</button>
            })}
        </div>
    }
    .into_any()
}

/// What is said where the part cannot be had: nothing is left out without a word.
pub fn missing(try_it: Callback<()>) -> AnyView {
    let writing: Writing = expect_context();
    let leave_out = move |_| writing.leave_picked();
    // While something is being saved nothing here can be tapped: then it would wait for ever.
    Effect::new(move |_| {
        if writing.saving.get() {
            writing.saving.set(false);
        }
    });
    view! {
        <div class="stack-tight" role="alert">
            <p class="field-error"><Icon name=IconName::Attention /><span>"照片、语音还没加上：这一部分还没下到手机里。有信号时再试一次。"</span></p>
            <div class="row">
                <button type="button" class="button" on:click=handler(move |_| try_it.run(()))>"再试一次"</button>
                <button type="button" class="button button-quiet" on:click=handler(leave_out)>"不加了，先存字"</button>
            </div>
        </div>
    }
    .into_any()
}

impl Writing {
    /// Something was chosen: 保存 waits until it is taken in.
    fn pick(self, what: Pickable) {
        let Some(capturing) = self.capture() else { return };
        self.picked.update_value(|all| all.push(Picked { what, capturing }));
        self.wanted.update(|wanted| *wanted += 1);
    }

    /// Something is being taken in for this text, which is kept from now on. `None` where nobody is signed in any more.
    pub fn capture(self) -> Option<Capturing> {
        self.keep();
        let owner = self.client.my_id_untracked()?;
        Some(self.client.capture(owner, self.kept_key()?))
    }

    /// Whether 保存 has to wait.
    pub fn is_capturing(self) -> bool {
        let key = self.kept_key();
        self.client.is_capturing_for(key.as_deref().unwrap_or_default())
    }

    /// Why something that was chosen for this text did not come.
    pub fn not_captured(self) -> Option<NotCaptured> {
        // Which text it is changes with what it has.
        self.attachments.track();
        self.client.not_captured(&self.kept_key()?)
    }

    /// The form is being left, before the part that takes things in has come: they are said to be missing where the text is
    /// opened again.
    pub fn abandon_picked(self) {
        for Picked { capturing, .. } in self.picked.try_update_value(std::mem::take).unwrap_or_default() {
            capturing.failed(NotCaptured::TooSoon);
        }
    }

    /// Does without what was chosen and is not taken in.
    pub fn leave_picked(self) {
        self.picked.set_value(Vec::new());
        self.wanted.set(0);
    }
}
