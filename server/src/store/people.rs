//! Who can sign in, and how much there is.

use super::{
    SqliteStore,
    failure::{Sql, json_error},
    rows,
};
use app::api::DemoPerson;
use app::domain::{CommandId, Community, DeviceId, MicroGrid, PersonCard, PersonId, Role, Timestamp};
use std::collections::HashMap;

/// An account as the command line lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// As colleagues see them.
    pub card: PersonCard,
    /// The name to sign in with.
    pub login: String,
    /// Whether a password opens it.
    pub has_password: bool,
}

/// How much a database holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of the log, those taken back included.
    pub entries: i64,
    /// People who can sign in.
    pub people: i64,
    /// Micro-grids.
    pub micro_grids: i64,
    /// Residents.
    pub residents: i64,
}

/// Bytes that came under the id of a command whose bytes are others. Nothing was changed by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictingBytes {
    /// Who sent them.
    pub sender: PersonId,
    /// From which device.
    pub device: DeviceId,
    /// When they came first.
    pub received: Timestamp,
    /// The bytes.
    pub bytes: String,
}

impl SqliteStore {
    pub(super) async fn read_accounts(&self) -> Sql<Vec<AccountLine>> {
        let sql = "SELECT record, login, password_hash IS NOT NULL FROM person ORDER BY login";
        let rows: Vec<(String, String, bool)> = sqlx::query_as(sql).fetch_all(&self.readers).await?;
        let line = |(record, login, has_password): (String, String, bool)| {
            Ok(AccountLine { card: serde_json::from_str(&record).map_err(json_error)?, login, has_password })
        };
        rows.into_iter().map(line).collect()
    }

    pub(super) async fn read_counts(&self) -> Sql<Counts> {
        let sql = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM person),
            (SELECT count(*) FROM micro_grid), (SELECT count(*) FROM resident)";
        let (entries, people, micro_grids, residents) = sqlx::query_as(sql).fetch_one(&self.readers).await?;
        Ok(Counts { entries, people, micro_grids, residents })
    }

    pub(super) async fn read_last_receipt(&self) -> Sql<Option<Timestamp>> {
        let sql = "SELECT received FROM command ORDER BY arrival DESC LIMIT 1";
        let received: Option<i64> = sqlx::query_scalar(sql).fetch_optional(&self.readers).await?;
        Ok(received.map(Timestamp::from_millis))
    }

    pub(super) async fn has_nothing(&self) -> Sql<bool> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM person) AND NOT EXISTS (SELECT 1 FROM community)";
        sqlx::query_scalar(sql).fetch_one(&self.readers).await
    }

    /// Those who have a post, in the order of roles and places, as the demo's sign-in page shows them.
    pub(super) async fn read_people(&self, now: Timestamp) -> Sql<Vec<DemoPerson>> {
        let names = self.place_names().await?;
        let records: Vec<String> = sqlx::query_scalar("SELECT record FROM person").fetch_all(&self.readers).await?;
        let mut people = Vec::with_capacity(records.len());
        for record in records {
            let card: PersonCard = serde_json::from_str(&record).map_err(json_error)?;
            let Some(post) = card.posts_at(now).next() else { continue };
            let place = names.get(post.place.as_str());
            people.push(DemoPerson { place: place.cloned().unwrap_or_default(), card });
        }
        people.sort_by_cached_key(|person| {
            let card = &person.card;
            let role = card.main_role().and_then(|role| Role::ALL.iter().position(|other| *other == role));
            let place = card.memberships.first().map(|membership| membership.place.clone());
            (role.unwrap_or(Role::ALL.len()), place, card.name.clone(), card.id)
        });
        Ok(people)
    }

    async fn place_names(&self) -> Sql<HashMap<String, String>> {
        let mut names = HashMap::new();
        let records: Vec<String> = sqlx::query_scalar("SELECT record FROM community").fetch_all(&self.readers).await?;
        for record in records {
            let community: Community = serde_json::from_str(&record).map_err(json_error)?;
            names.extend(community.grids.into_iter().map(|(code, name)| (code.as_str().to_owned(), name)));
            names.insert(community.code.into(), community.name);
        }
        let records: Vec<String> = sqlx::query_scalar("SELECT record FROM micro_grid").fetch_all(&self.readers).await?;
        for record in records {
            let micro_grid: MicroGrid = serde_json::from_str(&record).map_err(json_error)?;
            names.insert(micro_grid.code.as_str().to_owned(), micro_grid.name());
        }
        Ok(names)
    }

    pub(super) async fn read_conflicts(&self, command: CommandId) -> Sql<Vec<ConflictingBytes>> {
        let sql = "SELECT sender, device, received, bytes FROM conflict WHERE command = $1 ORDER BY arrival";
        let id = command.uuid().as_bytes().to_vec();
        let rows: Vec<(Vec<u8>, Vec<u8>, i64, String)> = sqlx::query_as(sql).bind(id).fetch_all(&self.readers).await?;
        let conflict = |(sender, device, received, bytes): (Vec<u8>, Vec<u8>, i64, String)| {
            let received = Timestamp::from_millis(received);
            Ok(ConflictingBytes { sender: rows::id(&sender)?, device: rows::id(&device)?, received, bytes })
        };
        rows.into_iter().map(conflict).collect()
    }
}
