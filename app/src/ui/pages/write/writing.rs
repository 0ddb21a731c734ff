//! The form while it is being filled in: what was typed, what was chosen, the draft, and 保存.

use super::address::Address;
use crate::domain::{
    Act, CommandId, Entry, EntryForm, EntryId, Field, FieldError, MicroGridCode, Part, Problem, Rejection, ResidentId,
    Timestamp, Urgency,
};
use crate::json;
use crate::local_store::Drafts;
use crate::sync::Queued;
use crate::ui::components::JustSaved;
use crate::ui::reactive::{Memo, RwSignal, StoredValue};
use crate::ui::{Client, NotSaved, Phase};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An unfinished text as it is kept on the device: what was typed, and the address that says the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    form: EntryForm,
    /// Where it was being written, at its last step.
    pub address: Address,
    /// The version of the entry that its author was looking at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<CommandId>,
}

impl Draft {
    /// The first words, for the offer to go on.
    pub fn first_words(&self) -> String {
        let mut texts = Part::ALL.into_iter().map(|part| self.form.part(part));
        texts.find(|text| !text.is_empty()).unwrap_or_default().chars().take(24).collect()
    }
}

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
    /// Something was typed or chosen here: worth keeping.
    pub touched: RwSignal<bool>,
    /// An unfinished text from before and its key, until the person says what to do with it.
    pub offered: RwSignal<Option<(String, Draft)>>,
    /// The version of the entry that is being changed, as it was when its words came into the form.
    pub replaces: RwSignal<Option<CommandId>>,
    /// The key under which this text is kept, and what is kept there, once something is.
    slot: StoredValue<Option<(String, String)>>,
    /// Why it could not be saved.
    pub trouble: RwSignal<Option<NotSaved>>,
    /// 保存 was tapped.
    pub saving: RwSignal<bool>,
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
            touched: RwSignal::new(false),
            offered: RwSignal::new(None),
            replaces: RwSignal::new(None),
            slot: StoredValue::new(None),
            trouble: RwSignal::new(None),
            saving: RwSignal::new(false),
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

    /// The key of this text: one of its own, whatever else is unfinished, and whatever another tab is writing.
    fn key(self) -> Option<String> {
        if let Some((key, _)) = self.slot.get_value() {
            return Some(key);
        }
        let place = self.address.with_untracked(Address::place_of_drafts);
        Some([place.as_str(), "/", &self.client.new_entry_id()?.to_string()].concat())
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
        self.trouble.set(None);
        self.keep_draft();
    }

    /// Writes the draft down, if there is anything to keep and the device is ready.
    pub fn keep_draft(self) {
        if !self.touched.get_untracked() || !self.is_ready() {
            return;
        }
        let address = self.address.get_untracked();
        let draft = Draft { form: self.form(&address), address, replaces: self.replaces.get_untracked() };
        if let (Ok(text), Some(key)) = (json::write(&draft), self.key()) {
            // What is kept already is not told again: two tabs would go on answering each other.
            let slot = Some((key, text));
            if self.slot.with_value(|known| *known != slot)
                && let Some((key, text)) = slot.clone()
            {
                self.slot.set_value(slot);
                self.client.keep_draft(&key, text);
            }
        }
    }

    /// Whether it is known who is signed in, if anybody.
    fn is_ready(self) -> bool {
        self.client.phase.with_untracked(|phase| matches!(phase, Phase::Ready | Phase::SignedOut))
    }

    /// What would be sent.
    fn form(self, address: &Address) -> EntryForm {
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
        }
    }

    /// Fills the form in.
    pub fn load(self, form: EntryForm) {
        self.text(Part::Problem).set(form.problem);
        self.text(Part::Measures).set(form.measures);
        self.text(Part::Feedback).set(form.feedback);
        self.urgency.set(Urgency::parse(&form.urgency).ok());
        self.happened.set(form.happened);
        self.subjects.set(form.subjects);
    }

    /// Goes on with the unfinished text from before; returns its address.
    pub fn take_up(self, key: String, draft: Draft) -> Address {
        self.slot.set_value(Some((key, json::write(&draft).unwrap_or_default())));
        self.load(draft.form);
        self.replaces.set(draft.replaces);
        self.touched.set(true);
        self.offered.set(None);
        draft.address
    }

    /// Gives up the unfinished text from before, and looks whether there is another one.
    pub fn drop_offer(self) {
        let Some((key, _)) = self.offered.get_untracked() else { return };
        self.client.keep_draft(&key, String::new());
        untrack(|| self.look_at_device());
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

    /// What the device holds for this form, once it can be asked, and again when another tab has changed it: the draft,
    /// or the words that are to be changed.
    pub fn look_at_device(self) {
        self.client.phase.track();
        if !self.is_ready() {
            return;
        }
        let address = self.address.get_untracked();
        let mut drafts = self.client.drafts_at(&address.place_of_drafts());
        self.follow(&mut drafts);
        let read = |(key, text): (String, String)| Some((key, json::read::<Draft>(text.as_bytes()).ok()?));
        let mut drafts: Vec<_> = drafts.into_iter().filter_map(read).collect();
        let touched = self.touched.get_untracked();
        let same = drafts.iter().position(|(_, draft)| !touched && draft.address.same_form(&address));
        if let Some((key, draft)) = same.map(|index| drafts.swap_remove(index)) {
            self.take_up(key, draft);
        } else {
            // What was typed before the app was ready stays on the screen, and the older text is offered. Once this one
            // is kept, too, nobody is interrupted with another.
            let kept = self.slot.with_value(Option::is_some);
            let known = self.offered.get_untracked();
            let is_known = |key: &String| known.as_ref().is_some_and(|(known, _)| known == key);
            let first = drafts.into_iter().find(|(key, _)| !kept || is_known(key));
            if first != known {
                self.offered.set(first);
            }
        }
        if touched {
            self.keep_draft();
        } else if !self.touched.get_untracked() {
            self.load_earlier_words(&address);
        }
    }

    /// Takes this text out of `drafts`. Where another tab has gone on with it, this one follows; where the other has
    /// saved it or given it up, this form begins anew, so that nothing is filed twice.
    fn follow(self, drafts: &mut Drafts) {
        let Some((key, known)) = self.slot.get_value() else { return };
        match drafts.take(&key) {
            Some(text) if text == known => {}
            Some(text) => {
                if let Ok(draft) = json::read(text.as_bytes()) {
                    self.take_up(key, draft);
                }
            }
            None => {
                self.slot.set_value(None);
                self.touched.set(false);
                self.load(EntryForm::default());
                self.prefill();
            }
        }
    }

    /// What the entry says that is to be changed, or what the server refused.
    fn load_earlier_words(self, address: &Address) {
        if let Ok(bad) = address.mend.parse::<CommandId>() {
            if let Some(Act::WriteEntry { form, .. } | Act::AmendEntry { form, .. }) = self.to_mend(bad, None) {
                self.load(form);
            }
        } else if let Some(entry) = self.shown(address) {
            let current = entry.current();
            self.replaces.set(Some(current.id));
            self.load(current.content.to_form());
        }
    }

    /// The entry that is being changed, as it stands.
    fn shown(self, address: &Address) -> Option<Arc<Entry>> {
        let id: EntryId = address.entry.parse().ok()?;
        self.client.shown.with(|shown| shown.get(&id).map(|shown| Arc::clone(&shown.entry)))
    }

    /// Whether the entry has changed since its words came into the form.
    pub fn has_moved_on(self) -> bool {
        let current = self.shown(&self.address.get()).map(|entry| entry.current().id);
        self.replaces.get().is_some_and(|replaces| current != Some(replaces))
    }

    /// The place was changed: whoever lives behind the door that was left is no longer meant. Nobody would see them
    /// selected.
    pub fn left(self, (micro_grid, door): &(Option<MicroGridCode>, String)) {
        self.client.records.with_untracked(|records| {
            let lives_there = |id: &ResidentId| {
                let resident = records.residents.get(id);
                resident.is_some_and(|one| Some(&one.micro_grid) == micro_grid.as_ref() && one.door.as_str() == door)
            };
            self.subjects.update(|subjects| subjects.retain(|id| !lives_there(id)));
        });
    }

    /// What is to be mended; a new entry whose id is taken gets `fresh`.
    fn to_mend(self, bad: CommandId, fresh: Option<EntryId>) -> Option<Act> {
        let mend = |item: &Queued| item.act_to_mend(fresh.unwrap_or(item.command.as_ref()?.act.entry()));
        self.client
            .outbox
            .with_untracked(|outbox| outbox.items().iter().find(|item| item.id() == Some(bad)).and_then(mend))
    }

    /// Writes it down. The text stays on the screen until the device has it.
    pub async fn save(self, just: JustSaved) -> Result<String, NotSaved> {
        let address = self.address.get_untracked();
        let form = self.form(&address);
        let draft = self.slot.get_value().map(|(key, _)| key);
        let (act, new_entry) = self.act(&address, form)?;
        let entry = act.entry();
        let command = match address.mend.parse::<CommandId>() {
            Ok(bad) => self.client.mend(bad, act, draft.as_deref()).await?,
            Err(_) => self.client.submit(act, draft.as_deref()).await?,
        };
        self.touched.set(false);
        self.replaces.set(None);
        just.tell(command, entry, new_entry);
        Ok(if new_entry { "/".to_owned() } else { ["/log/", &entry.to_string()].concat() })
    }

    fn act(self, address: &Address, form: EntryForm) -> Result<(Act, bool), NotSaved> {
        let fresh = self.client.new_entry_id();
        match address.mend.parse().ok().and_then(|bad| self.to_mend(bad, fresh)) {
            Some(Act::WriteEntry { entry, .. }) => {
                return Ok((Act::WriteEntry { entry, micro_grid: self.micro_grid_or_missing()?, form }, false));
            }
            Some(Act::AmendEntry { entry, replaces, .. }) => {
                return Ok((Act::AmendEntry { entry, replaces, form }, false));
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
        let entry = fresh.ok_or_else(|| NotSaved::Device(no_device()))?;
        Ok((Act::WriteEntry { entry, micro_grid: self.micro_grid_or_missing()?, form }, true))
    }

    fn micro_grid_or_missing(self) -> Result<String, NotSaved> {
        let missing = FieldError::new(Field::MicroGrid, Problem::Missing);
        untrack(|| self.micro_grid()).map(String::from).ok_or(NotSaved::Refused(Rejection::Field(missing)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_comes_back_with_its_words_and_its_place() {
        let address = Address { template: "all_well".to_owned(), door: "5-2".to_owned(), ..Address::default() };
        let form = EntryForm { problem: "张大娘感冒两天，帮取药".to_owned(), ..EntryForm::default() };
        let draft = Draft { form, address, replaces: None };
        let text = serde_json::to_string(&draft).expect("text");
        assert_eq!(serde_json::from_str::<Draft>(&text).ok().as_ref(), Some(&draft));
        assert_eq!(draft.first_words(), "张大娘感冒两天，帮取药");
    }
}
