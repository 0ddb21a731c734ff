//! What a command prints.

use std::{
    fmt,
    io::{Write, stdout},
};

/// Prints a line.
macro_rules! say {
    ($($line:tt)*) => { $crate::cli::output::line(format_args!($($line)*)) };
}

pub(super) use say;

/// Prints a line. Whoever closed the pipe (`watchlog … | head`) has read enough, and that is no failure of the command.
pub(super) fn line(line: fmt::Arguments<'_>) {
    let _ = writeln!(stdout().lock(), "{line}");
}
