//! What the machine gives right now to somebody who does nothing else: measured in turn with the server, so that a
//! slow day slows both.
//!
//! | calibration | what it leaves out |
//! |---|---|
//! | [`raw`]: the same bytes into SQLite, as durable | HTTP, sessions, rules, all other tables and indexes |
//! | [`bare`]: the same requests to an axum handler | everything but reading the body |

mod bare;
mod raw;

pub use bare::ANSWER;

use crate::{Outcome, connection::Connection};
use bare::BareServer;
use futures::future::try_join_all;
use raw::RawDatabase;
use std::path::Path;

/// Both calibrations, ready to be measured. They end with the value.
pub struct Machine {
    pub raw: RawDatabase,
    /// To the bare handler, one for each writer.
    pub connections: Vec<Connection>,
    _bare: BareServer,
}

impl Machine {
    /// A database in a new folder inside of `beside`, which must lie on the disk that the server's database lies on.
    pub async fn start(beside: &Path, writers: usize) -> Outcome<Self> {
        let bare = BareServer::start()?;
        let connections = try_join_all((0..writers).map(|_| Connection::open(bare.address))).await?;
        Ok(Self { raw: RawDatabase::create(beside).await?, connections, _bare: bare })
    }

    /// One connection to the bare handler, for whoever asks one thing after another.
    pub fn connection(&mut self) -> Outcome<&mut Connection> {
        Ok(self.connections.first_mut().ok_or("no connection to the bare handler")?)
    }

    pub async fn stop(self) -> Outcome<()> {
        self.raw.close().await
    }
}
