//! The optimistic view, which is what a person sees: the confirmed records with their own unconfirmed commands on top.
//!
//! | | |
//! |---|---|
//! | data | of the records that own commands touch, the state that the server will give them, and where the words are; everything else stays in [`Records`] |
//! | who | the author of the commands, on their own device |
//! | offline | everything |
//! | never | nothing is judged over a record that this version cannot read, and no words of one's own are hidden |

use super::{Delivery, Outbox, Queued, QueuedState, Records, as_type};
use crate::{
    kernel::{
        Command, CommunityId, Effects, Known, Look, Membership, PersonId, Record, RecordKey, Refusal, Shared,
        SortedMap, Span, Tree,
    },
    organisation::Directory,
};
use std::sync::Arc;

/// A record as its reader sees it.
#[derive(Clone)]
pub struct Shown {
    /// With everything this device knows of.
    pub record: Shared,
    /// Where its newest words are.
    pub delivery: Delivery,
    /// The number that the server has given it, until the feed brings it.
    pub number: Option<String>,
}

impl Shown {
    fn confirmed(record: &Shared) -> Self {
        Self { record: Arc::clone(record), delivery: Delivery::Uploaded, number: None }
    }

    /// The record, where it is one of this type.
    #[must_use]
    pub fn read<R: Record>(&self) -> Option<&R> {
        self.record.as_any().downcast_ref()
    }

    /// As [`Shown::read`], to keep.
    #[must_use]
    pub fn shared<R: Record>(&self) -> Option<Arc<R>> {
        as_type(&self.record)
    }
}

/// What the outbox does to the confirmed records: made once for each change of either.
#[derive(Clone, Default)]
pub struct Overlay {
    laid: SortedMap<RecordKey, Laid>,
    /// Of communities whose places or people own commands change.
    directories: SortedMap<CommunityId, Directory>,
}

#[derive(Clone, Default)]
struct Laid {
    /// `None` where there is nothing to show: the record cannot be read, or has not arrived.
    record: Option<Shared>,
    delivery: Delivery,
    number: Option<String>,
}

/// Confirmed records, and the overlay on top.
#[derive(Clone, Copy)]
pub struct View<'v> {
    records: &'v Records,
    overlay: &'v Overlay,
}

impl<'v> View<'v> {
    /// `overlay` is [`Overlay::of`] these records and an outbox.
    #[must_use]
    pub const fn new(records: &'v Records, overlay: &'v Overlay) -> Self {
        Self { records, overlay }
    }

    /// A record; `None` where there is nothing to show of it.
    #[must_use]
    pub fn shown(&self, key: &RecordKey) -> Option<Shown> {
        let Some(laid) = self.overlay.laid.get(key) else {
            return self.records.shared(key).map(Shown::confirmed);
        };
        let record = laid.record.as_ref().or_else(|| self.records.shared(key))?;
        Some(Shown { record: Arc::clone(record), delivery: laid.delivery, number: laid.number.clone() })
    }

    /// All records of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: &'static str) -> Vec<Shown> {
        let confirmed = self.records.of_kind(kind).map(|record| (record.key(), Shown::confirmed(record)));
        let mut all: SortedMap<RecordKey, Shown> = confirmed.collect();
        for key in self.overlay.laid.keys().filter(|key| key.kind == kind) {
            if let Some(shown) = self.shown(key) {
                all.insert(key.clone(), shown);
            }
        }
        all.into_values().collect()
    }

    /// Where the newest words of a record are, also of one that cannot be shown; `None` where no own command touches it.
    #[must_use]
    pub fn delivery(&self, key: &RecordKey) -> Option<Delivery> {
        self.overlay.laid.get(key).map(|laid| laid.delivery)
    }

    /// Community, places and people, as far as own commands have changed them.
    #[must_use]
    pub fn directory(&self, community: CommunityId) -> &'v Directory {
        self.overlay.directories.get(&community).unwrap_or_else(|| self.records.directory(community))
    }
}

impl Known for View<'_> {
    fn look(&self, key: &RecordKey) -> Look<'_> {
        match self.overlay.laid.get(key).and_then(|laid| laid.record.as_ref()) {
            Some(record) => Look::Here(&**record),
            None => self.records.look(key),
        }
    }

    fn tree(&self, community: CommunityId) -> &Tree {
        self.directory(community).tree()
    }

    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership] {
        self.directory(community).memberships(person)
    }

    fn grace(&self, community: CommunityId) -> Span {
        self.directory(community).grace()
    }

    fn people(&self, community: CommunityId) -> usize {
        self.directory(community).people().count()
    }
}

/// What a new command would do on top of everything this device knows: the check before it is saved. Commands that the
/// server has refused count for nothing here, as they do there; that is why they can be mended under the same key.
///
/// # Errors
/// As [`crate::kinds::Kinds::apply`]. Only [`Refusal::Rejected`] speaks against saving it.
pub fn check(records: &Records, outbox: &Outbox, command: &Command) -> Result<Effects, Refusal> {
    let (overlay, _) = Overlay::of_unrefused(records, outbox);
    records.kinds().apply(&View::new(records, &overlay), command, None)
}

/// A command of the outbox that this version can read, and its place in it.
#[derive(Clone, Copy)]
struct Layer<'o> {
    place: usize,
    item: &'o Queued,
    command: &'o Command,
}

impl<'o> Layer<'o> {
    fn all(outbox: &'o Outbox) -> impl Iterator<Item = Self> {
        let items = outbox.items().iter().enumerate();
        items.filter_map(|(place, item)| item.command.as_ref().map(|command| Self { place, item, command }))
    }

    fn delivery(&self) -> Delivery {
        Delivery::of(&self.item.state, self.command.head.written)
    }

    fn record(&self) -> &'o RecordKey {
        self.command.head.first()
    }
}

impl Overlay {
    /// What an outbox does to confirmed records.
    ///
    /// What the server has refused, and what the rules on this device do not take, lies on top of the rest: its words
    /// stay in sight of their author, marked with where they really are.
    #[must_use]
    pub fn of(records: &Records, outbox: &Outbox) -> Self {
        let (mut overlay, left) = Self::of_unrefused(records, outbox);
        let refused = Layer::all(outbox).filter(|layer| layer.item.needs_person());
        overlay.lay_as_meant(records, refused.chain(left).collect());
        for layer in Layer::all(outbox) {
            overlay.mark(layer.record(), layer.delivery());
        }
        overlay
    }

    /// Whether no own command touches anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.laid.is_empty()
    }

    /// What the server will say to the rest of the outbox: work on a record that comes later in the outbox is done when
    /// that record is there. Returns also what the rules do not take.
    fn of_unrefused<'o>(records: &Records, outbox: &'o Outbox) -> (Self, Vec<Layer<'o>>) {
        let mut overlay = Self::default();
        let mut left: Vec<(Layer<'o>, Refusal)> = Vec::new();
        for layer in Layer::all(outbox).filter(|layer| !layer.item.needs_person()) {
            match overlay.lay(records, &layer, waits_behind(&layer, &left)) {
                Ok(arrived) => overlay.lay_parked(records, arrived, &mut left),
                Err(refusal) => left.push((layer, refusal)),
            }
        }
        left.sort_by_key(|(layer, _)| layer.place);
        (overlay, left.into_iter().map(|(layer, _)| layer).collect())
    }

    /// What was left because one of `arrived` was missing.
    fn lay_parked(&mut self, records: &Records, mut arrived: Vec<RecordKey>, left: &mut Vec<(Layer<'_>, Refusal)>) {
        while let Some(key) = arrived.pop() {
            let waits_for = Refusal::WaitsFor(key);
            let parked: Vec<_> = left.extract_if(.., |(_, refusal)| *refusal == waits_for).collect();
            for (layer, _) in parked {
                match self.lay(records, &layer, waits_behind(&layer, left)) {
                    Ok(more) => arrived.extend(more),
                    Err(refusal) => left.push((layer, refusal)),
                }
            }
        }
    }

    /// Returns the keys of the records that have a new state. `behind` is the record for which earlier own commands about
    /// the same record wait: this one waits, too, unless it makes it.
    fn lay(
        &mut self,
        records: &Records,
        layer: &Layer<'_>,
        behind: Option<RecordKey>,
    ) -> Result<Vec<RecordKey>, Refusal> {
        if self.has(records, layer) {
            return Ok(Vec::new());
        }
        let applied = records.kinds().apply(&View::new(records, self), layer.command, None);
        let effects = match (applied, behind) {
            (Ok(effects), Some(key)) if !effects.records().iter().any(|record| record.key() == key) => {
                return Err(Refusal::WaitsFor(key));
            }
            (Err(Refusal::Rejected(_) | Refusal::WaitsFor(_)), Some(key)) => return Err(Refusal::WaitsFor(key)),
            (applied, _) => applied?,
        };
        Ok(self.show(records, effects, layer))
    }

    /// Again and again, until nothing more can be shown: words about a record that is itself only meant come after it.
    fn lay_as_meant(&mut self, records: &Records, mut layers: Vec<Layer<'_>>) {
        let mut before = usize::MAX;
        while layers.len() < before {
            before = layers.len();
            layers.retain(|layer| {
                if self.has(records, layer) {
                    return false;
                }
                let meant = records.kinds().as_meant(&View::new(records, self), layer.command);
                meant.is_none_or(|effects| self.show(records, effects, layer).is_empty())
            });
        }
    }

    /// Whether its effect has come back with the feed, or lies here already.
    fn has(&self, records: &Records, layer: &Layer<'_>) -> bool {
        let view = View::new(records, self);
        let has_step = |key| match view.look(key) {
            Look::Here(record) => record.has_step(layer.command.head.id),
            Look::Nowhere | Look::Unread => false,
        };
        layer.command.head.about.iter().any(has_step)
    }

    fn show(&mut self, records: &Records, effects: Effects, layer: &Layer<'_>) -> Vec<RecordKey> {
        let mut keys = Vec::new();
        for record in effects.into_records() {
            let key = record.key();
            if let Look::Unread = records.look(&key) {
                continue;
            }
            self.keep_directory(records, &key, &record);
            let laid = self.laid.get_or_insert_with(key.clone(), Laid::default);
            laid.record = Some(record);
            if let QueuedState::Acknowledged { number: Some(number), .. } = &layer.item.state
                && key == *layer.record()
            {
                laid.number = Some(number.clone());
            }
            self.mark(&key, layer.delivery());
            keys.push(key);
        }
        keys
    }

    fn keep_directory(&mut self, records: &Records, key: &RecordKey, record: &Shared) {
        if Records::is_of_directory(key) {
            let confirmed = || records.directory_or_new(key.community);
            self.directories.get_or_insert_with(key.community, confirmed).take_in(&**record);
        }
    }

    fn mark(&mut self, key: &RecordKey, delivery: Delivery) {
        let laid = self.laid.get_or_insert_with(key.clone(), Laid::default);
        laid.delivery = laid.delivery.worse(delivery);
    }
}

/// What one device did to one record keeps its order: behind an own command about the same record that waits for another
/// one, the server lets the next wait, too. Returns what for.
fn waits_behind(layer: &Layer<'_>, left: &[(Layer<'_>, Refusal)]) -> Option<RecordKey> {
    let queue = |layer: &Layer<'_>| (layer.command.head.device, layer.record().clone());
    let is_before = |other: &Layer<'_>| other.place < layer.place && queue(other) == queue(layer);
    left.iter().find_map(|(other, refusal)| match refusal {
        Refusal::WaitsFor(key) if is_before(other) => Some(key.clone()),
        _ => None,
    })
}
