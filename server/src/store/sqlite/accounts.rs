//! Who can sign in, how much there is, and what came under an id that was taken: for whoever runs the server.

use super::{SqliteStore, communities::Head, failure::Sql, rows, session::cards};
use domain::{
    kernel::{CommandId, CommunityId, DeviceId, PersonId, Record, Timestamp},
    organisation::{Directory, Person, Place},
    residents::Resident,
    store::AccountLine,
};

/// How much a database holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of the log, those taken back included.
    pub entries: i64,
    /// People who can sign in.
    pub people: i64,
    /// Places, communities not included.
    pub places: i64,
    /// Residents.
    pub residents: i64,
}

/// Bytes that came under the id of a command whose bytes are others. Nothing was changed by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictingBytes {
    /// Who sent them; `None` for the server itself.
    pub sender: Option<PersonId>,
    /// From which device.
    pub device: DeviceId,
    /// When they came first.
    pub received: Timestamp,
    /// The bytes.
    pub bytes: String,
}

impl SqliteStore {
    pub(super) async fn read_accounts(&self) -> Sql<Vec<AccountLine>> {
        type Row = (Vec<u8>, String, bool, Option<String>);
        let sql = "SELECT a.person, a.login, a.password_hash IS NOT NULL, r.text FROM account a
            LEFT JOIN record r ON r.community IN (SELECT number FROM community) AND r.kind = $1 AND r.id = a.person
            ORDER BY a.login";
        let rows: Vec<Row> = sqlx::query_as(sql).bind(Person::KIND).fetch_all(&self.readers).await?;
        let of_one_login = rows.chunk_by(|one, other| one.1 == other.1);
        let line = |rows: &[Row]| {
            let Some((person, login, has_password, _)) = rows.first() else { return Err(sqlx::Error::RowNotFound) };
            let cards = cards(rows.iter().filter_map(|(.., text)| text.as_deref()))?;
            Ok(AccountLine {
                person: super::rows::id(person)?,
                login: login.clone(),
                has_password: *has_password,
                cards,
            })
        };
        of_one_login.map(line).collect()
    }

    pub(super) async fn read_directories(&self) -> Sql<Vec<(CommunityId, Directory)>> {
        let mut connection = self.readers.acquire().await?;
        let mut directories = Vec::new();
        for head in Head::fetch(&mut connection).await? {
            let community = self.communities.at(&mut connection, head).await?;
            directories.push((head.community, community.directory.clone()));
        }
        Ok(directories)
    }

    pub(super) async fn read_counts(&self) -> Sql<Counts> {
        let sql = "SELECT (SELECT count(*) FROM entry_row), (SELECT count(*) FROM account), count(*) FILTER (WHERE r.kind = $1),
            count(*) FILTER (WHERE r.kind = $2) FROM record r
            WHERE r.community IN (SELECT number FROM community) AND r.kind IN ($1, $2)";
        let (entries, people, places, residents) =
            sqlx::query_as(sql).bind(Place::KIND).bind(Resident::KIND).fetch_one(&self.readers).await?;
        Ok(Counts { entries, people, places, residents })
    }

    pub(super) async fn read_last_receipt(&self) -> Sql<Option<Timestamp>> {
        let sql = "SELECT received FROM command ORDER BY arrival DESC LIMIT 1";
        let received: Option<i64> = sqlx::query_scalar(sql).fetch_optional(&self.readers).await?;
        Ok(received.map(Timestamp::from_millis))
    }

    pub(super) async fn has_nothing(&self) -> Sql<bool> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM account) AND NOT EXISTS (SELECT 1 FROM community)";
        sqlx::query_scalar(sql).fetch_one(&self.readers).await
    }

    pub(super) async fn read_conflicts(&self, command: CommandId) -> Sql<Vec<ConflictingBytes>> {
        type Row = (Option<Vec<u8>>, Vec<u8>, i64, String);
        let sql = "SELECT sender, device, received, bytes FROM conflict WHERE command = $1 ORDER BY arrival";
        let rows: Vec<Row> = sqlx::query_as(sql).bind(rows::blob(command)).fetch_all(&self.readers).await?;
        let conflict = |(sender, device, received, bytes): Row| {
            let sender = sender.map(|sender| rows::id(&sender)).transpose()?;
            let received = Timestamp::from_millis(received);
            Ok(ConflictingBytes { sender, device: rows::id(&device)?, received, bytes })
        };
        rows.into_iter().map(conflict).collect()
    }
}
