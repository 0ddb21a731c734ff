//! What the writer can be asked to do, and the asking side.

use crate::store::sqlite::failure::unavailable;
use domain::{
    kernel::{Attachment, CommandId, PersonId, Timestamp},
    store::{Account, AccountError, StoreError},
    sync::{
        CommandReply,
        decide::{Delivery, Ruling},
    },
};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Jobs that may wait. Beyond that, whoever asks is told to come back: a queue that grows only answers later.
const MOST_JOBS: usize = 1_024;
/// Kibibytes of commands that may wait.
const MOST_WAITING: u32 = 64 * 1_024;

/// Replies per delivery, in their order.
pub(in crate::store::sqlite) type Replies = Vec<Vec<CommandReply>>;
/// Where an answer goes. Whoever asked may be gone: the work was done all the same.
pub(super) type ReplyTo<T, E = StoreError> = oneshot::Sender<Result<T, E>>;

pub(super) struct Push {
    pub deliveries: Vec<Delivery>,
    pub reply: ReplyTo<Replies>,
    /// Held until the job is done.
    pub _room: OwnedSemaphorePermit,
}

/// A session that begins.
pub(in crate::store::sqlite) struct NewSession {
    pub token_hash: Vec<u8>,
    pub person: PersonId,
    pub proof: Proof,
    pub now: Timestamp,
    pub expires: Timestamp,
}

/// Why somebody may sign in. Looked at once more in the transaction that begins the session: the account may be closed
/// meanwhile.
pub(in crate::store::sqlite) enum Proof {
    /// The hash that their password was compared with.
    Password(String),
    /// A post somewhere.
    Post,
}

/// A blob whose bytes are here and whole, and from whom.
#[derive(Clone, Debug)]
pub(in crate::store::sqlite) struct Arrived {
    pub author: PersonId,
    pub blob: Attachment,
    pub at: Timestamp,
}

/// Until when a name is locked, if it is.
pub(in crate::store::sqlite) type Locked = Option<Timestamp>;

pub(super) enum Job {
    Push(Push),
    Decide { command: CommandId, ruling: Ruling, reply: ReplyTo<Option<CommandReply>> },
    Accounts(Vec<Account>, ReplyTo<(), AccountError>),
    CloseAccount { login: String, now: Timestamp, reply: ReplyTo<bool> },
    SetPassword { login: String, hash: String, reply: ReplyTo<bool> },
    CountTry { login_hash: Vec<u8>, now: Timestamp, reply: ReplyTo<Locked> },
    ForgetTries { login_hash: Vec<u8>, reply: ReplyTo<()> },
    StartSession(NewSession, ReplyTo<bool>),
    MoveSession { token_hash: Vec<u8>, now: Timestamp, expires: Timestamp, reply: ReplyTo<()> },
    EndSession(Vec<u8>, ReplyTo<()>),
    Arrived(Arrived, ReplyTo<()>),
    Check(ReplyTo<()>),
    Close(oneshot::Sender<()>),
}

/// The asking side of the writer.
#[derive(Clone)]
pub(in crate::store::sqlite) struct Writer {
    pub(super) jobs: mpsc::Sender<Job>,
    pub(super) room: Arc<Semaphore>,
}

impl Writer {
    pub(super) fn channel() -> (Self, mpsc::Receiver<Job>) {
        let (jobs, queue) = mpsc::channel(MOST_JOBS);
        (Self { jobs, room: Arc::new(Semaphore::new(MOST_WAITING as usize)) }, queue)
    }

    pub(in crate::store::sqlite) async fn push(&self, deliveries: Vec<Delivery>) -> Result<Replies, StoreError> {
        let kibibytes = deliveries.iter().map(|delivery| delivery.bytes() / 1_024 + 1).sum::<usize>();
        // A load that is larger than the room takes all of it.
        let kibibytes = u32::try_from(kibibytes).unwrap_or(MOST_WAITING).min(MOST_WAITING);
        let room = Arc::clone(&self.room).try_acquire_many_owned(kibibytes);
        let _room = room.map_err(|_| unavailable("too much is waiting to be written"))?;
        self.ask(|reply| Job::Push(Push { deliveries, reply, _room })).await
    }

    pub(in crate::store::sqlite) async fn decide(
        &self,
        command: CommandId,
        ruling: Ruling,
    ) -> Result<Option<CommandReply>, StoreError> {
        self.ask(|reply| Job::Decide { command, ruling, reply }).await
    }

    pub(in crate::store::sqlite) async fn arrived(&self, arrived: Arrived) -> Result<(), StoreError> {
        self.ask(|reply| Job::Arrived(arrived, reply)).await
    }

    pub(in crate::store::sqlite) async fn add_accounts(&self, accounts: Vec<Account>) -> Result<(), AccountError> {
        self.ask(|reply| Job::Accounts(accounts, reply)).await
    }

    pub(in crate::store::sqlite) async fn close_account(
        &self,
        login: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.ask(|reply| Job::CloseAccount { login, now, reply }).await
    }

    pub(in crate::store::sqlite) async fn set_password(&self, login: String, hash: String) -> Result<bool, StoreError> {
        self.ask(|reply| Job::SetPassword { login, hash, reply }).await
    }

    pub(in crate::store::sqlite) async fn count_try(
        &self,
        login_hash: Vec<u8>,
        now: Timestamp,
    ) -> Result<Locked, StoreError> {
        self.ask(|reply| Job::CountTry { login_hash, now, reply }).await
    }

    pub(in crate::store::sqlite) async fn forget_tries(&self, login_hash: Vec<u8>) -> Result<(), StoreError> {
        self.ask(|reply| Job::ForgetTries { login_hash, reply }).await
    }

    pub(in crate::store::sqlite) async fn start_session(&self, session: NewSession) -> Result<bool, StoreError> {
        self.ask(|reply| Job::StartSession(session, reply)).await
    }

    pub(in crate::store::sqlite) async fn move_session(
        &self,
        token_hash: Vec<u8>,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.ask(|reply| Job::MoveSession { token_hash, now, expires, reply }).await
    }

    pub(in crate::store::sqlite) async fn end_session(&self, token_hash: Vec<u8>) -> Result<(), StoreError> {
        self.ask(|reply| Job::EndSession(token_hash, reply)).await
    }

    pub(in crate::store::sqlite) async fn check(&self) -> Result<(), StoreError> {
        self.ask(Job::Check).await
    }

    /// Returns when everything that was asked before is done and the file is closed.
    pub(in crate::store::sqlite) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(reply)).await.is_ok() {
            // An error means that the writer has ended, which is what was wanted.
            let _ = closed.await;
        }
    }

    async fn ask<T, E: From<StoreError>>(&self, job: impl FnOnce(ReplyTo<T, E>) -> Job) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(job(reply)).map_err(|_| unavailable("the writer is busy or stopping"))?;
        answer.await.map_err(|_| unavailable("the writer is stopping"))?
    }
}
