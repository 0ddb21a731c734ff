//! Calls of what `web-sys` has no binding for, or only an unstable one (IndexedDB's durability, Web Locks, the question to
//! install), and of what is called in one place of the later parts: a typed binding would be loaded with the first screen.

use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::{Array, Function, Object, Promise, Reflect};
use web_sys::wasm_bindgen::{JsCast, JsValue};

/// A property; `undefined` where there is none.
#[must_use]
pub fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a text.
#[must_use]
pub fn text(target: &JsValue, name: &str) -> Option<String> {
    get(target, name).as_string()
}

/// Calls a method.
///
/// # Errors
/// What the method throws; a `TypeError` where there is no such method.
pub fn call(target: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(target, name).dyn_into()?;
    Reflect::apply(&method, target, &arguments.iter().collect::<Array>())
}

/// An object with these properties.
#[must_use]
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // Refused only by frozen objects.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// Calls a method and waits for what it promises.
///
/// # Errors
/// What the method throws, or what the promise is broken with.
pub async fn promised(target: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(call(target, name, arguments)?.dyn_into::<Promise>()?).await
}

/// A new object of one of the window's classes.
///
/// # Errors
/// What its constructor throws; a `TypeError` where there is no such class.
pub fn construct(class: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let class: Function = get(&web_sys::js_sys::global(), class).dyn_into()?;
    Reflect::construct(&class, &arguments.iter().collect::<Array>())
}

/// Sets a property; one that cannot be set stays as it is.
pub fn set(target: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(target, &JsValue::from_str(name), value);
}
