//! From the page that the server made to the app. The server's page can be read, and written into, while the app is
//! still on its way over a slow network; what was typed meanwhile moves into the app's own fields.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

/// The element that holds the server's page (`app::ui::shell`).
const SERVER_PAGE: &str = "server-page";
/// What every page of the app has, outside of the server's page.
const APP_PAGE: &str = "body > main, body > .desk";
/// So often is looked for it, a turn of the browser's loop each time. A page is drawn within the first few.
const MOST_LOOKS: u32 = 50;

/// What one field of the server's page held, where a person has touched it. Fields are found again by their id.
struct Typed {
    id: String,
    value: String,
    checked: bool,
    caret: Option<u32>,
}

/// Puts the app, already mounted behind it, in the place of the server's page. Does nothing where there is none.
pub async fn take_over(document: &Document) {
    let Some(page) = document.get_element_by_id(SERVER_PAGE) else { return };
    // The router draws its page a moment after it was mounted. Until then there would be no field to hand anything to,
    // and the person would look at an empty page.
    for _ in 0..MOST_LOOKS {
        if matches!(document.query_selector(APP_PAGE), Ok(Some(_))) {
            break;
        }
        TimeoutFuture::new(0).await;
    }
    let focused = document.active_element().filter(|active| page.contains(Some(active))).map(|active| active.id());
    let typed = typed_fields(&page).unwrap_or_default();
    page.remove();
    for field in typed {
        // A field that the app does not have at this address is no loss: the server draws the same pages.
        let _ = hand_on(document, &field);
    }
    let again = focused.filter(|id| !id.is_empty()).and_then(|id| document.get_element_by_id(&id));
    if let Some(element) = again.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn typed_fields(page: &Element) -> Result<Vec<Typed>, JsValue> {
    let fields = page.query_selector_all("input[id], textarea[id]")?;
    let mut typed = Vec::new();
    for index in 0..fields.length() {
        let Some(field) = fields.item(index).and_then(|field| field.dyn_into::<Element>().ok()) else { continue };
        let (value, checked, caret, touched) = if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
            (area.value(), false, area.selection_start()?, area.value() != area.default_value()?)
        } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            let touched = input.value() != input.default_value() || input.checked() != input.default_checked();
            (input.value(), input.checked(), None, touched)
        } else {
            continue;
        };
        if touched {
            typed.push(Typed { id: field.id(), value, checked, caret });
        }
    }
    Ok(typed)
}

/// As if it had been typed into the app's field: the app hears of it in the same way.
fn hand_on(document: &Document, field: &Typed) -> Result<(), JsValue> {
    let Some(element) = document.get_element_by_id(&field.id) else { return Ok(()) };
    let mut heard = "input";
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(&field.value);
        area.set_selection_start(field.caret)?;
    } else if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        match input.type_().as_str() {
            "checkbox" | "radio" => {
                input.set_checked(field.checked);
                heard = "change";
            }
            _ => input.set_value(&field.value),
        }
    }
    element.dispatch_event(&Event::new(heard)?).map(drop)
}
