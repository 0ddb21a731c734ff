//! What somebody decides about commands that are held.

use super::ledger::Ledger;
use crate::store::sqlite::{failure::Sql, rows};
use domain::{
    kernel::{CommandId, Timestamp},
    sync::{
        CommandReply,
        decide::{Delivery, Ruling},
    },
};

/// Decides about a held command; `None` where nothing is held under this id.
pub(super) async fn decide(ledger: &mut Ledger<'_>, command: CommandId, ruling: Ruling) -> Sql<Option<CommandReply>> {
    let sql = "SELECT bytes, sent_at, received FROM command WHERE id = $1 AND held = 1 AND bytes IS NOT NULL";
    let found: Option<(String, i64, i64)> =
        sqlx::query_as(sql).bind(rows::blob(command)).fetch_optional(&mut *ledger.connection).await?;
    let Some((bytes, sent_at, received)) = found else { return Ok(None) };
    let times = (Timestamp::from_millis(sent_at), Timestamp::from_millis(received));
    let delivery = Delivery::decided(bytes, times.0, times.1, ruling);
    Ok(ledger.take_in(&[delivery]).await?.into_iter().flatten().next())
}
