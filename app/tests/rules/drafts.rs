//! Unfinished texts: each in a place of its own.

use app::local_store::Drafts;

fn drafts(texts: &[(&str, &str)]) -> Drafts {
    let mut drafts = Drafts::default();
    texts.iter().for_each(|(key, text)| drafts.keep(key, (*text).to_owned()));
    drafts
}

#[test]
fn a_later_text_takes_only_its_own_place() {
    let mut all = drafts(&[("write/1", "灯"), ("write/2", "水"), ("write/1", "灯不亮")]);
    assert_eq!(all, drafts(&[("write/1", "灯不亮"), ("write/2", "水")]));
    all.keep("write/1", String::new());
    all.keep("write/3", String::new());
    assert_eq!(all, drafts(&[("write/2", "水")]));
    assert_eq!((all.take("write/2").as_deref(), all.take("write/2"), all), (Some("水"), None, Drafts::default()));
}

#[test]
fn a_place_holds_what_lies_below_it_and_nothing_beside_it() {
    let all = drafts(&[("write", "旧的"), ("writer/1", "别的"), ("write/1", "灯"), ("amend/e/2", "改")]);
    assert_eq!(all.below("write"), drafts(&[("write", "旧的"), ("write/1", "灯")]));
    assert_eq!(all.below("amend/e"), drafts(&[("amend/e/2", "改")]));
    assert_eq!(all.below("amend/ee"), Drafts::default());
}
