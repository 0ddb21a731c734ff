//! What has ended and must not come back with a backup: words that were erased, posts that were ended, passwords that open
//! nothing any more (DESIGN.md 2, LESSONS.md L33). The database knows it; a list of it lies beside every backup and beside
//! the database file, because a backup from before knows nothing of it. In it are ids, hashes and the commands that ended
//! something, and nobody's words.
//!
//! A list is lines of JSON; it is only ever added to. What a backup knows already is passed over.

use super::{
    failure::{Sql, decode_error},
    rows, table,
    writer::Ledger,
};
use domain::{
    kernel::{Command, CommunityId, PersonId, RecordKey, Timestamp, Unreadable, json},
    kinds::Ends,
    sync::{Outcome, decide::Delivery},
};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The list of a backup, in its folder.
pub(super) const IN_BACKUP: &str = "ended.jsonl";
/// What the name of the list beside a database ends with.
const BESIDE_DATABASE: &str = "-ended.jsonl";

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    /// A command in force that has ended something. It is carried out again, at the times at which it came.
    Command { bytes: String, sent_at: i64, received: i64 },
    /// What is kept of a command whose bytes were erased: whoever offers it again brings nothing back.
    Erased(Box<KnownByHash>),
    /// How often a password of somebody has ceased to open anything.
    Passwords { person: PersonId, ends: i64 },
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

/// The list of a database, line by line.
pub(super) async fn lines(connection: &mut SqliteConnection) -> Sql<Vec<String>> {
    let commands = "SELECT json_object('command',
            json_object('bytes', bytes, 'sent_at', sent_at, 'received', received))
        FROM command WHERE outlives = 1 AND position IS NOT NULL ORDER BY arrival";
    let erased = "SELECT json_object('erased', json_object('id', lower(hex(c.id)), 'sha256', lower(hex(c.sha256)),
            'community', lower(hex(n.id)), 'actor', lower(hex(c.actor)), 'device', lower(hex(c.device)),
            'written', c.written, 'clock_offset', c.clock_offset, 'sent_at', c.sent_at, 'received', c.received,
            'kind', c.kind, 'about', lower(hex(c.about)), 'other_keys', c.other_keys, 'act', c.act,
            'number', c.number, 'rejection', c.rejection))
        FROM command c JOIN numbered n ON n.number = c.community WHERE c.bytes IS NULL ORDER BY c.arrival";
    let passwords = "SELECT json_object('passwords', json_object('person', lower(hex(person)), 'ends', password_ends))
        FROM account WHERE password_ends > 0 ORDER BY person";
    let mut lines = Vec::new();
    for sql in [commands, erased, passwords] {
        lines.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut *connection).await?);
    }
    Ok(lines)
}

/// Reads a list.
///
/// # Errors
/// How many lines cannot be read. The last one may be cut by a loss of power: it is in the database, too.
pub(super) fn read(list: &str) -> Result<Vec<Ended>, usize> {
    let whole = list.rfind('\n').map_or("", |end| &list[..end]);
    let read = |line: &str| json::read::<Ended>(line.as_bytes());
    let (read, unreadable): (Vec<_>, Vec<_>) = whole.lines().map(read).partition(Result::is_ok);
    if unreadable.is_empty() { Ok(read.into_iter().flatten().collect()) } else { Err(unreadable.len()) }
}

/// Where the list of a database lies.
pub(super) fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(BESIDE_DATABASE);
    name.into()
}

/// Brings the list beside a database up to date. What cannot be written now is written the next time, and said loudly.
pub(super) async fn keep_beside(connection: &mut SqliteConnection, database: &Path) {
    let list = beside(database);
    let kept = async {
        let lines = lines(connection).await.map_err(io::Error::other)?;
        let list = list.clone();
        tokio::task::spawn_blocking(move || add(&list, &lines)).await.map_err(io::Error::other)?
    };
    if let Err(error) = kept.await {
        let list = list.display();
        tracing::error!(%list, %error, "what was erased or closed would come back with an older backup: not noted");
    }
}

/// Adds what is not in a list. A line that was cut is taken off first.
fn add(list: &Path, lines: &[String]) -> io::Result<()> {
    let before = match fs::read(list) {
        Ok(before) => before,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let whole = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let known: HashSet<&[u8]> = before[..whole].split(|byte| *byte == b'\n').collect();
    let new: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !known.contains(line.as_bytes())).collect();
    if new.is_empty() {
        return Ok(());
    }
    let mut file = OpenOptions::new().create(true).append(true).open(list)?;
    if whole < before.len() {
        file.set_len(whole as u64)?;
    }
    file.write_all((new.join("\n") + "\n").as_bytes())?;
    file.sync_all()?;
    match list.parent() {
        Some(folder) if before.is_empty() && !folder.as_os_str().is_empty() => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Ends in a restored database what the lists say has ended.
pub(super) async fn carry_out(ledger: &mut Ledger<'_>, list: Vec<Ended>) -> Sql<EndedAgain> {
    let mut again = EndedAgain::default();
    let (mut commands, mut known_by_hash) = (Vec::new(), Vec::new());
    for line in list {
        match line {
            Ended::Passwords { person, ends } => again.passwords.extend(end_password(ledger, person, ends).await?),
            Ended::Command { bytes, sent_at, received } => {
                let command = Command::read(&bytes).map_err(decode_error)?;
                if ledger.heads.contains_key(&command.head.community()) {
                    commands.push((command, bytes, Timestamp::from_millis(sent_at), Timestamp::from_millis(received)));
                } else {
                    again.passed_over += 1;
                }
            }
            Ended::Erased(command) if ledger.heads.contains_key(&command.community) => known_by_hash.push(command),
            Ended::Erased(_) => again.passed_over += 1,
        }
    }
    // Several lists may name one command.
    let mut seen = HashSet::new();
    commands.retain(|(command, ..)| seen.insert(command.head.id));
    commands.sort_by_key(|(.., received)| *received);
    for (command, bytes, sent_at, received) in commands {
        let head = |ledger: &Ledger<'_>| ledger.heads.get(&command.head.community()).map(|head| head.head);
        let before = head(ledger);
        let replies = ledger.take_in(&[Delivery::again(bytes, sent_at, received)]).await?;
        let Some(reply) = replies.into_iter().flatten().next() else { continue };
        match reply.outcome {
            Outcome::Accepted { .. } if head(ledger) == before => forget(ledger, &command).await?,
            Outcome::Accepted { .. } => again.note(ledger, &command).await?,
            // The backup has it; or not even the record that it is about.
            Outcome::Duplicate { .. } | Outcome::Parked { .. } => {}
            Outcome::UnknownAct => return Err(newer(&command)),
            Outcome::Rejected { reason } => again.not_in_force.push(format!("{}: {}", command.head.id, reason.says)),
            outcome => again.not_in_force.push(format!("{}: {outcome:?}", command.head.id)),
        }
    }
    again.has_erased = !known_by_hash.is_empty();
    know_by_hash(ledger, &known_by_hash).await?;
    Ok(again)
}

impl EndedAgain {
    async fn note(&mut self, ledger: &mut Ledger<'_>, command: &Command) -> Sql<()> {
        let first = command.head.first();
        let ends = ledger.communities.kinds().act(command.act_name()).map(|(_, act)| act.ends);
        if ends == Some(Ends::Words) {
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

/// Takes a password away that had ceased to open anything. Says whose it was.
async fn end_password(ledger: &mut Ledger<'_>, person: PersonId, ends: i64) -> Sql<Option<String>> {
    let sql = "UPDATE account SET password_hash = NULL, password_ends = $1 WHERE person = $2 AND password_ends < $1
        RETURNING login";
    sqlx::query_scalar(sql).bind(ends).bind(rows::blob(person)).fetch_optional(&mut *ledger.connection).await
}

/// Files commands under their hashes, also those whose bytes the backup still has. What was in force is told as done, with
/// the effect that is there.
async fn know_by_hash(ledger: &mut Ledger<'_>, commands: &[Box<KnownByHash>]) -> Sql<()> {
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
