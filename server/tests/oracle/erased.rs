//! What must be true of entries whose words were erased: these are in no file of the server, in no list and no search, and on
//! no device but where their author has not sent them (README, "Erasing").
//!
//! Words bear a mark, by which they are found: `·3号机第17条`, the seventeenth thing that was done on the third device. What
//! was filed as another entry, because the first took no more, is not erased with the first.

use crate::{device::Device, holds::Holds, native::person, neighbours::readers, story::Story};
use domain::{
    kernel::{Record, json},
    log::{Entry, EntryFilter},
    store::Store,
    sync::Queued,
};
use server::clock::now;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The marks in a text.
pub fn marks(text: &str) -> BTreeSet<String> {
    let from = text.match_indices('·').map(|(at, _)| &text[at..]);
    let marks = from.filter_map(|rest| rest.split_once('条').map(|(mark, _)| mark));
    marks.filter(|mark| mark.contains("号机第") && mark.len() < 40).map(str::to_owned).collect()
}

impl Story {
    pub async fn erased_words_are_gone(&self, holds: &Holds, newcomers: &[Rc<Device>]) {
        let gone = self.erased_marks();
        assert!(!gone.is_empty(), "nothing was said about {:?}", self.erased);
        for envelope in holds.records.iter().filter(|one| self.erased.contains(&one.head.key)) {
            let entry: Entry = json::read(envelope.text.as_bytes()).unwrap();
            assert!(entry.is_erased() && !entry.is_listed(), "its words are back: {entry:?}");
        }
        let is_said = |text: &str| marks(text).intersection(&gone).next().cloned();
        for text in &holds.texts {
            assert_eq!(is_said(text), None, "the database says it: {text}");
        }
        for file in self.site.files() {
            let bytes = std::fs::read(&file).unwrap();
            assert_eq!(is_said(&String::from_utf8_lossy(&bytes)), None, "in {}", file.display());
        }
        self.nobody_finds(&gone).await;
        for device in self.devices.iter().chain(newcomers) {
            let who = format!("{} on {}", device.login, device.replica().device());
            let shelf = device.disk.shelf(device.person);
            for record in shelf.records.values() {
                assert_eq!(is_said(&record.text), None, "{who} is shown it: {}", record.text);
            }
            let has_sent = shelf.outbox.iter().filter(|item| !item.is_unsent());
            for item in has_sent.chain(shelf.sent.iter().map(|(_, item)| item)) {
                assert_eq!(is_said(&item.bytes), None, "{who} keeps what was sent: {}", item.bytes);
            }
            let unsent: BTreeSet<&str> = shelf.outbox.iter().filter(|item| item.is_unsent()).map(bytes_of).collect();
            let exported = device.replica().export_file(None).await.map_or_else(Vec::new, |file| file.commands);
            for bytes in &exported {
                assert!(unsent.contains(bytes.as_str()), "{who} exports what was sent: {bytes}");
            }
        }
    }

    /// The marks of what was said about erased entries and about nothing else.
    fn erased_marks(&self) -> BTreeSet<String> {
        let mut said: BTreeMap<String, bool> = BTreeMap::new();
        for note in self.devices.iter().flat_map(|device| device.notebook.notes()) {
            let is_erased = self.erased.contains(&note.record);
            for mark in marks(&note.bytes) {
                *said.entry(mark).or_insert(true) &= is_erased;
            }
        }
        said.into_iter().filter_map(|(mark, is_erased)| is_erased.then_some(mark)).collect()
    }

    /// Neither those who read nor their searches find it.
    async fn nobody_finds(&self, gone: &BTreeSet<String>) {
        let store = self.site.store().await;
        for reader in readers() {
            let reader = person(&reader.login);
            let find = async |filter: &EntryFilter| {
                store.find_entries(reader, filter, None, 500, now()).await.unwrap().entries
            };
            let listed = find(&EntryFilter::default()).await;
            assert!(!listed.is_empty() && listed.iter().all(|entry| !self.erased.contains(&entry.key())));
            for mark in gone {
                let found = find(&EntryFilter { words: mark.clone(), ..EntryFilter::default() }).await;
                // Words are looked for as they begin: the third thing is found with the thirtieth.
                let found: Vec<_> =
                    found.iter().filter(|entry| marks(&json::write(*entry).unwrap()).contains(mark)).collect();
                assert!(found.is_empty(), "{mark} finds {found:?}");
            }
        }
        store.close().await;
    }
}

fn bytes_of(item: &Queued) -> &str {
    &item.bytes
}
