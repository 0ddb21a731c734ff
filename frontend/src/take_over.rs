//! From the page that the server made to the app. The server's page can be read, and written into, while the app is
//! still on its way over a slow network; what was typed meanwhile moves into the app's own fields.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

/// The element that holds the server's page (`app::ui::shell`).
const SERVER_PAGE: &str = "server-page";
/// What every page of the app has, outside of the server's page, once it is drawn.
const APP_PAGE: &str = "body > main:not([aria-busy], [data-missing]), body > .desk";
/// What stands there while the page's lazy part is on its way (`app::ui::pages::later`).
const COMING_PAGE: &str = "body > main[aria-busy]";
/// What stands there when that part cannot be had.
const MISSING_PAGE: &str = "body > main[data-missing]";
/// What a server's page can do without the app: its forms post.
const WORKS_ALONE: &str = "form[method]";
/// So often is looked for a page, a turn of the browser's loop each time. A page is drawn within the first few.
const MOST_LOOKS: u32 = 50;
/// Milliseconds between two looks for a page that is on its way.
const PATIENCE_MILLIS: u32 = 20;

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
    // The router draws its page a moment after it was mounted, or when the page has come over the network. Until then
    // there would be no field to hand anything to, and the person would look at an empty page.
    let mut looks = 0;
    while looks < MOST_LOOKS && !is_there(document, APP_PAGE) {
        let missing = is_there(document, MISSING_PAGE);
        if missing && matches!(page.query_selector(WORKS_ALONE), Ok(None)) {
            break;
        }
        let coming = missing || is_there(document, COMING_PAGE);
        looks += u32::from(!coming);
        TimeoutFuture::new(if coming { PATIENCE_MILLIS } else { 0 }).await;
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

fn is_there(document: &Document, selector: &str) -> bool {
    matches!(document.query_selector(selector), Ok(Some(_)))
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
