//! Why something was not written down, in the words of the place that says it.

use domain::kernel::Rejection;
use domain::sync::NotSaved;

/// Said at the field that it is about: a rejection names its field first, and there that is plain to see.
pub fn at_field(reason: &NotSaved) -> String {
    match reason {
        NotSaved::Refused(reason) => without_field(reason).to_owned(),
        NotSaved::Device(error) => error.spoken().to_owned(),
    }
}

/// The sentence of a rejection without the name of the field that it opens with.
pub fn without_field(reason: &Rejection) -> &str {
    let opens_with_field = reason.field.is_some() && reason.says.starts_with('“');
    let sentence = reason.says.split_once("”：").filter(|_| opens_with_field);
    sentence.map_or(&reason.says, |(_, sentence)| sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{FieldError, Problem};
    use domain::log::{field, reason};

    #[test]
    fn a_field_is_named_everywhere_but_at_the_field() {
        let error = FieldError::new(field::PROBLEM, Problem::Missing);
        let (sentence, rejection) = (error.spoken(), Rejection::from(error));
        assert_eq!(without_field(&rejection), sentence);
        assert_ne!(rejection.says, sentence);
        let withdrawn = Rejection::from(reason::WITHDRAWN);
        assert_eq!(without_field(&withdrawn), withdrawn.says);
    }
}
