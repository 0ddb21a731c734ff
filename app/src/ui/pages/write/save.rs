//! 保存: what the form says becomes a command.

use super::address::Address;
use super::mend::{Becomes, Mending};
use super::seen::Seen;
use super::writing::Writing;
use crate::ui::components::JustSaved;
use domain::kernel::{EntryId, FieldError, Problem, RecordKey, Rejection};
use domain::log::{Act, Entry, EntryForm, field};
use domain::organisation::Place;
use domain::sync::{LocalError, NotSaved};
use leptos::prelude::*;
use std::sync::Arc;

/// What is to be written down.
struct Deed {
    about: Vec<RecordKey>,
    act: Act,
    /// The entry did not exist before in any form.
    is_new_entry: bool,
}

impl Writing {
    /// Writes it down. The text stays on the screen until the device has it. Where nothing was changed, there is nothing
    /// to write down, and the unfinished text ends.
    pub async fn save(self, just: JustSaved) -> Result<String, NotSaved> {
        if self.client.replica().is_none() {
            // The device keeps nothing here, and so no places are known, either.
            return Err(NotSaved::Device(LocalError::Unavailable("not connected".to_owned())));
        }
        let address = self.address.get_untracked();
        let form = self.form(&address);
        let draft = self.slot.get_value().map(|kept| kept.key);
        let Deed { about, act, is_new_entry } = self.deed(&address, form)?;
        let key = about.first().cloned().ok_or(NotSaved::Refused(Rejection::MALFORMED.into()))?;
        if matches!(&act, Act::AmendEntry { changes, .. } if changes.is_empty()) {
            if let Some(draft) = &draft {
                self.client.forget_draft(draft).await?;
            }
        } else {
            let command = match address.mend.parse() {
                Ok(bad) => self.client.mend(bad, about, &act, draft.as_deref()).await?,
                Err(_) => self.client.submit(about, &act, draft.as_deref()).await?,
            };
            just.tell(command, &key, is_new_entry);
        }
        self.touched.set(false);
        self.slot.set_value(None);
        self.seen.set(None);
        Ok(if is_new_entry { "/".to_owned() } else { ["/log/", &key.id.to_string()].concat() })
    }

    fn deed(self, address: &Address, form: EntryForm) -> Result<Deed, NotSaved> {
        if !address.mend.is_empty() {
            match Mending::of(self.client, address).map(|mending| mending.becomes) {
                Some(Becomes::SameEntry(own)) => return self.new_entry(own, form, false),
                Some(Becomes::NewEntry) => return self.new_entry(None, form, true),
                Some(Becomes::SameChange(then)) => {
                    let seen = self.seen.get_untracked().unwrap_or(*then);
                    return self.change(address, &seen, &form);
                }
                // Mended or taken meanwhile, in another tab: another one would be filed twice.
                None if address.entry.is_empty() => return Err(NotSaved::Refused(Rejection::EXISTS.into())),
                None => {}
            }
        }
        if address.entry.is_empty() {
            return self.new_entry(None, form, true);
        }
        let as_it_stands = || untrack(|| self.shown(address)).map(|entry| Seen::of(&entry));
        let seen = self.seen.get_untracked().or_else(as_it_stands);
        self.change(address, &seen.ok_or(NotSaved::Refused(Rejection::NO_RIGHT.into()))?, &form)
    }

    fn new_entry(self, own: Option<EntryId>, form: EntryForm, is_new_entry: bool) -> Result<Deed, NotSaved> {
        let place = self.place_or_refused()?;
        let not_connected = || NotSaved::Device(LocalError::Unavailable("not connected".to_owned()));
        let entry = own.or_else(|| self.entry()).ok_or_else(not_connected)?;
        let keys = (Entry::key_of(place.community, entry), Place::key_of(place.community, place.id));
        Ok(Deed { about: vec![keys.0, keys.1], act: Act::WriteEntry { form }, is_new_entry })
    }

    fn change(self, address: &Address, seen: &Seen, form: &EntryForm) -> Result<Deed, NotSaved> {
        let entry = untrack(|| self.shown(address)).ok_or(NotSaved::Refused(Rejection::NO_RIGHT.into()))?;
        let changes = seen.changes_to(form, self.client.offset());
        let act = Act::AmendEntry { seen: seen.version, changes };
        Ok(Deed { about: act.about(&entry), act, is_new_entry: false })
    }

    fn place_or_refused(self) -> Result<Arc<Place>, NotSaved> {
        let refused = |problem| NotSaved::Refused(FieldError::new(field::PLACE, problem).into());
        let id = untrack(|| self.place()).ok_or_else(|| refused(Problem::Missing))?;
        untrack(|| self.client.stairwell(id)).ok_or_else(|| refused(Problem::Unknown))
    }
}
