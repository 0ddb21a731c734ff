//! 1/3 what: ten templates in words from life, all categories behind them, and the red card before danger.

use super::address::Step;
use super::writing::Writing;
use crate::ui::components::{EmergencyNumbers, Icon, IconName, SafetyRules};
use crate::ui::reactive::{Views, live};
use domain::log::{Category, Template};
use leptos::prelude::*;

/// The templates, most used first. Danger has a row of its own.
#[component]
pub fn Templates() -> impl IntoView {
    let Writing { address, .. } = expect_context();
    let tile = move |template: &'static Template| {
        let href = move || address.with(|address| address.with_template(template).href());
        view! {
            <a class="tile" class:tile-danger=template.danger href=href>
                <Icon name=icon(template) />
                <span>{template.title}{template.danger.then(|| view! { <small>"先离开，再打电话"</small> })}</span>
            </a>
        }
    };
    view! {
        <h2 class="section-head">"出了什么事？"</h2>
        <div class="tiles">
            {Template::ALL.iter().filter(|template| !template.danger).map(tile).views()}
            {Template::ALL.iter().filter(|template| template.danger).map(tile).views()}
        </div>
        <a class="button button-wide" href=live(move || address.with(|address| address.at(Step::Categories).href()))>
            "全部分类"<Icon name=IconName::Forward />
        </a>
    }
    .into_any()
}

/// The twelve categories.
#[component]
pub fn Categories() -> impl IntoView {
    let Writing { address, .. } = expect_context();
    let tile = move |category: &'static Category| {
        let href = move || address.with(|address| address.with_category(*category).href());
        let danger = category.needs_safety_card();
        view! {
            <a class="tile" class:tile-danger=danger href=href>
                <Icon name=IconName::of_category(*category) />
                <span>{category.title()}{danger.then(|| view! { <small>"火、气、电、打架、人走丢"</small> })}</span>
            </a>
        }
    };
    view! {
        <h2 class="section-head">"属于哪一类？"</h2>
        <div class="tiles">{Category::ALL.iter().map(tile).views()}</div>
        <p class="soft small">"看见有人犯法，别记在这里，直接打 110。"</p>
    }
    .into_any()
}

/// 先保护自己. The way on to the log stands below the numbers, and is the quieter one.
#[component]
pub fn Danger() -> impl IntoView {
    let Writing { address, .. } = expect_context();
    let gas = address.with_untracked(|address| address.template == "gas_smell");
    view! {
        <section class="danger-card" aria-labelledby="danger">
            <h2 id="danger"><Icon name=IconName::Siren />"先保护自己"</h2>
            <SafetyRules gas=gas />
            <EmergencyNumbers />
        </section>
        <a class="button button-wide" href=live(move || address.with(|address| address.after_danger().href()))>
            "人在安全的地方了，接着记"
        </a>
        <p><a class="button button-quiet" href="/phone"><Icon name=IconName::Phone />"供电、燃气、物业等电话"</a></p>
    }
    .into_any()
}

/// What each button shows: the matter, not the category it files under.
fn icon(template: &'static Template) -> IconName {
    match template.code {
        "all_well" => IconName::Check,
        "stairwell_clutter" => IconName::Stairs,
        "gas_smell" => IconName::Attention,
        "helped_out" => IconName::Heart,
        "elder_unwell" => IconName::Person,
        _ => IconName::of_category(template.category),
    }
}
