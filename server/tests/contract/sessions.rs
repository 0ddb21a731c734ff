//! Sign-in, lock-out and sessions.

use crate::accounts::{PASSWORD, account};
use crate::neighbourhood::*;
use domain::kernel::{PersonId, Span, Timestamp};
use domain::store::{Account, SessionToken, SignInError};
use futures::future::{FutureExt, join_all};
use std::time::Duration;
use tokio::time::timeout;

async fn open(here: &Neighbourhood) {
    here.store.add_account(account(here, LI, "li")).await.unwrap();
    here.store.add_account(Account { password_hash: None, ..account(here, WANG, "wang") }).await.unwrap();
}

async fn who(here: &Neighbourhood, token: &SessionToken, at: Timestamp) -> Option<PersonId> {
    here.store.signed_in(token, at).await.unwrap().map(|signed_in| signed_in.person)
}

promises! {
    async fn a_session_is_a_secret_that_lasts_until_its_end_or_until_sign_out(here) {
        open(here).await;
        let token = here.store.sign_in(" LI ", PASSWORD, now()).await.unwrap();
        assert!(token.0.len() == 64 && token.0.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let other = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
        assert!(token.0 != other.0);
        let end = now().plus(SessionToken::LIFETIME);
        assert_eq!(who(here, &token, end.plus(Span::from_millis(-1))).await, Some(person(LI)));
        assert_eq!(who(here, &token, end).await, None);
        assert_eq!(who(here, &SessionToken("0".repeat(64)), now()).await, None);
        here.store.sign_out(&token).await.unwrap();
        here.store.sign_out(&token).await.unwrap();
        assert_eq!(who(here, &token, now()).await, None);
        assert_eq!(who(here, &other, now()).await, Some(person(LI)), "the other device stays signed in");
    }

    async fn who_is_signed_in_is_what_they_are_in_each_community_now(here) {
        open(here).await;
        let token = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
        let signed_in = here.store.signed_in(&token, now()).await.unwrap().unwrap();
        assert_eq!(signed_in.cards.iter().map(|card| (card.community, card.name.as_str())).collect::<Vec<_>>(), [(id(HERE), LI), (id(ELSEWHERE), LI)]);
        let end = end_post(domain::kernel::Role::SocialWorker, minutes(1));
        here.operate(now(), &[(vec![card_key(LI, HERE), place_key(HERE, FIRST_GRID)], end)]).await;
        let signed_in = here.store.signed_in(&token, minutes(2)).await.unwrap().unwrap();
        assert!(signed_in.cards[0].posts_at(minutes(2)).next().is_none(), "at once");
    }

    async fn a_session_that_is_used_moves_and_one_that_has_ended_is_not_revived(here) {
        open(here).await;
        let token = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
        let wants = async |at| here.store.signed_in(&token, at).await.unwrap().map(|signed_in| signed_in.wants_moving);
        let moved_after = now().plus(SessionToken::MOVED_AFTER);
        assert_eq!(wants(moved_after.plus(Span::from_millis(-1))).await, Some(false));
        assert_eq!(wants(moved_after).await, Some(true));
        here.store.move_session(&token, days(20)).await.unwrap();
        assert_eq!((wants(days(20)).await, wants(days(49)).await), (Some(false), Some(true)));
        here.store.move_session(&token, days(50)).await.unwrap();
        assert_eq!(wants(days(50)).await, None);
    }

    async fn wrong_names_and_wrong_passwords_look_the_same(here) {
        open(here).await;
        for (login, password) in [("li", "错的"), ("nobody", PASSWORD), ("wang", ""), ("", ""), ("wang", PASSWORD)] {
            let refused = here.store.sign_in(login, password, now()).await.err().unwrap();
            assert!(matches!(refused, SignInError::WrongCredentials), "{login}: {refused:?}");
        }
    }

    async fn five_failures_lock_a_name_for_a_quarter_of_an_hour_whether_it_exists_or_not(here) {
        open(here).await;
        for login in ["li", "nobody"] {
            for _ in 0..Account::MOST_TRIES {
                let refused = here.store.sign_in(login, "错的", now()).await.err().unwrap();
                assert!(matches!(refused, SignInError::WrongCredentials));
            }
            let until = now().plus(Account::LOCKED_FOR);
            let locked = here.store.sign_in(login, PASSWORD, until.plus(Span::from_millis(-1))).await.err().unwrap();
            assert!(matches!(locked, SignInError::Locked { until: at } if at == until), "{locked:?}");
        }
        assert!(here.store.sign_in("li", PASSWORD, now().plus(Account::LOCKED_FOR)).await.is_ok());
    }

    async fn many_tries_at_once_are_no_way_around_the_lock(here) {
        open(here).await;
        let tries = join_all((0..12).map(|_| here.store.sign_in("li", "错的", now()))).await;
        let looked_at = tries.iter().filter(|answer| matches!(answer, Err(SignInError::WrongCredentials))).count();
        assert_eq!(looked_at, 5);
    }

    async fn a_right_password_ends_the_counting(here) {
        open(here).await;
        for _ in 0..2 {
            for _ in 0..4 {
                assert!(here.store.sign_in("li", "错的", now()).await.is_err());
            }
            assert!(here.store.sign_in("li", PASSWORD, now()).await.is_ok());
        }
    }

    async fn lost_connections_lock_nobody_out_whose_password_is_right(here) {
        open(here).await;
        for _ in 0..Account::MOST_TRIES {
            // It has begun, and nobody hears the end.
            let _ = here.store.sign_in("li", PASSWORD, now()).now_or_never();
        }
        let comes_in = async {
            while here.store.sign_in("li", PASSWORD, now()).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), comes_in).await.unwrap();
    }

    async fn without_a_password_come_those_who_have_a_post(here) {
        open(here).await;
        let token = here.store.sign_in_without_password(person(WANG), now()).await.unwrap();
        assert_eq!(who(here, &token, now()).await, Some(person(WANG)));
        let stranger = PersonId::from_parts(0, [3; 10]);
        let refused = here.store.sign_in_without_password(stranger, now()).await.err().unwrap();
        assert!(matches!(refused, SignInError::WrongCredentials));
    }

    async fn no_session_outlives_the_closing_of_its_account(here) {
        open(here).await;
        let before = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
        let by_password = join_all((0..3).map(|_| here.store.sign_in("li", PASSWORD, now())));
        let by_click = join_all((0..20).map(|_| here.store.sign_in_without_password(person(LI), now())));
        let (by_password, by_click, closed) = tokio::join!(by_password, by_click, here.store.close_account("li", now()));
        closed.unwrap();
        for token in by_password.into_iter().chain(by_click).flatten().chain([before]) {
            assert_eq!(who(here, &token, now()).await, None);
        }
    }
}
