//! `/api/live`.

use crate::{
    server::{Client, TestServer, error_of},
    world::{
        self, ELSEWHERE, HE, HERE, OTHER_GRID, OTHER_STAIRWELL, STAIRWELL, WANG, WU, appoint, bytes, close_and_let_in,
        entry, id, operate,
    },
};
use domain::{
    kernel::{CommunityId, Role, Span, json as lines},
    organisation::Community,
    store::Store,
};
use reqwest::{Response, header};
use serde_json::json;
use server::store::SqliteStore;
use std::time::Duration;
use tokio::time::timeout;

/// Far more than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

struct Stream {
    answer: Response,
    heard: String,
}

impl Stream {
    async fn open(client: &Client) -> Self {
        let answer = client.get("/api/live").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
        Self { answer, heard: String::new() }
    }

    /// The next event's text, or `None` when the server has ended the stream.
    async fn next(&mut self) -> Option<String> {
        timeout(PATIENCE, async {
            loop {
                if let Some((event, rest)) = self.heard.split_once("\n\n") {
                    let (event, rest) = (event.to_owned(), rest.to_owned());
                    self.heard = rest;
                    return Some(event);
                }
                let chunk = self.answer.chunk().await.unwrap()?;
                self.heard.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        })
        .await
        .expect("an event or the end")
    }

    /// The heads that the next event tells.
    async fn heads(&mut self) -> Vec<(CommunityId, i64)> {
        let event = self.next().await.unwrap();
        // Communities with their positions and no more: nothing about anybody.
        let heads = event.strip_prefix("event: news\ndata: ").expect("news");
        lines::read(heads.as_bytes()).unwrap()
    }

    /// The position of the only community that the next event tells of.
    async fn position(&mut self) -> i64 {
        let heads = self.heads().await;
        assert!(matches!(heads[..], [(community, _)] if community == id(HERE)), "{heads:?}");
        heads[0].1
    }
}

#[tokio::test]
async fn a_push_is_heard_at_once_by_those_who_listen() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut stream = Stream::open(&client).await;
    let before = stream.position().await;
    client.push(&[bytes(&entry(WANG, STAIRWELL, "楼道灯不亮"))]).await;
    assert_eq!(stream.position().await, before + 1);
    server.stop().await;
}

#[tokio::test]
async fn many_pushes_are_few_events_and_the_last_one_is_heard() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut stream = Stream::open(&client).await;
    let before = stream.position().await;
    for n in 0..50 {
        client.push(&[bytes(&entry(WANG, STAIRWELL, &format!("第{n}条")))]).await;
    }
    let mut events = 0;
    while stream.position().await < before + 50 {
        events += 1;
    }
    assert!(events < 49, "{events}");
    server.stop().await;
}

#[tokio::test]
async fn after_signing_out_nothing_more_is_heard() {
    let server = TestServer::start().await;
    let (client, colleague) = (server.signed_in(WANG).await, server.signed_in(WANG).await);
    let mut stream = Stream::open(&client).await;
    stream.position().await;
    client.post_json("/api/session/sign-out", &json!({})).await;
    colleague.push(&[bytes(&entry(WANG, STAIRWELL, "已经退出"))]).await;
    assert_eq!(stream.next().await, None);
    assert_eq!(client.get("/api/live").await.status(), 401);
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut stream = Stream::open(&client).await;
    stream.position().await;
    timeout(PATIENCE, server.stop()).await.expect("streams hold up the end");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_commit_in_one_community_is_told_to_its_own_people_and_wakes_nobody_in_another() {
    let server = TestServer::start().await;
    let (wang, he, wu) = (server.signed_in(WANG).await, server.signed_in(HE).await, server.signed_in(WU).await);
    let (mut of_wang, mut of_wu) = (Stream::open(&wang).await, Stream::open(&wu).await);
    let here = of_wang.position().await;
    let both = |there| vec![(id(HERE), here), (id(ELSEWHERE), there)];
    let mut heads = of_wu.heads().await;
    let mut there = heads[1].1;
    assert_eq!(heads, both(there));
    // Each is heard before the next, so that whoever was woken by mistake would have said so long ago.
    for _ in 0..4 {
        he.push(&[bytes(&entry(HE, OTHER_STAIRWELL, "那边的"))]).await;
        there += 1;
        heads = of_wu.heads().await;
        assert_eq!(heads, both(there));
    }
    wang.push(&[bytes(&entry(WANG, STAIRWELL, "这边的"))]).await;
    assert_eq!(of_wang.position().await, here + 1, "the first thing that is heard is one's own");
    assert_eq!(of_wu.heads().await, [(id(HERE), here + 1), (id(ELSEWHERE), there)]);
    server.stop().await;
}

#[tokio::test]
async fn whoever_gets_a_post_in_another_community_hears_of_it_from_then_on() {
    let server = TestServer::start().await;
    let (wang, he) = (server.signed_in(WANG).await, server.signed_in(HE).await);
    let mut stream = Stream::open(&wang).await;
    let here = stream.position().await;
    operate(&server.store, appoint(WANG, "王某兰", &[(Role::SocialWorker, OTHER_GRID)])).await;
    // With the next news of their own, or within a minute.
    wang.push(&[bytes(&entry(WANG, STAIRWELL, "这边的"))]).await;
    let heads = stream.heads().await;
    let there = heads[1].1;
    assert_eq!(heads, [(id(HERE), here + 1), (id(ELSEWHERE), there)]);
    he.push(&[bytes(&entry(HE, OTHER_STAIRWELL, "那边的"))]).await;
    assert_eq!(stream.heads().await, [(id(HERE), here + 1), (id(ELSEWHERE), there + 1)]);
    server.stop().await;
}

#[tokio::test]
async fn whose_post_has_ended_hears_of_their_community_as_long_as_late_work_counts() {
    let server = TestServer::start().await;
    close_and_let_in(&server.store, WANG).await;
    let client = server.signed_in(WANG).await;
    assert!(Stream::open(&client).await.position().await > 0);
    assert_eq!(client.pull().await.head.cursors.len(), 1);

    server.pass(Community::USUAL_GRACE.plus(Span::minutes(1)));
    let client = server.signed_in(WANG).await;
    assert_eq!(Stream::open(&client).await.heads().await, []);
    assert_eq!(client.pull().await.head.cursors, []);
    server.stop().await;
}

#[tokio::test]
async fn strangers_hear_nothing_and_who_never_had_a_post_of_no_community() {
    let server = TestServer::start().await;
    assert_eq!(error_of(server.client().get("/api/live").await).await, "sign_in_needed");
    operate(&server.store, appoint("gone", "赵某", &[])).await;
    server.store.add_account(world::account("gone")).await.unwrap();
    let client = server.signed_in("gone").await;
    assert_eq!(Stream::open(&client).await.heads().await, []);
    server.stop().await;
}

#[tokio::test]
async fn who_listens_hears_within_seconds_of_what_the_command_line_commits_beside_the_server() {
    let server = TestServer::start().await;
    let mut wang = Stream::open(&server.signed_in(WANG).await).await;
    let before = wang.position().await;
    let other = SqliteStore::open(server.database().to_str().unwrap()).await.unwrap();
    operate(&other, appoint("feng", "冯某", &[(Role::Watcher, STAIRWELL)])).await;
    other.close().await;
    assert!(wang.position().await > before);
    server.stop().await;
}
