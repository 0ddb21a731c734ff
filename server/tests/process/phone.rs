//! A phone that talks to the binary over HTTP, with a session that outlives it.

use crate::world::{self, PASSWORD, device};
use domain::{
    kernel::{EntryId, Sha256, json},
    store::SessionToken,
    sync::{CommandReply, Cursor, PROTOCOL, PullReply, PullRequest, PushReply, PushRequest, UPLOAD_OFFSET},
};
use reqwest::{Body, Client, Method, Response, header};
use server::{clock::now, store::SqliteStore};
use std::path::Path;

/// A database with the communities of [`world`] in it, and nobody using it.
pub async fn seeded(database: &Path) {
    let store = SqliteStore::open(database.to_str().unwrap()).await.unwrap();
    world::found(&store).await;
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
        sha256: &Sha256,
        offset: u64,
        body: impl Into<Body>,
    ) -> reqwest::Result<Response> {
        let request = self.http.request(method, format!("{base}/api/blobs/{sha256}")).body(body);
        let request = request.header(UPLOAD_OFFSET, offset).header(header::ORIGIN, base);
        request.header(header::COOKIE, &self.cookie).send().await
    }

    /// One request of sync, answered or not.
    pub async fn post(&self, base: &str, path: &str, lines: String) -> reqwest::Result<Response> {
        let request = self.http.post(format!("{base}{path}")).header(header::CONTENT_TYPE, "text/plain").body(lines);
        request.header(header::ORIGIN, base).header(header::COOKIE, &self.cookie).send().await
    }

    /// One push, answered or not.
    pub async fn push(&self, base: &str, commands: &[String]) -> reqwest::Result<Response> {
        let request = PushRequest { device: device(), sent_at: now(), commands: commands.to_vec() };
        self.post(base, "/api/sync/push", request.write().unwrap()).await
    }

    /// What became of the commands of a push that the server has to take.
    pub async fn pushed(&self, base: &str, commands: &[String]) -> Vec<CommandReply> {
        let answer = self.push(base, commands).await.unwrap();
        assert_eq!(answer.status(), 200);
        Self::replies(&answer.text().await.unwrap())
    }

    /// The next page after `cursors`.
    pub async fn pull(&self, base: &str, cursors: &[Cursor]) -> PullReply {
        let request = PullRequest { protocol: PROTOCOL, cursors: cursors.to_vec(), limit: 1_000 };
        let answer = self.post(base, "/api/sync/pull", json::write(&request).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        PullReply::read(&answer.text().await.unwrap()).unwrap()
    }

    /// All entries that the feed tells from the start.
    pub async fn entries(&self, base: &str) -> Vec<EntryId> {
        let (mut cursors, mut entries) = (Vec::new(), Vec::new());
        loop {
            let reply = self.pull(base, &cursors).await;
            entries.extend(world::entries(&reply.envelopes).into_iter().map(|entry| entry.id));
            cursors = reply.head.cursors;
            if !reply.head.more {
                return entries;
            }
        }
    }

    /// What the answer to a push says of each command.
    pub fn replies(body: &str) -> Vec<CommandReply> {
        PushReply::read(body).unwrap().replies.into_iter().map(Option::unwrap).collect()
    }
}
