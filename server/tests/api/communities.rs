//! Two communities on one server: whoever has posts in both sees both, and nobody else hears of the other.

use crate::{
    server::{TestServer, error_of, pull_body},
    world::{
        CHEN, ELSEWHERE, GRID, HE, HERE, OTHER_STAIRWELL, STAIRWELL, WANG, WU, act_on, at, bytes, command,
        community_of, entries, entry, entry_of, id, operate, operators, person,
    },
};
use domain::{
    kernel::{CommunityId, Role, Timestamp, json},
    log::{Act, Entry, EntryPage},
    organisation::{self, Person},
    store::Store,
    sync::{Cursor, Outcome, PROTOCOL},
};
use serde_json::json;
use server::clock::now;

fn communities(cursors: &[Cursor]) -> Vec<CommunityId> {
    cursors.iter().map(|cursor| cursor.community).collect()
}

fn both() -> Vec<CommunityId> {
    vec![id(HERE), id(ELSEWHERE)]
}

#[tokio::test]
async fn somebody_with_posts_in_two_communities_pulls_both_each_after_a_cursor_of_its_own() {
    let server = TestServer::start().await;
    let (wang, he, wu) = (server.signed_in(WANG).await, server.signed_in(HE).await, server.signed_in(WU).await);
    let (here, there) = (entry(WANG, STAIRWELL, "这边的"), entry(HE, OTHER_STAIRWELL, "那边的"));
    wang.push(&[bytes(&here)]).await;
    let first = wu.pull().await;
    assert_eq!(communities(&first.head.cursors), both());
    assert_eq!(entries(&first.envelopes).iter().map(|entry| entry.id).collect::<Vec<_>>(), [entry_of(&here)]);

    he.push(&[bytes(&there)]).await;
    let second = wu.pull_after(&first.head.cursors).await;
    assert_eq!(second.head.start_over, []);
    assert_eq!(entries(&second.envelopes).iter().map(|entry| entry.id).collect::<Vec<_>>(), [entry_of(&there)]);
    assert_eq!(second.envelopes.len(), 1, "nothing is told twice");
    assert_eq!(second.head.cursors[0], first.head.cursors[0], "nothing happened here");
    assert_ne!(second.head.cursors[1], first.head.cursors[1]);
    // A device that knows one of them hears of the other from the start.
    let other = wu.pull_after(&first.head.cursors[..1]).await;
    assert!(other.envelopes.iter().all(|envelope| envelope.head.key.community == id(ELSEWHERE)), "{other:?}");
    assert!(other.envelopes.len() > 1 && other.head.start_over.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn what_is_done_in_one_community_stands_in_its_feed_alone() {
    let server = TestServer::start().await;
    let (wang, he, wu) = (server.signed_in(WANG).await, server.signed_in(HE).await, server.signed_in(WU).await);
    let (here, there) = (entry(WANG, STAIRWELL, "这边的"), entry(HE, OTHER_STAIRWELL, "那边的"));
    wang.push(&[bytes(&here)]).await;
    he.push(&[bytes(&there)]).await;
    // One push may bring commands for both.
    let read = |written, version| bytes(&act_on(WU, written, &Act::MarkRead { version }));
    let commands = [read(&here, here.head.id), read(&there, there.head.id)];
    let replies = wu.push(&commands).await;
    for (reply, community) in replies.iter().zip(both()) {
        assert!(matches!(reply.outcome, Outcome::Accepted { community: of, .. } if of == community), "{reply:?}");
    }
    // The names of entries count in each community.
    let numbers: Vec<_> = entries(&wu.pull().await.envelopes).into_iter().map(|entry| entry.number).collect();
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.unwrap().as_str().to_owned()).collect();
    assert!(numbers[0].starts_with("HPXC-") && numbers[1].starts_with("XFSQ-"), "{numbers:?}");
    assert!(numbers.iter().all(|number| number.ends_with("-0001")), "{numbers:?}");
    server.stop().await;
}

#[tokio::test]
async fn nobody_writes_reads_or_finds_anything_in_a_community_that_is_not_theirs() {
    let server = TestServer::start().await;
    let (wang, he, chen) = (server.signed_in(WANG).await, server.signed_in(HE).await, server.signed_in(CHEN).await);
    let there = entry(HE, OTHER_STAIRWELL, "那边的漏水");
    he.push(&[bytes(&there)]).await;

    let elsewhere = entry(WANG, OTHER_STAIRWELL, "写到别人那里");
    let entry_key = Entry::key_of(id(0xDEAD), entry_of(&elsewhere));
    let withdraw = Act::WithdrawEntry {};
    let nowhere = command(WANG, vec![entry_key], &withdraw);
    // Of what is not there, and of what is, the same is said: nobody learns which.
    let unheard = entry(HE, OTHER_STAIRWELL, "没传过");
    let commands = [elsewhere, nowhere, act_on(WANG, &there, &withdraw), act_on(WANG, &unheard, &withdraw)];
    for reply in wang.push(&commands.each_ref().map(bytes)).await {
        let Outcome::Rejected { reason } = reply.outcome else { panic!("{reply:?}") };
        assert_eq!(reason.code, "no_right");
    }
    let read = act_on(CHEN, &there, &Act::MarkRead { version: there.head.id });
    let reply = chen.push(&[bytes(&read)]).await.remove(0);
    assert!(matches!(&reply.outcome, Outcome::Rejected { reason } if reason.code == "no_right"), "{reply:?}");

    for client in [&wang, &chen] {
        // Also where they name its cursor.
        let foreign = he.pull().await.head.cursors;
        let pulled = client.pull_after(&foreign).await;
        assert_eq!(communities(&pulled.head.cursors), [id(HERE)]);
        assert!(pulled.envelopes.iter().all(|envelope| envelope.head.key.community == id(HERE)), "{pulled:?}");
        for filter in
            [json!({ "words": "漏水" }), json!({ "place": at(OTHER_STAIRWELL).id }), json!({ "author": person(HE) })]
        {
            let request = json!({ "request": { "filter": filter, "limit": 50 } });
            let page: EntryPage = client.post_json("/api/log/search", &request).await.json().await.unwrap();
            assert_eq!(page.entries, [], "{filter}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_cursor_that_is_made_up_shows_no_more_than_ones_own() {
    let server = TestServer::start().await;
    let (wang, qian) = (server.signed_in(WANG).await, server.signed_in("qian").await);
    let own = wang.pull().await;
    let of_committee = qian.pull().await.head.cursors.remove(0);
    let cursor = own.head.cursors[0].clone();
    for made_up in [
        of_committee.clone(),
        Cursor { position: 0, ..of_committee },
        Cursor { position: i64::MAX, ..cursor.clone() },
        Cursor { position: -1, ..cursor.clone() },
        Cursor { scope: format!("{}<{}", cursor.scope, i64::MAX), position: 999_999, ..cursor.clone() },
        Cursor { scope: "<".to_owned(), ..cursor.clone() },
        Cursor { scope: "x".repeat(10_000), ..cursor.clone() },
    ] {
        let pulled = wang.pull_after(std::slice::from_ref(&made_up)).await;
        assert_eq!(pulled.head.start_over, [cursor.community], "{made_up:?}");
        assert_eq!((&pulled.envelopes, &pulled.head.cursors), (&own.envelopes, &own.head.cursors), "{made_up:?}");
    }
    // The same one twice is no way to hear of something twice.
    let twice = wang.pull_after(&[cursor.clone(), cursor.clone()]).await;
    assert_eq!((twice.head.cursors, twice.envelopes), (vec![cursor], Vec::new()));
    let many = vec![Cursor { community: id(0xDEAD), position: 0, scope: String::new() }; 5_000];
    let answer = wang.post_lines("/api/sync/pull", pull_body(PROTOCOL, &many)).await;
    assert_eq!(answer.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn ones_own_card_names_every_community_and_a_post_that_ends_in_one_ends_nothing_in_the_other() {
    let server = TestServer::start().await;
    let wu = server.signed_in(WU).await;
    let cards = async || {
        let people = wu.who().await.card.people;
        people.iter().map(|one| json::read::<Person>(one.text.as_bytes()).unwrap()).collect::<Vec<_>>()
    };
    let is_something = |card: &Person, at: Timestamp| card.posts_at(at).next().is_some();
    let before = cards().await;
    assert_eq!(before.iter().map(|card| card.community).collect::<Vec<_>>(), both());
    assert!(before.iter().all(|card| is_something(card, now())));

    let end = organisation::Act::EndPost { role: Role::SocialWorker, until: now() };
    let ended = operators(vec![Person::key_of(community_of(GRID), person(WU)), at(GRID)], &end);
    operate(&server.store, vec![ended]).await;
    let after = cards().await;
    assert_eq!(after.iter().map(|card| is_something(card, now())).collect::<Vec<_>>(), [false, true]);
    let pulled = wu.pull().await;
    let told = |community| pulled.envelopes.iter().filter(|one| one.head.key.community == id(community)).count();
    assert_eq!(told(HERE), 1, "their own card is all that is left");
    assert!(told(ELSEWHERE) > 3);
    server.stop().await;
}

#[tokio::test]
async fn a_closed_account_is_closed_in_every_community() {
    let server = TestServer::start().await;
    let wu = server.signed_in(WU).await;
    server.store.close_account(WU, now()).await.unwrap();
    assert_eq!(error_of(wu.me().await).await, "sign_in_needed");
    let accounts = server.store.accounts().await.unwrap();
    let closed = accounts.iter().find(|account| account.login == WU).unwrap();
    assert_eq!(closed.cards.len(), 2);
    assert!(closed.cards.iter().all(|card| card.posts_at(now()).next().is_none()), "{closed:?}");
    server.stop().await;
}
