//! Photos and voice notes whose words the server has, and that are only on this device, by their entries.

use crate::ui::Client;
use crate::ui::components::{Icon, IconName, counted};
use crate::ui::reactive::{Memo, Show};
use domain::kernel::{Attachment, EntryId};
use domain::log::Entry;
use leptos::prelude::*;

/// What one entry still waits for.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Waits {
    entry: EntryId,
    about: String,
    what: String,
    refused: bool,
}

/// The list, where anything waits.
#[component]
pub fn WaitingPhotos() -> impl IntoView {
    let client = Client::here();
    let waiting = Memo::new(move |_| waiting(client));
    let any = Memo::new(move |_| waiting.with(|waiting| !waiting.is_empty()));
    view! {
        <Show when=move || any.get()>
            <section>
                <h2 class="section-head">"还没传的照片、语音"<small>"字已经传上去了"</small></h2>
                <ul class="entries"><For each=move || waiting.get() key=Clone::clone children=line /></ul>
            </section>
        </Show>
    }
    .into_any()
}

fn line(Waits { entry, about, what, refused }: Waits) -> AnyView {
    let words = if refused {
        "，社区的电脑收不下。打开这一条，点“改一改”，把它去掉或者重拍。"
    } else {
        "，存在这台手机里。有信号、开着这里就接着传。"
    };
    view! {
        <li class="outbox-item" data-tone=refused.then_some("ask")>
            <Icon name=IconName::Pictures />
            <div>
                <h3>{about}</h3>
                <p>{what}{words}</p>
                <div class="row"><a class="button" href=["/log/", &entry.to_string()].concat()>"看这一条"</a></div>
            </div>
        </li>
    }
    .into_any()
}

fn waiting(client: Client) -> Vec<Waits> {
    let (all, refused) = (client.to_upload(), client.refused_blobs.get());
    client.shown.with(|shown| {
        let of = |entry: &Entry| {
            let waits: Vec<&Attachment> = all.iter().filter(|one| entry.attachment(&one.sha256).is_some()).collect();
            let content = &entry.content;
            let about = [content.category().title(), " ", content.spot().title()].concat();
            let refused = waits.iter().any(|one| refused.contains(&one.sha256));
            (!waits.is_empty()).then(|| Waits { entry: entry.id, about, what: counted(&waits), refused })
        };
        shown.values().filter_map(|one| of(&one.entry)).collect()
    })
}
