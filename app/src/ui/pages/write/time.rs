//! 什么时候的事: just now, unless the person says otherwise.

use super::say::error_at;
use super::writing::Writing;
use crate::ui::components::{FieldNote, spoken_time};
use crate::ui::reactive::{Memo, RwSignal, dynamic, handler, live, optional};
use domain::kernel::{Day, Span, Timestamp};
use domain::log::field;
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Now,
    Today,
    Yesterday,
    Other,
}

impl Kind {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Now, "刚才"), (Self::Today, "今天早些"), (Self::Yesterday, "昨天"), (Self::Other, "选时间")];

    fn of(happened: Option<Timestamp>, today: Day) -> Self {
        match happened.map(|at| today.days_since(at.day())) {
            None => Self::Now,
            Some(0) => Self::Today,
            Some(1) => Self::Yesterday,
            Some(_) => Self::Other,
        }
    }
}

/// Four choices; all but the first open the phone's own clock.
#[component]
pub fn When() -> impl IntoView {
    let writing: Writing = expect_context();
    // A time is said by the clock that the person sees.
    let (happened, now) = (writing.happened, writing.client.clock);
    let picked = RwSignal::new(None::<Kind>);
    let today = Memo::new(move |_| now.get().day());
    let kind = Memo::new(move |_| picked.get().unwrap_or_else(|| Kind::of(happened.get(), today.get())));
    let choose = move |kind: Kind| {
        picked.set(Some(kind));
        let now = now.get_untracked();
        happened.set(match kind {
            Kind::Now => None,
            Kind::Today => Some(now.plus(Span::hours(-1)).max(now.day().start())),
            Kind::Yesterday => Some(now.plus(Span::days(-1))),
            Kind::Other => happened.get_untracked().or(Some(now)),
        });
        writing.keep();
    };
    let choice = move |(this, word): (Kind, &'static str)| {
        view! {
            <label class="choice">
                <input type="radio" name="when" prop:checked=live(move || kind.get() == this) on:change=handler(move |_| choose(this)) />
                <span>{word}</span>
            </label>
        }
    };
    let set = move |at: Option<Timestamp>| {
        if at.is_some() {
            happened.set(at);
            writing.keep();
        }
    };
    let error = error_at(writing, &[field::HAPPENED]);
    let clock = move || happened.get().map(Timestamp::clock);
    let date_and_clock = move || happened.get().map(|at| [&at.day().to_string(), "T", &at.clock()].concat());
    let on_clock = move |event| {
        let day = happened.get_untracked().map(Timestamp::day);
        set(day.and_then(|day| at_clock(day, &event_target_value(&event))));
    };
    view! {
        <fieldset class="field">
            <legend>"什么时候的事 "<small>{optional(move || happened.get().map(|at| spoken_time(at, now.get())))}</small></legend>
            <div class="choices choices-even">{Kind::ALL.map(choice)}</div>
            {dynamic(move || match kind.get() {
                Kind::Now => ().into_any(),
                Kind::Today | Kind::Yesterday => view! {
                    <label class="visually-hidden" for="clock">"几点几分"</label>
                    <input id="clock" type="time" class="input field-more" prop:value=clock on:change=handler(on_clock) />
                }
                .into_any(),
                Kind::Other => view! {
                    <label class="visually-hidden" for="date">"哪一天几点几分"</label>
                    <input
                        id="date" type="datetime-local" class="input field-more" prop:value=date_and_clock
                        on:change=handler(move |event| set(read(&event_target_value(&event))))
                    />
                }
                .into_any(),
            })}
            <FieldNote id="when-note" words=error />
        </fieldset>
    }
    .into_any()
}

/// `2025-11-17T09:30`, as the browser's field says it: Shanghai's clock, wherever the phone believes to be.
fn read(text: &str) -> Option<Timestamp> {
    let (day, clock) = text.split_once('T')?;
    at_clock(Day::parse(day)?, clock)
}

fn at_clock(day: Day, clock: &str) -> Option<Timestamp> {
    let mut numbers = clock.split(':').map(str::parse);
    let (hour, minute) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (hour < 24 && minute < 60).then(|| day.at(hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_fields_are_read_as_shanghai_time_and_nonsense_is_nothing() {
        let at = read("2025-11-17T09:30").expect("a time");
        assert_eq!((at.day().to_string().as_str(), at.clock().as_str()), ("2025-11-17", "09:30"));
        for nonsense in ["", "T", "2025-11-17", "2025-11-17T", "2025-02-30T10:00", "2025-11-17T24:00", "2025-11-17T9"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_time_of_before_is_shown_under_its_day() {
        let today = Day::parse("2025-11-17").expect("a day");
        assert!(Kind::of(None, today) == Kind::Now);
        assert!(Kind::of(Some(today.at(8, 0)), today) == Kind::Today);
        assert!(Kind::of(Some(today.plus_days(-1).at(8, 0)), today) == Kind::Yesterday);
        assert!(Kind::of(Some(today.plus_days(-9).at(8, 0)), today) == Kind::Other);
    }
}
