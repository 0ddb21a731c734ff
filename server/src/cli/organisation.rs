//! How the command line names communities, places and people, and how it changes something: by commands of the operator.

use super::CommandError;
use crate::{clock::now, store::SqliteStore};
use domain::{
    kernel::{
        Actor, Command, CommandId, CommunityId, DeviceId, Head, PersonId, PlaceId, PlaceKind, RecordKey, Unreadable,
    },
    organisation::{Community, Directory, Place},
    store::Store,
    sync::{CommandReply, Outcome},
};
use serde::Serialize;

/// Everything that can be named.
pub(super) struct Organisation(Vec<(CommunityId, Directory)>);

/// A place, or a community itself.
pub(super) struct Whereabouts {
    pub community: CommunityId,
    pub place: PlaceId,
    pub kind: PlaceKind,
}

impl Whereabouts {
    pub(super) fn key(&self) -> RecordKey {
        match self.kind {
            PlaceKind::Community => Community::key_of(self.community),
            _ => Place::key_of(self.community, self.place),
        }
    }
}

impl Organisation {
    pub(super) async fn of(store: &SqliteStore) -> Result<Self, CommandError> {
        Ok(Self(store.directories().await?))
    }

    /// The place that was given this code.
    pub(super) fn coded(&self, code: &str) -> Option<Whereabouts> {
        self.0.iter().find_map(|(community, directory)| {
            let tree = directory.tree();
            let root = directory.community().map(|_| (tree.root(), PlaceKind::Community));
            let nodes = tree.nodes().map(|node| (node.id, node.kind));
            let (place, kind) = root.into_iter().chain(nodes).find(|(place, _)| tree.code(*place) == Some(code))?;
            Some(Whereabouts { community: *community, place, kind })
        })
    }

    /// A place as it is named: by its code, or by its name where it has none.
    pub(super) fn name_of(&self, community: CommunityId, place: PlaceId) -> String {
        let directory = self.0.iter().find(|(known, _)| *known == community).map(|(_, directory)| directory);
        let code = directory.and_then(|directory| directory.tree().code(place));
        let name = || directory.map_or_else(|| place.to_string(), |directory| directory.place_name(place));
        code.map_or_else(name, str::to_owned)
    }

    /// Somebody as the log names them.
    pub(super) fn person(&self, person: PersonId) -> String {
        let card = self.0.iter().find_map(|(_, directory)| directory.person(person));
        card.map_or_else(|| person.to_string(), |card| card.name.clone())
    }

    pub(super) fn communities(&self) -> impl Iterator<Item = CommunityId> {
        self.0.iter().map(|(community, _)| *community)
    }
}

/// A command of whoever runs the server, given now.
pub(super) fn command(about: Vec<RecordKey>, act: &impl Serialize) -> Result<Command, CommandError> {
    let written = now();
    let id = CommandId::from_parts(written.millis(), rand::random());
    let head = Head { id, actor: Actor::OPERATOR, device: DeviceId::SERVER, written, offset: None, about };
    Ok(Command::new(head, act)?)
}

/// Has commands carried out; each as if it were the only one. What is not taken is said in the words of the rules.
pub(super) async fn act(store: &SqliteStore, commands: Vec<Command>) -> Result<(), CommandError> {
    let replies = store.act(commands, now()).await?;
    replies.into_iter().try_for_each(taken)
}

fn taken(reply: CommandReply) -> Result<(), CommandError> {
    match reply.outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate { .. } => Ok(()),
        Outcome::Rejected { reason } => Err(CommandError::usage(format!("not taken: {}", reason.says))),
        Outcome::Parked { waits_for } => Err(CommandError::usage(format!("there is no {waits_for}"))),
        Outcome::Conflict | Outcome::Held | Outcome::Later | Outcome::UnknownAct => {
            Err(CommandError { message: "the log cannot take this now: see what it logs".to_owned(), code: 1 })
        }
    }
}

impl From<Unreadable> for CommandError {
    fn from(error: Unreadable) -> Self {
        Self::usage(error.detail)
    }
}
