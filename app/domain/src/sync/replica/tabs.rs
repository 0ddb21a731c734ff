//! What other tabs do to the device, and what the browser does to it: this tab reads it again, or keeps it anew.
//!
//! | the browser has emptied it; kept before | afterwards |
//! |---|---|
//! | who is signed in, unsent commands, unfinished texts | kept anew from memory |
//! | records | read anew from the server |
//! | photos | gone: they are in no tab's memory, and must not be called kept |
//! | what others on this device had not sent | gone; that is what has to be said |
//!
//! A page that goes before that is done, or before it has heard of it, has stashed what it knows; the next page of the same
//! person takes it in.

use super::{Changed, Replica, State};
use crate::{
    kernel::{PersonId, Span},
    sync::{Identity, Link, LocalError, News, Snapshot, Stash, SyncMarks},
};
use std::rc::Rc;

/// Between two tries to keep everything anew.
const AGAIN: Span = Span::seconds(5);

/// What this tab has heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Another tab tells something.
    News(News),
    /// The system has closed the storage, or somebody found it empty.
    StorageClosed,
}

impl Replica {
    /// Another tab has told something: the device is read again soon, by [`Replica::run`].
    pub fn hear(&self, news: News) {
        self.note(Heard::News(news));
    }

    /// The system has closed the storage: whether everything is still there is looked at soon, by [`Replica::run`].
    pub fn storage_closed(&self) {
        self.note(Heard::StorageClosed);
    }

    /// The page is about to go: what it knows is stashed, should the device have lost it. The other tabs look at once whether
    /// it has: what is done there afterwards is newer.
    pub fn leaving(&self) {
        if self.person().is_some() {
            let stash = self.with(|state| Stash::of(&state.drafts, &state.outbox));
            self.local.stash(&stash);
            if !stash.is_empty() {
                self.tell(News::Changed);
            }
        }
    }

    /// The page is not looked at any more. It runs on, and may be killed without a word: where the storage is not known to hold
    /// everything, that is as good as going.
    pub fn hidden(&self) {
        if self.in_doubt.get() {
            self.leaving();
        }
    }

    /// The page was left, and is there again.
    pub fn came_back(&self) {
        self.local.stash(&Stash::default());
    }

    fn note(&self, heard: Heard) {
        if heard == Heard::StorageClosed {
            self.in_doubt.set(true);
        }
        if !self.heard.borrow().contains(&heard) {
            self.heard.borrow_mut().push_back(heard);
        }
        self.has_heard.notify();
    }

    /// Follows what other tabs and the browser do, for as long as the page lives.
    pub(in crate::sync) async fn follow(self: Rc<Self>) {
        loop {
            self.has_heard.notified().await;
            loop {
                let next = self.heard.borrow_mut().pop_front();
                let Some(next) = next else { break };
                self.catch_up(next).await;
            }
        }
    }

    async fn catch_up(&self, heard: Heard) {
        match heard {
            Heard::News(News::Person) => self.change_person().await,
            Heard::News(news) => {
                if let Some(person) = self.person() {
                    self.read_again(person, news).await;
                }
            }
            Heard::StorageClosed => {
                while let Err(error) = self.look_at_storage().await {
                    self.host.warn(&format!("the emptied storage was not filled again: {error}"));
                    self.host.sleep(AGAIN).await;
                }
                self.is_filled();
            }
        }
        if heard != Heard::News(News::Changed) && heard != Heard::News(News::Drafts) {
            self.talk_soon();
        }
    }

    /// The storage holds everything again, unless it was closed once more meanwhile.
    fn is_filled(&self) {
        if !self.heard.borrow().contains(&Heard::StorageClosed) {
            self.in_doubt.set(false);
            self.local.stash(&Stash::default());
        }
    }

    /// What was written in this tab while the device was being read is newer than what was read: then it is read once more.
    async fn read_again(&self, person: PersonId, news: News) {
        match self.read_device(person).await {
            Ok(Some(snapshot)) if news == News::Drafts => {
                self.change(Changed::Drafts, |state| state.drafts = snapshot.drafts);
            }
            Ok(Some(snapshot)) => {
                self.show_of(snapshot);
                self.uploads.notify();
            }
            // What this tab knows and the device does not has to be kept first.
            Err(LocalError::Emptied) => self.note(Heard::StorageClosed),
            Ok(None) | Err(_) => {}
        }
    }

    /// Shows what the device holds by now.
    pub(in crate::sync) async fn reload(&self, person: PersonId) -> Result<(), LocalError> {
        if let Some(snapshot) = self.read_device(person).await? {
            self.show_of(snapshot);
        }
        Ok(())
    }

    /// What the device holds for somebody, nothing that this tab has written meanwhile left out; `None` where another one is
    /// the person of this tab by then.
    async fn read_device(&self, person: PersonId) -> Result<Option<Snapshot>, LocalError> {
        loop {
            let before = self.strokes();
            let snapshot = self.local.snapshot().await?;
            if !self.is(person) {
                return Ok(None);
            }
            if self.strokes() == before {
                return Ok(Some(snapshot));
            }
        }
    }

    fn show_of(&self, snapshot: Snapshot) {
        let card = self.with(|state| state.card.clone());
        self.show(card, snapshot);
    }

    async fn change_person(&self) {
        let Ok(is_emptied) = self.local.is_emptied().await else { return };
        if is_emptied {
            // Who is signed in is not known there. What this tab knows and the device does not has to be kept first.
            self.note(Heard::StorageClosed);
            self.note(Heard::News(News::Person));
            return;
        }
        let Ok(identity) = self.local.identity().await else { return };
        match identity.signed_in {
            Some(card) if self.is(card.person) => {
                // They have signed in again: perhaps their session is a new one.
                self.change(Changed::Link, |state| (state.session_over, state.link) = (false, Link::Unknown));
            }
            Some(card) => {
                if self.enter(card).await.is_err() {
                    self.forget();
                }
            }
            None => self.forget(),
        }
    }

    async fn look_at_storage(&self) -> Result<(), LocalError> {
        if self.local.is_emptied().await? {
            self.keep_anew().await?;
            self.tell(News::Changed);
            // Told once everything is there again: whoever reads it may close the tab.
            self.change(Changed::Emptied, |_| ());
        }
        if self.person().is_none() {
            return Ok(());
        }
        let there = self.local.snapshot().await?;
        self.change(Changed::Blobs, |state| state.blobs = there.blobs);
        if there.marks.cursors.is_empty() {
            // The feeds would only tell what is new. Until this is noted, the device takes in no page of them.
            self.change(Changed::Marks, |state| {
                let marks = std::mem::take(&mut state.marks);
                state.marks = SyncMarks { cursors: Vec::new(), first_sync_done: false, ..marks };
            });
        }
        Ok(())
    }

    /// Writes down what this tab knows and the device does not: another tab may have been faster, and it does not know all
    /// that this one does. The name of the device comes last: with it, everything of this tab is there. Whoever has signed
    /// in or out on the emptied device meanwhile, in another tab, is not overruled.
    async fn keep_anew(&self) -> Result<(), LocalError> {
        let Identity { signed_in, sign_out_owed } = self.local.identity().await?;
        let is_out = signed_in.is_none() && sign_out_owed.is_some_and(|owed| self.is(owed));
        if let Some(card) = self.with(|state| state.card.clone()) {
            let there = self.local.held(card.person).await?;
            let (items, drafts) = self.with(|State { outbox, drafts, .. }| (outbox.items().to_vec(), drafts.clone()));
            let is_new = there.outbox.iter().any(|other| items.iter().all(|item| item.bytes != other.bytes))
                || there.drafts.iter().any(|(key, _)| drafts.get(key).is_none());
            if is_new {
                // Another tab was faster, or one that went has left it.
                self.note(Heard::News(News::Changed));
            }
            for item in items.iter().filter(|item| there.outbox.iter().all(|other| other.bytes != item.bytes)) {
                self.local.append(item, None, &[]).await?;
            }
            for (key, text) in drafts {
                if there.drafts.get(&key).is_none() {
                    self.local.keep_draft(&key, &text).await?;
                }
            }
            if signed_in.is_none() && !is_out {
                self.local.sign_in(&card).await?;
            }
        }
        self.local.renew().await?;
        match signed_in {
            Some(other) if !self.is(other.person) => self.enter(other).await.map(drop),
            None if is_out => {
                self.forget();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
