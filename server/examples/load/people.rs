//! Who writes and who reads during the measurement: people of the demo community.

use crate::{
    Outcome,
    connection::{Connection, LINES},
};
use domain::{
    kernel::{Actor, Command, CommandId, CommunityId, DeviceId, EntryId, Head, PersonId, PlaceId, Role, Span},
    log::{Act, Entry, EntryForm, Spot},
    organisation::Place,
    sync::PushRequest,
};
use server::{
    clock::now,
    demo::{self, Seed},
};
use std::net::SocketAddr;

/// Another seed than the one of the entries that are there already.
const SEED: u64 = 99;
/// Texts to write, used again and again.
const TEXTS: usize = 2_000;

/// A watcher with a phone.
pub struct Writer {
    pub connection: Connection,
    person: PersonId,
    community: CommunityId,
    place: PlaceId,
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
    /// The yards of that community.
    pub yards: Vec<PlaceId>,
}

impl People {
    pub async fn sign_in(address: SocketAddr, password: &str, writers: usize) -> Outcome<Self> {
        let seeds = demo::communities(now());
        let forms = forms(&seeds)?;
        let seed = seeds.first().ok_or("no community")?;
        let with_role = |role| {
            let posts = seed.colleagues.iter().filter_map(|one| Some((one, one.card.memberships.first()?)));
            posts.filter(move |(_, membership)| membership.role == role)
        };
        let mut people = Vec::new();
        for (watcher, membership) in with_role(Role::Watcher).take(writers) {
            people.push(Writer {
                connection: Connection::sign_in(address, &watcher.login, password).await?,
                person: watcher.card.id,
                community: watcher.card.community,
                place: membership.place,
                forms: forms.clone(),
                written: people.len() * TEXTS / writers,
            });
        }
        let (committee, _) = with_role(Role::PartyCommittee).next().ok_or("no committee")?;
        let reader = Connection::sign_in(address, &committee.login, password).await?;
        let yards = seed.yards.iter().map(|yard| yard.id).collect();
        Ok(Self { writers: people, reader, yards })
    }
}

impl Writer {
    /// A push of so many new entries, ready to be sent.
    pub fn push(&mut self, entries: usize) -> Outcome<Vec<u8>> {
        let commands = self.write(entries)?.into_iter().map(|written| written.bytes).collect();
        let body = PushRequest { device: device(), sent_at: now(), commands }.write()?;
        Ok(self.connection.request("POST", "/api/sync/push", LINES, body.as_bytes()))
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
        let about = vec![Entry::key_of(self.community, entry), Place::key_of(self.community, self.place)];
        let (actor, device, offset) = (Actor::Person(self.person), device(), Some(Span::ZERO));
        let command = Command::new(Head { id, actor, device, written, offset, about }, &Act::WriteEntry { form })?;
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
        if let Act::WriteEntry { mut form } = Command::read(&bytes)?.read_act()? {
            form.spot = Spot::STAIRWELL.to_owned();
            form.happened = None;
            form.subjects.clear();
            forms.push(form);
        }
    }
    Ok(forms)
}
