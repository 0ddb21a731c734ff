//! What a database holds, read past all code of the product: the truth.

use domain::kernel::{Command, CommunityId, Envelope, EnvelopeHead, RecordKey, Timestamp};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;
use uuid::Uuid;

/// The truth.
pub struct Holds {
    /// All commands in force, in the order in which they came into force in their communities.
    pub accepted: Vec<Accepted>,
    /// Every record, by key.
    pub records: Vec<Envelope>,
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

/// Bytes, position, number, times of sending and receiving; the ruling, its reason and its time.
type CommandRow = (String, i64, Option<String>, i64, i64, Option<bool>, Option<String>, Option<i64>);
/// Community, kind, id, position, text.
type RecordRow = (Vec<u8>, String, Vec<u8>, i64, String);

impl Holds {
    pub async fn read(database: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        let sql = "SELECT bytes, position, number, sent_at, received, ruling, ruling_why, ruled_at FROM command
            WHERE position IS NOT NULL ORDER BY community, position, arrival";
        let commands: Vec<CommandRow> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        let sql = "SELECT n.id, r.kind, r.id, r.position, r.text FROM record r
            JOIN numbered n ON n.number = r.community ORDER BY n.id, r.kind, r.id";
        let records: Vec<RecordRow> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let (accepted, records) = (commands.into_iter().map(accepted), records.into_iter().map(envelope));
        Self { accepted: accepted.collect(), records: records.collect() }
    }
}

fn accepted((bytes, position, number, sent_at, received, ruling, why, ruled_at): CommandRow) -> Accepted {
    let at = Timestamp::from_millis;
    Accepted {
        command: Command::read(&bytes).unwrap(),
        bytes,
        position,
        number,
        sent_at: at(sent_at),
        received: at(received),
        ruling: ruling.map(|accept| Ruled { accept, why: why.unwrap(), at: at(ruled_at.unwrap()) }),
    }
}

fn envelope((community, kind, id, position, text): RecordRow) -> Envelope {
    let community: CommunityId = Uuid::from_slice(&community).unwrap().into();
    let id = Uuid::from_slice(&id).unwrap();
    let key: RecordKey = format!("{community}/{kind}/{id}").parse().unwrap();
    Envelope { head: EnvelopeHead { key, position }, text }
}
