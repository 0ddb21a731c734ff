//! What the server has told: pages of the feed, and how far the device came with it.

use super::{
    blobs::time,
    failure::Failure,
    identity::is_signed_in,
    rows,
    schema::{BY_PERSON_AND_TIME, DEVICE, MARKS, OUTBOX, RECORDS, SENT},
    shelf::{Shelf, among, forget_commands, outbox_rows},
    transaction::{Access, Transaction, answer, pair},
};
use domain::{
    kernel::{CommunityId, Span, Timestamp},
    sync::{LocalError, Page, Queued, SyncMarks},
};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbKeyRange;

/// After so long what was sent is no longer kept.
const SENT_FOR: Span = Span::days(30);

impl Shelf {
    /// Takes in a page of the feed and moves what it confirms from the outbox to what was sent. Only for whoever is
    /// signed in on this device, as it says itself: another tab may have signed them out a moment ago, and what was
    /// forgotten then must not come back. And only where the page before is there ([`Page::check_follows`]).
    pub(crate) async fn absorb(&self, page: &Page, now: Timestamp) -> Result<(), Failure> {
        let (person, marks) = (self.person(), rows::json(&page.marks)?);
        let records: Vec<(JsValue, String)> = page
            .envelopes
            .iter()
            .map(|envelope| Ok((pair(&person, &envelope.head.key.to_string()), rows::record(envelope)?)))
            .collect::<Result<_, Failure>>()?;
        let work = async |transaction: &Transaction| {
            is_signed_in(transaction, &person).await?;
            let before = answer(transaction.store(MARKS)?.get(&(&*person).into())).await?;
            let before: SyncMarks = rows::parsed(&before).unwrap_or_default();
            page.check_follows(&before).map_err(|error| match error {
                LocalError::Outdated => Failure::Outdated,
                _ => Failure::Emptied,
            })?;
            let store = transaction.store(RECORDS)?;
            for community in &page.forgotten {
                store.delete(&of_community(&person, *community)?)?;
            }
            for (key, lines) in &records {
                store.put_with_key(&lines.as_str().into(), key)?;
            }
            transaction.store(MARKS)?.put_with_key(&marks.as_str().into(), &(&*person).into())?;
            if !page.confirmed.is_empty() {
                move_to_sent(transaction, &person, &page.confirmed, now).await?;
            }
            if !page.erased.is_empty() {
                forget_commands(transaction, &person, &|item| page.erases(item)).await?;
            }
            Ok(())
        };
        self.database.transact(&[DEVICE, RECORDS, MARKS, OUTBOX, SENT], Access::Write, work).await
    }

    /// Keeps how it stands with the server.
    pub(crate) async fn keep_marks(&self, marks: &SyncMarks) -> Result<(), Failure> {
        let (person, marks) = (self.person(), rows::json(marks)?);
        let work = async |transaction: &Transaction| {
            is_signed_in(transaction, &person).await?;
            transaction.store(MARKS)?.put_with_key(&marks.as_str().into(), &(&*person).into())?;
            Ok(())
        };
        self.database.transact(&[DEVICE, MARKS], Access::Write, work).await
    }
}

/// All keys of a person's records of one community: `community/` and what follows it, up to the next character.
fn of_community(person: &str, community: CommunityId) -> Result<JsValue, Failure> {
    let community = community.to_string();
    let (from, until) = (pair(person, &[&community, "/"].concat()), pair(person, &[&community, "0"].concat()));
    Ok(IdbKeyRange::bound(&from, &until)?.into())
}

/// Another tab may have moved some of them before: only what is still in the outbox is moved.
async fn move_to_sent(
    transaction: &Transaction,
    person: &str,
    confirmed: &[Queued],
    now: Timestamp,
) -> Result<(), Failure> {
    let (outbox, sent) = (transaction.store(OUTBOX)?, transaction.store(SENT)?);
    let oldest = time(now.plus(SENT_FOR.negated()));
    let (first, last) = (Array::of1(&person.into()), Array::of2(&person.into(), &oldest));
    let too_old = IdbKeyRange::bound(&first, &last)?;
    let too_old = answer(sent.index(BY_PERSON_AND_TIME)?.get_all_keys_with_key(&too_old));
    let mut moved: Vec<&str> = Vec::new();
    for (key, row) in outbox_rows(transaction, person).await? {
        let Some(item) = among(confirmed, &row) else { continue };
        outbox.delete(&key)?;
        if !moved.contains(&item.bytes.as_str()) {
            sent.add(&rows::sent_row(person, item, &time(now))?)?;
            moved.push(&item.bytes);
        }
    }
    for key in too_old.await?.unchecked_into::<Array>().iter() {
        sent.delete(&key)?;
    }
    Ok(())
}
