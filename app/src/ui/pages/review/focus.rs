//! Where the focus goes when entries open and close, and that the open entry's row stays in sight.

use super::desk::{Desk, Focus};
use crate::ui::reactive::Effect;
use domain::kernel::EntryId;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Id of the title of the open entry.
pub const TITLE: &str = "entry-title";
/// Id of the pane that the list scrolls in.
pub const LIST: &str = "desk-list-scroll";
/// Id of the pane that the entry scrolls in.
pub const ENTRY: &str = "desk-entry-scroll";
/// Id of the field of search words.
pub const SEARCH: &str = "desk-search";
/// Id of the field of a sheet.
pub const TEXT: &str = "sheet-text";
/// Rows scroll to below the heading that sticks to the top of the list.
const HEADING_PIXELS: i32 = 56;
/// From this width on, list and entry stand side by side; the same number as in `desk.css`.
const SIDE_BY_SIDE: f64 = 1000.0;

/// Id of a row's link.
pub fn row(entry: EntryId) -> String {
    format!("row-{entry}")
}

/// Moves the focus after the address has changed, as was wished.
pub fn follow(desk: Desk) {
    Effect::new(move |before: Option<Option<EntryId>>| {
        let open = desk.open.get();
        if before.is_some_and(|before| before != open) {
            let wish = desk.take_focus();
            // After the panes have changed places and the entry's title is there.
            request_animation_frame(move || arrive(open, wish));
        }
        open
    });
}

fn arrive(open: Option<EntryId>, wish: Option<Focus>) {
    if let (Some(_), Some(pane)) = (open, element(ENTRY)) {
        pane.set_scroll_top(0);
    }
    if let (Some(open), Some(pane)) = (open, element(LIST))
        && let Some(row) = element(&row(open))
    {
        keep_in_sight(&row, &pane);
    }
    match wish {
        Some(Focus::Panel) => give(TITLE),
        Some(Focus::Row(entry)) => give(&row(entry)),
        None => {}
    }
}

/// Focuses an element, if it is there.
pub fn give(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Scrolls the list to its top.
pub fn list_to_top() {
    if let Some(pane) = element(LIST) {
        pane.set_scroll_top(0);
    }
}

/// Whether list and entry stand side by side.
pub fn side_by_side() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= SIDE_BY_SIDE)
}

/// The entry whose row has the focus.
pub fn focused_row() -> Option<EntryId> {
    let active = document().active_element()?;
    let item = active.closest(".review-item").ok()??;
    item.get_attribute("data-entry")?.parse().ok()
}

/// Whether an element has the focus.
fn is_at(id: &str) -> bool {
    document().active_element().is_some_and(|active| active.id() == id)
}

/// Takes the focus from an element that has it; says whether it had.
pub fn leave(id: &str) -> bool {
    is_at(id) && element(id).is_some_and(|element| element.blur().is_ok())
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn keep_in_sight(row: &HtmlElement, pane: &HtmlElement) {
    let top = row.offset_top() - HEADING_PIXELS;
    let bottom = row.offset_top() + row.offset_height();
    if top < pane.scroll_top() {
        pane.set_scroll_top(top);
    } else if bottom > pane.scroll_top() + pane.client_height() {
        pane.set_scroll_top(bottom - pane.client_height());
    }
}

/// Whether less than two screens of the list lie below.
pub fn list_is_near_its_end() -> bool {
    element(LIST).is_some_and(|pane| pane.scroll_height() - pane.scroll_top() < 3 * pane.client_height())
}
