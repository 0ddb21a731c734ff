//! Where an entry's words are, what hangs on it, and how its review stands: an icon and a word each.

use super::{Icon, IconName};
use crate::ui::reactive::dynamic;
use crate::ui::{Client, ShownEntry};
use domain::kernel::{Attachment, AttachmentKind};
use domain::log::{Entry, ReviewState};
use domain::sync::{Delivery, Link, QueuedState};
use leptos::prelude::*;
use std::sync::Arc;

/// Instead of what only a newer version can read.
pub const NEWER: &str = "这部分要新版本才看得懂";

/// Where words are: a drawing, a tone, and the sentence of a mark.
#[must_use]
pub const fn delivery_words(delivery: Delivery) -> (IconName, &'static str, &'static str) {
    match delivery {
        Delivery::Uploaded => (IconName::DoubleCheck, "good", "已上传"),
        Delivery::OnDevice { .. } => (IconName::OnDevice, "plain", "已存本机"),
        Delivery::Parked => (IconName::Waiting, "plain", "服务器收着，在等前一条"),
        Delivery::AwaitsDecision => (IconName::Waiting, "plain", "服务器收着，等社区决定"),
        Delivery::AwaitsServer => (IconName::Waiting, "plain", "已存本机，服务器还没更新"),
        Delivery::NeedsPerson => (IconName::Attention, "ask", "没传上，要您看一下"),
    }
}

/// The same of one command in the outbox, in a sentence that also says why.
#[must_use]
pub fn state_words(state: &QueuedState) -> (IconName, String) {
    let (icon, words) = match state {
        QueuedState::Waiting => (IconName::OnDevice, "已存本机，还没传"),
        QueuedState::Parked { .. } => (IconName::Waiting, "服务器收着，等前一条到了一起生效"),
        QueuedState::AwaitsDecision => (IconName::Waiting, "服务器收着，等社区决定"),
        QueuedState::AwaitsServer { .. } => (IconName::Waiting, "已存本机，服务器还没更新，更新后自动传"),
        QueuedState::Acknowledged { .. } => (IconName::DoubleCheck, "已上传"),
        QueuedState::NeedsPerson { trouble } => (IconName::Attention, trouble.spoken()),
    };
    (icon, words.to_owned())
}

/// 已存本机 ✓, 已上传 ✓✓, 在等前一条, 等社区决定, 要您看一下.
#[component]
#[must_use]
pub fn DeliveryMark(
    /// Where the newest words are.
    delivery: Delivery,
    /// Something that hangs on it is not there yet.
    #[prop(optional)]
    words_only: bool,
) -> impl IntoView {
    let link = Client::here().link;
    let (icon, tone, words) = match delivery {
        Delivery::Uploaded if words_only => (IconName::Check, "plain", "字已上传"),
        delivery => delivery_words(delivery),
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

/// 已阅, 已点评, 待补充, 已补充; nothing for an entry that nobody has looked at. A comment on words that were changed since
/// stays visible.
#[component]
#[must_use]
pub fn ReviewMark(
    /// Of what.
    entry: Arc<Entry>,
) -> impl IntoView {
    let state = entry.review_state();
    let (icon, tone, words) = match state {
        ReviewState::New if entry.is_commented() => (IconName::Comment, "plain", "有点评"),
        ReviewState::New => return None,
        ReviewState::Read => (IconName::Eye, "plain", state.title()),
        ReviewState::Commented => (IconName::Comment, "good", state.title()),
        ReviewState::AwaitingAnswer => (IconName::Question, "ask", state.title()),
        ReviewState::Answered => (IconName::Check, "good", state.title()),
    };
    Some(view! { <span class="status" data-tone=tone><Icon name=icon />{words}</span> })
}

/// 3 张照片，2 张还没传到; nothing for an entry of words alone.
#[component]
#[must_use]
pub fn AttachedMark(
    /// Of what.
    entry: Arc<Entry>,
) -> impl IntoView {
    let all = entry.content.attachments();
    if all.is_empty() {
        return None;
    }
    let missing: Vec<&Attachment> = entry.missing().collect();
    let mut words = counted(&all.iter().collect::<Vec<_>>());
    if !missing.is_empty() {
        let missing = counted(&missing);
        words = if missing == words {
            [&words, "，还没传到"].concat()
        } else {
            [&words, "，", &missing, "还没传到"].concat()
        };
    }
    Some(view! { <span class="status"><Icon name=IconName::Pictures />{words}</span> })
}

/// 2 张照片、1 段语音
#[must_use]
pub fn counted(all: &[&Attachment]) -> String {
    let measure = |kind| if kind == AttachmentKind::Photo { " 张" } else { " 段" };
    let count = |kind| all.iter().filter(|one| one.kind == kind).count();
    let parts = AttachmentKind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
    parts.map(|(kind, count)| [&count.to_string(), measure(kind), kind.title()].concat()).collect::<Vec<_>>().join("、")
}

/// All of it, as a line under an entry. An entry that was taken back says only that.
#[component]
#[must_use]
pub fn EntryState(
    /// The entry as its reader sees it.
    shown: ShownEntry,
) -> impl IntoView {
    let withdrawn = shown.entry.withdrawn().is_some();
    let words_only = shown.entry.missing().next().is_some();
    let entry = Arc::clone(&shown.entry);
    let reviewed = Arc::clone(&shown.entry);
    view! {
        <span class="entry-state">
            <DeliveryMark delivery=shown.delivery words_only=words_only />
            <AttachedMark entry=entry />
            {if withdrawn {
                view! { <span class="status"><Icon name=IconName::Undo />"已撤回"</span> }.into_any()
            } else {
                view! { <ReviewMark entry=reviewed /> }.into_any()
            }}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{Bytes, Sha256};

    #[test]
    fn what_hangs_on_an_entry_is_counted_by_its_own_measure() {
        let one = |kind, byte| Attachment { kind, bytes: Bytes::new(1), sha256: Sha256::of(&[byte]) };
        let (photo, other, voice) =
            (one(AttachmentKind::Photo, 1), one(AttachmentKind::Photo, 2), one(AttachmentKind::Voice, 3));
        assert_eq!(counted(&[&photo, &voice, &other]), "2 张照片、1 段语音");
        assert_eq!(counted(&[&voice]), "1 段语音");
        assert_eq!(counted(&[]), "");
    }
}
