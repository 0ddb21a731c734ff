//! 3/3 say it: a few words are enough; everything else has a sensible answer already.

use super::address::{Address, Step};
use super::pick::Pick;
use super::time::When;
use super::who::Who;
use super::writing::Writing;
use crate::ui::components::{FieldNote, Icon, IconName, JustSaved, ReadAloud, RoomLeft, UrgencyMark, focus_first};
use crate::ui::pages::said;
use crate::ui::reactive::{Effect, Memo, Show, Signal, StoredValue, Views, dynamic, handler, live};
use crate::ui::{Client, Phase};
use domain::kernel::{Field, Rejection};
use domain::log::{EntryField, PART_LIMIT, Part, Spot, Urgency, field};
use domain::sync::{Link, NotSaved};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// 3/3
#[component]
pub fn Say() -> impl IntoView {
    let writing: Writing = expect_context();
    let words = Callback::new(move |()| {
        let texts = Part::ALL.map(|part| writing.text(part).get_untracked());
        texts.join("。")
    });
    view! {
        // What is typed or chosen while it is being stored would be in no entry.
        <div class="stack" inert=live(move || writing.saving.get().then_some(""))>
            <div class="stack-tight"><Chosen /></div>
            <TextPart part=Part::Problem label="问题" hint="出了什么事，几个字就行" />
            <Pick />
            <Fold title="措施" hint="做了什么" parts=Part::Measures />
            <Fold title="反馈" hint="后来怎么样" parts=Part::Feedback />
            <HowUrgent />
            <When />
            <Who />
            <div class="elder-only"><ReadAloud words=words /></div>
        </div>
        <Save />
    }
    .into_any()
}

/// What was chosen in the steps before, each with its way back.
#[component]
fn Chosen() -> impl IntoView {
    let writing: Writing = expect_context();
    let Writing { address, client, .. } = writing;
    let icon = move || address.with(Address::category).map_or(IconName::Pen, IconName::of_category);
    let stairwell = move || Some(client.place_name(client.stairwell(writing.place()?)?.id));
    let place = move || {
        address.with(|address| match address.door.as_str() {
            "" => "还没选".to_owned(),
            Spot::STAIRWELL => "楼道".to_owned(),
            Spot::YARD => "院里".to_owned(),
            door => door.to_owned(),
        })
    };
    let again = move || {
        address.with(|address| {
            let changing = !address.entry.is_empty() || !address.mend.is_empty();
            address.at(if changing { Step::Categories } else { Step::What }).href()
        })
    };
    let error = error_at(writing, &[field::CATEGORY, field::TEMPLATE]);
    let place_error = error_at(writing, &[field::SPOT, field::PLACE]);
    view! {
        <div class="chosen card">
            {dynamic(move || view! { <Icon name=icon() /> })}
            <p>{dynamic(move || address.with(Address::what))}</p>
            <a class="button button-quiet" id="category" href=again>"换"<span class="visually-hidden">"一类事"</span></a>
        </div>
        <FieldNote id="category-note" words=error />
        <div class="chosen card">
            <Icon name=IconName::Door />
            <p>{place}" "<small class="soft">{stairwell}</small></p>
            <a class="button button-quiet" id="spot" href=live(move || address.with(|address| address.at(Step::Where).href()))>
                "换"<span class="visually-hidden">"个地方"</span>
            </a>
        </div>
        <FieldNote id="spot-note" words=place_error />
    }
}

/// One of the three parts. The field is the browser's own until the app is ready: what was typed into it before then
/// is taken over, never written over.
#[component]
fn TextPart(part: Part, label: &'static str, hint: &'static str) -> impl IntoView {
    let writing: Writing = expect_context();
    let area = NodeRef::<html::Textarea>::new();
    let text = writing.text(part);
    let (id, note) = ids(part);
    let error = error_at(writing, field_of(part));
    Effect::new(move |before: Option<()>| {
        let Some(area) = area.get() else { return };
        let (typed, known) = (area.value(), text.get());
        if before.is_none() && !typed.is_empty() && typed != known {
            text.set(typed);
            writing.keep();
        } else if typed != known {
            area.set_value(&known);
        }
    });
    let on_input = move |event| {
        text.set(event_target_value(&event));
        writing.keep();
    };
    view! {
        <div class="field">
            <label for=id>{label}" "<small>{hint}</small></label>
            <textarea
                id=id class="input" rows="3" node_ref=area on:input=handler(on_input) autocomplete="off" enterkeyhint="enter"
                aria-describedby=note aria-invalid=live(move || error.get().is_some().then_some("true"))
                // Browsers that do not know `inert`.
                readonly=live(move || writing.saving.get())
            ></textarea>
            <FieldNote id=note words=error />
            <RoomLeft length=Signal::derive(move || text.with(|text| text.trim().chars().count())) limit=PART_LIMIT />
        </div>
    }
    .into_any()
}

/// A part that most entries do not need. Opens by itself where there is something in it.
#[component]
fn Fold(title: &'static str, hint: &'static str, parts: Part) -> impl IntoView {
    let writing: Writing = expect_context();
    let error = error_at(writing, field_of(parts));
    let filled = Memo::new(move |_| writing.text(parts).with(|text| !text.is_empty()) || error.get().is_some());
    let fold = NodeRef::<html::Details>::new();
    Effect::new(move |_| {
        if let (Some(fold), true) = (fold.get(), filled.get()) {
            fold.set_open(true);
        }
    });
    view! {
        <details class="fold" node_ref=fold>
            <summary>{title}<small class="soft">{hint}</small><Icon name=IconName::Forward /></summary>
            <div><TextPart part=parts label=title hint="" /></div>
        </details>
    }
    .into_any()
}

#[component]
fn HowUrgent() -> impl IntoView {
    let writing: Writing = expect_context();
    let current =
        Memo::new(move |_| writing.urgency.get().unwrap_or_else(|| writing.address.with(Address::usual_urgency)));
    let choice = move |urgency: &'static Urgency| {
        let choose = move |_| {
            writing.urgency.set(Some(*urgency));
            writing.keep();
        };
        view! {
            <label class="choice">
                <input type="radio" name="urgency" value=urgency.code() prop:checked=live(move || current.get() == *urgency) on:change=handler(choose) />
                <span><UrgencyMark urgency=*urgency /></span>
            </label>
        }
    };
    let error = error_at(writing, &[field::URGENCY]);
    view! {
        <fieldset class="field">
            <legend>"急不急 "<small>"按分类先选好了，可以改"</small></legend>
            <div class="choices choices-even">{Urgency::ALL.iter().rev().map(choice).views()}</div>
            <FieldNote id="urgency-note" words=error />
        </fieldset>
        <Show when=move || current.get() == Urgency::Extreme>
            <p class="soft with-icon"><Icon name=IconName::Phone />"特急的事先打电话："<a href="/phone">"110 119 120"</a></p>
        </Show>
    }
    .into_any()
}

/// 保存. A tap before the device has answered is not lost: it waits.
#[component]
fn Save() -> impl IntoView {
    let writing: Writing = expect_context();
    let just: JustSaved = expect_context();
    let navigate = StoredValue::new(use_navigate());
    let Writing { client, saving, storing, trouble, .. } = writing;
    let phase = Memo::new(move |_| client.phase.get());
    let arriving = Memo::new(move |_| still_arriving(client));
    Effect::new(move |_| {
        if !saving.get() || arriving.get() || writing.is_capturing() || storing.get_value() {
            return;
        }
        if writing.not_captured().is_some() && !writing.without.get_value() {
            // Not without it, as if nothing was: the next tap decides.
            request_animation_frame(|| focus_first("#attachments"));
            return saving.set(false);
        }
        storing.set_value(true);
        leptos::task::spawn_local(async move {
            let result = if phase.get_untracked() == Phase::SignedOut {
                Err(None)
            } else {
                writing.save(just).await.map_err(Some)
            };
            if storing.try_with_value(|_| ()).is_none() {
                // The form was left. What was not stored is kept as the unfinished text that it was.
                return;
            }
            storing.set_value(false);
            saving.set(false);
            match result {
                Ok(target) => {
                    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
                    navigate.try_with_value(|navigate| navigate(&target, options));
                }
                Err(reason) => {
                    trouble.set(reason.clone());
                    request_animation_frame(move || show_trouble(reason.as_ref()));
                }
            }
        });
    });
    let general = Signal::derive(move || trouble.with(|trouble| trouble.as_ref().and_then(general_words)));
    let signed_out = move || phase.get() == Phase::SignedOut;
    let moved_on = move || writing.has_moved_on();
    let takes_no_more = move || writing.takes_no_more();
    let another = move |_| {
        if saving.get_untracked() {
            return;
        }
        let Some(address) = writing.begin_another() else { return };
        let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
        navigate.try_with_value(|navigate| navigate(&address.href(), options));
        // The button is gone.
        request_animation_frame(|| focus_first("#problem"));
    };
    view! {
        <div class="foot">
            <div>
                <FieldNote id="save-note" words=general />
                <Show when=signed_out>
                    <p class="field-error">
                        <Icon name=IconName::Person /><span>"还没有登录，存不下。"<a href="/sign-in">"先登录"</a>"，写的字先留在这一页。"</span>
                    </p>
                </Show>
                <Show when=moved_on>
                    <p class="hint">"这一条在别处又改过。各改各的会合到一起，改到同一处的会摆出来给您看。"</p>
                </Show>
                <Show when=takes_no_more>
                    <button type="button" id="another" class="button button-primary button-wide" on:click=handler(another)>"另记一条"</button>
                </Show>
                <button
                    type="button" id="save" class="button button-primary button-wide" on:click=handler(move |_| writing.begin_saving())
                    aria-disabled=live(move || saving.get().then_some("true"))
                >
                    {dynamic(move || match (saving.get(), writing.is_capturing()) {
                        (false, _) => "保存",
                        (true, false) => "正在存……",
                        (true, true) => "等照片、语音收进手机……",
                    })}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Whether it is too early to say what is wrong with the form: the device has not answered yet, or on a new phone the
/// stairwells are still on their way.
fn still_arriving(client: Client) -> bool {
    match client.phase.get() {
        Phase::Opening => true,
        Phase::Ready => {
            let on_its_way = matches!(client.link.get(), Link::Unknown | Link::Busy | Link::Reached);
            on_its_way && !client.marks.with(|marks| marks.first_sync_done)
        }
        Phase::SignedOut | Phase::NoStorage(_) => false,
    }
}

/// What is said beside 保存: everything that does not belong to a field of this page.
fn general_words(trouble: &NotSaved) -> Option<String> {
    match trouble {
        NotSaved::Device(error) => Some(error.spoken().to_owned()),
        NotSaved::Refused(reason) if place_of(reason).is_some() => None,
        NotSaved::Refused(reason) => Some(reason.says.clone().into_owned()),
    }
}

fn show_trouble(reason: Option<&NotSaved>) {
    let place = match reason {
        Some(NotSaved::Refused(reason)) => place_of(reason),
        _ => None,
    };
    focus_first(place.unwrap_or("#another, #save"));
}

/// The element that a problem sends the person to, where it is one of a field of this page.
fn place_of(reason: &Rejection) -> Option<&'static str> {
    let key = reason.field.as_deref()?;
    if key == field::PLACE.key {
        return Some("#spot");
    }
    match EntryField::from_key(key)? {
        EntryField::Problem => Some("#problem"),
        EntryField::Measures => Some("#measures"),
        EntryField::Feedback => Some("#feedback"),
        EntryField::Category | EntryField::Template => Some("#category"),
        EntryField::Spot => Some("#spot"),
        EntryField::Urgency => Some("input[name='urgency']:checked"),
        EntryField::Happened => Some("input[name='when']:checked"),
        EntryField::Attachments => Some("#attachments"),
        EntryField::Subjects => None,
    }
}

/// What is wrong with one of these fields.
pub fn error_at(writing: Writing, fields: &'static [Field]) -> Signal<Option<String>> {
    Signal::derive(move || {
        writing.trouble.with(|trouble| match trouble {
            Some(NotSaved::Refused(reason)) => {
                let is_one = fields.iter().any(|field| Some(field.key) == reason.field.as_deref());
                is_one.then(|| said::without_field(reason).to_owned())
            }
            _ => None,
        })
    })
}

const fn ids(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Problem => ("problem", "problem-note"),
        Part::Measures => ("measures", "measures-note"),
        Part::Feedback | Part::Unknown => ("feedback", "feedback-note"),
    }
}

const fn field_of(part: Part) -> &'static [Field] {
    match part {
        Part::Problem => &[field::PROBLEM],
        Part::Measures => &[field::MEASURES],
        Part::Feedback | Part::Unknown => &[field::FEEDBACK],
    }
}
