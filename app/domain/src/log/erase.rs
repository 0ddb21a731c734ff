//! 清除内容: an entry loses its words for good (retention, a person's right, redaction), and keeps what is kept for
//! ever of every command: which it is, of what kind, when, and who. Whoever was told of it goes on being told, so that the
//! words go from every device.

use super::apply::{check_system, with_step};
use super::field::ERASED_FOR;
use super::{Changed, Did, Entry, EntryContent, EntryField, Erased, QUESTION_LIMIT, Spot};
use crate::kernel::{Effects, FieldChange, Occasion, Refusal, Text};

pub(super) fn erase(occasion: &Occasion<'_>, why: &str) -> Result<Effects, Refusal> {
    check_system(occasion)?;
    let why = Text::parse(ERASED_FOR, why, QUESTION_LIMIT)?;
    let entry: &Entry = occasion.need(0)?;
    if entry.erased().is_some_and(|before| *before == why) {
        return Ok(Effects::none());
    }
    // A reason that says what should go is a word like the others: the next one takes its place.
    let without = entry.clone().without_words();
    Ok(Effects::of(with_step(without, occasion, entry.last_said(), Did::Erased(Erased { why }))?))
}

impl Entry {
    fn without_words(mut self) -> Self {
        self.content = self.content.without_words();
        self.clashes.clear();
        self.arrived.clear();
        for step in &mut self.steps {
            step.did.drop_words();
        }
        self
    }
}

impl EntryContent {
    /// What kind of thing it was, how urgent, and when.
    fn without_words(self) -> Self {
        Self {
            template: None,
            spot: Spot::Stairwell,
            problem: Text::unjudged(""),
            measures: None,
            feedback: None,
            subjects: Vec::new(),
            attachments: Vec::new(),
            ..self
        }
    }
}

impl Did {
    fn drop_words(&mut self) {
        let nothing = || Text::unjudged("");
        match self {
            Self::Changed(Changed { changes, .. }) => changes.retain(is_without_words),
            Self::Commented(said) => said.text = nothing(),
            Self::SentBack(asked) => asked.question = nothing(),
            Self::Answered(answer) => answer.text = nothing(),
            Self::SetAside(aside) => aside.why = nothing(),
            Self::Erased(erased) => erased.why = nothing(),
            Self::Wrote {} | Self::Withdrew {} | Self::Read(_) | Self::Unknown {} => {}
        }
    }
}

/// Changes of what stays in the entry, which older versions are rebuilt from.
fn is_without_words(change: &FieldChange) -> bool {
    let field = EntryField::from_key(&change.field);
    matches!(field, Some(EntryField::Category | EntryField::Urgency | EntryField::Happened))
}
