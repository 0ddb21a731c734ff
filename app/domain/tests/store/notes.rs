//! A module for tests: notes, and acts that make places and people without the rules of the organisation.

use domain::kernel::{
    Actor, Attachment, Audience, Bounds, Command, CommandId, CommunityId, Effects, Field, FieldError, Job, Membership,
    Occasion, PersonId, PlaceId, PlaceKind, Problem, Reach, Reader, Record, RecordKey, Refusal, Rejection, Rights,
    Role, Row, Sha256, Times, Timestamp, Topics, Weight,
};
use domain::kinds::{ActOf, Ends, KindOf, Module};
use domain::organisation::{Community, Person, Place};
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// Written by somebody, longer line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub key: RecordKey,
    pub author: PersonId,
    pub place: PlaceId,
    pub topics: Topics,
    pub through: bool,
    pub readers: Vec<PersonId>,
    pub lines: Vec<(CommandId, String)>,
    pub number: Option<String>,
    pub attachments: Vec<Attachment>,
    pub arrived: Vec<Sha256>,
    pub written: Timestamp,
    pub changed: Timestamp,
    pub stays_open: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

impl Record for Note {
    const KIND: &'static str = "note";
    const MASKED: bool = true;

    fn key(&self) -> RecordKey {
        self.key.clone()
    }

    fn audience(&self) -> Audience {
        let reach = if self.through { Reach::Through } else { Reach::Down };
        let readers = self.readers.iter().copied().map(Reader::Person).collect();
        Audience { place: self.place, reach, topics: self.topics, readers }
    }

    fn row(&self) -> Row {
        Row { written: self.written, changed: self.changed, state: "open", ..Row::default() }
    }

    fn author(&self) -> Option<Actor> {
        Some(Actor::Person(self.author))
    }

    fn stays_open(&self) -> bool {
        self.stays_open
    }

    fn attachments(&self) -> Vec<Attachment> {
        self.attachments.clone()
    }

    fn is_erased(&self) -> bool {
        self.erased
    }

    /// Others hear the first line only.
    fn seen_with(mut self, rights: &Rights<'_>) -> Option<Self> {
        if rights.person() != Some(self.author) {
            self.lines.truncate(1);
        }
        Some(self)
    }

    /// Fewer wait for one than for other records.
    fn bounds() -> Bounds {
        Bounds { parked: 250, ..Bounds::USUAL }
    }

    fn weight(&self, _actor: Actor) -> Weight {
        Weight { steps: self.lines.len(), ..Weight::default() }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// About a community, which it makes.
    Found {
        abbreviation: String,
    },
    /// About a place, which it makes or moves.
    Settle {
        kind: PlaceKind,
        parent: PlaceId,
    },
    /// About a person.
    Appoint {
        memberships: Vec<Membership>,
    },
    /// About a note, which it makes; with a second key it needs that note.
    Write {
        place: PlaceId,
        topics: Topics,
        through: bool,
        readers: Vec<PersonId>,
        photo: Option<Attachment>,
        numbered: bool,
    },
    /// About a note, and with a second key about one that it needs.
    Append {
        line: String,
    },
    /// About a note; changes nothing.
    Look {},
    /// About a note of one's own: no post is needed for it.
    Sign {},
    /// About a note; takes a serial without a day, twice.
    Count {},
    TakeBlob {
        sha256: Sha256,
    },
    /// About a note: its lines lose their words.
    Erase {
        why: String,
    },
    EndPosts {
        until: Timestamp,
    },
}

const fn act(name: &'static str, most: usize) -> ActOf {
    ActOf { name, keys: 1..=most, ends: Ends::Nothing }
}

pub static NOTES: Module = Module {
    name: "notes",
    kinds: &[KindOf::of::<Note>()],
    acts: &[
        act("found", 1),
        act("settle", 1),
        act("appoint", 1),
        act("write", 2),
        act("append", 2),
        act("look", 1),
        act("sign", 1),
        act("count", 1),
        act("take_blob", 1),
        ActOf { name: "erase", keys: 1..=1, ends: Ends::Words },
        ActOf { name: "end_posts", keys: 1..=1, ends: Ends::Posts },
    ],
    apply,
    may_somewhere: |rights, _| rights.holds_somewhere(&Role::ALL),
    as_meant: |_, _| None,
};

thread_local! {
    static JUDGEMENTS: Cell<u64> = const { Cell::new(0) };
}

/// How often the rules of this module were asked, by this test.
pub fn judgements() -> u64 {
    JUDGEMENTS.get()
}

fn apply(occasion: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    JUDGEMENTS.set(JUDGEMENTS.get() + 1);
    let act: Act = command.read_act()?;
    let times = occasion.times(None);
    let changed = times.effective();
    match act {
        Act::Found { abbreviation } => {
            by_system(occasion)?;
            occasion.make::<Community>(0)?;
            Ok(Effects::of(community(occasion.community(), abbreviation, times)))
        }
        Act::Settle { kind, parent } => {
            by_system(occasion)?;
            let id = occasion.key(0, Place::KIND)?.id.into();
            Ok(Effects::of(place(occasion.community(), id, kind, parent, times)))
        }
        Act::Appoint { memberships } => {
            by_system(occasion)?;
            let id = occasion.key(0, Person::KIND)?.id.into();
            Ok(Effects::of(person(occasion.community(), id, memberships, times)))
        }
        Act::Write { place, topics, through, readers, photo, numbered } => {
            let author = occasion.head.actor.person().ok_or(Refusal::from(Rejection::NO_RIGHT))?;
            let key = occasion.make::<Note>(0)?.clone();
            occasion.rights(None).grant(|rights| rights.holds_somewhere_now().then_some(()))?;
            if occasion.head.about.len() > 1 {
                occasion.need::<Note>(1)?;
            }
            let day = times.corrected().day();
            let number = occasion.server.filter(|_| numbered).map(|server| server.number("", day));
            let attachments: Vec<Attachment> = photo.into_iter().collect();
            let has = |one: &&Attachment| occasion.server.is_some_and(|server| server.has_blob(author, &one.sha256));
            let arrived = attachments.iter().filter(has).map(|one| one.sha256).collect();
            let lines = vec![(occasion.id(), String::new())];
            let (written, stays_open) = (times.corrected(), numbered);
            Ok(Effects::of(Note {
                key,
                author,
                place,
                topics,
                through,
                readers,
                lines,
                number,
                attachments,
                arrived,
                written,
                changed,
                stays_open,
                erased: false,
            }))
        }
        Act::Append { line } => {
            if line.is_empty() {
                return Err(Rejection::MALFORMED.into());
            }
            if line == "too long" {
                let problem = Problem::TooLong { limit: 1, actual: 8 };
                return Err(FieldError::new(Field::typed("line", "一行"), problem).into());
            }
            let mut note = occasion.need::<Note>(0)?.clone();
            if occasion.head.about.len() > 1 {
                occasion.need::<Note>(1)?;
            }
            occasion.rights(None).grant(|rights| rights.holds_somewhere_now().then_some(()))?;
            if note.lines.len() > 5_000 || line == "refused" {
                return Err(Rejection::SET_ASIDE.into());
            }
            note.lines.push((occasion.id(), line));
            note.changed = changed;
            Ok(Effects::of(note))
        }
        Act::Look {} => {
            occasion.need::<Note>(0)?;
            Ok(Effects::none())
        }
        Act::Sign {} => {
            let mut note = occasion.need::<Note>(0)?.clone();
            occasion.rights(None).grant(|rights| (rights.person() == Some(note.author)).then_some(()))?;
            note.lines.push((occasion.id(), "签字".to_owned()));
            Ok(Effects::of(note))
        }
        Act::Count {} => {
            let mut note = occasion.need::<Note>(0)?.clone();
            let Some(server) = occasion.server else { return Ok(Effects::none()) };
            note.lines.push((occasion.id(), format!("{} {}", server.serial("counted"), server.serial("counted"))));
            Ok(Effects::of(note))
        }
        Act::TakeBlob { sha256 } => {
            by_system(occasion)?;
            let mut note = occasion.need::<Note>(0)?.clone();
            if note.arrived.contains(&sha256) {
                return Ok(Effects::none());
            }
            note.arrived.push(sha256);
            Ok(Effects::of(note))
        }
        Act::Erase { .. } => {
            by_system(occasion)?;
            let mut note = occasion.need::<Note>(0)?.clone();
            if note.erased {
                return Ok(Effects::none());
            }
            for (_, line) in &mut note.lines {
                line.clear();
            }
            note.attachments.clear();
            note.erased = true;
            Ok(Effects::of(note))
        }
        Act::EndPosts { until } => {
            by_system(occasion)?;
            let mut person = occasion.need::<Person>(0)?.clone();
            for membership in &mut person.memberships {
                membership.until = Some(membership.until.map_or(until, |before| before.min(until)));
            }
            Ok(Effects::of(person))
        }
    }
}

trait HoldsNow {
    fn holds_somewhere_now(&self) -> bool;
}

impl HoldsNow for Rights<'_> {
    fn holds_somewhere_now(&self) -> bool {
        !self.posts().is_empty()
    }
}

fn by_system(occasion: &Occasion<'_>) -> Result<(), Refusal> {
    match occasion.head.actor {
        Actor::System(Job::Operator | Job::Blobs) => Ok(()),
        _ => Err(Rejection::NO_RIGHT.into()),
    }
}

pub fn community(id: CommunityId, abbreviation: String, times: Times) -> Community {
    Community {
        id,
        name: "和平新村".to_owned(),
        abbreviation,
        code: None,
        numbers: Vec::new(),
        late_work: None,
        silence_of_watchers: None,
        silence_of_others: None,
        made: times,
        changed: times,
    }
}

pub fn place(community: CommunityId, id: PlaceId, kind: PlaceKind, parent: PlaceId, times: Times) -> Place {
    Place {
        id,
        community,
        kind,
        parent,
        name: "1".to_owned(),
        code: None,
        floors: Vec::new(),
        water_valve: None,
        power_switch: None,
        closed: None,
        made: times,
        changed: times,
    }
}

fn person(community: CommunityId, id: PersonId, memberships: Vec<Membership>, times: Times) -> Person {
    Person { id, community, name: "王某兰".to_owned(), agency: None, memberships, made: times, changed: times }
}
