//! What an entry says: the three parts 问题—措施—反馈 that the paper log has always had (DOMAIN.md 2.9), where,
//! how urgent, when it happened and whom it concerns.
//!
//! A form ([`EntryForm`]) holds whatever a person typed; [`EntryContent::parse`] makes of it something that the
//! rest of the product may trust, or says at which field it cannot.

use super::{
    Attachment, Category, DoorLabel, Field, FieldError, MicroGrid, Problem, ResidentId, Template, Text, Times,
    Timestamp, Urgency,
};
use serde::{Deserialize, Serialize};

/// Most characters of one part.
pub const PART_LIMIT: usize = 2_000;
/// Most residents that one entry can concern: everybody behind the doors of a stairwell.
const SUBJECT_LIMIT: usize = 100;
/// A person who says "just now" may be a little ahead of the clock that wrote it down.
const HAPPENED_TOLERANCE_MILLIS: i64 = 5 * 60_000;

/// One of the three parts of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 问题
    Problem,
    /// 措施
    Measures,
    /// 反馈
    Feedback,
}

impl Part {
    /// In the order of the paper log.
    pub const ALL: [Self; 3] = [Self::Problem, Self::Measures, Self::Feedback];

    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Problem => "问题",
            Self::Measures => "措施",
            Self::Feedback => "反馈",
        }
    }

    /// The field of the form that holds it.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Problem => Field::Problem,
            Self::Measures => Field::Measures,
            Self::Feedback => Field::Feedback,
        }
    }
}

/// Where in the micro-grid it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// At a door.
    Door(DoorLabel),
    /// 楼道
    Stairwell,
    /// 院里
    Yard,
}

impl Spot {
    /// How a form names the stairwell.
    pub const STAIRWELL: &'static str = "stairwell";
    /// How a form names the yard.
    pub const YARD: &'static str = "yard";

    /// Reads what a form holds: `stairwell`, `yard`, or the label of a door of `micro_grid`.
    ///
    /// # Errors
    /// [`Problem::Missing`], or [`Problem::Unknown`] for a door that this stairwell does not have.
    pub fn parse(raw: &str, micro_grid: &MicroGrid) -> Result<Self, FieldError> {
        match raw {
            "" => Err(FieldError::new(Field::Spot, Problem::Missing)),
            Self::STAIRWELL => Ok(Self::Stairwell),
            Self::YARD => Ok(Self::Yard),
            label => micro_grid
                .doors()
                .find(|door| door.label.as_str() == label)
                .map(|door| Self::Door(door.label.clone()))
                .ok_or(FieldError::new(Field::Spot, Problem::Unknown)),
        }
    }

    /// The way back: what a form holds for this spot.
    #[must_use]
    pub fn form_value(&self) -> &str {
        match self {
            Self::Door(label) => label.as_str(),
            Self::Stairwell => Self::STAIRWELL,
            Self::Yard => Self::YARD,
        }
    }

    /// How it is shown: `5-2`, `楼道`, `院里`.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Door(label) => label.as_str(),
            Self::Stairwell => "楼道",
            Self::Yard => "院里",
        }
    }

    /// The door, if it is one.
    #[must_use]
    pub const fn door(&self) -> Option<&DoorLabel> {
        match self {
            Self::Door(label) => Some(label),
            Self::Stairwell | Self::Yard => None,
        }
    }
}

/// What a person has put into the form so far. Also what a command carries: it is looked at again on the server.
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
    /// Whom it concerns.
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
        }
    }
}

/// What an entry says, looked at and trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryContent {
    pub(super) category: Category,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<String>,
    pub(super) spot: Spot,
    pub(super) problem: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) measures: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) feedback: Option<Text>,
    pub(super) urgency: Urgency,
    pub(super) happened: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) subjects: Vec<ResidentId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attachments: Vec<Attachment>,
}

impl EntryContent {
    /// Looks at a form written at `written` (clock of the device) in `micro_grid`.
    ///
    /// # Errors
    /// The first field that is wrong, in the order in which the form asks.
    pub fn parse(form: &EntryForm, micro_grid: &MicroGrid, written: Timestamp) -> Result<Self, FieldError> {
        Self::parse_at(form, micro_grid, &Times { written, clock_offset: None, received: None })
    }

    /// As [`EntryContent::parse`], with what is known of the device's clock: one that is wrong by years does not
    /// stop anybody from writing, as long as the server's time can be told from it.
    pub(super) fn parse_at(form: &EntryForm, micro_grid: &MicroGrid, times: &Times) -> Result<Self, FieldError> {
        let written = times.written;
        let happened = form.happened.unwrap_or(written);
        check_time(Field::Written, times.corrected())?;
        check_time(Field::Happened, times.correct(happened))?;
        if happened.since(written) > HAPPENED_TOLERANCE_MILLIS {
            return Err(FieldError::new(Field::Happened, Problem::InFuture));
        }
        if form.subjects.len() > SUBJECT_LIMIT {
            let problem = Problem::TooMany { limit: SUBJECT_LIMIT };
            return Err(FieldError::new(Field::Subjects, problem));
        }
        Ok(Self {
            category: Category::parse(&form.category)?,
            template: Template::parse(&form.template)?.map(|template| template.code.to_owned()),
            spot: Spot::parse(&form.spot, micro_grid)?,
            problem: Text::parse(Field::Problem, &form.problem, PART_LIMIT)?,
            measures: Text::parse_optional(Field::Measures, &form.measures, PART_LIMIT)?,
            feedback: Text::parse_optional(Field::Feedback, &form.feedback, PART_LIMIT)?,
            urgency: Urgency::parse(&form.urgency)?,
            happened,
            subjects: form.subjects.clone(),
            attachments: Attachment::parse_all(&form.attachments)?,
        })
    }

    /// What somebody wrote, where the rules do not take it: every word is kept, and what cannot be read gives way to
    /// the most ordinary. For its author's eyes only, never stored as true.
    pub(super) fn unjudged(form: &EntryForm, written: Timestamp) -> Self {
        let template = Template::parse(&form.template).ok().flatten();
        let usual = template.map_or(Category::HomeVisit, |template| template.category);
        let category = Category::parse(&form.category).unwrap_or(usual);
        let spot = match form.spot.as_str() {
            Spot::YARD => Spot::Yard,
            Spot::STAIRWELL => Spot::Stairwell,
            label => DoorLabel::parse(label).map_or(Spot::Stairwell, Spot::Door),
        };
        let optional = |raw: &str| Some(Text::unjudged(raw)).filter(|text| !text.as_str().is_empty());
        Self {
            category,
            template: template.map(|template| template.code.to_owned()),
            spot,
            problem: Text::unjudged(&form.problem),
            measures: optional(&form.measures),
            feedback: optional(&form.feedback),
            urgency: Urgency::parse(&form.urgency).unwrap_or(category.usual_urgency()),
            happened: form.happened.unwrap_or(written),
            subjects: form.subjects.clone(),
            attachments: form.attached(),
        }
    }

    /// What the form would hold if this were to be changed.
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

    /// 类别
    #[must_use]
    pub const fn category(&self) -> Category {
        self.category
    }

    /// The code of the one-tap entry it started from.
    #[must_use]
    pub fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// 在哪儿
    #[must_use]
    pub const fn spot(&self) -> &Spot {
        &self.spot
    }

    /// The text of a part, if there is any.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&str> {
        match part {
            Part::Problem => Some(self.problem.as_str()),
            Part::Measures => self.measures.as_ref().map(Text::as_str),
            Part::Feedback => self.feedback.as_ref().map(Text::as_str),
        }
    }

    /// 急不急
    #[must_use]
    pub const fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// When it happened, by the clock of the device.
    #[must_use]
    pub const fn happened(&self) -> Timestamp {
        self.happened
    }

    /// Whom it concerns.
    #[must_use]
    pub fn subjects(&self) -> &[ResidentId] {
        &self.subjects
    }

    /// Photos and voice notes, in the order in which they are shown.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Whether somebody behind a door was seen or spoken to.
    #[must_use]
    pub fn saw_somebody(&self) -> bool {
        self.category.counts_as_seen() && self.template() != Some(Template::NOBODY_HOME)
    }
}

/// Whether a log can hold this instant at all.
pub(super) fn check_time(field: Field, at: Timestamp) -> Result<(), FieldError> {
    /// 2100-01-01 in Shanghai: later is a broken clock, and would break every date that is shown.
    const LATEST: Timestamp = Timestamp::from_millis(4_102_416_000_000);
    if at < Timestamp::EARLIEST {
        return Err(FieldError::new(field, Problem::TooEarly));
    }
    if at > LATEST {
        return Err(FieldError::new(field, Problem::InFuture));
    }
    Ok(())
}
