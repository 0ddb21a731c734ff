//! Who may send a blob, who may see it, and which nobody names.

use super::{
    SqliteStore,
    failure::{Sql, json_error},
    find::push_scope,
    rows,
    scope::Scope,
};
use app::domain::{AttachmentKind, Entry, PersonId, Rights, Sha256Hex};
use app::store::NamedBlob;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

impl SqliteStore {
    pub(super) async fn blob_named_by(&self, author: PersonId, sha256: &Sha256Hex) -> Sql<Option<NamedBlob>> {
        let sql = "SELECT r.record, EXISTS (SELECT 1 FROM blob WHERE sha256 = $1 AND author = $2)
            FROM entry_blob b JOIN entry e ON e.slot = b.slot JOIN entry_record r ON r.slot = b.slot
            WHERE b.sha256 = $1 AND e.author = $2 LIMIT 1";
        let named: Option<(String, bool)> = sqlx::query_as(sql)
            .bind(rows::sha256_bytes(sha256))
            .bind(author.uuid().as_bytes().to_vec())
            .fetch_optional(&self.readers)
            .await?;
        let Some((record, arrived)) = named else { return Ok(None) };
        let entry: Entry = serde_json::from_str(&record).map_err(json_error)?;
        Ok(entry.attachment(sha256).map(|one| NamedBlob { kind: one.kind, bytes: one.bytes, arrived }))
    }

    pub(super) async fn blob_in_scope(&self, rights: &Rights, sha256: &Sha256Hex) -> Sql<Option<AttachmentKind>> {
        let scope = Scope::of(rights);
        let mut query = QueryBuilder::new(
            "SELECT k.kind FROM blob k JOIN entry_blob b ON b.sha256 = k.sha256 JOIN entry e ON e.slot = b.slot AND e.author = k.author
            WHERE k.sha256 = ",
        );
        query.push_bind(rows::sha256_bytes(sha256));
        push_scope(&mut query, &scope);
        query.push(" LIMIT 1");
        let code: Option<String> = query.build_query_scalar().fetch_optional(&self.readers).await?;
        Ok(AttachmentKind::ALL.into_iter().find(|kind| Some(kind.code()) == code.as_deref()))
    }

    pub(super) async fn orphans_among(&self, blobs: Vec<Sha256Hex>) -> Sql<Vec<Sha256Hex>> {
        let sql = "SELECT DISTINCT b.sha256 FROM json_each($1) j JOIN entry_blob b ON b.sha256 = unhex(j.value)";
        let asked = serde_json::to_string(&blobs).map_err(json_error)?;
        let named: Vec<Vec<u8>> = sqlx::query_scalar(sql).bind(asked).fetch_all(&self.readers).await?;
        let named: BTreeSet<Sha256Hex> = named.iter().map(|hash| rows::sha256_hex(hash)).collect();
        Ok(blobs.into_iter().filter(|blob| !named.contains(blob)).collect())
    }
}
