//! The file of `WATCHLOG_TEST_CLOCK`: milliseconds to add to the machine's time, as a decimal integer. It is read each time
//! that somebody asks for the time, which goes on meanwhile.
//!
//! A test replaces the file by renaming: one that is being written would be read half.

use domain::kernel::{Span, Timestamp};
use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{LazyLock, Once},
};

const VARIABLE: &str = "WATCHLOG_TEST_CLOCK";

static FILE: LazyLock<Option<PathBuf>> = LazyLock::new(|| env::var_os(VARIABLE).map(PathBuf::from));
static WARNED: Once = Once::new();

/// Later than `now` by what the file says, where the variable names one.
pub(super) fn shifted(now: Timestamp) -> Timestamp {
    shifted_by(FILE.as_deref(), now)
}

/// A file that cannot be read shifts nothing, and that is said once.
fn shifted_by(file: Option<&Path>, now: Timestamp) -> Timestamp {
    let Some(file) = file else { return now };
    match millis_in(file) {
        Ok(millis) => now.plus(Span::from_millis(millis)),
        Err(reason) => {
            WARNED.call_once(|| tracing::warn!(file = %file.display(), reason, "{VARIABLE} shifts nothing"));
            now
        }
    }
}

fn millis_in(file: &Path) -> Result<i64, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    parse(&text).ok_or_else(|| "expected milliseconds as a decimal integer".to_owned())
}

fn parse(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE_HOURS: i64 = 3 * 60 * 60_000;

    #[test]
    fn a_file_holds_one_decimal_integer_and_nothing_else() {
        for (text, expected) in [("0", 0), ("10800000", THREE_HOURS), ("10800000\n", THREE_HOURS), (" -5 ", -5)] {
            assert_eq!(parse(text), Some(expected), "{text:?}");
        }
        for text in ["", "3h", "1.5", "1e3", "1 2", "0x10", "99999999999999999999"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_the_file_says_is_added_and_it_is_read_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        let now = Timestamp::from_millis(1_763_308_799_999);
        for millis in [THREE_HOURS, 0, -1] {
            fs::write(&file, millis.to_string()).unwrap();
            assert_eq!(shifted_by(Some(&file), now).since(now).millis(), millis);
        }
    }

    #[test]
    fn without_a_file_that_can_be_read_the_time_is_the_machines() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_millis(1_763_308_799_999);
        let spoilt = folder.path().join("spoilt");
        fs::write(&spoilt, "soon").unwrap();
        for file in [None, Some(folder.path().join("missing")), Some(folder.path().to_owned()), Some(spoilt)] {
            assert_eq!(shifted_by(file.as_deref(), now), now, "{file:?}");
        }
    }
}
