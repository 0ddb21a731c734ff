//! After 保存: where the words are, honestly; a way back for ten seconds; and then out of the way.

use super::{Dialog, Icon, IconName};
use crate::domain::{Act, CommandId, EntryId};
use crate::sync::{Delivery, Link};
use crate::ui::Client;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// The sheet goes by itself after this; the way back stays until [`UNDO`].
const READING: Duration = Duration::from_secs(3);
const UNDO: Duration = Duration::from_secs(10);

/// What was saved last in this tab. Provided as context by [`crate::ui::App`]; set it to open the sheet.
#[derive(Clone, Copy)]
pub struct JustSaved(RwSignal<Option<Saved>>);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Saved {
    command: CommandId,
    entry: EntryId,
    new_entry: bool,
}

impl JustSaved {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Opens the sheet for what was just saved. A new entry can be taken back from it.
    pub fn tell(self, command: CommandId, entry: EntryId, new_entry: bool) {
        self.0.set(Some(Saved { command, entry, new_entry }));
    }
}

impl Default for JustSaved {
    fn default() -> Self {
        Self::new()
    }
}

/// Lies over every page; shows something only after a 保存.
#[component]
#[must_use]
pub fn SavedSheet() -> impl IntoView {
    let JustSaved(saved) = expect_context();
    move || saved.get().map(|one| view! { <One saved=one just=saved /> }.into_any())
}

#[component]
fn One(saved: Saved, just: RwSignal<Option<Saved>>) -> impl IntoView {
    let client = Client::here();
    let open = RwSignal::new(true);
    let stay = RwSignal::new(false);
    let timers = StoredValue::new(Vec::<TimeoutHandle>::new());
    let after = move |pause, what: fn(Saved, RwSignal<Option<Saved>>, RwSignal<bool>, bool)| {
        let run = move || {
            if let Some(stay) = stay.try_get_untracked() {
                what(saved, just, open, stay);
            }
        };
        if let Ok(timer) = set_timeout_with_handle(run, pause) {
            timers.update_value(|timers| timers.push(timer));
        }
    };
    Effect::new(move |_| {
        after(READING, |_, _, open, stay| {
            if !stay {
                open.try_set(false);
            }
        });
        after(UNDO, |saved, just, open, stay| {
            let again = just.try_get_untracked().flatten() != Some(saved);
            if !again && !(stay && open.try_get_untracked() == Some(true)) {
                just.try_set(None);
            }
        });
    });
    on_cleanup(move || {
        timers.try_update_value(|timers| timers.drain(..).for_each(|timer| timer.clear()));
    });
    let undo = move |_: leptos::ev::MouseEvent| {
        just.set(None);
        leptos::task::spawn_local(async move {
            // Refused only if somebody has reviewed it in these seconds; the entry's page says so then.
            let _ = client.submit(Act::WithdrawEntry { entry: saved.entry }, None).await;
        });
    };
    let close = Callback::new(move |()| if saved.new_entry { open.set(false) } else { just.set(None) });
    let undo = StoredValue::new_local(undo);
    let undo_button = move || {
        saved.new_entry.then(|| {
            view! {
                <button type="button" class="button" on:click=move |event| undo.with_value(|undo| undo(event))>
                    <Icon name=IconName::Undo />"撤回"
                </button>
            }
        })
    };
    move || {
        if open.get() {
            view! {
                <Dialog title="存好了" on_close=close>
                    // Who comes in by keyboard decides when to leave.
                    <div class="saved" on:keydown=move |_| stay.set(true)>
                        <Whereabouts saved=saved />
                        <div class="dialog-actions">
                            {undo_button()}
                            <button type="button" class="button button-primary" on:click=move |_| close.run(())>"好"</button>
                        </div>
                    </div>
                </Dialog>
            }
            .into_any()
        } else {
            view! { <div class="toast" role="status"><span>"刚记的一条存好了"</span>{undo_button()}</div> }.into_any()
        }
    }
}

/// 已存本机 ✓, then 已上传 ✓✓, or why not yet.
#[component]
fn Whereabouts(saved: Saved) -> impl IntoView {
    let client = Client::here();
    let delivery = Memo::new(move |_| delivered(client, saved));
    let link = client.link;
    let mark = move || match delivery.get() {
        Delivery::Uploaded => IconName::DoubleCheck,
        Delivery::NeedsPerson => IconName::Attention,
        Delivery::OnDevice { .. } | Delivery::Held => IconName::Check,
    };
    let words = move || match (delivery.get(), link.get()) {
        (Delivery::Uploaded, _) => ("已上传 ✓✓", "社区那边已经收到了。"),
        (Delivery::NeedsPerson, _) => ("没传上，要您看一下", "字都在。到“传送情况”里改一改再存。"),
        (Delivery::Held, _) => ("已上传，在等前一条", "前一条到了就一起生效。"),
        (_, Link::Unreachable) => ("已存本机 ✓", "没信号，先放在手机里，有信号自动传。"),
        (_, Link::SignInNeeded) => ("已存本机 ✓", "登录过期了，再登录一次就接着传。"),
        (_, Link::TooOld) => ("已存本机 ✓", "版本太旧，更新后接着传。"),
        (_, Link::ServerTrouble) => ("已存本机 ✓", "服务器正忙，过一会儿自动传。"),
        (_, Link::Unknown | Link::Reached | Link::Busy) => ("已存本机 ✓", "正在上传……"),
    };
    view! {
        <span class="saved-mark">{move || view! { <Icon name=mark() /> }}</span>
        <div role="status"><p><strong>{move || words().0}</strong></p><p class="soft">{move || words().1}</p></div>
    }
}

/// The newest command's own state: other changes of the entry that still wait are not its business.
fn delivered(client: Client, saved: Saved) -> Delivery {
    use crate::sync::QueuedState;
    client
        .outbox
        .with(|outbox| {
            let item = outbox.items().iter().find(|item| item.id() == Some(saved.command))?;
            Some(match &item.state {
                QueuedState::Waiting => Delivery::OnDevice { since: item.command.as_ref()?.written },
                QueuedState::Held { .. } => Delivery::Held,
                QueuedState::Acknowledged { .. } => Delivery::Uploaded,
                QueuedState::NeedsPerson { .. } => Delivery::NeedsPerson,
            })
        })
        // What has left the outbox has come back with the feed.
        .unwrap_or(Delivery::Uploaded)
}
