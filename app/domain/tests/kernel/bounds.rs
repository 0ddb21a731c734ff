//! The last fifth is kept for what ends something.

use domain::kernel::{Bounds, Bytes, Rejection, Weight};
use domain::kinds::Ends;

#[test]
fn the_last_fifth_is_kept_for_what_ends_something() {
    let bounds = Bounds::USUAL;
    let weight = |steps| Weight { steps, ..Weight::default() };
    assert_eq!(bounds.check(Bytes::new(1), weight(240), Ends::Nothing), Ok(()));
    assert_eq!(bounds.check(Bytes::new(1), weight(241), Ends::Nothing), Err(Rejection::FULL));
    assert_eq!(bounds.check(Bytes::new(1), weight(241), Ends::Something), Ok(()));
    assert_eq!(bounds.check(Bytes::kib(205), weight(1), Ends::Nothing), Err(Rejection::FULL));
}
