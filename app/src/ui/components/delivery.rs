//! Where an entry's words are, and how its review stands: an icon and a word each.

use super::{Icon, IconName};
use crate::domain::ReviewState;
use crate::sync::{Delivery, Link, ShownEntry};
use crate::ui::Client;
use crate::ui::reactive::dynamic;
use leptos::prelude::*;

/// 已存本机 ✓, 已上传 ✓✓, 等别的内容, 要您看一下.
#[component]
#[must_use]
pub fn DeliveryMark(
    /// Where the newest words are.
    delivery: Delivery,
) -> impl IntoView {
    let link = Client::here().link;
    let (icon, tone, words) = match delivery {
        Delivery::Uploaded => (IconName::DoubleCheck, "good", "已上传"),
        Delivery::OnDevice { .. } => (IconName::OnDevice, "plain", "已存本机"),
        Delivery::Held => (IconName::Waiting, "plain", "服务器收着，在等前一条"),
        Delivery::NeedsPerson => (IconName::Attention, "ask", "没传上，要您看一下"),
    };
    // Signal helps only where it is what is missing.
    let why = move || match link.get() {
        Link::Unreachable => "，等信号",
        Link::Busy => "，正在试着传",
        _ => "，还没传",
    };
    let waits = matches!(delivery, Delivery::OnDevice { .. }).then(|| dynamic(why));
    view! { <span class="status" data-tone=tone><Icon name=icon />{words}{waits}</span> }
}

/// 已阅, 已点评, 待补充, 已补充; nothing for an entry that nobody has looked at.
#[component]
#[must_use]
pub fn ReviewMark(
    /// Where the review stands.
    state: ReviewState,
) -> impl IntoView {
    let (icon, tone) = match state {
        ReviewState::New => return None,
        ReviewState::Read => (IconName::Eye, "plain"),
        ReviewState::Commented => (IconName::Comment, "good"),
        ReviewState::AwaitingAnswer => (IconName::Question, "ask"),
        ReviewState::Answered => (IconName::Check, "good"),
    };
    Some(view! { <span class="status" data-tone=tone><Icon name=icon />{state.title()}</span> })
}

/// Both, as a line under an entry. An entry that was taken back says only that.
#[component]
#[must_use]
pub fn EntryState(
    /// The entry as its reader sees it.
    shown: ShownEntry,
) -> impl IntoView {
    let withdrawn = shown.entry.withdrawn.is_some();
    let review = shown.entry.review_state();
    view! {
        <span class="entry-state">
            <DeliveryMark delivery=shown.delivery />
            {if withdrawn {
                view! { <span class="status"><Icon name=IconName::Undo />"已撤回"</span> }.into_any()
            } else {
                view! { <ReviewMark state=review /> }.into_any()
            }}
        </span>
    }
}
