//! How the app looks on this device: theme, 长辈版, size of the type. The device's own, not the person's: a borrowed
//! phone keeps its owner's eyes. The shell reads the same before anything is painted.

use domain::kernel::json;
use leptos::{prelude::*, wasm_bindgen::JsCast};
use serde::{Deserialize, Serialize};

/// Where it is kept in `localStorage`.
const KEY: &str = "watchlog-look";

/// Smallest and largest type, in px (适老化通用设计规范, 工信厅信管函〔2021〕67号: main text at least 18, reachable at least 30).
pub const SIZES: (u8, u8) = (18, 30);
/// Type of the elder edition, in px, unless the slider says otherwise.
pub const ELDER_SIZE: u8 = 22;

/// What the person chose; nothing chosen is the device's own way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// `light` or `dark`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// 长辈版
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub elder: bool,
    /// Size of the type in px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u8>,
}

impl Look {
    /// What this device keeps. Only in the browser.
    #[must_use]
    pub fn kept() -> Self {
        let storage = window().local_storage().ok().flatten();
        let text = storage.and_then(|storage| storage.get_item(KEY).ok().flatten());
        text.and_then(|text| json::read(text.as_bytes()).ok()).unwrap_or_default()
    }

    /// Keeps it, and shows it at once. A device that keeps nothing shows it all the same.
    pub fn apply(&self) {
        if let (Ok(Some(storage)), Ok(text)) = (window().local_storage(), json::write(self)) {
            let _ = storage.set_item(KEY, &text);
        }
        let Some(root) = document().document_element() else { return };
        let set = |name, value: Option<&str>| match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
        let _ = set("data-theme", self.theme.as_deref());
        let _ = set("data-elder", self.elder.then_some(""));
        if let Some(root) = root.dyn_ref::<web_sys::HtmlElement>() {
            let style = root.style();
            let _ = match self.size {
                Some(size) => style.set_property("--base-size", &size.to_string()),
                None => style.remove_property("--base-size").map(drop),
            };
        }
    }

    /// The size in force.
    #[must_use]
    pub fn size_in_force(&self) -> u8 {
        let usual = if self.elder { ELDER_SIZE } else { SIZES.0 };
        self.size.unwrap_or(usual).clamp(SIZES.0, SIZES.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_once_is_read_again_and_nonsense_is_the_usual_look() {
        let look = Look { theme: Some("dark".to_owned()), elder: true, size: Some(26) };
        let text = json::write(&look).expect("text");
        assert_eq!(text, r#"{"theme":"dark","elder":true,"size":26}"#);
        assert_eq!(json::read::<Look>(text.as_bytes()).ok(), Some(look));
        assert_eq!(json::write(&Look::default()).ok().as_deref(), Some("{}"));
        assert_eq!(Look { size: Some(200), ..Look::default() }.size_in_force(), 30);
        assert_eq!(Look { elder: true, ..Look::default() }.size_in_force(), 22);
    }
}
