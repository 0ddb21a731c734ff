//! The bytes of a command, as any phone may send them: read or refused, never a panic; what is read is written as something
//! that reads the same; and a phone reads no other than the server.
#![no_main]

use app::{domain::Command, json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(command) = Command::from_bytes(text) else { return };
    let Ok(written) = command.to_bytes() else { return };
    assert_eq!(Command::from_bytes(&written), Ok(command.clone()));
    assert_eq!(json::read_small(written.as_bytes()), Ok(command));
});
