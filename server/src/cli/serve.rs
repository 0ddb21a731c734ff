//! `watchlog serve`

use super::{CommandError, output::say};
use crate::{
    Application, Config,
    config::{BlobOptions, DatabaseOptions, SiteOptions},
};
use clap::Args;
use domain::store::Store;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Fill an empty database with the demo community, and let everybody in as any demo person by one click
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    site: SiteOptions,
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(flatten)]
    blobs: BlobOptions,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self { demo, site, database: DatabaseOptions { database }, blobs: BlobOptions { blobs } } = self;
        site.check().map_err(CommandError::usage)?;
        if demo {
            say!("opening {database} (an empty one is filled with the demo community)");
        }
        // Before the start: a signal that comes while the database opens is not lost.
        let stop = stop_signal().map_err(|error| CommandError { message: error.to_string(), code: 1 })?;
        let application = Application::start(Config { database, blobs, site, demo }).await?;
        greet(&application, demo).await?;
        application.run_until(stop).await?;
        say!("stopped");
        Ok(())
    }
}

async fn greet(application: &Application, demo: bool) -> Result<(), CommandError> {
    if let Some(filled) = application.filled() {
        say!(
            "demo community: {} people, {} stairwells, {} residents, {} entries",
            filled.people,
            filled.stairwells,
            filled.residents,
            filled.entries
        );
        say!("every demo person's password: {} (not shown again)", filled.password);
    }
    say!("watchlog {} listens on http://{}", env!("CARGO_PKG_VERSION"), application.address());
    let accounts = application.store().accounts().await?;
    let public_url = application.public_url();
    if demo {
        say!("open {public_url}/sign-in and choose whom to be: {} people, one click each", accounts.len());
    } else if accounts.is_empty() {
        say!(
            "nobody can sign in yet. First the community, then its people:\n\
             watchlog community add --help, watchlog person add --help;\n\
             or look around in the made-up community: watchlog serve --demo"
        );
    } else {
        say!("open {public_url} and sign in with name and password; {} people can", accounts.len());
    }
    Ok(())
}

/// Ends with the first Ctrl-C or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("asked to stop");
    })
}
