//! Who can sign in.

use crate::neighbourhood::*;
use domain::kernel::PersonId;
use domain::store::{Account, AccountError};

pub const PASSWORD: &str = "守望相助2025";

pub fn account(here: &Neighbourhood, who: &str, login: &str) -> Account {
    Account { person: person(who), login: login.to_owned(), password_hash: Some(here.hash(PASSWORD)) }
}

promises! {
    async fn a_login_belongs_to_one_person_whatever_its_capitals(here) {
        here.store.add_account(account(here, LI, " Li ")).await.unwrap();
        let taken = here.store.add_account(account(here, WANG, "LI")).await;
        assert!(matches!(taken, Err(AccountError::LoginTaken)), "{taken:?}");
        assert!(here.store.sign_in("lI ", PASSWORD, now()).await.is_ok());
    }

    async fn accounts_are_listed_by_login_with_what_their_people_are(here) {
        here.store.add_account(account(here, WANG, "wang")).await.unwrap();
        here.store.add_account(Account { password_hash: None, ..account(here, LI, "li") }).await.unwrap();
        let stranger = PersonId::from_parts(0, [3; 10]);
        here.store.add_account(Account { person: stranger, ..account(here, LI, "nobody") }).await.unwrap();
        let lines = here.store.accounts().await.unwrap();
        let short: Vec<_> = lines.iter().map(|line| (line.login.as_str(), line.has_password, line.cards.len())).collect();
        assert_eq!(short, [("li", false, 2), ("nobody", true, 0), ("wang", true, 1)]);
        assert_eq!(lines[0].cards.iter().map(|card| card.community).collect::<Vec<_>>(), [id(HERE), id(ELSEWHERE)]);
        assert_eq!(lines[2].cards[0].name, WANG);
    }

    async fn closing_ends_posts_everywhere_password_and_sessions_and_colleagues_hear_of_it(here) {
        here.store.add_account(account(here, LI, "li")).await.unwrap();
        let token = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
        let chen = here.pull(CHEN, Vec::new(), 1_000).await.cursors;
        let (closed, later) = (minutes(60), minutes(61));
        here.store.close_account("Li", closed).await.unwrap();
        assert_eq!(here.store.signed_in(&token, later).await.unwrap(), None, "the session goes on");
        assert!(here.store.sign_in("li", PASSWORD, later).await.is_err());
        assert!(here.store.sign_in_without_password(person(LI), later).await.is_err());
        let line = here.store.accounts().await.unwrap().remove(0);
        assert!(!line.has_password && line.cards.len() == 2);
        for card in &line.cards {
            assert!(card.posts_at(later).next().is_none() && card.posts_at(now()).next().is_some());
        }
        let told = here.pull(CHEN, chen, 1_000).await.envelopes;
        assert_eq!(told.iter().map(|envelope| envelope.head.key.clone()).collect::<Vec<_>>(), [card_key(LI, HERE)]);
        let unknown = here.store.close_account("nobody", closed).await;
        assert!(matches!(unknown, Err(AccountError::Unknown)), "{unknown:?}");
    }

    async fn what_was_written_before_the_closing_still_counts(here) {
        here.store.add_account(account(here, WANG, "wang")).await.unwrap();
        here.store.close_account("wang", minutes(60)).await.unwrap();
        let written = |at| write_at(WANG, FIRST, "01", at, "没传上去的");
        let replies = here.push_at(WANG, minutes(120), &[written(now()), written(minutes(61))]).await;
        assert_eq!(replies.iter().map(|reply| word(&reply.outcome)).collect::<Vec<_>>(), ["accepted", "no_right"]);
    }

    async fn another_password_lets_a_closed_account_in_without_posts_and_ends_what_began_with_the_old_one(here) {
        let new = "新的密码2026";
        here.store.add_account(account(here, LI, "li")).await.unwrap();
        let before = here.store.sign_in("li", PASSWORD, now()).await.unwrap();
        here.store.set_password("LI", here.hash(new)).await.unwrap();
        assert_eq!(here.store.signed_in(&before, now()).await.unwrap(), None, "the old password's session goes on");
        assert!(here.store.sign_in("li", PASSWORD, now()).await.is_err());
        here.store.close_account("li", minutes(1)).await.unwrap();
        assert!(here.store.sign_in("li", new, minutes(2)).await.is_err());
        here.store.set_password("li", here.hash(new)).await.unwrap();
        let token = here.store.sign_in("li", new, minutes(2)).await.unwrap();
        let signed_in = here.store.signed_in(&token, minutes(2)).await.unwrap().unwrap();
        assert!(signed_in.cards.iter().all(|card| card.posts_at(minutes(2)).next().is_none()));
        let unknown = here.store.set_password("nobody", here.hash(new)).await;
        assert!(matches!(unknown, Err(AccountError::Unknown)), "{unknown:?}");
    }
}
