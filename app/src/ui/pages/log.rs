//! 日志: what was written, by day, newest first; where each entry is and how its review stands.

use super::known;
use crate::ui::components::{
    BottomBar, EntryRow, Gate, Icon, IconName, Notice, PageHead, StateStrip, spoken_day, stairwell_of,
};
use crate::ui::reactive::{Memo, RwSignal, Views, dynamic, handler, live};
use crate::ui::{Client, ShownEntry};
use domain::kernel::{Day, PersonId};
use domain::sync::Delivery;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// So many entries at first, and so many more with each 再看早一些: a thousand at once would make old phones wait.
const PAGE: usize = 60;

/// The tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    All,
    Asked,
    Unsent,
}

impl Show {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::All, "/log", "全部"),
        (Self::Asked, "/log?show=asked", "待补充"),
        (Self::Unsent, "/log?show=unsent", "没传上"),
    ];

    fn wants(self, shown: &ShownEntry, me: PersonId) -> bool {
        match self {
            Self::All => true,
            Self::Asked => shown.entry.questions_to(me).next().is_some(),
            Self::Unsent => {
                let waits = shown.entry.author == me && shown.entry.missing().next().is_some();
                waits || shown.delivery != Delivery::Uploaded
            }
        }
    }

    /// What this tab shows, newest first.
    fn pick(self, client: Client, most: usize) -> Vec<ShownEntry> {
        let Some(me) = client.my_id() else { return Vec::new() };
        client.shown.with(|shown| {
            let wanted = shown.values().filter(|one| self.wants(one, me)).collect();
            known::newest_first(wanted).into_iter().take(most).cloned().collect()
        })
    }
}

/// `/log`
#[component]
#[must_use]
pub fn Log() -> impl IntoView {
    let client = Client::here();
    let query = use_query_map();
    let show = Memo::new(move |_| match query.with(|query| query.get("show")).as_deref() {
        Some("asked") => Show::Asked,
        Some("unsent") => Show::Unsent,
        _ => Show::All,
    });
    let tab = move |(this, href, word): (Show, &'static str, &'static str)| {
        let count = Memo::new(move |_| {
            let counts = this != Show::All;
            counts.then(|| this.pick(client, usize::MAX).len())
        });
        let count =
            move || count.get().filter(|count| *count > 0).map(|count| view! { <span class="number">{count}</span> });
        view! { <a class="button" href=href aria-current=live(move || (show.get() == this).then_some("page"))>{word}{count}</a> }
    };
    view! {
        <Title text="日志" />
        <PageHead title="日志" back="/" />
        <main id="main" class="page has-bar stack">
            <StateStrip />
            <nav class="tabs" aria-label="看哪些">{Show::ALL.map(tab)}</nav>
            <Gate><Days show=show /></Gate>
        </main>
        <BottomBar />
    }
    .into_any()
}

#[component]
fn Days(show: Memo<Show>) -> impl IntoView {
    let client = Client::here();
    let most = RwSignal::new(PAGE);
    let today = Memo::new(move |_| client.now.get().day());
    // One more than is shown: tells whether there are earlier ones.
    let listed = Memo::new(move |_| show.get().pick(client, most.get() + 1));
    let unread = Memo::new(move |_| known::unread_entries(client));
    dynamic(move || {
        let mut listed = listed.get();
        if listed.is_empty() {
            return view! { <Nothing show=show.get() /> }.into_any();
        }
        let earlier = listed.len() > most.get();
        listed.truncate(most.get());
        let days = by_day(listed)
            .into_iter()
            .map(|(day, entries)| view! { <OneDay day=day today=today.get() entries=entries /> });
        let more = earlier.then(|| view! {
            <button type="button" class="button button-wide" on:click=handler(move |_| most.update(|most| *most += PAGE))>"再看早一些"</button>
        });
        view! { <div class="stack-wide">{days.views()}</div>{more}{known::unread_line(unread.get())} }.into_any()
    })
}

/// Neighbours of one day together; the list is in order already.
fn by_day(entries: Vec<ShownEntry>) -> Vec<(Day, Vec<ShownEntry>)> {
    let mut days: Vec<(Day, Vec<ShownEntry>)> = Vec::new();
    for shown in entries {
        let day = shown.entry.written().day();
        match days.last_mut() {
            Some((last, entries)) if *last == day => entries.push(shown),
            _ => days.push((day, vec![shown])),
        }
    }
    days
}

#[component]
fn OneDay(day: Day, today: Day, entries: Vec<ShownEntry>) -> impl IntoView {
    let near = (0..=2).contains(&today.days_since(day));
    let date = near.then(|| view! { <small>{day.spoken()}</small> });
    view! {
        <section>
            <h2 class="day-head">{spoken_day(day, today)}{date}</h2>
            <ul class="entries">{entries.into_iter().map(|shown| view! { <Line shown=shown /> }).views()}</ul>
        </section>
    }
    .into_any()
}

/// A line, and under it what is asked.
#[component]
fn Line(shown: ShownEntry) -> impl IntoView {
    let client = Client::here();
    let href = ["/log/", &shown.entry.id.to_string()].concat();
    let me = client.my_id_untracked();
    let question = me
        .and_then(|me| shown.entry.questions_to(me).next().map(|question| question.asked.question.as_str().to_owned()));
    let answer = href.clone();
    let stairwell = client.records.with_untracked(|records| stairwell_of(records, &shown.entry));
    let question = question.map(|question| {
        view! {
            <div class="question question-line">
                <blockquote>{question}</blockquote>
                <a class="button" href=answer><Icon name=IconName::Pen />"回答"</a>
            </div>
        }
    });
    view! { <li><EntryRow shown=shown href=href stairwell=stairwell />{question}</li> }.into_any()
}

#[component]
fn Nothing(show: Show) -> impl IntoView {
    let client = Client::here();
    // What waits need not be an entry that can be shown here: a word about one that this device does not hold.
    let waits = Memo::new(move |_| show == Show::Unsent && !client.status.with(|status| status.all_uploaded()));
    dynamic(move || if waits.get() { view! { <WaitsElsewhere /> }.into_any() } else { empty(show) })
}

#[component]
fn WaitsElsewhere() -> impl IntoView {
    view! {
        <Notice icon=IconName::Waiting title="还有没传上去的">
            <p>"不在您这些日志里，在“传送情况”里看。"</p>
            <div class="row"><a class="button" href="/sync">"看传送情况"</a></div>
        </Notice>
    }
}

fn empty(show: Show) -> AnyView {
    let (icon, title, words) = match show {
        Show::All => (IconName::Log, "还没有日志", "点下面的“记一条”，写好就在这里。"),
        Show::Asked => (IconName::Check, "没有要补充的", "社工问到哪一条，就会在这里。"),
        Show::Unsent => (IconName::DoubleCheck, "都传上去了", "没信号时写的，会先在这里等着。"),
    };
    view! { <Notice icon=icon title=title><p>{words}</p></Notice> }.into_any()
}
