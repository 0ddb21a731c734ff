//! What can be done with an entry: its author, and whoever is watcher there now, change it; its author takes it back.

use crate::ui::Client;
use crate::ui::components::{Dialog, Icon, IconName, focus_if_lost};
use crate::ui::pages::write::Address;
use crate::ui::reactive::{Memo, RwSignal, handler, optional};
use domain::log::{Act, Entry};
use leptos::prelude::*;
use std::sync::Arc;

/// 改一改, and 撤回 as long as nobody has reviewed it.
#[component]
pub fn Actions(entry: Memo<Option<Arc<Entry>>>) -> impl IntoView {
    let client = Client::here();
    let asking = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let withdraw = move |_| {
        asking.set(false);
        let Some(entry) = entry.get_untracked() else { return };
        leptos::task::spawn_local(async move {
            let act = Act::WithdrawEntry {};
            match client.submit(act.about(&entry), &act, None).await {
                // The button goes; the focus would go with it.
                Ok(_) => request_animation_frame(|| focus_if_lost("h1")),
                Err(reason) => refused.try_set(Some(reason.spoken_of_deed())),
            }
        });
    };
    let buttons = move |entry: Arc<Entry>| {
        if entry.erased().is_some() {
            return view! { <p class="soft">"这一条的内容清除了，不能再改。别的事，另记一条。"</p> }.into_any();
        }
        if entry.set_aside().is_some() {
            return view! { <p class="soft">"这一条停用了，留着底，不能再改。有要说的，另记一条。"</p> }.into_any();
        }
        if entry.withdrawn().is_some() {
            return view! { <p class="soft">"这一条撤回了，留着底，别人不再当真。"</p> }.into_any();
        }
        let mine = client.is_me(entry.author);
        let may_withdraw = mine && entry.steps.iter().all(|step| step.reviewed().is_none());
        view! {
            <div class="row">
                <a class="button" href=amend_address(&entry)><Icon name=IconName::Pen />"改一改"</a>
                {may_withdraw.then(|| view! {
                    <button type="button" class="button button-quiet" on:click=handler(move |_| asking.set(true))>
                        <Icon name=IconName::Undo />"撤回"
                    </button>
                })}
            </div>
            {(mine && !may_withdraw).then(|| view! { <p class="soft small">"社工看过的不能撤回，可以改。改过的，以前的写法也留着。"</p> })}
        }
        .into_any()
    };
    view! {
        <div class="stack-tight">
            {optional(move || entry.get().map(buttons))}
            <div role="alert">{refused}</div>
        </div>
        {optional(move || asking.get().then(|| view! {
            <Dialog title="撤回这一条？" on_close=Callback::new(move |()| asking.set(false))>
                <p>"撤回以后，社工那边会看到“已撤回”。写的字都留着底。"</p>
                <div class="dialog-actions">
                    <button type="button" class="button" on:click=handler(move |_| asking.set(false))>"不撤了"</button>
                    <button type="button" class="button button-primary" on:click=handler(withdraw)>"撤回"</button>
                </div>
            </Dialog>
        }))}
    }
    .into_any()
}

/// The form with this entry in it.
fn amend_address(entry: &Entry) -> String {
    let address = Address::of_form(&entry.content.to_form(), &entry.place.to_string());
    Address { entry: entry.id.to_string(), ..address }.href()
}
