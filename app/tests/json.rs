//! What server functions answer is read by a phone, with its smaller reader, as by the server.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use app::{api::DemoPerson, error::AppError};
use domain::{
    kernel::{CommunityId, Membership, PersonId, PlaceId, Role, Span, Times, Timestamp, json},
    log::{EntryPage, ListMark},
    organisation::{Agency, Person},
    sync::{Epoch, Failure},
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

#[track_caller]
fn reads_alike<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = json::write(value).unwrap();
    assert_eq!(json::read_small::<T>(text.as_bytes()).as_ref(), Ok(value), "{text}");
    assert_eq!(json::read::<T>(text.as_bytes()).as_ref(), Ok(value), "{text}");
}

#[test]
fn every_failure_reads_alike_and_is_the_domains_own_on_the_wire() {
    let (epoch, community) = (Epoch("第一天".to_owned()), CommunityId::from_parts(1, [1; 10]));
    let retry_after = Span::seconds(5);
    let all = [
        Failure::sign_in_needed(epoch.clone()),
        Failure::SignInNeeded { epoch: None },
        Failure::WrongCredentials,
        Failure::TooManyAttempts { retry_after },
        Failure::Forbidden { epoch: Some(epoch), community: Some(community) },
        Failure::NotFound,
        Failure::BadRequest { detail: "line \"1\"\n".to_owned() },
        Failure::TooOld,
        Failure::Unavailable { retry_after },
        Failure::Internal,
    ];
    for failure in all {
        reads_alike(&AppError(failure.clone()));
        assert_eq!(json::write(&AppError(failure.clone())), json::write(&failure));
    }
}

#[test]
fn people_and_pages_of_the_log_read_alike() {
    let made = Times { written: Timestamp::EARLIEST, clock_offset: Some(Span::minutes(-3)), received: None };
    let place = PlaceId::from_parts(2, [2; 10]);
    let post = Membership { role: Role::SocialWorker, place, from: Timestamp::EARLIEST, until: None };
    let card = Person {
        id: PersonId::from_parts(3, [3; 10]),
        community: CommunityId::from_parts(1, [1; 10]),
        name: "李社工".to_owned(),
        agency: Some(Agency("律动公益".to_owned())),
        memberships: vec![post],
        made,
        changed: made,
    };
    reads_alike(&vec![DemoPerson { card, place: "八经街46号院·3单元".to_owned() }]);
    let next = Some(ListMark { written: Timestamp::EARLIEST, entry: domain::kernel::EntryId::from_parts(4, [4; 10]) });
    reads_alike(&EntryPage { entries: Vec::new(), next });
}
