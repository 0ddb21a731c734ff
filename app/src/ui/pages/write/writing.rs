//! The form while it is being filled in: what was typed, what was chosen, and 保存.

use super::address::Address;
use super::draft::Draft;
use super::kept::Kept;
use super::mend::{Becomes, Mending};
use super::pick::Picked;
use super::seen::Seen;
use crate::ui::Client;
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, RwSignal, StoredValue};
use domain::kernel::{EntryId, PlaceId, ResidentId, Sha256, Timestamp};
use domain::log::{Entry, EntryForm, Part, Urgency, wants_another_entry};
use domain::sync::NotSaved;
use leptos::prelude::*;
use std::sync::Arc;

/// The form. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Writing {
    /// The state of the app.
    pub client: Client,
    /// What the address says.
    pub address: Memo<Address>,
    /// The three parts, in the order of [`Part::ALL`].
    texts: [RwSignal<String>; 3],
    /// The urgency, where the person has chosen another than the proposed one.
    pub urgency: RwSignal<Option<Urgency>>,
    /// When it happened; `None` means just now.
    pub happened: RwSignal<Option<Timestamp>>,
    /// Whom it concerns.
    pub subjects: RwSignal<Vec<ResidentId>>,
    /// Photos and voice notes.
    pub attachments: RwSignal<Vec<String>>,
    /// What was chosen, and is not taken in yet.
    pub picked: leptos::prelude::StoredValue<Vec<Picked>, LocalStorage>,
    /// How often something was chosen.
    pub wanted: RwSignal<usize>,
    /// Something was typed or chosen here: worth keeping.
    pub touched: RwSignal<bool>,
    /// An unfinished text from before and its key, until the person says what to do with it.
    pub offered: RwSignal<Option<(String, Draft)>>,
    /// The entry that is being changed, as it was when its words came into the form.
    pub seen: RwSignal<Option<Seen>>,
    /// What is known of this text on the device, once it is kept there.
    pub slot: StoredValue<Option<Kept>>,
    /// The key of a text that another tab has saved while it was being written here, and nothing was written here since.
    pub saved_elsewhere: RwSignal<Option<String>>,
    /// Why it could not be saved.
    pub trouble: RwSignal<Option<NotSaved>>,
    /// 保存 was tapped.
    pub saving: RwSignal<bool>,
    /// When it was, it was known already that something had not come: the person goes on without it.
    pub without: StoredValue<bool>,
    /// It is being stored right now.
    pub storing: StoredValue<bool>,
}

impl Writing {
    /// An empty form.
    pub fn new(client: Client, address: Memo<Address>) -> Self {
        Self {
            client,
            address,
            texts: std::array::from_fn(|_| RwSignal::new(String::new())),
            urgency: RwSignal::new(None),
            happened: RwSignal::new(None),
            subjects: RwSignal::new(Vec::new()),
            attachments: RwSignal::new(Vec::new()),
            picked: leptos::prelude::StoredValue::new_local(Vec::new()),
            wanted: RwSignal::new(0),
            touched: RwSignal::new(false),
            offered: RwSignal::new(None),
            seen: RwSignal::new(None),
            slot: StoredValue::new(None),
            saved_elsewhere: RwSignal::new(None),
            trouble: RwSignal::new(None),
            saving: RwSignal::new(false),
            without: StoredValue::new(false),
            storing: StoredValue::new(false),
        }
    }

    /// The text of a part.
    pub const fn text(&self, part: Part) -> RwSignal<String> {
        match part {
            Part::Problem => self.texts[0],
            Part::Measures => self.texts[1],
            Part::Feedback | Part::Unknown => self.texts[2],
        }
    }

    /// The stairwell that is written about: the one in the address, or the only one that the person may write in.
    pub fn place(self) -> Option<PlaceId> {
        if let Ok(id) = self.address.get().micro_grid.parse() {
            return Some(id);
        }
        match known::writable(self.client).as_slice() {
            [only] => Some(only.id),
            _ => None,
        }
    }

    /// Somebody typed or chose something: it is kept at once.
    pub fn keep(self) {
        self.touched.set(true);
        self.saved_elsewhere.set(None);
        self.trouble.set(None);
        self.keep_draft();
    }

    /// What would be sent.
    pub fn form(self, address: &Address) -> EntryForm {
        let text = |part| self.text(part).get_untracked();
        EntryForm {
            category: address.category().map(|category| category.code().to_owned()).unwrap_or_default(),
            template: address.template.clone(),
            spot: address.door.clone(),
            problem: text(Part::Problem),
            measures: text(Part::Measures),
            feedback: text(Part::Feedback),
            urgency: self.urgency.get_untracked().unwrap_or_else(|| address.usual_urgency()).code().to_owned(),
            happened: self.happened.get_untracked(),
            subjects: self.subjects.get_untracked(),
            attachments: self.attachments.get_untracked(),
        }
    }

    /// The key of this text, where it is kept.
    pub fn kept_key(self) -> Option<String> {
        self.slot.try_with_value(|kept| kept.as_ref().map(|kept| kept.key.clone())).flatten()
    }

    /// 保存 was tapped. Once is enough: what is found while it waits is said first.
    pub fn begin_saving(self) {
        if self.saving.get_untracked() {
            return;
        }
        let is_known = || self.not_captured().is_some() && !self.is_capturing();
        self.without.set_value(untrack(is_known));
        self.saving.set(true);
    }

    /// Fills the form in.
    pub fn load(self, form: EntryForm) {
        self.text(Part::Problem).set(form.problem);
        self.text(Part::Measures).set(form.measures);
        self.text(Part::Feedback).set(form.feedback);
        self.urgency.set(Urgency::parse(&form.urgency).ok());
        self.happened.set(form.happened);
        self.subjects.set(form.subjects);
        self.attachments.set(form.attachments);
    }

    /// The words that the chosen button already says, as long as nobody has typed others and nothing is changed that has
    /// words of its own.
    pub fn prefill(self) {
        let address = self.address.get_untracked();
        if !self.touched.get_untracked() && !address.changes() {
            let words = address.template().map_or(("", ""), |template| (template.title, template.measures));
            self.text(Part::Problem).set(words.0.to_owned());
            self.text(Part::Measures).set(words.1.to_owned());
        }
    }

    /// What the entry says that is to be changed, or what the server refused.
    pub fn load_earlier_words(self, address: &Address) {
        if !address.mend.is_empty() {
            if let Some(Mending { form, becomes }) = Mending::of(self.client, address) {
                self.seen.set(if let Becomes::SameChange(seen) = becomes { Some(*seen) } else { None });
                self.load(form);
            }
        } else if let Some(entry) = self.shown(address) {
            self.seen.set(Some(Seen::of(&entry)));
            self.load(self.client.form_of(&entry.content));
        } else if address.changes() {
            // Nobody's who is signed in now: no word of it may stay.
            self.seen.set(None);
            self.load(EntryForm::default());
        }
    }

    /// The entry that is being changed, as it stands.
    pub fn shown(self, address: &Address) -> Option<Arc<Entry>> {
        let id: EntryId = address.entry.parse().ok()?;
        self.client.shown.with(|shown| shown.get(&id).map(|shown| Arc::clone(&shown.entry)))
    }

    /// Whether the server has something that is attached: where an entry is being changed.
    pub fn has_arrived(self, sha256: &Sha256) -> bool {
        self.shown(&self.address.get()).is_some_and(|entry| entry.arrived.contains(sha256))
    }

    /// Whether it is a new entry, or one of one's own.
    pub fn is_own(self) -> bool {
        let me = self.client.my_id();
        self.shown(&self.address.get()).is_none_or(|entry| Some(entry.author) == me)
    }

    /// Whether the entry has changed since its words came into the form.
    pub fn has_moved_on(self) -> bool {
        let address = self.address.get();
        // On the screen the refused words are its newest.
        let shown = self.shown(&address).filter(|_| address.mend.is_empty());
        shown.zip(self.seen.get()).is_some_and(|(entry, seen)| entry.words() != seen.version)
    }

    /// Whether the entry that is being changed was found to take no more. Its words may become another one's
    /// ([`Writing::begin_another`]).
    pub fn takes_no_more(self) -> bool {
        let is_so =
            |trouble: &Option<NotSaved>| matches!(trouble, Some(NotSaved::Refused(why)) if wants_another_entry(why));
        self.trouble.with(is_so) && self.address.with(|address| !address.entry.is_empty())
    }

    /// The place was changed: whoever lives behind the door that was left is no longer meant. Nobody would see them
    /// selected.
    pub fn left(self, place: Option<PlaceId>, door: &str) {
        let lived_there = untrack(|| {
            let place = place.and_then(|place| self.client.stairwell(place));
            place.map(|place| known::residents_at(self.client, &place, door)).unwrap_or_default()
        });
        self.subjects.update(|subjects| subjects.retain(|id| lived_there.iter().all(|one| one.id != *id)));
    }
}
