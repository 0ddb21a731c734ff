//! What an entry says: the three parts 问题—措施—反馈 that the paper log has always had, where,
//! how urgent, when it happened and whom it concerns.

use super::{Category, Part, Spot, Template, Urgency};
use crate::kernel::{Attachment, ResidentId, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What an entry says, validated.
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
            Part::Unknown => None,
        }
    }

    /// 急不急
    #[must_use]
    pub const fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// When it happened, by the server's clock as well as the device knew: whoever compares needs no tolerance.
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
