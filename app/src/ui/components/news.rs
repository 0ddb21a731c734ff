//! What the app itself has to say: a new version, ready for use without signal, put me on the home screen.

use super::{Icon, IconName};
use crate::ui::reactive::{Effect, Memo, RwSignal, handler, optional};
use crate::ui::{Client, Flag, js};
use leptos::prelude::*;

/// One thing to say, a button to have it said no more, and what can be done about it.
fn banner(icon: IconName, words: &'static str, close: AnyView, deed: AnyView) -> AnyView {
    view! {
        <div class="banner">
            <Icon name=icon />
            <p>{words}</p>
            <div class="row">{close}{deed}</div>
        </div>
    }
    .into_any()
}

fn button(class: &'static str, words: &'static str, act: impl Fn() + 'static) -> AnyView {
    view! { <button type="button" class=class on:click=handler(move |_| act())>{words}</button> }.into_any()
}

/// Instead of 现在更新 while something is being taken in, which would be gone.
pub const WAIT_FOR_CAPTURE: &str = "有新版本。照片、语音还在收进手机，收好再更新。";

/// A new version lies ready. The person decides when.
#[component]
#[must_use]
pub fn UpdateBanner() -> impl IntoView {
    let client = Client::here();
    let later = RwSignal::new(false);
    let capturing = Memo::new(move |_| client.is_capturing());
    let shown = move || {
        let close = button("button button-quiet", "以后再说", move || later.set(true));
        let (words, update) = if capturing.get() {
            (WAIT_FOR_CAPTURE, ().into_any())
        } else {
            let update = button("button button-primary", "现在更新", move || client.take_update());
            ("有新版本。写了一半的字都会留着。", update)
        };
        (client.update_ready.get() && !later.get()).then(|| banner(IconName::Refresh, words, close, update))
    };
    view! { <div role="status">{optional(shown)}</div> }.into_any()
}

/// What is on the home screen is kept longer. Where the browser offers to put it there, a button; where it never
/// does, and clears soonest, the way to do it by hand. Refused once, it is not said again.
#[component]
#[must_use]
pub fn InstallHint() -> impl IntoView {
    let client = Client::here();
    let hint = RwSignal::new(None::<&'static str>);
    Effect::new(move |_| {
        let offered = client.install_ready.get().then_some("放到手机桌面上，点一下就开，存得也更稳。");
        let wanted = !client.installed.get() && !Flag::NO_INSTALL_HINT.is_set();
        hint.set(offered.or_else(|| way_by_hand(&user_agent(), has_touch())).filter(|_| wanted));
    });
    let refuse = move || {
        Flag::NO_INSTALL_HINT.keep(true);
        hint.set(None);
    };
    optional(move || {
        let words = hint.get()?;
        let close = button("button button-quiet", "不用了", refuse);
        let offered = client.install_ready.get();
        let install = offered.then(|| button("button", "放到桌面", move || client.install()));
        Some(banner(IconName::Download, words, close, install.into_any()))
    })
}

/// How to do it in a browser that makes no offer; nothing where one may still come.
fn way_by_hand(browser: &str, has_touch: bool) -> Option<&'static str> {
    // iPads call themselves Macintosh; no Macintosh has a touch screen.
    let is = |name| browser.contains(name);
    if is("MicroMessenger") {
        Some("在微信里存不久。点右上角“···”，选“在浏览器打开”。")
    } else if is("iPhone") || is("iPad") || (has_touch && is("Macintosh")) {
        Some("放到桌面存得更稳：点“分享”，选“添加到主屏幕”。")
    } else {
        None
    }
}

fn user_agent() -> String {
    js::text(&window().navigator(), "userAgent").unwrap_or_default()
}

fn has_touch() -> bool {
    js::get(&window().navigator(), "maxTouchPoints").as_f64().is_some_and(|points| points > 1.0)
}

/// Said once, when the program has been kept: from now on it starts without signal.
#[component]
#[must_use]
pub fn OfflineToast() -> impl IntoView {
    let client = Client::here();
    Effect::new(move |_| {
        if client.offline_news.get() {
            let done = move || {
                client.offline_news.try_set(false);
            };
            set_timeout(done, std::time::Duration::from_secs(6));
        }
    });
    view! {
        <div role="status">
            {optional(move || client.offline_news.get().then(|| view! {
                <div class="toast"><Icon name=IconName::Check /><span>"好了，现在没信号也能打开、能写。"</span></div>
            }))}
        </div>
    }
    .into_any()
}

/// The browser was cleared: what had not been uploaded is gone, and nobody may be left in the dark about it. Said on
/// every first page, signed in or not, until somebody has seen it.
#[component]
#[must_use]
pub fn StorageLost() -> impl IntoView {
    let client = Client::here();
    let words = "这里存的东西被浏览器清过。已上传的都在；没传的可能没有了，到“传送情况”里看看。";
    let seen = move || {
        Flag::STORAGE_LOST.keep(false);
        client.storage_lost.set(false);
    };
    let shown = move || {
        let close = button("button", "知道了", seen);
        client.storage_lost.get().then(|| banner(IconName::Attention, words, close, ().into_any()))
    };
    view! { <div role="alert">{optional(shown)}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_browsers_that_make_no_offer_are_told_how_to_do_it_by_hand() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15";
        let in_wechat = |browser: &str| format!("{browser} MicroMessenger/8.0.49");
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15";
        let by_hand = |browser: &str| way_by_hand(browser, true);
        assert!(by_hand(mac).is_some_and(|words| words.contains("添加到主屏幕")), "an iPad");
        assert_eq!(way_by_hand(mac, false), None);
        assert!(by_hand(iphone).is_some_and(|words| words.contains("添加到主屏幕")));
        assert!(by_hand(&in_wechat(iphone)).is_some_and(|words| words.contains("在浏览器打开")));
        let android = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
        assert!(by_hand(&in_wechat(android)).is_some_and(|words| words.contains("在浏览器打开")));
        assert_eq!(by_hand(android), None);
    }
}
