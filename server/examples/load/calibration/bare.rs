//! An axum server with one handler, which reads the body and says how long it was.

use crate::Outcome;
use axum::{Json, Router, body::Bytes, serve::ListenerExt};
use serde_json::{Value, json};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
};
use tokio::runtime::Runtime;

/// What an answer contains, once.
pub const ANSWER: &str = "\"bytes\":";

/// Listens until it is dropped.
pub struct BareServer {
    pub address: SocketAddr,
    /// Threads of its own, as the product has: on the client's one thread both would share a core.
    runtime: Option<Runtime>,
}

impl BareServer {
    /// On a port of this machine alone that the system chooses.
    pub fn start() -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Runtime::new()?;
        runtime.spawn(serve(listener));
        Ok(Self { address, runtime: Some(runtime) })
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        // Inside of the client's runtime another one may not be waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The product's listener (server/src/application.rs) without the product's router.
async fn serve(listener: TcpListener) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let router: Router = Router::new().fallback(answer);
    axum::serve(listener, router).await
}

async fn answer(body: Bytes) -> Json<Value> {
    Json(json!({ "bytes": body.len() }))
}
