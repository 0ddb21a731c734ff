//! The engines, and how a promise is held to each of them.

use domain::kinds::Kinds;
use domain::memory::MemoryStore;
use domain::store::Store;
use futures::future::BoxFuture;
use server::store::{SqliteStore, hash_password};
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
    pub _folder: Option<tempfile::TempDir>,
}

/// Opens what is there once more.
pub type Again = Box<dyn Fn(Kinds) -> BoxFuture<'static, Arc<dyn Store>> + Send + Sync>;

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
                Opened { store, hash: str::to_owned, again: Box::new(again), _folder: None }
            }
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("data/log.db");
                let store = SqliteStore::open_with(file.to_str().unwrap(), kinds).await.unwrap();
                let hash = |password: &str| hash_password(password).unwrap();
                let again = move |kinds| {
                    let file = file.clone();
                    Box::pin(async move {
                        let store = SqliteStore::open_with(file.to_str().unwrap(), kinds).await.unwrap();
                        Arc::new(store) as Arc<dyn Store>
                    }) as BoxFuture<'static, _>
                };
                Opened { store: Arc::new(store), hash, again: Box::new(again), _folder: Some(folder) }
            }
        }
    }
}
