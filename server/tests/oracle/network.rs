//! What happens to a request on its way, drawn for each.

use crate::{life::Life, native::HttpTransport};
use async_trait::async_trait;
use domain::{
    kernel::Sha256,
    sync::{BlobReply, Failure, MeReply, PullReply, PullRequest, PushReply, PushRequest, Transport},
};
use futures::future::join;
use rand::Rng;
use std::{cell::RefCell, pin::Pin, rc::Rc};

/// Out of a hundred requests in bad times, so many meet each of these.
const FATES: [(Fate, u32); 5] =
    [(Fate::Lost, 8), (Fate::AnswerLost, 8), (Fate::SentTwice, 6), (Fate::Delayed, 4), (Fate::Portal, 2)];
/// Out of a thousand answers in bad times, so many come while somebody is just saving something.
const WRITES_MEANWHILE: u32 = 60;
/// Most records in one page: few, so that pages are cut in every run.
const PAGE: u32 = 40;

/// What becomes of a request.
#[derive(Clone, Copy)]
enum Fate {
    /// It does not arrive.
    Lost,
    /// It arrives, an upload perhaps not to its end, and nobody hears the answer.
    AnswerLost,
    /// It arrives twice at once.
    SentTwice,
    /// It arrives when nobody waits for it any more.
    Delayed,
    /// Somebody else answers: a captive portal, which asks for a sign-in of its own or says anything.
    Portal,
    /// It arrives, and is answered.
    Arrives,
}

/// A request that is still somewhere in the network.
enum Late {
    Push(PushRequest),
    Pull(PullRequest),
    Part(Sha256, u64, Vec<u8>),
}

type Person = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;

/// One device's way to the server.
pub struct Network {
    way: Rc<HttpTransport>,
    life: Rc<Life>,
    late: RefCell<Vec<Late>>,
    person: RefCell<Option<Person>>,
}

impl Network {
    pub fn over(way: &Rc<HttpTransport>, life: &Rc<Life>) -> Rc<Self> {
        let (way, life) = (Rc::clone(way), Rc::clone(life));
        Rc::new(Self { way, life, late: RefCell::default(), person: RefCell::default() })
    }

    /// What the person does while an answer is on its way: nobody waits for one.
    pub fn set_person(&self, person: Person) {
        self.person.replace(Some(person));
    }

    fn fate(&self) -> Fate {
        if !self.life.is_bad() {
            return Fate::Arrives;
        }
        let mut left = self.life.draw(|rng| rng.random_range(0..100));
        for (fate, share) in FATES {
            if left < share {
                return fate;
            }
            left -= share;
        }
        Fate::Arrives
    }

    /// Asks the server, and hears what the network lets one hear. `cut` asks with less of what is sent.
    async fn carry<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        ask: impl Fn() -> F,
        cut: impl AsyncFnOnce(),
        late: impl FnOnce() -> Option<Late>,
    ) -> Result<T, Failure> {
        self.life.moment().await;
        let answer = match self.fate() {
            Fate::Lost => Err(Failure::Unreachable),
            Fate::AnswerLost => {
                cut().await;
                Err(Failure::Unreachable)
            }
            Fate::SentTwice => {
                let (first, second) = join(ask(), ask()).await;
                if self.life.once_in(2) { first } else { second }
            }
            Fate::Delayed => {
                self.late.borrow_mut().extend(late());
                Err(Failure::Unreachable)
            }
            Fate::Portal if self.life.once_in(2) => Err(Failure::NotOurAnswer),
            Fate::Portal => Err(Failure::SignInNeeded { epoch: None }),
            Fate::Arrives => {
                let answer = ask().await;
                self.arrive_late().await;
                answer
            }
        };
        self.meanwhile().await;
        self.life.moment().await;
        answer.inspect_err(expected)
    }

    async fn meanwhile(&self) {
        if self.life.goes_wrong(WRITES_MEANWHILE) {
            let acts = self.person.borrow().as_ref().map(|person| person());
            if let Some(acts) = acts {
                acts.await;
            }
        }
    }

    /// What was on the way longest arrives last: after what was sent later.
    async fn arrive_late(&self) {
        let late = self.late.take();
        for late in late {
            match late {
                Late::Push(request) => drop(self.way.push(&request).await),
                Late::Pull(request) => drop(self.way.pull(&request).await),
                Late::Part(sha256, offset, bytes) => drop(self.way.send_part(&sha256, offset, &bytes).await),
            }
        }
    }
}

/// No story gives the server a reason for any other answer.
fn expected(failure: &Failure) {
    match failure {
        Failure::Unreachable
        | Failure::NotOurAnswer
        | Failure::SignInNeeded { .. }
        | Failure::NotFound
        | Failure::Unavailable { .. } => {}
        other => panic!("the server says {other:?}"),
    }
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn me(&self) -> Result<MeReply, Failure> {
        self.carry(|| self.way.me(), async || drop(self.way.me().await), || None).await
    }

    async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        let again = || self.way.push(request);
        self.carry(again, async || drop(again().await), || Some(Late::Push(request.clone()))).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullReply, Failure> {
        let short = PullRequest { limit: request.limit.min(PAGE), ..request.clone() };
        let again = || self.way.pull(&short);
        self.carry(again, async || drop(again().await), || Some(Late::Pull(short.clone()))).await
    }

    async fn blob_offset(&self, sha256: &Sha256) -> Result<u64, Failure> {
        self.carry(|| self.way.blob_offset(sha256), async || {}, || None).await
    }

    async fn send_part(&self, sha256: &Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure> {
        let cut = async || {
            let arrive = self.life.draw(|rng| rng.random_range(0..=bytes.len()));
            drop(self.way.send_part(sha256, offset, &bytes[..arrive]).await);
        };
        let late = || Some(Late::Part(*sha256, offset, bytes.to_vec()));
        self.carry(|| self.way.send_part(sha256, offset, bytes), cut, late).await
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        self.carry(|| self.way.sign_out(), async || {}, || None).await
    }
}
