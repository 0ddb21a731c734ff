//! Who signs in, and for how long.

use super::world::*;
use domain::kernel::{PersonId, Span};
use domain::store::{Account, AccountError, SessionToken, SignInError, Store};

fn with_account() -> World {
    let world = World::new();
    let account =
        Account {
            person: id::<PersonId>(WANG), login: "wang".to_owned(), password_hash: Some("春天来了".to_owned())
        };
    at_once(world.store.add_account(account)).expect("an account");
    world
}

fn sign_in(world: &World, password: &str, minutes: i64) -> Result<SessionToken, SignInError> {
    at_once(world.store.sign_in(" Wang ", password, later(minutes)))
}

#[test]
fn the_right_password_opens_a_session_that_names_its_person_and_their_cards() {
    let world = with_account();
    let token = sign_in(&world, "春天来了", 0).expect("a session");
    let signed_in = at_once(world.store.signed_in(&token, MORNING)).expect("a look").expect("somebody");
    assert_eq!((signed_in.person, signed_in.cards.len(), signed_in.wants_moving), (id(WANG), 1, false));
    at_once(world.store.sign_out(&token)).expect("done");
    assert!(at_once(world.store.signed_in(&token, MORNING)).expect("a look").is_none());
}

#[test]
fn five_failures_lock_a_login_for_a_quarter_of_an_hour() {
    let world = with_account();
    for _ in 0..5 {
        assert!(matches!(sign_in(&world, "夏天", 0), Err(SignInError::WrongCredentials)));
    }
    let Err(SignInError::Locked { until }) = sign_in(&world, "春天来了", 1) else { panic!("not locked") };
    assert_eq!(until, later(15));
    assert!(matches!(at_once(world.store.sign_in("li", "x", MORNING)), Err(SignInError::WrongCredentials)));
    assert!(sign_in(&world, "春天来了", 15).is_ok());
}

#[test]
fn a_right_password_ends_the_counting() {
    let world = with_account();
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(sign_in(&world, "夏天", 0).is_err());
        }
        assert!(sign_in(&world, "春天来了", 0).is_ok());
    }
}

#[test]
fn a_session_that_is_used_moves_and_one_that_has_ended_is_not_revived() {
    let world = with_account();
    let token = sign_in(&world, "春天来了", 0).expect("a session");
    let at = |days: i64| MORNING.plus(Span::days(days));
    let look = |days| at_once(world.store.signed_in(&token, at(days))).expect("a look");
    assert!(look(1).expect("it holds").wants_moving);
    at_once(world.store.move_session(&token, at(20))).expect("done");
    assert!(look(45).is_some());
    assert!(look(50).is_none());
    at_once(world.store.move_session(&token, at(50))).expect("done");
    assert!(look(50).is_none(), "not revived");
}

#[test]
fn a_closed_account_has_no_session_no_post_and_no_password() {
    let world = with_account();
    let token = sign_in(&world, "春天来了", 0).expect("a session");
    at_once(world.store.close_account("WANG", later(10))).expect("done");
    assert!(at_once(world.store.signed_in(&token, later(10))).expect("a look").is_none());
    assert!(matches!(sign_in(&world, "春天来了", 10), Err(SignInError::WrongCredentials)));
    assert!(at_once(world.store.sign_in_without_password(id(WANG), later(10))).is_err());
    let lines = at_once(world.store.accounts()).expect("a list");
    assert_eq!((lines.len(), lines[0].has_password), (1, false));
    assert_eq!(lines[0].cards[0].posts_at(later(10)).count(), 0);
    assert_eq!(word(&world.push_one(WANG, &write(WANG, 100))), "accepted", "what was written before still comes");
    // With a new password the person brings what is still on a device; posts do not come back by it.
    at_once(world.store.set_password("wang", "秋天".to_owned())).expect("done");
    let token = sign_in(&world, "秋天", 20).expect("a session");
    assert!(at_once(world.store.signed_in(&token, later(20))).expect("a look").is_some());
    assert_eq!(word(&world.push_at(WANG, &[write(WANG, 101)], later(20))[0].outcome), "accepted");
}

#[test]
fn a_login_belongs_to_one_and_an_unknown_one_to_nobody() {
    let world = with_account();
    let again = Account { person: id::<PersonId>(LI), login: "Wang ".to_owned(), password_hash: None };
    assert!(matches!(at_once(world.store.add_account(again)), Err(AccountError::LoginTaken)));
    assert!(matches!(at_once(world.store.close_account("li", MORNING)), Err(AccountError::Unknown)));
    assert!(matches!(at_once(world.store.set_password("li", String::new())), Err(AccountError::Unknown)));
}
