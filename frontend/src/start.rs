//! The start of a tab: open what the device keeps, show whose it is, and only then talk to anybody.

use crate::{browser, device::Device, emptied, events::within, indexed_db::Shelf, sync_loop::SyncLoop, tabs::News};
use app::{
    api,
    domain::{DeviceId, PersonCard},
    error::AppError,
    local_store::{LocalError, LocalStore},
    sync::Link,
    ui::{Client, Flag, Phase},
};
use gloo_timers::future::TimeoutFuture;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// How long the first question to the server may take, in milliseconds, before the sign-in page is shown without it.
const QUESTION_MILLIS: u32 = 8_000;
/// How often the shown time moves on, in milliseconds.
const TICK_MILLIS: u32 = 30_000;

/// Starts everything that is not drawing. The page has been rendered before.
pub(crate) async fn start(client: Client) {
    client.look_into_tab();
    match open(client).await {
        Ok(device) => {
            device.install.watch(client);
            spawn_local(SyncLoop::new(client, Rc::clone(&device)).run());
            spawn_local(device.versions.clone().register());
            spawn_local(emptied::watch_over(client, Rc::clone(&device)));
            client.persisted.set(browser::is_persisted(false).await);
        }
        Err(error) => client.phase.set(Phase::NoStorage(error)),
    }
    loop {
        TimeoutFuture::new(TICK_MILLIS).await;
        client.clock.set(browser::now());
    }
}

/// Opens the device and shows what it holds for whoever is signed in here, with or without network.
async fn open(client: Client) -> Result<Rc<Device>, LocalError> {
    let shelf = Shelf::default();
    let identity = shelf.identity().await?;
    let id = match identity.device {
        Some(id) => {
            shelf.belongs_to(identity.life);
            id
        }
        None => {
            let remembered = browser::remembered_device();
            if shelf.is_fresh() && remembered.is_some() {
                Flag::STORAGE_LOST.keep(true);
            }
            let id = remembered.unwrap_or_else(|| DeviceId::from_parts(browser::now().millis(), browser::random()));
            shelf.name_device(id, &browser::new_life()).await?;
            browser::remember_device(id);
            id
        }
    };
    // Said until somebody has seen it, over reloads and sign-in.
    client.storage_lost.set(Flag::STORAGE_LOST.is_set());
    let device = Rc::new(Device::new(id, shelf, client));
    client.connect(Rc::clone(&device) as Rc<dyn LocalStore>);
    if let Some(card) = identity.signed_in {
        // The screen says so where this fails.
        let _ = enter(client, &device, card).await;
    }
    Ok(device)
}

/// Makes somebody the person of this device and shows what it holds for them.
///
/// # Errors
/// [`LocalError`]; the screen says so by then.
pub(crate) async fn enter(client: Client, device: &Device, card: PersonCard) -> Result<(), LocalError> {
    match device.open(&card).await {
        Ok(snapshot) => client.show(card, snapshot),
        Err(error) => {
            client.phase.set(Phase::NoStorage(error.clone()));
            return Err(error);
        }
    }
    Ok(())
}

/// Nobody is known here: asks the server whether somebody is signed in all the same.
///
/// # Errors
/// As the question; the sign-in page is shown then.
pub(crate) async fn ask(client: Client, device: &Device) -> Result<(), AppError> {
    let answer = whose_session(device).await;
    if client.me.with_untracked(Option::is_some) {
        // They signed in meanwhile.
        return Ok(());
    }
    match answer {
        Ok(card) => {
            if enter(client, device, card).await.is_ok() {
                device.kick();
            }
            Ok(())
        }
        Err(error) => {
            nobody_here(client, device).await;
            Err(error)
        }
    }
}

/// Shows the sign-in page. What it shows already is not set anew: somebody may be typing there.
async fn nobody_here(client: Client, device: &Device) {
    let left_behind = device.left_behind().await.unwrap_or_default();
    if client.left_behind.with_untracked(|known| *known != left_behind) {
        client.left_behind.set(left_behind);
    }
    if client.phase.with_untracked(|phase| *phase != Phase::SignedOut) {
        client.phase.set(Phase::SignedOut);
    }
}

/// Whoever signed out here without signal is not brought back by their old session: it is ended first.
async fn whose_session(device: &Device) -> Result<PersonCard, AppError> {
    let question = async {
        let owed = device.shelf.identity().await.ok().and_then(|identity| identity.sign_out_owed);
        let answer = match api::me().await {
            Ok(card) if owed == Some(card.id) => {
                api::sign_out().await?;
                Err(AppError::SignInNeeded)
            }
            answer => answer,
        };
        if owed.is_some() && answer == Err(AppError::SignInNeeded) {
            // Should the device not note it, the next start ends an ended session once more.
            let _ = device.session_ended().await;
        }
        answer
    };
    within(QUESTION_MILLIS, question).await.unwrap_or(Err(AppError::Unreachable))
}

/// Another tab has changed what the device holds: this one reads it again.
pub(crate) fn catch_up(client: Client, device: &Rc<Device>, news: News) {
    let device = Rc::clone(device);
    spawn_local(async move {
        if news == News::Person {
            change_person(client, &device).await;
        } else if client.me.with_untracked(Option::is_some) {
            read_again(client, &device, news).await;
        }
        if matches!(news, News::Person | News::Saved) {
            device.kick();
        }
    });
}

/// What was written in this tab while the device was being read is newer than what was read: then it is read once more.
async fn read_again(client: Client, device: &Device, news: News) {
    let person = client.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    loop {
        let before = device.strokes.get();
        // Where this fails, they count among what is read all the same.
        let _ = device.shelf.write_drafts().await;
        let snapshot = if news == News::Drafts { None } else { device.shelf.snapshot().await.ok() };
        if !device.shelf.is_same_life().await.unwrap_or(true) {
            // What this tab knows and the device does not has to be kept first.
            device.shelf.found_emptied();
            return;
        }
        let drafts = if snapshot.is_none() { device.shelf.drafts().await.ok() } else { None };
        if client.me.with_untracked(|me| me.as_ref().map(|me| me.id)) != person {
            return;
        }
        if device.strokes.get() == before {
            if let Some(snapshot) = snapshot {
                client.renew(snapshot);
            }
            if let Some(drafts) = drafts {
                client.renew_drafts(drafts);
            }
            return;
        }
    }
}

async fn change_person(client: Client, device: &Device) {
    let Ok(identity) = device.shelf.identity().await else { return };
    match identity.signed_in {
        Some(card) => {
            let shown = client.is_me(card.id);
            if !shown {
                // The screen says so where this fails.
                let _ = enter(client, device, card).await;
                client.link.set(Link::Unknown);
            }
        }
        None => {
            client.forget();
            nobody_here(client, device).await;
        }
    }
}
