//! The way to a server over any [`Store`], as its routes would answer: sessions, pages, parts of uploads. For tests there are
//! words to put into its mouth: an older version, a server that stumbles.
//!
//! | | |
//! |---|---|
//! | data | what the store keeps, and the parts of uploads that are not whole |
//! | who | a [`Browser`] is a cookie: whoever signed in with it last |
//! | offline | nothing; what happens on the way is [`super::MemoryNetwork`]'s |
//! | never | it decides nothing; a blob that no record of its sender names is not taken |

use super::Simulation;
use crate::{
    kernel::{Attachment, Bytes, Command, PersonId, Sha256, Span, Timestamp},
    store::{PageLimit, PushBatch, SessionToken, SignInError, SignedIn, Store, StoreError},
    sync::{
        BlobReply, Card, CommandReply, Failure, MeReply, Outcome, PAGE_BYTES, PAGE_RECORDS, PROTOCOL, PullReply,
        PullReplyHead, PullRequest, PushReply, PushRequest, ServerMark, Transport,
    },
};
use async_trait::async_trait;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    sync::Arc,
};

/// A server that cannot answer asks for so much patience.
const PATIENCE: Span = Span::seconds(5);
/// What is older and does not stay open is not told to a new device.
const HORIZON: Span = Span::days(180);

/// What a test says of a command in the store's place.
type Says<T> = Box<dyn Fn(&Command) -> Option<T>>;

/// A server.
pub struct MemoryServer {
    store: Arc<dyn Store>,
    simulation: Simulation,
    version: RefCell<String>,
    says: RefCell<Option<Says<Outcome>>>,
    stumbles: RefCell<Option<Says<Failure>>>,
    parts: RefCell<BTreeMap<(PersonId, Sha256), Vec<u8>>>,
    bytes_heard: Cell<Bytes>,
}

/// One browser's way to a server.
pub struct Browser {
    server: Rc<MemoryServer>,
    cookie: RefCell<Option<SessionToken>>,
}

impl MemoryServer {
    /// A server over a store.
    #[must_use]
    pub fn over(store: Arc<dyn Store>, simulation: &Simulation) -> Rc<Self> {
        Rc::new(Self {
            store,
            simulation: simulation.clone(),
            version: RefCell::new("0.1.0".to_owned()),
            says: RefCell::default(),
            stumbles: RefCell::default(),
            parts: RefCell::default(),
            bytes_heard: Cell::default(),
        })
    }

    /// Another version of the program answers from now on.
    pub fn set_version(&self, version: &str) {
        self.version.replace(version.to_owned());
    }

    /// From now on this is said of commands in the store's place, where it says anything: the store does not hear of them.
    pub fn say(&self, says: impl Fn(&Command) -> Option<Outcome> + 'static) {
        self.says.replace(Some(Box::new(says)));
    }

    /// From now on a push fails that brings such a command.
    pub fn stumble(&self, over: impl Fn(&Command) -> Option<Failure> + 'static) {
        self.stumbles.replace(Some(Box::new(over)));
    }

    /// Every command is the store's to judge again.
    pub fn behave(&self) {
        self.says.replace(None);
        self.stumbles.replace(None);
    }

    /// Bytes of photos and voice notes that were sent here.
    #[must_use]
    pub fn bytes_heard(&self) -> Bytes {
        self.bytes_heard.get()
    }

    /// The disk with photos and voice notes is lost.
    pub fn lose_blobs(&self) {
        self.parts.borrow_mut().clear();
    }

    fn now(&self) -> Timestamp {
        self.simulation.now()
    }

    fn mark(&self, person: PersonId) -> ServerMark {
        let (epoch, version) = (self.store.epoch(), self.version.borrow().clone());
        ServerMark { epoch, protocol: PROTOCOL, version, now: self.now(), person }
    }

    fn stumbles_over(&self, commands: &[Option<Command>]) -> Result<(), Failure> {
        let stumbles = self.stumbles.borrow();
        let failure = stumbles.as_ref().and_then(|over| commands.iter().flatten().find_map(over));
        failure.map_or(Ok(()), Err)
    }

    fn said_of(&self, command: Option<&Command>) -> Option<CommandReply> {
        let (command, says) = (command?, self.says.borrow());
        let outcome = says.as_ref()?(command)?;
        let sha256 = Sha256::of(command.to_bytes().ok()?.as_bytes());
        Some(CommandReply { id: Some(command.head.id), sha256, outcome })
    }

    async fn push(&self, sender: PersonId, request: &PushRequest) -> Result<PushReply, Failure> {
        let read: Vec<Option<Command>> = request.commands.iter().map(|bytes| Command::read(bytes).ok()).collect();
        self.stumbles_over(&read)?;
        let mut replies: Vec<Option<CommandReply>> = read.iter().map(|one| self.said_of(one.as_ref())).collect();
        let unsaid = request.commands.iter().zip(&replies).filter(|(_, said)| said.is_none());
        let commands = unsaid.map(|(bytes, _)| bytes.clone()).collect();
        let (device, sent_at, received) = (request.device, request.sent_at, self.now());
        let batch = PushBatch { sender, device, sent_at, received, commands };
        let mut judged = self.store.push(batch).await.map_err(|error| failure(&error))?.into_iter();
        for reply in replies.iter_mut().filter(|reply| reply.is_none()) {
            *reply = judged.next();
        }
        Ok(PushReply { server: self.mark(sender), replies })
    }

    async fn pull(&self, person: PersonId, request: &PullRequest) -> Result<PullReply, Failure> {
        let now = self.now();
        let records = request.limit.clamp(1, PAGE_RECORDS);
        let limit = PageLimit { records, bytes: PAGE_BYTES, horizon: now.plus(HORIZON.negated()) };
        let page = self.store.pull(person, request.cursors.clone(), limit, now).await;
        let page = page.map_err(|error| failure(&error))?;
        let (cursors, start_over, more) = (page.cursors, page.start_over, page.more);
        let head = PullReplyHead { server: self.mark(person), cursors, start_over, more };
        Ok(PullReply { head, envelopes: page.envelopes })
    }

    async fn named(&self, person: PersonId, sha256: &Sha256) -> Result<(Attachment, bool), Failure> {
        let named = self.store.named_blob(person, sha256).await.map_err(|error| failure(&error))?;
        named.map(|named| (named.attachment, named.arrived)).ok_or(Failure::NotFound)
    }

    async fn offset(&self, person: PersonId, sha256: &Sha256) -> Result<u64, Failure> {
        self.named(person, sha256).await?;
        Ok(self.parts.borrow().get(&(person, *sha256)).map_or(0, |bytes| Bytes::of(bytes).get()))
    }

    async fn take_part(
        &self,
        person: PersonId,
        sha256: &Sha256,
        offset: u64,
        bytes: &[u8],
    ) -> Result<BlobReply, Failure> {
        let (attachment, arrived) = self.named(person, sha256).await?;
        self.bytes_heard.set(Bytes::new(self.bytes_heard.get().get() + Bytes::of(bytes).get()));
        let (there, whole) = self.write_part(person, &attachment, offset, bytes);
        if whole && !arrived {
            self.store.blob_arrived(person, &attachment, self.now()).await.map_err(|error| failure(&error))?;
        }
        Ok(BlobReply { server: self.mark(person), sha256: *sha256, offset: there, whole })
    }

    /// How much is here then, and whether it is all of it. Bytes that are not what their name says are dropped.
    fn write_part(&self, person: PersonId, attachment: &Attachment, offset: u64, bytes: &[u8]) -> (u64, bool) {
        let mut parts = self.parts.borrow_mut();
        let there = parts.entry((person, attachment.sha256)).or_default();
        if Bytes::of(there).get() == offset {
            there.extend_from_slice(bytes);
        }
        if Bytes::of(there) < attachment.bytes {
            return (Bytes::of(there).get(), false);
        }
        let whole = Sha256::of(there) == attachment.sha256;
        if !whole {
            there.clear();
        }
        (Bytes::of(there).get(), whole)
    }
}

/// What the routes make of a store's error.
const fn failure(error: &StoreError) -> Failure {
    match error {
        StoreError::Unavailable(_) => Failure::Unavailable { retry_after: PATIENCE },
        StoreError::Failed(_) => Failure::Internal,
    }
}

impl Browser {
    /// One without a cookie.
    #[must_use]
    pub fn of(server: &Rc<MemoryServer>) -> Rc<Self> {
        Rc::new(Self { server: Rc::clone(server), cookie: RefCell::default() })
    }

    /// Somebody signs in on the page.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, person: PersonId) -> Result<(), SignInError> {
        let token = self.server.store.sign_in_without_password(person, self.server.now()).await?;
        self.cookie.replace(Some(token));
        Ok(())
    }

    /// Whose session this browser has, if it still holds.
    pub async fn session(&self) -> Option<PersonId> {
        self.signed_in().await.ok().map(|signed_in| signed_in.person)
    }

    async fn signed_in(&self) -> Result<SignedIn, Failure> {
        let (server, now) = (&self.server, self.server.now());
        let nobody = || Failure::sign_in_needed(server.store.epoch());
        let token = self.cookie.borrow().clone().ok_or_else(nobody)?;
        let signed_in = server.store.signed_in(&token, now).await.map_err(|error| failure(&error))?;
        let signed_in = signed_in.ok_or_else(nobody)?;
        if signed_in.wants_moving {
            server.store.move_session(&token, now).await.map_err(|error| failure(&error))?;
        }
        Ok(signed_in)
    }

    async fn who(&self) -> Result<PersonId, Failure> {
        Ok(self.signed_in().await?.person)
    }
}

#[async_trait(?Send)]
impl Transport for Browser {
    async fn me(&self) -> Result<MeReply, Failure> {
        let signed_in = self.signed_in().await?;
        let card = Card::of(signed_in.person, &signed_in.cards).map_err(|_| Failure::Internal)?;
        Ok(MeReply { server: self.server.mark(signed_in.person), card })
    }

    async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        self.server.push(self.who().await?, request).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullReply, Failure> {
        self.server.pull(self.who().await?, request).await
    }

    async fn blob_offset(&self, sha256: &Sha256) -> Result<u64, Failure> {
        // The answer to a HEAD has no words.
        let person = self.who().await.map_err(|failure| Failure::of_status(failure.status()))?;
        self.server.offset(person, sha256).await
    }

    async fn send_part(&self, sha256: &Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure> {
        self.server.take_part(self.who().await?, sha256, offset, bytes).await
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        let token = self.cookie.take();
        if let Some(token) = token {
            self.server.store.sign_out(&token).await.map_err(|error| failure(&error))?;
        }
        Ok(())
    }
}
