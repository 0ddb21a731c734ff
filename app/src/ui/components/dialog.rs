//! A sheet from below on the phone, a card in the middle on wide screens.

use super::{Icon, IconName};
use crate::ui::reactive::{Effect, handler};
use leptos::{ev, html, prelude::*};

/// A modal dialog. Escape, the scrim and 关闭 close it; the focus goes in when it opens and back when it closes.
#[component]
#[must_use]
pub fn Dialog(
    /// What it is about.
    #[prop(into)]
    title: String,
    /// Called when the person closes it.
    #[prop(into)]
    on_close: Callback<()>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    let before = StoredValue::new_local(None::<web_sys::HtmlElement>);
    Effect::new(move |_| {
        use leptos::wasm_bindgen::JsCast;
        let Some(panel) = panel.get() else { return };
        let active = document().active_element().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        before.set_value(active);
        let _ = panel.focus();
    });
    on_cleanup(move || {
        if let Some(Some(element)) = before.try_get_value() {
            let _ = element.focus();
        }
    });
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            on_close.run(());
        }
        "Tab" => keep_inside(&event, panel),
        _ => {}
    };
    view! {
        <div class="scrim" on:click=handler(move |_| on_close.run(()))>
            <div
                class="dialog" role="dialog" aria-modal="true" aria-labelledby="dialog-title" tabindex="-1"
                node_ref=panel on:click=handler(|event: ev::MouseEvent| event.stop_propagation()) on:keydown=handler(on_key)
            >
                <div class="dialog-head">
                    <h2 id="dialog-title">{title}</h2>
                    <button type="button" class="button button-quiet" on:click=handler(move |_| on_close.run(()))>
                        <Icon name=IconName::Close />"关闭"
                    </button>
                </div>
                {children()}
            </div>
        </div>
    }
}

/// Tab goes round within the dialog.
fn keep_inside(event: &ev::KeyboardEvent, panel: NodeRef<html::Div>) {
    use leptos::wasm_bindgen::JsCast;
    const FOCUSABLE: &str = "a[href], button:not([disabled]), input, select, textarea, [tabindex='0']";
    let Some(panel) = panel.get_untracked() else { return };
    let Ok(all) = panel.query_selector_all(FOCUSABLE) else { return };
    let element = |index: u32| all.item(index).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
    let (Some(first), Some(last)) = (element(0), element(all.length().saturating_sub(1))) else { return };
    let active = document().active_element();
    let at = |element: &web_sys::HtmlElement| active.as_ref() == Some(element.as_ref());
    let (leaving, target) = if event.shift_key() { (at(&first) || at(&panel), last) } else { (at(&last), first) };
    if leaving {
        event.prevent_default();
        let _ = target.focus();
    }
}
