//! An entry of the log: what it says now, and the steps that led there. Nothing is ever overwritten without a trace: what
//! a step changed stands in it, before and after.

use super::{Changed, Did, EntryContent, EntryNumber, Step};
use crate::kernel::{
    Attachment, Clash, CommandId, CommunityId, EntryId, PersonId, PlaceId, Sha256, Text, Timestamp, Topics,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Made by the phone.
    pub id: EntryId,
    /// The community whose feed tells it.
    pub community: CommunityId,
    /// Given by the server; `None` while the entry is only on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<EntryNumber>,
    /// Who wrote it.
    pub author: PersonId,
    /// The stairwell it hangs on.
    pub place: PlaceId,
    /// What it says now.
    pub content: EntryContent,
    /// The classes that it ever had. Whoever could see one version keeps seeing the entry: what was read and reviewed
    /// does not vanish because its author files it elsewhere.
    pub classes: Topics,
    /// What was done to it, in the order in which the server had it. The first one wrote it.
    pub steps: Vec<Step>,
    /// Fields in which a version that was made without sight of another says something else, until somebody who has seen
    /// both settles it. Category and template are one field there, the category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clashes: Vec<Clash>,
    /// Attachments of any of its versions whose bytes the server has, in the order in which they came. What is named and
    /// not here is still on a phone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrived: Vec<Sha256>,
}

impl Step {
    /// The version of the words that came of it.
    #[must_use]
    pub fn words(&self) -> Option<CommandId> {
        match &self.did {
            Did::Wrote {} => Some(self.id),
            Did::Changed(Changed { merged, .. }) => Some(merged.unwrap_or(self.id)),
            _ => None,
        }
    }

    /// The version that came of it: other words, or an answer, which has to be read as they have.
    #[must_use]
    pub fn version(&self) -> Option<CommandId> {
        self.words().or_else(|| matches!(self.did, Did::Answered(_)).then_some(self.id))
    }
}

impl Entry {
    /// The version that stands here: what a command names that was made in sight of it.
    #[must_use]
    pub fn version(&self) -> CommandId {
        self.steps.iter().rev().find_map(Step::version).unwrap_or_else(|| Uuid::nil().into())
    }

    /// The step that made a version, or that somebody took for one on the device that made it.
    #[must_use]
    pub fn step_of(&self, version: CommandId) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| step.version() == Some(version) || (step.id == version && step.version().is_some()))
    }

    /// Whether it is known: one can only have seen a version that there was.
    #[must_use]
    pub fn has_version(&self, version: CommandId) -> bool {
        self.step_of(version).is_some()
    }

    /// When it was first written, by the server's clock as well as we know.
    #[must_use]
    pub fn written(&self) -> Timestamp {
        self.steps.first().map_or(Timestamp::EARLIEST, |step| step.times.corrected())
    }

    /// When the newest of its versions was made: what concerns all of it is not dated before that.
    pub(super) fn last_said(&self) -> Timestamp {
        let versions = self.steps.iter().filter(|step| step.version().is_some());
        versions.map(|step| step.times.corrected()).max().unwrap_or(Timestamp::EARLIEST)
    }

    /// Where it stands in a list. The id alone would not do: it carries the clock of the device, which may have been
    /// wrong by years.
    #[must_use]
    pub fn place_in_list(&self) -> (Timestamp, EntryId) {
        (self.written(), self.id)
    }

    /// When it happened, by the server's clock as well as we know.
    #[must_use]
    pub const fn happened(&self) -> Timestamp {
        self.content.happened()
    }

    /// The step by which its author took it back.
    #[must_use]
    pub fn withdrawn(&self) -> Option<&Step> {
        self.steps.iter().rev().find(|step| matches!(step.did, Did::Withdrew {}))
    }

    /// Why it was set aside, where it was.
    #[must_use]
    pub fn set_aside(&self) -> Option<&Text> {
        self.steps.iter().rev().find_map(|step| match &step.did {
            Did::SetAside(aside) => Some(&aside.why),
            _ => None,
        })
    }

    /// Why its words were erased, where they were.
    #[must_use]
    pub fn erased(&self) -> Option<&Text> {
        self.steps.iter().rev().find_map(|step| match &step.did {
            Did::Erased(erased) => Some(&erased.why),
            _ => None,
        })
    }

    /// Whether lists show it: neither taken back nor set aside, and with words.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.withdrawn().is_none() && self.set_aside().is_none() && self.erased().is_none()
    }

    /// Whether a command has already had its effect on the entry.
    #[must_use]
    pub fn has_step(&self, command: CommandId) -> bool {
        self.steps.iter().any(|step| step.id == command)
    }

    /// The attachments of all its versions, each once: those of the newest first, then those that were taken off.
    #[must_use]
    pub fn all_attachments(&self) -> Vec<Attachment> {
        let mut all = self.content.attachments.clone();
        for word in self.steps.iter().flat_map(Step::attachments_taken_off) {
            if let Some(one) = Attachment::read(word)
                && all.iter().all(|other| other.sha256 != one.sha256)
            {
                all.push(one);
            }
        }
        all
    }

    /// The attachment of this name, in any of its versions.
    #[must_use]
    pub fn attachment(&self, sha256: &Sha256) -> Option<Attachment> {
        self.all_attachments().into_iter().find(|one| one.sha256 == *sha256)
    }

    /// Attachments of the newest version whose bytes the server does not have.
    pub fn missing(&self) -> impl Iterator<Item = &Attachment> {
        self.content.attachments.iter().filter(|one| !self.arrived.contains(&one.sha256))
    }

    /// Those of [`Entry::missing`] that the server waits for: an entry that was set aside takes nothing more.
    pub fn awaited(&self) -> impl Iterator<Item = &Attachment> {
        let takes = self.set_aside().is_none();
        self.missing().filter(move |_| takes)
    }
}
