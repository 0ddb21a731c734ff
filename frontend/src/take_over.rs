//! From the page that the server made to the app. The server's page can be read, and written into, while the app is
//! still on its way over a slow network; what was typed meanwhile moves into the app's own fields.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

/// The element that holds the server's page (`app::ui::shell`).
const SERVER_PAGE: &str = "server-page";

/// What one field of the server's page held. Fields are found again by their id.
struct Typed {
    id: String,
    value: String,
    checked: bool,
    caret: Option<u32>,
    focused: bool,
}

/// Puts the app, already mounted behind it, in the place of the server's page. Does nothing where there is none.
pub fn take_over(document: &Document) {
    let Some(page) = document.get_element_by_id(SERVER_PAGE) else { return };
    let typed = typed_fields(document, &page).unwrap_or_default();
    page.remove();
    for field in typed {
        // A field that the app does not have at this address is no loss: the server draws the same pages.
        let _ = hand_on(document, &field);
    }
}

fn typed_fields(document: &Document, page: &Element) -> Result<Vec<Typed>, JsValue> {
    let fields = page.query_selector_all("input[id], textarea[id]")?;
    let focused = document.active_element();
    let mut typed = Vec::new();
    for index in 0..fields.length() {
        let Some(field) = fields.item(index).and_then(|field| field.dyn_into::<Element>().ok()) else { continue };
        let (value, checked, caret) = if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
            (area.value(), false, area.selection_start()?)
        } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            (input.value(), input.checked(), None)
        } else {
            continue;
        };
        let focused = focused.as_ref() == Some(&field);
        typed.push(Typed { id: field.id(), value, checked, caret, focused });
    }
    Ok(typed)
}

fn hand_on(document: &Document, field: &Typed) -> Result<(), JsValue> {
    let Some(element) = document.get_element_by_id(&field.id) else { return Ok(()) };
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(&field.value);
        area.set_selection_start(field.caret)?;
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        match input.type_().as_str() {
            "checkbox" | "radio" => input.set_checked(field.checked),
            _ => input.set_value(&field.value),
        }
    }
    if let (true, Some(element)) = (field.focused, element.dyn_ref::<HtmlElement>()) {
        element.focus()?;
    }
    Ok(())
}
