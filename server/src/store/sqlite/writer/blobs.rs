//! Blobs whose bytes are here.

use super::{job::Arrived, ledger::Ledger};
use crate::store::sqlite::{
    failure::{Sql, decode_error},
    rows,
};
use domain::{
    kernel::{CommandId, CommunityId, Kind, RecordKey},
    sync::decide::{Delivery, arrivals},
};

/// Keeps that a blob is here, and tells it of every record of its sender that names it. Of one that nobody names any more
/// (its words were erased during the upload) nothing is noted: its bytes are an orphan.
pub(super) async fn arrived(ledger: &mut Ledger<'_>, arrived: &Arrived) -> Sql<()> {
    let Arrived { author, blob, at } = arrived;
    let sql = "INSERT OR IGNORE INTO blob (sha256, author, kind, bytes, arrived)
        SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT 1 FROM blob_name WHERE sha256 = $1)";
    sqlx::query(sql)
        .bind(rows::hash(&blob.sha256))
        .bind(rows::blob(*author))
        .bind(blob.kind.code())
        .bind(i64::try_from(blob.bytes.get()).unwrap_or(i64::MAX))
        .bind(at.millis())
        .execute(&mut *ledger.connection)
        .await?;
    let sql = "SELECT c.id, r.kind, r.id FROM blob_name b JOIN record r ON r.slot = b.record
        JOIN numbered c ON c.number = r.community
        WHERE b.sha256 = $1 AND r.author = (SELECT number FROM numbered WHERE id = $2)";
    let found: Vec<(Vec<u8>, String, Vec<u8>)> = sqlx::query_as(sql)
        .bind(rows::hash(&blob.sha256))
        .bind(rows::blob(*author))
        .fetch_all(&mut *ledger.connection)
        .await?;
    let mut naming = Vec::with_capacity(found.len());
    for (community, kind, id) in found {
        let community: CommunityId = rows::id(&community)?;
        naming.push(RecordKey { community, kind: Kind::parse(&kind).map_err(decode_error)?, id: rows::id(&id)? });
    }
    naming.sort_unstable();
    let mut new_id = || CommandId::from_parts(at.millis(), rand::random());
    let commands = arrivals(blob, &naming, *at, &mut new_id).map_err(decode_error)?;
    if !commands.is_empty() {
        let delivery = Delivery::from_server(&commands, *at).map_err(decode_error)?;
        ledger.take_in(&[delivery]).await?;
    }
    Ok(())
}
