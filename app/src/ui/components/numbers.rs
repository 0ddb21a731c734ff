//! The telephone numbers that everybody can call, and the card that says 先保护自己.

use super::{Icon, IconName};
use leptos::prelude::*;

/// For danger to life: never more than one tap away.
const EMERGENCY: [(&str, &str); 3] = [("110", "报警"), ("119", "着火"), ("120", "急救")];

/// The nation's other numbers, the most wanted first.
pub const NUMBERS: [(&str, &str, &str); 9] = [
    ("122", "交通事故", ""),
    ("12345", "政务热线", "不知道找谁时"),
    ("95598", "供电报修", ""),
    ("96110", "反诈专线", "接到可疑电话、要转账时"),
    ("12348", "法律援助", ""),
    ("12356", "心理援助", ""),
    ("12338", "妇女热线", ""),
    ("12355", "青少年热线", ""),
    ("12385", "残联热线", ""),
];

/// 先保护自己, in three lines.
#[component]
#[must_use]
pub fn SafetyRules(
    /// The matter is gas: flames and switches matter.
    #[prop(optional)]
    gas: bool,
) -> impl IntoView {
    let rules: [&'static str; 3] = if gas {
        ["别开灯、别打火、别按门铃，开窗就走。", "到楼外再打电话，叫上邻居一起离开。", "等专业人员来，别回去看。"]
    } else {
        [
            "先离开危险的地方，离远一点。",
            "再打电话，说清在哪儿、出了什么事。",
            "火、气、电、打架，别自己上手，等专业人员来。",
        ]
    };
    view! { <ol>{rules.map(|rule| view! { <li>{rule}</li> })}</ol> }
}

/// 110, 119, 120 as three big buttons that dial.
#[component]
#[must_use]
pub fn EmergencyNumbers() -> impl IntoView {
    let button = |(number, what): (&'static str, &'static str)| {
        let address = ["tel:", number].concat();
        view! { <a class="dial-big" href=address><b>{number}</b><span>{what}</span></a> }
    };
    view! { <div class="dial-grid">{EMERGENCY.map(button)}</div> }
}

/// A line that dials: who answers, when to call, the number.
#[component]
#[must_use]
pub fn DialLine(
    /// Who answers.
    name: String,
    /// When to call, or nothing.
    #[prop(optional, into)]
    when: String,
    /// Digits as dialled.
    number: String,
) -> impl IntoView {
    let address = ["tel:", &number].concat();
    let when = (!when.is_empty()).then(|| view! { <small>{when}</small> });
    view! {
        <li>
            <a class="dial" href=address>
                <Icon name=IconName::Phone /><span>{name}{when}</span><b class="number">{number}</b>
            </a>
        </li>
    }
}
