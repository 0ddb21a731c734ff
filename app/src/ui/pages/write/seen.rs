//! What of an entry stood in the form before anything was changed in it, and what of it is to be another now. A change
//! names its fields, each with the value that was seen there; it never carries the whole form.

use domain::kernel::{CommandId, FieldChange, Merge, Span, Timestamp};
use domain::log::{Entry, EntryField, EntryForm};
use serde::{Deserialize, Serialize};

/// What was seen of an entry that is being changed. Kept with the unfinished text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The version of its words.
    pub version: CommandId,
    /// The words, as the entry has them: times by the server's clock.
    pub form: EntryForm,
}

/// Screens show minutes: a time that was not touched is not changed because the clock was measured anew meanwhile.
const SAME: Span = Span::minutes(1);

impl Seen {
    /// An entry as it stands.
    pub fn of(entry: &Entry) -> Self {
        Self { version: entry.words(), form: entry.content.to_form() }
    }

    /// What stood there before these changes, where `after` is with them.
    pub fn before(version: CommandId, after: &EntryForm, changes: &[FieldChange]) -> Self {
        let mut form = after.clone();
        for change in changes.iter().rev() {
            put(&mut form, &change.field, change.to.as_deref(), change.from.as_deref());
        }
        Self { version, form }
    }

    /// The same as a form on a device whose clock is `offset` behind the server's.
    pub fn form_on(&self, offset: Option<Span>) -> EntryForm {
        let by_the_device = |at: Timestamp| at.plus(offset.unwrap_or_default().negated());
        EntryForm { happened: self.form.happened.map(by_the_device), ..self.form.clone() }
    }

    /// What to change, so that the entry says what a form on such a device says; nothing for what is the same.
    pub fn changes_to(&self, form: &EntryForm, offset: Option<Span>) -> Vec<FieldChange> {
        let was = self.form.happened;
        let is_same =
            |at: &Timestamp| was.is_some_and(|was| at.plus(offset.unwrap_or_default()).since(was).abs() < SAME);
        let trimmed = |text: &str| text.trim().to_owned();
        self.form.changes_to(&EntryForm {
            happened: form.happened.filter(|at| !is_same(at)).or(was),
            problem: trimmed(&form.problem),
            measures: trimmed(&form.measures),
            feedback: trimmed(&form.feedback),
            ..form.clone()
        })
    }
}

/// Makes changes in a form.
pub fn make(changes: &[FieldChange], form: &mut EntryForm) {
    for change in changes {
        put(form, &change.field, change.from.as_deref(), change.to.as_deref());
    }
}

/// Puts a value in the place of another one; of a list, an item. A field of a newer version stays as it is.
fn put(form: &mut EntryForm, field: &str, old: Option<&str>, new: Option<&str>) {
    let text = || new.unwrap_or_default().to_owned();
    match EntryField::from_key(field) {
        Some(EntryField::Category) => form.category = text(),
        Some(EntryField::Template) => form.template = text(),
        Some(EntryField::Spot) => form.spot = text(),
        Some(EntryField::Problem) => form.problem = text(),
        Some(EntryField::Measures) => form.measures = text(),
        Some(EntryField::Feedback) => form.feedback = text(),
        Some(EntryField::Urgency) => form.urgency = text(),
        Some(EntryField::Happened) => form.happened = text().parse().ok().map(Timestamp::from_millis),
        Some(EntryField::Subjects) => {
            let item = |word: &str| word.parse().ok();
            Merge::item(&mut form.subjects, old.and_then(item).as_ref(), new.and_then(item));
        }
        Some(EntryField::Attachments) => {
            Merge::item(&mut form.attachments, old.map(str::to_owned).as_ref(), new.map(str::to_owned));
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{Attachment, AttachmentKind};

    const OFFSET: Option<Span> = Some(Span::minutes(90));

    fn seen() -> Seen {
        let photo = Attachment::of(AttachmentKind::Photo, b"one").word();
        let form = EntryForm {
            category: "04".to_owned(),
            spot: "5-2".to_owned(),
            problem: "灯不亮".to_owned(),
            urgency: "4".to_owned(),
            happened: Some(Timestamp::EARLIEST.plus(Span::days(9_000))),
            attachments: vec![photo],
            ..EntryForm::default()
        };
        Seen { version: CommandId::from_parts(1, [1; 10]), form }
    }

    #[test]
    fn a_form_in_which_nothing_was_touched_changes_nothing_though_the_clock_was_measured_anew() {
        let seen = seen();
        let mut form = seen.form_on(OFFSET);
        form.problem.push(' ');
        let measured_anew = OFFSET.map(|offset| offset.plus(Span::seconds(40)));
        assert_eq!(seen.changes_to(&form, measured_anew), []);
    }

    #[test]
    fn what_was_changed_is_named_with_what_was_seen_and_comes_back_the_same_way() {
        let seen = seen();
        let later = seen.form.happened.map(|at| at.plus(Span::hours(1)));
        let form = EntryForm {
            problem: "灯不亮，换了灯泡".to_owned(),
            happened: later,
            attachments: vec![Attachment::of(AttachmentKind::Photo, b"other").word()],
            ..seen.form.clone()
        };
        let changes = seen.changes_to(&form, None);
        let mut fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
        fields.dedup();
        assert_eq!(fields, ["problem", "happened", "attachments"]);
        assert_eq!(changes[0].from.as_deref(), Some("灯不亮"));
        let mut made = seen.form.clone();
        make(&changes, &mut made);
        assert_eq!(made, form);
        assert_eq!(Seen::before(seen.version, &form, &changes), seen);
    }
}
