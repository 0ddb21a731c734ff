//! 筛选: every choice changes the address, and the list follows the address.

use super::desk::Desk;
use super::focus;
use super::query::{DeskFilter, Period};
use crate::ui::components::{Icon, IconName};
use crate::ui::pages::known;
use crate::ui::reactive::{Effect, Memo, RwSignal, StoredValue, Views, dynamic, handler, live, optional};
use domain::kernel::{Day, PersonId, PlaceId, PlaceKind, Topics};
use domain::kinds::topics_read_by;
use domain::log::{Category, ReviewState, Urgency};
use domain::organisation::Place;
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How long after the last stroke the list follows.
const PAUSE: Duration = Duration::from_millis(200);

/// Code and word of each choice.
type Choices = Vec<(String, String)>;

/// The bar above the list.
pub fn bar(desk: Desk) -> AnyView {
    let unfolded = RwSignal::new(false);
    let set = Memo::new(move |_| desk.filter.with(DeskFilter::choices));
    let empty = Memo::new(move |_| desk.filter.with(DeskFilter::is_empty));
    let hits = Memo::new(move |_| desk.listing.with(|listing| listing.order.len()));
    view! {
        <div class="filters" role="search">
            {search(desk)}
            <button
                type="button" class="button filter-toggle" aria-controls="filter-fields"
                aria-expanded=live(move || if unfolded.get() { "true" } else { "false" }) on:click=handler(move |_| unfolded.update(|unfolded| *unfolded = !*unfolded))
            >
                <Icon name=IconName::Filter />
                {dynamic(move || match set.get() { 0 => "筛选".to_owned(), set => format!("筛选 · {set}") })}
            </button>
            <div class="filter-fields" id="filter-fields">{fields(desk)}</div>
            {optional(move || (!empty.get()).then(|| view! {
                <p class="filter-result">
                    <span role="status">"找到 "<strong>{hits}</strong>" 条"</span>
                    <button type="button" class="button button-quiet" on:click=handler(move |_| clear(desk))><Icon name=IconName::Close />"清除筛选"</button>
                </p>
            }))}
        </div>
    }
    .into_any()
}

/// 清除筛选.
pub fn clear(desk: Desk) {
    desk.refine(false, |filter| *filter = DeskFilter::default());
}

fn fields(desk: Desk) -> AnyView {
    let yards = Memo::new(move |_| yards(desk));
    let micro_grids = Memo::new(move |_| micro_grids(desk));
    let authors = Memo::new(move |_| authors(desk));
    let all = |choices: &[(&str, &str)]| {
        let choices: Choices = choices.iter().map(|(code, title)| ((*code).to_owned(), (*title).to_owned())).collect();
        Memo::new(move |_| choices.clone())
    };
    let categories = Memo::new(move |_| {
        let read = |read: Topics, role| read.and(topics_read_by(role));
        let read = desk.client.memberships().iter().map(|held| held.role).fold(Topics::NONE, read);
        let readable = Category::ALL.iter().filter(|category| category.topic().meets(read));
        readable.map(|one| (one.code().to_owned(), one.title().to_owned())).collect::<Choices>()
    });
    let urgencies: Vec<_> = Urgency::ALL.iter().map(|one| (one.code(), one.title())).collect();
    let states = ReviewState::ALL.map(|one| (one.code(), one.title()));
    let periods = Period::ALL.map(|(period, title)| (period.code(), title));
    let text = |value: Option<String>| value.unwrap_or_default();
    view! {
        {select(desk, "楼院", yards, move |filter| text(filter.yard.map(|yard| yard.to_string())), |filter, code| {
            filter.yard = code.parse().ok();
            filter.micro_grid = None;
        })}
        {select(desk, "微网格", micro_grids, move |filter| text(filter.micro_grid.map(|one| one.to_string())), |filter, code| {
            filter.micro_grid = code.parse().ok();
        })}
        {select(desk, "类别", categories, move |filter| text(filter.wanted.category.map(|one| one.code().to_owned())), |filter, code| {
            filter.wanted.category = Category::parse(code).ok();
        })}
        {select(desk, "急不急", all(&urgencies), move |filter| text(filter.wanted.urgency.map(|one| one.code().to_owned())), |filter, code| {
            filter.wanted.urgency = Urgency::parse(code).ok();
        })}
        {select(desk, "状态", all(&states), move |filter| text(filter.wanted.state.map(|one| one.code().to_owned())), |filter, code| {
            filter.wanted.state = ReviewState::ALL.into_iter().find(|state| state.code() == code);
        })}
        {select(desk, "时间", all(&periods), |filter| filter.period.code().to_owned(), |filter, code| {
            filter.period = Period::from_code(code);
        })}
        {select(desk, "谁写的", authors, move |filter| text(filter.wanted.author.map(|one| one.to_string())), |filter, code| {
            filter.wanted.author = code.parse().ok();
        })}
        {dates(desk)}
    }
    .into_any()
}

/// A choice. Empty means: does not narrow. A set one is told by its word and its weight, not by colour alone.
fn select(
    desk: Desk,
    label: &'static str,
    choices: Memo<Choices>,
    read: impl Fn(&DeskFilter) -> String + Send + Sync + 'static,
    write: fn(&mut DeskFilter, &str),
) -> AnyView {
    let value = Memo::new(move |_| desk.filter.with(&read));
    let options = move || {
        let option = move |(code, title): (String, String)| {
            let this = code.clone();
            view! { <option value=code prop:selected=live(move || value.with(|value| *value == this))>{title}</option> }
        };
        choices.get().into_iter().map(option).views()
    };
    let choose = move |event| {
        let code = event_target_value(&event);
        desk.refine(false, |filter| write(filter, &code));
    };
    view! {
        <select class="input" aria-label=label data-set=live(move || value.with(|value| (!value.is_empty()).then_some(""))) on:change=handler(choose)>
            <option value="" prop:selected=live(move || value.with(String::is_empty))>{label}</option>
            {options}
        </select>
    }
    .into_any()
}

/// From and until, while 选日期 is chosen.
fn dates(desk: Desk) -> AnyView {
    let chosen = Memo::new(move |_| match desk.filter.with(|filter| filter.period) {
        Period::Dates { from, until } => Some((from, until)),
        _ => None,
    });
    let shown = Memo::new(move |_| chosen.get().is_some());
    let field = move |label: &'static str, first: bool| {
        let value = move || {
            let (from, until) = chosen.get().unwrap_or_default();
            (if first { from } else { until }).map(|day| day.to_string()).unwrap_or_default()
        };
        let choose = move |event| {
            let day = Day::parse(&event_target_value(&event));
            desk.refine(true, |filter| {
                if let Period::Dates { from, until } = &mut filter.period {
                    *(if first { from } else { until }) = day;
                }
            });
        };
        view! { <label class="date"><span>{label}</span><input class="input" type="date" prop:value=value on:change=handler(choose) /></label> }
    };
    optional(move || shown.get().then(|| view! { {field("从", true)} {field("到", false)} }))
}

/// Search words. The list follows 200 ms after the last stroke, and never in the middle of a pinyin syllable.
fn search(desk: Desk) -> AnyView {
    let words = Memo::new(move |_| desk.filter.with(|filter| filter.wanted.words.clone()));
    let typed = RwSignal::new(String::new());
    let composing = StoredValue::new(false);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(waiting) = waiting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    };
    // What this field has asked for comes back as the address while somebody types on; anything else (返回, 清除筛选) counts.
    let asked = StoredValue::new(String::new());
    Effect::new(move |_| {
        let words = words.get();
        if asked.with_value(|asked| *asked != words) {
            stop();
            asked.set_value(words.clone());
            typed.set(words);
        }
    });
    let look = move || {
        stop();
        let follow = move || {
            let words = typed.with_untracked(|typed| typed.trim().to_owned());
            if words != desk.filter.with_untracked(|filter| filter.wanted.words.clone()) {
                asked.set_value(words.clone());
                desk.refine(true, |filter| filter.wanted.words = words);
            }
        };
        waiting.set_value(set_timeout_with_handle(follow, PAUSE).ok());
    };
    on_cleanup(stop);
    let write = move |event: ev::Event| {
        typed.set(event_target_value(&event));
        if !composing.get_value() {
            look();
        }
    };
    let composes = move |_| {
        composing.set_value(true);
        stop();
    };
    let composed = move |_| {
        composing.set_value(false);
        look();
    };
    view! {
        <div class="search">
            <Icon name=IconName::Search />
            <input
                class="input" type="search" id=focus::SEARCH aria-label="搜日志里的字" placeholder="搜：漏水" maxlength="100"
                autocomplete="off" enterkeyhint="search" prop:value=live(move || typed.get()) on:input=handler(write)
                on:compositionstart=handler(composes) on:compositionend=handler(composed)
            />
        </div>
    }
    .into_any()
}

/// A stairwell, and the yard that it lies in.
type InYard = (Arc<Place>, Option<(PlaceId, String)>);

/// Stairwells for which the person holds a post.
fn reached(desk: Desk) -> Vec<InYard> {
    let reached = known::stairwells_where(desk.client, |rights, place| {
        rights.posts().iter().any(|post| rights.tree().covers(post.place, place))
    });
    let with_yard = |one: Arc<Place>| {
        let yard = desk.client.with_directory(one.community, |directory| {
            let yard = directory.tree().nearest(one.id, PlaceKind::Yard);
            yard.map(|yard| (yard.id, yard.name.clone()))
        });
        (one, yard)
    };
    reached.into_iter().map(with_yard).collect()
}

fn yards(desk: Desk) -> Choices {
    let mut yards = Choices::new();
    for (id, name) in reached(desk).into_iter().filter_map(|(_, yard)| yard) {
        let code = id.to_string();
        if yards.iter().all(|(known, _)| *known != code) {
            yards.push((code, name));
        }
    }
    yards
}

fn micro_grids(desk: Desk) -> Choices {
    let wanted = desk.filter.with(|filter| filter.yard);
    let choice = |(one, yard): InYard| {
        let name = desk.client.place_name(one.id);
        let name = match (wanted, yard) {
            (None, _) => name,
            // Within the yard that is chosen its name says nothing.
            (Some(wanted), Some((yard, in_front))) if yard == wanted => {
                let short = name.strip_prefix(&in_front).and_then(|name| name.strip_prefix('·'));
                short.unwrap_or(&name).to_owned()
            }
            (Some(_), _) => return None,
        };
        Some((one.id.to_string(), name))
    };
    reached(desk).into_iter().filter_map(choice).collect()
}

/// Whoever wrote something that can be shown, with their stairwell: names such as 王某兰 are not unique.
fn authors(desk: Desk) -> Choices {
    let ids: BTreeSet<PersonId> =
        desk.entries.with(|entries| entries.values().map(|shown| shown.entry.author).collect());
    let communities: Vec<_> = desk.client.records.with(|records| records.communities().collect());
    let mut choices = Choices::new();
    for id in ids {
        let name = communities.iter().find_map(|community| {
            desk.client.with_directory(*community, |directory| {
                let person = directory.person(id)?;
                let place = person.memberships.first().map(|one| one.place);
                let is_stairwell = |place: &PlaceId| {
                    directory.tree().node(*place).is_some_and(|node| node.kind == PlaceKind::Stairwell)
                };
                let place = place.filter(is_stairwell).map(|place| format!("（{}）", directory.place_name(place)));
                Some(format!("{}{}", person.name, place.unwrap_or_default()))
            })
        });
        choices.extend(name.map(|name| (id.to_string(), name)));
    }
    choices.sort_by(|one, other| one.1.cmp(&other.1));
    choices
}
