//! `/api/live`.

use crate::{
    server::{Client, TestServer},
    world::{STAIRWELL, WANG, bytes, entry},
};
use reqwest::{Response, header};
use serde_json::json;
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

    async fn next_position(&mut self) -> i64 {
        let event = self.next().await.unwrap();
        // A position and no more: nothing about anybody.
        let position = event.strip_prefix("event: news\ndata: ").expect("news");
        position.parse().unwrap()
    }
}

#[tokio::test]
async fn a_push_is_heard_at_once_by_those_who_listen() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut stream = Stream::open(&client).await;
    let before = stream.next_position().await;
    client.push(&[bytes(&entry(WANG, STAIRWELL, "楼道灯不亮"))]).await;
    assert_eq!(stream.next_position().await, before + 1);
    server.stop().await;
}

#[tokio::test]
async fn many_pushes_are_few_events_and_the_last_one_is_heard() {
    let server = TestServer::start().await;
    let client = server.signed_in(WANG).await;
    let mut stream = Stream::open(&client).await;
    let before = stream.next_position().await;
    for n in 0..50 {
        client.push(&[bytes(&entry(WANG, STAIRWELL, &format!("第{n}条")))]).await;
    }
    let mut events = 0;
    while stream.next_position().await < before + 50 {
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
    stream.next_position().await;
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
    stream.next_position().await;
    timeout(PATIENCE, server.stop()).await.expect("streams hold up the end");
    assert_eq!(stream.next().await, None);
}
