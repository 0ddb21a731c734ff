//! The stores and how they came to be. From 0.2.0 on versions only ever add: a phone may come from any of them.

use super::failure::Failure;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbObjectStoreParameters, IdbOpenDbRequest, IdbVersionChangeEvent};

/// Name of the database.
pub(crate) const NAME: &str = "watchlog-records";
/// The version that this code writes.
pub(crate) const VERSION: u32 = 1;

/// What this browser profile is, and who is signed in.
pub(crate) const DEVICE: &str = "device";
/// Everybody who was ever signed in here.
pub(crate) const PEOPLE: &str = "people";
/// What the server does not have, or whose effect has not come back yet.
pub(crate) const OUTBOX: &str = "outbox";
/// What was confirmed within the last 30 days.
pub(crate) const SENT: &str = "sent";
/// Unfinished texts.
pub(crate) const DRAFTS: &str = "drafts";
/// What the server has told.
pub(crate) const RECORDS: &str = "records";
/// How far each person came with the server.
pub(crate) const MARKS: &str = "marks";
/// The bytes of photos and voice notes.
pub(crate) const BLOBS: &str = "blobs";
/// Since when they are here: apart, so that nobody has to read megabytes to know what there is.
pub(crate) const BLOB_TIMES: &str = "blob_times";

/// Index of [`OUTBOX`]: a person's rows in their order.
pub(crate) const BY_PERSON: &str = "by_person";
/// Index of [`SENT`]: a person's rows by time.
pub(crate) const BY_PERSON_AND_TIME: &str = "by_person_and_time";

/// Brings a database of any earlier version to [`VERSION`].
pub(super) fn upgrade(event: &IdbVersionChangeEvent) -> Result<(), Failure> {
    let not_ours = || Failure::Broken("no database to upgrade".to_owned());
    let request: IdbOpenDbRequest = event.target().and_then(|target| target.dyn_into().ok()).ok_or_else(not_ours)?;
    let database: IdbDatabase = request.result()?.unchecked_into();
    if event.old_version() < 1.0 {
        for name in [DEVICE, PEOPLE, DRAFTS, RECORDS, MARKS, BLOBS, BLOB_TIMES] {
            database.create_object_store(name)?;
        }
        let numbered = IdbObjectStoreParameters::new();
        numbered.set_auto_increment(true);
        let outbox = database.create_object_store_with_optional_parameters(OUTBOX, &numbered)?;
        outbox.create_index_with_str(BY_PERSON, "person")?;
        let sent = database.create_object_store_with_optional_parameters(SENT, &numbered)?;
        let path: JsValue = Array::of2(&"person".into(), &"at".into()).into();
        sent.create_index_with_str_sequence(BY_PERSON_AND_TIME, &path)?;
    }
    Ok(())
}
