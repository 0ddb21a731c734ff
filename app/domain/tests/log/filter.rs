//! What a search folds.

use domain::log::fold;

#[test]
fn letters_and_digits_are_found_in_whatever_width_and_case_they_were_typed() {
    assert_eq!(fold("Ｗｉ－Ｆｉ　２０２５ ＨＰＸＣ"), "wi-fi 2025 hpxc");
    assert_eq!(fold("楼道"), "楼道");
}

#[test]
fn every_full_width_form_is_found_by_its_half_width_one() {
    for (full, half) in ('\u{FF01}'..='\u{FF5E}').zip('!'..='~') {
        assert_eq!(fold(&full.to_string()), fold(&half.to_string()), "{full}");
    }
    assert_eq!(fold("\u{3000}"), " ");
}

#[test]
fn what_has_no_case_is_left_as_it_is() {
    for c in ('\0'..='\u{FFFF}').filter(|c| !matches!(c, '\u{3000}' | '\u{FF01}'..='\u{FF5E}')) {
        assert_eq!(fold(&c.to_string()), c.to_lowercase().collect::<String>(), "{c:?}");
    }
}
