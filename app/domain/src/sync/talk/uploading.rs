//! Photos and voice notes, after their words (DESIGN.md 5.8): beside the talk with the server, so that words never wait for
//! pictures, and two at a time, so that none waits for another. What comes next and what an answer means is decided by
//! [`Upload`].
//!
//! A program may load this part only when something waits ([`Work`]).

use super::{Work, both};
use crate::{
    kernel::{Attachment, PersonId, Sha256},
    sync::{AfterUpload, BlobReply, Changed, Failure, Replica, Turn, Upload, UploadStep, after_failed_upload},
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
    has_arrived: Cell<bool>,
}

impl Replica {
    pub(super) async fn upload_for_ever(self: Rc<Self>, upload: Work) {
        let mut has_tidied = false;
        loop {
            self.uploads.notified().await;
            let is_wanted = !self.to_upload().is_empty();
            // What the device keeps for nothing is removed once in a tab's life; after uploads it is, too.
            if is_wanted || (!has_tidied && self.with(|state| !state.blobs.is_empty())) {
                has_tidied = true;
                upload(Rc::clone(&self)).await;
            }
        }
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
            has_arrived: Cell::default(),
        };
        while !lanes.is_stopped.get() && lanes.fill() {
            both(lanes.lane(), lanes.lane()).await;
        }
        if lanes.has_arrived.get() {
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
        let mut new = self.replica.to_upload();
        let is_refused = |one: &Attachment| self.replica.with(|state| state.refused_blobs.contains(&one.sha256));
        new.retain(|one| !begun.contains(&one.sha256) && !is_refused(one));
        self.queue.replace(new.into());
        !self.queue.borrow().is_empty()
    }

    async fn lane(&self) {
        while !self.is_stopped.get() {
            let next = self.queue.borrow_mut().pop_front();
            let Some(next) = next else { return };
            self.begun.borrow_mut().push(next.sha256);
            match self.upload(&next).await {
                Ok(true) => self.has_arrived.set(true),
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
