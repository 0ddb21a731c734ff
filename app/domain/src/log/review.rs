//! Reviews: 已阅, 点评, 退回补充 with a question on one part, and the watcher's answer.
//!
//! Each names the version that it was made on: what was changed or answered meanwhile is unread again.

use super::{Answered, Did, Entry, SentBack, Step};
use crate::kernel::{CommandId, PersonId, Role};
use serde::{Deserialize, Serialize};

/// Most characters of a comment, a question or an answer.
pub const QUESTION_LIMIT: usize = 500;

/// Where the review of an entry stands; it follows from the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// 待阅: nobody has looked at what it says now.
    New,
    /// 已阅
    Read,
    /// 已点评: somebody has commented on what it says now.
    Commented,
    /// 待补充: a question waits for its answer.
    AwaitingAnswer,
    /// 已补充: every question was answered, and nobody has reacted to the last answer yet.
    Answered,
}

impl ReviewState {
    /// In the order of a filter.
    pub const ALL: [Self; 5] = [Self::New, Self::AwaitingAnswer, Self::Answered, Self::Commented, Self::Read];

    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::New => "待阅",
            Self::Read => "已阅",
            Self::Commented => "已点评",
            Self::AwaitingAnswer => "待补充",
            Self::Answered => "已补充",
        }
    }

    /// The word on the wire and in a store.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Read => "read",
            Self::Commented => "commented",
            Self::AwaitingAnswer => "awaiting_answer",
            Self::Answered => "answered",
        }
    }
}

/// A question about an entry.
#[derive(Clone, Copy, Debug)]
pub struct Question<'e> {
    /// The step that asked.
    pub step: &'e Step,
    /// What was asked, about which part.
    pub asked: &'e SentBack,
}

impl Step {
    /// The version that it was made on and the role that it was made in, where it is a review.
    #[must_use]
    pub const fn reviewed(&self) -> Option<(CommandId, Role)> {
        match &self.did {
            Did::Read(one) => Some((one.version, one.role)),
            Did::Commented(one) => Some((one.version, one.role)),
            Did::SentBack(one) => Some((one.version, one.role)),
            _ => None,
        }
    }
}

impl Entry {
    /// Where the review stands. Whoever looked at an older version has not looked at what the entry says now.
    #[must_use]
    pub fn review_state(&self) -> ReviewState {
        if self.open_questions().next().is_some() {
            return ReviewState::AwaitingAnswer;
        }
        let (mut state, mut version) = (ReviewState::New, None);
        for step in &self.steps {
            state = match &step.did {
                Did::Changed(_) if matches!(state, ReviewState::Read | ReviewState::Commented) => ReviewState::New,
                Did::Answered(_) => ReviewState::Answered,
                Did::Commented(comment) if Some(comment.version) == version => ReviewState::Commented,
                Did::Read(read) if Some(read.version) == version && state != ReviewState::Commented => {
                    ReviewState::Read
                }
                _ => state,
            };
            version = step.version().or(version);
        }
        state
    }

    /// Whether somebody has commented on any of its versions.
    #[must_use]
    pub fn is_commented(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.did, Did::Commented(_)))
    }

    /// The questions, oldest first.
    pub fn questions(&self) -> impl Iterator<Item = Question<'_>> {
        self.steps.iter().filter_map(|step| match &step.did {
            Did::SentBack(asked) => Some(Question { step, asked }),
            _ => None,
        })
    }

    /// The questions that wait for an answer, oldest first.
    pub fn open_questions(&self) -> impl Iterator<Item = Question<'_>> {
        self.questions().filter(|question| self.answer_to(question.step.id).is_none())
    }

    /// The open questions that this person is to answer: only the author can, and only while the entry stands.
    pub fn questions_to(&self, person: PersonId) -> impl Iterator<Item = Question<'_>> {
        let theirs = self.author == person && self.is_listed();
        self.open_questions().filter(move |_| theirs)
    }

    /// The answer to a question, if there is one.
    #[must_use]
    pub fn answer_to(&self, asked: CommandId) -> Option<(&Step, &Answered)> {
        self.steps.iter().find_map(|step| match &step.did {
            Did::Answered(answer) if answer.question == asked => Some((step, answer)),
            _ => None,
        })
    }

    /// Whether somebody in this role has reacted to what it says now.
    #[must_use]
    pub fn is_read_as(&self, role: Role) -> bool {
        let now = (self.version(), role);
        self.steps.iter().any(|step| step.reviewed() == Some(now))
    }
}
