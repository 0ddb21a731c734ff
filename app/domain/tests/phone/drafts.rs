//! Drafts by their places.

use domain::sync::Drafts;

fn drafts(all: &[(&str, &str)]) -> Drafts {
    let mut drafts = Drafts::default();
    for (key, text) in all {
        drafts.keep(key, (*text).to_owned());
    }
    drafts
}

#[test]
fn a_later_text_takes_only_its_own_place_and_an_empty_one_leaves_none() {
    let kept = drafts(&[("write/1", "灯不亮"), ("answer/1", "换好了"), ("write/1", "灯还不亮"), ("answer/1", "")]);
    assert_eq!(kept, drafts(&[("write/1", "灯还不亮")]));
}

#[test]
fn a_place_holds_what_lies_below_it_and_nothing_beside_it() {
    let kept = drafts(&[("write/1", "一"), ("writer/2", "二"), ("write", "三"), ("amend/1/3", "四")]);
    assert_eq!(kept.below("write"), drafts(&[("write/1", "一"), ("write", "三")]));
    assert_eq!(kept.below("amend/1"), drafts(&[("amend/1/3", "四")]));
}
