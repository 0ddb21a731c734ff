//! The engines, and how a promise is held to each of them.

use domain::kernel::{AnyRecord as _, Reader};
use domain::kinds::Kinds;
use domain::log::Entry;
use domain::memory::MemoryStore;
use domain::store::Store;
use futures::future::BoxFuture;
use server::store::{SqliteStore, hash_password};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::path::Path;
use std::sync::Arc;

/// Each test of the block, on each engine.
macro_rules! promises {
    ($($(#[$meta:meta])* async fn $name:ident($here:ident) $body:block)*) => { $(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn holds($here: &$crate::neighbourhood::Neighbourhood) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_memory() {
                holds(&$crate::neighbourhood::Neighbourhood::new($crate::engine::Engine::Memory).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                holds(&$crate::neighbourhood::Neighbourhood::new($crate::engine::Engine::Sqlite).await).await;
            }
        }
    )* };
}

/// One way to keep everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Memory,
    Sqlite,
}

/// A store with nothing in it.
pub struct Opened {
    pub store: Arc<dyn Store>,
    /// How this engine has passwords hashed.
    pub hash: fn(&str) -> String,
    /// The same data, as a program with these modules opens them.
    pub again: Again,
    /// Names readers of an entry, as a program whose entries may have some would have kept it.
    pub name_readers: NameReaders,
    pub _folder: Option<tempfile::TempDir>,
}

/// Opens what is there once more.
pub type Again = Box<dyn Fn(Kinds) -> BoxFuture<'static, Arc<dyn Store>> + Send + Sync>;

/// Names readers of an entry, past all rules: those of today name none.
pub type NameReaders = Box<dyn Fn(Entry, Vec<Reader>) -> BoxFuture<'static, ()> + Send + Sync>;

impl Engine {
    pub const ALL: [Self; 2] = [Self::Memory, Self::Sqlite];

    pub async fn open(self, kinds: Kinds) -> Opened {
        match self {
            Self::Memory => {
                let store = Arc::new(MemoryStore::of(kinds, |password, hash| password == hash));
                let there = Arc::clone(&store);
                let again = move |kinds| {
                    let again = MemoryStore::of(kinds, |password, hash| password == hash);
                    again.restore(there.back_up(), there.epoch()).unwrap();
                    Box::pin(async move { Arc::new(again) as Arc<dyn Store> }) as BoxFuture<'static, _>
                };
                let there = Arc::clone(&store);
                let name_readers = move |entry: Entry, readers| {
                    let mut stored = entry.stored().unwrap();
                    stored.audience.readers = readers;
                    there.put_unread(stored);
                    Box::pin(async {}) as BoxFuture<'static, _>
                };
                let (again, name_readers) = (Box::new(again), Box::new(name_readers));
                Opened { store, hash: str::to_owned, again, name_readers, _folder: None }
            }
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("data/log.db");
                let store = SqliteStore::open_with(file.to_str().unwrap(), kinds).await.unwrap();
                let hash = |password: &str| hash_password(password).unwrap();
                let database = file.clone();
                let name_readers = move |entry: Entry, readers| {
                    let database = database.clone();
                    Box::pin(async move { name_in_tables(&database, &entry, readers).await }) as BoxFuture<'static, _>
                };
                let again = move |kinds| {
                    let file = file.clone();
                    Box::pin(async move {
                        let store = SqliteStore::open_with(file.to_str().unwrap(), kinds).await.unwrap();
                        Arc::new(store) as Arc<dyn Store>
                    }) as BoxFuture<'static, _>
                };
                let (again, name_readers) = (Box::new(again), Box::new(name_readers));
                Opened { store: Arc::new(store), hash, again, name_readers, _folder: Some(folder) }
            }
        }
    }
}

/// As the migration says that readers are kept.
async fn name_in_tables(database: &Path, entry: &Entry, readers: Vec<Reader>) {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await.unwrap();
    let id = entry.id.uuid().as_bytes().to_vec();
    for sql in ["UPDATE record SET named = 1 WHERE id = $1", "UPDATE entry_row SET named = 1 WHERE id = $1"] {
        assert_eq!(sqlx::query(sql).bind(&id).execute(&mut connection).await.unwrap().rows_affected(), 1);
    }
    for reader in readers {
        let (role, of) = match reader {
            Reader::Person(person) => (String::new(), person.uuid()),
            Reader::Post(post) => (format!("{}@", post.role.code()), post.place.uuid()),
        };
        let sql = "INSERT INTO reader (record, who) SELECT slot, $2 || (SELECT number FROM numbered WHERE id = $3)
            FROM record WHERE id = $1";
        let named = sqlx::query(sql).bind(&id).bind(role).bind(of.as_bytes().to_vec());
        assert_eq!(named.execute(&mut connection).await.unwrap().rows_affected(), 1);
    }
    connection.close().await.unwrap();
}
