//! What was done on a device: the test's own note, which no code of the product reads.

use domain::{
    kernel::Record,
    kernel::{Command, CommandId, RecordKey},
    log::Entry,
};
use std::cell::RefCell;

/// What the person of a device knows of a command that they gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nobody said whether it was kept: the page died over it, or the disk failed.
    Unsaid,
    /// The device said that it was kept.
    Saved,
    /// The rules refused it on the device.
    Refused,
    /// They have given it up, or replaced it by a better one: it may be anywhere, but not in two places.
    GivenUp,
}

/// A command that was given on a device.
#[derive(Clone, Debug)]
pub struct Note {
    pub id: CommandId,
    pub bytes: String,
    pub record: RecordKey,
    pub act: String,
    pub known: Known,
}

impl Note {
    /// Whether it makes an entry.
    pub fn makes_entry(&self) -> bool {
        self.act == "write_entry" && self.record.kind == Entry::KIND
    }
}

/// The notes of one device, in the order in which the commands were given.
#[derive(Default)]
pub struct Notebook(RefCell<Vec<Note>>);

impl Notebook {
    /// Before it is given.
    pub fn note(&self, command: &Command) {
        let (id, record) = (command.head.id, command.head.first().clone());
        let (bytes, act) = (command.to_bytes().unwrap(), command.act_name().to_owned());
        self.0.borrow_mut().push(Note { id, bytes, record, act, known: Known::Unsaid });
    }

    /// What is known of it by now.
    pub fn know(&self, id: CommandId, known: Known) {
        let mut notes = self.0.borrow_mut();
        notes.iter_mut().rfind(|note| note.id == id).unwrap().known = known;
    }

    pub fn notes(&self) -> Vec<Note> {
        self.0.borrow().clone()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Entries that were called saved.
    pub fn entries(&self) -> usize {
        self.0.borrow().iter().filter(|note| note.makes_entry() && note.known == Known::Saved).count()
    }
}
