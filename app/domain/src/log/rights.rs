//! Who may do what with an entry. A right is bound to its object, can be made only here, and a function
//! that needs one takes it as an argument. The server decides with this module, the screens offer with it.

use super::Entry;
use crate::kernel::{PersonId, PlaceId, Post, Rights, Role};
use crate::kinds::topics_read_by;

/// Whoever writes entries.
pub(super) const WRITERS: &[Role] = &[Role::Watcher, Role::GridWorker];
/// Whoever reviews what others wrote.
pub(super) const REVIEWERS: &[Role] = &[Role::GridWorker, Role::PartyBranch, Role::PartyCommittee, Role::SocialWorker];

/// The right to write entries of one stairwell: watchers in their own, grid workers in their grid.
#[derive(Debug)]
pub struct MayWrite {
    author: PersonId,
    place: PlaceId,
}

impl MayWrite {
    /// The right, where somebody has it.
    #[must_use]
    pub fn find(rights: &Rights<'_>, place: PlaceId) -> Option<Self> {
        let author = rights.person()?;
        rights.holds(WRITERS, place).then_some(Self { author, place })
    }

    /// Who writes.
    #[must_use]
    pub const fn author(&self) -> PersonId {
        self.author
    }

    /// Where.
    #[must_use]
    pub const fn place(&self) -> PlaceId {
        self.place
    }
}

/// The right to take back an entry and to answer for it: its author has it, also after their post has ended and beyond the
/// time in which late work counts. The words are theirs: a question is put to whoever wrote, and only they know what they
/// saw. Nothing is lost by it: every step stands there with its author and its time of receipt, readers see the entry as
/// new again, and what somebody has reviewed cannot be taken back. What opens something (a new entry) ends with the post.
#[derive(Debug)]
pub struct MayContinue<'e> {
    entry: &'e Entry,
}

impl<'e> MayContinue<'e> {
    /// The right, where somebody has it.
    #[must_use]
    pub fn find(rights: &Rights<'_>, entry: &'e Entry) -> Option<Self> {
        (rights.person() == Some(entry.author)).then_some(Self { entry })
    }

    /// Which entry.
    #[must_use]
    pub const fn entry(&self) -> &'e Entry {
        self.entry
    }
}

/// The right to change an entry: its author has it, also after their post has ended (as [`MayContinue`] says why), and
/// whoever is watcher there now: a stand-in goes on where the watcher stopped.
#[derive(Debug)]
pub struct MayAmend<'e> {
    entry: &'e Entry,
    is_author: bool,
}

impl<'e> MayAmend<'e> {
    /// The right, where somebody has it.
    #[must_use]
    pub fn find(rights: &Rights<'_>, entry: &'e Entry) -> Option<Self> {
        let is_author = rights.person()? == entry.author;
        (is_author || rights.holds(&[Role::Watcher], entry.place)).then_some(Self { entry, is_author })
    }

    /// Which entry.
    #[must_use]
    pub const fn entry(&self) -> &'e Entry {
        self.entry
    }

    /// Whether photos and voice notes can be added: their bytes are on the phone of whoever took them, and come in the
    /// author's name only.
    #[must_use]
    pub const fn adds_attachments(&self) -> bool {
        self.is_author
    }
}

/// The right to review one entry: read, comment, send back. Readers have it for what they may read, and never for words of
/// their own (发现人≠核查人).
#[derive(Debug)]
pub struct MayReview<'e> {
    entry: &'e Entry,
    reviewer: PersonId,
    post: Post,
}

impl<'e> MayReview<'e> {
    /// The right, where somebody has it.
    #[must_use]
    pub fn find(rights: &Rights<'_>, entry: &'e Entry) -> Option<Self> {
        let reviewer = rights.person()?;
        let reads = |post: &&Post| {
            post.role.is_reader()
                && topics_read_by(post.role).meets(entry.classes)
                && rights.tree().covers(post.place, entry.place)
        };
        let post = *rights.posts().iter().find(reads)?;
        (!entry.is_written_by(reviewer)).then_some(Self { entry, reviewer, post })
    }

    /// Which entry.
    #[must_use]
    pub const fn entry(&self) -> &'e Entry {
        self.entry
    }

    /// Who reviews.
    #[must_use]
    pub const fn reviewer(&self) -> PersonId {
        self.reviewer
    }

    /// In which post.
    #[must_use]
    pub const fn post(&self) -> Post {
        self.post
    }

    /// Whether there is nothing left to read for this role: somebody in it has reacted to what the entry says now.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.entry.is_read_as(self.post.role)
    }
}
