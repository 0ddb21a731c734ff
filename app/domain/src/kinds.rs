//! THE list of modules, one line each. Decoding, `apply`, audience, bounds and topics are asked of it, so that a new kind
//! of record is a folder and a line here.
//!
//! A phone's first part knows some modules only, and hears of the others when their part of the program is loaded
//! ([`Kinds::add`]); the server and the tests know all ([`Kinds::all`]).

#[cfg(not(target_family = "wasm"))]
use crate::kernel::Bounds;
use crate::kernel::{
    Command, Effects, Head, Kind, Known, Look, Occasion, Record, RecordKey, Refusal, Rejection, Rights, Role,
    ServerSide, Shared, Topics, Unreadable, json,
};
use crate::{log, organisation, residents, seen};
use std::ops::RangeInclusive;

/// The words of all kinds that this version knows.
pub const NAMES: &[&str] = &["community", "entry", "person", "place", "resident", "seen"];

/// The kinds of records that concern nobody but the person whose they are.
pub const PRIVATE: &[&str] = &[seen::Seen::KIND];

/// All modules. A screen names those that it shows: the first part of the program is to know no others.
pub static ALL: &[&Module] = &[&log::MODULE, &organisation::MODULE, &residents::MODULE, &seen::MODULE];

/// What a record can be about. A number is given once and never used again.
pub mod topic {
    use crate::kernel::Topics;

    /// The first of the log's twelve classes, one a category; the others follow in the order of the categories.
    pub const FIRST_CLASS: u8 = 0;
    /// The tree of places with its doors.
    pub const PLACES: Topics = Topics::number(12);
    /// People with their posts.
    pub const COLLEAGUES: Topics = Topics::number(13);
    /// Everybody who lives behind a door.
    pub const RESIDENTS: Topics = Topics::number(14);
    /// Those in a care group.
    pub const RESIDENTS_IN_CARE: Topics = Topics::number(15);

    /// All classes of the log.
    pub const ALL_CLASSES: Topics = Topics::from_bits(0xFFF);
    /// Matters of people (visits, care, disputes and what comes up in talks), not of buildings:
    /// 入户走访, 信息更新, 矛盾纠纷, 民生代办, 关爱探访, 助餐送餐, 议事协商.
    pub const CLASSES_OF_PEOPLE: Topics = Topics::from_bits(0b1011_1010_0011);
}

/// What a role reads where its post is.
#[must_use]
pub const fn topics_read_by(role: Role) -> Topics {
    let everybody = topic::PLACES.and(topic::COLLEAGUES);
    match role {
        Role::Watcher | Role::GridWorker => everybody.and(topic::ALL_CLASSES).and(topic::RESIDENTS),
        Role::PartyBranch => everybody.and(topic::ALL_CLASSES),
        Role::PartyCommittee => everybody.and(topic::ALL_CLASSES).and(topic::RESIDENTS_IN_CARE),
        Role::SocialWorker => everybody.and(topic::CLASSES_OF_PEOPLE).and(topic::RESIDENTS_IN_CARE),
        Role::Unknown => Topics::NONE,
    }
}

/// What a module contributes.
pub struct Module {
    /// Its folder's name.
    pub name: &'static str,
    /// Its kinds of records.
    pub kinds: &'static [KindOf],
    /// What can be done in it.
    pub acts: &'static [ActOf],
    /// What a command of it does. The act's own fields are read and checked before a record is asked for, so that nothing
    /// is parked that can never be right.
    pub apply: fn(&Occasion<'_>, &Command) -> Result<Effects, Refusal>,
    /// Whether somebody with these rights may do such an act anywhere in the community: asked before it is parked.
    pub may_somewhere: fn(&Rights<'_>, act: &str) -> bool,
    /// What its author meant by a command that the rules do not take, for the author's own phone; `None` where it carries
    /// no words. The server never calls it.
    pub as_meant: fn(&Occasion<'_>, &Command) -> Option<Effects>,
}

impl Module {
    /// Its records alone: what a phone's first part has of a module whose acts lie in a later one.
    #[must_use]
    pub const fn records_only(&self) -> Self {
        Self {
            name: self.name,
            kinds: self.kinds,
            acts: &[],
            apply: |_, _| Err(Refusal::UnknownAct),
            may_somewhere: |_, _| false,
            as_meant: |_, _| None,
        }
    }
}

/// An act of a module.
pub struct ActOf {
    /// Its name on the wire, one among all modules.
    pub name: &'static str,
    /// How many records its head names. With more or fewer it is malformed: nothing waits for a record that the act does
    /// not concern, or to be told that it lacks one. An act that is to name others needs a new name: under this one an
    /// older server refuses it for good.
    pub keys: RangeInclusive<usize>,
    /// What it puts an end to.
    pub ends: Ends,
}

/// What an act puts an end to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Nothing: it makes, changes or opens something.
    Nothing,
    /// Something that was open: it takes back, answers, closes or sets aside.
    Something,
    /// Somebody's post.
    Posts,
    /// The words of a record: they are erased.
    Words,
}

impl Ends {
    /// Whether such an act never meets a bound: nobody can freeze a record by filling it.
    #[must_use]
    pub const fn is_anything(self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// Whether it is carried out again after a restore from a backup that does not know it: neither access nor erased
    /// words come back.
    #[must_use]
    pub const fn outlives_restore(self) -> bool {
        matches!(self, Self::Posts | Self::Words)
    }
}

/// A kind of record, whatever its type.
pub struct KindOf {
    /// Its word.
    pub name: &'static str,
    /// Whether readers are told different things.
    pub is_masked: bool,
    /// Reads its JSON text.
    pub read: fn(&str) -> Result<Shared, Unreadable>,
    /// [`Record::bounds`], also of one that is not here yet. On the server.
    #[cfg(not(target_family = "wasm"))]
    pub bounds: fn() -> Bounds,
    /// The text that somebody with these rights is told; `None` if nothing. On the server.
    #[cfg(not(target_family = "wasm"))]
    pub seen_with: fn(&str, &Rights<'_>) -> Result<Option<String>, Unreadable>,
}

impl KindOf {
    /// The kind of a record's type.
    #[must_use]
    pub const fn of<R: Record>() -> Self {
        Self {
            name: R::KIND,
            is_masked: R::MASKED,
            read: read::<R>,
            #[cfg(not(target_family = "wasm"))]
            bounds: R::bounds,
            #[cfg(not(target_family = "wasm"))]
            seen_with: seen_with::<R>,
        }
    }
}

fn read<R: Record>(text: &str) -> Result<Shared, Unreadable> {
    Ok(std::sync::Arc::new(json::read::<R>(text.as_bytes())?))
}

#[cfg(not(target_family = "wasm"))]
fn seen_with<R: Record>(text: &str, rights: &Rights<'_>) -> Result<Option<String>, Unreadable> {
    let record: R = json::read(text.as_bytes())?;
    record.seen_with(rights).map(|seen| json::write(&seen)).transpose()
}

/// The modules that a program knows.
#[derive(Clone)]
pub struct Kinds {
    modules: Vec<&'static Module>,
}

impl Kinds {
    /// Every module: for the server and for tests.
    #[must_use]
    pub fn all() -> Self {
        Self { modules: ALL.to_vec() }
    }

    /// These, to begin with.
    #[must_use]
    pub fn of(modules: &[&'static Module]) -> Self {
        Self { modules: modules.to_vec() }
    }

    /// One more, whose part of the program has been loaded; it takes the place of its records alone
    /// ([`Module::records_only`]). Again changes nothing.
    pub fn add(&mut self, module: &'static Module) {
        self.modules.retain(|known| known.name != module.name);
        self.modules.push(module);
    }

    /// A kind.
    #[must_use]
    pub fn kind(&self, kind: &Kind) -> Option<&'static KindOf> {
        self.modules.iter().flat_map(|module| module.kinds).find(|known| *kind == known.name)
    }

    /// An act with its module.
    #[must_use]
    pub fn act(&self, name: &str) -> Option<(&'static Module, &'static ActOf)> {
        let acts = |module: &&'static Module| module.acts.iter().find(|act| act.name == name);
        self.modules.iter().find_map(|module| acts(module).map(|act| (*module, act)))
    }

    /// Whether an act erases the words of its record.
    #[must_use]
    pub fn erases(&self, act: &str) -> bool {
        self.act(act).is_some_and(|(_, act)| act.ends == Ends::Words)
    }

    /// Whether what an act ends stays so after a restore ([`Ends::outlives_restore`]).
    #[must_use]
    pub fn outlives_restore(&self, act: &str) -> bool {
        self.act(act).is_some_and(|(_, act)| act.ends.outlives_restore())
    }

    /// The names of all acts.
    pub fn act_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.modules.iter().flat_map(|module| module.acts).map(|act| act.name)
    }

    /// Reads a record's text.
    ///
    /// # Errors
    /// [`Unreadable`], also for a kind that this program does not know.
    pub fn read(&self, key: &RecordKey, text: &str) -> Result<Shared, Unreadable> {
        let unknown = Unreadable { is_newer: true, detail: format!("the kind {}", key.kind.as_str()) };
        (self.kind(&key.kind).ok_or(unknown)?.read)(text)
    }

    /// What a command does, or why it does nothing. The phone asks for the optimistic view (without `server`), the server
    /// for the truth; both get the same answer from the same state.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn apply(
        &self,
        known: &dyn Known,
        command: &Command,
        server: Option<&dyn ServerSide>,
    ) -> Result<Effects, Refusal> {
        let (module, act) = self.act(command.act_name()).ok_or(Refusal::UnknownAct)?;
        let occasion = Occasion { known, head: &command.head, server };
        occasion.check_clock()?;
        check_words_stand(known, &command.head, act)?;
        let applied = (module.apply)(&occasion, command);
        // An act of a newer version may name others.
        if !act.keys.contains(&command.head.about.len()) && !matches!(applied, Err(Refusal::UnknownAct)) {
            return Err(Rejection::MALFORMED.into());
        }
        let mut effects = applied.map_err(|refusal| match refusal {
            Refusal::WaitsFor(_) if !(module.may_somewhere)(&occasion.rights(None), act.name) => {
                Rejection::NO_RIGHT.into()
            }
            refusal => refusal,
        })?;
        let is_named = |record: &Shared| command.head.about.contains(&record.key());
        debug_assert!(effects.records().iter().all(is_named), "{} changes what it does not name", act.name);
        effects.check_bounds(command.head.actor, act.ends)?;
        Ok(effects)
    }

    /// What its author meant by a command that the rules do not take. Only for the author's own phone.
    #[must_use]
    pub fn as_meant(&self, known: &dyn Known, command: &Command) -> Option<Effects> {
        let (module, act) = self.act(command.act_name())?;
        // What was erased is not built up again from what still lies in an outbox.
        check_words_stand(known, &command.head, act).ok()?;
        (module.as_meant)(&Occasion { known, head: &command.head, server: None }, command)
    }
}

/// A record whose words were erased takes nothing more: nothing that is sent about it is kept.
fn check_words_stand(known: &dyn Known, head: &Head, act: &ActOf) -> Result<(), Rejection> {
    match known.look(head.first()) {
        Look::Here(record) if record.is_erased() && act.ends != Ends::Words => Err(Rejection::ERASED.into()),
        _ => Ok(()),
    }
}
