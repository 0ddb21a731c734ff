//! Keys in writing.

use domain::kernel::RecordKey;

const WRITTEN: &str = "01890000-0000-7000-8000-000000000001/entry/01890000-0000-7000-8000-000000000002";

#[test]
fn a_key_reads_back_as_it_was_written() {
    let key: Result<RecordKey, _> = WRITTEN.parse();
    assert_eq!(key.map(|key| key.to_string()).as_deref(), Ok(WRITTEN));
}

#[test]
fn a_kind_of_a_newer_version_is_kept() {
    let key: Result<RecordKey, _> = WRITTEN.replace("entry", "whistle").parse();
    assert_eq!(key.map(|key| key.kind.as_str().to_owned()).as_deref(), Ok("whistle"));
}

#[test]
fn what_is_no_key_is_refused() {
    for raw in ["", "entry", "a/entry/b", &WRITTEN.replace("entry", "Entry"), &format!("{WRITTEN}/more")] {
        assert!(raw.parse::<RecordKey>().is_err(), "{raw}");
    }
}
