//! The list of what was erased: it lies beside every backup, and is carried out again after a restore, so that a backup
//! from before brings nothing back.

use super::{
    failure::{Sql, decode_error},
    rows, table,
    writer::rulings::remove,
};
use domain::kernel::{Actor, DeviceId, RecordKey, Rejection, json};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

/// One command of which the bytes were erased. One line of JSON in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Erasure {
    /// Its id, in hexadecimal digits.
    command: String,
    /// The name of its bytes.
    sha256: String,
    /// What it was about.
    record: RecordKey,
    /// Why.
    why: String,
    /// When, in milliseconds since 1970.
    erased: i64,
}

/// The list of a database, as lines.
pub(super) async fn lines(connection: &mut SqliteConnection) -> Sql<String> {
    let sql =
        "SELECT lower(hex(command)), lower(hex(sha256)), record, why, erased FROM erasure ORDER BY erased, command";
    let rows: Vec<(String, String, String, String, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let mut lines = String::new();
    for (command, sha256, record, why, erased) in rows {
        let erasure = Erasure { command, sha256, record: rows::key(&record)?, why, erased };
        lines.push_str(&json::write(&erasure).map_err(decode_error)?);
        lines.push('\n');
    }
    Ok(lines)
}

/// Reads a list; what is no line of one is passed over, and counted.
pub(super) fn read(lines: &str) -> (Vec<Erasure>, usize) {
    let read: Vec<Option<Erasure>> = lines.lines().map(|line| json::read(line.as_bytes()).ok()).collect();
    let unreadable = read.iter().filter(|line| line.is_none()).count();
    (read.into_iter().flatten().collect(), unreadable)
}

/// Carries out a list in a database. A command that it does not have is known from then on by its hash alone, and set
/// aside: a phone that offers it again brings nothing back.
pub(super) async fn carry_out(connection: &mut SqliteConnection, erasures: &[Erasure]) -> Sql<()> {
    let listed = "INSERT OR IGNORE INTO erasure (command, sha256, record, why, erased)
        SELECT unhex(value ->> 'command'), unhex(value ->> 'sha256'), value ->> 'record', value ->> 'why', value ->> 'erased'
        FROM json_each($1)";
    table::run(connection, listed, erasures).await?;
    let ids: Vec<&str> = erasures.iter().map(|erasure| erasure.command.as_str()).collect();
    remove(connection, &ids).await?;
    let unknown: Vec<_> = erasures
        .iter()
        .map(|one| {
            let key = &one.record;
            (&one.command, &one.sha256, rows::hex(key.community), key.kind.as_str(), rows::hex(key.id), one.erased)
        })
        .collect();
    let numbered = "INSERT OR IGNORE INTO numbered (id) SELECT DISTINCT unhex(value ->> 2) FROM json_each($1)";
    table::run(connection, numbered, &unknown).await?;
    let sql = "INSERT OR IGNORE INTO command (id, sha256, community, actor, device, written, sent_at, received, kind, about,
            act, held, rejection, is_final)
        SELECT unhex(j.value ->> 0), unhex(j.value ->> 1), n.number, $2, $3, j.value ->> 5, j.value ->> 5, j.value ->> 5,
            j.value ->> 3, unhex(j.value ->> 4), '', 0, $4, 1
        FROM json_each($1) j JOIN numbered n ON n.id = unhex(j.value ->> 2)";
    let rejection = json::write(&Rejection::from(Rejection::SET_ASIDE)).map_err(decode_error)?;
    sqlx::query(sql)
        .bind(rows::table(&unknown)?)
        .bind(rows::actor(Actor::OPERATOR)?)
        .bind(rows::blob(DeviceId::SERVER))
        .bind(rejection)
        .execute(connection)
        .await?;
    Ok(())
}
