//! Masks of names and numbers.

use domain::residents::{mask_name, mask_phone};

#[test]
fn masks_follow_the_fields_habit() {
    assert_eq!(mask_name("张某兰"), "张*兰");
    assert_eq!(mask_name("李某"), "李*");
    assert_eq!(mask_phone("13800005678"), "138****5678");
    assert_eq!(mask_phone("12345"), "***45");
    assert_eq!(mask_phone("23456789"), "******89");
    assert_eq!(mask_phone("0241234567"), "********67");
    assert_eq!(mask_phone("02423456789"), "024****6789");
    assert_eq!(mask_name("兰"), "*");
}
