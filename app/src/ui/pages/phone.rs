//! The red card: 先保护自己, and every number that helps. Needs no sign-in, no storage and no script.

use crate::ui::Client;
use crate::ui::components::{DialLine, EmergencyNumbers, Icon, IconName, NUMBERS, PageHead, SafetyRules};
use crate::ui::reactive::{Memo, Views, dynamic};
use domain::organisation::Community;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/phone`
#[component]
#[must_use]
pub fn PhonePage() -> impl IntoView {
    let national = NUMBERS.map(|(number, name, when)| {
        view! { <DialLine name=name.to_owned() when=when number=number.to_owned() /> }
    });
    view! {
        <Title text="急事电话" />
        <PageHead title="急事电话" back="/" />
        <main id="main" class="page stack">
            <section class="danger-card" aria-labelledby="danger">
                <h2 id="danger"><Icon name=IconName::Siren />"先保护自己"</h2>
                <SafetyRules />
                <EmergencyNumbers />
            </section>
            <LocalNumbers />
            <section>
                <h2 class="section-head">"各地都一样的"</h2>
                <ul class="dial-list">{national}</ul>
            </section>
            <p class="soft small">"日志不是报警电话。急事先打电话，人平安了再记。"</p>
        </main>
    }
    .into_any()
}

/// The numbers of one's own communities, kept on the phone with everything else.
#[component]
fn LocalNumbers() -> impl IntoView {
    let records = Client::here().records;
    let communities = Memo::new(move |_| {
        let has_numbers = |community: &&Community| !community.numbers.is_empty();
        records.with(|records| records.all::<Community>().filter(has_numbers).cloned().collect::<Vec<_>>())
    });
    let section = |community: Community| {
        let lines = community.numbers.into_iter().map(|one| view! { <DialLine name=one.name number=one.number /> });
        view! {
            <section>
                <h2 class="section-head">{community.name}<small>"本地号码，没信号也在"</small></h2>
                <ul class="dial-list">{lines.views()}</ul>
            </section>
        }
    };
    dynamic(move || communities.get().into_iter().map(section).views())
}
