//! Watchers write, change, take back, answer, and see.

use super::{Deed, ToDo};
use crate::device::Device;
use domain::{
    kernel::{Attachment, AttachmentKind, CommunityId, PlaceId, Record, RecordKey},
    log::{Act, Category, Entry, EntryForm, Spot},
    organisation::Place,
    seen::{self, Seen},
    sync::View,
};
use rand::{Rng, seq::IndexedRandom};

/// One of so many entries has a photo.
const WITH_PHOTO: u32 = 6;
/// One of so many changes adds one.
const ADDS_PHOTO: u32 = 8;
/// Changes of one entry in a row by somebody who cannot stop: several times that, and no more fits.
const CANNOT_STOP: usize = 30;

/// An entry on the screen, as far as its watcher needs it.
struct OnScreen {
    key: RecordKey,
    is_own: bool,
    entry: Entry,
}

impl Device {
    pub(super) async fn watchers_deed(&self, homes: &[(CommunityId, PlaceId)]) -> Option<ToDo> {
        let (community, home) = self.life.draw(|rng| *homes.choose(rng).unwrap());
        match self.life.draw(|rng| rng.random_range(0..24)) {
            0..3 => self.residents_deed(community, home),
            3 => Some(self.see(community)),
            4..8 => match self.answer(home) {
                Some(answer) => Some(answer),
                None => self.new_entry_perhaps_with_photo(community, home).await,
            },
            8..12 => {
                let photo = if self.life.once_in(ADDS_PHOTO) { self.take_photo().await } else { None };
                self.amend(home, photo)
            }
            12 => self.chosen(home, true).map(|one| ToDo::new(vec![one.key], Deed::Log(Act::WithdrawEntry {}))),
            _ => self.new_entry_perhaps_with_photo(community, home).await,
        }
    }

    async fn new_entry_perhaps_with_photo(&self, community: CommunityId, home: PlaceId) -> Option<ToDo> {
        let photo = if self.life.once_in(WITH_PHOTO) { self.take_photo().await } else { None };
        Some(self.new_entry(community, home, photo))
    }

    pub(super) fn new_entry(&self, community: CommunityId, place: PlaceId, photo: Option<Attachment>) -> ToDo {
        let category = self.category();
        let spot = match self.life.draw(|rng| rng.random_range(0..3)) {
            0 => Spot::STAIRWELL.to_owned(),
            1 => Spot::YARD.to_owned(),
            _ => format!("{}-2", self.life.draw(|rng| rng.random_range(1..8))),
        };
        let form = EntryForm {
            category: category.code().to_owned(),
            urgency: category.usual_urgency().code().to_owned(),
            spot,
            problem: self.words("楼道灯不亮"),
            attachments: photo.iter().map(Attachment::word).collect(),
            ..EntryForm::default()
        };
        let entry = Entry::key_of(community, self.replica().new_id().into());
        let about = vec![entry, Place::key_of(community, place)];
        let attached = photo.into_iter().map(|one| one.sha256).collect();
        ToDo { about, deed: Deed::Log(Act::WriteEntry { form }), attached }
    }

    /// 改一改: what the form says then, beside what is on the screen.
    fn amend(&self, home: PlaceId, photo: Option<Attachment>) -> Option<ToDo> {
        let one = self.chosen(home, false)?;
        let offset = self.offset();
        let mut form = one.entry.content.form_on(offset);
        form.measures = self.words("措施");
        match self.life.draw(|rng| rng.random_range(0..12)) {
            0 => form.attachments = Vec::new(),
            // Some readers come into sight of it by that.
            1..4 => self.category().code().clone_into(&mut form.category),
            4 => form.feedback = self.words("反馈"),
            _ => {}
        }
        let mut attached = Vec::new();
        if let Some(photo) = photo.filter(|_| one.is_own && form.attachments.len() < AttachmentKind::Photo.most()) {
            form.attachments.push(photo.word());
            attached.push(photo.sha256);
        }
        let changes = one.entry.content.changes_to(&form, offset);
        let act = Act::AmendEntry { seen: one.entry.version(), changes };
        Some(ToDo { about: act.about(&one.entry), deed: Deed::Log(act), attached })
    }

    fn answer(&self, home: PlaceId) -> Option<ToDo> {
        let text = self.words("补充");
        self.look(|state, view| {
            let mut own = state.records.all::<Entry>().filter(|entry| entry.place == home);
            own.find_map(|entry| {
                let shown = view.shown(&entry.key())?;
                let question = shown.read::<Entry>()?.questions_to(self.person).next()?.step.id;
                let act = Act::Answer { question, text: text.clone() };
                Some(ToDo::new(vec![entry.key()], Deed::Log(act)))
            })
        })
    }

    /// 看过了: everything up to where this device has read.
    fn see(&self, community: CommunityId) -> ToDo {
        let up_to = self.replica().with(|state| {
            let cursor = state.marks.cursors.iter().find(|cursor| cursor.community == community);
            cursor.map(|cursor| cursor.position)
        });
        let act = seen::Act::See { up_to, seen: Vec::new(), unseen: Vec::new() };
        ToDo::new(vec![Seen::key_of(community, self.person)], Deed::Seen(act))
    }

    /// Somebody changes their oldest entry again and again, until it takes no more.
    pub async fn cannot_stop(&self) {
        for _ in 0..CANNOT_STOP {
            let feedback = self.words("又改了一次");
            let to_do = self.look(|state, view| {
                let own = |entry: &&Entry| entry.author == self.person && entry.is_listed();
                let oldest = state.records.all::<Entry>().filter(own).min_by_key(|entry| entry.place_in_list())?;
                let shown = view.shown(&oldest.key())?;
                let entry = shown.read::<Entry>()?;
                let mut form = entry.content.form_on(self.offset());
                form.feedback.clone_from(&feedback);
                let changes = entry.content.changes_to(&form, self.offset());
                let act = Act::AmendEntry { seen: entry.version(), changes };
                Some(ToDo::new(act.about(entry), Deed::Log(act)))
            });
            if let Some(to_do) = to_do {
                self.on_page(self.give(to_do)).await;
            }
        }
    }

    /// An entry of this stairwell that stands, often the newest one: so both devices of one person get hold of the same.
    fn chosen(&self, home: PlaceId, only_own: bool) -> Option<OnScreen> {
        let (newest, of_others) = self.life.draw(|rng| (rng.random(), rng.random_ratio(1, 4)));
        self.look(|state, view| {
            let confirmed = state.records.all::<Entry>().filter(|entry| entry.place == home).map(Record::key);
            let own = state.outbox.items().iter().filter_map(|item| item.record().cloned());
            let mut keys: Vec<RecordKey> = confirmed.chain(own.filter(|key| key.kind == Entry::KIND)).collect();
            keys.sort_unstable_by_key(|key| key.id);
            keys.dedup();
            keys.retain(|key| self.is_wanted(view, key, home, of_others && !only_own));
            let key = if newest { keys.last() } else { self.life.draw(|rng| keys.choose(rng)) }?;
            let shown = view.shown(key)?;
            let entry = shown.read::<Entry>()?.clone();
            Some(OnScreen { key: key.clone(), is_own: entry.author == self.person, entry })
        })
    }

    fn is_wanted(&self, view: View<'_>, key: &RecordKey, home: PlaceId, of_others: bool) -> bool {
        let shown = view.shown(key);
        let entry = shown.as_ref().and_then(|shown| shown.read::<Entry>());
        entry
            .is_some_and(|entry| entry.place == home && entry.is_listed() && (of_others || entry.author == self.person))
    }

    fn category(&self) -> Category {
        self.life.draw(|rng| *Category::ALL.choose(rng).unwrap())
    }

    /// What to add to the device's clock, as far as it is known.
    pub(super) fn offset(&self) -> Option<domain::kernel::Span> {
        let replica = self.replica();
        replica.with(|state| state.marks.offset_at(replica.now()))
    }
}
