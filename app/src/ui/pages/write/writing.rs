//! The form while it is being filled in: what was typed, what was chosen, the draft, and 保存.

use super::address::Address;
use crate::domain::{
    Act, CommandId, EntryForm, EntryId, Field, FieldError, MicroGridCode, Part, Problem, Rejection, ResidentId,
    Timestamp, Urgency,
};
use crate::json;
use crate::sync::Queued;
use crate::ui::components::JustSaved;
use crate::ui::reactive::{Memo, RwSignal, StoredValue};
use crate::ui::{Client, NotSaved, Phase};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An unfinished text as it is kept on the device: what was typed, and the address that says the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    form: EntryForm,
    /// Where it was being written, at its last step.
    pub address: Address,
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
    /// The key under which this text is kept, once something is.
    slot: StoredValue<Option<String>>,
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

    /// The key of this text. A new one beside an unfinished one that nobody has decided about gets the second place.
    fn key(self) -> String {
        if let Some(key) = self.slot.get_value() {
            return key;
        }
        let taken = self.offered.with_untracked(|offered| offered.as_ref().map(|(key, _)| key.clone()));
        let [first, second] = self.address.with_untracked(draft_keys);
        let key = if taken.as_ref() == Some(&first) { second } else { first };
        self.slot.set_value(Some(key.clone()));
        key
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
        if !self.touched.get_untracked() || self.client.phase.get_untracked() != Phase::Ready {
            return;
        }
        let address = self.address.get_untracked();
        let draft = Draft { form: self.form(&address), address };
        if let Ok(text) = json::write(&draft) {
            self.client.keep_draft(&self.key(), text);
        }
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
        self.slot.set_value(Some(key));
        self.load(draft.form);
        self.touched.set(true);
        self.offered.set(None);
        draft.address
    }

    /// Gives up the unfinished text from before, and looks whether there is another one.
    pub fn drop_offer(self) {
        let Some((key, _)) = self.offered.get_untracked() else { return };
        self.client.keep_draft(&key, String::new());
        self.offered.set(None);
        if !self.touched.get_untracked() {
            self.look_at_device();
        }
    }

    /// The words that the chosen button already says, as long as nobody has typed others.
    pub fn prefill(self) {
        if let (Some(template), false) = (self.address.get().template(), self.touched.get_untracked()) {
            self.text(Part::Problem).set(template.title.to_owned());
            self.text(Part::Measures).set(template.measures.to_owned());
        }
    }

    /// What the device holds for this form, once it can be asked: the draft, or the words that are to be changed.
    pub fn look_at_device(self) {
        let address = self.address.get_untracked();
        let kept = |key: String| {
            let draft: Draft = json::read(self.client.draft(&key)?.as_bytes()).ok()?;
            Some((key, draft))
        };
        let touched = self.touched.get_untracked();
        let mut drafts: Vec<_> = draft_keys(&address).into_iter().filter_map(kept).collect();
        if let Some(index) = drafts.iter().position(|(_, draft)| !touched && draft.address.same_form(&address)) {
            let (key, draft) = drafts.swap_remove(index);
            self.take_up(key, draft);
        } else if let Some(first) = drafts.into_iter().next() {
            // What was typed before the app was ready stays on the screen, and the older text is offered.
            self.offered.set(Some(first));
        }
        if touched {
            self.keep_draft();
        } else if let (false, Some(form)) = (self.touched.get_untracked(), self.earlier_words(&address)) {
            self.load(form);
        }
    }

    /// What the entry says that is to be changed, or what the server refused.
    fn earlier_words(self, address: &Address) -> Option<EntryForm> {
        if let Ok(bad) = address.mend.parse::<CommandId>() {
            let item = self.queued(bad)?;
            return match item.command?.act {
                Act::WriteEntry { form, .. } | Act::AmendEntry { form, .. } => Some(form),
                _ => None,
            };
        }
        let id: EntryId = address.entry.parse().ok()?;
        self.client.shown.get_untracked().get(&id).map(|shown| shown.entry.content().to_form())
    }

    fn queued(self, id: CommandId) -> Option<Queued> {
        let find = |outbox: &crate::sync::Outbox| outbox.items().iter().find(|item| item.id() == Some(id)).cloned();
        self.client.outbox.with_untracked(find)
    }

    /// Writes it down. The text stays on the screen until the device has it.
    pub async fn save(self, just: JustSaved) -> Result<String, NotSaved> {
        let address = self.address.get_untracked();
        let form = self.form(&address);
        let key = self.key();
        let (act, new_entry) = self.act(&address, form)?;
        let entry = act.entry();
        let command = match address.mend.parse::<CommandId>() {
            Ok(bad) => self.client.mend(bad, act, Some(&key)).await?,
            Err(_) => self.client.submit(act, Some(&key)).await?,
        };
        self.touched.set(false);
        just.tell(command, entry, new_entry);
        Ok(if new_entry { "/".to_owned() } else { ["/log/", &entry.to_string()].concat() })
    }

    fn act(self, address: &Address, form: EntryForm) -> Result<(Act, bool), NotSaved> {
        if let Some(Act::WriteEntry { entry, .. }) =
            address.mend.parse().ok().and_then(|bad| self.queued(bad)).and_then(|item| item.command).map(|one| one.act)
        {
            return Ok((Act::WriteEntry { entry, micro_grid: self.micro_grid_or_missing()?, form }, false));
        }
        if let Ok(entry) = address.entry.parse::<EntryId>() {
            let shown = self.client.shown.get_untracked();
            let current = shown.get(&entry).map(|shown| shown.entry.current().id);
            let replaces = current.ok_or(NotSaved::Refused(Rejection::NoRight))?;
            return Ok((Act::AmendEntry { entry, replaces, form }, false));
        }
        let no_device = || crate::local_store::LocalError::Unavailable("not connected".to_owned());
        let entry = self.client.new_entry_id().ok_or_else(|| NotSaved::Device(no_device()))?;
        Ok((Act::WriteEntry { entry, micro_grid: self.micro_grid_or_missing()?, form }, true))
    }

    fn micro_grid_or_missing(self) -> Result<String, NotSaved> {
        let missing = FieldError::new(Field::MicroGrid, Problem::Missing);
        untrack(|| self.micro_grid()).map(String::from).ok_or(NotSaved::Refused(Rejection::Field(missing)))
    }
}

/// Where the device keeps unfinished texts of this form: a change of an entry has a place of its own.
fn draft_keys(address: &Address) -> [String; 2] {
    let first = match (address.mend.as_str(), address.entry.as_str()) {
        ("", "") => "write".to_owned(),
        ("", entry) => ["amend/", entry].concat(),
        (mend, _) => ["mend/", mend].concat(),
    };
    let second = [first.as_str(), "/next"].concat();
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_and_a_new_entry_never_share_a_draft() {
        let new_entry = Address::default();
        let amend = Address { entry: "e".to_owned(), ..Address::default() };
        let mend = Address { mend: "c".to_owned(), ..Address::default() };
        let mut keys = [&new_entry, &amend, &mend].map(draft_keys).concat();
        assert_eq!(keys[0], "write");
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 6);
    }

    #[test]
    fn a_draft_comes_back_with_its_words_and_its_place() {
        let address = Address { template: "all_well".to_owned(), door: "5-2".to_owned(), ..Address::default() };
        let form = EntryForm { problem: "张大娘感冒两天，帮取药".to_owned(), ..EntryForm::default() };
        let draft = Draft { form, address };
        let text = serde_json::to_string(&draft).expect("text");
        assert_eq!(serde_json::from_str::<Draft>(&text).ok().as_ref(), Some(&draft));
        assert_eq!(draft.first_words(), "张大娘感冒两天，帮取药");
    }
}
