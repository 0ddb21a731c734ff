//! Failures and what is called after them.

use domain::kernel::{Span, json};
use domain::sync::{Epoch, Failure};

#[test]
fn a_failure_reads_back_as_it_was_written_on_a_phone_too() {
    let epoch = || Some(Epoch("one".to_owned()));
    let community = Some(uuid::Uuid::from_u128(1).into());
    for failure in [
        Failure::SignInNeeded { epoch: epoch() },
        Failure::Forbidden { epoch: epoch(), community },
        Failure::Unavailable { retry_after: Span::seconds(5) },
        Failure::BadRequest { detail: "no \"head\"".to_owned() },
        Failure::Internal,
    ] {
        let text = json::write(&failure).unwrap_or_default();
        assert_eq!(json::read_small::<Failure>(text.as_bytes()).as_ref(), Ok(&failure), "{text}");
    }
}

#[test]
fn a_status_alone_names_no_epoch() {
    assert_eq!(Failure::of_status(401), Failure::SignInNeeded { epoch: None });
    assert_eq!(Failure::of_status(403), Failure::Forbidden { epoch: None, community: None });
}
