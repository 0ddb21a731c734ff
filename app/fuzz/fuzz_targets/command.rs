//! The bytes of a command, as any phone may send them: read or refused, never a panic; what is read is written as something
//! that reads the same; and a phone reads no other than the server.
#![no_main]

use domain::{
    kernel::{Command, Head, json},
    kinds::Kinds,
    log, organisation, residents, seen,
};
use libfuzzer_sys::fuzz_target;

/// The act of its module comes back from its own bytes.
macro_rules! act_comes_back {
    ($command:ident: $($module:literal $act:ty),+) => {
        match Kinds::all().act($command.act_name()).map(|(module, _)| module.name) {
            $(Some($module) => {
                if let Ok(read) = $command.read_act::<$act>() {
                    let written = json::write(&read).unwrap();
                    assert_eq!(json::read::<$act>(written.as_bytes()).as_ref(), Ok(&read), "{}", $command.act);
                    assert_eq!(json::read_small::<$act>(written.as_bytes()), Ok(read));
                }
            })+
            Some(module) => panic!("how are the acts of {module} read?"),
            None => {}
        }
    };
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(command) = Command::read(text) else { return };
    let Ok(written) = command.to_bytes() else { return };
    assert_eq!(Command::read(&written), Ok(command.clone()));
    let (head, _) = written.split_once('\n').unwrap();
    assert_eq!(json::read_small::<Head>(head.as_bytes()), Ok(command.head.clone()));
    act_comes_back!(command:
        "log" log::Act, "organisation" organisation::Act, "residents" residents::Act, "seen" seen::Act);
});
