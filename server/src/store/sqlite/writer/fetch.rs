//! What a group needs to know before it is decided: one query per kind of thing, however many commands there are.

use super::ledger::Ledger;
use crate::store::sqlite::{
    failure::{Sql, decode_error},
    rows,
};
use domain::{
    kernel::{CommandId, CommunityId, Day, PersonId, RecordKey, Sha256, Shared, Timestamp},
    sync::decide::{CommunityState, Filed, Found, Kept, Needs, Queue, Serial, Verdict, Waiting},
};
use std::collections::{BTreeSet, HashMap};

/// Where a record is kept, and what writing its next state has to know.
#[derive(Clone)]
pub(in crate::store::sqlite) struct Place {
    pub slot: i64,
    /// Whether readers are named.
    pub named: bool,
    /// The state before; `None` where this version cannot read it.
    pub state: Option<Shared>,
}

/// Records that were fetched for a group.
pub(in crate::store::sqlite) type Known = HashMap<RecordKey, Place>;

/// Finds what is needed; asks nothing where nothing is needed.
pub(super) async fn find(ledger: &mut Ledger<'_>, needs: &Needs, known: &mut Known) -> Sql<Found> {
    let mut found = Found::default();
    for community in &needs.communities {
        if let Some((directory, head)) = ledger.directory(*community).await? {
            found.communities.push(CommunityState { community: *community, directory, head });
        }
    }
    found.filed = filed(ledger, &needs.commands).await?;
    found.records = records(ledger, &needs.records, known).await?;
    found.serials = serials(ledger, needs).await?;
    found.blobs = blobs(ledger, &needs.blobs).await?;
    found.conflicts = conflicts(ledger, &needs.conflicts).await?;
    if ledger.anything_waits {
        found.awaited = awaited(ledger, &needs.records).await?;
        found.to_be_erased = to_be_erased(ledger, &needs.records).await?;
        found.queues = queues(ledger, &needs.queues).await?;
        found.waiting = waiting(ledger, &needs.waiting).await?;
        found.crowds = crowds(ledger, &needs.crowds).await?;
    }
    found.parked = parked(ledger, &needs.parked).await?;
    Ok(found)
}

type FiledRow = (Vec<u8>, Vec<u8>, Vec<u8>, Option<i64>, Option<String>, Option<String>, Option<String>, bool, bool);

async fn filed(ledger: &mut Ledger<'_>, ids: &BTreeSet<CommandId>) -> Sql<Vec<Filed>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.id, c.sha256, n.id, c.position, c.number, c.waits_for, c.rejection, c.is_final,
            c.bytes IS NULL
        FROM json_each($1) j CROSS JOIN command c ON c.id = unhex(j.value) JOIN numbered n ON n.number = c.community";
    let rows: Vec<FiledRow> = sqlx::query_as(sql).bind(hex_list(ids)?).fetch_all(&mut *ledger.connection).await?;
    rows.into_iter()
        .map(|(id, sha256, community, position, number, waits_for, rejection, is_final, is_erased)| {
            let verdict = match (position, waits_for, rejection) {
                (Some(position), ..) => Verdict::Accepted { position, number },
                (_, Some(key), _) => Verdict::Waiting(rows::key(&key)?),
                (_, _, Some(reason)) => {
                    Verdict::Rejected { reason: serde_json::from_str(&reason).map_err(decode_error)?, is_final }
                }
                _ => Verdict::Held,
            };
            let (sha256, community) = (rows::sha256(&sha256)?, rows::id(&community)?);
            Ok(Filed { id: rows::id(&id)?, sha256, community, verdict, is_erased })
        })
        .collect()
}

async fn records(ledger: &mut Ledger<'_>, keys: &BTreeSet<RecordKey>, known: &mut Known) -> Sql<Vec<Kept>> {
    // Nothing is there of a community without a number.
    let numbered = |key: &RecordKey| ledger.heads.get(&key.community).map(|head| (head.number, key.clone()));
    let asked: Vec<(i64, RecordKey)> = keys.iter().filter_map(numbered).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let table: Vec<_> = asked.iter().map(|(number, key)| (number, key.kind.as_str(), rows::hex(key.id))).collect();
    let sql = "SELECT j.key, r.slot, r.position, r.named, r.text FROM json_each($1) j
        CROSS JOIN record r ON r.community = j.value ->> 0 AND r.kind = j.value ->> 1 AND r.id = unhex(j.value ->> 2)";
    let rows: Vec<(i64, i64, i64, bool, String)> =
        sqlx::query_as(sql).bind(rows::table(&table)?).fetch_all(&mut *ledger.connection).await?;
    let mut records = Vec::with_capacity(rows.len());
    for (index, slot, position, named, text) in rows {
        let Some((_, key)) = usize::try_from(index).ok().and_then(|index| asked.get(index)) else { continue };
        let state = ledger.memory.state(ledger.communities.kinds(), key, position, &text);
        known.insert(key.clone(), Place { slot, named, state: state.clone() });
        records.push(Kept { key: key.clone(), state, position });
    }
    Ok(records)
}

async fn awaited(ledger: &mut Ledger<'_>, keys: &BTreeSet<RecordKey>) -> Sql<Vec<RecordKey>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT DISTINCT c.waits_for FROM json_each($1) j
        CROSS JOIN command c ON c.waits_for = j.value AND c.waits_for IS NOT NULL";
    let keys: Vec<&RecordKey> = keys.iter().collect();
    let rows: Vec<String> =
        sqlx::query_scalar(sql).bind(rows::table(&keys)?).fetch_all(&mut *ledger.connection).await?;
    rows.iter().map(|key| rows::key(key)).collect()
}

/// Few commands that wait outlive a restore: they have an index of their own.
async fn to_be_erased(ledger: &mut Ledger<'_>, keys: &BTreeSet<RecordKey>) -> Sql<Vec<RecordKey>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.waits_for, c.about, c.act FROM json_each($1) j
        CROSS JOIN command c INDEXED BY command_ends_later ON c.waits_for = j.value AND c.waits_for IS NOT NULL
            AND c.outlives = 1";
    let keys: Vec<&RecordKey> = keys.iter().collect();
    let rows: Vec<(String, Vec<u8>, String)> =
        sqlx::query_as(sql).bind(rows::table(&keys)?).fetch_all(&mut *ledger.connection).await?;
    let mut found = Vec::new();
    for (key, about, act) in rows {
        let key = rows::key(&key)?;
        if ledger.communities.kinds().erases(&act) && key.id == rows::id::<uuid::Uuid>(&about)? {
            found.push(key);
        }
    }
    Ok(found)
}

async fn queues(ledger: &mut Ledger<'_>, queues: &BTreeSet<Queue>) -> Sql<Vec<(Queue, RecordKey)>> {
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<&Queue> = queues.iter().collect();
    let mut table = Vec::with_capacity(asked.len());
    for queue in &asked {
        let Queue { actor, device, record } = queue;
        let actor = rows::digits(&rows::actor(*actor)?);
        table.push((rows::hex(record.id), record.kind.as_str(), actor, rows::hex(*device)));
    }
    let sql = "SELECT j.key, min(c.waits_for) FROM json_each($1) j
        CROSS JOIN command c INDEXED BY command_queue ON c.about = unhex(j.value ->> 0) AND c.waits_for IS NOT NULL
            AND c.kind = j.value ->> 1 AND c.actor = unhex(j.value ->> 2) AND c.device = unhex(j.value ->> 3)
        GROUP BY j.key";
    let rows: Vec<(i64, String)> =
        sqlx::query_as(sql).bind(rows::table(&table)?).fetch_all(&mut *ledger.connection).await?;
    let mut found = Vec::with_capacity(rows.len());
    for (index, waits_for) in rows {
        if let Some(queue) = usize::try_from(index).ok().and_then(|index| asked.get(index)) {
            found.push(((*queue).clone(), rows::key(&waits_for)?));
        }
    }
    Ok(found)
}

async fn waiting(ledger: &mut Ledger<'_>, keys: &BTreeSet<RecordKey>) -> Sql<Vec<Waiting>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.bytes, c.sent_at, c.received, c.waits_for, c.ruling FROM json_each($1) j
        CROSS JOIN command c ON c.waits_for = j.value AND c.waits_for IS NOT NULL ORDER BY c.arrival";
    let keys: Vec<&RecordKey> = keys.iter().collect();
    let rows: Vec<(String, i64, i64, String, Option<bool>)> =
        sqlx::query_as(sql).bind(rows::table(&keys)?).fetch_all(&mut *ledger.connection).await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for (bytes, sent_at, received, waits_for, ruling) in rows {
        let times = (Timestamp::from_millis(sent_at), Timestamp::from_millis(received));
        match Waiting::read(&bytes, times, rows::key(&waits_for)?, ruling == Some(true)) {
            Ok(one) => waiting.push(one),
            // It holds up nobody else, and stays for whoever looks at it.
            Err(error) => tracing::error!(%error, %waits_for, "a command that waits is damaged"),
        }
    }
    Ok(waiting)
}

async fn crowds(ledger: &mut Ledger<'_>, keys: &BTreeSet<RecordKey>) -> Sql<Vec<(RecordKey, u32)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.waits_for, count(*) FROM json_each($1) j
        CROSS JOIN command c ON c.waits_for = j.value AND c.waits_for IS NOT NULL GROUP BY c.waits_for";
    let keys: Vec<&RecordKey> = keys.iter().collect();
    let rows: Vec<(String, u32)> =
        sqlx::query_as(sql).bind(rows::table(&keys)?).fetch_all(&mut *ledger.connection).await?;
    rows.into_iter().map(|(key, count)| Ok((rows::key(&key)?, count))).collect()
}

/// What is parked or held of these people: each lies in an index of its own, and stands in one of them only.
async fn parked(ledger: &mut Ledger<'_>, people: &BTreeSet<PersonId>) -> Sql<Vec<(PersonId, u32)>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT unhex(j.value),
            (SELECT count(*) FROM command c WHERE c.actor = unhex(j.value) AND c.waits_for IS NOT NULL)
            + (SELECT count(*) FROM command c WHERE c.actor = unhex(j.value) AND c.held = 1)
        FROM json_each($1) j";
    let rows: Vec<(Vec<u8>, u32)> =
        sqlx::query_as(sql).bind(hex_list(people)?).fetch_all(&mut *ledger.connection).await?;
    rows.into_iter().map(|(person, count)| Ok((rows::id(&person)?, count))).collect()
}

async fn conflicts(ledger: &mut Ledger<'_>, ids: &BTreeSet<CommandId>) -> Sql<Vec<(CommandId, Sha256)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.command, c.sha256 FROM json_each($1) j CROSS JOIN conflict c ON c.command = unhex(j.value)";
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(sql).bind(hex_list(ids)?).fetch_all(&mut *ledger.connection).await?;
    rows.into_iter().map(|(id, sha256)| Ok((rows::id(&id)?, rows::sha256(&sha256)?))).collect()
}

/// All serials of the days that are asked for, and the single ones.
async fn serials(ledger: &mut Ledger<'_>, needs: &Needs) -> Sql<Vec<(Serial, u32)>> {
    let mut table: Vec<(i64, String, Option<&str>)> = Vec::new();
    for (community, day) in &needs.days {
        table.extend(ledger.known_number(*community).map(|number| (number, day.to_string(), None)));
    }
    for Serial { community, series, day } in &needs.serials {
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        table.extend(ledger.known_number(*community).map(|number| (number, day, Some(series.as_str()))));
    }
    if table.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT n.id, s.series, s.day, s.last FROM json_each($1) j
        CROSS JOIN serial s ON s.community = j.value ->> 0 AND s.day = j.value ->> 1
            AND (j.value ->> 2 IS NULL OR s.series = j.value ->> 2)
        JOIN numbered n ON n.number = s.community";
    let rows: Vec<(Vec<u8>, String, String, u32)> =
        sqlx::query_as(sql).bind(rows::table(&table)?).fetch_all(&mut *ledger.connection).await?;
    let mut found = Vec::with_capacity(rows.len());
    for (community, series, day, last) in rows {
        let community: CommunityId = rows::id(&community)?;
        found.push((Serial { community, series, day: Day::parse(&day) }, last));
    }
    Ok(found)
}

async fn blobs(ledger: &mut Ledger<'_>, asked: &BTreeSet<(PersonId, Sha256)>) -> Sql<Vec<(PersonId, Sha256)>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let table: Vec<_> = asked.iter().map(|(person, sha256)| (rows::hex(*person), sha256)).collect();
    let sql = "SELECT b.author, b.sha256 FROM json_each($1) j
        CROSS JOIN blob b ON b.sha256 = unhex(j.value ->> 1) AND b.author = unhex(j.value ->> 0)";
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as(sql).bind(rows::table(&table)?).fetch_all(&mut *ledger.connection).await?;
    rows.into_iter().map(|(person, sha256)| Ok((rows::id(&person)?, rows::sha256(&sha256)?))).collect()
}

fn hex_list<T: Copy + Into<uuid::Uuid>>(ids: &BTreeSet<T>) -> Sql<String> {
    rows::table(&ids.iter().map(|id| rows::hex(*id)).collect::<Vec<_>>())
}
