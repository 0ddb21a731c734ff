//! The one drawn set of icons: 24 by 24, strokes of 2. On a phone a word always stands beside them.

use domain::log::Category;
use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident $path:literal),+ $(,)?) => {
        /// A drawing of the set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say what is drawn")]
        pub enum IconName { $($name),+ }

        impl IconName {
            const fn drawing(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

icons!(
    Back r#"<path d="M15 5l-7 7 7 7"/>"#,
    Forward r#"<path d="M9 5l7 7-7 7"/>"#,
    Close r#"<path d="M6 6l12 12M18 6L6 18"/>"#,
    Plus r#"<path d="M12 5v14M5 12h14"/>"#,
    Check r#"<path d="M5 12.5l4.5 4.5L19 7.5"/>"#,
    DoubleCheck r#"<path d="M2 12.5L6.500 17 14 9M10.500 15.500L12 17l9-9.500"/>"#,
    OnDevice r#"<rect x="6" y="2.500" width="12" height="19" rx="2.500"/><path d="M9.500 12l2 2 3.500-4"/>"#,
    Waiting r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.500 2"/>"#,
    Sending r#"<path d="M12 19V6M6 11.500L12 5.500l6 6"/>"#,
    NoSignal r#"<path d="M3 3l18 18M5 12.500a10 10 0 0 1 4-2.300M14 9.900a10 10 0 0 1 5 2.600M8.500 16a5 5 0 0 1 7 0M12 20h.01"/>"#,
    Attention r#"<path d="M12 3.500L2.500 20h19zM12 10v4.500M12 17.200h.01"/>"#,
    Info r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.500h.01"/>"#,
    Question r#"<circle cx="12" cy="12" r="9"/><path d="M9.200 9.300a2.900 2.900 0 1 1 4.100 2.900c-.9.400-1.300 1-1.300 2M12 17.200h.01"/>"#,
    Eye r#"<path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z"/><circle cx="12" cy="12" r="2.800"/>"#,
    Pen r#"<path d="M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19z"/>"#,
    Comment r#"<path d="M4 5h16v11H11l-4.500 4v-4H4z"/>"#,
    SendBack r#"<path d="M9 6L4 11l5 5M4 11h10a6 6 0 0 1 6 6v1"/>"#,
    Undo r#"<path d="M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-4"/>"#,
    Log r#"<path d="M6 3h13v18H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8.500 8h7M8.500 12h7M8.500 16h4"/>"#,
    Phone r#"<path d="M6 3.500h3l1.500 4.500-2 1.500a12 12 0 0 0 6 6l1.500-2 4.500 1.500v3a2 2 0 0 1-2.200 2A17 17 0 0 1 4 5.700 2 2 0 0 1 6 3.500z"/>"#,
    Settings r#"<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>"#,
    Search r#"<circle cx="11" cy="11" r="6.500"/><path d="M16 16l4.500 4.500"/>"#,
    Filter r#"<path d="M4 6h16M7 12h10M10 18h4"/>"#,
    Person r#"<circle cx="12" cy="8" r="4"/><path d="M4.500 20.500c.8-4 3.800-6 7.500-6s6.700 2 7.500 6"/>"#,
    People r#"<circle cx="9" cy="8" r="3.500"/><path d="M2.500 20c.6-3.800 3.200-5.800 6.500-5.800s5.900 2 6.500 5.800M15.500 4.900a3.500 3.500 0 0 1 0 6.300M17.500 14.600c2.200.7 3.600 2.500 4 5.400"/>"#,
    Door r#"<path d="M6 21V3.500h12V21M3.500 21h17M14.500 12.500h.01"/>"#,
    Stairs r#"<path d="M3 20h4.500v-5H12v-5h4.500V5H21"/>"#,
    Yard r#"<path d="M12 21v-7M12 14a5.500 5.500 0 0 1-5.500-5.500C6.500 5 9 3 12 3s5.500 2 5.500 5.500A5.500 5.500 0 0 1 12 14zM4 21h16"/>"#,
    Speaker r#"<path d="M4 9.500v5h3.500L12 19V5L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11"/>"#,
    Download r#"<path d="M12 4v11M7 10.500l5 5 5-5M4.500 20h15"/>"#,
    Refresh r#"<path d="M20 12a8 8 0 1 1-2.500-5.800M20 3.500V8h-4.500"/>"#,
    Keyboard r#"<rect x="2.500" y="6" width="19" height="12" rx="2"/><path d="M6.500 10h.01M10.200 10h.01M13.800 10h.01M17.500 10h.01M8 14h8"/>"#,
    SignOut r#"<path d="M14 4H5v16h9M10 12h10.500M17 8.500l3.500 3.500-3.500 3.500"/>"#,
    Wrench r#"<path d="M20 7.500a5 5 0 0 1-6.800 5.300L7 19a2.100 2.100 0 0 1-3-3l6.200-6.200A5 5 0 0 1 16.500 4l-2.700 2.700 3.500 3.500z"/>"#,
    Shield r#"<path d="M12 3l7.500 3v5.500c0 4.500-3 8-7.500 9.500-4.500-1.500-7.500-5-7.500-9.500V6z"/>"#,
    Heart r#"<path d="M12 20S3.500 15 3.500 9A4.600 4.600 0 0 1 12 6.500 4.600 4.600 0 0 1 20.500 9c0 6-8.500 11-8.500 11z"/>"#,
    Siren r#"<path d="M6 18v-5a6 6 0 0 1 12 0v5M4 18h16v3H4zM12 3V1.500M4.500 6L3 4.500M19.500 6L21 4.500"/>"#,
    Handshake r#"<path d="M3 8l4-2 5 2 5-2 4 2v7h-2.500l-5 4.500a2 2 0 0 1-2.700 0L5.500 15H3zM12 8l-3 3.500a1.700 1.700 0 0 0 2.500 2.200L13.500 12l4.500 3.500"/>"#,
    Camera r#"<path d="M4 7.500h3.500L9 5h6l1.500 2.500H20V19H4z"/><circle cx="12" cy="13" r="3.500"/>"#,
    Pictures r#"<rect x="3.500" y="4.500" width="17" height="15" rx="2"/><circle cx="9" cy="9.500" r="1.500"/><path d="M4 17.500l5-4.500 3.500 3 3-2.500 5 4"/>"#,
    Microphone r#"<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3"/>"#,
    Broom r#"<path d="M20 3l-7.500 8M8 12l4.500-2 2.500 2.500-1.500 5L10 21H5l-1.500-1.500z"/>"#,
    Bag r#"<path d="M5 8h14l1 13H4zM8.500 8V6.500a3.500 3.500 0 0 1 7 0V8"/>"#,
    Bowl r#"<path d="M3 12h18a9 9 0 0 1-5.500 8h-7A9 9 0 0 1 3 12zM9 8.500c-1-1.500 1-2.500 0-4.500M14 8.500c-1-1.500 1-2.500 0-4.500"/>"#,
    Megaphone r#"<path d="M4 10v4h3l10 5V5L7 10zM20.500 10v4M8 14.500V20h3v-4"/>"#,
    Card r#"<rect x="3" y="5" width="18" height="14" rx="2"/><circle cx="8.500" cy="11" r="2"/><path d="M5.500 16c.5-1.500 1.500-2.300 3-2.300s2.500.8 3 2.300M14 10h4.500M14 14h4.500"/>"#,
    Critical r#"<path d="M12 3L2 20.500h20z" fill="currentColor"/>"#,
    Urgent r#"<path d="M12 2.500l9.500 9.500-9.500 9.500L2.500 12z" fill="currentColor"/>"#,
    Soon r#"<rect x="4.500" y="4.500" width="15" height="15" rx="1.500"/>"#,
    Ordinary r#"<circle cx="12" cy="12" r="6.500"/>"#,
);

impl IconName {
    /// The drawing of a category.
    #[must_use]
    pub const fn of_category(category: Category) -> Self {
        match category {
            Category::HomeVisit => Self::Door,
            Category::InformationUpdate => Self::Card,
            Category::SafetyHazard => Self::Shield,
            Category::FacilityRepair => Self::Wrench,
            Category::Emergency => Self::Siren,
            Category::Dispute => Self::Handshake,
            Category::Sanitation => Self::Broom,
            Category::Errand => Self::Bag,
            Category::CareVisit => Self::Heart,
            Category::MealDelivery => Self::Bowl,
            Category::PolicyTalk => Self::Megaphone,
            Category::Consultation => Self::People,
            Category::Unknown => Self::Info,
        }
    }
}

/// A drawing, silent for screen readers.
#[component]
#[must_use]
pub fn Icon(
    /// Which.
    name: IconName,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false" inner_html=name.drawing()></svg> }
}
