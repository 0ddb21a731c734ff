//! A phone that talks to the binary over HTTP, with a session that outlives it.

use crate::world::{PASSWORD, device};
use app::{
    domain::{Change, EntryId, Sha256Hex},
    store::SessionToken,
    sync::{Cursor, PROTOCOL, PullReply, UPLOAD_OFFSET},
};
use reqwest::{Body, Client, Method, Response, header};
use serde_json::{Value, json};
use server::{
    clock::now,
    store::{Seed, SqliteStore},
};
use std::path::Path;

/// A database with a neighbourhood in it, and nobody using it.
pub async fn seeded(database: &Path, neighbourhood: Seed) {
    let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
    store.seed(neighbourhood).await.unwrap();
    store.close().await;
}

/// Somebody who is signed in. `base` is where the server listens at that time.
pub struct Phone {
    http: Client,
    cookie: String,
}

impl Phone {
    pub async fn sign_in(base: &str, login: &str) -> Self {
        let http = Client::new();
        let request = http.post(format!("{base}/api/session/sign-in"));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request.body(format!("name={login}&password={PASSWORD}")).send().await.unwrap();
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        Self { cookie: cookie.split(';').next().unwrap().to_owned(), http }
    }

    /// Somebody who has this session.
    pub fn with_session(token: &SessionToken) -> Self {
        Self { http: Client::new(), cookie: format!("session={}", token.0) }
    }

    /// One request about a blob, answered or not.
    pub async fn blob(
        &self,
        base: &str,
        method: Method,
        sha256: &Sha256Hex,
        offset: u64,
        body: impl Into<Body>,
    ) -> reqwest::Result<Response> {
        let request = self.http.request(method, format!("{base}/api/blobs/{}", sha256.0)).body(body);
        let request = request.header(UPLOAD_OFFSET, offset).header(header::ORIGIN, base);
        request.header(header::COOKIE, &self.cookie).send().await
    }

    /// One request, answered or not.
    pub async fn post(&self, base: &str, path: &str, request: Value) -> reqwest::Result<Response> {
        let request = self.http.post(format!("{base}{path}")).json(&json!({ "request": request }));
        request.header(header::ORIGIN, base).header(header::COOKIE, &self.cookie).send().await
    }

    /// One push, answered or not.
    pub async fn push(&self, base: &str, commands: &[String]) -> reqwest::Result<Response> {
        let request = json!({ "protocol": PROTOCOL, "device": device(), "sent_at": now(), "commands": commands });
        self.post(base, "/api/sync/push", request).await
    }

    /// The next changes after `cursor`.
    pub async fn pull(&self, base: &str, cursor: Option<&Cursor>) -> PullReply {
        let request = json!({ "protocol": PROTOCOL, "cursor": cursor, "limit": 1000 });
        self.post(base, "/api/sync/pull", request).await.unwrap().json().await.unwrap()
    }

    /// The entries of the first page of the feed, where they are few.
    pub async fn entries(&self, base: &str) -> Vec<EntryId> {
        let entry = |change| if let Change::Entry(entry) = change { Some(entry.id) } else { None };
        self.pull(base, None).await.changes.into_iter().filter_map(entry).collect()
    }
}
