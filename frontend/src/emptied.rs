//! The browser takes the storage away under the open page: cleared by a person, or by a browser that wants room
//! (LESSONS.md L3, L17). What this page still knows of its person is kept anew, the log is read anew, and it is said.
//!
//! | kept before | afterwards |
//! |---|---|
//! | who is signed in, unsent commands, unfinished texts | kept anew from memory |
//! | records | read anew from the server |
//! | what others on this device had not sent | gone; that is what has to be said |

use crate::{browser, device::Device, indexed_db::Failure};
use app::{
    local_store::LocalStore,
    sync::SyncMarks,
    ui::{Client, Flag},
};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::rc::Rc;

/// Between two tries to keep everything anew, in milliseconds.
const AGAIN_MILLIS: u32 = 5_000;

/// Looks, for as long as the page lives, whether everything is still there whenever the system has closed the database.
pub(crate) async fn watch_over(client: Client, device: Rc<Device>) {
    loop {
        device.shelf.closed().await;
        while look(client, &device).await.is_err() {
            TimeoutFuture::new(AGAIN_MILLIS).await;
        }
        device.kick();
    }
}

async fn look(client: Client, device: &Device) -> Result<(), Failure> {
    if !device.shelf.is_same_life().await? {
        Flag::STORAGE_LOST.keep(true);
        keep_anew(client, device).await?;
    }
    let there = device.shelf.snapshot().await?;
    // Photos are in no page's memory: what is gone is gone, and must not be called kept.
    client.blobs.set(there.blobs);
    if there.marks.cursor.is_none() {
        // The feed would only tell what is new. Until this is noted, the shelf takes in no page of it.
        client.marks.update(|marks| *marks = SyncMarks { cursor: None, first_sync_done: false, ..marks.clone() });
    }
    client.storage_lost.set(Flag::STORAGE_LOST.is_set());
    Ok(())
}

/// Writes down what this page knows and the device does not: another tab may have been faster, and it does not know all that
/// this one does. The name of the device comes last: with it, everything of this page is there.
async fn keep_anew(client: Client, device: &Device) -> Result<(), Failure> {
    let nameless = device.shelf.identity().await?.device.is_none();
    if let (Some(card), true) = (client.me.get_untracked(), nameless) {
        device.shelf.sign_in(&card).await?;
    }
    let there = device.shelf.snapshot().await?;
    for item in client.outbox.with_untracked(|outbox| outbox.items().to_vec()) {
        if there.outbox.iter().all(|other| other.bytes != item.bytes) {
            device.shelf.append(&item, None, &[]).await?;
        }
    }
    for (key, text) in untrack(|| client.drafts()) {
        if there.drafts.get(&key).is_none() {
            device.shelf.keep_draft(&key, &text).await?;
        }
    }
    let id = device.device();
    device.shelf.name_device(id, &browser::new_life()).await?;
    browser::remember_device(id);
    Ok(())
}
