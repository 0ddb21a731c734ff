//! 拍照, 相册, 录音: the three buttons. What is chosen waits here until the part of the program that takes it in has come
//! ([`super::attach`]); most entries have no picture, and the first screen does not load what they do without.
//!
//! Two buttons for photos: inside WeChat one cannot offer camera and album on every phone (DOMAIN.md 5).

use super::writing::Writing;
use crate::domain::PersonId;
use crate::ui::components::{Icon, IconName};
use crate::ui::pages::Attach;
use crate::ui::reactive::{Effect, Memo, Show, handler};
use crate::ui::{Capturing, Phase, js, media};
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsValue;

/// What was chosen, and is not taken in yet.
pub struct Picked {
    /// Whose form it is for.
    pub whose: Whose,
    /// What.
    pub what: Pickable,
    /// 保存 waits for it.
    pub capturing: Capturing,
}

/// Whose form something is taken into, and which text: what somebody else finds when it is taken in is not for theirs.
#[derive(Clone, PartialEq, Eq)]
pub struct Whose {
    /// Whose it is.
    pub owner: PersonId,
    /// The unfinished text that it belongs to, should the form be left meanwhile.
    pub key: Option<String>,
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
    let any = Memo::new(move |_| writing.wanted.get() > 0 || writing.attachments.with(|all| !all.is_empty()));
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
    /// Something was chosen: 保存 waits until it is taken in. The text that it belongs to is kept from now on.
    fn pick(self, what: Pickable) {
        self.keep();
        let Some(whose) = self.whose() else { return };
        let capturing = self.client.capture();
        self.picked.update_value(|all| all.push(Picked { whose, what, capturing }));
        self.wanted.update(|wanted| *wanted += 1);
    }

    /// Whose form it is now; `None` where nobody is signed in any more.
    pub fn whose(self) -> Option<Whose> {
        let owner = self.client.me.with_untracked(|me| me.as_ref().map(|me| me.id))?;
        let key = self.slot.try_with_value(|kept| kept.as_ref().map(|kept| kept.key.clone())).flatten();
        Some(Whose { owner, key })
    }

    /// Does without what was chosen and is not taken in.
    pub fn leave_picked(self) {
        self.picked.set_value(Vec::new());
        self.wanted.set(0);
    }
}
