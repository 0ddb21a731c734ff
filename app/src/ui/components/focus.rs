//! Moving the focus to what a person is to look at next.

use leptos::{prelude::*, wasm_bindgen::JsCast};

/// Puts the focus on the first element that a selector finds.
pub fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) else { return };
    if element.tab_index() < 0 && !element.has_attribute("tabindex") {
        let _ = element.set_attribute("tabindex", "-1");
    }
    let _ = element.focus();
}

/// As [`focus_first`], where what had the focus is gone.
pub fn focus_if_lost(selector: &str) {
    if focus_is_lost() {
        focus_first(selector);
    }
}

/// Whether what had the focus is gone.
#[must_use]
pub fn focus_is_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}
