//! What a page leaves behind.

use domain::kernel::json;
use domain::sync::Stash;

#[test]
fn what_was_left_comes_back_word_for_word_also_as_a_phone_reads_it() {
    let stash = Stash {
        texts: vec![("write/1".to_owned(), "{\"form\":\"三楼\\n“灯”\"}\n".to_owned())],
        commands: vec!["{\"id\":1}\n{\"write_entry\":{}}".to_owned()],
    };
    let text = stash.write().expect("text");
    assert_eq!(Stash::read(&text).as_ref(), Ok(&stash));
    assert_eq!(json::read_small(text.as_bytes()).as_ref(), Ok(&stash));
    assert!(Stash::read("{").is_err());
}
