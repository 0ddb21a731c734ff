//! What a database holds, read past all code of the product: the truth. Of a command whose words were erased it has the
//! hash; the bytes are then those that were given on a device, or what the server must have said itself, if they have it.

use crate::site::{ERASED_FOR, SET_ASIDE_FOR};
use domain::{
    kernel::{Actor, Command, CommunityId, DeviceId, Envelope, EnvelopeHead, Head, RecordKey, Sha256, Timestamp, json},
    log::Act,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use uuid::Uuid;

/// The act that erases an entry.
const ERASE: &str = "erase_entry";

/// The truth.
pub struct Holds {
    /// All commands that came into force here, in that order in their communities.
    pub accepted: Vec<Accepted>,
    /// Commands of people in force, of which a restore has lost the effect, which was erased anyway.
    pub lost: BTreeSet<Sha256>,
    /// Commands of people that waited, and do so no more because their record was erased.
    pub turned_down: BTreeSet<Sha256>,
    /// Every record, by key.
    pub records: Vec<Envelope>,
    /// Everything that the database has in words.
    pub texts: Vec<String>,
}

/// A command in force.
pub struct Accepted {
    pub bytes: String,
    pub command: Command,
    pub position: i64,
    pub number: Option<String>,
    pub sent_at: Timestamp,
    pub received: Timestamp,
    /// What was decided about it.
    pub ruling: Option<Ruled>,
}

/// A decision about a command that was held.
pub struct Ruled {
    pub accept: bool,
    pub why: String,
    pub at: Timestamp,
}

/// Place in the order of arrival, bytes, position, number, times of sending and receiving; the ruling, its reason and its time.
type CommandRow = (i64, Option<String>, i64, Option<String>, i64, i64, Option<bool>, Option<String>, Option<i64>);
/// Place in the order of arrival, hash, position; id, community, kind and id of its record; actor, time of writing, act.
type ErasedRow = (i64, Vec<u8>, Option<i64>, Vec<u8>, Vec<u8>, String, Vec<u8>, Vec<u8>, i64, String);
/// Community, kind, id, position, text.
type RecordRow = (Vec<u8>, String, Vec<u8>, i64, String);

/// What is kept of a command whose bytes were erased.
struct KnownByHash {
    sha256: Sha256,
    position: Option<i64>,
    id: Uuid,
    record: RecordKey,
    actor: Vec<u8>,
    written: Timestamp,
    act: String,
}

impl Holds {
    /// `told`: the bytes of all that was given on devices, by their hash.
    pub async fn read(database: &Path, told: &BTreeMap<Sha256, String>) -> Self {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        let sql =
            "SELECT arrival, bytes, position, number, sent_at, received, ruling, ruling_why, ruled_at FROM command
            WHERE position IS NOT NULL ORDER BY community, position, arrival";
        let commands: Vec<CommandRow> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        let sql = "SELECT c.arrival, c.sha256, c.position, c.id, n.id, c.kind, c.about, c.actor, c.written, c.act
            FROM command c JOIN numbered n ON n.number = c.community WHERE c.bytes IS NULL";
        let erased: Vec<ErasedRow> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        let sql = "SELECT n.id, r.kind, r.id, r.position, r.text FROM record r
            JOIN numbered n ON n.number = r.community ORDER BY n.id, r.kind, r.id";
        let records: Vec<RecordRow> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        let sql = "SELECT bytes FROM command WHERE bytes IS NOT NULL UNION ALL SELECT ruling_why FROM command
            WHERE ruling_why IS NOT NULL UNION ALL SELECT bytes FROM conflict UNION ALL SELECT line FROM ended
            UNION ALL SELECT text FROM record";
        let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();

        let mut erased: BTreeMap<i64, KnownByHash> = erased.into_iter().map(known_by_hash).collect();
        let erasings = erasings(&commands, &erased);
        // A restore tells of what it has lost as done, after the erasing that it has carried out again; and to erase once more
        // changes nothing.
        let is_lost = |arrival: i64, one: &KnownByHash| {
            let Some(position) = one.position else { return false };
            erasings.get(&one.record).is_none_or(|first| match one.act.as_str() {
                ERASE => (position, arrival) != *first,
                _ => position >= first.0,
            })
        };
        let of_people = || erased.iter().filter(|(_, one)| one.is_persons());
        let lost = of_people().filter(|(arrival, one)| is_lost(**arrival, one)).map(|(_, one)| one.sha256).collect();
        let turned_down = of_people().filter(|(_, one)| one.position.is_none()).map(|(_, one)| one.sha256).collect();
        erased.retain(|arrival, one| one.position.is_some() && !is_lost(*arrival, one));
        let accepted = commands.into_iter().filter_map(|row| {
            let bytes = row.1.clone().or_else(|| erased.get(&row.0).map(|one| one.bytes(told)))?;
            Some(accepted(bytes, row))
        });
        let (accepted, records) = (accepted.collect(), records.into_iter().map(envelope).collect());
        Self { accepted, lost, turned_down, records, texts }
    }
}

/// By what position, and which command, each entry was erased first.
fn erasings(commands: &[CommandRow], by_hash: &BTreeMap<i64, KnownByHash>) -> BTreeMap<RecordKey, (i64, i64)> {
    let with_bytes = commands.iter().filter_map(|(arrival, bytes, position, ..)| {
        let command = Command::read(bytes.as_deref()?).unwrap();
        (command.act_name() == ERASE).then(|| (command.head.first().clone(), (*position, *arrival)))
    });
    let by_hash = by_hash.iter().filter(|(_, one)| one.act == ERASE);
    let by_hash = by_hash.filter_map(|(arrival, one)| Some((one.record.clone(), (one.position?, *arrival))));
    let mut first = BTreeMap::new();
    for (record, at) in with_bytes.chain(by_hash) {
        first.entry(record).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
    first
}

impl KnownByHash {
    /// Other actors are kept as JSON.
    fn is_persons(&self) -> bool {
        Uuid::from_slice(&self.actor).is_ok()
    }

    /// The bytes that bear this hash.
    fn bytes(&self, told: &BTreeMap<Sha256, String>) -> String {
        told.get(&self.sha256)
            .cloned()
            .or_else(|| self.said_by_the_server(told))
            .unwrap_or_else(|| panic!("nobody has said what has the hash {} and is about {}", self.sha256, self.record))
    }

    /// What the server says by itself about an entry: that it is set aside or erased, or that a photo has arrived.
    fn said_by_the_server(&self, told: &BTreeMap<Sha256, String>) -> Option<String> {
        let record = self.record.to_string();
        let about = told.values().filter(|bytes| bytes.contains(&record));
        let photos = about.flat_map(|bytes| bytes.split("photo:").skip(1)).filter_map(|photo| {
            let (_, hash) = photo.split_once(':')?;
            Sha256::parse(hash.get(..64)?)
        });
        let aside = Act::SetAsideEntry { why: SET_ASIDE_FOR.to_owned() };
        let erased = Act::EraseEntry { why: ERASED_FOR.to_owned() };
        let mut acts = photos.map(|sha256| Act::TakeBlob { sha256 }).chain([aside, erased]);
        let actor: Actor = json::read(&self.actor).ok()?;
        acts.find_map(|act| {
            let (id, about) = (self.id.into(), vec![self.record.clone()]);
            let head = Head { id, actor, device: DeviceId::SERVER, written: self.written, offset: None, about };
            let bytes = Command::new(head, &act).unwrap().to_bytes().unwrap();
            (Sha256::of(bytes.as_bytes()) == self.sha256).then_some(bytes)
        })
    }
}

fn known_by_hash(
    (arrival, sha256, position, id, community, kind, about, actor, written, act): ErasedRow,
) -> (i64, KnownByHash) {
    let sha256 = Sha256::from_bytes(sha256.try_into().unwrap());
    let (id, record) = (Uuid::from_slice(&id).unwrap(), record_key(&community, &kind, &about));
    (arrival, KnownByHash { sha256, position, id, record, actor, written: Timestamp::from_millis(written), act })
}

fn accepted(bytes: String, (_, _, position, number, sent_at, received, ruling, why, ruled_at): CommandRow) -> Accepted {
    let at = Timestamp::from_millis;
    // Why somebody decided goes with the words.
    let ruled = |accept| Ruled { accept, why: why.unwrap_or_default(), at: at(ruled_at.unwrap()) };
    Accepted {
        command: Command::read(&bytes).unwrap(),
        bytes,
        position,
        number,
        sent_at: at(sent_at),
        received: at(received),
        ruling: ruling.map(ruled),
    }
}

fn envelope((community, kind, id, position, text): RecordRow) -> Envelope {
    Envelope { head: EnvelopeHead { key: record_key(&community, &kind, &id), position }, text }
}

fn record_key(community: &[u8], kind: &str, id: &[u8]) -> RecordKey {
    let community: CommunityId = Uuid::from_slice(community).unwrap().into();
    let id = Uuid::from_slice(id).unwrap();
    format!("{community}/{kind}/{id}").parse().unwrap()
}
