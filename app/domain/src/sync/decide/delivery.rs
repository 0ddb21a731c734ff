//! Commands as they arrive: hashed and parsed by whoever received them, so that the one writer has less to do.

use crate::kernel::{Actor, Command, DeviceId, PersonId, Sha256, Span, Timestamp, Unreadable};
use crate::store::PushBatch;

/// Who hands commands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Somebody who is signed in: only what they did themselves is taken from them.
    Person(PersonId),
    /// The server itself: jobs, residents' forms, the command line.
    Server,
}

/// What was decided about a command that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// It counts as if it had come in time; otherwise it is rejected for ever.
    pub accept: bool,
    /// In the words of whoever decided.
    pub why: String,
    /// When.
    pub at: Timestamp,
}

/// One command of a delivery.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// As they were sent: what is stored.
    pub bytes: String,
    /// Their name.
    pub sha256: Sha256,
    /// What they say, with the best known offset of the device's clock.
    pub command: Result<Command, Unreadable>,
}

/// Commands that came together.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// From whom.
    pub sender: Sender,
    /// From which device.
    pub device: DeviceId,
    /// By the device's clock.
    pub sent_at: Timestamp,
    /// By the server's clock.
    pub received: Timestamp,
    /// In the order in which they were given.
    pub arrivals: Vec<Arrival>,
    /// For a command that was held, with the times at which it came.
    pub ruling: Option<Ruling>,
}

impl Delivery {
    /// Hashes and reads a push.
    #[must_use]
    pub fn read(batch: PushBatch) -> Self {
        let PushBatch { sender, device, sent_at, received, commands } = batch;
        let offset = received.since(sent_at);
        let arrivals = commands.into_iter().map(|bytes| Arrival::read(bytes, offset)).collect();
        Self { sender: Sender::Person(sender), device, sent_at, received, arrivals, ruling: None }
    }

    /// Commands that were made inside the server.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn from_server(commands: &[Command], at: Timestamp) -> Result<Self, Unreadable> {
        let read = |command: &Command| Ok(Arrival::read(command.to_bytes()?, Span::ZERO));
        let arrivals = commands.iter().map(read).collect::<Result<_, Unreadable>>()?;
        let device = DeviceId::SERVER;
        Ok(Self { sender: Sender::Server, device, sent_at: at, received: at, arrivals, ruling: None })
    }

    /// A command that a restore from a backup has lost and that is carried out again, with the times at which it came.
    #[must_use]
    pub fn again(bytes: String, sent_at: Timestamp, received: Timestamp) -> Self {
        let arrivals = vec![Arrival::read(bytes, received.since(sent_at))];
        Self { sender: Sender::Server, device: DeviceId::SERVER, sent_at, received, arrivals, ruling: None }
    }

    /// A command that is held, with what was decided about it. The times are those at which it came.
    #[must_use]
    pub fn decided(bytes: String, sent_at: Timestamp, received: Timestamp, ruling: Ruling) -> Self {
        Self { ruling: Some(ruling), ..Self::again(bytes, sent_at, received) }
    }

    /// Whether a command may come in this way: nobody sends what another one did.
    #[must_use]
    pub fn may_bring(&self, command: &Command) -> bool {
        match self.sender {
            Sender::Person(person) => command.head.actor == Actor::Person(person),
            Sender::Server => true,
        }
    }

    /// About how much memory it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.arrivals.iter().map(|arrival| arrival.bytes.len()).sum()
    }
}

impl Arrival {
    fn read(bytes: String, offset: Span) -> Self {
        let command = Command::read(&bytes).map(|command| with_offset(command, offset));
        Self { sha256: Sha256::of(bytes.as_bytes()), bytes, command }
    }
}

/// A phone that has not yet measured its clock is corrected by what it showed when it sent. The bytes stay
/// as they were; only the times that follow from them know the offset.
pub(super) fn with_offset(mut command: Command, offset: Span) -> Command {
    command.head.offset.get_or_insert(offset);
    command
}
