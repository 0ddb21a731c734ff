//! The bytes of a command, as any phone may send them: read or refused, never a panic; what is read is written as something
//! that reads the same; and a phone reads no other than the server.
#![no_main]

use domain::{
    kernel::{Command, Head, json},
    log::Act,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(command) = Command::read(text) else { return };
    let Ok(written) = command.to_bytes() else { return };
    assert_eq!(Command::read(&written), Ok(command.clone()));
    let (head, act) = written.split_once('\n').unwrap();
    assert_eq!(json::read_small::<Head>(head.as_bytes()), Ok(command.head.clone()));
    if let Ok(read) = command.read_act::<Act>() {
        let written = json::write(&read).unwrap();
        assert_eq!(json::read::<Act>(written.as_bytes()).as_ref(), Ok(&read), "{act}");
        assert_eq!(json::read_small::<Act>(written.as_bytes()), Ok(read));
    }
});
