//! 存成文件 and 从文件取回: for a phone that breaks, is changed, or never finds signal (`crate::sync::carried`).

use crate::ui::reactive::{Memo, RwSignal, handler, optional};
use crate::ui::{Client, NotTakenIn, TakenIn};
use leptos::prelude::*;
use web_sys::{
    js_sys::{Array, Function, Promise, Reflect},
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
};

/// Both buttons. The file holds what is unsent at this moment.
#[component]
pub fn Carry() -> impl IntoView {
    let client = Client::here();
    let said = RwSignal::new(String::new());
    let unsent = move || client.outbox.with(|outbox| outbox.unsent().next().is_some());
    let any = Memo::new(move |_| unsent() || client.drafts().into_iter().next().is_some());
    // Made at the tap: as it is then, and as large as it is.
    let write = move |event: web_sys::MouseEvent| {
        let Some(carried) = untrack(|| client.carried()) else { return };
        if let (Some(link), Some(address)) = (event.current_target(), address_of(&carried.to_text())) {
            let _ = Reflect::set(&link, &"download".into(), &carried.file_name().into());
            let _ = Reflect::set(&link, &"href".into(), &address);
        }
    };
    let save = move || {
        any.get().then(|| view! { <a class="button" download="" href="#" on:click=handler(write)>"存成文件"</a> })
    };
    let choose = move |event: web_sys::Event| {
        let Some(input) = event.target() else { return };
        read_text(&input, move |text| {
            leptos::task::spawn_local(async move {
                said.try_set(words(&client.take_in(text.as_bytes()).await));
            });
        });
    };
    view! {
        <section>
            <h2 class="section-head">"换手机，或者一直没信号"</h2>
            <div class="card stack-tight">
                <p>"没传的、没写完的，可以存成一个文件，交给社区的人，或者在另一台手机上取回。存了，这里的也还在。"</p>
                <div class="row">
                    {optional(save)}
                    <label class="button">
                        "从文件取回"<input type="file" class="visually-hidden" accept=".json,application/json" on:change=handler(choose) />
                    </label>
                </div>
                <p role="status">{said}</p>
            </div>
        </section>
    }
    .into_any()
}

fn words(outcome: &Result<TakenIn, NotTakenIn>) -> String {
    let TakenIn { taken, left_out } = match outcome {
        Ok(taken_in) => *taken_in,
        Err(error) => return error.spoken().to_owned(),
    };
    let taken = match taken {
        0 => "文件里能取的，这里都有了。".to_owned(),
        count => ["取回了 ", &count.to_string(), " 段，有信号就传。"].concat(),
    };
    match left_out {
        0 => taken,
        count => [&taken, "还有 ", &count.to_string(), " 段跟这里的不一样，没有取，文件请留着。"].concat(),
    }
}

/// A property of something of the browser's; nothing where it has none.
fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// An address under which this page holds a text as a file. Until the page goes: whoever saves it may take a while.
fn address_of(text: &str) -> Option<JsValue> {
    let window = JsValue::from(window());
    let blob = get(&window, "Blob").dyn_into::<Function>().ok()?;
    let blob = Reflect::construct(&blob, &Array::of1(&Array::of1(&text.into()))).ok()?;
    let url = get(&window, "URL");
    get(&url, "createObjectURL").dyn_into::<Function>().ok()?.call1(&url, &blob).ok()
}

/// The text of the chosen file, and the field empty again, so that the same file can be chosen once more. By reflection:
/// typed bindings would rebuild half the dependencies for three words.
fn read_text(input: &JsValue, then: impl FnOnce(String) + 'static) {
    let file = get(&get(input, "files"), "0");
    let text = get(&file, "text").dyn_into::<Function>().ok().and_then(|text| text.call0(&file).ok());
    let Some(text) = text.and_then(|text| text.dyn_into::<Promise>().ok()) else { return };
    // A file that cannot be read is one without text.
    let read = Closure::once(move |text: JsValue| then(text.as_string().unwrap_or_default()));
    let _ = text.then2(&read, &read);
    read.forget();
    let _ = Reflect::set(input, &"value".into(), &"".into());
}
