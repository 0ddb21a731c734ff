//! What a module's `apply` may ask, and what comes out of it.

#[cfg(not(target_family = "wasm"))]
use super::StoredRecord;
use super::{
    Actor, AnyRecord, Bytes, CommandId, CommunityId, Day, Field, FieldError, Head, Kind, Membership, PersonId, Problem,
    Record, RecordKey, Rejection, Rights, Sha256, Shared, Span, Standing, Times, Timestamp, Tree, Unreadable,
};
use crate::kinds::Ends;
use std::sync::Arc;

/// What is known of one record.
#[derive(Clone, Copy)]
pub enum Look<'k> {
    /// Its newest state.
    Here(&'k dyn AnyRecord),
    /// Nobody here has heard of it.
    Nowhere,
    /// A newer version wrote it: it is here, and cannot be read. Nothing is judged over it.
    Unread,
}

/// [`Look`] at a record whose kind one knows.
#[derive(Clone, Copy, Debug)]
pub enum Got<'k, R> {
    /// Its newest state.
    Here(&'k R),
    /// Nobody here has heard of it.
    Nowhere,
    /// It is here, and cannot be read.
    Unread,
}

/// What [`crate::kinds::Kinds::apply`] may ask about.
pub trait Known {
    /// A record.
    fn look(&self, key: &RecordKey) -> Look<'_>;
    /// The places of a community.
    fn tree(&self, community: CommunityId) -> &Tree;
    /// What a person is in a community, whether it holds now or not.
    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership];
    /// How long after the end of a post late work counts.
    fn grace(&self, community: CommunityId) -> Span {
        let _ = community;
        Span::days(30)
    }
    /// How many people are known in a community, whatever they are there by now.
    fn people(&self, community: CommunityId) -> usize {
        let _ = community;
        0
    }
}

impl dyn Known + '_ {
    /// A record whose kind one knows.
    #[must_use]
    pub fn get<R: Record>(&self, key: &RecordKey) -> Got<'_, R> {
        match self.look(key) {
            Look::Here(record) => record.as_any().downcast_ref().map_or(Got::Unread, Got::Here),
            Look::Nowhere => Got::Nowhere,
            Look::Unread => Got::Unread,
        }
    }
}

/// What only the server knows. On the phone there is none, and what hangs on it stays open until the feed brings it.
pub trait ServerSide {
    /// When the command was received.
    fn received(&self) -> Timestamp;
    /// Whether late work counts although its post ended long ago: somebody has decided so.
    fn is_decided(&self) -> bool;
    /// The next number of a series for a day, as people say it: `HPXC-20251117-0042`, with a series `S` …`-S0042`. Each
    /// call takes one, counted from 1 within community, series and day.
    fn number(&self, series: &'static str, day: Day) -> String;
    /// The next number of a series of the community, from 1 and never again: codes of places.
    fn serial(&self, series: &str) -> u32;
    /// Whether a person has sent the bytes of a blob.
    fn has_blob(&self, sender: PersonId, sha256: &Sha256) -> bool;
}

/// Why a command has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It never will have one.
    Rejected(Rejection),
    /// It needs a record that has not arrived: it is kept and tried again when that arrives.
    WaitsFor(RecordKey),
    /// It stands on a record that this version cannot read. The phone keeps and sends it; the server is not in a state to
    /// answer.
    Unread(RecordKey),
    /// It counts only if somebody decides so: the post that gives the right ended too long ago.
    Held,
    /// A newer version made it: nothing is remembered of it.
    UnknownAct,
}

impl<T: Into<Rejection>> From<T> for Refusal {
    fn from(reason: T) -> Self {
        Self::Rejected(reason.into())
    }
}

impl From<Unreadable> for Refusal {
    fn from(error: Unreadable) -> Self {
        if error.is_newer { Self::UnknownAct } else { Rejection::MALFORMED.into() }
    }
}

/// The new states of records that the command names, and of no others. None: it changes nothing, and is accepted.
#[derive(Clone, Default)]
pub struct Effects {
    records: Vec<Shared>,
    /// The JSON text of each, where it was written out to be measured: the server stores it as it is.
    #[cfg(not(target_family = "wasm"))]
    texts: Vec<Option<String>>,
}

impl Effects {
    /// Nothing changes.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One record has a new state.
    #[must_use]
    pub fn of(record: impl Record) -> Self {
        Self::none().and(record)
    }

    /// One more record has a new state.
    #[must_use]
    pub fn and(mut self, record: impl Record) -> Self {
        self.records.push(Arc::new(record));
        self
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> &[Shared] {
        &self.records
    }

    /// The records.
    #[must_use]
    pub fn into_records(self) -> Vec<Shared> {
        self.records
    }

    /// Checks whether all of them fit their bounds after a command of `actor`.
    ///
    /// A phone counts steps alone: to write out a record only to measure it would be another tenth to load. What fits its
    /// steps and not its bytes is refused by the server, and stays with its author.
    ///
    /// # Errors
    /// [`Rejection::FULL`].
    #[cfg(target_family = "wasm")]
    pub(crate) fn check_bounds(&mut self, actor: Actor, ends: Ends) -> Result<(), Refusal> {
        self.records.iter().try_for_each(|record| record.check_bounds(Bytes::new(0), actor, ends))
    }

    /// Checks whether all of them fit their bounds after a command of `actor`.
    ///
    /// # Errors
    /// [`Rejection::FULL`].
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn check_bounds(&mut self, actor: Actor, ends: Ends) -> Result<(), Refusal> {
        self.texts.clear();
        for record in &self.records {
            let text = record.text().ok();
            let bytes = text.as_ref().map_or(Bytes::new(0), |text| Bytes::of(text.as_bytes()));
            record.check_bounds(bytes, actor, ends)?;
            self.texts.push(text);
        }
        Ok(())
    }

    /// The records, and how each is stored.
    ///
    /// # Errors
    /// The key of the first that has no JSON form.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn into_stored(self) -> Result<Vec<(Shared, StoredRecord)>, RecordKey> {
        let texts = self.texts.into_iter().chain(std::iter::repeat(None));
        let stored = |(record, text): (Shared, Option<String>)| {
            let text = text.map_or_else(|| record.text().map_err(|_| record.key()), Ok)?;
            let stored = record.stored_as(text);
            Ok((record, stored))
        };
        self.records.into_iter().zip(texts).map(stored).collect()
    }
}

/// One command on its way through the rules of its module.
#[derive(Clone, Copy)]
pub struct Occasion<'a> {
    /// What is known.
    pub known: &'a dyn Known,
    /// Who, when, about what.
    pub head: &'a Head,
    /// What only the server knows.
    pub server: Option<&'a dyn ServerSide>,
}

/// A clock that is ahead by no more than this is not called wrong.
const CLOCK_TOLERANCE: Span = Span::minutes(10);
/// 2100-01-01 in Shanghai.
const LATEST: Timestamp = Timestamp::from_millis(4_102_416_000_000);
/// No clock shows an earlier instant: from there, no offset leads to everything that one could work on.
const EARLIEST_CLOCK: Timestamp = Timestamp::from_millis(LATEST.millis() - i64::MAX);
/// 记下的时间: the clock of the device.
const WRITTEN: Field = Field {
    says: &[
        ("too_early", "手机上的日期太早了，到手机设置里把日期改对，再点保存。"),
        ("in_future", "手机上的时间走快了，到手机设置里把时间改对，再点保存。"),
    ],
    ..Field::chosen("written", "记下的时间")
};

impl<'a> Occasion<'a> {
    /// The id of the command: the name of the step that it makes.
    #[must_use]
    pub const fn id(&self) -> CommandId {
        self.head.id
    }

    /// The community.
    #[must_use]
    pub fn community(&self) -> CommunityId {
        self.head.community()
    }

    /// The key at `index` of the head.
    ///
    /// # Errors
    /// [`Rejection::MALFORMED`] where there is none, or one of another kind.
    pub fn key(&self, index: usize, kind: &'static str) -> Result<&'a RecordKey, Refusal> {
        let key = self.head.about.get(index).filter(|key| key.kind == Kind::known(kind));
        key.ok_or_else(|| Rejection::MALFORMED.into())
    }

    /// The record at `index` of the head.
    ///
    /// # Errors
    /// [`Refusal::WaitsFor`] where it has not arrived, [`Refusal::Unread`] where it cannot be read.
    pub fn need<R: Record>(&self, index: usize) -> Result<&'a R, Refusal> {
        let key = self.key(index, R::KIND)?;
        match self.known.get(key) {
            Got::Here(record) => Ok(record),
            Got::Nowhere => Err(Refusal::WaitsFor(key.clone())),
            Got::Unread => Err(Refusal::Unread(key.clone())),
        }
    }

    /// The key at `index`, for a record that this command makes.
    ///
    /// # Errors
    /// [`Rejection::EXISTS`] where it is there.
    pub fn make<R: Record>(&self, index: usize) -> Result<&'a RecordKey, Refusal> {
        let key = self.key(index, R::KIND)?;
        match self.known.look(key) {
            Look::Nowhere => Ok(key),
            Look::Here(_) => Err(Rejection::EXISTS.into()),
            Look::Unread => Err(Refusal::Unread(key.clone())),
        }
    }

    /// When it was done, and not before what it works on.
    #[must_use]
    pub fn times(&self, not_before: Option<Timestamp>) -> Times {
        let received = self.server.map(ServerSide::received);
        let times = Times { written: self.head.written, clock_offset: self.head.offset, received };
        not_before.map_or(times, |earliest| times.not_before(earliest))
    }

    /// The rights of the actor when they acted, and not before what they acted on.
    #[must_use]
    pub fn rights(&self, not_before: Option<Timestamp>) -> Rights<'a> {
        let community = self.community();
        let held = self.head.actor.person().map_or(&[][..], |person| self.known.memberships(community, person));
        let received = self.server.filter(|server| !server.is_decided()).map(ServerSide::received);
        let when = Standing { at: self.times(not_before).corrected(), received, grace: self.known.grace(community) };
        Rights::of(self.head.actor, community, held, self.known.tree(community), when)
    }

    /// Refuses what was done when no log reaches, or later than it was received.
    ///
    /// # Errors
    /// At the field of the device's clock.
    pub fn check_clock(&self) -> Result<(), Refusal> {
        let times = self.times(None);
        if times.written < EARLIEST_CLOCK {
            return Err(FieldError::new(WRITTEN, Problem::TooEarly).into());
        }
        if times.received.is_some_and(|received| times.corrected().since(received) > CLOCK_TOLERANCE) {
            return Err(FieldError::new(WRITTEN, Problem::InFuture).into());
        }
        Ok(check_time(WRITTEN, times.corrected())?)
    }
}

/// Refuses instants that no log reaches.
///
/// # Errors
/// [`Problem::TooEarly`] before 2000, [`Problem::InFuture`] after 2100.
pub fn check_time(field: Field, at: Timestamp) -> Result<(), FieldError> {
    if at < Timestamp::EARLIEST {
        return Err(FieldError::new(field, Problem::TooEarly));
    }
    if at > LATEST {
        return Err(FieldError::new(field, Problem::InFuture));
    }
    Ok(())
}
