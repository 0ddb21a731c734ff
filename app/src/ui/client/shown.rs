//! Entries as the screens show them: confirmed, with one's own commands on top.

use super::Client;
use domain::kernel::{EntryId, Envelope, EnvelopeHead, Known, Look, Record, SortedMap, json};
use domain::log::{Entry, EntryNumber};
use domain::sync::{Delivery, Outbox, Overlay, Records, Shown, View};
use std::sync::Arc;

/// An entry as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEntry {
    /// With everything this device knows of; its number, too, where the server has given one that the feed has not brought.
    pub entry: Arc<Entry>,
    /// Where its newest words are.
    pub delivery: Delivery,
}

impl ShownEntry {
    fn of(shown: &Shown) -> Option<Self> {
        let mut entry: Arc<Entry> = shown.shared()?;
        if let (None, Some(number)) = (&entry.number, &shown.number) {
            Arc::make_mut(&mut entry).number = Some(EntryNumber::new(number.clone()));
        }
        Some(Self { entry, delivery: shown.delivery })
    }
}

/// An overlay; another one counts as changed.
#[derive(Clone)]
pub(super) struct Laid(Arc<Overlay>);

impl PartialEq for Laid {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Laid {
    pub(super) fn of(records: &Records, outbox: &Outbox) -> Self {
        Self(Arc::new(Overlay::of(records, outbox)))
    }

    pub(super) fn over<'v>(&'v self, records: &'v Records) -> View<'v> {
        View::new(records, &self.0)
    }

    pub(super) fn entries(&self, records: &Records) -> Arc<SortedMap<EntryId, ShownEntry>> {
        let all = self.over(records).of_kind(Entry::KIND);
        Arc::new(all.iter().filter_map(ShownEntry::of).map(|shown| (shown.entry.id, shown)).collect())
    }
}

impl Client {
    /// As [`Client::shown`], with entries that only the server had until it was asked: they lie beneath one's own commands
    /// like everything else. What the device knows itself is not older than what it was told in between.
    #[must_use]
    pub fn shown_with(self, found: &SortedMap<EntryId, Arc<Entry>>) -> Arc<SortedMap<EntryId, ShownEntry>> {
        if found.is_empty() {
            return self.shown.get();
        }
        let mut records = self.records.get();
        let unknown = found.values().filter(|entry| records.position(&entry.key()).is_none());
        let envelope = |entry: &Arc<Entry>| {
            let head = EnvelopeHead { key: entry.key(), position: 0 };
            json::write(&**entry).ok().map(|text| Envelope { head, text })
        };
        let envelopes: Vec<Envelope> = unknown.filter_map(envelope).collect();
        records.take_in(envelopes);
        self.outbox.with(|outbox| Laid::of(&records, outbox).entries(&records))
    }

    /// Whether an entry is here and cannot be read: a newer version wrote it (这部分要新版本才看得懂). Whoever asks hears of
    /// a change.
    #[must_use]
    pub fn is_unread(self, entry: EntryId) -> bool {
        self.records.with(|records| {
            let is_unread = |community| matches!(records.look(&Entry::key_of(community, entry)), Look::Unread);
            records.communities().any(is_unread)
        })
    }
}
