//! The one-tap entries: what a watcher most often has to say, in words from life.

use super::field::TEMPLATE;
use super::{Category, Urgency};
use crate::kernel::{FieldError, Problem};

/// A one-tap entry: it fills in category, urgency and the first words.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    /// Stored with the entry, so that "nobody home" can be told from a visit.
    pub code: &'static str,
    /// The word on the button, and the text that the entry starts with.
    pub title: &'static str,
    /// The category it files under.
    pub category: Category,
    /// The urgency it proposes.
    pub urgency: Urgency,
    /// Says 先保护自己 and shows the telephone numbers before anything is written.
    pub danger: bool,
    /// What was done, when the button already says it.
    pub measures: &'static str,
}

const fn template(code: &'static str, title: &'static str, category: Category, urgency: Urgency) -> Template {
    Template { code, title, category, urgency, danger: false, measures: "" }
}

impl Template {
    /// All of them, most used first.
    pub const ALL: &'static [Self] = &[
        template("nobody_home", "没人在家", Category::HomeVisit, Urgency::Ordinary),
        template("all_well", "一切平安", Category::CareVisit, Urgency::Ordinary),
        template("cold_heating", "暖气不热", Category::FacilityRepair, Urgency::Urgent),
        template("stairwell_clutter", "楼道有杂物", Category::SafetyHazard, Urgency::Pressing),
        template("light_out", "灯不亮", Category::FacilityRepair, Urgency::Pressing),
        template("drain_blocked", "下水堵", Category::FacilityRepair, Urgency::Pressing),
        Self {
            measures: "已劝", ..template("quarrel_soothed", "邻里吵架", Category::Dispute, Urgency::Pressing)
        },
        template("elder_unwell", "老人不舒服", Category::CareVisit, Urgency::Urgent),
        Self { danger: true, ..template("gas_smell", "闻到燃气味", Category::SafetyHazard, Urgency::Extreme) },
        template("helped_out", "帮了个忙", Category::Errand, Urgency::Ordinary),
    ];

    /// The code of "nobody home": the one visit at which nobody was seen.
    pub const NOBODY_HOME: &'static str = "nobody_home";

    /// Reads a code; empty text is no template.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for a code that is none of these.
    pub fn parse(raw: &str) -> Result<Option<&'static Self>, FieldError> {
        if raw.is_empty() {
            return Ok(None);
        }
        let found = Self::ALL.iter().find(|template| template.code == raw);
        found.map(Some).ok_or(FieldError::new(TEMPLATE, Problem::Unknown))
    }
}
