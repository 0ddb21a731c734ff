//! Everything somebody can do, decided at the moment they do it. Replaying a command needs no clock, no random number and
//! no network. There is no other way to change anything.

use super::{
    Bytes, CommandId, CommunityId, DeviceId, PersonId, RecordKey, RequestId, Span, Timestamp, Unreadable, json,
};
use serde::de::{DeserializeOwned, EnumAccess, IgnoredAny, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Most bytes of one command: three full parts of four-byte characters, before and after, and all the rest.
pub const MOST_COMMAND_BYTES: Bytes = Bytes::kib(64);

/// Most records that a command names.
pub const MOST_KEYS: usize = 4;

/// Who does something. In JSON every choice is an object, so that a reader can pass over one that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Somebody who is signed in.
    Person(PersonId),
    /// The server itself. Such commands are made inside it only.
    System(Job),
    /// A resident without an account, by what they asked for. Such commands are made inside the server only.
    Resident(RequestId),
    /// Somebody whom a newer version knows. Only records name them: such a command is taken by a newer server.
    Unknown {},
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActorName {
    Person,
    System,
    Resident,
    #[serde(other)]
    Unknown,
}

/// By hand, because serde's `other` passes over a name and not over what stands behind it.
impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Actor", &["person", "system", "resident"], ActorVisitor)
    }
}

struct ActorVisitor;

impl<'de> Visitor<'de> for ActorVisitor {
    type Value = Actor;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("who does something")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<Actor, A::Error> {
        let (name, value) = choice.variant::<ActorName>()?;
        match name {
            ActorName::Person => value.newtype_variant().map(Actor::Person),
            ActorName::System => value.newtype_variant().map(Actor::System),
            ActorName::Resident => value.newtype_variant().map(Actor::Resident),
            ActorName::Unknown => value.newtype_variant::<IgnoredAny>().map(|_| Actor::Unknown {}),
        }
    }
}

/// On whose behalf the server acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// A clock that ran out.
    Clock,
    /// The bytes of a photo or voice note have arrived.
    Blobs,
    /// Whoever runs the server: command line and demo.
    Operator,
    /// What was kept long enough.
    Retention,
    /// A job of a newer version.
    #[serde(other)]
    Unknown,
}

impl Actor {
    /// The person, where it is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::System(_) | Self::Resident(_) | Self::Unknown {} => None,
        }
    }

    /// Whoever runs the server.
    pub const OPERATOR: Self = Self::System(Job::Operator);
}

/// What sync reads of a command. All its records lie in one community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The key of idempotency, and the name of the step that it makes.
    pub id: CommandId,
    /// Who.
    pub actor: Actor,
    /// On which device.
    pub device: DeviceId,
    /// When, by the device's clock.
    pub written: Timestamp,
    /// What to add to the device's clock to get the server's, as last measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Span>,
    /// One to [`MOST_KEYS`] records: first the one that it is about, then those that it needs or makes.
    pub about: Vec<RecordKey>,
}

impl Head {
    /// The record that it is about.
    ///
    /// # Panics
    /// Never for a head that was read or made here: both see to it that there is one.
    #[must_use]
    pub fn first(&self) -> &RecordKey {
        &self.about[0]
    }

    /// The community of all its records.
    #[must_use]
    pub fn community(&self) -> CommunityId {
        self.first().community
    }

    /// When it was written, by the server's clock as well as the device knew.
    #[must_use]
    pub const fn corrected(&self) -> Timestamp {
        match self.offset {
            Some(offset) => self.written.plus(offset),
            None => self.written,
        }
    }

    fn check(&self) -> Result<(), Unreadable> {
        if self.actor == (Actor::Unknown {}) {
            return Err(Unreadable { is_newer: true, detail: "an actor of a newer version".to_owned() });
        }
        let Some(first) = self.about.first() else {
            return Err(Unreadable::malformed("it is about nothing"));
        };
        let apart = self.about.iter().any(|key| key.community != first.community);
        let twice = self.about.iter().enumerate().any(|(index, key)| self.about[..index].contains(key));
        if self.about.len() > MOST_KEYS || apart || twice {
            return Err(Unreadable::malformed("a command is about one to four records of one community, each once"));
        }
        Ok(())
    }
}

/// What somebody did: a head, and an act that only its module reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What sync reads.
    pub head: Head,
    /// The second line: `{"write_entry":{…}}`.
    pub act: String,
}

impl Command {
    /// Puts an act under a head.
    ///
    /// # Errors
    /// Where head or size break the rules by which [`Command::read`] reads: what cannot be read is not written in the
    /// first place.
    pub fn new(head: Head, act: &impl Serialize) -> Result<Self, Unreadable> {
        head.check()?;
        let command = Self { head, act: json::write(act)? };
        fits(&command.to_bytes()?)?;
        Ok(command)
    }

    /// The bytes that are stored, sent and hashed: made once, never made again.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn to_bytes(&self) -> Result<String, Unreadable> {
        let mut bytes = json::write(&self.head)?;
        bytes.reserve(self.act.len() + 1);
        bytes.push('\n');
        bytes.push_str(&self.act);
        Ok(bytes)
    }

    /// Reads the bytes of a command; of its act only the name.
    ///
    /// # Errors
    /// [`Unreadable`], which says whether a newer version may have written it.
    pub fn read(bytes: &str) -> Result<Self, Unreadable> {
        fits(bytes)?;
        let (head, act) = bytes.split_once('\n').ok_or_else(|| Unreadable::malformed("a command is two lines"))?;
        if act.contains('\n') {
            return Err(Unreadable::malformed("a command is two lines"));
        }
        let head: Head = json::read(head.as_bytes())?;
        head.check()?;
        let command = Self { head, act: act.to_owned() };
        if command.act_name().is_empty() {
            return Err(Unreadable::malformed("an act has a name"));
        }
        Ok(command)
    }

    /// The name of the act: `write_entry`; empty where it has none.
    #[must_use]
    pub fn act_name(&self) -> &str {
        let name = self.act.strip_prefix("{\"").and_then(|rest| rest.split_once('"')).map_or("", |(name, _)| name);
        let is_name = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if is_name { name } else { "" }
    }

    /// Reads the act.
    ///
    /// # Errors
    /// [`Unreadable`], which says whether a newer version may have written it.
    pub fn read_act<A: DeserializeOwned>(&self) -> Result<A, Unreadable> {
        json::read(self.act.as_bytes())
    }
}

fn fits(bytes: &str) -> Result<(), Unreadable> {
    if Bytes::of(bytes.as_bytes()) > MOST_COMMAND_BYTES {
        return Err(Unreadable::malformed(format!("more than {} bytes", MOST_COMMAND_BYTES.get())));
    }
    Ok(())
}
