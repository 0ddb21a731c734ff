//! What a command does, or why it does nothing. The phone runs this for the optimistic view, the server for the
//! truth; both get the same answer from the same state.

use super::content::check_time;
use super::merge::together;
use super::{
    Act, Attachment, Command, CommandId, Entry, EntryContent, EntryForm, EntryId, EntryVersion, Field, FieldError,
    Membership, MicroGrid, MicroGridCode, PersonId, Problem, QUESTION_LIMIT, ReviewAct, ReviewEvent, Rights, Text,
    Times, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What [`apply`] may ask about.
pub trait Known {
    /// A micro-grid.
    fn micro_grid(&self, code: &MicroGridCode) -> Option<&MicroGrid>;
    /// An entry.
    fn entry(&self, id: EntryId) -> Option<&Entry>;
    /// What a person is where, whether it holds now or not.
    fn memberships(&self, person: PersonId) -> &[Membership];
}

/// Why a command did nothing, and what the person can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// A field is wrong; mend it.
    #[error("{0}")]
    Field(FieldError),
    /// The bytes are no command of this protocol; update the app.
    #[error("malformed command: {detail}")]
    Malformed {
        /// For the log.
        detail: String,
    },
    /// The person may not do this (another person's micro-grid, own entry reviewed, …).
    #[error("no right")]
    NoRight,
    /// The command was written by somebody else than the one who sends it.
    #[error("another author")]
    AnotherAuthor,
    /// The entry's id is taken by another entry.
    #[error("entry exists")]
    EntryExists,
    /// The entry was taken back.
    #[error("entry withdrawn")]
    Withdrawn,
    /// There is no such question on the entry.
    #[error("no such question")]
    NoSuchQuestion,
    /// The question was answered before.
    #[error("already answered")]
    AlreadyAnswered,
    /// Somebody has reviewed the entry: it can be changed, but not taken back.
    #[error("already reviewed")]
    AlreadyReviewed,
}

impl Rejection {
    /// Why it was not taken and what to do, in words from life.
    #[must_use]
    pub fn spoken(&self) -> String {
        match self {
            Self::Field(error) => format!("“{}”：{}", error.field.title(), error.spoken()),
            Self::Malformed { .. } => "这一条服务器没看懂。更新到新版本，再改一改存一次；字都在。".to_owned(),
            Self::NoRight => "这一条不归您记或者改。要是负责的地方变了，问问网格员；字都在。".to_owned(),
            Self::AnotherAuthor => "这一条是别人写的，要他本人登录才能传。".to_owned(),
            Self::EntryExists => "这个编号已经有一条了，改一改另存一条；字都在。".to_owned(),
            Self::Withdrawn => "这一条已经撤回了，不能再改。有要说的，另记一条。".to_owned(),
            Self::NoSuchQuestion => "这个问题找不到了，刷新一下看看要补充什么。".to_owned(),
            Self::AlreadyAnswered => "这个问题已经回答过了。还有要说的，改一改那一条日志。".to_owned(),
            Self::AlreadyReviewed => "社工已经看过这一条，不能撤回了，可以改一改。".to_owned(),
        }
    }
}

impl From<FieldError> for Rejection {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// Why a command has no effect yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It never will have one.
    Rejected(Rejection),
    /// It needs an entry that has not arrived: it is kept and tried again when that arrives.
    WaitsFor(EntryId),
}

impl<T: Into<Rejection>> From<T> for Refusal {
    fn from(reason: T) -> Self {
        Self::Rejected(reason.into())
    }
}

/// A clock that is ahead by no more than this is not called wrong.
const CLOCK_TOLERANCE_MILLIS: i64 = 10 * 60_000;

/// What `command` makes of the state `known`: the new state of the one entry that it concerns.
///
/// `received` is the server's time on the server and `None` on the phone. A new entry comes back without number;
/// the server gives it one.
///
/// # Errors
/// [`Refusal::Rejected`] with the reason, or [`Refusal::WaitsFor`] for work on an entry that is not known.
pub fn apply(known: &impl Known, command: &Command, received: Option<Timestamp>) -> Result<Entry, Refusal> {
    let times = Times { written: command.written, clock_offset: command.clock_offset, received };
    if received.is_some_and(|received| times.corrected().since(received) > CLOCK_TOLERANCE_MILLIS) {
        return Err(FieldError::new(Field::Written, Problem::InFuture).into());
    }
    let at = times.corrected();
    check_time(Field::Written, at)?;
    let rights = Rights::of(command.author, known.memberships(command.author), at);
    let step = Step { known, rights, id: command.id, times };
    match &command.act {
        Act::WriteEntry { entry, micro_grid, form } => step.write(*entry, micro_grid, form),
        Act::AmendEntry { entry, replaces, form } => step.amend(step.entry(*entry)?, *replaces, form),
        Act::WithdrawEntry { entry } => step.withdraw(step.entry(*entry)?),
        Act::MarkRead { entry } => step.review(step.entry(*entry)?, ReviewAct::Read),
        Act::Comment { entry, text } => {
            let text = Text::parse(Field::Comment, text, QUESTION_LIMIT)?;
            step.review(step.entry(*entry)?, ReviewAct::Comment { text })
        }
        Act::SendBack { entry, part, question } => {
            let question = Text::parse(Field::Question, question, QUESTION_LIMIT)?;
            step.review(step.entry(*entry)?, ReviewAct::SendBack { part: *part, question })
        }
        Act::Answer { entry, question, text } => {
            let text = Text::parse(Field::Answer, text, QUESTION_LIMIT)?;
            step.answer(step.entry(*entry)?, *question, text)
        }
    }
}

/// One command on its way through the rules.
struct Step<'a, K> {
    known: &'a K,
    rights: Rights,
    id: CommandId,
    times: Times,
}

impl<K: Known> Step<'_, K> {
    fn entry(&self, id: EntryId) -> Result<Entry, Refusal> {
        self.known.entry(id).cloned().ok_or(Refusal::WaitsFor(id))
    }

    fn write(&self, id: EntryId, micro_grid: &str, form: &EntryForm) -> Result<Entry, Refusal> {
        if self.known.entry(id).is_some() {
            return Err(Rejection::EntryExists.into());
        }
        let code = MicroGridCode::parse(micro_grid)?;
        let right = self.rights.may_write(&code).ok_or(Rejection::NoRight)?;
        let first = self.version(None, right.micro_grid(), form)?;
        Ok(Entry {
            id,
            number: None,
            author: right.author(),
            micro_grid: code,
            first,
            amendments: Vec::new(),
            reviews: Vec::new(),
            withdrawn: None,
            withdrawn_by: None,
            arrived: Vec::new(),
        })
    }

    fn amend(&self, mut entry: Entry, replaces: CommandId, form: &EntryForm) -> Result<Entry, Refusal> {
        let right = self.rights.may_amend(&entry).ok_or(Rejection::NoRight)?;
        if entry.withdrawn.is_some() {
            return Err(Rejection::Withdrawn.into());
        }
        let version = self.version(Some(replaces), right.micro_grid(), form)?;
        let is_new = |one: &Attachment| entry.attachment(&one.sha256).is_none();
        let by = (right.author() != entry.author).then(|| right.author());
        // The bytes are on the phone of whoever took the photo, and come in the author's name only.
        if by.is_some() && version.content.attachments().iter().any(is_new) {
            return Err(FieldError::new(Field::Attachments, Problem::Unknown).into());
        }
        let version = EntryVersion { by, ..version };
        let together = together(&entry, &version);
        entry.amendments.push(version);
        entry.amendments.extend(together);
        Ok(entry)
    }

    fn version(
        &self,
        replaces: Option<CommandId>,
        micro_grid: &MicroGridCode,
        form: &EntryForm,
    ) -> Result<EntryVersion, Rejection> {
        let unknown = FieldError::new(Field::MicroGrid, Problem::Unknown);
        let micro_grid = self.known.micro_grid(micro_grid).ok_or(unknown)?;
        let content = EntryContent::parse_at(form, micro_grid, &self.times)?;
        Ok(EntryVersion {
            id: self.id,
            replaces,
            by: None,
            merges: None,
            content,
            clashes: Vec::new(),
            times: self.times,
        })
    }

    /// Taking back is for slips: once somebody else has reacted, the entry is part of a conversation.
    fn withdraw(&self, mut entry: Entry) -> Result<Entry, Refusal> {
        self.rights.may_continue(&entry).ok_or(Rejection::NoRight)?;
        if entry.withdrawn.is_some() {
            return Err(Rejection::Withdrawn.into());
        }
        if !entry.reviews.is_empty() {
            return Err(Rejection::AlreadyReviewed.into());
        }
        entry.withdrawn = Some(self.times);
        entry.withdrawn_by = Some(self.id);
        Ok(entry)
    }

    fn review(&self, mut entry: Entry, act: ReviewAct) -> Result<Entry, Refusal> {
        let right = self.rights.may_review(&entry).ok_or(Rejection::NoRight)?;
        if entry.withdrawn.is_some() {
            return Err(Rejection::Withdrawn.into());
        }
        entry.reviews.push(ReviewEvent { id: self.id, by: right.reviewer(), times: self.times, act });
        Ok(entry)
    }

    fn answer(&self, mut entry: Entry, question: CommandId, text: Text) -> Result<Entry, Refusal> {
        let right = self.rights.may_continue(&entry).ok_or(Rejection::NoRight)?;
        let asked =
            entry.reviews.iter().any(|event| event.id == question && matches!(event.act, ReviewAct::SendBack { .. }));
        if !asked {
            return Err(Rejection::NoSuchQuestion.into());
        }
        if entry.answer_to(question).is_some() {
            return Err(Rejection::AlreadyAnswered.into());
        }
        let act = ReviewAct::Answer { question, text };
        entry.reviews.push(ReviewEvent { id: self.id, by: right.author(), times: self.times, act });
        Ok(entry)
    }
}
