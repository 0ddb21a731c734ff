//! A module for tests: leaflets, which may be told to anybody.

use domain::kernel::{
    Actor, Audience, Bounds, Command, Effects, Occasion, PersonId, PlaceId, Post, Reach, Reader, Record, RecordKey,
    Refusal, Row, Timestamp, Topics, Weight,
};
use domain::kinds::{ActOf, Ends, KindOf, Module};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaflet {
    pub key: RecordKey,
    pub author: Option<PersonId>,
    pub form: Form,
    pub changed: Timestamp,
}

/// To whom it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub place: PlaceId,
    pub through: bool,
    pub topics: Topics,
    pub people: Vec<PersonId>,
    pub posts: Vec<Post>,
    pub stays_open: bool,
}

impl Record for Leaflet {
    const KIND: &'static str = "leaflet";

    fn key(&self) -> RecordKey {
        self.key.clone()
    }

    fn audience(&self) -> Audience {
        let Form { place, through, topics, people, posts, .. } = &self.form;
        let readers = people.iter().copied().map(Reader::Person).chain(posts.iter().copied().map(Reader::Post));
        let reach = if *through { Reach::Through } else { Reach::Down };
        Audience { place: *place, reach, topics: *topics, readers: readers.collect() }
    }

    fn row(&self) -> Row {
        Row { written: self.changed, changed: self.changed, state: "open", ..Row::default() }
    }

    fn author(&self) -> Option<Actor> {
        self.author.map(Actor::Person)
    }

    fn stays_open(&self) -> bool {
        self.form.stays_open
    }

    fn bounds() -> Bounds {
        Bounds::USUAL
    }

    fn weight(&self, _actor: Actor) -> Weight {
        Weight::default()
    }
}

/// Prints it, or prints it anew for somebody else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    Print { author: Option<PersonId>, form: Form },
}

pub static LEAFLETS: Module = Module {
    name: "leaflets",
    kinds: &[KindOf::of::<Leaflet>()],
    acts: &[ActOf { name: "print", keys: 1..=1, ends: Ends::Nothing }],
    apply: print,
    may_somewhere: |_, _| true,
    as_meant: |_, _| None,
};

fn print(occasion: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    let Act::Print { author, form } = command.read_act()?;
    let key = occasion.key(0, Leaflet::KIND)?.clone();
    Ok(Effects::of(Leaflet { key, author, form, changed: occasion.times(None).effective() }))
}
