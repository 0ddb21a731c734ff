//! Newer words told from broken ones.

use domain::kernel::json::read;
use serde::Deserialize;

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Act {
    #[expect(dead_code, reason = "only whether it can be read is asked")]
    Close { why: String },
}

#[test]
fn a_newer_word_is_told_from_a_broken_one() {
    let newer = |text: &str| read::<Act>(text.as_bytes()).map_err(|error| error.is_newer).err();
    assert_eq!(newer(r#"{"close":{"why":"x","by":"y"}}"#), Some(true));
    assert_eq!(newer(r#"{"reopen":{"why":"x"}}"#), Some(true));
    assert_eq!(newer(r#"{"close":{}}"#), Some(false));
    assert_eq!(newer(r#"{"close":{"why":1}}"#), Some(false));
    assert_eq!(newer(r#"{"close""#), Some(false));
}
