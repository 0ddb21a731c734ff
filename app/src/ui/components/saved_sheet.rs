//! After 保存: where the words are, honestly; a way back for ten seconds; and then out of the way.

use super::{Dialog, Icon, IconName, focus_if_lost};
use crate::ui::reactive::{Effect, Memo, RwSignal, Show, Signal, StoredValue, dynamic, handler, optional};
use crate::ui::{Client, ShownEntry};
use domain::kernel::{CommandId, CommunityId, EntryId, RecordKey};
use domain::log::{Act, Entry};
use domain::sync::{Delivery, Link, delivery_of};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// The sheet goes by itself after this; the way back stays until [`UNDO`].
const READING: Duration = Duration::from_secs(3);
const UNDO: Duration = Duration::from_secs(10);

/// What was saved last in this tab. Provided as context by [`crate::ui::App`]; [`JustSaved::tell`] opens the sheet.
#[derive(Clone, Copy)]
pub struct JustSaved(RwSignal<Option<Saved>>);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Saved {
    command: CommandId,
    community: CommunityId,
    entry: EntryId,
    kind: Kind,
}

impl Saved {
    fn key(self) -> RecordKey {
        Entry::key_of(self.community, self.entry)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    NewEntry,
    Change,
    TakenBack,
    NotTakenBack,
}

impl JustSaved {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Opens the sheet for what was just saved. A new entry can be taken back from it.
    pub fn tell(self, command: CommandId, entry: &RecordKey, new_entry: bool) {
        let kind = if new_entry { Kind::NewEntry } else { Kind::Change };
        self.0.set(Some(Saved { command, community: entry.community, entry: entry.id.into(), kind }));
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
    let refused = RwSignal::new(String::new());
    let client = Client::here();
    let me = Memo::new(move |_| client.my_id());
    // Whoever comes next did not save it.
    Effect::new(move |before: Option<_>| {
        let now = me.get();
        if before.is_some_and(|before| before != now) {
            saved.set(None);
        }
        now
    });
    optional(move || {
        saved.get().map(|one| match one.kind {
            Kind::NotTakenBack => view! { <StillThere saved=one just=saved why=refused /> }.into_any(),
            _ => view! { <One saved=one just=saved refused=refused /> }.into_any(),
        })
    })
}

/// 撤回 did not go through: why, and the entry, which shows how it stands.
#[component]
fn StillThere(saved: Saved, just: RwSignal<Option<Saved>>, why: RwSignal<String>) -> impl IntoView {
    let close = move || just.set(None);
    view! {
        <Dialog title="没撤回" on_close=Callback::new(move |()| close())>
            <p>{why}</p>
            <div class="dialog-actions">
                <a class="button" href=["/log/", &saved.entry.to_string()].concat() on:click=handler(move |_| close())>"看这一条"</a>
                <button type="button" class="button button-primary" on:click=handler(move |_| close())>"好"</button>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn One(saved: Saved, just: RwSignal<Option<Saved>>, refused: RwSignal<String>) -> impl IntoView {
    let client = Client::here();
    let open = RwSignal::new(saved.kind != Kind::TakenBack);
    // Who comes in by keyboard decides when to leave.
    let stay = RwSignal::new(false);
    let undo_until = RwSignal::new(saved.kind == Kind::NewEntry);
    let close = Callback::new(move |()| {
        if undo_until.get_untracked() {
            open.set(false);
        } else {
            just.set(None);
        }
        // The button that was tapped is gone with its page: the focus would be nowhere.
        request_animation_frame(|| focus_if_lost("h1"));
    });
    let timers = StoredValue::new(Vec::<TimeoutHandle>::new());
    let later = move |pause, what: Callback<()>| {
        if let Ok(timer) = set_timeout_with_handle(move || what.try_run(()).unwrap_or_default(), pause) {
            timers.update_value(|timers| timers.push(timer));
        }
    };
    let read = Callback::new(move |()| {
        if !stay.get_untracked() {
            close.run(());
        }
    });
    let too_late = Callback::new(move |()| {
        undo_until.set(false);
        if !(open.get_untracked() && stay.get_untracked()) {
            just.set(None);
        }
    });
    Effect::new(move |_| {
        later(READING, read);
        later(UNDO, too_late);
    });
    on_cleanup(move || {
        timers.try_update_value(|timers| timers.drain(..).for_each(|timer| timer.clear()));
    });
    let undo = Callback::new(move |()| {
        just.set(None);
        leptos::task::spawn_local(async move {
            just.set(Some(match client.submit(vec![saved.key()], &Act::WithdrawEntry {}, None).await {
                Ok(command) => Saved { command, kind: Kind::TakenBack, ..saved },
                // Somebody has reviewed it in these seconds, or the device did not keep it.
                Err(reason) => {
                    refused.set(reason.spoken_of_deed());
                    Saved { kind: Kind::NotTakenBack, ..saved }
                }
            }));
        });
    });
    // The command's own state: other changes of the entry that still wait are not its business.
    let delivery = Memo::new(move |before: Option<&Option<Delivery>>| {
        let seen = before.cloned().flatten().filter(|before| *before == Delivery::Uploaded);
        let (records, outbox) = (client.records, client.outbox);
        let now =
            records.with(|records| outbox.with(|outbox| delivery_of(records, outbox, &saved.key(), saved.command)));
        now.or(seen)
    });
    Effect::new(move |_| {
        // It was given up in another tab: there is nothing to say any more.
        if delivery.get().is_none() {
            just.set(None);
        }
    });
    let words_only = Memo::new(move |_| {
        let missing = |shown: &ShownEntry| shown.entry.missing().next().is_some();
        client.shown.with(|shown| shown.get(&saved.entry).is_some_and(missing))
    });
    let stuck = Memo::new(move |_| delivery.get() == Some(Delivery::NeedsPerson));
    // What the server refused cannot be taken back, but mended or given up.
    let able = Signal::derive(move || undo_until.get() && !stuck.get());
    dynamic(move || {
        if open.get() {
            view! {
                <div on:keydown=handler(move |_| stay.set(true))>
                <Dialog title="记下了" on_close=close>
                    <div class="saved">
                        <Whereabouts delivery=delivery words_only=words_only />
                        <div class="dialog-actions">
                            <UndoButton able=able undo=undo />
                            <Show when=move || stuck.get()>
                                <a class="button" href="/sync" on:click=handler(move |_| just.set(None))>"去看看"</a>
                            </Show>
                            <button type="button" class="button button-primary" on:click=handler(move |_| close.run(()))>"好"</button>
                        </div>
                    </div>
                </Dialog>
                </div>
            }
            .into_any()
        } else {
            let words =
                if saved.kind == Kind::TakenBack { "撤回了，字还留着底" } else { "刚才那条记下了" };
            view! {
                <div class="toast" role="status">
                    <Icon name=IconName::Check /><span class="grow">{words}</span><UndoButton able=able undo=undo />
                </div>
            }
            .into_any()
        }
    })
}

#[component]
fn UndoButton(able: Signal<bool>, undo: Callback<()>) -> impl IntoView {
    view! {
        <Show when=move || able.get()>
            <button type="button" class="button" on:click=handler(move |_| undo.run(()))><Icon name=IconName::Undo />"撤回"</button>
        </Show>
    }
    .into_any()
}

/// 已存本机 ✓, then 已上传 ✓✓, or why not yet.
#[component]
fn Whereabouts(delivery: Memo<Option<Delivery>>, words_only: Memo<bool>) -> impl IntoView {
    let link = Client::here().link;
    let mark = move || match delivery.get() {
        Some(Delivery::Uploaded) if !words_only.get() => IconName::DoubleCheck,
        Some(Delivery::NeedsPerson) => IconName::Attention,
        _ => IconName::Check,
    };
    let words = move || match (delivery.get(), link.get()) {
        (Some(Delivery::Uploaded), _) if words_only.get() => {
            ("字已上传 ✓", "照片、语音已存本机，正在接着传。开着这里就行。")
        }
        (Some(Delivery::Uploaded), _) => ("已上传 ✓✓", "社区那边已经收到了。"),
        (Some(Delivery::NeedsPerson), _) => ("没传上，要您看一下", "字都在。到“传送情况”里改一改再存。"),
        (Some(Delivery::Parked), _) => ("已上传，在等前一条", "前一条到了就一起生效。"),
        (Some(Delivery::AwaitsDecision), _) => ("已上传，等社区决定", "负责的时间早已结束，社区收下就生效。"),
        (Some(Delivery::AwaitsServer), _) => ("已存本机 ✓", "服务器还没更新，更新后自动传。"),
        (_, Link::Unreachable) => ("已存本机 ✓", "没信号，先放在手机里。有信号时打开这里，就会自动传。"),
        (_, Link::SignInNeeded) => ("已存本机 ✓", "登录过期了，再登录一次就接着传。"),
        (_, Link::TooOld) => ("已存本机 ✓", "版本太旧，更新后接着传。"),
        (_, Link::ServerTrouble) => ("已存本机 ✓", "服务器正忙，过一会儿自动传。"),
        (_, Link::Unknown | Link::Reached | Link::Busy) => ("已存本机 ✓", "正在上传……"),
    };
    view! {
        <span class="saved-mark">{dynamic(move || view! { <Icon name=mark() /> })}</span>
        <div role="status"><p><strong>{dynamic(move || words().0)}</strong></p><p class="soft">{dynamic(move || words().1)}</p></div>
    }
}
