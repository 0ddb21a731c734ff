//! The one task that writes.
//!
//! Jobs wait in a bounded queue. The writer takes what is there, fetches with one query per kind of thing what it
//! touches, decides all of it in memory, writes table by table, commits once (one flush to disk for all), and only
//! then answers. Reads never wait for it: SQLite's WAL lets them see the last commit.
//!
//! | step | module |
//! |---|---|
//! | read and hash, in the task of whoever asks | [`arrival`] |
//! | wait | [`job`] |
//! | fetch what the group touches | [`fetch`], [`places`] |
//! | decide | [`group`] |
//! | write | [`mod@write`] |
//!
//! A fault must not spread: when a group fails for a reason that lies in it, its jobs are tried one by one. When the
//! database is busy, full, read-only or gone, everybody is told to try again, nothing counts as stored, and the
//! connection is opened anew for the next job.

mod arrival;
mod blobs;
mod fetch;
mod fill;
mod group;
mod job;
mod places;
mod sessions;
mod write;

pub(super) use arrival::Delivery;
pub(super) use fill::{login_hash, login_key};
pub(super) use job::{Arrived, NewSession, Writer};

use super::{
    connection::{self, FileIdentity},
    failure::{AccountError, Sql, shared_error, store_error, unavailable},
};
use app::store::StoreError;
use fetch::Heads;
use group::Group;
use job::{Job, Push, Replies};
use places::Places;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Commands that are decided together. More would not make a commit cheaper, only answers later.
const GROUP_COMMANDS: usize = 2_000;

/// Starts the writer. It ends when it is closed or nobody is left to ask, and `keeper` with it, last of all.
pub(super) fn start(
    options: SqliteConnectOptions,
    keeper: SqliteConnection,
    news: watch::Sender<i64>,
) -> Result<Writer, StoreError> {
    let file = FileIdentity::of(options.get_filename()).map_err(store_error)?;
    let (writer, queue) = Writer::channel();
    let task = Task { options, file, news, connection: None, places: Places::default() };
    tokio::spawn(task.run(queue, keeper));
    Ok(writer)
}

struct Task {
    options: SqliteConnectOptions,
    file: FileIdentity,
    news: watch::Sender<i64>,
    connection: Option<SqliteConnection>,
    places: Places,
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Job>, keeper: SqliteConnection) {
        let mut closed = None;
        while let Some(job) = queue.recv().await {
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

    async fn push(&mut self, group: Vec<Push>) {
        let deliveries: Vec<&[Delivery]> = group.iter().map(|push| push.deliveries.as_slice()).collect();
        match self.commit(&deliveries).await {
            Ok(replies) => {
                for (push, replies) in group.into_iter().zip(replies) {
                    let _ = push.reply.send(Ok(replies));
                }
            }
            Err(error) => {
                self.disconnect().await;
                let error = Arc::new(error);
                let fault_is_inside = matches!(shared_error(&error), StoreError::Failed(_));
                for push in group {
                    let result = if fault_is_inside {
                        self.push_alone(&push.deliveries).await
                    } else {
                        Err(shared_error(&error))
                    };
                    let _ = push.reply.send(result);
                }
            }
        }
    }

    async fn push_alone(&mut self, deliveries: &[Delivery]) -> Result<Replies, StoreError> {
        let result = self.commit(&[deliveries]).await;
        if result.is_err() {
            self.disconnect().await;
        }
        result.map(|mut replies| replies.pop().unwrap_or_default()).map_err(store_error)
    }

    /// One transaction for all jobs of a group; replies per job.
    async fn commit(&mut self, jobs: &[&[Delivery]]) -> Sql<Vec<Replies>> {
        self.connect().await?;
        let Self { connection: Some(connection), places, news, .. } = self else {
            return Err(sqlx::Error::WorkerCrashed);
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut heads = Heads::fetch(&mut transaction).await?;
        if places.version != Some(heads.version) {
            *places = Places::load(&mut transaction, heads.version).await?;
        }
        let deliveries: Vec<&Delivery> = jobs.iter().copied().flatten().collect();
        let mut replies = Vec::with_capacity(deliveries.len());
        for chunk in chunks(&deliveries) {
            let mut group = Group::fetch(&mut transaction, places, heads.heads, chunk).await?;
            replies.extend(group.decide(chunk));
            group.write(&mut transaction).await?;
            heads.heads = group.heads;
        }
        let newest = heads.newest();
        transaction.commit().await?;
        tell(news, newest);
        let mut replies = replies.into_iter();
        Ok(jobs.iter().map(|job| replies.by_ref().take(job.len()).collect()).collect())
    }

    async fn small_job(&mut self, job: Job) {
        match job {
            Job::Seed(seed, reply) => {
                let result =
                    self.fill(async |connection| fill::seed(connection, &seed).await.map_err(store_error)).await;
                let _ = reply.send(result);
            }
            Job::Account(account, reply) => {
                let result: Result<(), AccountError> =
                    self.fill(async |connection| fill::account(connection, &account).await).await;
                let _ = reply.send(result);
            }
            Job::CloseAccount { login, now, reply } => {
                let mut known = false;
                let close = async |connection: &mut SqliteConnection| {
                    known = fill::close(connection, &login, now).await.map_err(store_error)?;
                    Ok(())
                };
                let result: Result<(), StoreError> = self.fill(close).await;
                let _ = reply.send(result.map(|()| known));
            }
            Job::SetPassword { login, hash, reply } => {
                let result = self.transaction(async |connection| fill::password(connection, &login, &hash).await).await;
                let _ = reply.send(result);
            }
            Job::CountTry { login_hash, now, reply } => {
                let result =
                    self.transaction(async |connection| sessions::count_try(connection, &login_hash, now).await);
                let _ = reply.send(result.await);
            }
            Job::ForgetTries { login_hash, reply } => {
                let result = self.transaction(async |connection| sessions::forget_tries(connection, &login_hash).await);
                let _ = reply.send(result.await);
            }
            Job::StartSession(session, reply) => {
                let result = self.transaction(async |connection| sessions::start(connection, &session).await);
                let _ = reply.send(result.await);
            }
            Job::Arrived(arrived, reply) => {
                let _ = reply.send(self.take_arrival(&arrived).await);
            }
            Job::ProlongSession { token_hash, now, reply } => {
                let result = self.transaction(async |connection| sessions::prolong(connection, &token_hash, now).await);
                let _ = reply.send(result.await);
            }
            Job::EndSession(token_hash, reply) => {
                let result = self.transaction(async |connection| sessions::end(connection, &token_hash).await);
                let _ = reply.send(result.await);
            }
            Job::Check(reply) => {
                let _ = reply.send(self.transaction(async |connection| sessions::check(connection).await).await);
            }
            Job::Push(_) | Job::Close(_) => {}
        }
    }

    /// A blob is here, and everybody who may see an entry that names it hears of it. Once more changes nothing.
    async fn take_arrival(&mut self, arrived: &Arrived) -> Result<(), StoreError> {
        let mut places = std::mem::take(&mut self.places);
        let work = async |connection: &mut SqliteConnection| {
            let heads = Heads::fetch(connection).await?;
            if places.version != Some(heads.version) {
                places = Places::load(connection, heads.version).await?;
            }
            blobs::insert(connection, arrived).await?;
            let mut group = Group::fetch_naming(connection, &places, heads.heads, arrived).await?;
            group.take_arrival(&arrived.sha256, arrived.at);
            group.write(connection).await?;
            Ok(group.heads.values().sum::<i64>())
        };
        let newest = self.transaction(work).await?;
        self.places = places;
        tell(&self.news, newest);
        Ok(())
    }

    async fn transaction<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Sql<T>,
    ) -> Result<T, StoreError> {
        self.within(async |connection| work(connection).await.map_err(store_error)).await
    }

    /// Work that gives feed positions and changes who is what where.
    async fn fill<E: From<StoreError>>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), E>,
    ) -> Result<(), E> {
        let work = async |connection: &mut SqliteConnection| {
            work(connection).await?;
            Ok(Heads::fetch(connection).await.map_err(store_error)?.newest())
        };
        let result = self.within(work).await;
        // Our own commits leave `data_version` as it is.
        self.places = Places::default();
        result.map(|newest| tell(&self.news, newest))
    }

    async fn within<T, E: From<StoreError>>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = self.try_within(work).await;
        if result.is_err() {
            self.disconnect().await;
        }
        result
    }

    async fn try_within<T, E: From<StoreError>>(
        &mut self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connect().await.map_err(store_error)?;
        let connection = self.connection.as_mut().ok_or_else(|| unavailable("no connection"))?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(store_error)?;
        let done = work(&mut transaction).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(done)
    }

    /// Opens the connection where there is none. Where the path names another file by now, nothing is written any
    /// more until the old one is back or the server is started anew: readers, epoch and news are those of the old one,
    /// and what went into the new one would be acknowledged under a life that it does not belong to.
    async fn connect(&mut self) -> Sql<()> {
        if FileIdentity::of(self.options.get_filename())? != self.file {
            return Err(
                std::io::Error::other("the database was replaced under the running server: start it anew").into()
            );
        }
        if self.connection.is_none() {
            self.connection = Some(connection::writer(&self.options).await?);
            self.places = Places::default();
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

/// Cuts a large load into pieces that fit into memory.
fn chunks<'s, 'd>(mut deliveries: &'s [&'d Delivery]) -> impl Iterator<Item = &'s [&'d Delivery]> {
    std::iter::from_fn(move || {
        let mut commands = 0;
        let fits = |delivery: &&&Delivery| {
            commands += delivery.arrivals.len();
            commands <= GROUP_COMMANDS
        };
        let count = deliveries.iter().take_while(fits).count().max(1);
        let (chunk, rest) = deliveries.split_at_checked(count)?;
        deliveries = rest;
        Some(chunk)
    })
}

/// Tells the sum of all positions, which also counts what another process (the command line) has committed.
fn tell(news: &watch::Sender<i64>, newest: i64) {
    news.send_if_modified(|position| {
        let rises = newest > *position;
        *position = newest.max(*position);
        rises
    });
}
