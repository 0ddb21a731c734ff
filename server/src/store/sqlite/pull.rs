//! Reading the feed.
//!
//! Where a reader stands and where a page ends is said by [`domain::sync::feed`]; here is the query.
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
    kernel::{Envelope, EnvelopeHead, Kind, PersonId, RecordKey, Rights, Timestamp},
    kinds::Kinds,
    store::{FeedPage, PageLimit},
    sync::{
        Cursor, PAGE_RECORDS,
        feed::{Mark, Room},
    },
};
use futures::TryStreamExt;
use sqlx::{QueryBuilder, SqliteConnection};

impl SqliteStore {
    pub(super) async fn feed_page(
        &self,
        person: PersonId,
        cursors: &[Cursor],
        limit: PageLimit,
        now: Timestamp,
    ) -> Sql<FeedPage> {
        let mut connection = self.readers.acquire().await?;
        let mut room = Room::of(&PageLimit { records: limit.records.min(PAGE_RECORDS), ..limit });
        let mut page = FeedPage::default();
        for head in Head::fetch(&mut connection).await? {
            let community = self.communities.at(&mut connection, head).await?;
            let Some(told) = community.told(person, now)? else { continue };
            let (rights, fingerprint) = (community.rights(person, now), &told.fingerprint);
            let cursor = cursors.iter().find(|cursor| cursor.community == head.community);
            let mark = Mark::of(cursor, fingerprint, head.head);
            if mark.start_over {
                page.start_over.push(head.community);
            }
            let kinds = self.communities.kinds();
            let stretch = Stretch { kinds, rights: &rights, scope: &told.scope, head, mark, horizon: limit.horizon };
            let position = stretch.read(&mut connection, &mut room, &mut page.envelopes).await?;
            page.more |= position < head.head;
            page.cursors.push(mark.cursor(head.community, fingerprint, position));
        }
        Ok(page)
    }

    pub(super) async fn record_seen(&self, person: PersonId, key: &RecordKey, now: Timestamp) -> Sql<Option<Envelope>> {
        let mut connection = self.readers.acquire().await?;
        let heads = Head::fetch(&mut connection).await?;
        let Some(head) = heads.into_iter().find(|head| head.community == key.community) else { return Ok(None) };
        let community = self.communities.at(&mut connection, head).await?;
        let Some(reader) = community.told(person, now)? else { return Ok(None) };
        let mut query = QueryBuilder::new("SELECT r.position, r.text FROM record r WHERE r.community = ");
        query.push_bind(head.number).push(" AND r.kind = ").push_bind(key.kind.as_str().to_owned());
        query.push(" AND r.id = ").push_bind(rows::blob(key.id));
        reader.scope.push(&mut query, "r");
        let found: Option<(i64, String)> = query.build_query_as().fetch_optional(&mut *connection).await?;
        let Some((position, text)) = found else { return Ok(None) };
        let text = told(self.communities.kinds(), key, text, &community.rights(person, now))?;
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
    mark: Mark,
    horizon: Timestamp,
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
        let mut query = self.query();
        let mut rows = query.build_query_as::<(i64, String, Vec<u8>, String)>().fetch(connection);
        while let Some((at, kind, id, text)) = rows.try_next().await? {
            let kind = Kind::parse(&kind).map_err(decode_error)?;
            let key = RecordKey { community: self.head.community, kind, id: rows::id(&id)? };
            let Some(text) = told(self.kinds, &key, text, self.rights)? else { continue };
            if room.is_full() {
                return Ok(position);
            }
            position = at;
            room.take(&text);
            envelopes.push(Envelope { head: EnvelopeHead { key, position }, text });
        }
        Ok(self.head.head)
    }

    fn query(&self) -> QueryBuilder<sqlx::Sqlite> {
        let mut query = QueryBuilder::new(
            "SELECT r.position, r.kind, r.id, r.text FROM record r INDEXED BY record_feed WHERE r.community = ",
        );
        query.push_bind(self.head.number).push(" AND r.position > ").push_bind(self.mark.position);
        query.push(" AND r.position <= ").push_bind(self.head.head);
        self.scope.push(&mut query, "r");
        if self.mark.position < self.mark.first_reading_until {
            query.push(" AND (r.stays_open OR r.changed >= ").push_bind(self.horizon.millis());
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
