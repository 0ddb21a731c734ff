//! Photos and voice notes, after their words: beside the talk with the server, so that words never wait for
//! pictures, and two at a time, so that none waits for another. What comes next and what an answer means is decided by
//! [`Upload`].
//!
//! A program may load this part only when something waits ([`Work`]).

use super::{Work, both};
use crate::{
    kernel::{Attachment, PersonId, Sha256, Span, Timestamp},
    sync::{
        AfterUpload, Backoff, BlobReply, Changed, Failure, Replica, State, Turn, Upload, UploadStep,
        after_failed_upload, any_number,
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    ops::Range,
    rc::Rc,
};

/// What is being uploaded, and by whom.
struct Lanes<'r> {
    replica: &'r Replica,
    person: PersonId,
    queue: RefCell<VecDeque<Attachment>>,
    /// Begun in this run, whatever became of them.
    begun: RefCell<Vec<Sha256>>,
    is_stopped: Cell<bool>,
    arrived: RefCell<Vec<Sha256>>,
}

/// What did not get through when it was last tried, and when it is tried again: later each time, never later than five
/// minutes. What comes to wait meanwhile does not wait for it.
#[derive(Default)]
pub(in crate::sync) struct Stuck {
    photos: Vec<Sha256>,
    backoff: Backoff,
}

impl Stuck {
    /// How long until something of `waiting` is to be tried; `None` where nothing is.
    fn until(&self, waiting: &[Attachment], now: Timestamp) -> Option<Span> {
        let is_stuck = |one: &Attachment| self.photos.contains(&one.sha256);
        let until = if waiting.iter().all(is_stuck) { self.backoff.remaining(now) } else { Span::ZERO };
        (!waiting.is_empty()).then_some(until)
    }

    /// All that waits was tried, and so much of it is `left`.
    fn tried(&mut self, left: Vec<Sha256>, some_arrived: bool, now: Timestamp, random: u32) {
        if some_arrived || left.is_empty() {
            self.backoff.succeeded();
        }
        if !left.is_empty() {
            self.backoff.failed(now, None, random);
        }
        self.photos = left;
    }

    /// The device has a network again.
    pub(in crate::sync) fn reconnected(&mut self) {
        self.backoff.reconnected();
    }
}

impl Replica {
    pub(super) async fn upload_for_ever(self: Rc<Self>, upload: Work) {
        let mut has_tidied = false;
        loop {
            self.uploads.notified().await;
            let is_wanted = self.until_uploads() == Some(Span::ZERO);
            // What the device keeps for nothing is removed once in a tab's life; after uploads it is, too.
            if is_wanted || (!has_tidied && self.with(|state| !state.blobs.is_empty())) {
                has_tidied = true;
                upload(Rc::clone(&self)).await;
            }
        }
    }

    /// How long until a photo is to be uploaded; `None` where none waits.
    pub(super) fn until_uploads(&self) -> Option<Span> {
        self.stuck.borrow().until(&self.with(State::waits_for_upload), self.host.now())
    }

    /// Uploads all that waits, unless another tab is at it. To be called by [`Replica::run`], and by whoever moves a device
    /// step by step.
    pub async fn upload_waiting(&self) {
        let Some(_turn) = self.host.alone(Turn::Uploads).await else { return };
        let Some(person) = self.person() else { return };
        let lanes = Lanes {
            replica: self,
            person,
            queue: RefCell::default(),
            begun: RefCell::default(),
            is_stopped: Cell::default(),
            arrived: RefCell::default(),
        };
        while !lanes.is_stopped.get() && lanes.fill() {
            both(lanes.lane(), lanes.lane()).await;
        }
        let arrived = lanes.arrived.take();
        let mut left = self.with(State::waits_for_upload);
        left.retain(|one| !arrived.contains(&one.sha256));
        let left = left.into_iter().map(|one| one.sha256).collect();
        self.stuck.borrow_mut().tried(left, !arrived.is_empty(), self.host.now(), any_number(self.host.random()));
        if !arrived.is_empty() {
            // The feed says so of each; then it waits no longer.
            self.talk_soon();
        }
        self.tidy_blobs().await;
    }
}

impl Lanes<'_> {
    /// What has come to wait meanwhile. Says whether there is anything.
    fn fill(&self) -> bool {
        let begun = self.begun.borrow();
        let mut new = self.replica.with(State::waits_for_upload);
        new.retain(|one| !begun.contains(&one.sha256));
        self.queue.replace(new.into());
        !self.queue.borrow().is_empty()
    }

    async fn lane(&self) {
        while !self.is_stopped.get() {
            let next = self.queue.borrow_mut().pop_front();
            let Some(next) = next else { return };
            self.begun.borrow_mut().push(next.sha256);
            match self.upload(&next).await {
                Ok(true) => self.arrived.borrow_mut().push(next.sha256),
                Ok(false) => {}
                Err(failure) => match after_failed_upload(&failure) {
                    AfterUpload::Stop => self.is_stopped.set(true),
                    AfterUpload::PassOver => {
                        self.replica.host.warn(&format!("{} passed over: {failure}", next.sha256));
                    }
                    AfterUpload::Refused => {
                        self.replica.change(Changed::Blobs, |state| state.refused_blobs.push(next.sha256));
                    }
                },
            }
        }
    }

    /// Uploads one; says whether the server has it now.
    async fn upload(&self, one: &Attachment) -> Result<bool, Failure> {
        let replica = self.replica;
        // Bytes that are not here, or not what they were, are on no way to the server; their record says that they are
        // missing.
        let Ok(Some(bytes)) = replica.local.blob(&one.sha256).await else { return Ok(false) };
        if Attachment::of(one.kind, &bytes) != *one {
            return Err(Failure::BadRequest { detail: "the bytes were damaged on this device".to_owned() });
        }
        let mut upload = Upload::new(one);
        loop {
            self.still()?;
            match upload.step() {
                UploadStep::Done => break,
                UploadStep::Rest => return Ok(false),
                UploadStep::Ask => upload.asked(replica.transport.blob_offset(&one.sha256).await?),
                UploadStep::Send(range) => match self.send_part(&one.sha256, &bytes, range).await {
                    Ok(reply) => upload.sent(reply.offset, reply.whole),
                    // What came of it is with the server; whether it can be reached at all says the question.
                    Err(Failure::Unreachable) => upload.cut(),
                    Err(failure) => return Err(failure),
                },
            }
        }
        let now = replica.host.now();
        // Should the device not note it, the bytes go from it a little earlier than they might.
        if replica.local.blob_uploaded(&one.sha256, now).await.is_ok() && replica.is(self.person) {
            replica.here_is(one.sha256);
        }
        self.await_no_more(&one.sha256).await;
        Ok(true)
    }

    /// The server has what no record here names any more: nobody else will say so.
    async fn await_no_more(&self, sha256: &Sha256) {
        let replica = self.replica;
        let is_awaited = |one: &Attachment| one.sha256 == *sha256;
        if !replica.is(self.person) || !replica.with(|state| state.marks.still_awaited.iter().any(is_awaited)) {
            return;
        }
        replica.change(Changed::Marks, |state| state.marks.still_awaited.retain(|one| !is_awaited(one)));
        let marks = replica.with(|state| state.marks.clone());
        // Should the device not note it, the server says once more that it has it.
        let _ = replica.local.keep_marks(&marks).await;
    }

    /// Nobody's photos go up in another one's name.
    fn still(&self) -> Result<(), Failure> {
        if self.replica.is(self.person) { Ok(()) } else { Err(Failure::SignInNeeded { epoch: None }) }
    }

    /// Sends a part. Only our own server's word counts for what it has.
    async fn send_part(&self, sha256: &Sha256, bytes: &[u8], range: Range<u64>) -> Result<BlobReply, Failure> {
        let of = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let part = bytes.get(of(range.start)..of(range.end)).unwrap_or_default();
        let reply = self.replica.transport.send_part(sha256, range.start, part).await?;
        let epoch = self.replica.with(|state| state.marks.epoch.clone());
        if reply.server.person != self.person || Some(&reply.server.epoch) != epoch.as_ref() || reply.sha256 != *sha256
        {
            return Err(Failure::NotOurAnswer);
        }
        Ok(reply)
    }
}
