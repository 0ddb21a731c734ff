//! The form while it is being filled in: what was typed, what was chosen, and 保存.

use super::address::Address;
use super::draft::Draft;
use super::kept::Kept;
use super::pick::Picked;
use crate::domain::{
    Act, CommandId, Entry, EntryForm, EntryId, Field, FieldError, MicroGridCode, Part, Problem, Rejection, ResidentId,
    Sha256Hex, Timestamp, Urgency,
};
use crate::sync::Queued;
use crate::ui::components::JustSaved;
use crate::ui::reactive::{Memo, RwSignal, StoredValue};
use crate::ui::{Client, NotSaved};
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
    /// The version of the entry that is being changed, as it was when its words came into the form.
    pub replaces: RwSignal<Option<CommandId>>,
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
            replaces: RwSignal::new(None),
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
            Part::Feedback => self.texts[2],
        }
    }

    /// The micro-grid that is written about: the one in the address, or the only one that the person may write in.
    pub fn micro_grid(self) -> Option<MicroGridCode> {
        if let Ok(code) = MicroGridCode::parse(&self.address.get().micro_grid) {
            return Some(code);
        }
        match self.writable().as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Micro-grids that the person may write in now.
    pub fn writable(self) -> Vec<MicroGridCode> {
        let Some(rights) = self.client.rights.get() else { return Vec::new() };
        let may = |code: &&MicroGridCode| rights.may_write(code).is_some();
        self.client.records.with(|records| records.micro_grids.keys().filter(may).cloned().collect())
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
        if let Ok(bad) = address.mend.parse::<CommandId>() {
            if let Some(Act::WriteEntry { form, .. } | Act::AmendEntry { form, .. }) = self.to_mend(bad, None) {
                self.load(form);
            }
        } else if let Some(entry) = self.shown(address) {
            let current = entry.current();
            self.replaces.set(Some(current.id));
            self.load(self.client.form_of(current));
        } else if address.changes() {
            // Nobody's who is signed in now: no word of it may stay.
            self.replaces.set(None);
            self.load(EntryForm::default());
        }
    }

    /// The entry that is being changed, as it stands.
    fn shown(self, address: &Address) -> Option<Arc<Entry>> {
        let id: EntryId = address.entry.parse().ok()?;
        self.client.shown.with(|shown| shown.get(&id).map(|shown| Arc::clone(&shown.entry)))
    }

    /// Whether the server has something that is attached: where an entry is being changed.
    pub fn has_arrived(self, sha256: &Sha256Hex) -> bool {
        self.shown(&self.address.get()).is_some_and(|entry| entry.arrived.contains(sha256))
    }

    /// Whether it is a new entry, or one of one's own.
    pub fn is_own(self) -> bool {
        let me = self.client.me.with(|me| me.as_ref().map(|me| me.id));
        self.shown(&self.address.get()).is_none_or(|entry| Some(entry.author) == me)
    }

    /// Whether the entry has changed since its words came into the form.
    pub fn has_moved_on(self) -> bool {
        let shown = self.shown(&self.address.get());
        shown.zip(self.replaces.get()).is_some_and(|(entry, replaces)| entry.current().id != replaces)
    }

    /// The place was changed: whoever lives behind the door that was left is no longer meant. Nobody would see them
    /// selected.
    pub fn left(self, micro_grid: Option<&MicroGridCode>, door: &str) {
        self.client.records.with_untracked(|records| {
            let lives_there = |id: &ResidentId| {
                let resident = records.residents.get(id);
                resident.is_some_and(|one| Some(&one.micro_grid) == micro_grid && one.door.as_str() == door)
            };
            self.subjects.update(|subjects| subjects.retain(|id| !lives_there(id)));
        });
    }

    /// What is to be mended; a new entry whose id is taken gets `own`.
    pub fn to_mend(self, bad: CommandId, own: Option<EntryId>) -> Option<Act> {
        let mend = |item: &Queued| item.act_to_mend(own.unwrap_or(item.command.as_ref()?.act.entry()));
        self.client
            .outbox
            .with_untracked(|outbox| outbox.items().iter().find(|item| item.id() == Some(bad)).and_then(mend))
    }

    /// Writes it down. The text stays on the screen until the device has it.
    pub async fn save(self, just: JustSaved) -> Result<String, NotSaved> {
        let address = self.address.get_untracked();
        let form = self.form(&address);
        let draft = self.slot.get_value().map(|kept| kept.key);
        let (act, new_entry) = self.act(&address, form)?;
        let entry = act.entry();
        let command = match address.mend.parse::<CommandId>() {
            Ok(bad) => self.client.mend(bad, act, draft.as_deref()).await?,
            Err(_) => self.client.submit(act, draft.as_deref()).await?,
        };
        self.touched.set(false);
        self.slot.set_value(None);
        self.replaces.set(None);
        just.tell(command, entry, new_entry);
        Ok(if new_entry { "/".to_owned() } else { ["/log/", &entry.to_string()].concat() })
    }

    fn act(self, address: &Address, form: EntryForm) -> Result<(Act, bool), NotSaved> {
        let own = self.entry();
        match address.mend.parse().ok().and_then(|bad| self.to_mend(bad, own)) {
            Some(Act::WriteEntry { entry, .. }) => {
                return Ok((Act::WriteEntry { entry, micro_grid: self.micro_grid_or_missing()?, form }, false));
            }
            Some(Act::AmendEntry { entry, replaces, .. }) => {
                return Ok((Act::AmendEntry { entry, replaces, form }, false));
            }
            // Mended or taken meanwhile, in another tab: another one would be filed twice.
            None if !address.mend.is_empty() && address.entry.is_empty() => {
                return Err(NotSaved::Refused(Rejection::EntryExists));
            }
            _ => {}
        }
        if let Ok(entry) = address.entry.parse::<EntryId>() {
            let current = || untrack(|| self.shown(address)).map(|entry| entry.current().id);
            let replaces =
                self.replaces.get_untracked().or_else(current).ok_or(NotSaved::Refused(Rejection::NoRight))?;
            return Ok((Act::AmendEntry { entry, replaces, form }, false));
        }
        let no_device = || crate::local_store::LocalError::Unavailable("not connected".to_owned());
        let entry = own.ok_or_else(|| NotSaved::Device(no_device()))?;
        Ok((Act::WriteEntry { entry, micro_grid: self.micro_grid_or_missing()?, form }, true))
    }

    fn micro_grid_or_missing(self) -> Result<String, NotSaved> {
        let missing = FieldError::new(Field::MicroGrid, Problem::Missing);
        untrack(|| self.micro_grid()).map(String::from).ok_or(NotSaved::Refused(Rejection::Field(missing)))
    }
}
