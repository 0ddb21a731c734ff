//! One entry of the list. Its frame stays while its content changes, so that focus and place are kept.

use super::desk::{Desk, Focus};
use super::focus;
use super::listing::Heading;
use super::state;
use crate::ui::ShownEntry;
use crate::ui::components::{
    AttachedMark, DeliveryMark, Icon, IconName, ReviewMark, UrgencyMark, name_of, place_name, spoken_day,
    spoken_problem, spoken_spot,
};
use crate::ui::reactive::{Memo, handler, live, optional};
use domain::kernel::EntryId;
use domain::log::{Entry, Urgency};
use domain::sync::Delivery;
use leptos::{ev, prelude::*};

/// A row with its tick box.
pub fn row(desk: Desk, id: EntryId, heading: Heading) -> AnyView {
    let shown = Memo::new(move |_| desk.entry(id));
    let current = Memo::new(move |_| desk.open.get() == Some(id));
    let unread = Memo::new(move |_| desk.unread.with(|unread| unread.contains(&id)));
    let picked = Memo::new(move |_| desk.picked.with(|picked| picked.contains(&id)));
    let pick = move |event| {
        let wanted = event_target_checked(&event);
        desk.pick(id, wanted);
    };
    let name = move || shown.get().map(|shown| tick_name(&shown.entry)).unwrap_or_default();
    // A key opens and goes on to the entry; on narrow screens the list is gone and a tap has to do the same.
    let follow = move |event: ev::MouseEvent| {
        let goes_along = event.detail() == 0 || !focus::side_by_side();
        desk.wish_focus(if goes_along { Focus::Panel } else { Focus::Row(id) });
    };
    view! {
        <li
            class="review-item" data-entry=id.to_string()
            data-unread=live(move || unread.get().then_some("")) data-current=live(move || current.get().then_some(""))
        >
            <label class="pick">
                <input type="checkbox" class="check" aria-label=live(name) prop:checked=live(move || picked.get()) on:change=handler(pick) />
            </label>
            <a
                class="entry-row" id=focus::row(id) href=live(move || desk.address(Some(id)))
                aria-current=live(move || current.get().then_some("true")) on:click=handler(follow)
            >
                {optional(move || shown.get().map(|shown| content(desk, shown, heading, unread)))}
            </a>
        </li>
    }
    .into_any()
}

fn tick_name(entry: &Entry) -> String {
    ["选上 ", &entry.written().clock(), " ", entry.content.category().title(), " ", &spoken_spot(entry, None)].concat()
}

fn content(desk: Desk, shown: ShownEntry, heading: Heading, unread: Memo<bool>) -> AnyView {
    let ShownEntry { entry, delivery } = shown;
    let content = &entry.content;
    let (category, urgency) = (content.category(), content.urgency());
    let words = spoken_problem(&entry);
    let (stairwell, author) = desk
        .client
        .records
        .with_untracked(|records| (place_name(records, entry.place), name_of(records, entry.author)));
    let stairwell = Some(stairwell).filter(|name| !name.is_empty());
    let written = entry.written();
    let day = (heading == Heading::New).then(|| spoken_day(written.day(), desk.today.get_untracked()));
    let day = day.filter(|day| day != "今天").and_then(|day| day.split(' ').next().map(str::to_owned));
    let late = entry.steps.first().is_some_and(|step| step.times.is_late_upload());
    let changed = untrack(|| state::was_changed_since(desk.client, &entry));
    view! {
        <time class="entry-time">
            {written.clock()}
            {day.map(|day| view! { <small>{day}</small> })}
            {optional(move || unread.get().then(|| view! { <span class="unread-dot"></span><span class="visually-hidden">"没看过"</span> }))}
        </time>
        <span class="entry-body">
            <span class="entry-title">
                <Icon name=IconName::of_category(category) />
                <span>{category.title()}" "{spoken_spot(&entry, stairwell.as_deref())}</span>
                {(urgency != Urgency::Ordinary).then(|| view! { <UrgencyMark urgency=urgency /> })}
            </span>
            <span class="entry-text">{words}</span>
            <span class="entry-state">
                <span class="status">{author}</span>
                <ReviewMark entry=std::sync::Arc::clone(&entry) />
                {optional(move || (changed && unread.get()).then(state::changed_since))}
                <AttachedMark entry=std::sync::Arc::clone(&entry) />
                {(delivery != Delivery::Uploaded).then(|| view! { <DeliveryMark delivery=delivery /> })}
                {late.then(|| view! { <span class="mark">"离线补传"</span> })}
            </span>
        </span>
    }
    .into_any()
}
