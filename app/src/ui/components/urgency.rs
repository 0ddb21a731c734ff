//! How urgent an entry is: always a word and a shape, never a colour alone.

use super::{Icon, IconName};
use domain::log::Urgency;
use leptos::prelude::*;

/// 特急, 紧急, 较急 or 一般.
#[component]
#[must_use]
pub fn UrgencyMark(
    /// How urgent.
    urgency: Urgency,
) -> impl IntoView {
    let (level, icon) = match urgency {
        Urgency::Extreme => ("critical", IconName::Critical),
        Urgency::Urgent => ("urgent", IconName::Urgent),
        Urgency::Pressing => ("soon", IconName::Soon),
        Urgency::Ordinary | Urgency::Unknown => ("normal", IconName::Ordinary),
    };
    view! { <span class="urgency" data-level=level><Icon name=icon />{urgency.title()}</span> }
}
