//! What has ended and must not come back with a backup: words that were erased, posts that were ended, passwords that open
//! nothing any more. The database knows it; a list of it lies beside every backup and beside the database file, because a
//! backup from before knows nothing of it. In it are ids, hashes and the commands that ended something, and nobody's words.
//!
//! A list is lines of JSON. It is added to, and written anew where the bytes of a command in it were erased. What a backup
//! knows already is passed over. What a restore finds and does not need goes on in a table of its own, into every later list:
//! another backup may need it.

mod list;

pub(super) use list::{beside, keep_beside, lines, note_beside, of_decision, of_password};

use super::{
    failure::{Sql, decode_error},
    rows, table,
    writer::Ledger,
};
use domain::{
    kernel::{Command, CommandId, CommunityId, PersonId, RecordKey, Timestamp, Unreadable, json},
    kinds::Kinds,
    sync::{
        Outcome,
        decide::{Delivery, Ruling},
    },
};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, collections::HashSet};
use uuid::Uuid;

/// The list of a backup, in its folder.
pub(super) const IN_BACKUP: &str = "ended.jsonl";

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    /// A command that has ended something, or waits for the record whose words it erases. It is carried out again, at the
    /// times at which it came.
    Command {
        bytes: String,
        sent_at: i64,
        received: i64,
        /// It had come too late, and somebody has decided that it counts.
        ruling: Option<Counts>,
    },
    /// What is kept of a command whose bytes were erased: whoever offers it again brings nothing back.
    Erased(Box<KnownByHash>),
    /// How often a password of somebody has ceased to open anything.
    Passwords { person: PersonId, ends: i64 },
}

/// Why a command that was held counts, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    why: String,
    at: i64,
}

/// A line of a list, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    text: String,
    ended: Ended,
}

/// A command without its bytes, as its columns are kept; bytes are hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownByHash {
    id: String,
    sha256: String,
    community: CommunityId,
    actor: String,
    device: String,
    written: i64,
    clock_offset: Option<i64>,
    sent_at: i64,
    received: i64,
    kind: String,
    about: String,
    other_keys: Option<String>,
    act: String,
    number: Option<String>,
    /// `None`: it was in force.
    rejection: Option<String>,
}

/// What a restore has ended again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndedAgain {
    /// Records whose words were erased after the backup.
    pub erased: Vec<RecordKey>,
    /// People whose posts ended after the backup, some or all, by name.
    pub posts: Vec<String>,
    /// Logins whose password was replaced or taken away after the backup: they need another one.
    pub passwords: Vec<String>,
    /// Commands that ended something and are not in force in what was restored, with what was said to them.
    pub not_in_force: Vec<String>,
    /// Lines about communities that the backup does not have.
    pub passed_over: usize,
    /// Whether bytes were removed.
    pub(super) has_erased: bool,
}

/// Reads a list.
///
/// # Errors
/// How many lines cannot be read. The last one may be cut by a loss of power: it is in the database, too.
pub(super) fn read(list: &str) -> Result<Vec<Line>, usize> {
    let whole = list.rfind('\n').map_or("", |end| &list[..end]);
    let read = |line: &str| json::read(line.as_bytes()).map(|ended| Line { text: line.to_owned(), ended });
    let (read, unreadable): (Vec<_>, Vec<_>) = whole.lines().map(read).partition(Result::is_ok);
    if unreadable.is_empty() { Ok(read.into_iter().flatten().collect()) } else { Err(unreadable.len()) }
}

/// The commands, by id, that lines say are known by their hash alone, and that another line may have the bytes of.
fn known_by_hash(lines: impl Iterator<Item = impl Borrow<Ended>>) -> HashSet<CommandId> {
    let kinds = Kinds::all();
    let ids = lines.filter_map(|line| match line.borrow() {
        Ended::Erased(command) if kinds.outlives_restore(&command.act) => {
            Uuid::try_parse(&command.id).ok().map(CommandId::from)
        }
        Ended::Erased(_) | Ended::Command { .. } | Ended::Passwords { .. } => None,
    });
    ids.collect()
}

/// Whether a line has the bytes of one of these commands.
fn is_command_of(line: &Ended, ids: &HashSet<CommandId>) -> bool {
    let Ended::Command { bytes, .. } = line else { return false };
    !ids.is_empty() && Command::read(bytes).is_ok_and(|command| ids.contains(&command.head.id))
}

/// Ends in a restored database what the lists say has ended.
pub(super) async fn carry_out(ledger: &mut Ledger<'_>, mut list: Vec<Line>) -> Sql<EndedAgain> {
    // Several lists have the same lines, and an older one has commands whose bytes were erased since.
    let mut texts = HashSet::new();
    let erased = known_by_hash(list.iter().map(|line| &line.ended));
    list.retain(|line| texts.insert(line.text.clone()) && !is_command_of(&line.ended, &erased));
    let mut again = EndedAgain::default();
    let (mut commands, mut by_hash) = (Vec::new(), Vec::new());
    for line in &list {
        match &line.ended {
            Ended::Passwords { person, ends } => again.passwords.extend(end_password(ledger, *person, *ends).await?),
            Ended::Command { bytes, sent_at, received, ruling } => {
                let command = Command::read(bytes).map_err(decode_error)?;
                if ledger.heads.contains_key(&command.head.community()) {
                    let times = (Timestamp::from_millis(*sent_at), Timestamp::from_millis(*received));
                    commands.push((command, bytes, times, ruling.as_ref()));
                } else {
                    again.passed_over += 1;
                }
            }
            Ended::Erased(command) if ledger.heads.contains_key(&command.community) => by_hash.push(&**command),
            Ended::Erased(_) => again.passed_over += 1,
        }
    }
    // One command may stand there twice, before somebody decided that it counts and after it; and in the order of arrival.
    let decided: HashSet<_> =
        commands.iter().filter(|(.., ruling)| ruling.is_some()).map(|(command, ..)| command.head.id).collect();
    let mut seen = HashSet::new();
    commands.retain(|(command, .., ruling)| {
        (ruling.is_some() || !decided.contains(&command.head.id)) && seen.insert(command.head.id)
    });
    commands.sort_by_key(|(_, _, (_, received), _)| *received);
    for (command, bytes, (sent_at, received), ruling) in commands {
        let head = |ledger: &Ledger<'_>| ledger.heads.get(&command.head.community()).map(|head| head.head);
        let before = head(ledger);
        let ruling =
            ruling.map(|Counts { why, at }| Ruling { accept: true, why: why.clone(), at: Timestamp::from_millis(*at) });
        let delivery = match &ruling {
            Some(ruling) => Delivery::decided(bytes.clone(), sent_at, received, ruling.clone()),
            None => Delivery::again(bytes.clone(), sent_at, received),
        };
        let replies = ledger.take_in(&[delivery]).await?;
        let Some(reply) = replies.into_iter().flatten().next() else { continue };
        match reply.outcome {
            // A later reason for what is erased.
            Outcome::Accepted { .. }
                if head(ledger) == before && ledger.communities.kinds().erases(command.act_name()) => {}
            Outcome::Accepted { .. } if head(ledger) == before => forget(ledger, &command).await?,
            Outcome::Accepted { .. } => {
                keep_ruling(ledger, &command, ruling).await?;
                again.note(ledger, &command).await?;
            }
            // The backup has it; or not even the record that it is about.
            Outcome::Duplicate { .. } | Outcome::Parked { .. } => {}
            Outcome::UnknownAct => return Err(newer(&command)),
            Outcome::Rejected { reason } => again.not_in_force.push(format!("{}: {}", command.head.id, reason.says)),
            outcome => again.not_in_force.push(format!("{}: {outcome:?}", command.head.id)),
        }
    }
    again.has_erased = !by_hash.is_empty() || !again.erased.is_empty();
    know_by_hash(ledger, &by_hash).await?;
    list::keep(ledger.connection, list.iter().map(|line| line.text.as_str()).collect()).await?;
    Ok(again)
}

impl EndedAgain {
    async fn note(&mut self, ledger: &mut Ledger<'_>, command: &Command) -> Sql<()> {
        let first = command.head.first();
        if ledger.communities.kinds().erases(command.act_name()) {
            self.erased.push(first.clone());
            return Ok(());
        }
        let person = PersonId::from(first.id);
        let directory = ledger.directory(first.community).await?.map(|(directory, _)| directory);
        let name = directory.and_then(|directory| directory.person(person).map(|card| card.name.clone()));
        let name = name.unwrap_or_else(|| person.to_string());
        if !self.posts.contains(&name) {
            self.posts.push(name);
        }
        Ok(())
    }
}

/// What it ended has not come back, and may still be brought by a phone: then that brings this command after it.
async fn forget(ledger: &mut Ledger<'_>, command: &Command) -> Sql<()> {
    let sql = "DELETE FROM command WHERE id = $1";
    sqlx::query(sql).bind(rows::blob(command.head.id)).execute(&mut *ledger.connection).await?;
    Ok(())
}

/// What was decided about a command stays with it.
async fn keep_ruling(ledger: &mut Ledger<'_>, command: &Command, ruling: Option<Ruling>) -> Sql<()> {
    let Some(Ruling { why, at, .. }) = ruling else { return Ok(()) };
    let sql = "UPDATE command SET ruling = 1, ruling_why = $1, ruled_at = $2 WHERE id = $3";
    let query = sqlx::query(sql).bind(why).bind(at.millis()).bind(rows::blob(command.head.id));
    query.execute(&mut *ledger.connection).await?;
    Ok(())
}

/// Takes a password away that had ceased to open anything. Says whose it was.
async fn end_password(ledger: &mut Ledger<'_>, person: PersonId, ends: i64) -> Sql<Option<String>> {
    let sql = "UPDATE account SET password_hash = NULL, password_ends = $1 WHERE person = $2 AND password_ends < $1
        RETURNING login";
    sqlx::query_scalar(sql).bind(ends).bind(rows::blob(person)).fetch_optional(&mut *ledger.connection).await
}

/// Files commands under their hashes, also those whose bytes the backup still has. What was in force is told as done, with
/// the effect that is there.
async fn know_by_hash(ledger: &mut Ledger<'_>, commands: &[&KnownByHash]) -> Sql<()> {
    let position = |one: &KnownByHash| ledger.heads.get(&one.community).map(|head| (head.number, head.head));
    let table: Vec<_> = commands.iter().filter_map(|one| Some((position(one)?, one))).collect();
    let sql = "INSERT INTO command (id, sha256, community, actor, device, written, clock_offset, sent_at, received, kind,
            about, other_keys, act, position, number, held, rejection, is_final, outlives)
        SELECT unhex(c ->> 'id'), unhex(c ->> 'sha256'), number, unhex(c ->> 'actor'), unhex(c ->> 'device'),
            c ->> 'written', c ->> 'clock_offset', c ->> 'sent_at', c ->> 'received', c ->> 'kind', unhex(c ->> 'about'),
            c ->> 'other_keys', c ->> 'act', CASE WHEN c ->> 'rejection' IS NULL THEN head END, c ->> 'number', 0,
            c ->> 'rejection', c ->> 'rejection' IS NOT NULL, 0
        FROM (SELECT value ->> '$[0][0]' AS number, value ->> '$[0][1]' AS head, value -> '$[1]' AS c FROM json_each($1))
        WHERE true
        ON CONFLICT (id) DO UPDATE SET bytes = NULL, waits_for = NULL, held = 0,
            rejection = CASE WHEN command.position IS NULL THEN excluded.rejection END,
            is_final = CASE WHEN command.position IS NULL THEN excluded.is_final ELSE command.is_final END,
            position = coalesce(command.position, excluded.position)
        WHERE command.bytes IS NOT NULL";
    table::run(ledger.connection, sql, &table).await?;
    let ids: Vec<&str> = commands.iter().map(|one| one.id.as_str()).collect();
    let sql = "DELETE FROM conflict WHERE command IN (SELECT unhex(value) FROM json_each($1))";
    table::run(ledger.connection, sql, &ids).await
}

fn newer(command: &Command) -> sqlx::Error {
    let detail = format!("{} in a list of what has ended: only a newer version can restore it", command.act_name());
    decode_error(Unreadable { is_newer: true, detail })
}
