//! A small module with everything that sync has to cope with: a record with steps and attachments, acts that make one, that
//! work on one, that need two, and one without words.

use domain::kernel::{
    Actor, Arrival, Attachment, Audience, Bounds, Command, CommandId, CommunityId, Effects, Got, Occasion, PersonId,
    PlaceId, Record, RecordKey, Refusal, Rejection, Rights, Role, Row, Sha256, Timestamp, Weight,
};
use domain::kinds::{ActOf, Ends, KindOf, Module, topic};
use domain::organisation::Place;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line of a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: CommandId,
    pub by: PersonId,
    pub text: String,
}

/// A note about a stairwell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub community: CommunityId,
    pub id: Uuid,
    pub place: PlaceId,
    pub author: PersonId,
    pub written: Timestamp,
    #[serde(default)]
    pub number: Option<String>,
    pub lines: Vec<Line>,
    /// Steps without words.
    #[serde(default)]
    pub ticks: Vec<CommandId>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    #[serde(default)]
    pub arrived: Vec<Sha256>,
    #[serde(default)]
    pub taken_off: Vec<Sha256>,
    #[serde(default)]
    pub erased: bool,
}

impl Note {
    pub fn key_of(community: CommunityId, id: Uuid) -> RecordKey {
        RecordKey::new(community, Self::KIND, id)
    }

    pub fn texts(&self) -> Vec<&str> {
        self.lines.iter().map(|line| line.text.as_str()).collect()
    }
}

impl Record for Note {
    const KIND: &'static str = "note";

    fn key(&self) -> RecordKey {
        Self::key_of(self.community, self.id)
    }

    fn audience(&self) -> Audience {
        Audience::down(self.place, topic::PLACES)
    }

    fn row(&self) -> Row {
        Row { written: self.written, changed: self.written, state: "open", ..Row::default() }
    }

    fn author(&self) -> Option<Actor> {
        Some(Actor::Person(self.author))
    }

    fn attachments(&self) -> Vec<Attachment> {
        self.attachments.clone()
    }

    fn arrival(&self, sha256: &Sha256) -> Arrival {
        if self.arrived.contains(sha256) {
            Arrival::Arrived
        } else if self.taken_off.contains(sha256) {
            Arrival::LetGo
        } else {
            Arrival::Awaited
        }
    }

    fn has_step(&self, command: CommandId) -> bool {
        self.ticks.contains(&command) || self.lines.iter().any(|line| line.id == command)
    }

    fn is_erased(&self) -> bool {
        self.erased
    }

    fn bounds() -> Bounds {
        Bounds { steps: 50, ..Bounds::USUAL }
    }

    fn weight(&self, _actor: Actor) -> Weight {
        Weight { steps: self.lines.len(), ..Weight::default() }
    }
}

/// What can be done with notes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum NoteAct {
    /// About the note and its place.
    WriteNote {
        text: String,
        #[serde(default)]
        attachments: Vec<Attachment>,
    },
    /// About the note.
    AddLine { text: String },
    /// About the note and another one, which has to be there.
    LinkNote { text: String },
    /// About the note; carries no words.
    TickNote {},
    /// About the note: the server has bytes that it names. Only of the system.
    TakeBlob { sha256: Sha256 },
    /// About the note: its words and photos go. Only of the system.
    EraseNote {},
}

/// The module.
pub static NOTEBOOK: Module = Module {
    name: "notebook",
    kinds: &[KindOf::of::<Note>()],
    acts: &[
        ActOf { name: "write_note", keys: 2..=2, ends: Ends::Nothing },
        ActOf { name: "add_line", keys: 1..=1, ends: Ends::Nothing },
        ActOf { name: "link_note", keys: 2..=2, ends: Ends::Nothing },
        ActOf { name: "tick_note", keys: 1..=1, ends: Ends::Something },
        ActOf { name: "take_blob", keys: 1..=1, ends: Ends::Something },
        ActOf { name: "erase_note", keys: 1..=1, ends: Ends::Words },
    ],
    apply,
    may_somewhere,
    as_meant,
};

fn may_somewhere(rights: &Rights<'_>, _act: &str) -> bool {
    rights.holds_somewhere(&Role::ALL)
}

fn apply(occasion: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    let act: NoteAct = command.read_act()?;
    if let NoteAct::TakeBlob { sha256 } = act {
        return take_blob(occasion, sha256);
    }
    if let NoteAct::EraseNote {} = act {
        return erase(occasion);
    }
    let by = occasion.head.actor.person().ok_or(Rejection::NO_RIGHT)?;
    let rights = occasion.rights(None);
    if let NoteAct::WriteNote { text, attachments } = act {
        let place = occasion.need::<Place>(1)?;
        rights.grant(|rights| rights.holds(&[Role::Watcher], place.id).then_some(()))?;
        let key = occasion.make::<Note>(0)?;
        let mut note = empty(key, place.id, by, occasion.times(None).corrected());
        note.number = occasion.server.map(|server| server.number("N", note.written.day()));
        note.lines.push(Line { id: occasion.id(), by, text });
        note.attachments = attachments;
        return Ok(Effects::of(note));
    }
    let mut note = occasion.need::<Note>(0)?.clone();
    rights.grant(|rights| rights.holds(&Role::ALL, note.place).then_some(()))?;
    match act {
        NoteAct::TickNote {} => note.ticks.push(occasion.id()),
        NoteAct::AddLine { text } => note.lines.push(Line { id: occasion.id(), by, text }),
        NoteAct::LinkNote { text } => {
            occasion.need::<Note>(1)?;
            note.lines.push(Line { id: occasion.id(), by, text });
        }
        NoteAct::WriteNote { .. } | NoteAct::TakeBlob { .. } | NoteAct::EraseNote {} => {}
    }
    Ok(Effects::of(note))
}

fn take_blob(occasion: &Occasion<'_>, sha256: Sha256) -> Result<Effects, Refusal> {
    let mut note = occasion.need::<Note>(0)?.clone();
    if !occasion.rights(None).is_system() {
        return Err(Rejection::NO_RIGHT.into());
    }
    if note.arrived.contains(&sha256) {
        return Ok(Effects::none());
    }
    note.arrived.push(sha256);
    Ok(Effects::of(note))
}

fn erase(occasion: &Occasion<'_>) -> Result<Effects, Refusal> {
    let mut note = occasion.need::<Note>(0)?.clone();
    if !occasion.rights(None).is_system() {
        return Err(Rejection::NO_RIGHT.into());
    }
    for line in &mut note.lines {
        line.text.clear();
    }
    note.attachments.clear();
    note.erased = true;
    Ok(Effects::of(note))
}

fn as_meant(occasion: &Occasion<'_>, command: &Command) -> Option<Effects> {
    let by = occasion.head.actor.person()?;
    let key = occasion.head.first();
    let known = match occasion.known.get::<Note>(key) {
        Got::Here(note) => Some(note.clone()),
        Got::Nowhere => None,
        Got::Unread => return None,
    };
    let line = |text| Line { id: occasion.id(), by, text };
    let (mut note, text, attachments) = match command.read_act().ok()? {
        NoteAct::WriteNote { text, attachments } => {
            let place = PlaceId::from(occasion.head.about.get(1)?.id);
            (known.unwrap_or_else(|| empty(key, place, by, occasion.head.written)), text, attachments)
        }
        NoteAct::AddLine { text } | NoteAct::LinkNote { text } => (known?, text, Vec::new()),
        NoteAct::TickNote {} | NoteAct::TakeBlob { .. } | NoteAct::EraseNote {} => return None,
    };
    note.lines.push(line(text));
    note.attachments.extend(attachments);
    Some(Effects::of(note))
}

fn empty(key: &RecordKey, place: PlaceId, author: PersonId, written: Timestamp) -> Note {
    Note {
        community: key.community,
        id: key.id,
        place,
        author,
        written,
        number: None,
        lines: Vec::new(),
        ticks: Vec::new(),
        attachments: Vec::new(),
        arrived: Vec::new(),
        taken_off: Vec::new(),
        erased: false,
    }
}
