//! The way to a server over HTTP, as the browser's (`frontend/src/transport.rs`): the same addresses, headers and limits of
//! patience.

use super::PASSWORD;
use async_trait::async_trait;
use domain::{
    kernel::{Sha256, json},
    store::SessionToken,
    sync::{BlobReply, Failure, MeReply, PullReply, PullRequest, PushReply, PushRequest, Transport, UPLOAD_OFFSET},
};
use reqwest::{Client, Method, RequestBuilder, Response, header};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

/// How long a question may take.
const QUESTION: Duration = Duration::from_secs(15);
/// A part of an upload may take as long as a slow stairwell needs for a photo.
const PART: Duration = Duration::from_secs(120);

const JSON: &str = "application/json";
const LINES: &str = "text/plain";
const FORM: &str = "application/x-www-form-urlencoded";

/// One browser's way to the server, with its cookie.
pub struct HttpTransport {
    http: Client,
    base: RefCell<String>,
    cookie: RefCell<Option<String>>,
    answered: Cell<usize>,
}

impl HttpTransport {
    /// To the server at this address.
    pub fn to(base: &str) -> Rc<Self> {
        let base = RefCell::new(base.to_owned());
        Rc::new(Self { http: Client::new(), base, cookie: RefCell::default(), answered: Cell::default() })
    }

    /// The server listens somewhere else by now.
    pub fn set_base(&self, base: &str) {
        base.clone_into(&mut self.base.borrow_mut());
    }

    /// Whoever has this session sits here.
    pub fn set_session(&self, token: &SessionToken) {
        self.cookie.replace(Some(format!("session={}", token.0)));
    }

    /// How many requests were answered.
    pub fn answered(&self) -> usize {
        self.answered.get()
    }

    /// Somebody signs in with everybody's password.
    pub async fn sign_in(&self, login: &str) -> Result<(), Failure> {
        let request = self.request(Method::POST, "/api/session/sign-in").header(header::CONTENT_TYPE, FORM);
        let answer = self.ask(request.body(format!("name={login}&password={PASSWORD}")), QUESTION).await?;
        let Some(cookie) = answer.headers().get(header::SET_COOKIE) else {
            return Err(ours(&answer.text().await.unwrap_or_default()));
        };
        let cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        self.cookie.replace(cookie);
        Ok(())
    }

    /// Looks at a photo as the desk shows it: status and content type.
    pub async fn look_at(&self, sha256: &Sha256) -> Result<(u16, String), Failure> {
        let answer = self.ask(self.request(Method::GET, &format!("/api/blobs/{sha256}")), QUESTION).await?;
        let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok((answer.status().as_u16(), content_type.unwrap_or_default().to_owned()))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let base = self.base.borrow();
        let request = self.http.request(method, format!("{base}{path}")).header(header::ORIGIN, base.as_str());
        match &*self.cookie.borrow() {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    async fn ask(&self, request: RequestBuilder, patience: Duration) -> Result<Response, Failure> {
        let answer = request.timeout(patience).send().await.map_err(|_| Failure::Unreachable)?;
        self.answered.set(self.answered.get() + 1);
        Ok(answer)
    }

    /// The text of a good answer, or what a bad one says.
    async fn text(&self, request: RequestBuilder, patience: Duration) -> Result<String, Failure> {
        let answer = self.ask(request, patience).await?;
        let is_good = answer.status() == 200;
        let text = answer.text().await.map_err(|_| Failure::Unreachable)?;
        if is_good { Ok(text) } else { Err(ours(&text)) }
    }

    async fn post(&self, path: &str, content_type: &str, body: String) -> Result<String, Failure> {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, content_type);
        self.text(request.body(body), QUESTION).await
    }
}

/// What a server of ours says, or that it is none.
fn ours(text: &str) -> Failure {
    json::read(text.as_bytes()).unwrap_or(Failure::NotOurAnswer)
}

#[async_trait(?Send)]
impl Transport for HttpTransport {
    async fn me(&self) -> Result<MeReply, Failure> {
        let text = self.post("/api/session/me", JSON, "{}".to_owned()).await?;
        MeReply::read(&text).map_err(|_| Failure::NotOurAnswer)
    }

    async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        let text = self.post("/api/sync/push", LINES, request.write().unwrap()).await?;
        PushReply::read(&text).map_err(|_| Failure::NotOurAnswer)
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullReply, Failure> {
        let text = self.post("/api/sync/pull", LINES, json::write(request).unwrap()).await?;
        PullReply::read(&text).map_err(|_| Failure::NotOurAnswer)
    }

    async fn blob_offset(&self, sha256: &Sha256) -> Result<u64, Failure> {
        let answer = self.ask(self.request(Method::HEAD, &format!("/api/blobs/{sha256}")), QUESTION).await?;
        let offset = answer.headers().get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
        // The answer to a HEAD has no words.
        offset.filter(|_| answer.status() == 200).ok_or_else(|| Failure::of_status(answer.status().as_u16()))
    }

    async fn send_part(&self, sha256: &Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure> {
        let request = self.request(Method::PUT, &format!("/api/blobs/{sha256}")).header(UPLOAD_OFFSET, offset);
        let text = self.text(request.body(bytes.to_vec()), PART).await?;
        json::read(text.as_bytes()).map_err(|_| Failure::NotOurAnswer)
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.post("/api/session/sign-out", JSON, "{}".to_owned()).await.map(drop)
    }
}
