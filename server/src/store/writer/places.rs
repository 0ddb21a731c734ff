//! What every decision needs and what seldom changes: communities, micro-grids, and who is what where. Kept in
//! memory by the writer; a commit by another process (the command line) makes it read them anew.

use crate::store::failure::{Sql, json_error};
use app::domain::{Community, CommunityCode, Membership, MicroGrid, MicroGridCode, PersonCard, PersonId};
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// All places and posts of the database.
#[derive(Default)]
pub(super) struct Places {
    /// Which state of the database this is, as `PRAGMA data_version` tells it: changed by commits of others only.
    pub version: Option<i64>,
    pub communities: HashMap<CommunityCode, Community>,
    pub micro_grids: HashMap<MicroGridCode, MicroGrid>,
    pub memberships: HashMap<PersonId, Vec<Membership>>,
}

impl Places {
    pub(super) async fn load(connection: &mut SqliteConnection, version: i64) -> Sql<Self> {
        let communities: Vec<Community> = records(connection, "SELECT record FROM community").await?;
        let micro_grids: Vec<MicroGrid> = records(connection, "SELECT record FROM micro_grid").await?;
        let people: Vec<PersonCard> = records(connection, "SELECT record FROM person").await?;
        Ok(Self {
            version: Some(version),
            communities: communities.into_iter().map(|community| (community.code.clone(), community)).collect(),
            micro_grids: micro_grids.into_iter().map(|micro_grid| (micro_grid.code.clone(), micro_grid)).collect(),
            memberships: people.into_iter().map(|card| (card.id, card.memberships)).collect(),
        })
    }
}

async fn records<T: DeserializeOwned>(connection: &mut SqliteConnection, sql: &'static str) -> Sql<Vec<T>> {
    let texts: Vec<(String,)> = sqlx::query_as(sql).fetch_all(connection).await?;
    texts.iter().map(|(text,)| serde_json::from_str(text).map_err(json_error)).collect()
}
