//! A server for one test, and clients that ask it.

use crate::world;
use app::error::AppError;
use domain::{
    kernel::{Span, json as lines},
    sync::{CommandReply, Cursor, Failure, MeReply, PROTOCOL, PullReply, PullRequest, PushReply, PushRequest},
};
use reqwest::{Method, RequestBuilder, Response, header, redirect};
use serde_json::{Value, json};
use server::{
    Application, Config,
    blobs::Blobs,
    clock::{Clock, now},
    config::{DatabaseUrl, PublicUrl, SiteOptions},
    site::Site,
    store::SqliteStore,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const JSON: &str = "application/json";
/// What push and pull take.
pub const LINES: &str = "text/plain";

/// A running server, and the folder of its database.
pub struct TestServer {
    pub base: String,
    pub store: Arc<SqliteStore>,
    pub blobs: Blobs,
    pub folder: TempDir,
    /// Milliseconds by which its clock is ahead of the machine's.
    ahead: Arc<AtomicI64>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// With the communities of [`world`].
    pub async fn start() -> Self {
        Self::start_with(None, test_site()).await
    }

    /// Reached under another address than the one it listens on.
    pub async fn start_with(public_url: Option<&str>, site: Site) -> Self {
        let server = Self::start_empty(public_url, site, false).await;
        world::found(&server.store).await;
        server
    }

    pub async fn start_empty(public_url: Option<&str>, site: Site, demo: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (database, blobs) = (folder.path().join("data/log.db"), folder.path().join("blobs"));
        Self::start_on(&database, &blobs, folder, public_url, site, demo).await
    }

    /// With what is there already.
    pub async fn serve(database: &Path, blobs: &Path) -> Self {
        Self::start_on(database, blobs, tempfile::tempdir().unwrap(), None, test_site(), false).await
    }

    async fn start_on(
        database: &Path,
        blobs: &Path,
        folder: TempDir,
        public_url: Option<&str>,
        site: Site,
        demo: bool,
    ) -> Self {
        let config = Config {
            database: DatabaseUrl::parse(&format!("sqlite:{}", database.display())).unwrap(),
            blobs: blobs.to_owned(),
            site: SiteOptions {
                addr: "127.0.0.1:0".parse().unwrap(),
                public_url: public_url.map(|url| PublicUrl::parse(url).unwrap()),
            },
            demo,
        };
        let ahead = Arc::new(AtomicI64::new(0));
        let clock = Clock::of({
            let ahead = Arc::clone(&ahead);
            move || now().plus(Span::from_millis(ahead.load(Ordering::Relaxed)))
        });
        let application = Application::start_with(config, site, clock).await.unwrap();
        let (base, store) = (format!("http://{}", application.address()), application.store());
        let blobs = application.blobs();
        let (stop, stopped) = oneshot::channel();
        let run = application.run_until(async {
            // A test that has panicked drops its end.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async { run.await.unwrap() });
        Self { base, store, blobs, folder, ahead, stop, task }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data/log.db")
    }

    /// Lets so much time pass.
    pub fn pass(&self, time: Span) {
        self.ahead.fetch_add(time.millis(), Ordering::Relaxed);
    }

    /// As SIGTERM does; returns when everything has ended.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }

    /// Somebody who is not signed in.
    pub fn client(&self) -> Client {
        let http = reqwest::Client::builder().cookie_store(true);
        Client { http: http.redirect(redirect::Policy::none()).build().unwrap(), base: self.base.clone() }
    }

    /// Somebody who is.
    pub async fn signed_in(&self, login: &str) -> Client {
        let client = self.client();
        let answer = client.sign_in(login, world::PASSWORD).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        client
    }
}

/// A browser with its cookies. It follows no redirects, and names its origin as browsers do.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// A write from one of the server's own pages.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.write(Method::POST, path)
    }

    /// As [`Client::post`], by another method.
    pub fn write(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header(header::ORIGIN, &self.base)
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Response {
        self.post(path).json(body).send().await.unwrap()
    }

    pub async fn post_lines(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        self.post(path).header(header::CONTENT_TYPE, LINES).body(body).send().await.unwrap()
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Response {
        let request = self.post("/api/session/sign-in").header(header::CONTENT_TYPE, FORM);
        let body = format!("name={login}&password={password}");
        request.body(body).send().await.unwrap()
    }

    pub async fn me(&self) -> Response {
        self.post_json("/api/session/me", &json!({})).await
    }

    /// As [`Client::me`], read.
    pub async fn who(&self) -> MeReply {
        let answer = self.me().await;
        assert_eq!(answer.status(), 200);
        MeReply::read(&answer.text().await.unwrap()).unwrap()
    }

    pub async fn push_raw(&self, commands: &[String]) -> Response {
        self.post_lines("/api/sync/push", push_body(commands)).await
    }

    pub async fn push_reply(&self, commands: &[String]) -> PushReply {
        let answer = self.push_raw(commands).await;
        assert_eq!(answer.status(), 200);
        PushReply::read(&answer.text().await.unwrap()).unwrap()
    }

    /// What became of each.
    pub async fn push(&self, commands: &[String]) -> Vec<CommandReply> {
        self.push_reply(commands).await.replies.into_iter().map(Option::unwrap).collect()
    }

    /// What is new after these cursors.
    pub async fn pull_after(&self, cursors: &[Cursor]) -> PullReply {
        let answer = self.post_lines("/api/sync/pull", pull_body(PROTOCOL, cursors)).await;
        assert_eq!(answer.status(), 200);
        PullReply::read(&answer.text().await.unwrap()).unwrap()
    }

    /// Everything from the start.
    pub async fn pull(&self) -> PullReply {
        self.pull_after(&[]).await
    }
}

/// The body of a push, as a phone writes it.
pub fn push_body(commands: &[String]) -> String {
    PushRequest { device: world::device(), sent_at: now(), commands: commands.to_vec() }.write().unwrap()
}

/// The body of a pull of one whole page.
pub fn pull_body(protocol: u16, cursors: &[Cursor]) -> String {
    lines::write(&PullRequest { protocol, cursors: cursors.to_vec(), limit: 1_000 }).unwrap()
}

/// The failure that an answer carries, after checking that its status is the failure's own and that nobody keeps it.
pub async fn failure_of(answer: Response) -> Failure {
    assert_eq!(answer.headers()[header::CONTENT_TYPE], JSON);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let (status, retry_after) = (answer.status(), answer.headers().get(header::RETRY_AFTER).cloned());
    let AppError(failure) = answer.json().await.unwrap();
    // HTTP knows finer words for a request that makes no sense.
    let is_bad_request = matches!(status.as_u16(), 400 | 405 | 413 | 415) && failure.status() == 400;
    assert!(is_bad_request || status.as_u16() == failure.status(), "{status}: {failure}");
    let seconds = retry_after.map(|value| value.to_str().unwrap().parse::<i64>().unwrap());
    let expected = failure.retry_after().map(|pause| (pause.millis() + 999) / 1_000);
    assert_eq!(seconds, expected, "{failure}");
    failure
}

/// The name of the failure that an answer carries.
pub async fn error_of(answer: Response) -> String {
    let failure = serde_json::to_value(failure_of(answer).await).unwrap();
    // Alone, or as the key of what there is to say.
    let name = failure.as_str().or_else(|| failure.as_object()?.keys().next().map(String::as_str));
    name.unwrap().to_owned()
}

/// A site as small as one can be, so that tests do not depend on whether the real one is built.
pub fn test_site() -> Site {
    let description = json!({
        "version": "v1",
        "js": "/assets/watchlog.11111111.js",
        "imports": ["/assets/parts.11111111.js"],
        "wasm": "/assets/watchlog.22222222.wasm",
        "css": "/assets/watchlog.33333333.css",
        "icons": { "icon.svg": "/assets/icon.44444444.svg" },
    });
    let files = [
        ("site.json", description.to_string().into_bytes()),
        ("sw.js", b"const BUILD = {};".to_vec()),
        ("manifest.webmanifest", b"{}".to_vec()),
        ("assets/watchlog.11111111.js", b"export function hydrate() {}".to_vec()),
        ("assets/watchlog.11111111.js.gz", b"gzipped".to_vec()),
        ("assets/watchlog.11111111.js.br", b"brotlied".to_vec()),
        ("assets/parts.11111111.js", b"export {}".to_vec()),
        ("assets/watchlog.22222222.wasm", b"\0asm".to_vec()),
        ("assets/watchlog.33333333.css", b"a{}".to_vec()),
        ("assets/icon.44444444.svg", b"<svg/>".to_vec()),
        ("assets/icon-192.55555555.png", b"png".to_vec()),
    ];
    Site::of(files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect())
}

/// A server that was built without its site.
pub fn no_site() -> Site {
    Site::of(BTreeMap::new())
}
