//! What is typed: trimmed, counted, named at its field.

use domain::kernel::{Field, FieldError, Problem, Text};
use proptest::prelude::*;

const PROBLEM: Field = Field::typed("problem", "问题");

#[test]
fn text_is_trimmed_and_line_breaks_are_kept() {
    let text = Text::parse(PROBLEM, "  楼道\r\n灯\t不亮 ", 20).map(|t| t.as_str().to_owned());
    assert_eq!(text.as_deref(), Ok("楼道\n灯 不亮"));
}

#[test]
fn the_limit_counts_characters_and_names_both_numbers() {
    let error = Text::parse(PROBLEM, &"水".repeat(2_001), 2_000).err();
    let problem = Problem::TooLong { limit: 2_000, actual: 2_001 };
    assert_eq!(error, Some(FieldError::new(PROBLEM, problem)));
    assert!(Text::parse(PROBLEM, &"水".repeat(2_000), 2_000).is_ok());
}

#[test]
fn characters_that_deceive_are_refused() {
    for deceiver in ['\u{202E}', '\u{200B}', '\u{0007}', '\u{2066}', '\u{FEFF}', '\u{0}'] {
        let raw = format!("漏{deceiver}水");
        let problem = Problem::ForbiddenCharacter { code: deceiver.into() };
        assert_eq!(Text::parse(PROBLEM, &raw, 20), Err(FieldError::new(PROBLEM, problem)));
    }
}

proptest! {
    #[test]
    fn parsing_twice_changes_nothing(raw in ".{0,80}") {
        if let Ok(Some(text)) = Text::parse_optional(PROBLEM, &raw, 100) {
            prop_assert_eq!(Text::parse(PROBLEM, text.as_str(), 100), Ok(text));
        }
    }
}
