//! A cache of what every decision and every query needs and what seldom changes: the places and people of each community.
//! It is compared each time with the position at which they last changed, so that it is never out of date, whether this
//! process or the command line has changed them.

use super::{
    failure::{Sql, unread},
    rows,
    scope::Scope,
};
use domain::{
    kernel::{CommunityId, Kind, PersonId, PlaceId, Post, ReadScope, Reader, RecordKey, Rights, Timestamp},
    kinds::Kinds,
    organisation::Directory,
    sync::feed,
};
use sqlx::SqliteConnection;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// The newest position of a community, and the one at which its places or people last changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub community: CommunityId,
    /// Its short number.
    pub number: i64,
    pub head: i64,
    pub structure: i64,
}

impl Head {
    /// All communities.
    pub(super) async fn fetch(connection: &mut SqliteConnection) -> Sql<Vec<Self>> {
        let sql = "SELECT n.id, c.number, c.head, c.structure FROM community c JOIN numbered n ON n.number = c.number";
        let rows: Vec<(Vec<u8>, i64, i64, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
        let mut heads = Vec::with_capacity(rows.len());
        for (id, number, head, structure) in rows {
            heads.push(Self { community: rows::id(&id)?, number, head, structure });
        }
        heads.sort_unstable_by_key(|head| head.community);
        Ok(heads)
    }
}

/// A community's places and people as of one state of it, with their short numbers.
pub(super) struct Community {
    pub number: i64,
    pub structure: i64,
    pub directory: Directory,
    numbers: HashMap<Uuid, i64>,
    /// The numbers of what lies within each place.
    within: HashMap<PlaceId, Vec<i64>>,
    /// What people are told: made once for as long as places and people stay as they are.
    told: Mutex<HashMap<PersonId, Arc<Told>>>,
}

/// What somebody is told, as long as they hold the same posts.
pub(super) struct Told {
    posts: Vec<Post>,
    pub scope: Scope,
    /// Stands for the scope in a cursor.
    pub fingerprint: String,
}

impl Community {
    /// Made of what the writer has in memory. A place or person without a number stands in no row.
    pub(super) fn of(head: Head, directory: Directory, number: impl Fn(Uuid) -> Option<i64>) -> Self {
        let places = directory.tree().nodes().map(|node| node.id.uuid());
        let people = directory.people().map(|person| person.id.uuid());
        let ids = places.chain(people).chain([head.community.uuid()]);
        let numbers = ids.filter_map(|id| Some((id, number(id)?))).collect();
        Self::with(head, directory, numbers)
    }

    fn with(head: Head, directory: Directory, numbers: HashMap<Uuid, i64>) -> Self {
        let tree = directory.tree();
        let mut within = HashMap::<PlaceId, Vec<i64>>::new();
        for node in tree.nodes() {
            let Some(number) = numbers.get(&node.id.uuid()) else { continue };
            for outer in tree.path(node.id) {
                within.entry(outer).or_default().push(*number);
            }
        }
        Self { number: head.number, structure: head.structure, directory, numbers, within, told: Mutex::default() }
    }

    async fn load(connection: &mut SqliteConnection, kinds: &Kinds, head: Head) -> Sql<Self> {
        let sql = "SELECT r.kind, r.id, n.number, r.text FROM record r LEFT JOIN numbered n ON n.id = r.id
            WHERE r.community = $1 AND r.kind IN (SELECT value FROM json_each($2))";
        let rows: Vec<(String, Vec<u8>, Option<i64>, String)> =
            sqlx::query_as(sql).bind(head.number).bind(rows::table(&Directory::KINDS)?).fetch_all(connection).await?;
        let (mut directory, mut numbers) = (Directory::new(head.community), HashMap::new());
        for (kind, id, number, text) in rows {
            let id: Uuid = rows::id(&id)?;
            let kind = Kind::parse(&kind).map_err(super::failure::decode_error)?;
            let key = RecordKey { community: head.community, kind, id };
            directory.take_in(&*kinds.read(&key, &text).map_err(unread)?);
            numbers.extend(number.map(|number| (id, number)));
        }
        Ok(Self::with(head, directory, numbers))
    }

    /// What a person is told; `None` where they have no post here and had none not long ago.
    pub(super) fn told(&self, person: PersonId, now: Timestamp) -> Sql<Option<Arc<Told>>> {
        let posts = self.rights(person, now).posts().to_vec();
        let known = self.lock().get(&person).filter(|told| told.posts == posts).cloned();
        if known.is_some() && !posts.is_empty() {
            return Ok(known);
        }
        let community: CommunityId = self.directory.tree().root().uuid().into();
        let Some(reader) = feed::Reader::of(person, community, &self.directory, now) else { return Ok(None) };
        let (scope, fingerprint) = (Scope::of(&reader.scope, self)?, reader.scope.fingerprint());
        let told = Arc::new(Told { posts, scope, fingerprint });
        self.lock().insert(person, Arc::clone(&told));
        Ok(Some(told))
    }

    /// The rights of a person now.
    pub(super) fn rights(&self, person: PersonId, now: Timestamp) -> Rights<'_> {
        let tree = self.directory.tree();
        let community: CommunityId = tree.root().uuid().into();
        Rights::now(person, community, self.directory.memberships(person), tree, now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PersonId, Arc<Told>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The short number of a place or person; `None` where nothing can hang on it.
    pub(super) fn number_of(&self, id: impl Into<Uuid>) -> Option<i64> {
        self.numbers.get(&id.into()).copied()
    }

    /// The numbers of some places.
    pub(super) fn numbers_of<'p>(&self, places: impl IntoIterator<Item = &'p PlaceId>) -> Vec<i64> {
        places.into_iter().filter_map(|place| self.number_of(*place)).collect()
    }

    /// The numbers of everything within a place.
    pub(super) fn within(&self, place: PlaceId) -> &[i64] {
        self.within.get(&place).map_or(&[], Vec::as_slice)
    }

    /// A named reader, as it is kept.
    pub(super) fn who(&self, reader: Reader) -> Option<String> {
        who(reader, |id| self.number_of(id))
    }
}

/// A named reader, as it is kept: the number of a person, or `watcher@7`.
pub(super) fn who(reader: Reader, mut number: impl FnMut(Uuid) -> Option<i64>) -> Option<String> {
    Some(match reader {
        Reader::Person(person) => number(person.into())?.to_string(),
        Reader::Post(Post { role, place }) => format!("{}@{}", role.code(), number(place.into())?),
    })
}

/// What a scope's person is named by.
pub(super) fn readers_of(scope: &ReadScope) -> impl Iterator<Item = Reader> {
    [Reader::Person(scope.person)].into_iter().chain(scope.posts.iter().copied().map(Reader::Post))
}

/// The communities that are in memory. All clones share them.
#[derive(Clone)]
pub(super) struct Communities {
    kinds: Arc<Kinds>,
    known: Arc<Mutex<BTreeMap<CommunityId, Arc<Community>>>>,
}

impl Communities {
    pub(super) fn new(kinds: Arc<Kinds>) -> Self {
        Self { kinds, known: Arc::default() }
    }

    pub(super) fn kinds(&self) -> &Arc<Kinds> {
        &self.kinds
    }

    /// The community of a head, read anew where what is in memory is of another state.
    pub(super) async fn at(&self, connection: &mut SqliteConnection, head: Head) -> Sql<Arc<Community>> {
        let known = self.lock().get(&head.community).filter(|known| known.structure == head.structure).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let community = Arc::new(Community::load(connection, &self.kinds, head).await?);
        self.put(head.community, Arc::clone(&community));
        Ok(community)
    }

    /// Keeps a newer state.
    pub(super) fn put(&self, id: CommunityId, community: Arc<Community>) {
        let mut known = self.lock();
        if known.get(&id).is_none_or(|known| known.structure < community.structure) {
            known.insert(id, community);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CommunityId, Arc<Community>>> {
        // Whoever panicked while holding it left a whole map behind.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
