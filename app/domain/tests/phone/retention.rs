//! What a phone lets go of, for each cause: copies of others' data, sent texts and uploaded
//! photos go; places, numbers to dial, one's own card and whatever the server does not have stay.

use crate::neighbourhood::*;
use crate::notebook::Note;
use domain::kernel::{CommunityId, Membership, PersonId, Record, RecordKey, Role, Sha256, Span, Timestamp};
use domain::organisation::{Community, Person, Place};
use domain::sync::{Cause, Cursor, Epoch, Failure, Holding, LetGo, Outbox, Records, SyncMarks, let_go};

/// The phone of somebody with posts in two communities, all of it read.
struct Phone {
    me: PersonId,
    records: Records,
    outbox: Outbox,
    marks: SyncMarks,
    drafts: Vec<&'static str>,
    blobs: Vec<Sha256>,
}

fn note(community: CommunityId, n: u8, author: Who, photos: &[u8], arrived: &[u8]) -> Note {
    Note {
        community,
        id: note_key(n).id,
        place: stairwell(1),
        author: author.id(),
        written: NOON,
        number: None,
        lines: Vec::new(),
        ticks: Vec::new(),
        attachments: photos.iter().copied().map(photo).collect(),
        arrived: arrived.iter().map(|n| photo(*n).sha256).collect(),
        taken_off: Vec::new(),
        erased: false,
    }
}

fn note_in(community: CommunityId, n: u8) -> RecordKey {
    Note::key_of(community, note_key(n).id)
}

fn phone() -> Phone {
    phone_of(Who::Watcher)
}

fn phone_of(who: Who) -> Phone {
    let mut records = Records::new(kinds());
    for one in [community(), other_community()] {
        records.take_in(founding(one));
    }
    records.take_in([
        envelope(&note(community(), 1, who, &[1, 2], &[1]), 5),
        envelope(&note(community(), 2, Who::Neighbour, &[], &[]), 5),
        envelope(&note(other_community(), 3, who, &[3], &[3]), 5),
    ]);
    let cursor = |community| Cursor { community, position: 5, scope: "s".to_owned() };
    let marks = SyncMarks {
        cursors: vec![cursor(community()), cursor(other_community())],
        epoch: Some(Epoch("one".to_owned())),
        first_sync_done: true,
        last_contact: Some(NOON),
        clock_offset: Some(Span::ZERO),
        ..SyncMarks::default()
    };
    let states = [acknowledged(9), domain::sync::QueuedState::Waiting, parked(9), refused()].into_iter().enumerate();
    let outbox = outbox_in(states.map(|(n, state)| (command(n, who, write_with(4, "漏水", &[4])), state)));
    let blobs = [1, 2, 3, 4, 5, 6].map(|n| photo(n).sha256).to_vec();
    Phone { me: who.id(), records, outbox, marks, drafts: vec![DRAFT], blobs }
}

/// An unfinished text that names photo 5.
const DRAFT: &str = "photo:1:e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db";

impl Phone {
    fn let_go(&self, cause: Cause<'_>) -> Option<LetGo> {
        let Self { me, records, outbox, marks, drafts, blobs } = self;
        let_go(cause, &Holding { me: *me, records, outbox, marks, drafts, blobs })
    }

    fn starts(&self, after: Span) -> Option<LetGo> {
        self.let_go(Cause::Started { now: NOON.plus(after) })
    }

    /// The same phone afterwards.
    fn without(mut self, gone: &LetGo) -> Self {
        gone.carry_out(&mut self.records, &mut self.outbox);
        self.blobs.retain(|sha256| !gone.blobs.contains(sha256));
        self.marks = gone.marks.clone();
        self
    }
}

fn kinds_left(records: &Records) -> Vec<&str> {
    let mut kinds: Vec<&str> = records.keys().map(|key| key.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn photos(numbers: &[u8]) -> Vec<Sha256> {
    numbers.iter().map(|n| photo(*n).sha256).collect()
}

#[test]
fn a_draft_names_the_photo_that_it_should() {
    assert!(DRAFT.ends_with(&photo(5).sha256.to_string()), "{}", photo(5).sha256);
}

#[test]
fn at_sign_out_what_the_server_has_goes_and_what_it_lacks_stays() {
    let phone = phone();
    let gone = phone.let_go(Cause::SignedOut).unwrap();
    assert_eq!(gone.blobs, photos(&[1, 3]), "uploaded");
    assert_eq!((gone.marks.cursors.len(), gone.marks.first_sync_done), (0, false), "it is read anew");
    assert_eq!(gone.marks.epoch, phone.marks.epoch);
    assert_eq!(gone.marks.blobs_left, 2, "one that a record waits for, one that goes after its words");
    let after = phone.without(&gone);
    assert_eq!(kinds_left(&after.records), [Community::KIND, Person::KIND, Place::KIND]);
    let people: Vec<PersonId> = after.records.all::<Person>().map(|person| person.id).collect();
    assert_eq!(people, [Who::Watcher.id(); 2], "her own card in both communities");
    assert_eq!(after.outbox.items().len(), 3);
    assert!(after.outbox.items().iter().all(|item| item.is_unsent()));
    assert_eq!(after.blobs, photos(&[2, 4, 5, 6]));
    assert_eq!(after.records.all::<Community>().next().map(|community| community.numbers.len()), Some(1));
}

#[test]
fn photos_that_were_left_are_not_forgotten_when_there_is_nothing_more_to_let_go_of() {
    let first = phone();
    let gone = first.let_go(Cause::SignedOut).unwrap();
    let after = first.without(&gone);
    let again = after.let_go(Cause::SignedOut).unwrap();
    assert_eq!(again.marks.blobs_left, 2);
}

#[test]
fn writing_goes_on_with_what_stays() {
    let phone = phone();
    let gone = phone.let_go(Cause::SignedOut).unwrap();
    let after = phone.without(&gone);
    let written = command(9, Who::Watcher, write(9, "一切平安"));
    assert!(domain::sync::check(&after.records, &after.outbox, &written).is_ok());
}

#[test]
fn only_the_servers_own_word_ends_a_session() {
    let phone = phone();
    let says = |failure: Failure| phone.let_go(Cause::Failed(&failure)).is_some();
    assert!(says(Failure::sign_in_needed(Epoch("one".into()))));
    assert!(!says(Failure::of_status(401)), "a captive portal");
    assert!(!says(Failure::sign_in_needed(Epoch("two".into()))), "another epoch, which may lack what is here");
    for other in [Failure::WrongCredentials, Failure::Unreachable, Failure::NotOurAnswer, Failure::TooOld] {
        assert!(!says(other.clone()), "{other}");
    }
}

#[test]
fn a_community_that_is_closed_to_somebody_takes_only_its_own_records_away() {
    let phone = phone();
    let forbidden = |epoch: Option<&str>, community| {
        let failure = Failure::Forbidden { epoch: epoch.map(|epoch| Epoch(epoch.into())), community };
        phone.let_go(Cause::Failed(&failure))
    };
    assert_eq!(forbidden(None, Some(community())), None, "a captive portal");
    assert_eq!(forbidden(Some("one"), None), None, "this one thing only");
    let gone = forbidden(Some("one"), Some(other_community())).unwrap();
    assert!(!gone.keeps(&note_in(other_community(), 3)));
    assert!(gone.keeps(&note_in(community(), 1)) && gone.keeps(&Person::key_of(community(), Who::Neighbour.id())));
    assert!(!gone.keeps(&Person::key_of(other_community(), Who::Neighbour.id())));
    assert!(gone.keeps(&Person::key_of(other_community(), Who::Watcher.id())));
    assert_eq!(gone.blobs, photos(&[3]));
    let cursors: Vec<CommunityId> = gone.marks.cursors.iter().map(|cursor| cursor.community).collect();
    assert_eq!(cursors, [community()]);
    let after = self::phone().without(&gone);
    assert_eq!(after.outbox.items().len(), 4, "what was sent to the other community stays");
}

#[test]
fn after_long_silence_the_copies_go_at_the_first_start_and_once() {
    let phone = phone();
    assert_eq!(phone.starts(Span::days(30)), None);
    let gone = phone.starts(Span::days(30).plus(Span::minutes(1))).unwrap();
    assert_eq!(Some(&gone.blobs), phone.let_go(Cause::SignedOut).map(|gone| gone.blobs).as_ref());
    let after = phone.without(&gone);
    assert_eq!(kinds_left(&after.records), [Community::KIND, Person::KIND, Place::KIND]);
    assert_eq!(after.starts(Span::days(31)), None, "nothing more is to go");
    assert_eq!(after.marks.blobs_left, 2);
}

#[test]
fn everybody_but_watchers_has_a_week_and_a_watcher_with_another_post_too() {
    let week = Span::days(7).plus(Span::minutes(1));
    assert_eq!(phone_of(Who::Watcher).starts(week), None);
    for who in [Who::SocialWorker, Who::Former] {
        assert_eq!(phone_of(who).starts(Span::days(7)), None);
        assert!(phone_of(who).starts(week).is_some(), "{who:?}");
    }
    let mut both = phone();
    let mut person = Who::Watcher.person(community());
    let place = community().into();
    person.memberships.push(Membership { role: Role::PartyBranch, place, from: Timestamp::EARLIEST, until: None });
    both.records.take_in([envelope(&person, 6)]);
    let gone = both.starts(week).expect("she reads for many there");
    assert!(!gone.keeps(&note_in(community(), 2)));
    assert!(gone.keeps(&note_in(other_community(), 3)), "and watches a stairwell here");
}

#[test]
fn the_figures_are_the_communitys() {
    let mut phone = phone();
    let figures =
        |id| Community { silence_of_watchers: Some(Span::days(3)), silence_of_others: None, ..community_record(id) };
    phone.records.take_in([community(), other_community()].map(|id| envelope(&figures(id), 6)));
    assert_eq!(phone.starts(Span::days(3)), None);
    assert!(phone.starts(Span::days(3).plus(Span::minutes(1))).is_some());
}

#[test]
fn silence_is_measured_by_the_servers_clock_where_that_is_known() {
    let mut phone = phone();
    // A clock that runs two months ahead, as it did at the last talk.
    phone.marks.clock_offset = Some(Span::days(-60));
    assert_eq!(phone.let_go(Cause::Started { now: NOON.plus(Span::days(61)) }), None);
    assert!(phone.let_go(Cause::Started { now: NOON.plus(Span::days(91)) }).is_some());
    // One that was set a year ahead without signal.
    phone.marks.clock_offset = Some(Span::ZERO);
    assert!(phone.starts(Span::days(365)).is_some());
    // Never reached: there is nothing of the server here.
    phone.marks.last_contact = None;
    assert_eq!(phone.starts(Span::days(365)), None);
}

#[test]
fn what_was_sent_goes_also_where_nothing_was_read_yet() {
    let mut phone = phone();
    phone.records.forget_all();
    phone.marks.cursors.clear();
    let gone = phone.starts(Span::days(31)).expect("an acknowledged text is here");
    assert_eq!(phone.without(&gone).outbox.items().len(), 3);
}

#[test]
fn a_restored_server_hides_nothing_from_the_silence() {
    // The cursors are gone, the records not yet: the new epoch was met, and then there was no signal any more.
    let mut phone = phone();
    phone.marks.meet(&server_mark_of("two", "0.1.0"), NOON, NOON);
    assert!(phone.starts(Span::days(31)).is_some());
}
