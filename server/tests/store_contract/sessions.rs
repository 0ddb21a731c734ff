//! Sign-in, lock-out and sessions (DOMAIN.md 3).

use super::fixture::*;
use app::domain::*;
use app::store::{PushBatch, SessionToken, SignInError};
use app::sync::{CommandReply, Outcome};
use futures::future::join_all;
use server::store::{AccountError, hash_password};

const DAY: i64 = 24 * 60;

/// Who is signed in by a token.
async fn who(here: &Neighbourhood, token: &SessionToken, at: Timestamp) -> Option<PersonCard> {
    here.store.signed_in(token, at).await.unwrap().map(|session| session.card)
}

#[tokio::test]
async fn a_session_is_a_secret_that_lasts_thirty_days_or_until_sign_out() {
    let here = Neighbourhood::new().await;
    let token = here.store.sign_in(" LI ", PASSWORD, now()).await.unwrap();
    assert!(token.0.len() == 64 && token.0.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let other = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
    assert!(token.0 != other.0);
    assert_eq!(who(&here, &token, now()).await, Some(here.card(LI)));
    assert_eq!(who(&here, &token, now().plus_minutes(30 * DAY).plus_millis(-1)).await, Some(here.card(LI)));
    assert_eq!(who(&here, &token, now().plus_minutes(30 * DAY)).await, None);
    assert_eq!(who(&here, &SessionToken("0".repeat(64)), now()).await, None);
    here.store.sign_out(&token).await.unwrap();
    here.store.sign_out(&token).await.unwrap();
    assert_eq!(who(&here, &token, now()).await, None);
    assert_eq!(who(&here, &other, now()).await, Some(here.card(LI)), "the other device stays signed in");
    let file = std::fs::read(&here.file).unwrap();
    let secret = other.0.as_bytes();
    assert!(!file.windows(64).any(|window| window == secret), "the secret is not in the database");
}

#[tokio::test]
async fn a_session_that_is_used_every_day_ends_thirty_days_after_its_last_use() {
    let here = Neighbourhood::new().await;
    let token = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
    for day in 1..=60 {
        let at = now().plus_minutes(day * DAY);
        assert_eq!(who(&here, &token, at).await, Some(here.card(LI)), "day {day}");
        assert!(here.store.prolong(&token, at).await.unwrap(), "day {day}");
    }
    let end = now().plus_minutes(90 * DAY);
    assert_eq!(who(&here, &token, end.plus_millis(-1)).await, Some(here.card(LI)));
    assert_eq!(who(&here, &token, end).await, None);
}

#[tokio::test]
async fn a_session_is_prolonged_once_a_day_however_many_ask() {
    let here = Neighbourhood::new().await;
    let token = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
    let session = async |at: Timestamp| here.store.signed_in(&token, at).await.unwrap().unwrap();
    let (day, end) = (now().plus_minutes(DAY), now().plus_minutes(30 * DAY));

    let early = day.plus_millis(-1);
    assert!(!session(early).await.is_due(early));
    assert!(!here.store.prolong(&token, early).await.unwrap());
    assert_eq!(session(early).await.expires, end);

    assert!(session(day).await.is_due(day));
    let answers = join_all((0..10).map(|_| here.store.prolong(&token, day))).await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(true))).count(), 1);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(session(day).await.expires, end.plus_minutes(DAY));

    // A clock that was set back takes nothing away.
    assert!(!here.store.prolong(&token, now()).await.unwrap());
    assert_eq!(session(day).await.expires, end.plus_minutes(DAY));
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_revived_by_use() {
    let here = Neighbourhood::new().await;
    let (store, engine, day) = (&here.store, &here.engine, now().plus_minutes(DAY));
    let signed_out = store.sign_in("li", PASSWORD, now()).await.unwrap();
    store.sign_out(&signed_out).await.unwrap();
    let of_old_password = store.sign_in("li", PASSWORD, now()).await.unwrap();
    engine.set_password("li", hash_password("新的密码2026").unwrap()).await.unwrap();
    let of_closed_account = store.sign_in_without_password(here.card(WANG).id, now()).await.unwrap();
    engine.close_account("wang", now().plus_minutes(60)).await.unwrap();
    let nobodys = SessionToken("0".repeat(64));
    for token in [signed_out, of_old_password, of_closed_account, nobodys] {
        assert!(!store.prolong(&token, day).await.unwrap());
        assert_eq!(who(&here, &token, day).await, None);
    }

    let unused = store.sign_in_without_password(here.card(CHEN).id, now()).await.unwrap();
    let end = now().plus_minutes(30 * DAY);
    assert!(!store.prolong(&unused, end).await.unwrap());
    assert_eq!(who(&here, &unused, end).await, None);

    let used = store.sign_in_without_password(here.card(ZHAO).id, now()).await.unwrap();
    let (prolonged, closed) = tokio::join!(store.prolong(&used, day), engine.close_account("zhao", day));
    prolonged.unwrap();
    closed.unwrap();
    assert_eq!(who(&here, &used, day).await, None);
}

#[tokio::test]
async fn who_is_let_in_after_their_account_was_closed_stays_for_thirty_days() {
    let here = Neighbourhood::new().await;
    here.engine.close_account("li", now()).await.unwrap();
    here.engine.set_password("li", hash_password("新的密码2026").unwrap()).await.unwrap();
    let token = here.store.sign_in("li", "新的密码2026", now()).await.unwrap();
    assert!(!here.store.prolong(&token, now().plus_minutes(DAY)).await.unwrap());
    assert!(who(&here, &token, now().plus_minutes(30 * DAY).plus_millis(-1)).await.is_some());
    assert!(who(&here, &token, now().plus_minutes(30 * DAY)).await.is_none());
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_look_the_same() {
    let here = Neighbourhood::new().await;
    for (login, password) in [("li", "错的"), ("nobody", PASSWORD), ("wang", ""), ("", ""), ("wang", PASSWORD)] {
        let refused = here.store.sign_in(login, password, now()).await.err().unwrap();
        assert!(matches!(refused, SignInError::WrongCredentials), "{login}: {refused:?}");
    }
}

#[tokio::test]
async fn five_failures_lock_a_name_for_fifteen_minutes_whether_it_exists_or_not() {
    let here = Neighbourhood::new().await;
    for login in ["li", "nobody"] {
        for _ in 0..5 {
            let refused = here.store.sign_in(login, "错的", now()).await.err().unwrap();
            assert!(matches!(refused, SignInError::WrongCredentials));
        }
        let until = now().plus_minutes(15);
        let locked = here.store.sign_in(login, PASSWORD, until.plus_millis(-1)).await.err().unwrap();
        assert!(matches!(locked, SignInError::Locked { until: at } if at == until), "{locked:?}");
    }
    assert!(here.store.sign_in("li", PASSWORD, now().plus_minutes(15)).await.is_ok());
}

#[tokio::test]
async fn many_tries_at_once_are_no_way_around_the_lock() {
    let here = Neighbourhood::new().await;
    let tries = join_all((0..12).map(|_| here.store.sign_in("li", "错的", now()))).await;
    let looked_at = tries.iter().filter(|answer| matches!(answer, Err(SignInError::WrongCredentials))).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn a_right_password_ends_the_counting() {
    let here = Neighbourhood::new().await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(here.store.sign_in("li", "错的", now()).await.is_err());
        }
        assert!(here.store.sign_in("li", PASSWORD, now()).await.is_ok());
    }
}

#[tokio::test]
async fn the_demo_signs_in_without_a_password_those_who_are_there() {
    let here = Neighbourhood::new().await;
    let token = here.store.sign_in_without_password(here.card(WANG).id, now()).await.unwrap();
    assert_eq!(who(&here, &token, now()).await, Some(here.card(WANG)));
    let stranger = PersonId::from_parts(0, [3; 10]);
    let refused = here.store.sign_in_without_password(stranger, now()).await.err().unwrap();
    assert!(matches!(refused, SignInError::WrongCredentials));
}

#[tokio::test]
async fn the_demos_people_come_by_role_and_place_with_the_name_of_it() {
    let here = Neighbourhood::new().await;
    let people = here.store.people(now()).await.unwrap();
    let lines: Vec<_> = people.iter().map(|person| (person.card.name.as_str(), person.place.as_str())).collect();
    let expected = [
        (WANG, "Y01院·1单元"),
        (ZHAO, "Y01院·2单元"),
        (QIAN, "Y02院·1单元"),
        (SUN, "第一网格"),
        (ZHOU, "第一网格"),
        (CHEN, "和平新村社区"),
        (LI, "第一网格"),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_closed_account_opens_nothing_and_what_was_written_before_still_counts() {
    let here = Neighbourhood::new().await;
    let token = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
    let closed = now().plus_minutes(60);
    let later = closed.plus_minutes(1);
    for login in [" LI", "wang"] {
        here.engine.close_account(login, closed).await.unwrap();
    }
    assert_eq!(who(&here, &token, later).await, None, "the session goes on");
    let refused = here.store.sign_in("li", PASSWORD, later).await.err().unwrap();
    assert!(matches!(refused, SignInError::WrongCredentials), "{refused:?}");
    let refused = here.store.sign_in_without_password(here.card(LI).id, later).await.err().unwrap();
    assert!(matches!(refused, SignInError::WrongCredentials), "{refused:?}");
    let nobody = here.engine.close_account("nobody", closed).await.err().unwrap();
    assert!(matches!(nobody, AccountError::Unknown), "{nobody:?}");

    let offered = here.store.people(later).await.unwrap();
    assert!(offered.iter().all(|person| person.card.id != here.card(LI).id));

    // Its person may be let in once more, without posts, to bring what is still on a device.
    here.engine.set_password("li", hash_password("新的密码2026").unwrap()).await.unwrap();
    let token = here.store.sign_in("li", "新的密码2026", later).await.unwrap();
    let card = who(&here, &token, later).await.unwrap();
    assert!(card.memberships.iter().all(|post| !post.holds_at(later)));

    // Colleagues hear of it, once.
    let told = here.everything(CHEN).await;
    let cards: Vec<&PersonCard> = told
        .iter()
        .filter_map(|change| match change {
            Change::Person(card) if card.id == here.card(LI).id => Some(card),
            _ => None,
        })
        .collect();
    assert_eq!(cards.len(), 1);
    assert!(cards[0].memberships.iter().all(|post| !post.holds_at(later) && post.holds_at(now())));

    // What somebody brings later counts where it was written before.
    let written = |at| here.note_at(WANG, FIRST, "01", at, "没传上去的");
    let batch = here.batch(WANG, &[written(now()), written(later)]);
    let replies = here.store.push(PushBatch { received: later, sent_at: later, ..batch }).await.unwrap();
    let accepted = |reply: &CommandReply| matches!(reply.outcome, Outcome::Accepted { .. });
    assert_eq!(replies.iter().map(accepted).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn no_session_outlives_the_closing_of_its_account_or_its_password() {
    let here = Neighbourhood::new().await;
    let (store, engine, new) = (&here.store, &here.engine, "新的密码2026");
    let before = store.sign_in("li", PASSWORD, now()).await.unwrap();
    engine.set_password("li", hash_password(new).unwrap()).await.unwrap();
    assert_eq!(who(&here, &before, now()).await, None, "the old password's session goes on");
    assert!(store.sign_in("li", PASSWORD, now()).await.is_err());

    let open = store.sign_in("li", new, now()).await.unwrap();
    let by_password = join_all((0..3).map(|_| store.sign_in("li", new, now())));
    let by_click = join_all((0..20).map(|_| store.sign_in_without_password(here.card(LI).id, now())));
    let (by_password, by_click, closed) = tokio::join!(by_password, by_click, engine.close_account("li", now()));
    closed.unwrap();
    for token in by_password.into_iter().chain(by_click).flatten().chain([open]) {
        assert_eq!(who(&here, &token, now()).await, None);
    }

    // Let in once more, and closed once more: the record is what it was, the password is not.
    engine.set_password("li", hash_password(new).unwrap()).await.unwrap();
    let (token, closed) = tokio::join!(store.sign_in("li", new, now()), engine.close_account("li", now()));
    closed.unwrap();
    if let Ok(token) = token {
        assert_eq!(who(&here, &token, now()).await, None);
    }
}
