//! What a person has put into the form so far, and how it becomes something that the rest of the product may trust.

use super::content::EntryContent;
use super::field::{FEEDBACK, HAPPENED, MEASURES, PROBLEM, SUBJECTS};
use super::{Category, Part, Spot, Template, Urgency};
use crate::kernel::{Attachment, FieldError, Problem, ResidentId, Span, Text, Times, Timestamp, check_time};
use crate::organisation::Place;
use serde::{Deserialize, Serialize};

/// Most characters of one part.
pub const PART_LIMIT: usize = 2_000;
/// Most residents that one entry can concern: everybody behind the doors of a stairwell.
pub const SUBJECT_LIMIT: usize = 100;
/// A person who says "just now" may be a little ahead of the clock that wrote it down.
const HAPPENED_TOLERANCE: Span = Span::minutes(5);

/// What a person has put into the form so far. The command that writes an entry carries it, too: it is validated
/// again on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryForm {
    /// Code of the [`Category`].
    pub category: String,
    /// Code of the [`Template`] it started from, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub template: String,
    /// See [`Spot::parse`].
    pub spot: String,
    /// 问题
    pub problem: String,
    /// 措施
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub measures: String,
    /// 反馈
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub feedback: String,
    /// Code of the [`Urgency`].
    pub urgency: String,
    /// When it happened, by the clock of the device; `None` means when it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Timestamp>,
    /// Whom it concerns. Not looked up: a head names fewer records than an entry people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<ResidentId>,
    /// Photos and voice notes ([`Attachment::word`]), in the order in which they are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

impl EntryForm {
    /// What is attached, as far as it can be read.
    #[must_use]
    pub fn attached(&self) -> Vec<Attachment> {
        self.attachments.iter().filter_map(|word| Attachment::read(word)).collect()
    }

    /// The text of a part.
    #[must_use]
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Problem => &self.problem,
            Part::Measures => &self.measures,
            Part::Feedback => &self.feedback,
            Part::Unknown => "",
        }
    }
}

impl EntryContent {
    /// Validates a form written in `place` at `written` (clock of the device), before it is saved.
    ///
    /// # Errors
    /// The first field that is wrong, in the order in which the form asks.
    pub fn parse(form: &EntryForm, place: &Place, times: &Times) -> Result<Self, FieldError> {
        let content = Self::parse_anywhere(form, times)?;
        content.spot.check(place)?;
        Ok(content)
    }

    /// As [`EntryContent::parse`], where the place is not at hand. A clock that is wrong by years does not stop anybody
    /// from writing, as long as the server's time can be told from it.
    pub(super) fn parse_anywhere(form: &EntryForm, times: &Times) -> Result<Self, FieldError> {
        let happened = happened(form.happened.unwrap_or(times.written), times)?;
        if form.subjects.len() > SUBJECT_LIMIT {
            return Err(FieldError::new(SUBJECTS, Problem::TooMany { limit: SUBJECT_LIMIT }));
        }
        Ok(Self {
            category: Category::parse(&form.category)?,
            template: Template::parse(&form.template)?.map(|template| template.code.to_owned()),
            spot: Spot::parse(&form.spot)?,
            problem: Text::parse(PROBLEM, &form.problem, PART_LIMIT)?,
            measures: Text::parse_optional(MEASURES, &form.measures, PART_LIMIT)?,
            feedback: Text::parse_optional(FEEDBACK, &form.feedback, PART_LIMIT)?,
            urgency: Urgency::parse(&form.urgency)?,
            happened,
            subjects: form.subjects.clone(),
            attachments: Attachment::parse_all(&form.attachments)?,
        })
    }

    /// What somebody wrote, where the rules do not take it: every word is kept, and what cannot be read gives way to
    /// the most ordinary. For its author's eyes only, never stored as true.
    pub(super) fn unjudged(form: &EntryForm, times: &Times) -> Self {
        let template = Template::parse(&form.template).ok().flatten();
        let usual = template.map_or(Category::HomeVisit, |template| template.category);
        let category = Category::parse(&form.category).unwrap_or(usual);
        let optional = |raw: &str| Some(Text::unjudged(raw)).filter(|text| !text.as_str().is_empty());
        Self {
            category,
            template: template.map(|template| template.code.to_owned()),
            spot: Spot::parse(&form.spot).unwrap_or(Spot::Stairwell),
            problem: Text::unjudged(&form.problem),
            measures: optional(&form.measures),
            feedback: optional(&form.feedback),
            urgency: Urgency::parse(&form.urgency).unwrap_or(category.usual_urgency()),
            happened: times.correct(form.happened.unwrap_or(times.written)),
            subjects: form.subjects.clone(),
            attachments: form.attached(),
        }
    }

    /// What the form would hold if this were to be changed; times by the server's clock, as they are stored.
    #[must_use]
    pub fn to_form(&self) -> EntryForm {
        let text = |part| self.part(part).unwrap_or_default().to_owned();
        EntryForm {
            category: self.category.code().to_owned(),
            template: self.template.clone().unwrap_or_default(),
            spot: self.spot.form_value().to_owned(),
            problem: text(Part::Problem),
            measures: text(Part::Measures),
            feedback: text(Part::Feedback),
            urgency: self.urgency.code().to_owned(),
            happened: Some(self.happened),
            subjects: self.subjects.clone(),
            attachments: self.attachments.iter().map(Attachment::word).collect(),
        }
    }
}

/// When it happened, by the server's clock, from what a device says.
///
/// # Errors
/// At [`HAPPENED`], where no log reaches, or later than it was written.
pub(super) fn happened(said: Timestamp, times: &Times) -> Result<Timestamp, FieldError> {
    let happened = times.correct(said);
    check_time(HAPPENED, happened)?;
    if said.since(times.written) > HAPPENED_TOLERANCE {
        return Err(FieldError::new(HAPPENED, Problem::InFuture));
    }
    Ok(happened)
}
