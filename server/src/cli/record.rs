//! `watchlog record …`

use super::{
    CommandError, noted,
    organisation::{Organisation, act, command},
    output::say,
    with_store,
};
use crate::{
    clock::now,
    config::DatabaseOptions,
    store::{SqliteStore, overwrite_erased},
};
use clap::{ArgGroup, Args, Subcommand};
use domain::{
    kernel::{Actor, Command, CommandId, Record as _, RecordKey},
    log::{self, Entry},
    residents::{self, Resident},
    store::Store,
    sync::{CommandReply, Outcome},
};
use std::time::Duration;
use uuid::Uuid;

/// How long is waited for whoever reads the state from before. Longer reads only a backup.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Subcommand)]
pub(super) enum Record {
    /// Set an entry or a resident aside: it is kept, leaves the lists and takes nothing more
    SetAside(Ended),
    /// Take the words of an entry, or all that is known of a resident, away for good, on every device and in the trail
    ///
    /// The database file is written anew for it. A running server takes nothing in until that is done: after five seconds
    /// it asks phones to come again, and nothing is lost.
    ///
    /// Where the reason itself says too much: run it once more with another one, which takes its place, but not in backups from before.
    Erase(Ended),
    /// What waits for a decision: it came so late that the post of its author had long ended
    Held(Held),
    /// Decide about what waits: it counts as if it had come in time, or never
    Decide(Decide),
}

/// Which record comes to an end, and why.
#[derive(Debug, Args)]
pub(super) struct Ended {
    /// The entry or resident: COMMUNITY/KIND/ID, or the ID alone as it stands in the address of an entry's page
    #[arg(value_parser = named)]
    key: Named,
    /// Why, without anybody's name or words; it stays in the trail, and is said on the entry's page
    #[arg(long, value_name = "TEXT", value_parser = super::not_empty)]
    why: String,
    #[command(flatten)]
    database: DatabaseOptions,
}

#[derive(Debug, Args)]
pub(super) struct Held {
    #[command(flatten)]
    database: DatabaseOptions,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("decision").required(true).args(["accept", "reject"])))]
pub(super) struct Decide {
    /// The command, or the record that it is about, as `watchlog record held` names them
    #[arg(value_name = "KEY|COMMAND", value_parser = named)]
    what: Named,
    /// It counts, as if it had come in time
    #[arg(long)]
    accept: bool,
    /// It never counts; its author is told so
    #[arg(long)]
    reject: bool,
    /// Why; it is kept beside the command
    #[arg(long, value_name = "TEXT", value_parser = super::not_empty)]
    why: String,
    #[command(flatten)]
    database: DatabaseOptions,
}

/// A record by its key, or anything by its id alone.
#[derive(Clone, Debug)]
enum Named {
    Key(RecordKey),
    Id(Uuid),
}

fn named(raw: &str) -> Result<Named, String> {
    let id = || Uuid::try_parse(raw).map(Named::Id);
    raw.parse()
        .map(Named::Key)
        .or_else(|_| id())
        .map_err(|_| "expected COMMUNITY/KIND/ID or an ID, each ID as 01890000-0000-7000-8000-000000000001".to_owned())
}

impl Named {
    fn names(&self, command: &Command) -> bool {
        match self {
            Self::Key(key) => command.head.about.contains(key),
            Self::Id(id) => {
                command.head.id == CommandId::from(*id) || command.head.about.iter().any(|key| key.id == *id)
            }
        }
    }
}

impl Record {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::SetAside(one) => one.set_aside().await,
            Self::Erase(one) => one.erase().await,
            Self::Held(held) => held.run().await,
            Self::Decide(decide) => decide.run().await,
        }
    }
}

/// How a record comes to an end.
#[derive(Clone, Copy)]
enum End {
    SetAside,
    Erase,
}

impl Ended {
    async fn set_aside(self) -> Result<(), CommandError> {
        let (key, _) = self.carry_out(End::SetAside).await?;
        say!("{key} is set aside; phones hear of it with their next pull");
        Ok(())
    }

    async fn erase(self) -> Result<(), CommandError> {
        let (key, has_noted) = self.carry_out(End::Erase).await?;
        say!(
            "{key} is erased; the file is written anew now, and a running server may ask phones to come again meanwhile"
        );
        overwrite_erased(self.database.database.path(), PATIENCE).await.map_err(|error| CommandError {
            message: format!("the files of the database still have traces of {key}: run this once more ({error})"),
            code: 1,
        })?;
        say!(
            "the words of {key} are gone here, and go from each phone with its next pull; files of photos go in two days"
        );
        say!("backups from before still have them: delete those, or keep them where nobody reads them");
        noted(has_noted)
    }

    /// Says what it was done to, and whether the list of what has ended knows of it.
    async fn carry_out(&self, end: End) -> Result<(RecordKey, bool), CommandError> {
        with_store(&self.database.database, async |store| {
            let key = find(store, &self.key, end).await?;
            act(store, vec![end.command(&key, self.why.clone())?]).await?;
            Ok((key, store.has_noted_ended()))
        })
        .await
    }
}

impl End {
    const fn done(self) -> &'static str {
        match self {
            Self::SetAside => "set aside",
            Self::Erase => "erased",
        }
    }

    fn command(self, key: &RecordKey, why: String) -> Result<Command, CommandError> {
        let about = vec![key.clone()];
        match (self, key.kind == Entry::KIND) {
            (Self::SetAside, true) => command(about, &log::Act::SetAsideEntry { why }),
            (Self::SetAside, false) => command(about, &residents::Act::SetAsideResident { why }),
            (Self::Erase, true) => command(about, &log::Act::EraseEntry { why }),
            (Self::Erase, false) => command(about, &residents::Act::EraseResident { why }),
        }
    }
}

/// The entry or resident that is meant, where it is here.
async fn find(store: &SqliteStore, named: &Named, end: End) -> Result<RecordKey, CommandError> {
    const KINDS: [&str; 2] = [Entry::KIND, Resident::KIND];
    let candidates: Vec<RecordKey> = match named {
        Named::Key(key) if KINDS.iter().all(|kind| key.kind != *kind) => {
            return Err(CommandError::usage(format!("{key} is no entry or resident, and cannot be {}", end.done())));
        }
        Named::Key(key) => vec![key.clone()],
        Named::Id(id) => {
            let communities = Organisation::of(store).await?;
            let keys = |community| KINDS.map(|kind| RecordKey::new(community, kind, *id));
            communities.communities().flat_map(keys).collect()
        }
    };
    for key in candidates {
        if store.stored(&key).await?.is_some() {
            return Ok(key);
        }
    }
    Err(CommandError::usage("there is no such entry or resident"))
}

impl Held {
    async fn run(self) -> Result<(), CommandError> {
        let DatabaseOptions { database } = self.database;
        let (held, organisation) =
            with_store(&database, async |store| Ok((store.held().await?, Organisation::of(store).await?))).await?;
        for Command { head, act } in &held {
            let who = match head.actor {
                Actor::Person(person) => organisation.person(person),
                Actor::System(_) => "the system".to_owned(),
                Actor::Resident(_) => "a resident".to_owned(),
                Actor::Unknown {} => "somebody whom a newer version knows".to_owned(),
            };
            let at = head.corrected();
            let (day, clock) = (at.day(), at.clock());
            say!("{}\t{who}\t{day} {clock}\t{}\n\t{act}", head.id, head.first());
        }
        if held.is_empty() {
            say!("nothing waits for a decision");
        }
        Ok(())
    }
}

impl Decide {
    async fn run(self) -> Result<(), CommandError> {
        let Self { what, accept, reject: _, why, database: DatabaseOptions { database } } = self;
        let decided = with_store(&database, async |store| {
            let decided = decide(store, &what, accept, &why).await?;
            Ok((decided, store.has_noted_ended()))
        });
        let (decided, has_noted) = decided.await?;
        let mut refused = 0;
        for (id, reply) in decided {
            let became = match &reply.outcome {
                Outcome::Accepted { .. } | Outcome::Duplicate { .. } => "counts from now on".to_owned(),
                Outcome::Rejected { reason } if !accept => {
                    format!("never counts: its author is told “{}”", reason.says)
                }
                Outcome::Rejected { reason } => {
                    refused += 1;
                    format!("was not taken: {}", reason.says)
                }
                Outcome::Parked { waits_for } => format!("waits for {waits_for}"),
                other => format!("is as before: {other:?}"),
            };
            say!("{id} {became}");
        }
        match refused {
            0 => noted(has_noted),
            _ => Err(CommandError { message: format!("{refused} break another rule as well"), code: 1 }),
        }
    }
}

/// Decides about all that is meant, in the order in which it came.
async fn decide(
    store: &SqliteStore,
    what: &Named,
    accept: bool,
    why: &str,
) -> Result<Vec<(CommandId, CommandReply)>, CommandError> {
    let mut held = store.held().await?;
    held.retain(|command| what.names(command));
    let mut decided = Vec::new();
    for command in held {
        let id = command.head.id;
        decided.extend(store.decide(id, accept, why, now()).await?.map(|reply| (id, reply)));
    }
    if decided.is_empty() {
        return Err(CommandError::usage("nothing waits for a decision under this name: see `watchlog record held`"));
    }
    Ok(decided)
}
