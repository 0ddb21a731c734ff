//! 存成文件 and 从文件取回: for a phone that breaks, is changed, or never finds signal (`domain::sync::ExportFile`).

use crate::ui::reactive::{Memo, RwSignal, handler, optional};
use crate::ui::{Client, js, media};
use domain::kernel::CommandId;
use domain::sync::{ExportFile, NotTakenIn, TakenIn};
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsValue;

/// Both buttons. The file holds what is unsent at this moment.
#[component]
pub fn ExportFileSection() -> impl IntoView {
    let client = Client::here();
    let said = RwSignal::new(String::new());
    let unsent = move || client.outbox.with(|outbox| outbox.shown_as_unsent().next().is_some());
    let photos = move || client.status.with(|status| status.attachments > 0);
    let any = Memo::new(move |_| unsent() || photos() || client.drafts().into_iter().next().is_some());
    // Made at the tap: as it is then, and as large as it is.
    let write = move |_| {
        leptos::task::spawn_local(async move {
            said.try_set(save(client, None).await.to_owned());
        });
    };
    let save_all = move || {
        any.get().then(|| view! { <button type="button" class="button" on:click=handler(write)>"存成文件"</button> })
    };
    let choose = move |event: web_sys::Event| {
        let Some(file) = media::chosen_files(&event).into_iter().next() else { return };
        leptos::task::spawn_local(async move {
            // A file that cannot be read is one without text.
            let text = media::bytes_of(&file).await.unwrap_or_default();
            said.try_set(words(&client.take_in(&text).await));
        });
    };
    view! {
        <section>
            <h2 class="section-head">"换手机，或者一直没信号"</h2>
            <div class="card stack-tight">
                <p>"没传的、没写完的，连照片、语音，可以存成一个文件，交给社区的人，或者在另一台手机上取回。存了，这里的也还在。"</p>
                <div class="row">
                    {optional(save_all)}
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

/// 存成文件: everything, or one command alone. What is said of it then.
pub(super) async fn save(client: Client, alone: Option<CommandId>) -> &'static str {
    let saved = client.export_file(alone).await.and_then(|export| save_as_file(&export).ok());
    saved.map_or("没存成，再点一次。", |()| "存好了，在手机的“下载”里。")
}

/// Has the browser keep the file as it keeps whatever is downloaded.
fn save_as_file(export: &ExportFile) -> Result<(), JsValue> {
    // Until the page goes: whoever saves it may take a while.
    let address = media::address_of(export.to_text().as_bytes(), "application/json").ok_or(JsValue::NULL)?;
    let link = document().create_element("a")?;
    link.set_attribute("href", &address)?;
    link.set_attribute("download", &export.file_name())?;
    js::call(&link, "click", &[]).map(drop)
}
