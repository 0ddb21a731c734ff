//! What a group needs to know before it decides: one query per kind of thing, however many commands there are.

use super::group::{Filed, Group, Held, Verdict, Waiting};
use super::job::Arrived;
use super::{
    arrival::{Delivery, with_offset},
    places::Places,
};
use crate::store::{
    failure::{Sql, json_error},
    rows,
};
use app::domain::{
    Act, Attachment, Command, CommandId, CommunityCode, Day, EntryId, EntryNumber, MicroGridCode, Timestamp,
};
use sqlx::SqliteConnection;
use std::collections::{BTreeSet, HashMap};

/// The newest position of every community, and which state of the database this connection sees.
pub(super) struct Heads {
    pub version: i64,
    pub heads: HashMap<CommunityCode, i64>,
}

impl Heads {
    pub(super) async fn fetch(connection: &mut SqliteConnection) -> Sql<Self> {
        let sql = "SELECT data_version, code, head FROM pragma_data_version LEFT JOIN community";
        let rows: Vec<(i64, Option<String>, Option<i64>)> = sqlx::query_as(sql).fetch_all(connection).await?;
        let version = rows.first().map_or(0, |(version, ..)| *version);
        let heads = rows.into_iter().filter_map(|(_, code, head)| Some((CommunityCode::parse(&code?).ok()?, head?)));
        Ok(Self { version, heads: heads.collect() })
    }

    /// The sum over all communities: it rises with every change anywhere.
    pub(super) fn newest(&self) -> i64 {
        self.heads.values().sum()
    }
}

/// Ids and keys that the commands of a group name.
#[derive(Default)]
struct Named {
    commands: BTreeSet<CommandId>,
    entries: BTreeSet<EntryId>,
    /// Entries that may become known, and so release what waits for them.
    written: BTreeSet<EntryId>,
    days: BTreeSet<(CommunityCode, Day)>,
    /// First slots of the milliseconds at which new entries were written.
    slots: BTreeSet<i64>,
}

impl Named {
    fn by(deliveries: &[&Delivery]) -> Self {
        let mut named = Self::default();
        let arrivals = deliveries.iter().flat_map(|delivery| &delivery.arrivals);
        for command in arrivals.filter_map(|arrival| arrival.command.as_ref().ok()) {
            named.commands.insert(command.id);
            named.entries.insert(command.act.entry());
            let Act::WriteEntry { entry, micro_grid, .. } = &command.act else {
                continue;
            };
            let Ok(micro_grid) = MicroGridCode::parse(micro_grid) else {
                continue;
            };
            let written = command.written.plus_millis(command.clock_offset.unwrap_or_default());
            named.written.insert(*entry);
            named.days.insert((micro_grid.community(), EntryNumber::day_of(written)));
            named.slots.insert(rows::first_slot(written));
        }
        named
    }
}

impl<'a> Group<'a> {
    /// Fetches everything that `deliveries` touch.
    pub(super) async fn fetch(
        connection: &mut SqliteConnection,
        places: &'a Places,
        heads: HashMap<CommunityCode, i64>,
        deliveries: &[&Delivery],
    ) -> Sql<Self> {
        let named = Named::by(deliveries);
        let filed = fetch_filed(connection, &named.commands).await?;
        let entries = fetch_entries(connection, &named.entries).await?;
        let mut group = Self {
            entries,
            filed,
            serials: fetch_serials(connection, &named.days).await?,
            slots: fetch_slots(connection, &named.slots).await?,
            ..Self::knowing_nothing(places, heads)
        };
        group.fetch_waiting(connection, &named.written).await?;
        group.fetch_arrived(connection, deliveries).await?;
        Ok(group)
    }

    /// An attachment may be here before the entry that names it: another entry of the same author has it, too.
    async fn fetch_arrived(&mut self, connection: &mut SqliteConnection, deliveries: &[&Delivery]) -> Sql<()> {
        let arrivals = deliveries.iter().flat_map(|delivery| &delivery.arrivals);
        let sent = arrivals.filter_map(|arrival| arrival.command.as_ref().ok());
        let waiting = self.waiting.values().flatten().map(|waiting| &waiting.command);
        let hashes: BTreeSet<String> = sent.chain(waiting).flat_map(hashes_in).collect();
        if hashes.is_empty() {
            return Ok(());
        }
        let sql = "SELECT b.author, b.sha256 FROM json_each($1) j JOIN blob b ON b.sha256 = unhex(j.value)";
        let hashes = serde_json::to_string(&hashes).map_err(json_error)?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(sql).bind(hashes).fetch_all(connection).await?;
        for (author, sha256) in rows {
            self.arrived.insert((rows::id(&author)?, rows::sha256_hex(&sha256)));
        }
        Ok(())
    }

    /// What a blob touches that has arrived: the entries of its sender that name it.
    pub(super) async fn fetch_naming(
        connection: &mut SqliteConnection,
        places: &'a Places,
        heads: HashMap<CommunityCode, i64>,
        arrived: &Arrived,
    ) -> Sql<Self> {
        let sql = "SELECT lower(hex(e.id)) FROM entry_blob b JOIN entry e ON e.slot = b.slot
            WHERE b.sha256 = $1 AND e.author = $2";
        let ids: Vec<String> = sqlx::query_scalar(sql)
            .bind(rows::sha256_bytes(&arrived.sha256))
            .bind(arrived.author.uuid().as_bytes().to_vec())
            .fetch_all(&mut *connection)
            .await?;
        let ids = ids.iter().filter_map(|id| id.parse::<uuid::Uuid>().ok()).map(EntryId::from).collect();
        let entries = fetch_entries(connection, &ids).await?;
        Ok(Self { entries, ..Self::knowing_nothing(places, heads) })
    }

    async fn fetch_waiting(&mut self, connection: &mut SqliteConnection, entries: &BTreeSet<EntryId>) -> Sql<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let sql = "SELECT c.sha256, c.sent_at, c.received, c.bytes FROM command c
            JOIN json_each($1) j ON c.entry = unhex(j.value)
            WHERE c.position IS NULL AND c.rejection IS NULL ORDER BY c.arrival";
        let rows: Vec<(Vec<u8>, i64, i64, String)> =
            sqlx::query_as(sql).bind(hex_list(entries.iter().map(|id| id.uuid()))?).fetch_all(connection).await?;
        for (sha256, sent_at, received, bytes) in rows {
            let command = Command::from_bytes(&bytes).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            let command = with_offset(command, received.saturating_sub(sent_at));
            let entry = command.act.entry();
            let filed = Filed { sha256: rows::sha256_hex(&sha256), entry, verdict: Verdict::Waiting };
            self.filed.insert(command.id, filed);
            let waiting = Waiting { command, received: Timestamp::from_millis(received) };
            self.waiting.entry(entry).or_default().push(waiting);
        }
        Ok(())
    }
}

/// The hashes of what a command attaches.
fn hashes_in(command: &Command) -> impl Iterator<Item = String> {
    let words = command.act.form().into_iter().flat_map(|form| &form.attachments);
    words.filter_map(|word| Attachment::read(word)).map(|one| one.sha256.0)
}

type FiledRow = (Vec<u8>, Vec<u8>, Vec<u8>, Option<i64>, Option<String>, Option<String>);

async fn fetch_filed(connection: &mut SqliteConnection, ids: &BTreeSet<CommandId>) -> Sql<HashMap<CommandId, Filed>> {
    let sql = "SELECT c.id, c.sha256, c.entry, c.position, c.number, c.rejection
        FROM json_each($1) j JOIN command c ON c.id = unhex(j.value)";
    let rows: Vec<FiledRow> =
        sqlx::query_as(sql).bind(hex_list(ids.iter().map(|id| id.uuid()))?).fetch_all(connection).await?;
    rows.into_iter()
        .map(|(id, sha256, entry, position, number, rejection)| {
            let verdict = match (position, rejection) {
                (Some(position), _) => {
                    Verdict::Accepted { position, number: number.map(|text| entry_number(&text)).transpose()? }
                }
                (None, Some(reason)) => Verdict::Rejected(serde_json::from_str(&reason).map_err(json_error)?),
                (None, None) => Verdict::Waiting,
            };
            Ok((rows::id(&id)?, Filed { sha256: rows::sha256_hex(&sha256), entry: rows::id(&entry)?, verdict }))
        })
        .collect()
}

async fn fetch_entries(connection: &mut SqliteConnection, ids: &BTreeSet<EntryId>) -> Sql<HashMap<EntryId, Held>> {
    let sql = "SELECT e.slot, e.position, r.record FROM json_each($1) j
        JOIN entry e ON e.id = unhex(j.value) JOIN entry_record r ON r.slot = e.slot";
    let rows: Vec<(i64, i64, String)> =
        sqlx::query_as(sql).bind(hex_list(ids.iter().map(|id| id.uuid()))?).fetch_all(connection).await?;
    rows.into_iter()
        .map(|(slot, position, record)| {
            let entry: app::domain::Entry = serde_json::from_str(&record).map_err(json_error)?;
            Ok((entry.id, Held { entry, slot, stored_at: Some(position), changed: None }))
        })
        .collect()
}

async fn fetch_serials(
    connection: &mut SqliteConnection,
    days: &BTreeSet<(CommunityCode, Day)>,
) -> Sql<HashMap<(CommunityCode, Day), u32>> {
    if days.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT d.community, d.day, d.last FROM json_each($1) j
        JOIN day_serial d ON d.community = j.value ->> 0 AND d.day = j.value ->> 1";
    let keys = serde_json::to_string(days).map_err(json_error)?;
    let rows: Vec<(String, String, u32)> = sqlx::query_as(sql).bind(keys).fetch_all(connection).await?;
    let read = |(community, day, last): (String, String, u32)| {
        Some(((CommunityCode::parse(&community).ok()?, Day::parse(&day)?), last))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

async fn fetch_slots(connection: &mut SqliteConnection, firsts: &BTreeSet<i64>) -> Sql<HashMap<i64, i64>> {
    if firsts.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT j.value, (SELECT max(e.slot) FROM entry e WHERE e.slot BETWEEN j.value AND j.value + 1048575)
        FROM json_each($1) j";
    let firsts = serde_json::to_string(firsts).map_err(json_error)?;
    let rows: Vec<(i64, Option<i64>)> = sqlx::query_as(sql).bind(firsts).fetch_all(connection).await?;
    Ok(rows.into_iter().filter_map(|(first, last)| Some((first, last?))).collect())
}

fn hex_list(ids: impl Iterator<Item = uuid::Uuid>) -> Sql<String> {
    serde_json::to_string(&ids.map(rows::hex).collect::<Vec<_>>()).map_err(json_error)
}

fn entry_number(text: &str) -> Sql<EntryNumber> {
    serde_json::from_value(text.into()).map_err(json_error)
}
