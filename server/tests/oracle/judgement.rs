//! What must be true when all is quiet: nothing lost, nothing doubled, and everybody holds what they may see of it,
//! all of that and nothing else. The truth is what the database holds, and what the notebooks of the devices say; what
//! somebody may see is what [`Rights`] says, asked entry by entry, which neither the feed nor its queries do.

use crate::device::{Device, Saved};
use crate::neighbours::{READERS, WATCHERS, rights, watcher};
use crate::process::Phone;
use crate::site::Holds;
use crate::story::Story;
use crate::world::person;
use app::domain::{Attachment, Entry, EntryId, Rights, Sha256Hex};
use app::sync::QueuedState;
use std::collections::{BTreeMap, BTreeSet};

/// Photos that each reader looks at.
const LOOKED_AT: usize = 5;

type Entries<'a> = BTreeMap<EntryId, &'a Entry>;

impl Story {
    /// Looks whether it ended well, and says how it went.
    pub async fn judged(mut self) -> String {
        for (number, device) in self.devices.iter().enumerate() {
            let done = |state: &QueuedState| matches!(state, QueuedState::NeedsPerson { .. });
            let stuck = device.outbox().items().iter().find(|item| !done(&item.state));
            assert_eq!(stuck, None, "device {number} is not done");
            assert!(device.has_read_all(), "device {number} has not read to the end");
            assert_eq!(device.photos_left(), [], "device {number} has photos left");
        }
        let newcomers = self.newcomers().await;
        self.photos_are_seen(&newcomers).await;
        let Holds { accepted, entries } = self.site.holds().await;
        let truth: Entries<'_> = entries.iter().map(|entry| (entry.id, entry)).collect();
        let (in_force, with_people) = self.everything_is_kept_once(&accepted, &truth);
        let photos = self.every_photo_is_there(&truth);
        let seen = self.everybody_sees_their_share(&truth, &newcomers);
        format!(
            "{} commands saved, {in_force} in force, {with_people} wait for a person; {} kills; {} entries with {photos} photos, \
             {seen}",
            in_force + with_people,
            self.kills,
            truth.len()
        )
    }

    /// Those who read, on devices that ask for everything now.
    async fn newcomers(&self) -> Vec<(&'static str, Device)> {
        let mut newcomers = Vec::new();
        for (number, (login, ..)) in READERS.into_iter().enumerate() {
            let phone = Phone::sign_in(&self.site.base(), login).await;
            let mut fresh = Device::new((0, number), phone, person(login), None);
            fresh.talk(&self.site.base()).await;
            assert!(fresh.has_read_all(), "{login} cannot start anew");
            newcomers.push((login, fresh));
        }
        newcomers
    }

    /// Every command that a device said was kept is in force at the server or still with its author, and not both.
    fn everything_is_kept_once(&self, accepted: &[String], truth: &Entries<'_>) -> (usize, usize) {
        let in_force: BTreeSet<&str> = accepted.iter().map(String::as_str).collect();
        assert_eq!(in_force.len(), accepted.len(), "the same command twice");
        let (mut saved, mut with_people, mut written) = (0, 0, BTreeSet::new());
        for device in &self.devices {
            for Saved { bytes, entry, is_new_entry } in &device.notebook {
                let is_in_force = in_force.contains(bytes.as_str());
                let is_with_author = device.outbox().items().iter().any(|item| item.bytes == *bytes);
                assert!(
                    is_in_force != is_with_author,
                    "in force: {is_in_force}, with its author: {is_with_author}: {bytes}"
                );
                saved += 1;
                with_people += usize::from(is_with_author);
                if *is_new_entry && is_in_force {
                    assert!(written.insert(*entry), "an entry twice");
                }
            }
        }
        assert_eq!(in_force.len() + with_people, saved, "a command that nobody wrote");
        assert_eq!(
            truth.keys().copied().collect::<BTreeSet<_>>(),
            written,
            "entries are missing, or nobody wrote them"
        );
        let numbers: BTreeSet<_> = truth.values().map(|entry| entry.number.clone().unwrap()).collect();
        assert_eq!(numbers.len(), truth.len(), "a number was given twice");
        (in_force.len(), with_people)
    }

    /// The bytes of every photo that an entry names are here, as they were taken. Says how many that are.
    fn every_photo_is_there(&self, truth: &Entries<'_>) -> usize {
        for entry in truth.values() {
            assert_eq!(entry.missing().collect::<Vec<_>>(), Vec::<&Attachment>::new(), "not uploaded: {entry:?}");
        }
        let arrived: BTreeSet<_> = truth.values().flat_map(|entry| &entry.arrived).collect();
        for sha256 in &arrived {
            let bytes = self.site.blob(sha256).unwrap_or_else(|| panic!("{sha256:?} is lost"));
            assert_eq!(Sha256Hex::of(&bytes), **sha256, "other bytes than were sent");
        }
        assert!(!arrived.is_empty());
        arrived.len()
    }

    /// Those who read see the photos of the newest entries.
    async fn photos_are_seen(&self, newcomers: &[(&'static str, Device)]) {
        for (login, device) in newcomers {
            let mut seen = 0;
            for sha256 in device.records().entries.values().rev().flat_map(|entry| &entry.arrived).take(LOOKED_AT) {
                assert!(device.sees_photo(&self.site.base(), sha256).await, "{login} does not see {sha256:?}");
                seen += 1;
            }
            assert_eq!(seen, LOOKED_AT, "{login} has too few photos to look at");
        }
    }

    /// Every device, the newcomers' too, holds exactly what its person may see. Says how much that is for readers.
    fn everybody_sees_their_share(&self, truth: &Entries<'_>, newcomers: &[(&'static str, Device)]) -> String {
        let mut shares = Vec::new();
        for (number, device) in self.devices.iter().enumerate() {
            let reader = number.checked_sub(self.devices.len() - READERS.len());
            let login = reader.map_or_else(|| watcher(number % WATCHERS), |reader| READERS[reader].0.to_owned());
            let rights = rights(&login);
            let share = sees_exactly(&format!("device {number} of {login}"), device, &rights, truth);
            // Otherwise "exactly" would say nothing.
            assert!(share > 0 && (share < truth.len() || login == "zhao"), "{login} sees {share}");
            if reader.is_some() {
                shares.push(format!("{login} sees {share}"));
            }
        }
        for (login, device) in newcomers {
            sees_exactly(&format!("{login} on a new device"), device, &rights(login), truth);
        }
        shares.join(", ")
    }
}

fn sees_exactly(who: &str, device: &Device, rights: &Rights, truth: &Entries<'_>) -> usize {
    let seen: Entries<'_> = device.records().entries.iter().map(|(id, entry)| (*id, entry.as_ref())).collect();
    let theirs: Entries<'_> =
        truth.iter().filter(|(_, entry)| rights.may_read(entry)).map(|(id, entry)| (*id, *entry)).collect();
    let missed: Vec<_> = theirs.keys().filter(|id| !seen.contains_key(id)).collect();
    assert!(missed.is_empty(), "{who} missed {} entries: {missed:?}", missed.len());
    let beyond: Vec<_> = seen.keys().filter(|id| !theirs.contains_key(id)).collect();
    assert!(beyond.is_empty(), "{who} sees {} entries too many: {beyond:?}", beyond.len());
    for (id, entry) in &seen {
        assert_eq!(entry, &theirs[id], "{who} missed a step");
    }
    theirs.len()
}
