//! A full disk: nothing is acknowledged that is not kept, the client hears when to come back, and when there is room
//! again the server goes on by itself. A limit on the size of files stands for the disk: it needs no rights, and the
//! system refuses the very same write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod process;
#[path = "api/world.rs"]
mod world;

use app::{
    domain::{Change, EntryId},
    error::AppError,
    sync::{Outcome, PROTOCOL, PullReply, PushReply},
};
use process::Running;
use reqwest::{Client, Response, header};
use serde_json::{Value, json};
use server::{session::now, store::SqliteStore};
use std::{collections::BTreeSet, process::Command};
use world::{PASSWORD, STAIRWELL, WANG, bytes, device, entry};

/// Bytes beyond the database's size for which there is room: a few commits.
const ROOM: u64 = 200_000;
/// Far more entries than fit into [`ROOM`].
const MANY: usize = 400;

struct Phone {
    http: Client,
    base: String,
}

impl Phone {
    async fn post(&self, path: &str, request: Value) -> Response {
        let request = self.http.post(format!("{}{path}", self.base)).json(&json!({ "request": request }));
        request.header(header::ORIGIN, &self.base).send().await.unwrap()
    }

    async fn push(&self, command: &str) -> Response {
        let request = json!({ "protocol": PROTOCOL, "device": device(), "sent_at": now(), "commands": [command] });
        self.post("/api/sync/push", request).await
    }

    async fn entries(&self) -> Vec<EntryId> {
        let answer = self.post("/api/sync/pull", json!({ "protocol": PROTOCOL, "limit": 1000 })).await;
        let reply: PullReply = answer.json().await.unwrap();
        let entry = |change| if let Change::Entry(entry) = change { Some(entry.id) } else { None };
        reply.changes.into_iter().filter_map(entry).collect()
    }
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_the_server_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
    store.seed(world::seed()).await.unwrap();
    store.close().await;

    let limit = std::fs::metadata(&database).unwrap().len() + ROOM;
    let mut limited = Command::new("prlimit");
    // Without the shell's `trap` the system would end the process instead of refusing the write.
    limited.arg(format!("--fsize={limit}:unlimited")).args(["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    let server = Running::start(limited.arg(env!("CARGO_BIN_EXE_watchlog")), &database);
    let phone = Phone { http: Client::builder().cookie_store(true).build().unwrap(), base: server.base.clone() };
    let sign_in = phone.http.post(format!("{}/api/session/sign-in", server.base));
    let sign_in = sign_in.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert!(sign_in.body(format!("name={WANG}&password={PASSWORD}")).send().await.unwrap().status().is_success());

    let (mut acknowledged, mut refused) = (BTreeSet::new(), Vec::new());
    for _ in 0..MANY {
        let written = entry(WANG, STAIRWELL, &"楼道灯不亮".repeat(100));
        let answer = phone.push(&bytes(&written)).await;
        if answer.status() == 200 {
            assert!(refused.is_empty() || !acknowledged.is_empty());
            acknowledged.insert(written.act.entry());
        } else {
            assert_eq!(answer.status(), 503);
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            assert!(matches!(answer.json().await.unwrap(), AppError::Unavailable { .. }));
            refused.push(written);
        }
    }
    assert!(!acknowledged.is_empty(), "nothing was ever taken");
    assert!(refused.len() > 10, "the disk was never full: {} refused", refused.len());
    // Reading goes on, and shows all of what was acknowledged.
    let shown: BTreeSet<_> = phone.entries().await.into_iter().collect();
    assert!(shown.is_superset(&acknowledged));

    let id = server.child.id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status().unwrap().success());
    for written in &refused {
        let reply: PushReply = phone.push(&bytes(written)).await.json().await.unwrap();
        assert!(matches!(reply.replies[0].outcome, Outcome::Accepted { .. }), "{reply:?}");
    }
    let entries = phone.entries().await;
    assert_eq!(entries.len(), MANY, "nothing lost, nothing doubled");
    assert_eq!(entries.into_iter().collect::<BTreeSet<_>>().len(), MANY);
}
