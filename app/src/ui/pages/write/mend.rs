//! What the server refused, on its way back into the form: 改一改再存 in the same place, or 另记一条 where its entry takes no
//! more.

use super::address::Address;
use super::seen::{Seen, make};
use crate::ui::{Client, Stuck};
use domain::kernel::EntryId;
use domain::log::{Act, Entry, EntryForm, another_entry};
use leptos::prelude::*;
use std::sync::Arc;

/// A refused command as the form takes it up.
pub struct Mending {
    /// What the form holds at first.
    pub form: EntryForm,
    /// What is made of it.
    pub becomes: Becomes,
}

/// What takes the place of a refused command.
pub enum Becomes {
    /// The same new entry once more: under its own id, or another one where that is taken.
    SameEntry(Option<EntryId>),
    /// The same change once more, of what was seen then.
    SameChange(Box<Seen>),
    /// An entry of its own.
    NewEntry,
}

impl Mending {
    /// What an address wants to mend; `None` where that was mended, taken or given up meanwhile.
    pub fn of(client: Client, address: &Address) -> Option<Self> {
        let stuck = untrack(|| client.stuck(address.mend.parse().ok()?))?;
        let is_new_entry = matches!(stuck.act, Some(Act::WriteEntry { .. }));
        if address.entry.is_empty() && !is_new_entry { anew(client, &stuck) } else { again(client, &stuck) }
    }
}

/// 改一改再存: the form with what was refused in it, at its entry's stairwell. An answer is mended on the page of its
/// entry; reviews are written again at the desk.
pub fn mend_address(client: Client, stuck: &Stuck) -> Option<String> {
    let entry = stuck.command.head.first().id.to_string();
    if stuck.trouble.is_of_erased_record() {
        return None;
    }
    if let Some(Act::Answer { .. }) = stuck.act {
        return Some(["/log/", &entry].concat());
    }
    let Mending { form, becomes } = again(client, stuck)?;
    let entry = if matches!(becomes, Becomes::SameChange(_)) { entry } else { String::new() };
    Some(Address { entry, ..address_of(stuck, &form, &place_of(client, stuck)) }.href())
}

/// 另记一条: the form with the words and the photos of a refused change in it, for an entry of its own.
pub fn anew_address(client: Client, stuck: &Stuck) -> Option<String> {
    let Mending { form, .. } = anew(client, stuck)?;
    Some(address_of(stuck, &form, &place_of(client, stuck)).href())
}

fn address_of(stuck: &Stuck, form: &EntryForm, place: &str) -> Address {
    Address { mend: stuck.command.head.id.to_string(), ..Address::of_form(form, place) }
}

/// The stairwell that a command names, or that of its entry.
fn place_of(client: Client, stuck: &Stuck) -> String {
    let named = stuck.command.head.about.get(1).map(|key| key.id.to_string());
    named.or_else(|| entry_of(client, stuck).map(|entry| entry.place.to_string())).unwrap_or_default()
}

fn entry_of(client: Client, stuck: &Stuck) -> Option<Arc<Entry>> {
    let id: EntryId = stuck.command.head.first().id.into();
    client.shown.with_untracked(|shown| shown.get(&id).map(|shown| Arc::clone(&shown.entry)))
}

fn again(client: Client, stuck: &Stuck) -> Option<Mending> {
    match stuck.act.as_ref()? {
        Act::WriteEntry { form } => {
            let own = (!stuck.trouble.is_id_taken()).then(|| stuck.command.head.first().id.into());
            Some(Mending { form: form.clone(), becomes: Becomes::SameEntry(own) })
        }
        Act::AmendEntry { seen, changes } => {
            let entry = entry_of(client, stuck)?;
            let seen = Seen::before(*seen, &entry.content.to_form(), changes);
            let mut form = seen.form_on(client.offset());
            make(changes, &mut form);
            Some(Mending { form, becomes: Becomes::SameChange(Box::new(seen)) })
        }
        _ => None,
    }
}

fn anew(client: Client, stuck: &Stuck) -> Option<Mending> {
    let form = another_entry(stuck.act.as_ref()?, &*entry_of(client, stuck)?, client.offset())?;
    Some(Mending { form, becomes: Becomes::NewEntry })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{
        Actor, Command, CommandId, CommunityId, DeviceId, Head, PersonId, PlaceId, Rejection, Timestamp,
    };
    use domain::organisation::Place;
    use domain::sync::Trouble;

    #[test]
    fn what_is_mended_is_mended_where_its_entry_is() {
        let (community, place) = (CommunityId::from_parts(1, [1; 10]), PlaceId::from_parts(2, [2; 10]));
        let key = Entry::key_of(community, EntryId::from_parts(3, [3; 10]));
        let head = Head {
            id: CommandId::from_parts(4, [4; 10]),
            actor: Actor::Person(PersonId::from_parts(5, [5; 10])),
            device: DeviceId::from_parts(6, [6; 10]),
            written: Timestamp::EARLIEST,
            offset: None,
            about: vec![key, Place::key_of(community, place)],
        };
        let act = Act::AmendEntry { seen: CommandId::from_parts(7, [7; 10]), changes: Vec::new() };
        let trouble = Trouble::Rejected { reason: Rejection::FULL.into() };
        let stuck = Stuck { command: Command::new(head, &act).expect("a command"), act: Some(act), trouble };
        let form = EntryForm { template: "light_out".to_owned(), spot: "5-2".to_owned(), ..EntryForm::default() };
        let named = stuck.command.head.about[1].id.to_string();
        let address = address_of(&stuck, &form, &named).href();
        assert!(address.contains(&format!("&micro_grid={place}&")), "{address}");
        assert!(address.contains(&format!("mend={}", stuck.command.head.id)), "{address}");
    }
}
