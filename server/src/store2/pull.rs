//! Reading the feed.
//!
//! **Nothing is skipped.** The heads are read first, and rows up to them afterwards, without a transaction: a row that
//! moves in between moves beyond the head, where the next pull finds it. Positions are given and committed by one writer
//! in one order, so no row can appear behind a head that was seen.
//!
//! **The first reading** leaves out what is old and does not stay open (`horizon`), page after page, while later pulls
//! leave out nothing: a phone that was off for half a year must still hear of a change that is five months old. So the
//! cursor of a first reading carries, beside the scope, the head that it started from (`scope<head`); beyond that it is a
//! plain one.
//!
//! **Texts are passed through**: only a masked kind is decoded.

use super::{
    SqliteStore,
    communities::Head,
    failure::{Sql, decode_error, unread},
    rows,
    scope::Scope,
};
use domain::{
    kernel::{CommunityId, Envelope, EnvelopeHead, Kind, PersonId, RecordKey, Rights, Timestamp},
    kinds::Kinds,
    store::{FeedPage, PageLimit},
    sync::{Cursor, PAGE_RECORDS},
};
use futures::TryStreamExt;
use sqlx::{QueryBuilder, SqliteConnection};

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

    fn cursor(&self, community: CommunityId, scope: &Scope, position: i64) -> Cursor {
        let fingerprint = &scope.fingerprint;
        let first = position < self.first_reading_until;
        let scope = if first { format!("{fingerprint}<{}", self.first_reading_until) } else { fingerprint.clone() };
        Cursor { community, position, scope }
    }
}

/// What is left of a page.
struct Room {
    records: usize,
    bytes: u64,
    horizon: Timestamp,
}

impl Room {
    const fn is_over(&self) -> bool {
        self.records == 0 || self.bytes == 0
    }
}

impl SqliteStore {
    pub(super) async fn feed_page(
        &self,
        person: PersonId,
        cursors: &[Cursor],
        limit: PageLimit,
        now: Timestamp,
    ) -> Sql<FeedPage> {
        let mut connection = self.readers.acquire().await?;
        let records = limit.records.clamp(1, PAGE_RECORDS) as usize;
        let mut room = Room { records, bytes: limit.bytes.get().max(1), horizon: limit.horizon };
        let mut page = FeedPage::default();
        for head in Head::fetch(&mut connection).await? {
            let community = self.communities.at(&mut connection, head).await?;
            let Some(rights) = community.rights(person, now) else { continue };
            let Some(scope) = rights.read_scope() else { continue };
            let scope = Scope::of(&scope, &community)?;
            let cursor = cursors.iter().find(|cursor| cursor.community == head.community);
            let mark = Mark::of(cursor, &scope, head.head);
            if mark.start_over {
                page.start_over.push(head.community);
            }
            let stretch = Stretch { kinds: self.communities.kinds(), rights: &rights, scope: &scope, head, mark: &mark };
            let position = stretch.read(&mut connection, &mut room, &mut page.envelopes).await?;
            page.more |= position < head.head;
            page.cursors.push(mark.cursor(head.community, &scope, position));
        }
        Ok(page)
    }

    pub(super) async fn record_seen(&self, person: PersonId, key: &RecordKey, now: Timestamp) -> Sql<Option<Envelope>> {
        let mut connection = self.readers.acquire().await?;
        let heads = Head::fetch(&mut connection).await?;
        let Some(head) = heads.into_iter().find(|head| head.community == key.community) else { return Ok(None) };
        let community = self.communities.at(&mut connection, head).await?;
        let Some(rights) = community.rights(person, now) else { return Ok(None) };
        let Some(scope) = rights.read_scope() else { return Ok(None) };
        let mut query = QueryBuilder::new("SELECT r.position, r.text FROM record r WHERE r.community = ");
        query.push_bind(head.number).push(" AND r.kind = ").push_bind(key.kind.as_str().to_owned());
        query.push(" AND r.id = ").push_bind(rows::blob(key.id));
        Scope::of(&scope, &community)?.push(&mut query, "r");
        let found: Option<(i64, String)> = query.build_query_as().fetch_optional(&mut *connection).await?;
        let Some((position, text)) = found else { return Ok(None) };
        let text = told(self.communities.kinds(), key, text, &rights)?;
        Ok(text.map(|text| Envelope { head: EnvelopeHead { key: key.clone(), position }, text }))
    }

    pub(super) async fn record_stored(&self, key: &RecordKey) -> Sql<Option<Envelope>> {
        let sql = "SELECT r.position, r.text FROM record r
            WHERE r.community = (SELECT number FROM numbered WHERE id = $1) AND r.kind = $2 AND r.id = $3";
        let found: Option<(i64, String)> = sqlx::query_as(sql)
            .bind(rows::blob(key.community))
            .bind(key.kind.as_str())
            .bind(rows::blob(key.id))
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.map(|(position, text)| Envelope { head: EnvelopeHead { key: key.clone(), position }, text }))
    }
}

/// What one community adds to a page.
struct Stretch<'s> {
    kinds: &'s Kinds,
    rights: &'s Rights<'s>,
    scope: &'s Scope,
    head: Head,
    mark: &'s Mark,
}

impl Stretch<'_> {
    /// Fills the page, and says up to which position everything is told.
    async fn read(
        &self,
        connection: &mut SqliteConnection,
        room: &mut Room,
        envelopes: &mut Vec<Envelope>,
    ) -> Sql<i64> {
        let mut position = self.mark.position;
        if position == self.head.head {
            return Ok(position);
        }
        if room.is_over() {
            return Ok(position);
        }
        let mut query = self.query(room.horizon);
        let mut rows = query.build_query_as::<(i64, String, Vec<u8>, String)>().fetch(connection);
        while let Some((at, kind, id, text)) = rows.try_next().await? {
            if room.is_over() {
                return Ok(position);
            }
            position = at;
            let kind = Kind::parse(&kind).map_err(decode_error)?;
            let key = RecordKey { community: self.head.community, kind, id: rows::id(&id)? };
            if let Some(text) = told(self.kinds, &key, text, self.rights)? {
                room.records -= 1;
                room.bytes = room.bytes.saturating_sub(text.len() as u64);
                envelopes.push(Envelope { head: EnvelopeHead { key, position }, text });
            }
        }
        Ok(self.head.head)
    }

    fn query(&self, horizon: Timestamp) -> QueryBuilder<sqlx::Sqlite> {
        let mut query = QueryBuilder::new(
            "SELECT r.position, r.kind, r.id, r.text FROM record r INDEXED BY record_feed WHERE r.community = ",
        );
        query.push_bind(self.head.number).push(" AND r.position > ").push_bind(self.mark.position);
        query.push(" AND r.position <= ").push_bind(self.head.head);
        self.scope.push(&mut query, "r");
        if self.mark.position < self.mark.first_reading_until {
            query.push(" AND (r.stays_open OR r.changed >= ").push_bind(horizon.millis());
            query.push(" OR r.position > ").push_bind(self.mark.first_reading_until);
            query.push(" OR r.author = ").push_bind(self.scope.me()).push(")");
        }
        query.push(" ORDER BY r.position");
        query
    }
}

/// A record's text as somebody is told it; `None` if nothing.
pub(super) fn told(kinds: &Kinds, key: &RecordKey, text: String, rights: &Rights<'_>) -> Sql<Option<String>> {
    match kinds.kind(&key.kind) {
        Some(kind) if !kind.is_masked => Ok(Some(text)),
        Some(kind) => (kind.seen_with)(&text, rights).map_err(unread),
        // A newer version wrote it: who may see how much of it is unknown here.
        None => Err(unread(domain::kernel::Unreadable { is_newer: true, detail: key.to_string() })),
    }
}
