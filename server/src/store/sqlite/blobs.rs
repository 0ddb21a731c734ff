//! Who may send a blob, who may see it, and which nobody names.

use super::{
    SqliteStore,
    communities::Head,
    failure::{Sql, decode_error},
    pull::told,
    rows,
};
use domain::{
    kernel::{Attachment, Kind, PersonId, RecordKey, Sha256, Timestamp},
    store::NamedBlob,
};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

impl SqliteStore {
    pub(super) async fn blob_named_by(&self, person: PersonId, sha256: &Sha256) -> Sql<Option<NamedBlob>> {
        let sql = "SELECT r.text, EXISTS (SELECT 1 FROM blob WHERE sha256 = $1 AND author = $2)
            FROM blob_name b JOIN record r ON r.slot = b.record
            WHERE b.sha256 = $1 AND r.author = (SELECT number FROM numbered WHERE id = $2) LIMIT 1";
        let named: Option<(String, bool)> =
            sqlx::query_as(sql).bind(rows::hash(sha256)).bind(rows::blob(person)).fetch_optional(&self.readers).await?;
        Ok(named.and_then(|(text, arrived)| Some(NamedBlob { attachment: named_in(&text, sha256)?, arrived })))
    }

    pub(super) async fn blob_in_scope(
        &self,
        person: PersonId,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Sql<Option<Attachment>> {
        let mut connection = self.readers.acquire().await?;
        for head in Head::fetch(&mut connection).await? {
            let community = self.communities.at(&mut connection, head).await?;
            let Some(reader) = community.told(person, now)? else { continue };
            // Only what the record's own author has sent: to name a hash that one has heard of shows nothing.
            let mut query = QueryBuilder::new(
                "SELECT r.kind, r.id, r.text FROM blob_name b JOIN record r ON r.slot = b.record
                JOIN numbered a ON a.number = r.author JOIN blob k ON k.sha256 = b.sha256 AND k.author = a.id
                WHERE b.sha256 = ",
            );
            query.push_bind(rows::hash(sha256)).push(" AND r.community = ").push_bind(head.number);
            reader.scope.push(&mut query, "r");
            let found: Vec<(String, Vec<u8>, String)> = query.build_query_as().fetch_all(&mut *connection).await?;
            for (kind, id, text) in found {
                let kind = Kind::parse(&kind).map_err(decode_error)?;
                let key = RecordKey { community: head.community, kind, id: rows::id(&id)? };
                let text = told(self.communities.kinds(), &key, text, &community.rights(person, now))?;
                let named = text.and_then(|text| named_in(&text, sha256));
                if named.is_some() {
                    return Ok(named);
                }
            }
        }
        Ok(None)
    }

    pub(super) async fn orphans_among(&self, blobs: Vec<Sha256>) -> Sql<Vec<Sha256>> {
        let sql = "SELECT DISTINCT b.sha256 FROM json_each($1) j JOIN blob_name b ON b.sha256 = unhex(j.value)";
        let asked = rows::table(&blobs)?;
        let named: Vec<Vec<u8>> = sqlx::query_scalar(sql).bind(asked).fetch_all(&self.readers).await?;
        let named = named.iter().map(|hash| rows::sha256(hash)).collect::<Sql<BTreeSet<Sha256>>>()?;
        Ok(blobs.into_iter().filter(|blob| !named.contains(blob)).collect())
    }
}

/// What a record's text says of a blob.
fn named_in(text: &str, sha256: &Sha256) -> Option<Attachment> {
    Attachment::words_in(text).find(|attachment| attachment.sha256 == *sha256)
}
