//! Time that passes as fast as it can, and tasks that live in it: what a test of hours takes is milliseconds.
//!
//! | | |
//! |---|---|
//! | data | an instant, alarms, tasks |
//! | who | tests that need several devices, tabs and a server at once |
//! | offline | nothing here waits for the real clock |
//! | never | two runs with the same tasks never differ |

use crate::kernel::{Span, Timestamp};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A world with a clock of its own. Clones are the same world.
#[derive(Clone)]
pub struct Simulation(Rc<World>);

struct World {
    now: Cell<Timestamp>,
    alarms: RefCell<BTreeMap<(Timestamp, u64), Waker>>,
    tasks: RefCell<BTreeMap<u64, Running>>,
    next: Cell<u64>,
}

struct Running {
    /// Absent while it is being polled.
    task: Option<Task>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Names a task, to end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskId(u64);

impl Simulation {
    /// A world in which it is `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Rc::new(World {
            now: Cell::new(now),
            alarms: RefCell::default(),
            tasks: RefCell::default(),
            next: Cell::new(0),
        }))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now.get()
    }

    fn number(&self) -> u64 {
        self.0.next.set(self.0.next.get() + 1);
        self.0.next.get()
    }

    /// Waits in this world's time.
    pub async fn sleep(&self, span: Span) {
        let key = (self.now().plus(span), self.number());
        poll_fn(|context| {
            if self.now() >= key.0 {
                self.0.alarms.borrow_mut().remove(&key);
                return Poll::Ready(());
            }
            self.0.alarms.borrow_mut().insert(key, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Begins a task.
    pub fn begin(&self, task: impl Future<Output = ()> + 'static) -> TaskId {
        let id = self.number();
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        self.0.tasks.borrow_mut().insert(id, Running { task: Some(Box::pin(task)), woken });
        TaskId(id)
    }

    /// Ends a task where it stands: its page is gone.
    pub fn end(&self, task: TaskId) {
        let ended = self.0.tasks.borrow_mut().remove(&task.0);
        drop(ended);
    }

    /// Lets `span` pass.
    pub fn pass(&self, span: Span) {
        self.pass_until(self.now().plus(span), &|| false);
    }

    /// Lets time pass until `is_so`, at most `span`; says whether it came to be so.
    pub fn pass_until_so(&self, span: Span, is_so: impl Fn() -> bool) -> bool {
        self.pass_until(self.now().plus(span), &is_so);
        is_so()
    }

    fn pass_until(&self, end: Timestamp, is_so: &dyn Fn() -> bool) {
        loop {
            self.run();
            if is_so() {
                return;
            }
            let next = self.0.alarms.borrow().keys().next().map(|(at, _)| *at).filter(|at| *at <= end);
            let Some(at) = next else { break };
            self.0.now.set(self.now().max(at));
            let mut due = self.0.alarms.borrow_mut();
            let later = due.split_off(&(at.plus(Span::from_millis(1)), 0));
            let due_now = std::mem::replace(&mut *due, later);
            drop(due);
            due_now.into_values().for_each(Waker::wake);
        }
        self.0.now.set(self.now().max(end));
    }

    /// Does what can be done without time passing.
    fn run(&self) {
        loop {
            let ready = |running: &Running| running.woken.0.swap(false, Ordering::Relaxed);
            let ready: Vec<u64> =
                self.0.tasks.borrow().iter().filter(|(_, running)| ready(running)).map(|(id, _)| *id).collect();
            if ready.is_empty() {
                return;
            }
            for id in ready {
                self.poll(id);
            }
        }
    }

    fn poll(&self, id: u64) {
        let taken = self.0.tasks.borrow_mut().get_mut(&id).map(|running| (running.task.take(), running.woken.clone()));
        let Some((Some(mut task), woken)) = taken else { return };
        let waker = Waker::from(woken);
        let done = task.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        let mut tasks = self.0.tasks.borrow_mut();
        if done {
            tasks.remove(&id);
        } else if let Some(running) = tasks.get_mut(&id) {
            running.task = Some(task);
        }
    }

    /// Does one thing to its end, while everything else goes on; `None` where it waits for what never comes within a year.
    pub fn finish<T: 'static>(&self, work: impl Future<Output = T> + 'static) -> Option<T> {
        let result: Rc<RefCell<Option<T>>> = Rc::default();
        let kept = Rc::clone(&result);
        let task = self.begin(async move {
            let done = work.await;
            kept.replace(Some(done));
        });
        self.pass_until(self.now().plus(Span::days(365)), &|| result.borrow().is_some());
        self.end(task);
        result.take()
    }
}
