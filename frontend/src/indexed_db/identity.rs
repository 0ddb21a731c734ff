//! What this browser profile is, who is signed in here, and what it holds for them: what a cold start reads.

use super::{
    blobs::blobs_in,
    failure::Failure,
    rows,
    schema::{BLOB_TIMES, BY_PERSON, DEVICE, DRAFTS, MARKS, OUTBOX, PEOPLE, RECORDS},
    shelf::Shelf,
    transaction::{Access, Transaction, answer, beginning_with, rows_of},
};
use domain::{
    kernel::{DeviceId, PersonId},
    sync::{Card, Identity, Snapshot, SyncMarks},
};
use wasm_bindgen::{JsCast, JsValue};

const DEVICE_ID: &str = "id";
const LIFE: &str = "life";
pub(super) const SIGNED_IN: &str = "signed_in";
pub(super) const SIGN_OUT_OWED: &str = "sign_out_owed";

/// What a start finds.
pub(crate) struct Profile {
    /// This browser profile.
    pub(crate) device: Option<DeviceId>,
    /// Names what is kept here from its beginning on: another one means that everything before was taken away.
    pub(crate) life: Option<String>,
    /// Who is signed in here.
    pub(crate) identity: Identity,
}

/// What is held for somebody, as of one moment.
pub(crate) struct Held {
    /// The life of what is kept here.
    pub(crate) life: Option<String>,
    /// Who is signed in here.
    pub(crate) signed_in: Option<Card>,
    /// All of it.
    pub(crate) snapshot: Snapshot,
}

impl Shelf {
    /// Reads who and what this is. Opens the database.
    pub(crate) async fn profile(&self) -> Result<Profile, Failure> {
        let work = async |transaction: &Transaction| {
            let store = transaction.store(DEVICE)?;
            let device = answer(store.get(&DEVICE_ID.into()));
            let life = answer(store.get(&LIFE.into()));
            let signed_in = answer(store.get(&SIGNED_IN.into()));
            let owed = answer(store.get(&SIGN_OUT_OWED.into()));
            Ok(Profile {
                device: device.await?.as_string().and_then(|id| id.parse().ok()),
                life: life.await?.as_string(),
                identity: Identity {
                    signed_in: card_in(&signed_in.await?),
                    sign_out_owed: owed.await?.as_string().and_then(|id| id.parse().ok()),
                },
            })
        };
        self.database.transact(&[DEVICE], Access::Read, work).await
    }

    /// Gives this browser profile its name, and what is kept here from now on another one, unless another tab has done it.
    /// This tab then knows the life that it belongs to.
    pub(crate) async fn name_device(&self, id: DeviceId, life: &str) -> Result<(), Failure> {
        let work = async |transaction: &Transaction| {
            let store = transaction.store(DEVICE)?;
            if answer(store.get(&DEVICE_ID.into())).await?.as_string().is_none() {
                store.put_with_key(&id.to_string().into(), &DEVICE_ID.into())?;
                store.put_with_key(&life.into(), &LIFE.into())?;
                return Ok(Some(life.to_owned()));
            }
            Ok(answer(store.get(&LIFE.into())).await?.as_string())
        };
        let life = self.database.transact(&[DEVICE], Access::WriteStrict, work).await?;
        self.belongs_to(life);
        Ok(())
    }

    /// What is kept here has this life, as far as this tab knows.
    pub(crate) fn belongs_to(&self, life: Option<String>) {
        *self.life.borrow_mut() = life;
    }

    /// Whether what is kept here is what this tab belongs to.
    pub(crate) async fn is_same_life(&self) -> Result<bool, Failure> {
        let profile = self.profile().await?;
        Ok(profile.device.is_some() && *self.life.borrow() == profile.life)
    }

    /// The session of somebody that was to be ended is.
    pub(crate) async fn session_ended(&self, whose: PersonId) -> Result<(), Failure> {
        let whose = whose.to_string();
        let work = async |transaction: &Transaction| {
            let device = transaction.store(DEVICE)?;
            if answer(device.get(&SIGN_OUT_OWED.into())).await?.as_string().as_ref() == Some(&whose) {
                device.delete(&SIGN_OUT_OWED.into())?;
            }
            Ok(())
        };
        self.database.transact(&[DEVICE], Access::Write, work).await
    }

    /// Makes somebody the person of this device, unless they are. Where this fails, the device stays as it was.
    pub(crate) async fn sign_in(&self, card: &Card) -> Result<(), Failure> {
        let text = card_row(card)?;
        let work = async |transaction: &Transaction| {
            let device = transaction.store(DEVICE)?;
            if answer(device.get(&SIGNED_IN.into())).await?.as_string().as_ref() == Some(&text) {
                return Ok(());
            }
            device.delete(&SIGN_OUT_OWED.into())?;
            put_card(transaction, card, &text)
        };
        self.database.transact(&[DEVICE, PEOPLE], Access::WriteStrict, work).await
    }

    /// Another card of the person of this device, where they still are.
    pub(crate) async fn renew_card(&self, card: &Card) -> Result<(), Failure> {
        let (id, text) = (card.person.to_string(), card_row(card)?);
        let work = async |transaction: &Transaction| {
            is_signed_in(transaction, &id).await?;
            put_card(transaction, card, &text)
        };
        self.database.transact(&[DEVICE, PEOPLE], Access::WriteStrict, work).await
    }

    /// From now on this tab is this person's.
    pub(crate) fn turn_to(&self, person: Option<PersonId>) {
        self.person.replace(person.map_or_else(String::new, |person| person.to_string()).into());
    }

    /// Everything held for the person of this device, with what pages have left for them.
    pub(crate) async fn open(&self, person: PersonId) -> Result<Snapshot, Failure> {
        let held = self.held_with_stashes(&person.to_string()).await?;
        match held.signed_in {
            Some(card) if card.person == person => Ok(held.snapshot),
            _ => Err(Failure::AnotherPerson),
        }
    }

    /// Everything held for the person of this tab, as of one moment; [`Failure::Emptied`] where it is another life's.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Failure> {
        let life = self.life.borrow().clone();
        let held = self.held_with_stashes(&self.person()).await?;
        if held.life == life { Ok(held.snapshot) } else { Err(Failure::Emptied) }
    }

    /// The same for somebody, whatever life it is: an emptied device is opened before it is filled again and named.
    pub(super) async fn held_for(&self, person: &str) -> Result<Held, Failure> {
        // Where this fails, they count among what is read all the same.
        let _ = self.write_drafts().await;
        let work = async |transaction: &Transaction| {
            let (key, range) = (JsValue::from_str(person), beginning_with(person)?);
            // All under way at once: the browser reads while we wait for the first.
            let device = transaction.store(DEVICE)?;
            let (life, signed_in) = (answer(device.get(&LIFE.into())), answer(device.get(&SIGNED_IN.into())));
            let outbox = answer(transaction.index(OUTBOX, BY_PERSON)?.get_all_with_key(&key));
            let drafts = rows_of(transaction, DRAFTS, person)?;
            let marks = answer(transaction.store(MARKS)?.get(&key));
            let blobs = rows_of(transaction, BLOB_TIMES, person)?;
            let records = answer(transaction.store(RECORDS)?.get_all_with_key(&range));
            let profile = (life.await?, signed_in.await?);
            Ok((profile, outbox.await?, drafts.await?, marks.await?, blobs.await?, records.await?))
        };
        let stores = [DEVICE, OUTBOX, DRAFTS, MARKS, BLOB_TIMES, RECORDS];
        let (profile, outbox, drafts, marks, blobs, records) =
            self.database.transact(&stores, Access::Read, work).await?;
        let mut marks: SyncMarks = rows::parsed(&marks).unwrap_or_default();
        let records = rows::records(records).unwrap_or_else(|| {
            // The feed would not bring again what another version wrote here: it is read anew.
            marks.cursors.clear();
            Vec::new()
        });
        let snapshot = Snapshot {
            records,
            outbox: rows::queued(&outbox.unchecked_into()),
            drafts: self.texts_in(person, drafts),
            marks,
            blobs: blobs_in(blobs),
        };
        Ok(Held { life: profile.0.as_string(), signed_in: card_in(&profile.1), snapshot })
    }
}

/// Only for whoever is signed in on this device, as it says itself: another tab may have signed them out a moment ago.
pub(super) async fn is_signed_in(transaction: &Transaction, person: &str) -> Result<(), Failure> {
    let card = card_in(&answer(transaction.store(DEVICE)?.get(&SIGNED_IN.into())).await?);
    match card {
        Some(card) if card.person.to_string() == person => Ok(()),
        _ => Err(Failure::AnotherPerson),
    }
}

fn card_row(card: &Card) -> Result<String, Failure> {
    card.write().map_err(|_| Failure::Broken("no JSON form".to_owned()))
}

fn put_card(transaction: &Transaction, card: &Card, text: &str) -> Result<(), Failure> {
    transaction.store(DEVICE)?.put_with_key(&text.into(), &SIGNED_IN.into())?;
    transaction.store(PEOPLE)?.put_with_key(&text.into(), &card.person.to_string().into())?;
    Ok(())
}

/// The card in a row.
pub(super) fn card_in(row: &JsValue) -> Option<Card> {
    Card::read(&row.as_string()?).ok()
}
