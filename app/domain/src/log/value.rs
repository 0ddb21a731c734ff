//! The fields of an entry as text: what changes name, what steps keep, how two forms differ.

use super::field::{FEEDBACK, HAPPENED, MEASURES, PROBLEM, SUBJECTS};
use super::form::{PART_LIMIT, happened};
use super::{Category, EntryContent, EntryField, EntryForm, Spot, Template, Urgency};
use crate::kernel::{
    ATTACHMENTS, Attachment, Field, FieldChange, FieldError, Merge, Problem, Refusal, ResidentId, Span, Text, Times,
    Timestamp, is_word,
};

impl EntryForm {
    /// What a field that holds one value holds; of a list nothing.
    #[must_use]
    pub fn value(&self, field: EntryField) -> String {
        match field {
            EntryField::Category => self.category.clone(),
            EntryField::Template => self.template.clone(),
            EntryField::Spot => self.spot.clone(),
            EntryField::Problem => self.problem.clone(),
            EntryField::Measures => self.measures.clone(),
            EntryField::Feedback => self.feedback.clone(),
            EntryField::Urgency => self.urgency.clone(),
            EntryField::Happened => self.happened.map_or_else(String::new, |at| at.millis().to_string()),
            EntryField::Subjects | EntryField::Attachments => String::new(),
        }
    }

    /// What a list holds; of any other field nothing.
    #[must_use]
    pub fn items(&self, field: EntryField) -> Vec<String> {
        match field {
            EntryField::Subjects => self.subjects.iter().map(ResidentId::to_string).collect(),
            EntryField::Attachments => self.attachments.clone(),
            _ => Vec::new(),
        }
    }

    /// What to change in one field, so that it says what `to` says. Where it does already, a change says that this holds:
    /// so a clash is settled in favour of what stands there. Category and template go together.
    #[must_use]
    pub fn changes_of(&self, field: EntryField, to: &Self) -> Vec<FieldChange> {
        if field.is_list() {
            let (mine, theirs) = (self.items(field), to.items(field));
            let gone = mine.iter().filter(|item| !theirs.contains(item));
            let new = theirs.iter().filter(|item| !mine.contains(item));
            let key = field.key();
            return gone
                .map(|item| FieldChange::new(key, Some(item), None))
                .chain(new.map(|item| FieldChange::new(key, None, Some(item))))
                .collect();
        }
        let change = |field: &EntryField| {
            let (from, to) = (self.value(*field), to.value(*field));
            FieldChange::new(field.key(), filled(&from), filled(&to))
        };
        field.together().iter().map(change).collect()
    }

    /// What to change, so that all of it says what `to` says: for what is the same nothing.
    #[must_use]
    pub fn changes_to(&self, to: &Self) -> Vec<FieldChange> {
        let of_field = |field: EntryField| {
            let changes = self.changes_of(field, to);
            let differs = changes.iter().any(|change| change.from != change.to);
            if differs { changes } else { Vec::new() }
        };
        let fields = EntryField::ALL.into_iter().filter(|field| *field == field.together()[0]);
        fields.flat_map(of_field).collect()
    }

    /// Takes one field from another form.
    pub fn take(&mut self, field: EntryField, other: &Self) {
        match field {
            EntryField::Category | EntryField::Template => {
                self.category.clone_from(&other.category);
                self.template.clone_from(&other.template);
            }
            EntryField::Spot => self.spot.clone_from(&other.spot),
            EntryField::Problem => self.problem.clone_from(&other.problem),
            EntryField::Measures => self.measures.clone_from(&other.measures),
            EntryField::Feedback => self.feedback.clone_from(&other.feedback),
            EntryField::Urgency => self.urgency.clone_from(&other.urgency),
            EntryField::Happened => self.happened = other.happened,
            EntryField::Subjects => self.subjects.clone_from(&other.subjects),
            EntryField::Attachments => self.attachments.clone_from(&other.attachments),
        }
    }
}

impl EntryForm {
    /// Why a form is refused, as [`EntryField::refusal`] says it of one value.
    pub(super) fn refusal(&self, error: FieldError) -> Refusal {
        let Some(field) = EntryField::from_key(error.field.key) else { return error.into() };
        let of_list = self.items(field).into_iter().find(|item| Attachment::read(item).is_none());
        let raw = if field.is_list() { of_list.unwrap_or_default() } else { self.value(field) };
        field.refusal(&raw, error)
    }
}

impl EntryField {
    /// The fields that change with this one, the one that stands for all of them first.
    #[must_use]
    pub const fn together(self) -> &'static [Self] {
        match self {
            Self::Category | Self::Template => &[Self::Category, Self::Template],
            Self::Spot => &[Self::Spot],
            Self::Problem => &[Self::Problem],
            Self::Measures => &[Self::Measures],
            Self::Feedback => &[Self::Feedback],
            Self::Urgency => &[Self::Urgency],
            Self::Happened => &[Self::Happened],
            Self::Subjects => &[Self::Subjects],
            Self::Attachments => &[Self::Attachments],
        }
    }

    /// Why a value is refused: a word of a newer version's vocabulary is nothing that its author could mend.
    pub(super) fn refusal(self, raw: &str, error: FieldError) -> Refusal {
        let is_newer = match self {
            Self::Category | Self::Template | Self::Urgency => is_word(raw),
            Self::Attachments => Attachment::is_of_newer_kind(raw),
            _ => false,
        };
        if is_newer && error.problem == Problem::Unknown { Refusal::UnknownAct } else { error.into() }
    }

    /// Validates a value, or an item of a list, without a record at hand. Returns how the entry says it; a
    /// time is by the server's clock from then on.
    ///
    /// # Errors
    /// As the form is refused.
    pub(super) fn check(self, raw: &str, times: &Times) -> Result<String, FieldError> {
        let text = |field: Field| {
            let text = Text::parse_optional(field, raw, PART_LIMIT)?;
            Ok(text.map(|text| text.as_str().to_owned()).unwrap_or_default())
        };
        match self {
            Self::Category => Ok(Category::parse(raw)?.code().to_owned()),
            Self::Template => Ok(Template::parse(raw)?.map_or("", |template| template.code).to_owned()),
            Self::Spot => Ok(Spot::parse(raw)?.into()),
            Self::Problem => Ok(Text::parse(PROBLEM, raw, PART_LIMIT)?.as_str().to_owned()),
            Self::Measures => text(MEASURES),
            Self::Feedback => text(FEEDBACK),
            Self::Urgency => Ok(Urgency::parse(raw)?.code().to_owned()),
            Self::Happened => {
                let problem = if raw.is_empty() { Problem::Missing } else { Problem::Unknown };
                let said = instant(raw).ok_or(FieldError::new(HAPPENED, problem))?;
                Ok(happened(said, times)?.millis().to_string())
            }
            Self::Subjects => {
                let subject: Result<ResidentId, _> = raw.parse();
                subject.map(|id| id.to_string()).map_err(|_| FieldError::new(SUBJECTS, Problem::Unknown))
            }
            Self::Attachments => {
                Attachment::read(raw).map(|one| one.word()).ok_or(FieldError::new(ATTACHMENTS, Problem::Unknown))
            }
        }
    }
}

impl EntryContent {
    /// Puts a validated value into a field that holds one. A word that this version does not know is shown as
    /// such.
    pub(super) fn set(&mut self, field: EntryField, value: &str) {
        let text = || filled(value).map(Text::unjudged);
        match field {
            EntryField::Category => self.category = Category::parse(value).unwrap_or(Category::Unknown),
            EntryField::Template => self.template = filled(value).map(str::to_owned),
            EntryField::Spot => self.spot = Spot::from(value.to_owned()),
            EntryField::Problem => self.problem = Text::unjudged(value),
            EntryField::Measures => self.measures = text(),
            EntryField::Feedback => self.feedback = text(),
            EntryField::Urgency => self.urgency = Urgency::parse(value).unwrap_or(Urgency::Unknown),
            EntryField::Happened => self.happened = instant(value).unwrap_or(self.happened),
            EntryField::Subjects | EntryField::Attachments => {}
        }
    }

    /// Takes an item out of a list and puts another in its place. What comes back is what this did.
    pub(super) fn change_item(
        &mut self,
        field: EntryField,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Option<FieldChange> {
        match field {
            EntryField::Subjects => change_item(&mut self.subjects, field, &|word| word.parse().ok(), from, to),
            EntryField::Attachments => change_item(&mut self.attachments, field, &Attachment::read_any, from, to),
            _ => None,
        }
    }

    /// The form in which it is changed on a device whose clock is `offset` behind the server's.
    #[must_use]
    pub fn form_on(&self, offset: Option<Span>) -> EntryForm {
        let by_the_device = self.happened.plus(offset.unwrap_or_default().negated());
        EntryForm { happened: Some(by_the_device), ..self.to_form() }
    }

    /// What to change, so that the entry says what a form on such a device says. Screens show minutes: a time that was
    /// not touched is not changed because the clock was measured anew meanwhile.
    #[must_use]
    pub fn changes_to(&self, form: &EntryForm, offset: Option<Span>) -> Vec<FieldChange> {
        const SAME: Span = Span::minutes(1);
        let is_same = |at: Timestamp| at.plus(offset.unwrap_or_default()).since(self.happened).abs() < SAME;
        let touched = form.happened.filter(|at| !is_same(*at));
        let form = EntryForm { happened: touched.or(Some(self.happened)), ..form.clone() };
        self.to_form().changes_to(&form)
    }
}

fn change_item<T: PartialEq>(
    list: &mut Vec<T>,
    field: EntryField,
    read: &dyn Fn(&str) -> Option<T>,
    from: Option<&str>,
    to: Option<&str>,
) -> Option<FieldChange> {
    let (gone, new) = (from.and_then(read), to.and_then(read));
    let gone = gone.filter(|item| list.contains(item));
    let new = new.filter(|item| !list.contains(item));
    if gone.is_none() && new.is_none() {
        return None;
    }
    let change = FieldChange::new(field.key(), from.filter(|_| gone.is_some()), to.filter(|_| new.is_some()));
    Merge::item(list, gone.as_ref(), new);
    Some(change)
}

/// Nothing instead of an empty text.
pub(super) fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn instant(raw: &str) -> Option<Timestamp> {
    let millis = raw.parse().ok().map(Timestamp::from_millis)?;
    // Nothing can be written in two ways.
    (millis.millis().to_string() == raw).then_some(millis)
}
