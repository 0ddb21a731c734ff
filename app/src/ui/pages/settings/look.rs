//! 长辈版, the size of the type, the theme: applied at once, kept on the device.

use crate::ui::look::{Look, SIZES};
use crate::ui::reactive::{Effect, Memo, RwSignal, dynamic, handler, live};
use leptos::prelude::*;

const THEMES: [(Option<&str>, &str); 3] = [(None, "跟手机"), (Some("light"), "白天"), (Some("dark"), "夜里")];

/// Three settings.
#[component]
pub fn LookSettings() -> impl IntoView {
    let look = RwSignal::new(Look::default());
    Effect::new(move |_| look.set(Look::kept()));
    let change = move |how: &dyn Fn(&mut Look)| {
        look.update(how);
        look.with_untracked(Look::apply);
    };
    let size = Memo::new(move |_| look.with(Look::size_in_force));
    let on_elder = move |event| {
        let elder = event_target_checked(&event);
        change(&|look| {
            look.elder = elder;
            look.size = None;
        });
    };
    let on_size = move |event| {
        let size = event_target_value(&event).parse().ok();
        change(&|look| look.size = size);
    };
    let theme = move |(theme, word): (Option<&'static str>, &'static str)| {
        view! {
            <label class="choice">
                <input
                    type="radio" name="theme" prop:checked=live(move || look.with(|look| look.theme.as_deref() == theme))
                    on:change=handler(move |_| change(&|look| look.theme = theme.map(str::to_owned)))
                />
                <span>{word}</span>
            </label>
        }
    };
    view! {
        <section class="settings" aria-label="怎么看着舒服">
            <label class="setting">
                <span>"长辈版"<small>"字大、按钮大、一行一个"</small></span>
                <input type="checkbox" role="switch" class="switch" prop:checked=live(move || look.with(|look| look.elder)) on:change=handler(on_elder) />
            </label>
            <div class="stack-tight">
                <label for="size">"字的大小 "<small class="soft number">{dynamic(move || size.get())}</small></label>
                <div class="slider-row">
                    <span aria-hidden="true">"字"</span>
                    <input
                        id="size" type="range" class="slider" min=SIZES.0.to_string() max=SIZES.1.to_string() step="1"
                        prop:value=live(move || size.get().to_string()) on:input=handler(on_size)
                    />
                    <span aria-hidden="true">"字"</span>
                </div>
            </div>
            <fieldset>
                <legend class="label">"颜色"</legend>
                <div class="choices choices-even">{THEMES.map(theme)}</div>
            </fieldset>
        </section>
    }
    .into_any()
}
