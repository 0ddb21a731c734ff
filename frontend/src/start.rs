//! The start of a tab: open what the device keeps, show whose it is, and only then talk to anybody.

use crate::{
    browser,
    device::{Around, Device},
    events::listen,
    host::Tab,
    indexed_db::{LazyPart, Shelf},
    tabs::Tabs,
    talking::Talking,
    transport::Fetch,
};
use app::ui::{Client, Flag, Phase};
use domain::{
    kernel::DeviceId,
    sync::{Doors, LocalError, LocalStore, News, Replica},
};
use gloo_timers::future::TimeoutFuture;
use std::{
    cell::{Cell, OnceCell},
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// How often the shown time moves on, in milliseconds.
const TICK_MILLIS: u32 = 30_000;

/// Starts everything that is not drawing. The page has been rendered before.
pub(crate) async fn start(client: Client) {
    client.look_into_tab();
    match open(client).await {
        Ok(device) => run(client, device).await,
        Err(error) => client.phase.set(Phase::NoStorage(error)),
    }
    loop {
        TimeoutFuture::new(TICK_MILLIS).await;
        client.clock.set(browser::now());
    }
}

/// Opens the device: finds its name, or gives it one.
async fn open(client: Client) -> Result<Rc<Device>, LocalError> {
    let shelf = Shelf::default();
    let profile = shelf.profile().await?;
    let id = match profile.device {
        Some(id) => {
            shelf.belongs_to(profile.life);
            id
        }
        None => {
            let remembered = browser::remembered_device();
            if shelf.is_fresh() && remembered.is_some() {
                Flag::STORAGE_LOST.keep(true);
            }
            let id = remembered.unwrap_or_else(|| DeviceId::from_parts(browser::now().millis(), browser::random()));
            shelf.name_device(id, &browser::new_name()).await?;
            browser::remember_device(id);
            id
        }
    };
    // Said until somebody has seen it, over reloads and sign-in.
    client.storage_lost.set(Flag::STORAGE_LOST.is_set());
    Ok(Rc::new(Device::new(id, shelf, client)))
}

/// Shows what the device holds for whoever is signed in here, with or without network, and begins to talk.
async fn run(client: Client, device: Rc<Device>) {
    let tab = Rc::new(Tab {
        device: Rc::clone(&device),
        tabs: Tabs::open(),
        live: OnceCell::new(),
        has_asked_to_persist: Cell::default(),
    });
    let doors = Doors {
        local: Rc::clone(&device) as Rc<dyn LocalStore>,
        transport: Rc::new(Fetch),
        host: Rc::clone(&tab) as Rc<dyn domain::sync::Host>,
    };
    let replica = client.connect(doors, Rc::new(Around(Rc::clone(&device))));
    // Before anything is read: what another tab tells meanwhile is looked at once this one runs.
    hear(client, &tab, &replica);
    // The screen says so where this fails.
    let _ = client.start(browser::has_just_entered()).await;
    device.install.watch(client);
    spawn_local(Talking::run(Rc::clone(&replica)));
    spawn_local(device.versions.clone().register());
    spawn_local(watch_over(device, replica));
    client.persisted.set(browser::is_persisted(false).await);
}

/// Uploads are in a lazy part of the program. One that cannot be had now is asked for at the next round.
pub(crate) fn upload(replica: Rc<Replica>) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        if let Ok(part) = LazyPart::here().await {
            (part.upload)(replica).await;
        }
    })
}

/// Whenever the system has closed the database, somebody looks whether everything is still there.
async fn watch_over(device: Rc<Device>, replica: Rc<Replica>) {
    loop {
        device.shelf.closed().await;
        replica.storage_closed();
    }
}

/// Hears the page, the network and the other tabs.
fn hear(client: Client, tab: &Rc<Tab>, replica: &Rc<Replica>) {
    let Some(window) = web_sys::window() else { return };
    let again = Rc::clone(replica);
    listen(&window, "online", move |_| again.reconnected());
    if let Some(document) = window.document() {
        let (tab, replica) = (Rc::clone(tab), Rc::clone(replica));
        listen(&document, "visibilitychange", move |_| looked_at(client, &tab, &replica));
    }
    let (device, goes) = (Rc::clone(&tab.device), Rc::clone(replica));
    listen(&window, "pagehide", move |_| {
        goes.leaving();
        device.write_drafts();
    });
    let back = Rc::clone(replica);
    listen(&window, "pageshow", move |_| back.came_back());
    let others = Rc::clone(replica);
    tab.tabs.hear(move |news| others.hear(news));
}

fn looked_at(client: Client, tab: &Tab, replica: &Replica) {
    let is_visible = browser::is_visible();
    if is_visible {
        client.clock.set(browser::now());
        if !tab.tabs.can_be_heard() {
            // Nobody has told what another tab did while this one was not looked at.
            replica.hear(News::Person);
            replica.hear(News::Changed);
        }
        tab.device.versions.check(false);
    } else {
        replica.hidden();
        tab.device.write_drafts();
    }
    replica.looked_at(is_visible);
}
