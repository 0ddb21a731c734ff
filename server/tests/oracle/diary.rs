//! What a device's disk was told, in order: read only where a story did not end well, to see why.

use std::{
    cell::{Cell, RefCell},
    fmt::{self, Display},
};

/// What became of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing was written.
    NotWritten,
    /// It is on the disk, and the page did not hear so.
    Written,
    Said,
}

/// One write.
#[derive(Clone, Debug)]
pub struct Line {
    step: u64,
    what: String,
    /// The commands and photos that it is about; empty where it is about all of them.
    names: Vec<String>,
    fate: Fate,
}

/// The lines of one device.
#[derive(Default)]
pub struct Diary {
    step: Cell<u64>,
    lines: RefCell<Vec<Line>>,
}

impl Diary {
    pub fn begin(&self, step: u64) {
        self.step.set(step);
    }

    /// A write begins. Returns its number, for [`Diary::end`].
    pub fn begins(&self, what: String, names: Vec<String>) -> usize {
        let mut lines = self.lines.borrow_mut();
        lines.push(Line { step: self.step.get(), what, names, fate: Fate::NotWritten });
        lines.len() - 1
    }

    pub fn end(&self, numbers: &[usize], fate: Fate) {
        let mut lines = self.lines.borrow_mut();
        for number in numbers {
            lines[*number].fate = fate;
        }
    }

    /// Everything that concerns a command or a photo.
    pub fn about(&self, one: impl Display) -> String {
        let (lines, name) = (self.lines.borrow(), one.to_string());
        let about = lines.iter().filter(|line| line.names.is_empty() || line.names.contains(&name));
        about.map(Line::to_string).collect::<Vec<_>>().join("\n")
    }
}

impl Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, what, fate, .. } = self;
        write!(out, "  step {step}: {what}")?;
        if *fate == Fate::Said { Ok(()) } else { write!(out, " ({fate:?})") }
    }
}
