//! 读给我听: the device's own voice reads a text. The text says that it is Chinese; which voice takes it is the device's
//! choice.

use super::{Icon, IconName};
use crate::ui::reactive::{Effect, RwSignal, handler, optional};
use leptos::{prelude::*, wasm_bindgen::JsValue};
use web_sys::js_sys::{Array, Function, Reflect};

/// Reads what `words` gives at the moment of the tap; a second tap stops. Not there where the device cannot speak.
#[component]
#[must_use]
pub fn ReadAloud(
    /// What to read.
    words: Callback<(), String>,
) -> impl IntoView {
    let able = RwSignal::new(false);
    Effect::new(move |_| able.set(voice().is_some()));
    let read = move |_| {
        let _ = speak(&words.run(()));
    };
    on_cleanup(|| {
        let _ = hush();
    });
    optional(move || {
        able.get().then(|| {
            view! {
                    <button type="button" class="button" on:click=handler(read)>
                        <Icon name=IconName::Speaker />"读给我听"
                    </button>
            }
        })
    })
}

/// `window.speechSynthesis`. By reflection: typed bindings would rebuild half the dependencies for one button.
fn voice() -> Option<JsValue> {
    if !cfg!(target_family = "wasm") {
        return None;
    }
    let voice = Reflect::get(&window(), &"speechSynthesis".into()).ok()?;
    voice.is_object().then_some(voice)
}

fn call(method: &str, arguments: &Array) -> Option<JsValue> {
    let voice = voice()?;
    let method = Function::from(Reflect::get(&voice, &method.into()).ok()?);
    Reflect::apply(&method, &voice, arguments).ok()
}

/// Also runs on the server, when a page has been rendered: there it must not touch anything of the browser's.
fn hush() -> Option<JsValue> {
    voice()?;
    call("cancel", &Array::new())
}

fn speak(words: &str) -> Option<()> {
    let speaking = Reflect::get(&voice()?, &"speaking".into()).ok()?.is_truthy();
    hush()?;
    if speaking {
        return None;
    }
    let make = Function::from(Reflect::get(&window(), &"SpeechSynthesisUtterance".into()).ok()?);
    let utterance = Reflect::construct(&make, &Array::of1(&words.into())).ok()?;
    Reflect::set(&utterance, &"lang".into(), &"zh-CN".into()).ok()?;
    Reflect::set(&utterance, &"rate".into(), &0.9.into()).ok()?;
    call("speak", &Array::of1(&utterance)).map(|_| ())
}
