//! Changes of fields, told field by field.

use domain::kernel::Merge;

#[test]
fn the_last_words_hold_and_a_clash_is_known() {
    let set = |mut current: &'static str, from, to| (Merge::value(&mut current, &from, to), current);
    assert_eq!(set("a", "a", "b"), (Merge::Changed, "b"));
    assert_eq!(set("b", "a", "b"), (Merge::Same, "b"));
    assert_eq!(set("c", "a", "b"), (Merge::Clash, "b"));
}

#[test]
fn two_people_who_each_add_an_item_both_keep_it() {
    let mut list = vec!["a"];
    assert_eq!(Merge::item(&mut list, None, Some("b")), Merge::Changed);
    assert_eq!(Merge::item(&mut list, None, Some("c")), Merge::Changed);
    assert_eq!(Merge::item(&mut list, None, Some("c")), Merge::Same);
    assert_eq!(list, ["a", "b", "c"]);
}

#[test]
fn an_item_is_replaced_where_it_stands_and_never_doubled() {
    let mut list = vec!["a", "b", "c"];
    assert_eq!(Merge::item(&mut list, Some(&"b"), Some("d")), Merge::Changed);
    assert_eq!(list, ["a", "d", "c"]);
    assert_eq!(Merge::item(&mut list, Some(&"b"), Some("e")), Merge::Clash);
    assert_eq!(Merge::item(&mut list, Some(&"a"), Some("c")), Merge::Changed);
    assert_eq!(list, ["d", "c", "e"]);
    assert_eq!(Merge::item(&mut list, Some(&"a"), None), Merge::Same);
    assert_eq!(Merge::item(&mut list, Some(&"d"), None), Merge::Changed);
    assert_eq!(list, ["c", "e"]);
}
