//! Writing what was decided, table by table. The caller commits.

use super::{
    erase,
    fetch::{Known, Place},
    ledger::Ledger,
};
use crate::store::sqlite::{
    communities::{Head, who},
    ended,
    failure::{Sql, decode_error},
    read, rows,
    table::{insert, run, upsert},
};
use domain::{
    kernel::{Attachment, CommunityId, Day, Kind, Reach, Sha256, json},
    organisation::Directory,
    sync::decide::{Change, Decision, NewCommand, Ruling, Sender, Verdict},
};
use std::collections::BTreeSet;

/// The new state of a record with everything that stands in its row.
pub(in crate::store::sqlite) struct Row<'d> {
    pub change: &'d Change,
    /// As it was before the group; `None` for a new one.
    pub before: Option<&'d Place>,
    pub slot: i64,
    /// Short numbers.
    pub community: i64,
    pub place: i64,
    pub author: Option<i64>,
    responsible: Option<(&'static str, i64)>,
    /// Named readers, as they are kept.
    readers: Vec<String>,
}

impl Row<'_> {
    pub(in crate::store::sqlite) const fn named(&self) -> bool {
        !self.readers.is_empty()
    }

    pub(in crate::store::sqlite) fn reaches_through(&self) -> bool {
        self.change.stored.audience.reach == Reach::Through
    }
}

/// Writes everything.
pub(super) async fn decision(ledger: &mut Ledger<'_>, decision: &Decision<'_>, known: &Known) -> Sql<()> {
    let erases = !decision.erased.is_empty();
    if erases {
        // Before the records are written over.
        erase::overwrite_deleted(ledger.connection, true).await?;
    }
    // In the order of slots: the bigram index would close a segment at every step back.
    let mut rows: Vec<Row<'_>> = decision.records.iter().map(|change| row(ledger, change, known)).collect();
    rows.sort_unstable_by_key(|row| row.slot);
    let communities: Vec<i64> =
        decision.commands.iter().map(|new| ledger.number(new.command.head.community())).collect();
    write_numbers(ledger).await?;
    write_heads(ledger, decision).await?;
    write_commands(ledger, &decision.commands, &communities).await?;
    write_ruled(ledger, decision).await?;
    write_conflicts(ledger, decision).await?;
    write_serials(ledger, decision).await?;
    if !rows.is_empty() {
        write_records(ledger, &rows).await?;
        write_readers(ledger, &rows).await?;
        write_blob_names(ledger, &rows).await?;
        read::log::write(ledger, &rows).await?;
    }
    if erases {
        erase::carry_out(ledger, &decision.erased).await?;
        erase::overwrite_deleted(ledger.connection, false).await?;
    }
    ledger.has_erased |= erases;
    ledger.ended.extend(ended::of_decision(ledger.connection, decision).await?);
    ledger.directories.extend(decision.directories.iter().cloned());
    ledger.anything_waits |= decision.commands.iter().any(|new| matches!(new.verdict, Verdict::Waiting(_)));
    ledger.anything_waits |= decision.ruled.iter().any(|ruled| matches!(ruled.filed.verdict, Verdict::Waiting(_)));
    Ok(())
}

fn row<'d>(ledger: &mut Ledger<'_>, change: &'d Change, known: &'d Known) -> Row<'d> {
    let stored = &change.stored;
    let before = known.get(&stored.key);
    let slot = before.map_or_else(|| ledger.new_slot(), |place| place.slot);
    if Directory::KINDS.iter().any(|kind| stored.key.kind == Kind::known(kind)) {
        // What others will name by its short number has one from the beginning.
        ledger.number(stored.key.id);
    }
    Row {
        change,
        before,
        slot,
        community: ledger.number(stored.key.community),
        place: ledger.number(stored.audience.place),
        author: stored.author.and_then(|author| author.person()).map(|person| ledger.number(person)),
        responsible: stored.row.responsible.map(|post| (post.role.code(), ledger.number(post.place))),
        readers: stored
            .audience
            .readers
            .iter()
            .filter_map(|reader| who(*reader, |id| Some(ledger.number(id))))
            .collect(),
    }
}

async fn write_numbers(ledger: &mut Ledger<'_>) -> Sql<()> {
    let numbers = std::mem::take(&mut ledger.new_numbers);
    insert(ledger.connection, "INSERT INTO numbered (number, id)", &numbers, |values, (number, id)| {
        values.push_bind(*number).push_bind(rows::blob(*id));
        Ok(())
    })
    .await
}

async fn write_heads(ledger: &mut Ledger<'_>, decision: &Decision<'_>) -> Sql<()> {
    let mut table = Vec::with_capacity(decision.heads.len());
    for (community, head) in &decision.heads {
        let changes_structure = decision.directories.iter().any(|(changed, _)| changed == community);
        let before = ledger.heads.get(community).map_or(0, |before| before.structure);
        let structure = if changes_structure { *head } else { before };
        let head = Head { community: *community, number: ledger.number(*community), head: *head, structure };
        table.push((head.number, head.head, head.structure));
        ledger.heads.insert(*community, head);
    }
    let sql = "INSERT INTO community (number, head, structure)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true
        ON CONFLICT (number) DO UPDATE SET head = excluded.head, structure = excluded.structure";
    run(ledger.connection, sql, &table).await
}

const COMMAND: &str =
    "INSERT INTO command (id, sha256, community, actor, device, written, clock_offset, sent_at, received,
    kind, about, other_keys, act, position, number, waits_for, held, rejection, is_final, outlives, bytes)";

async fn write_commands(ledger: &mut Ledger<'_>, commands: &[NewCommand<'_>], communities: &[i64]) -> Sql<()> {
    let table: Vec<_> = commands.iter().zip(communities).collect();
    insert(ledger.connection, COMMAND, &table, |values, (new, community)| {
        let NewCommand { delivery, arrival, command, verdict, outlives_restore } = new;
        let (head, first) = (&command.head, command.head.first());
        let others = (head.about.len() > 1).then(|| rows::table(&head.about[1..])).transpose()?;
        let Columns { position, number, waits_for, held, rejection, is_final } = Columns::of(verdict)?;
        values.push_bind(rows::blob(head.id)).push_bind(rows::hash(&arrival.sha256)).push_bind(**community);
        values.push_bind(rows::actor(head.actor)?).push_bind(rows::blob(head.device));
        values.push_bind(head.written.millis()).push_bind(head.offset.map(|offset| offset.millis()));
        values.push_bind(delivery.sent_at.millis()).push_bind(delivery.received.millis());
        values.push_bind(first.kind.as_str()).push_bind(rows::blob(first.id)).push_bind(others);
        values.push_bind(command.act_name()).push_bind(position).push_bind(number).push_bind(waits_for);
        values.push_bind(held).push_bind(rejection).push_bind(is_final).push_bind(*outlives_restore);
        values.push_bind(arrival.bytes.as_str());
        Ok(())
    })
    .await
}

/// Commands that were stored before. Their bytes were acknowledged, so they stay, whatever the verdict.
async fn write_ruled(ledger: &mut Ledger<'_>, decision: &Decision<'_>) -> Sql<()> {
    let mut table = Vec::with_capacity(decision.ruled.len());
    for ruled in &decision.ruled {
        let Columns { position, number, waits_for, held, rejection, is_final } = Columns::of(&ruled.filed.verdict)?;
        let ruling = ruled.ruling.as_ref().map(|Ruling { accept, why, at }| (i64::from(*accept), why, at));
        table.push((
            rows::hex(ruled.filed.id),
            position,
            number,
            waits_for,
            i64::from(held),
            rejection,
            i64::from(is_final),
            ruling,
        ));
    }
    let sql = "UPDATE command SET position = j.value ->> 1, number = j.value ->> 2, waits_for = j.value ->> 3,
            held = j.value ->> 4, rejection = j.value ->> 5, is_final = j.value ->> 6,
            ruling = coalesce(j.value ->> '$[7][0]', ruling), ruling_why = coalesce(j.value ->> '$[7][1]', ruling_why),
            ruled_at = coalesce(j.value ->> '$[7][2]', ruled_at)
        FROM json_each($1) j WHERE command.id = unhex(j.value ->> 0)";
    run(ledger.connection, sql, &table).await
}

async fn write_conflicts(ledger: &mut Ledger<'_>, decision: &Decision<'_>) -> Sql<()> {
    const CONFLICT: &str = "INSERT OR IGNORE INTO conflict (command, sha256, sender, device, received, bytes)";
    insert(ledger.connection, CONFLICT, &decision.conflicts, |values, conflict| {
        let delivery = conflict.delivery;
        let sender = match delivery.sender {
            Sender::Person(person) => Some(rows::blob(person)),
            Sender::Server => None,
        };
        values.push_bind(rows::blob(conflict.id)).push_bind(rows::hash(&conflict.arrival.sha256)).push_bind(sender);
        values.push_bind(rows::blob(delivery.device)).push_bind(delivery.received.millis());
        values.push_bind(conflict.arrival.bytes.as_str());
        Ok(())
    })
    .await
}

async fn write_serials(ledger: &mut Ledger<'_>, decision: &Decision<'_>) -> Sql<()> {
    let mut table: Vec<(i64, String, &str, u32)> = Vec::with_capacity(decision.serials.len());
    for (serial, last) in &decision.serials {
        let day = serial.day.map(|day: Day| day.to_string()).unwrap_or_default();
        let community: CommunityId = serial.community;
        table.push((ledger.number(community), day, &serial.series, *last));
    }
    let sql = "INSERT OR REPLACE INTO serial (community, day, series, last)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)";
    run(ledger.connection, sql, &table).await
}

const RECORD: &str = "INSERT INTO record (slot, community, kind, id, position, place, reach, topics, named, author,
    stays_open, written, changed, state, due, responsible_role, responsible_place, text)";
/// A slot is one record's for ever.
const RECORD_AGAIN: &str = " ON CONFLICT (slot) DO UPDATE SET position = excluded.position, place = excluded.place,
    reach = excluded.reach, topics = excluded.topics, named = excluded.named, author = excluded.author,
    stays_open = excluded.stays_open, written = excluded.written, changed = excluded.changed, state = excluded.state,
    due = excluded.due, responsible_role = excluded.responsible_role, responsible_place = excluded.responsible_place,
    text = excluded.text
    WHERE community = excluded.community AND kind = excluded.kind AND id = excluded.id";

async fn write_records(ledger: &mut Ledger<'_>, rows: &[Row<'_>]) -> Sql<()> {
    upsert(ledger.connection, RECORD, RECORD_AGAIN, rows, |values, row| {
        let Change { stored, position, .. } = row.change;
        values.push_bind(row.slot).push_bind(row.community).push_bind(stored.key.kind.as_str());
        values.push_bind(rows::blob(stored.key.id)).push_bind(*position).push_bind(row.place);
        values.push_bind(row.reaches_through()).push_bind(stored.audience.topics.bits());
        values.push_bind(row.named()).push_bind(row.author).push_bind(stored.stays_open);
        values.push_bind(stored.row.written.millis()).push_bind(stored.row.changed.millis());
        values.push_bind(stored.row.state).push_bind(stored.row.due.map(|due| due.millis()));
        values.push_bind(row.responsible.map(|(role, _)| role)).push_bind(row.responsible.map(|(_, place)| place));
        values.push_bind(stored.text.as_str());
        Ok(())
    })
    .await
}

async fn write_readers(ledger: &mut Ledger<'_>, rows: &[Row<'_>]) -> Sql<()> {
    let had: Vec<i64> =
        rows.iter().filter(|row| row.before.is_some_and(|before| before.named)).map(|row| row.slot).collect();
    run(ledger.connection, "DELETE FROM reader WHERE record IN (SELECT value FROM json_each($1))", &had).await?;
    let named: BTreeSet<_> = rows.iter().flat_map(|row| row.readers.iter().map(|who| (row.slot, who))).collect();
    let table: Vec<_> = named.into_iter().collect();
    insert(ledger.connection, "INSERT INTO reader (record, who)", &table, |values, (slot, who)| {
        values.push_bind(*slot).push_bind(who.as_str());
        Ok(())
    })
    .await
}

/// Which photos and voice notes a record names. What it does not name any more (it was redacted) opens nothing.
async fn write_blob_names(ledger: &mut Ledger<'_>, rows: &[Row<'_>]) -> Sql<()> {
    let (mut named, mut gone) = (Vec::new(), Vec::new());
    for row in rows {
        let now = hashes(&row.change.stored.attachments);
        let before = row.before.and_then(|before| before.state.as_ref());
        let before = before.map_or_else(BTreeSet::new, |before| hashes(&before.attachments()));
        named.extend(now.difference(&before).map(|hash| (*hash, row.slot)));
        gone.extend(before.difference(&now).map(|hash| (hash.to_string(), row.slot)));
    }
    let sql = "DELETE FROM blob_name WHERE (sha256, record) IN (
        SELECT unhex(value ->> 0), value ->> 1 FROM json_each($1))";
    run(ledger.connection, sql, &gone).await?;
    insert(ledger.connection, "INSERT OR IGNORE INTO blob_name (sha256, record)", &named, |values, (hash, slot)| {
        values.push_bind(rows::hash(hash)).push_bind(*slot);
        Ok(())
    })
    .await
}

fn hashes(attachments: &[Attachment]) -> BTreeSet<Sha256> {
    attachments.iter().map(|attachment| attachment.sha256).collect()
}

/// What became of a command, as it is kept.
struct Columns<'v> {
    position: Option<i64>,
    number: Option<&'v str>,
    waits_for: Option<String>,
    held: bool,
    rejection: Option<String>,
    is_final: bool,
}

impl<'v> Columns<'v> {
    fn of(verdict: &'v Verdict) -> Sql<Self> {
        let none =
            Self { position: None, number: None, waits_for: None, held: false, rejection: None, is_final: false };
        Ok(match verdict {
            Verdict::Accepted { position, number } => {
                Self { position: Some(*position), number: number.as_deref(), ..none }
            }
            Verdict::Waiting(key) => Self { waits_for: Some(key.to_string()), ..none },
            Verdict::Held => Self { held: true, ..none },
            Verdict::Rejected { reason, is_final } => {
                Self { rejection: Some(json::write(reason).map_err(decode_error)?), is_final: *is_final, ..none }
            }
        })
    }
}
