//! 手机体检: what is fine with this device, what to do where it is not, and six characters to read out on the telephone.

use crate::ui::components::{Icon, IconName, PageHead, Skeleton, storage_closed};
use crate::ui::reactive::{Effect, RwSignal, Views, dynamic, handler};
use crate::ui::{Client, Phase};
use domain::sync::checkup::{Browser, Clock, Offline, Promise, Room, Server, Unsent, Version};
use domain::sync::{Checkup, DeviceFacts};
use leptos::prelude::*;
use leptos_meta::Title;

/// One line: what was looked at, how it stands, and what to do where that is not well.
struct Finding {
    what: &'static str,
    stands: &'static str,
    todo: Option<&'static str>,
}

/// `/check-up`. Not behind the gate: a phone that nobody can sign in on needs it most.
#[component]
#[must_use]
pub fn CheckUp() -> impl IntoView {
    let client = Client::here();
    let checked = RwSignal::new(None::<Checkup>);
    let look = move || {
        leptos::task::spawn_local(async move {
            let Some(replica) = client.replica() else { return };
            let facts = client.facts().await.unwrap_or_default();
            let mut checkup = untrack(|| checkup(client, &facts));
            let nobody = client.me.with_untracked(Option::is_none);
            if nobody && !replica.left_behind().await.is_empty() {
                checkup.unsent = Unsent::Somebodys;
            }
            checked.try_set(Some(checkup));
        });
    };
    Effect::new(move |_| {
        // What is known of the server and of what waits changes while one looks.
        client.phase.track();
        client.offline_ready.track();
        // Read, not only tracked: a memo that nobody reads never learns that it has changed.
        client.status.with(|_| ());
        look();
    });
    let again = move |_| {
        client.talk_soon();
        look();
    };
    view! {
        <Title text="手机体检" />
        <PageHead title="手机体检" back="/settings" urgent=true />
        <main id="main" class="page stack-wide">
            {dynamic(move || match (checked.get(), client.phase.get()) {
                (Some(checkup), _) => result(checkup),
                // Nothing can be asked of a device that cannot be opened, and that is what has to be said.
                (None, Phase::NoStorage(error)) => storage_closed(&error),
                (None, _) => view! { <Skeleton /> }.into_any(),
            })}
            <button type="button" class="button" on:click=handler(again)><Icon name=IconName::Refresh />"再查一遍"</button>
        </main>
    }
    .into_any()
}

fn checkup(client: Client, facts: &DeviceFacts) -> Checkup {
    let now = client.replica().map(|replica| replica.now()).unwrap_or_default();
    client.marks.with(|marks| client.status.with(|status| Checkup::of(facts, marks, status, now)))
}

fn result(checkup: Checkup) -> AnyView {
    let (bad, well): (Vec<_>, Vec<_>) = findings(checkup).into_iter().partition(|one| one.todo.is_some());
    let (icon, words) = match bad.len() {
        0 => (IconName::Check, "都好，放心用".to_owned()),
        count => (IconName::Attention, ["有 ", &count.to_string(), " 处要看一看"].concat()),
    };
    let code = checkup.code();
    let spoken = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    view! {
        <section class="card stack-tight">
            <div class="outbox-state" role="status"><Icon name=icon /><h2>{words}</h2></div>
            <p class="soft">"打电话请人帮忙时，把这六个字念给他："</p>
            <p class="code" role="img" aria-label=spoken><span aria-hidden="true">{code[..3].to_owned()}" "{code[3..].to_owned()}</span></p>
        </section>
        {(!bad.is_empty()).then(|| list("要看一看的", bad))}
        {list("没问题的", well)}
    }
    .into_any()
}

fn list(title: &'static str, findings: Vec<Finding>) -> AnyView {
    let line = |Finding { what, stands, todo }: Finding| {
        let icon = if todo.is_some() { IconName::Attention } else { IconName::Check };
        view! {
            <li class="outbox-item" data-tone=todo.is_some().then_some("ask")>
                <Icon name=icon />
                <div><h3>{what}"："{stands}</h3>{todo.map(|todo| view! { <p>{todo}</p> })}</div>
            </li>
        }
    };
    view! {
        <section>
            <h2 class="section-head">{title}</h2>
            <ul class="entries">{findings.into_iter().map(line).views()}</ul>
        </section>
    }
    .into_any()
}

const fn fine(what: &'static str, stands: &'static str) -> Finding {
    Finding { what, stands, todo: None }
}

const fn look_at(what: &'static str, stands: &'static str, todo: &'static str) -> Finding {
    Finding { what, stands, todo: Some(todo) }
}

fn findings(checkup: Checkup) -> Vec<Finding> {
    let Checkup { promise, room, browser, clock, offline, version, unsent, server, locks, installed } = checkup;
    let mut all = vec![
        match unsent {
            Unsent::Nothing => fine("写的东西", "都传上去了"),
            Unsent::Fresh => fine("写的东西", "有刚写的在等着传"),
            Unsent::OnlyPhotos => look_at("写的东西", "字都传了，照片还没传完", "有信号时开着这里，会接着传。"),
            Unsent::Hours => look_at("写的东西", "有的等了好几个小时", "走到有信号的地方，开着这里等一等，会自动传。"),
            Unsent::Days | Unsent::Weeks => {
                let todo = "找个信号好的地方，开着这里。还传不上，到“传送情况”点“存成文件”，交给社区。";
                look_at("写的东西", "有的等了好几天", todo)
            }
            Unsent::Somebodys => {
                look_at("写的东西", "没人登录，有人写的还没传", "请写的人在这台手机上登录，就接着传。别“清除数据”。")
            }
            Unsent::NeedsPerson => look_at("写的东西", "有的没传上，要您看一下", "到“传送情况”，照那里说的改一改。"),
        },
        match server {
            Server::Reached => fine("跟社区的服务器", "连着"),
            Server::Unreachable => look_at("跟社区的服务器", "连不上", "没信号也能写，写的存在手机里，有信号自动传。"),
            Server::SignInNeeded => look_at("跟社区的服务器", "要再登录一次", "到“设置”登录，就接着传。"),
            Server::Busy => look_at("跟社区的服务器", "它正忙", "不用管，过一会儿自动再试。"),
            Server::Unknown => look_at("跟社区的服务器", "还没连过", "连上网，登录一次。"),
        },
        match offline {
            Offline::Ready => fine("没信号时", "也能打开、能写"),
            Offline::NotYet => look_at("没信号时", "还打不开", "连着网，把这里开着，等一两分钟。"),
            Offline::Impossible => {
                let todo = "开着的这一页能一直写、一直存，关掉以后没信号就打不开。请用手机自带的浏览器打开。";
                look_at("没信号时", "关掉就打不开了", todo)
            }
        },
        match browser {
            Browser::Ordinary => fine("打开的地方", "是浏览器"),
            Browser::WeChat => {
                let todo = "微信清理缓存会把没传的一起清掉。点右上角“···”，选“在浏览器打开”，再放到桌面。";
                look_at("打开的地方", "是微信里面", todo)
            }
            Browser::OtherApp => {
                let todo = "别的应用里面存不久。点右上角的菜单，选“在浏览器打开”，再放到桌面。";
                look_at("打开的地方", "是别的应用里面", todo)
            }
        },
        match promise {
            Promise::Given => fine("存的东西", "浏览器答应一直留着"),
            Promise::NotGiven | Promise::Unknown => {
                look_at("存的东西", "浏览器没答应一直留着", "常打开、放到手机桌面上，就存得稳。别“清除数据”。")
            }
        },
        match room {
            Room::Ample => fine("手机的地方", "够用"),
            Room::Scarce => look_at("手机的地方", "快满了", "删掉几张别的照片、视频。字很小，照样能存。"),
            Room::Tiny => {
                let todo = "可能开的是无痕窗口，换成普通窗口；不是的话，手机快满了，删掉几张别的照片、视频。";
                look_at("手机的地方", "很小", todo)
            }
            Room::Unknown => fine("手机的地方", "这个浏览器不说"),
        },
        match clock {
            Clock::Right => fine("手机的时间", "准"),
            Clock::Ahead => look_at("手机的时间", "快了十分钟以上", "到手机“设置”里打开“自动设置时间”。"),
            Clock::Behind => look_at("手机的时间", "慢了十分钟以上", "到手机“设置”里打开“自动设置时间”。"),
            Clock::Unknown => fine("手机的时间", "连上网才知道准不准"),
        },
        match version {
            Version::Newest => fine("版本", "是新的"),
            Version::Older => look_at("版本", "有更新的", "到“设置”点“现在更新”，写了一半的字都会留着。"),
            Version::Unknown => fine("版本", "连上网才知道新不新"),
        },
    ];
    if !locks {
        all.push(fine("开好几页", "能用，传的时候慢一点"));
    }
    if !installed && browser == Browser::Ordinary {
        let todo = "放到桌面，点一下就开，存得也更稳：在浏览器的菜单里选“添加到主屏幕”。";
        all.push(look_at("手机桌面", "还没放上去", todo));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_well_comes_with_something_to_do() {
        let mut codes = 0;
        for unsent in Unsent::ALL {
            for offline in Offline::ALL {
                for browser in Browser::ALL {
                    let checkup = Checkup {
                        promise: Promise::NotGiven,
                        room: Room::Tiny,
                        browser: *browser,
                        clock: Clock::Behind,
                        offline: *offline,
                        version: Version::Older,
                        unsent: *unsent,
                        server: Server::Unreachable,
                        locks: false,
                        installed: false,
                    };
                    let findings = findings(checkup);
                    assert!(findings.iter().all(|one| one.todo.is_none_or(|todo| todo.ends_with('。'))));
                    assert!(findings.iter().filter(|one| one.todo.is_some()).count() >= 5);
                    codes += 1;
                }
            }
        }
        assert_eq!(codes, Unsent::ALL.len() * Offline::ALL.len() * Browser::ALL.len());
    }
}
