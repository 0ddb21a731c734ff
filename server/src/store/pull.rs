//! Reading the feed.
//!
//! **Nothing is skipped.** The head is read first, and rows up to it afterwards, without a transaction: a row that
//! moves in between moves beyond the head, where the next pull finds it. Positions are given and committed by one
//! writer in one order, so no row can appear behind a head that was seen.
//!
//! **The first reading** leaves out old entries (`horizon`), page after page, while later pulls leave out nothing: a
//! phone that was off for half a year must still hear of a change that is five months old. So the cursor of a first
//! reading carries, beside the scope, the head that it started from (`scope<head`); beyond that it is a plain one.
//!
//! **Without a post** one hears of one's own entries alone: neither of places nor of colleagues.

use super::{
    SqliteStore,
    failure::{Sql, json_error},
    rows::kind,
    scope::Scope,
};
use app::domain::{Change, CommunityCode, Rights, Timestamp};
use app::store::FeedPage;
use app::sync::Cursor;
use serde::de::DeserializeOwned;

/// Most changes of one page.
const MOST_CHANGES: u32 = 1_000;

const ROWS: &str = "WITH scope (first, last, mask) AS MATERIALIZED (
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)
    )
    SELECT f.position, f.kind, CASE f.kind
        WHEN 1 THEN (SELECT record FROM community r WHERE r.slot = f.slot)
        WHEN 2 THEN (SELECT record FROM micro_grid r WHERE r.slot = f.slot)
        WHEN 3 THEN (SELECT record FROM person r WHERE r.slot = f.slot)
        WHEN 4 THEN (SELECT record FROM resident r WHERE r.slot = f.slot)
        ELSE (SELECT record FROM entry_record r WHERE r.slot = f.slot) END
    FROM feed f
    WHERE f.community = $2 AND f.position > $3 AND f.position <= $4
        AND (f.author = $5 OR (f.kind IN (1, 3) AND EXISTS (SELECT 1 FROM scope)) OR EXISTS (
            SELECT 1 FROM scope s WHERE f.micro_grid BETWEEN s.first AND s.last AND f.categories & s.mask))
        AND (f.kind < 5 OR f.position > $6 OR f.changed >= $7 OR f.awaiting OR f.author = $5)
    ORDER BY f.position LIMIT $8";

/// Where a reader stands, and how far the first reading goes.
struct Mark {
    position: i64,
    first_reading_until: i64,
    start_over: bool,
}

impl Mark {
    fn of(cursor: Option<&Cursor>, scope: &Scope, head: i64) -> Self {
        let anew = |start_over| Self { position: 0, first_reading_until: head, start_over };
        let Some(cursor) = cursor else {
            return anew(false);
        };
        let (fingerprint, until) = cursor.scope.split_once('<').unwrap_or((&cursor.scope, "0"));
        match until.parse() {
            Ok(first_reading_until) if fingerprint == scope.fingerprint && (0..=head).contains(&cursor.position) => {
                Self { position: cursor.position, first_reading_until, start_over: false }
            }
            _ => anew(true),
        }
    }

    fn cursor(&self, scope: &Scope, position: i64) -> Cursor {
        let fingerprint = &scope.fingerprint;
        let first = position < self.first_reading_until;
        let scope = if first { format!("{fingerprint}<{}", self.first_reading_until) } else { fingerprint.clone() };
        Cursor { position, scope }
    }
}

impl SqliteStore {
    pub(super) async fn feed_page(
        &self,
        rights: &Rights,
        community: &CommunityCode,
        cursor: Option<&Cursor>,
        limit: u32,
        horizon: Timestamp,
    ) -> Sql<FeedPage> {
        let limit = limit.clamp(1, MOST_CHANGES);
        let scope = Scope::of(rights);
        let places = scope.json()?;
        let mut connection = self.readers.acquire().await?;
        let head: Option<i64> = sqlx::query_scalar("SELECT head FROM community WHERE code = $1")
            .bind(community.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        let head = head.unwrap_or_default();
        let mark = Mark::of(cursor, &scope, head);
        let (mut position, mut changes, mut more) = (mark.position, Vec::new(), true);
        // Residents may turn out to be none of the reader's business, which only the domain can say: go on until
        // the page is full.
        while more && changes.len() < limit as usize {
            let rows: Vec<(i64, i64, String)> = sqlx::query_as(ROWS)
                .bind(&places)
                .bind(community.as_str())
                .bind(position)
                .bind(head)
                .bind(&scope.person)
                .bind(mark.first_reading_until)
                .bind(horizon.millis())
                .bind(i64::from(limit) + 1)
                .fetch_all(&mut *connection)
                .await?;
            more = rows.len() > limit as usize;
            for (at, kind, record) in &rows {
                if changes.len() == limit as usize {
                    more = true;
                    break;
                }
                position = *at;
                changes.extend(change(*kind, record, rights)?);
            }
        }
        if !more {
            position = head;
        }
        Ok(FeedPage { changes, next: mark.cursor(&scope, position), more, start_over: mark.start_over })
    }
}

fn change(kind: i64, record: &str, rights: &Rights) -> Sql<Option<Change>> {
    Ok(match kind {
        kind::COMMUNITY => Some(Change::Community(read(record)?)),
        kind::MICRO_GRID => Some(Change::MicroGrid(read(record)?)),
        kind::PERSON => Some(Change::Person(read(record)?)),
        kind::RESIDENT => read::<app::domain::Resident>(record)?.seen_with(rights).map(Change::Resident),
        kind::ENTRY => Some(Change::Entry(read(record)?)),
        // Written by a newer version of this program; an older one has nothing to say of it.
        _ => None,
    })
}

fn read<T: DeserializeOwned>(record: &str) -> Sql<T> {
    serde_json::from_str(record).map_err(json_error)
}
