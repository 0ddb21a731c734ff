//! The one task that writes.
//!
//! Jobs wait in a bounded queue. The writer takes what is there, fetches with one query per kind of thing what it
//! touches, has it decided in memory ([`domain::sync::decide`]), writes table by table, commits once (one flush to disk
//! for all), and only then answers. Reads never wait for it: SQLite's WAL lets them see the last commit.
//!
//! | step | module |
//! |---|---|
//! | wait | [`job`] |
//! | one transaction | [`ledger`] |
//! | fetch what the group touches | [`fetch`] |
//! | write what was decided | [`mod@write`] |
//! | remove what was erased | [`erase`] |
//! | accounts, sessions, blobs, decisions | [`accounts`], [`sessions`], [`blobs`], [`rulings`] |
//! | tell | [`news`] |
//!
//! A fault must not spread: when a group fails for a reason that lies in it, its jobs are tried one by one. When the
//! database is busy, full, read-only or gone, everybody is told to try again, nothing counts as stored, and the
//! connection is opened anew for the next job.

mod accounts;
mod blobs;
mod erase;
mod fetch;
mod job;
mod ledger;
mod news;
mod rulings;
mod sessions;
mod write;

pub(super) use job::{Arrived, NewSession, Proof, Writer};
pub(super) use ledger::{Ledger, Memory};
pub(super) use news::News;
pub(super) use write::Row;

use super::{
    communities::{Communities, Head},
    connection::{self, FileIdentity},
    ended,
    failure::{Sql, shared_error, store_error},
    wal,
};
use domain::{
    store::{AccountError, StoreError},
    sync::decide::Delivery,
};
use job::{Job, Push, Replies};
use ledger::{GROUP_COMMANDS, Settled};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::mpsc, time::MissedTickBehavior};

/// How often is looked whether another process has committed something.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the writer. It ends when it is closed or nobody is left to ask, and `keeper` with it, last of all.
pub(super) fn start(
    options: SqliteConnectOptions,
    keeper: SqliteConnection,
    communities: Communities,
    news: News,
    is_noted: Arc<AtomicBool>,
) -> Result<Writer, StoreError> {
    let file = FileIdentity::of(options.get_filename()).map_err(store_error)?;
    let (writer, queue) = Writer::channel();
    let (connection, memory) = (None, Memory::default());
    let task =
        Task { options, file, news, communities, connection, memory, heard: None, wal_has_erased: false, is_noted };
    tokio::spawn(task.run(queue, keeper));
    Ok(writer)
}

struct Task {
    options: SqliteConnectOptions,
    file: FileIdentity,
    news: News,
    communities: Communities,
    connection: Option<SqliteConnection>,
    memory: Memory,
    /// Up to which state of the database others' commits were told, as `PRAGMA data_version` of the keeper names it.
    heard: Option<i64>,
    /// Erased words are still in the WAL: somebody read a state from before.
    wal_has_erased: bool,
    /// Whether the list of what has ended, beside the database, is up to date.
    is_noted: Arc<AtomicBool>,
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Job>, mut keeper: SqliteConnection) {
        let mut closed = None;
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let job = tokio::select! {
                biased;
                job = queue.recv() => job,
                _ = look.tick() => {
                    self.hear_others(&mut keeper).await;
                    if self.wal_has_erased {
                        self.empty_wal().await;
                    }
                    continue;
                }
            };
            let Some(job) = job else { break };
            let mut next = Some(job);
            while let Some(job) = next.take() {
                match job {
                    Job::Push(first) => {
                        let (group, other) = gather(first, &mut queue);
                        self.push(group).await;
                        next = other;
                    }
                    Job::Close(reply) => {
                        // What is in the queue already is still done; nothing new gets in.
                        queue.close();
                        closed = Some(reply);
                    }
                    job => self.small_job(job).await,
                }
            }
        }
        self.disconnect().await;
        // What could not be moved into the database stays in the WAL, for the next start.
        let _ = keeper.close().await;
        if let Some(reply) = closed {
            let _ = reply.send(());
        }
    }

    /// Tells what another process (the command line) has committed, while somebody listens. An unchanged version costs no
    /// look into the database, and one's own commits are told already.
    async fn hear_others(&mut self, keeper: &mut SqliteConnection) {
        if !self.news.is_heard() {
            return;
        }
        let looked = async {
            let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *keeper).await?;
            if self.heard != Some(version) {
                self.news.tell(&Head::fetch(keeper).await?);
                self.heard = Some(version);
            }
            Ok::<_, sqlx::Error>(())
        };
        if let Err(error) = looked.await {
            tracing::debug!(%error, "what others have committed is looked for again");
        }
    }

    async fn push(&mut self, group: Vec<Push>) {
        let mut deliveries = Vec::new();
        let mut jobs = Vec::with_capacity(group.len());
        for push in group {
            let range = deliveries.len()..deliveries.len() + push.deliveries.len();
            deliveries.extend(push.deliveries);
            jobs.push((range, push.reply, push._room));
        }
        match self.take_in(&deliveries).await {
            Ok(replies) => {
                let mut replies = replies.into_iter();
                for (range, reply, _room) in jobs {
                    let _ = reply.send(Ok(replies.by_ref().take(range.len()).collect()));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                let fault_is_inside = matches!(shared_error(&error), StoreError::Failed(_));
                for (range, reply, _room) in jobs {
                    let result = if fault_is_inside {
                        self.take_in_alone(&deliveries, range).await
                    } else {
                        Err(shared_error(&error))
                    };
                    let _ = reply.send(result);
                }
            }
        }
    }

    async fn take_in_alone(&mut self, deliveries: &[Delivery], range: Range<usize>) -> Result<Replies, StoreError> {
        let deliveries = deliveries.get(range).unwrap_or_default();
        self.take_in(deliveries).await.map_err(store_error)
    }

    async fn take_in(&mut self, deliveries: &[Delivery]) -> Sql<Replies> {
        self.transaction(async |ledger| ledger.take_in(deliveries).await).await
    }

    async fn small_job(&mut self, job: Job) {
        match job {
            Job::Decide { command, ruling, reply } => {
                let result = self.transaction(async |ledger| rulings::decide(ledger, command, ruling).await).await;
                let _ = reply.send(result.map_err(store_error));
            }
            Job::Accounts(accounts, reply) => {
                let add = async |ledger: &mut Ledger<'_>| accounts::add(ledger.connection, &accounts).await;
                let added = self.transaction(add).await.map_err(store_error);
                let _ = reply.send(match added {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(AccountError::LoginTaken),
                    Err(error) => Err(error.into()),
                });
            }
            Job::CloseAccount { login, now, reply } => {
                let result = self.transaction(async |ledger| accounts::close(ledger, &login, now).await).await;
                let _ = reply.send(result.map_err(store_error));
            }
            Job::SetPassword { login, hash, reply } => {
                let set = async |ledger: &mut Ledger<'_>| accounts::password(ledger, &login, &hash).await;
                let _ = reply.send(self.transaction(set).await.map_err(store_error));
            }
            Job::CountTry { login_hash, now, reply } => {
                let count =
                    async |ledger: &mut Ledger<'_>| sessions::count_try(ledger.connection, &login_hash, now).await;
                let _ = reply.send(self.transaction(count).await.map_err(store_error));
            }
            Job::ForgetTries { login_hash, reply } => {
                let forget =
                    async |ledger: &mut Ledger<'_>| sessions::forget_tries(ledger.connection, &login_hash).await;
                let _ = reply.send(self.transaction(forget).await.map_err(store_error));
            }
            Job::StartSession(session, reply) => {
                let result = self.transaction(async |ledger| sessions::start(ledger, &session).await).await;
                let _ = reply.send(result.map_err(store_error));
            }
            Job::MoveSession { token_hash, now, expires, reply } => {
                let moved = async |ledger: &mut Ledger<'_>| {
                    sessions::move_end(ledger.connection, &token_hash, now, expires).await
                };
                let _ = reply.send(self.transaction(moved).await.map_err(store_error));
            }
            Job::EndSession(token_hash, reply) => {
                let end = async |ledger: &mut Ledger<'_>| sessions::end(ledger.connection, &token_hash).await;
                let _ = reply.send(self.transaction(end).await.map_err(store_error));
            }
            Job::Arrived(arrived, reply) => {
                let result = self.transaction(async |ledger| blobs::arrived(ledger, &arrived).await).await;
                let _ = reply.send(result.map_err(store_error));
            }
            Job::Check(reply) => {
                let check = async |ledger: &mut Ledger<'_>| sessions::check(ledger.connection).await;
                let _ = reply.send(self.transaction(check).await.map_err(store_error));
            }
            Job::Push(_) | Job::Close(_) => {}
        }
    }

    /// One transaction. What fails leaves nothing behind: neither in the database nor in memory.
    async fn transaction<T>(&mut self, work: impl AsyncFnOnce(&mut Ledger<'_>) -> Sql<T>) -> Sql<T> {
        let result = self.commit(work).await;
        match result {
            Ok((done, settled)) => {
                for (id, community) in settled.communities {
                    self.communities.put(id, community);
                }
                self.news.tell(&settled.heads);
                if !settled.ended.is_empty() {
                    self.keep_ended(settled.ended, settled.has_erased).await;
                }
                Ok(done)
            }
            Err(error) => {
                self.disconnect().await;
                Err(error)
            }
        }
    }

    /// Something has ended for good: neither the file system nor a backup brings it back.
    async fn keep_ended(&mut self, ended: Vec<String>, has_erased: bool) {
        if has_erased {
            self.empty_wal().await;
        }
        let database = self.options.get_filename();
        let is_noted = match &mut self.connection {
            _ if self.is_noted.load(Ordering::Relaxed) => ended::note_beside(ended, database).await,
            Some(connection) => ended::keep_beside(connection, database).await,
            None => false,
        };
        self.is_noted.store(is_noted, Ordering::Relaxed);
    }

    /// Takes what was erased out of the WAL. Where readers are in the way, that is tried at every look until it is done.
    async fn empty_wal(&mut self) {
        let was_left = self.wal_has_erased;
        let emptied = wal::empty(self.options.get_filename(), Duration::ZERO).await;
        self.wal_has_erased = !matches!(emptied, Ok(true));
        match emptied {
            Ok(true) => {}
            // Said once.
            _ if was_left => {}
            Ok(false) => tracing::info!("erased words stay in the write-ahead log until nobody reads them any more"),
            Err(error) => tracing::warn!(%error, "erased words stay in the write-ahead log; it is tried again"),
        }
    }

    async fn commit<T>(&mut self, work: impl AsyncFnOnce(&mut Ledger<'_>) -> Sql<T>) -> Sql<(T, Settled)> {
        self.connect().await?;
        let Self { connection: Some(connection), memory, communities, .. } = self else {
            return Err(sqlx::Error::WorkerCrashed);
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut ledger = Ledger::open(&mut transaction, memory, communities).await?;
        let done = work(&mut ledger).await?;
        for trouble in &ledger.troubles {
            tracing::error!(command = %trouble.id, record = %trouble.record, "a record of a newer version, or damaged");
        }
        let settled = ledger.settled();
        transaction.commit().await?;
        Ok((done, settled))
    }

    /// Opens the connection where there is none. Where the path names another file by now, nothing is written any
    /// more until the old one is back or the server is started anew: readers, epoch and news are those of the old one,
    /// and what went into the new one would be acknowledged under an epoch that it does not belong to.
    async fn connect(&mut self) -> Sql<()> {
        if FileIdentity::of(self.options.get_filename())? != self.file {
            return Err(
                std::io::Error::other("the database was replaced under the running server: start it anew").into()
            );
        }
        if self.connection.is_none() {
            self.memory = Memory::default();
            self.connection = Some(connection::writer(&self.options).await?);
        }
        Ok(())
    }

    async fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Whatever was not committed is rolled back by closing; an error here has no one left to tell.
            let _ = connection.close().await;
        }
    }
}

/// Takes further pushes from the queue, and the first job that is something else.
fn gather(first: Push, queue: &mut mpsc::Receiver<Job>) -> (Vec<Push>, Option<Job>) {
    let size = |push: &Push| push.deliveries.iter().map(|delivery| delivery.arrivals.len()).sum::<usize>();
    let mut commands = size(&first);
    let mut group = vec![first];
    while commands < GROUP_COMMANDS {
        match queue.try_recv() {
            Ok(Job::Push(push)) => {
                commands += size(&push);
                group.push(push);
            }
            Ok(other) => return (group, Some(other)),
            Err(_) => break,
        }
    }
    (group, None)
}
