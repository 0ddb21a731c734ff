//! The keyboard: every deed has a key, and no key works while somebody writes.

use super::desk::{Desk, Focus, Sheet};
use super::listing::Step;
use super::{actions, focus};
use crate::ui::Flag;
use crate::ui::reactive::{Effect, Views, handler, live};
use domain::kernel::EntryId;
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, prelude::*};

/// Keys and what they do, as the sheet shows them.
const KEYS: [(&[&str], &str); 10] = [
    (&["J", "K"], "下一条、上一条"),
    (&["Enter"], "打开"),
    (&["Esc"], "关上，回到列表"),
    (&["E"], "已阅"),
    (&["R"], "点评"),
    (&["B"], "退回补充"),
    (&["X"], "选上、不选"),
    (&["N"], "看新到的"),
    (&["/"], "搜"),
    (&["?"], "这张表"),
];

/// The table of keys, and the switch for whoever triggers them by accident: with speech, or with a trembling hand.
pub fn table(desk: Desk) -> AnyView {
    let switch = move |event| {
        let on = event_target_checked(&event);
        Flag::NO_KEYS.keep(!on);
        desk.keys.set(on);
    };
    let line = |(keys, deed): (&'static [&'static str], &'static str)| {
        let keys: Vec<_> = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect();
        view! { <dt>{keys}</dt><dd>{deed}</dd> }
    };
    view! {
        <div class="stack">
            <label class="setting">
                <span>"用单个字母的键"<small>"关了以后还有 Tab、Enter 和 Esc"</small></span>
                <input type="checkbox" role="switch" class="switch" prop:checked=live(move || desk.keys.get()) on:change=handler(switch) />
            </label>
            <dl class="keys">{KEYS.map(line).into_iter().views()}</dl>
            <p class="hint">"写字的时候这些键不起作用。写好了按 Ctrl + Enter 保存。"</p>
        </div>
    }
    .into_any()
}

/// Listens while the desk is open.
pub fn listen(desk: Desk) {
    Effect::new(move |_| {
        desk.keys.set(!Flag::NO_KEYS.is_set());
        let listener = window_event_listener(ev::keydown, move |event| on_key(desk, &event));
        on_cleanup(move || listener.remove());
    });
}

fn on_key(desk: Desk, event: &ev::KeyboardEvent) {
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return;
    }
    let key = event.key();
    if is_writing(event) {
        if key == "Escape" && focus::leave(focus::SEARCH) {
            event.prevent_default();
        }
        return;
    }
    if desk.sheet.with_untracked(Option::is_some) {
        if key == "Escape" {
            desk.sheet.set(None);
        }
        return;
    }
    let done = match key.as_str() {
        // Not one of the characters that can be switched off (WCAG 2.1.4).
        "Escape" => {
            desk.close();
            true
        }
        _ if !desk.keys.get_untracked() => false,
        "j" | "J" => step(desk, Step::Next),
        "k" | "K" => step(desk, Step::Previous),
        _ if event.repeat() => false,
        "e" | "E" => with_target(desk, |entry| actions::mark_read(desk, entry)),
        "r" | "R" => with_target(desk, |entry| write(desk, Sheet::Comment(entry))),
        "b" | "B" => with_target(desk, |entry| write(desk, Sheet::SendBack(entry))),
        "x" | "X" => with_pick(desk),
        "n" | "N" => {
            desk.show_anew();
            focus::list_to_top();
            true
        }
        "/" => {
            if !focus::side_by_side() {
                desk.close();
            }
            request_animation_frame(|| focus::give(focus::SEARCH));
            true
        }
        "?" | "？" => {
            desk.sheet.set(Some(Sheet::Keys));
            true
        }
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

/// Whether the key goes to a field, or to a sheet that lies over the desk.
fn is_writing(event: &ev::KeyboardEvent) -> bool {
    const FIELDS: &str = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog]";
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest(FIELDS).ok().flatten().is_some())
}

/// From a row to the next row; what is open goes along. From elsewhere to the next entry.
fn step(desk: Desk, step: Step) -> bool {
    let (row, open) = (focus::focused_row(), desk.open.get_untracked());
    let Some(next) = desk.neighbour(row.or(open), step) else { return true };
    desk.rows.update(|rows| {
        *rows = (*rows).max(desk.listing.with_untracked(|listing| listing.position(next).map_or(0, |at| at + 1)));
    });
    match open {
        Some(_) if row.is_some() => desk.go_to(next, Focus::Row(next)),
        Some(_) => desk.go_to(next, Focus::Panel),
        None => request_animation_frame(move || focus::give(&focus::row(next))),
    }
    true
}

/// What a key acts on: the open entry, or the row that has the focus.
fn with_target(desk: Desk, deed: impl FnOnce(EntryId)) -> bool {
    let target = desk.open.get_untracked().or_else(focus::focused_row);
    target.map(deed).is_some()
}

/// Whoever opens a sheet by key has a keyboard and goes on writing; a tap leaves the phrases in sight instead.
fn write(desk: Desk, sheet: Sheet) {
    actions::ask_for(desk, sheet);
    request_animation_frame(|| focus::give(focus::TEXT));
}

fn with_pick(desk: Desk) -> bool {
    let Some(entry) = focus::focused_row().or_else(|| desk.open.get_untracked()) else { return false };
    desk.pick(entry, desk.picked.with_untracked(|picked| !picked.contains(&entry)));
    true
}
