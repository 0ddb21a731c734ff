//! A resident: current state and steps.

use super::{CareGroup, Phone, fields};
use crate::kernel::{
    Actor, Audience, Bounds, Clash, CommandId, CommunityId, Day, FieldChange, PlaceId, Record, RecordKey, ResidentId,
    Rights, Row, Times, Timestamp, Weight,
};
use crate::kinds::topic;
use crate::organisation::DoorLabel;
use serde::{Deserialize, Serialize};

/// Somebody who lives behind a door, as far as the log needs to know them (PIPL 5 and 6: as little as possible).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resident {
    /// Who.
    pub id: ResidentId,
    /// In which community.
    pub community: CommunityId,
    /// In which stairwell.
    pub place: PlaceId,
    /// Behind which door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<DoorLabel>,
    /// Name; masked where the reader may not see all, empty where nothing of it is told.
    pub name: String,
    /// Year of birth, if known. Ages are always computed, in 周岁.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// Care groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub care: Vec<CareGroup>,
    /// How to reach them, at most [`Resident::MOST_PHONES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// What else whoever knocks should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Since when they live here no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_away: Option<Times>,
    /// Since when whoever runs the server has set the record aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<Times>,
    /// Since when nothing is known of them any more: it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Times>,
    /// The command that added them.
    pub added: CommandId,
    /// Who added them.
    pub made_by: Actor,
    /// When they were added.
    pub made: Times,
    /// What was changed since, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// One change of a resident's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The command.
    pub id: CommandId,
    /// Who.
    pub by: Actor,
    /// When.
    pub times: Times,
    /// What, field by field; masked where the reader may not see all, and without values where they were erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// Fields that somebody else had changed meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clashes: Vec<Clash>,
}

impl Resident {
    /// Most telephone numbers: one's own and three children's.
    pub const MOST_PHONES: usize = 4;

    /// The key of a resident.
    #[must_use]
    pub fn key_of(community: CommunityId, id: ResidentId) -> RecordKey {
        RecordKey::new(community, Self::KIND, id)
    }

    /// Whether lists show them: neither moved away, nor set aside, nor erased.
    #[must_use]
    pub const fn lives_here(&self) -> bool {
        self.moved_away.is_none() && self.set_aside.is_none() && self.erased.is_none()
    }

    /// When the newest of what is known of them was said: what concerns all of it is not dated before that.
    pub(super) fn last_said(&self) -> Timestamp {
        let steps = self.steps.iter().map(|step| step.times.corrected());
        steps.fold(self.made.corrected(), Timestamp::max)
    }

    /// When they were last said to live here or not to.
    pub(super) fn last_moved(&self) -> Timestamp {
        let is_move = |step: &&Step| step.changes.iter().any(|change| change.field == fields::MOVED_AWAY.key);
        self.steps.iter().rev().find(is_move).map_or(self.made, |step| step.times).corrected()
    }

    /// Whether the person is in a care group.
    #[must_use]
    pub fn is_in_care(&self) -> bool {
        !self.care.is_empty()
    }

    /// Whether the person is in a care group, or was once.
    fn was_ever_in_care(&self) -> bool {
        let mut changes = self.steps.iter().flat_map(|step| &step.changes);
        self.is_in_care() || changes.any(|change| change.field == fields::CARE.key)
    }

    const fn state_code(&self) -> &'static str {
        if self.erased.is_some() {
            "erased"
        } else if self.set_aside.is_some() {
            "set_aside"
        } else if self.moved_away.is_some() {
            "moved_away"
        } else {
            "here"
        }
    }

    /// Age in completed years, as exactly as a birth year allows: the age reached in the course of this year.
    #[must_use]
    pub fn age(&self, today: Day) -> Option<u16> {
        let (year, _, _) = today.numbers();
        u16::try_from(year).ok()?.checked_sub(self.birth_year?)
    }
}

impl Record for Resident {
    const KIND: &'static str = "resident";
    const MASKED: bool = true;

    fn key(&self) -> RecordKey {
        Self::key_of(self.community, self.id)
    }

    /// Whoever was told of somebody in care goes on hearing of them, masked once they are in care no more: the feed tells
    /// what is so now, and a device that heard nothing would keep the full name for ever.
    fn audience(&self) -> Audience {
        let topics = topic::RESIDENTS;
        let topics = if self.was_ever_in_care() { topics.and(topic::RESIDENTS_IN_CARE) } else { topics };
        Audience::down(self.place, topics)
    }

    /// Names are not looked through for words: whoever sees them masked would find them by guessing.
    fn row(&self) -> Row {
        let newest = self.steps.last().map_or(self.made, |step| step.times);
        Row { written: self.made.corrected(), changed: newest.effective(), state: self.state_code(), ..Row::default() }
    }

    fn author(&self) -> Option<Actor> {
        Some(self.made_by)
    }

    fn has_step(&self, command: CommandId) -> bool {
        self.added == command || self.steps.iter().any(|step| step.id == command)
    }

    fn is_erased(&self) -> bool {
        self.erased.is_some()
    }

    fn seen_with(self, rights: &Rights<'_>) -> Option<Self> {
        Some(self.masked_for(rights))
    }

    fn bounds() -> Bounds {
        Bounds::USUAL
    }

    fn weight(&self, actor: Actor) -> Weight {
        let of_one = self.steps.iter().filter(|step| step.by == actor).count();
        Weight { steps: self.steps.len(), steps_of_one: of_one, ..Weight::default() }
    }
}
