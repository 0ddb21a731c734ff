//! What is done in the browser when a value changes.

use leptos::prelude as machinery;

/// leptos's effect.
pub struct Effect;

impl Effect {
    /// Runs `act` soon, and again whenever something that it looked at has changed; it is given what it yielded
    /// before. On the server it never runs.
    #[allow(clippy::new_ret_no_self, reason = "as leptos names it; nobody needs the handle")]
    pub fn new<T: 'static>(mut act: impl FnMut(Option<T>) -> T + 'static) {
        let mut before = None;
        effect(Box::new(move || before = Some(act(before.take()))));
    }
}

fn effect(mut act: Box<dyn FnMut()>) {
    machinery::Effect::new(move |_: Option<()>| act());
}
