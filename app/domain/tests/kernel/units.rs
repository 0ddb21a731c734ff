//! Quantities in writing.

use domain::kernel::Sha256;

#[test]
fn hashes_are_the_standard_ones() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Sha256::of(b"abc").to_string(), abc);
    assert_eq!(Sha256::parse(abc), Some(Sha256::of(b"abc")));
}

#[test]
fn only_small_digits_of_the_right_number_are_a_hash() {
    let abc = Sha256::of(b"abc").to_string();
    for raw in [&abc.to_uppercase(), &abc[1..], "", &format!("{abc}0"), &abc.replace('b', "g")] {
        assert_eq!(Sha256::parse(raw), None, "{raw}");
    }
}
