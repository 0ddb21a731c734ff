//! The confirmed records of a phone: what the server has told, in tables of one kind each.
//!
//! | | |
//! |---|---|
//! | data | of each record its envelope; its text is decoded when it is first asked for, and the newest text takes its place |
//! | who | one person on one device, in all of their communities |
//! | offline | everything that was told before |
//! | never | a kind or a text that this version cannot read is neither lost nor an error: it is kept, and looked at anew when a part of the program that knows it has been loaded |

use super::PullReplyHead;
use crate::{
    kernel::{
        Actor, AttachmentKind, CommunityId, Envelope, Got, Kind, Known, Look, Membership, PersonId, Record, RecordKey,
        Sha256, Shared, SortedMap, Span, Tree,
    },
    kinds::{Kinds, Module},
    organisation::Directory,
};
use std::{
    any::Any,
    sync::{Arc, OnceLock},
};
use uuid::Uuid;

/// What the server has told. A clone shares the texts and what was decoded of them.
#[derive(Clone)]
pub struct Records {
    kinds: Kinds,
    communities: SortedMap<CommunityId, Told>,
    /// A community of which nothing has been told.
    nowhere: Directory,
}

/// What was told of one community.
#[derive(Clone, Default)]
struct Told {
    tables: SortedMap<Kind, SortedMap<Uuid, Arc<Row>>>,
    /// Made when it is first asked for.
    directory: OnceLock<Directory>,
}

struct Row {
    envelope: Envelope,
    /// `None`: this version cannot read it.
    decoded: OnceLock<Option<Shared>>,
}

impl Row {
    fn new(envelope: Envelope) -> Arc<Self> {
        Arc::new(Self { envelope, decoded: OnceLock::new() })
    }

    fn read(&self, kinds: &Kinds) -> Option<&Shared> {
        let read = || kinds.read(&self.envelope.head.key, &self.envelope.text).ok();
        self.decoded.get_or_init(read).as_ref()
    }
}

impl Told {
    fn directory(&self, community: CommunityId, kinds: &Kinds) -> &Directory {
        self.directory.get_or_init(|| {
            let mut directory = Directory::new(community);
            let rows = Directory::KINDS.iter().filter_map(|kind| self.tables.get(&Kind::known(kind)));
            for record in rows.flat_map(SortedMap::values).filter_map(|row| row.read(kinds)) {
                directory.take_in(&**record);
            }
            directory
        })
    }

    fn put(&mut self, envelope: Envelope, kinds: &Kinds) {
        let key = envelope.head.key.clone();
        let table = self.tables.get_or_insert_with(key.kind, SortedMap::new);
        if table.get(&key.id).is_some_and(|row| row.envelope.head.position > envelope.head.position) {
            return;
        }
        let row = Row::new(envelope);
        if let Some(directory) = self.directory.get_mut()
            && Records::is_of_directory(&row.envelope.head.key)
            && let Some(record) = row.read(kinds)
        {
            directory.take_in(&**record);
        }
        table.insert(key.id, row);
    }
}

impl Records {
    /// Nothing was told yet; these modules are known.
    #[must_use]
    pub fn new(kinds: Kinds) -> Self {
        Self { kinds, communities: SortedMap::new(), nowhere: Directory::new(Uuid::nil().into()) }
    }

    /// The modules that are known.
    #[must_use]
    pub const fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// One more module, whose part of the program has been loaded: what could not be read may be readable now.
    pub fn learn(&mut self, module: &'static Module) {
        self.kinds.add(module);
        for told in self.communities.values_mut() {
            told.directory = OnceLock::new();
            let rows = told.tables.values_mut().flat_map(SortedMap::values_mut);
            for row in rows.filter(|row| matches!(row.decoded.get(), Some(None))) {
                *row = Row::new(row.envelope.clone());
            }
        }
    }

    /// Takes in newest states. One that is older than what is known changes nothing.
    pub fn take_in(&mut self, envelopes: impl IntoIterator<Item = Envelope>) {
        for envelope in envelopes {
            let told = self.communities.get_or_insert_with(envelope.head.key.community, Told::default);
            told.put(envelope, &self.kinds);
        }
    }

    /// The communities that this page of the feed takes away: told from the start, or not told any more. They are forgotten
    /// before the page is taken in.
    #[must_use]
    pub fn taken_away_by(&self, page: &PullReplyHead) -> Vec<CommunityId> {
        let is_told = |community: &CommunityId| page.cursors.iter().any(|cursor| cursor.community == *community);
        let is_over = |community: &&CommunityId| !is_told(community) && !page.start_over.contains(community);
        // Also one that nothing is known of yet: the device is to know that it is told from the start.
        page.start_over.iter().chain(self.communities.keys().filter(is_over)).copied().collect()
    }

    /// Forgets what was told of a community.
    pub fn forget(&mut self, community: CommunityId) {
        self.communities.remove(&community);
    }

    /// Forgets everything.
    pub fn forget_all(&mut self) {
        self.communities.clear();
    }

    /// Forgets what does not fit.
    pub fn retain(&mut self, stays: impl Fn(&RecordKey) -> bool) {
        for told in self.communities.values_mut() {
            told.directory = OnceLock::new();
            for table in told.tables.values_mut() {
                table.retain(|_, row| stays(&row.envelope.head.key));
            }
        }
    }

    /// The communities of which something was told.
    pub fn communities(&self) -> impl Iterator<Item = CommunityId> {
        self.communities.keys().copied()
    }

    /// The names of all records, those that cannot be read included.
    pub fn keys(&self) -> impl Iterator<Item = &RecordKey> {
        self.all_rows().map(|row| &row.envelope.head.key)
    }

    /// Community, places and people, decoded; an empty one where nothing was told.
    #[must_use]
    pub fn directory(&self, community: CommunityId) -> &Directory {
        self.communities.get(&community).map_or(&self.nowhere, |told| told.directory(community, &self.kinds))
    }

    /// As [`Records::directory`], to be changed.
    pub(super) fn directory_or_new(&self, community: CommunityId) -> Directory {
        let told = self.communities.get(&community);
        told.map_or_else(|| Directory::new(community), |told| told.directory(community, &self.kinds).clone())
    }

    /// Whether a record is part of its community's [`Directory`].
    pub(super) fn is_of_directory(key: &RecordKey) -> bool {
        Directory::KINDS.contains(&key.kind.as_str())
    }

    /// A record that can be read.
    pub(super) fn shared(&self, key: &RecordKey) -> Option<&Shared> {
        self.row(key)?.read(&self.kinds)
    }

    /// Where the newest state of a record stands in its community's feed.
    #[must_use]
    pub fn position(&self, key: &RecordKey) -> Option<i64> {
        self.row(key).map(|row| row.envelope.head.position)
    }

    /// A record whose kind one knows.
    #[must_use]
    pub fn get<R: Record>(&self, key: &RecordKey) -> Got<'_, R> {
        (self as &dyn Known).get(key)
    }

    /// All records of a kind that can be read, in all communities, in the order of their keys.
    pub fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Shared> {
        self.rows(kind).filter_map(|row| row.read(&self.kinds))
    }

    /// All records of a type, as [`Records::of_kind`].
    pub fn all<R: Record>(&self) -> impl Iterator<Item = &R> {
        self.of_kind(R::KIND).filter_map(|record| record.as_any().downcast_ref())
    }

    /// Records of a kind that are here and cannot be read (这部分要新版本才看得懂).
    pub fn unread_of_kind(&self, kind: &'static str) -> impl Iterator<Item = &RecordKey> {
        let unread = self.rows(kind).filter(|row| row.read(&self.kinds).is_none());
        unread.map(|row| &row.envelope.head.key)
    }

    /// The records that `author` made and that name an attachment.
    pub(super) fn with_attachments_of(&self, author: PersonId) -> impl Iterator<Item = &Shared> {
        let words = AttachmentKind::ALL.map(|kind| ["\"", kind.code(), ":"].concat());
        // Few records name one, and most need not be decoded for the answer.
        let naming = self.all_rows().filter(move |row| words.iter().any(|word| row.envelope.text.contains(word)));
        let read = naming.filter_map(|row| row.read(&self.kinds));
        read.filter(move |record| record.author() == Some(Actor::Person(author)))
    }

    /// Those of `envelopes` whose words were erased.
    pub(super) fn erased_among(&self, envelopes: &[Envelope]) -> Vec<RecordKey> {
        // Few are, and they need not be decoded for the answer.
        let may_be = envelopes.iter().filter(|one| one.text.contains("\"erased\""));
        let read = may_be.filter_map(|one| self.kinds.read(&one.head.key, &one.text).ok());
        read.filter(|record| record.is_erased()).map(|record| record.key()).collect()
    }

    /// The photos and voice notes that records name.
    pub(super) fn attachments_of(&self, keys: &[RecordKey]) -> Vec<Sha256> {
        let records = keys.iter().filter_map(|key| self.shared(key));
        records.flat_map(|record| record.attachments()).map(|one| one.sha256).collect()
    }

    fn row(&self, key: &RecordKey) -> Option<&Arc<Row>> {
        self.communities.get(&key.community)?.tables.get(&key.kind)?.get(&key.id)
    }

    fn all_rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.communities.values().flat_map(|told| told.tables.values()).flat_map(SortedMap::values)
    }

    fn rows(&self, kind: &'static str) -> impl Iterator<Item = &Arc<Row>> {
        let kind = Kind::known(kind);
        let tables = self.communities.values().filter_map(move |told| told.tables.get(&kind));
        tables.flat_map(SortedMap::values)
    }
}

impl Default for Records {
    /// Nothing was told, and no module is known.
    fn default() -> Self {
        Self::new(Kinds::of(&[]))
    }
}

impl Known for Records {
    fn look(&self, key: &RecordKey) -> Look<'_> {
        match self.row(key).map(|row| row.read(&self.kinds)) {
            Some(Some(record)) => Look::Here(&**record),
            Some(None) => Look::Unread,
            None => Look::Nowhere,
        }
    }

    fn tree(&self, community: CommunityId) -> &Tree {
        self.directory(community).tree()
    }

    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership] {
        self.directory(community).memberships(person)
    }

    fn grace(&self, community: CommunityId) -> Span {
        self.directory(community).grace()
    }

    fn people(&self, community: CommunityId) -> usize {
        self.directory(community).people().count()
    }
}

/// A record of any kind as one of its type; `None` where it is of another.
#[must_use]
pub fn as_type<R: Record>(record: &Shared) -> Option<Arc<R>> {
    let any: Arc<dyn Any + Send + Sync> = Arc::clone(record) as _;
    any.downcast().ok()
}
