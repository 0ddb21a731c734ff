//! Reading the feed.
//!
//! Where a reader stands and where a page ends is said by [`domain::sync::feed`]; here is the query.
//!
//! **Texts are passed through**: only a masked kind is decoded. They come in blocks of many records ([`super::page`]).

use super::{
    SqliteStore,
    communities::Head,
    failure::{Sql, decode_error, unread},
    page::push_limit,
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
use sqlx::{QueryBuilder, SqliteConnection};
use uuid::Uuid;

/// Records of a block: few hops, and not much beyond the end of a page.
const BLOCK: usize = 128;

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
        let (mut position, mut looked_at) = (self.mark.position, self.mark.position);
        while looked_at < self.head.head {
            let wanted = BLOCK.min(room.records() as usize + 1);
            let block = self.block(connection, looked_at, wanted).await?;
            let mut lines = block.lines();
            let mut count = 0;
            while let Some((head, text)) = lines.next().zip(lines.next()) {
                let (at, key) = self.place(head)?;
                (looked_at, count) = (at, count + 1);
                let Some(text) = told(self.kinds, &key, text.to_owned(), self.rights)? else { continue };
                let envelope = Envelope { head: EnvelopeHead { key, position: at }, text };
                if !room.takes(&envelope) {
                    return Ok(position);
                }
                position = at;
                envelopes.push(envelope);
            }
            if count < wanted {
                break;
            }
        }
        Ok(self.head.head)
    }

    /// The next records after a position, two lines each: where it stands, kind and id; what it says.
    async fn block(&self, connection: &mut SqliteConnection, after: i64, wanted: usize) -> Sql<String> {
        let mut query = QueryBuilder::new(
            "SELECT group_concat(position || ' ' || kind || ' ' || hex(id) || char(10) || text, char(10)) FROM (
                SELECT r.position, r.kind, r.id, r.text FROM record r INDEXED BY record_feed WHERE r.community = ",
        );
        query.push_bind(self.head.number).push(" AND r.position > ").push_bind(after);
        query.push(" AND r.position <= ").push_bind(self.head.head);
        self.scope.push(&mut query, "r");
        if self.mark.position < self.mark.first_reading_until {
            query.push(" AND (r.stays_open OR r.changed >= ").push_bind(self.horizon.millis());
            query.push(" OR r.position > ").push_bind(self.mark.first_reading_until);
            query.push(" OR r.author = ").push_bind(self.scope.me()).push(")");
        }
        query.push(" ORDER BY r.position");
        push_limit(&mut query, wanted);
        query.push(")");
        let block: Option<String> = query.build_query_scalar().fetch_one(connection).await?;
        Ok(block.unwrap_or_default())
    }

    fn place(&self, line: &str) -> Sql<(i64, RecordKey)> {
        let mut words = line.split(' ');
        let (Some(position), Some(kind), Some(id)) = (words.next(), words.next(), words.next()) else {
            return Err(sqlx::Error::RowNotFound);
        };
        let kind = Kind::parse(kind).map_err(decode_error)?;
        let id = Uuid::try_parse(id).map_err(decode_error)?;
        Ok((position.parse().map_err(decode_error)?, RecordKey { community: self.head.community, kind, id }))
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
