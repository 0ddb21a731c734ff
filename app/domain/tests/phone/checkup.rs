//! A device's state fits into six characters, and a code that was misheard is never taken for another state.

use crate::neighbourhood::*;
use domain::kernel::{Bytes, Command, Head, Span};
use domain::sync::{Checkup, DeviceFacts, Link, Outbox, SyncMarks, checkup::*, sync_status};
use proptest::prelude::*;

fn any_checkup() -> impl Strategy<Value = Checkup> {
    let one = |all: usize| 0..all;
    let first = (one(Promise::ALL.len()), one(Room::ALL.len()), one(Browser::ALL.len()), one(Clock::ALL.len()));
    let second = (one(Offline::ALL.len()), one(Version::ALL.len()), one(Unsent::ALL.len()), one(Server::ALL.len()));
    (first, second, any::<bool>(), any::<bool>()).prop_map(|(first, second, locks, installed)| Checkup {
        promise: Promise::ALL[first.0],
        room: Room::ALL[first.1],
        browser: Browser::ALL[first.2],
        clock: Clock::ALL[first.3],
        offline: Offline::ALL[second.0],
        version: Version::ALL[second.1],
        unsent: Unsent::ALL[second.2],
        server: Server::ALL[second.3],
        locks,
        installed,
    })
}

proptest! {
    #[test]
    fn every_state_comes_back_from_its_code(checkup in any_checkup()) {
        let code = checkup.code();
        prop_assert_eq!(code.len(), 6);
        prop_assert_eq!(Checkup::read(&code), Some(checkup));
        let spoken = format!(" {} - {}", code[..3].to_lowercase(), &code[3..].replace('0', "o").replace('1', "l"));
        prop_assert_eq!(Checkup::read(&spoken), Some(checkup));
    }

    #[test]
    fn one_character_misheard_or_two_in_the_wrong_order_are_noticed(
        checkup in any_checkup(), at in 0..6_usize, other in "[0-9A-HJKMNP-TV-Z]",
    ) {
        let code = checkup.code();
        let mut misheard = code.clone();
        misheard.replace_range(at..=at, &other);
        if misheard != code {
            prop_assert_eq!(Checkup::read(&misheard), None);
        }
        let mut letters: Vec<char> = code.chars().collect();
        letters.swap(at, (at + 1) % 6);
        let swapped: String = letters.into_iter().collect();
        if swapped != code {
            prop_assert_eq!(Checkup::read(&swapped), None);
        }
    }

    #[test]
    fn whatever_is_read_out_never_panics(code in ".{0,12}") {
        let _ = Checkup::read(&code);
    }
}

fn facts() -> DeviceFacts {
    DeviceFacts {
        user_agent: "Mozilla/5.0 (Linux; Android 13) Chrome/126.0 Mobile Safari/537.36".into(),
        persisted: Some(true),
        quota: Some(Bytes::new(10_000_000_000)),
        usage: Some(Bytes::new(5_000_000)),
        locks: true,
        service_worker: true,
        controlled: true,
        installed: true,
        update_ready: false,
    }
}

fn checked(facts: &DeviceFacts, outbox: &Outbox, offset: Option<Span>, link: Link) -> Checkup {
    let marks = SyncMarks { clock_offset: offset, ..SyncMarks::default() };
    Checkup::of(facts, &marks, &sync_status(outbox, 0, 0, link), NOON)
}

#[test]
fn a_phone_where_all_is_well_says_so() {
    let well = checked(&facts(), &Outbox::default(), Some(Span::seconds(20)), Link::Reached);
    let expected = Checkup {
        promise: Promise::Given,
        room: Room::Ample,
        browser: Browser::Ordinary,
        clock: Clock::Right,
        offline: Offline::Ready,
        version: Version::Newest,
        unsent: Unsent::Nothing,
        server: Server::Reached,
        locks: true,
        installed: true,
    };
    assert_eq!(well, expected);
}

#[test]
fn what_is_wrong_is_named() {
    let none = Outbox::default();
    let in_wechat = DeviceFacts {
        user_agent: "iPhone MicroMessenger/8.0".into(),
        service_worker: false,
        controlled: false,
        ..facts()
    };
    let one = checked(&in_wechat, &none, None, Link::Unreachable);
    assert_eq!((one.browser, one.offline), (Browser::WeChat, Offline::Impossible));
    assert_eq!((one.clock, one.version, one.server), (Clock::Unknown, Version::Unknown, Server::Unreachable));
    let full = DeviceFacts { usage: Some(Bytes::new(9_000_000_000)), persisted: Some(false), ..facts() };
    assert_eq!(checked(&full, &none, None, Link::Reached).room, Room::Scarce);
    let private = DeviceFacts { quota: Some(Bytes::new(100_000_000)), ..facts() };
    assert_eq!(checked(&private, &none, None, Link::Reached).room, Room::Tiny);
    let off = |minutes: i64| checked(&facts(), &none, Some(Span::minutes(minutes)), Link::Reached).clock;
    assert_eq!([11, -11, 9, -9].map(off), [Clock::Behind, Clock::Ahead, Clock::Right, Clock::Right]);
    assert_eq!(checked(&facts(), &none, None, Link::TooOld).version, Version::Older);
}

#[test]
fn what_waits_is_told_by_its_age() {
    let written = |ago: i64| {
        let Command { head, act } = command(1, Who::Watcher, write(1, "一切平安"));
        outbox([Command { head: Head { written: minutes(-ago), ..head }, act }])
    };
    let age = |ago| checked(&facts(), &written(ago), Some(Span::ZERO), Link::Unreachable).unsent;
    let (hour, day) = (60, 24 * 60);
    assert_eq!([5, 5 * hour, 3 * day, 9 * day].map(age), [Unsent::Fresh, Unsent::Hours, Unsent::Days, Unsent::Weeks]);
    let with = |attachments, refused| {
        let status = sync_status(&Outbox::default(), attachments, refused, Link::Reached);
        Checkup::of(&facts(), &SyncMarks::default(), &status, NOON).unsent
    };
    assert_eq!([with(2, 0), with(2, 1), with(0, 0)], [Unsent::OnlyPhotos, Unsent::NeedsPerson, Unsent::Nothing]);
}
