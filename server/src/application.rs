//! A server that can be started, asked for its address, and stopped. `watchlog serve` and the tests start the same.

use crate::{
    blobs::{Blobs, sweep_now_and_then},
    clock::{self, Clock},
    config::{Config, DatabaseUrl, PublicUrl},
    filling::{self, FillError, Filled},
    router::router,
    site::Site,
    state::AppState,
    store::SqliteStore,
};
use app::api::{Cookies, Server};
use axum::{Router, serve::ListenerExt};
use domain::store::StoreError;
use std::{fs, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// How long requests may go on after the server was asked to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Why a server did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// The address is taken, or none of this machine's.
    #[error(
        "cannot listen on {address}: {source}. Is another server running? Choose another address with WATCHLOG_ADDR"
    )]
    Address {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The folder of the database.
    #[error("cannot make the folder {}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database.
    #[error("the database {database} does not work: {source}")]
    Store {
        /// Which.
        database: DatabaseUrl,
        /// Why.
        source: StoreError,
    },
    /// `--demo` opens every account by one click: never for a real community.
    #[error("{0} holds a community that is not the demo's: start without --demo, or name another database")]
    NotTheDemo(DatabaseUrl),
    /// Connections could not be taken any more.
    #[error("the server stopped working: {0}")]
    Serve(#[from] io::Error),
}

/// A server that listens and is ready to answer.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    public_url: Arc<PublicUrl>,
    router: Router,
    store: Arc<SqliteStore>,
    blobs: Blobs,
    clock: Clock,
    stop: watch::Sender<bool>,
    filled: Option<Filled>,
}

impl Application {
    /// Listens, opens the database (and brings it up to date), and with `demo` fills it if it is empty.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub async fn start(config: Config) -> Result<Self, ApplicationError> {
        Self::start_with(config, Site::embedded(), clock::of_machine()).await
    }

    /// The same with another site than the one inside the binary, and by another clock than the machine's.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub async fn start_with(config: Config, site: Site, clock: Clock) -> Result<Self, ApplicationError> {
        let Config { database, blobs, site: options, demo } = config;
        let address = options.addr;
        let cannot_listen = |source| ApplicationError::Address { address, source };
        // First of all: a second server started by mistake must not touch the database of the first.
        let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;

        let store = open(&database).await?;
        let blobs = Blobs::in_folder(&blobs).map_err(|source| ApplicationError::Folder { path: blobs, source })?;
        let failed = |source| ApplicationError::Store { database: database.clone(), source };
        let mut filled = None;
        if demo {
            filled = match filling::fill(&store, 0, 0, clock.now(), |_| {}).await {
                Ok(filled) => Some(filled),
                Err(FillError::NotEmpty) => None,
                Err(FillError::Store(error)) => return Err(failed(error)),
                Err(error @ (FillError::Password(_) | FillError::Refused(_))) => {
                    return Err(failed(StoreError::Failed(error.into())));
                }
            };
            if !filling::is_demo(&store).await.map_err(failed)? {
                return Err(ApplicationError::NotTheDemo(database));
            }
        }

        // Fails only where another server of this process (a test) has done it before.
        let _ = any_spawner::Executor::init_tokio();
        let public_url = Arc::new(options.public_url.unwrap_or_else(|| PublicUrl::listening_on(address)));
        let store = Arc::new(store);
        let stop = watch::Sender::new(false);
        let cookies = Cookies { secure: public_url.is_https() };
        let version = env!("CARGO_PKG_VERSION");
        let news = Arc::clone(&store);
        let router = router(AppState {
            server: Server { store: Arc::clone(&store) as _, demo, cookies, clock: clock.clone(), version },
            blobs: blobs.clone(),
            site: Arc::new(site),
            news: Arc::new(move |community| news.news(community)),
            stopping: stop.subscribe(),
            public_url: Arc::clone(&public_url),
        });
        Ok(Self { listener, address, public_url, router, store, blobs, clock, stop, filled })
    }

    /// Where it listens; with the port that the system chose for port 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that people type.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> Arc<SqliteStore> {
        Arc::clone(&self.store)
    }

    /// Photos and voice notes.
    #[must_use]
    pub fn blobs(&self) -> Blobs {
        self.blobs.clone()
    }

    /// What the start put into an empty database, under `--demo`.
    #[must_use]
    pub const fn filled(&self) -> Option<&Filled> {
        self.filled.as_ref()
    }

    /// Answers until `shutdown` ends; then takes no more connections, ends live streams, lets running requests finish
    /// (10 s at most), and closes the database.
    ///
    /// # Errors
    /// [`ApplicationError::Serve`].
    pub async fn run_until(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ApplicationError> {
        let Self { listener, router, store, blobs, clock, stop, .. } = self;
        let sweeping = tokio::spawn(sweep_now_and_then(blobs, Arc::clone(&store) as _, clock));
        // Small answers leave at once instead of waiting to be joined.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let mut stopping = stop.subscribe();
        let last_requests = async move {
            // Fails only if nobody can ask to stop any more.
            let _ = stopping.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(LAST_REQUESTS).await;
        };
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            shutdown.await;
            stop.send_replace(true);
        });
        let outcome = tokio::select! {
            outcome = server.into_future() => outcome,
            () = last_requests => {
                tracing::warn!("requests still running after {LAST_REQUESTS:?} are cut off");
                Ok(())
            }
        };
        sweeping.abort();
        store.close().await;
        Ok(outcome?)
    }
}

/// Opens the database of an operator's URL, making its folder where there is none.
///
/// # Errors
/// [`ApplicationError`].
pub async fn open(database: &DatabaseUrl) -> Result<SqliteStore, ApplicationError> {
    if let Some(path) = database.path().parent().filter(|path| !path.as_os_str().is_empty()) {
        fs::create_dir_all(path).map_err(|source| ApplicationError::Folder { path: path.to_owned(), source })?;
    }
    let failed = |source| ApplicationError::Store { database: database.clone(), source };
    SqliteStore::open(&database.to_string()).await.map_err(failed)
}
