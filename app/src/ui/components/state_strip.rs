//! The state strip: the only place that talks about the network, in one sentence.

use super::{Icon, IconName, spoken_time};
use crate::ui::Client;
use crate::ui::reactive::{dynamic, live};
use domain::sync::{Link, SyncStatus};
use leptos::prelude::*;

/// What the strip says of a status.
#[must_use]
pub fn spoken_status(status: &SyncStatus, oldest: Option<String>) -> String {
    let waiting = status.waiting + status.kept_back();
    if status.asks() > 0 {
        return format!("有 {} 条没传上，要您看一下", status.asks());
    }
    match (&status.link, waiting) {
        (Link::TooOld, _) => "版本太旧，请更新。写的都在手机里".to_owned(),
        (Link::SignInNeeded, 0) if status.attachments == 0 => "登录过期了，点这里再登录一次".to_owned(),
        (Link::SignInNeeded, 0) => "字已上传，再登录一次接着传照片、语音".to_owned(),
        (Link::SignInNeeded, _) => format!("还有 {waiting} 条没传上去，再登录一次就接着传"),
        (Link::Busy, 1..) => format!("正在试着传 {waiting} 条"),
        (_, 1..) => match oldest {
            Some(oldest) => format!("还有 {waiting} 条没传上去，最早的是{oldest}"),
            None => format!("还有 {waiting} 条没传上去"),
        },
        (_, 0) if status.attachments > 0 => format!("字已上传，还有 {} 个照片、语音没传", status.attachments),
        (Link::Unreachable, 0) => "现在没信号，照常能写".to_owned(),
        (Link::ServerTrouble, 0) => "服务器正忙，照常能写".to_owned(),
        (Link::Unknown, 0) => "正在看有没有信号".to_owned(),
        (Link::Reached | Link::Busy, 0) => "都已上传".to_owned(),
    }
}

/// What is not uploaded, counted, where it is anything: entries with their changes, and photos and voice notes.
#[must_use]
pub fn unsent_words(entries: usize, blobs: usize) -> Option<String> {
    let (entries_words, blobs_words) =
        ([&entries.to_string(), " 条"].concat(), [&blobs.to_string(), " 个照片、语音"].concat());
    match (entries, blobs) {
        (0, 0) => None,
        (0, _) => Some(blobs_words),
        (_, 0) => Some(entries_words),
        _ => Some([entries_words, blobs_words].join("和 ")),
    }
}

/// One sentence; a tap opens 传送情况.
#[component]
#[must_use]
pub fn StateStrip() -> impl IntoView {
    let client = Client::here();
    let (status, now) = (client.status, client.now);
    let words = move || {
        let status = status.get();
        let oldest = status.oldest.map(|at| spoken_time(at, now.get()));
        spoken_status(&status, oldest)
    };
    let look = move || status.with(look);
    view! {
        <div role="status">
            <a class="state-strip" href="/sync" data-state=live(move || look().0)>
                {dynamic(move || view! { <Icon name=look().1 /> })}
                <span>{words}</span>
                <Icon name=IconName::Forward />
            </a>
        </div>
    }
}

fn look(status: &SyncStatus) -> (&'static str, IconName) {
    match status.link {
        _ if status.asks() > 0 => ("attention", IconName::Attention),
        Link::TooOld | Link::SignInNeeded => ("attention", IconName::Attention),
        Link::Unreachable | Link::ServerTrouble => ("waiting", IconName::NoSignal),
        _ if !status.all_uploaded() => ("waiting", IconName::OnDevice),
        Link::Unknown => ("waiting", IconName::Waiting),
        Link::Reached | Link::Busy => ("sent", IconName::DoubleCheck),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(waiting: usize, needs_person: usize, link: Link) -> SyncStatus {
        SyncStatus { waiting, needs_person, link, ..SyncStatus::default() }
    }

    #[test]
    fn the_strip_never_says_uploaded_while_a_photo_is_only_on_the_phone() {
        for link in
            [Link::Unknown, Link::Reached, Link::Busy, Link::Unreachable, Link::SignInNeeded, Link::ServerTrouble]
        {
            let one = SyncStatus { attachments: 1, ..status(0, 0, link) };
            let words = spoken_status(&one, None);
            assert!(!words.contains("都已上传") && words.contains("照片"), "{link:?}: {words}");
            assert!(!one.all_uploaded() && look(&one).0 != "sent");
        }
    }

    #[test]
    fn the_strip_never_says_uploaded_while_something_waits_or_the_server_is_silent() {
        for link in [
            Link::Unknown,
            Link::Reached,
            Link::Busy,
            Link::Unreachable,
            Link::SignInNeeded,
            Link::TooOld,
            Link::ServerTrouble,
        ] {
            assert!(!spoken_status(&status(1, 0, link), None).contains("都已上传"), "{link:?}");
            assert!(!spoken_status(&status(0, 1, link), None).contains("都已上传"), "{link:?}");
        }
        assert!(!spoken_status(&status(0, 0, Link::Unreachable), None).contains("都已上传"));
        assert_eq!(spoken_status(&status(0, 0, Link::Reached), None), "都已上传");
    }

    #[test]
    fn it_says_since_when_the_oldest_waits() {
        let words = spoken_status(&status(3, 0, Link::Unreachable), Some("昨天 18:40".to_owned()));
        assert_eq!(words, "还有 3 条没传上去，最早的是昨天 18:40");
    }
}
