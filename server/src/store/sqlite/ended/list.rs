//! The list itself: its lines, as the database knows them, and the file beside the database.

use super::{Ended, is_command_of};
use crate::store::sqlite::{backup::unfinished as unfinished_suffix, failure::Sql, rows, table};
use domain::{
    kernel::{CommandId, PersonId, json},
    sync::decide::Decision,
};
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// What the name of the list beside a database ends with.
const BESIDE_DATABASE: &str = "-ended.jsonl";

/// What is in force, and what waits for its record: after a restore from a backup that lacks it.
const COMMANDS: &str = "SELECT json_object('command', json_object('bytes', bytes, 'sent_at', sent_at,
        'received', received,
        'ruling', json(CASE WHEN ruling = 1 THEN json_object('why', ruling_why, 'at', ruled_at) END)))
    FROM command WHERE outlives = 1 AND rejection IS NULL AND held = 0 AND bytes IS NOT NULL";
const ERASED: &str = "SELECT json_object('erased', json_object('id', lower(hex(c.id)), 'sha256', lower(hex(c.sha256)),
        'community', lower(hex(n.id)), 'actor', lower(hex(c.actor)), 'device', lower(hex(c.device)),
        'written', c.written, 'clock_offset', c.clock_offset, 'sent_at', c.sent_at, 'received', c.received,
        'kind', c.kind, 'about', lower(hex(c.about)), 'other_keys', c.other_keys, 'act', c.act,
        'number', c.number, 'rejection', c.rejection))
    FROM command c JOIN numbered n ON n.number = c.community WHERE c.bytes IS NULL";
const PASSWORDS: &str =
    "SELECT json_object('passwords', json_object('person', lower(hex(person)), 'ends', password_ends))
    FROM account WHERE password_ends > 0";

/// The list of a database, line by line.
pub(in crate::store::sqlite) async fn lines(connection: &mut SqliteConnection) -> Sql<Vec<String>> {
    let mut lines = known_here(connection).await?;
    let known: HashSet<&String> = lines.iter().collect();
    let sql = "SELECT line FROM ended ORDER BY arrival";
    let mut elsewhere: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
    elsewhere.retain(|line| !known.contains(line));
    lines.extend(elsewhere);
    Ok(lines)
}

/// What follows from the commands and accounts that are here.
async fn known_here(connection: &mut SqliteConnection) -> Sql<Vec<String>> {
    let mut lines = Vec::new();
    for (sql, order) in [(COMMANDS, "arrival"), (ERASED, "c.arrival"), (PASSWORDS, "person")] {
        let mut query = QueryBuilder::<Sqlite>::new(sql);
        query.push(" ORDER BY ").push(order);
        lines.extend(query.build_query_scalar::<String>().fetch_all(&mut *connection).await?);
    }
    Ok(lines)
}

/// The lines of what a decision has put an end to, when it is written.
pub(in crate::store::sqlite) async fn of_decision(
    connection: &mut SqliteConnection,
    decision: &Decision<'_>,
) -> Sql<Vec<String>> {
    let commands: Vec<_> = decision.ended.iter().map(|id| rows::hex(*id)).collect();
    let records: Vec<_> = decision.erased.iter().map(|(record, _)| rows::hex(record.id)).collect();
    let mut lines = among(connection, COMMANDS, "id", "arrival", &commands).await?;
    lines.extend(among(connection, ERASED, "c.about", "c.arrival", &records).await?);
    Ok(lines)
}

/// The line of somebody whose password has ceased to open anything.
pub(in crate::store::sqlite) async fn of_password(
    connection: &mut SqliteConnection,
    person: PersonId,
) -> Sql<Vec<String>> {
    among(connection, PASSWORDS, "person", "person", &[rows::hex(person)]).await
}

async fn among(
    connection: &mut SqliteConnection,
    sql: &'static str,
    column: &'static str,
    order: &'static str,
    ids: &[impl Serialize],
) -> Sql<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(sql);
    query.push(" AND ").push(column).push(" IN (SELECT unhex(value) FROM json_each(").push_bind(rows::table(ids)?);
    query.push(")) ORDER BY ").push(order);
    query.build_query_scalar().fetch_all(connection).await
}

/// Keeps the lines that a restore has read and that do not follow from what is restored: they stand in every later list.
pub(super) async fn keep(connection: &mut SqliteConnection, lines: Vec<&str>) -> Sql<()> {
    let known: HashSet<String> = known_here(connection).await?.into_iter().collect();
    let elsewhere: Vec<&str> = lines.into_iter().filter(|line| !known.contains(*line)).collect();
    let sql = "INSERT OR IGNORE INTO ended (line) SELECT value FROM json_each($1)";
    table::run(connection, sql, &elsewhere).await
}

/// Where the list of a database lies.
pub(in crate::store::sqlite) fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(BESIDE_DATABASE);
    name.into()
}

/// Brings the list beside a database up to date. What cannot be written is said loudly, and written the next time; says
/// whether all is noted.
pub(in crate::store::sqlite) async fn keep_beside(connection: &mut SqliteConnection, database: &Path) -> bool {
    let list = beside(database);
    is_noted(&list, lines(connection).await, add).await
}

/// Adds what has ended to the list beside a database, which has everything before it. As [`keep_beside`].
pub(in crate::store::sqlite) async fn note_beside(lines: Vec<String>, database: &Path) -> bool {
    is_noted(&beside(database), Ok(lines), append).await
}

async fn is_noted(list: &Path, lines: Sql<Vec<String>>, write: fn(&Path, &[String]) -> io::Result<()>) -> bool {
    let noted = async {
        let lines = lines.map_err(io::Error::other)?;
        let list = list.to_owned();
        let write = move || locked(&list, || write(&list, &lines));
        tokio::task::spawn_blocking(write).await.map_err(io::Error::other)?
    };
    let noted = noted.await;
    if let Err(error) = &noted {
        let list = list.display();
        tracing::error!(%list, %error, "what was erased or closed would come back with an older backup: not noted");
    }
    noted.is_ok()
}

/// Changes a list while no other process does: what one adds to a file whose place another one has just given to a new
/// file would be lost. The lock is on the folder, because the list itself is replaced.
fn locked(list: &Path, change: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let lock = File::open(folder)?;
    lock.lock()?;
    change()
}

/// Adds what is not in a list. A line that was cut is taken off first, and commands whose bytes were erased since.
fn add(list: &Path, lines: &[String]) -> io::Result<()> {
    let before = match fs::read(list) {
        Ok(before) => before,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let whole = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let known: HashSet<&[u8]> = before[..whole].split(|byte| *byte == b'\n').collect();
    let new: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !known.contains(line.as_bytes())).collect();
    let erased = known_by_hash(lines);
    let text = String::from_utf8_lossy(&before[..whole]);
    let is_gone = |line: &&str| !erased.is_empty() && ended(line).is_some_and(|line| is_command_of(&line, &erased));
    let (gone, stay): (Vec<&str>, Vec<&str>) = text.lines().partition(is_gone);
    if !gone.is_empty() {
        return write_anew(list, stay.into_iter().chain(new));
    }
    if new.is_empty() {
        return Ok(());
    }
    let mut file = OpenOptions::new().create(true).append(true).open(list)?;
    if whole < before.len() {
        file.set_len(whole as u64)?;
    }
    write_lines(&mut file, &new)?;
    if before.is_empty() { flush_folder(list) } else { Ok(()) }
}

/// The commands that these lines say are known by their hash alone.
fn known_by_hash(lines: &[String]) -> HashSet<CommandId> {
    let erased = lines.iter().filter(|line| line.starts_with("{\"erased\""));
    super::known_by_hash(erased.filter_map(|line| ended(line)))
}

/// What a line says, where it can be read.
fn ended(line: &str) -> Option<Ended> {
    json::read(line.as_bytes()).ok()
}

/// Puts a list in the place of the one that is there.
fn write_anew<'l>(list: &Path, lines: impl Iterator<Item = &'l str>) -> io::Result<()> {
    let mut unfinished = list.as_os_str().to_owned();
    unfinished.push(unfinished_suffix());
    let unfinished = PathBuf::from(unfinished);
    let mut file = File::create(&unfinished)?;
    write_lines(&mut file, &lines.collect::<Vec<_>>())?;
    fs::rename(&unfinished, list)?;
    flush_folder(list)
}

/// Adds lines that are new, without a look at the others where none of those can be gone.
fn append(list: &Path, lines: &[String]) -> io::Result<()> {
    if !known_by_hash(lines).is_empty() {
        return add(list, lines);
    }
    let mut file = match OpenOptions::new().read(true).append(true).open(list) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return add(list, lines),
        Err(error) => return Err(error),
    };
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == [b'\n'] { write_lines(&mut file, lines) } else { add(list, lines) }
}

fn write_lines(file: &mut File, lines: &[impl AsRef<str>]) -> io::Result<()> {
    let text: String = lines.iter().flat_map(|line| [line.as_ref(), "\n"]).collect();
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn flush_folder(list: &Path) -> io::Result<()> {
    match list.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
