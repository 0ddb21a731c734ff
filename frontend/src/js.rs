//! Calls of what `web-sys` has no binding for, or only an unstable one: IndexedDB's durability, Web Locks, the options
//! of a service worker's registration, the question to install.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A property; `undefined` where there is none.
pub(crate) fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a text.
pub(crate) fn text(target: &JsValue, name: &str) -> Option<String> {
    get(target, name).as_string()
}

/// Calls a method.
///
/// # Errors
/// What the method throws; a `TypeError` where there is no such method.
pub(crate) fn call(target: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(target, name).dyn_into()?;
    Reflect::apply(&method, target, &arguments.iter().collect::<Array>())
}

/// An object with these properties.
pub(crate) fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // Refused only by frozen objects.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
