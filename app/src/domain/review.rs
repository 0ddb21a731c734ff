//! Reviews: 已阅, 点评, 退回补充 with a question on one part, and the watcher's answer (DOMAIN.md 2.9).

use super::{CommandId, Entry, Part, PersonId, Text, Times};
use serde::{Deserialize, Serialize};

/// Most characters of a comment, a question or an answer.
pub const QUESTION_LIMIT: usize = 500;

/// What was done in a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAct {
    /// 已阅
    Read,
    /// 点评
    Comment {
        /// What the reviewer says.
        text: Text,
    },
    /// 退回补充
    SendBack {
        /// The part that lacks something.
        part: Part,
        /// What is asked.
        question: Text,
    },
    /// The author's answer to a question.
    Answer {
        /// The command that asked.
        question: CommandId,
        /// The answer.
        text: Text,
    },
}

/// One step of a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewEvent {
    /// The command that did it.
    pub id: CommandId,
    /// Who.
    pub by: PersonId,
    /// When.
    pub times: Times,
    /// What.
    pub act: ReviewAct,
}

/// Where the review of an entry stands; it follows from the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// 待阅: nobody has looked at it.
    New,
    /// 已阅
    Read,
    /// 已点评
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

impl Entry {
    /// Where the review stands.
    #[must_use]
    pub fn review_state(&self) -> ReviewState {
        if self.open_questions().next().is_some() {
            return ReviewState::AwaitingAnswer;
        }
        self.reviews.iter().fold(ReviewState::New, |state, event| match &event.act {
            ReviewAct::Answer { .. } => ReviewState::Answered,
            ReviewAct::Comment { .. } => ReviewState::Commented,
            ReviewAct::Read if state == ReviewState::Commented => state,
            ReviewAct::Read => ReviewState::Read,
            ReviewAct::SendBack { .. } => state,
        })
    }

    /// The questions that wait for an answer, oldest first.
    pub fn open_questions(&self) -> impl Iterator<Item = (&ReviewEvent, Part, &Text)> {
        self.reviews.iter().filter_map(|event| match &event.act {
            ReviewAct::SendBack { part, question } if self.answer_to(event.id).is_none() => {
                Some((event, *part, question))
            }
            _ => None,
        })
    }

    /// The open questions that this person is to answer: only the author can, and only while the entry stands.
    pub fn questions_to(&self, person: PersonId) -> impl Iterator<Item = (&ReviewEvent, Part, &Text)> {
        let theirs = self.author == person && self.withdrawn.is_none();
        self.open_questions().filter(move |_| theirs)
    }

    /// The answer to a question, if there is one.
    #[must_use]
    pub fn answer_to(&self, asked: CommandId) -> Option<&ReviewEvent> {
        self.reviews.iter().find(|event| matches!(&event.act, ReviewAct::Answer { question, .. } if *question == asked))
    }

    /// Whether there is nothing for this person to look at: they wrote it, or reacted to its newest state. An answer
    /// and a change of the words are both new.
    #[must_use]
    pub fn is_read_by(&self, person: PersonId) -> bool {
        if self.author == person {
            return true;
        }
        let mine = self.reviews.iter().rposition(|event| event.by == person);
        let answered = self.reviews.iter().rposition(|event| matches!(event.act, ReviewAct::Answer { .. }));
        mine.is_some_and(|mine| {
            let looked = self.reviews[mine].times.effective();
            let amended = self.amendments.iter().any(|version| version.times.effective() > looked);
            !amended && answered.is_none_or(|answered| answered < mine)
        })
    }
}
