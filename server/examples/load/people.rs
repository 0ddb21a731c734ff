//! Who writes and who reads during the measurement: people of the demo community.

use crate::{
    Outcome,
    connection::{Connection, JSON},
};
use app::{
    domain::{Act, Command, CommandId, DeviceId, EntryForm, EntryId, PersonId, Role, Spot},
    sync::PROTOCOL,
};
use serde_json::json;
use server::{clock::now, demo, store::Seed};
use std::net::SocketAddr;

/// Another seed than the one of the entries that are there already.
const SEED: u64 = 99;
/// Texts to write, used again and again.
const TEXTS: usize = 2_000;

/// A watcher with a phone.
pub struct Writer {
    pub connection: Connection,
    person: PersonId,
    micro_grid: String,
    forms: Vec<EntryForm>,
    written: usize,
}

/// A new command, as a phone keeps it.
pub struct Written {
    pub id: CommandId,
    pub bytes: String,
}

pub struct People {
    pub writers: Vec<Writer>,
    /// Reads the whole community: the most that anybody can ask for.
    pub reader: Connection,
}

impl People {
    pub async fn sign_in(address: SocketAddr, password: &str, writers: usize) -> Outcome<Self> {
        let seeds = demo::communities(now(), None);
        let forms = forms(&seeds)?;
        let accounts = seeds.first().map(|seed| seed.accounts.as_slice()).unwrap_or_default();
        let with_role = |role| {
            let posts = accounts.iter().filter_map(|account| Some((account, account.card.memberships.first()?)));
            posts.filter(move |(_, membership)| membership.role == role)
        };
        let mut people = Vec::new();
        for (account, membership) in with_role(Role::Watcher).take(writers) {
            people.push(Writer {
                connection: Connection::sign_in(address, &account.login, password).await?,
                person: account.card.id,
                micro_grid: membership.place.as_str().to_owned(),
                forms: forms.clone(),
                written: people.len() * TEXTS / writers,
            });
        }
        let (committee, _) = with_role(Role::PartyCommittee).next().ok_or("no committee")?;
        let reader = Connection::sign_in(address, &committee.login, password).await?;
        Ok(Self { writers: people, reader })
    }
}

impl Writer {
    /// A push of so many new entries, ready to be sent.
    pub fn push(&mut self, entries: usize) -> Outcome<Vec<u8>> {
        let commands: Vec<String> = self.write(entries)?.into_iter().map(|written| written.bytes).collect();
        let request = json!({ "protocol": PROTOCOL, "device": device(), "sent_at": now(), "commands": commands });
        let body = json!({ "request": request }).to_string();
        Ok(self.connection.request("POST", "/api/sync/push", JSON, body.as_bytes()))
    }

    /// So many new entries, each a command of its own.
    pub fn write(&mut self, entries: usize) -> Outcome<Vec<Written>> {
        (0..entries).map(|_| self.write_one()).collect()
    }

    fn write_one(&mut self) -> Outcome<Written> {
        let form = self.forms[self.written % self.forms.len()].clone();
        self.written += 1;
        let written = now();
        let id = CommandId::from_parts(written.millis(), rand::random());
        let entry = EntryId::from_parts(written.millis(), rand::random());
        let act = Act::WriteEntry { entry, micro_grid: self.micro_grid.clone(), form };
        let command = Command { id, author: self.person, device: device(), written, clock_offset: Some(0), act };
        Ok(Written { id, bytes: command.to_bytes()? })
    }
}

/// All of them write on one phone.
fn device() -> DeviceId {
    DeviceId::from_parts(1, [1; 10])
}

/// What watchers of the demo write, at no particular door.
fn forms(seeds: &[Seed]) -> Outcome<Vec<EntryForm>> {
    let mut forms = Vec::new();
    for bytes in demo::synthetic(seeds, now(), SEED).take(TEXTS).flat_map(|batch| batch.commands) {
        if let Act::WriteEntry { mut form, .. } = Command::from_bytes(&bytes)?.act {
            form.spot = Spot::STAIRWELL.to_owned();
            form.happened = None;
            form.subjects.clear();
            forms.push(form);
        }
    }
    Ok(forms)
}
