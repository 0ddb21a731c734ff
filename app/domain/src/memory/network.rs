//! What happens to a request on its way, between a [`Transport`] and whoever asks: what a test orders, one request after the
//! other, or for all.
//!
//! | | |
//! |---|---|
//! | data | what was ordered, and what was asked when |
//! | who | tests, over any transport: the one in memory, or one that asks a real server |
//! | offline | no network, a captive portal, answers that are lost after the server has committed |
//! | never | it invents no answer that a server or a portal would not give |

use super::Simulation;
use crate::{
    kernel::{Sha256, Span, Timestamp},
    sync::{BlobReply, Failure, MeReply, PullReply, PullRequest, PushReply, PushRequest, Transport},
};
use async_trait::async_trait;
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    future::Future,
    rc::Rc,
};

/// How long a request and its answer take, each.
const LATENCY: Span = Span::from_millis(40);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// Whose session it is.
    Me,
    /// To take in commands.
    Push,
    /// For a page of the feeds.
    Pull,
    /// How far an upload is.
    Offset,
    /// To take a part of a blob.
    Part,
    /// To end the session.
    SignOut,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and is answered.
    Arrives,
    /// It does not arrive.
    Lost,
    /// It arrives, and nobody hears the answer.
    AnswerLost,
    /// Of the bytes of a blob only so many arrive, and nobody hears the answer. As [`Fate::AnswerLost`] for anything else.
    Cut(usize),
    /// Somebody else answers: a captive portal.
    Portal,
    /// It is refused with this failure, and has done nothing.
    Fails(Failure),
    /// It arrives after so long, and is answered.
    Slow(Span),
    /// It arrives, and the answer comes after so long: what it says is old by then.
    AnswerSlow(Span),
}

/// One device's way to the server.
pub struct MemoryNetwork {
    inner: Rc<dyn Transport>,
    simulation: Simulation,
    fates: RefCell<BTreeMap<Asked, VecDeque<Fate>>>,
    always: RefCell<Fate>,
    asked: RefCell<Vec<(Timestamp, Asked)>>,
}

impl MemoryNetwork {
    /// A good way to whoever answers `inner`.
    #[must_use]
    pub fn to(inner: Rc<dyn Transport>, simulation: &Simulation) -> Rc<Self> {
        Rc::new(Self {
            inner,
            simulation: simulation.clone(),
            fates: RefCell::default(),
            always: RefCell::new(Fate::Arrives),
            asked: RefCell::default(),
        })
    }

    /// What becomes of the next requests of this kind, one each; then they arrive again.
    pub fn order(&self, asked: Asked, fates: impl IntoIterator<Item = Fate>) {
        self.fates.borrow_mut().entry(asked).or_default().extend(fates);
    }

    /// Forgets what was ordered and has not come to pass.
    pub fn forget_orders(&self) {
        self.fates.borrow_mut().clear();
    }

    /// What becomes of every request for which nothing was ordered, from now on.
    pub fn set_always(&self, fate: Fate) {
        self.always.replace(fate);
    }

    /// What was asked, and when.
    #[must_use]
    pub fn asked(&self) -> Vec<(Timestamp, Asked)> {
        self.asked.borrow().clone()
    }

    /// How often this was asked.
    #[must_use]
    pub fn count(&self, asked: Asked) -> usize {
        self.asked.borrow().iter().filter(|(_, other)| *other == asked).count()
    }

    fn fate(&self, asked: Asked) -> Fate {
        self.asked.borrow_mut().push((self.simulation.now(), asked));
        let ordered = self.fates.borrow_mut().get_mut(&asked).and_then(VecDeque::pop_front);
        ordered.unwrap_or_else(|| self.always.borrow().clone())
    }

    async fn carry<T>(&self, fate: Fate, request: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.simulation.sleep(LATENCY).await;
        match fate {
            Fate::Lost => return Err(Failure::Unreachable),
            Fate::Portal => return Err(Failure::NotOurAnswer),
            Fate::Fails(failure) => return Err(failure),
            Fate::Slow(span) => self.simulation.sleep(span).await,
            Fate::Arrives | Fate::AnswerLost | Fate::AnswerSlow(_) | Fate::Cut(_) => {}
        }
        let answer = request.await;
        if let Fate::AnswerSlow(span) = fate {
            self.simulation.sleep(span).await;
        }
        self.simulation.sleep(LATENCY).await;
        if matches!(fate, Fate::AnswerLost | Fate::Cut(_)) { Err(Failure::Unreachable) } else { answer }
    }
}

#[async_trait(?Send)]
impl Transport for MemoryNetwork {
    async fn me(&self) -> Result<MeReply, Failure> {
        self.carry(self.fate(Asked::Me), self.inner.me()).await
    }

    async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        self.carry(self.fate(Asked::Push), self.inner.push(request)).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullReply, Failure> {
        self.carry(self.fate(Asked::Pull), self.inner.pull(request)).await
    }

    async fn blob_offset(&self, sha256: &Sha256) -> Result<u64, Failure> {
        self.carry(self.fate(Asked::Offset), self.inner.blob_offset(sha256)).await
    }

    async fn send_part(&self, sha256: &Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure> {
        let fate = self.fate(Asked::Part);
        let arrives = match fate {
            Fate::Cut(most) => bytes.get(..most).unwrap_or(bytes),
            _ => bytes,
        };
        self.carry(fate, self.inner.send_part(sha256, offset, arrives)).await
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.carry(self.fate(Asked::SignOut), self.inner.sign_out()).await
    }
}
