//! The promise under the hardest end: the server is killed (SIGKILL) at a random moment while phones are sending,
//! fifty times. What was acknowledged is there afterwards, with the same answer; nothing is there twice; and what
//! was not acknowledged can be sent again as if nothing had happened.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

#[allow(dead_code, reason = "what only the other tests need")]
mod process;
#[path = "api/world.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod world;

use domain::{
    kernel::EntryId,
    log::EntryNumber,
    sync::{CommandReply, Cursor},
};
use futures::future::join_all;
use process::{Phone, Running, seeded};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use world::{CHEN, LI, NEXT_STAIRWELL, STAIRWELL, WANG, as_stored, bytes, entry, entry_of, is_stored};

/// How often it is killed.
const KILLS: u64 = 50;

/// Milliseconds from the first push to a kill: before, within and after commits, whatever the machine's speed; close
/// to each other at first, and 144 at the end.
const fn killed_after(round: u64) -> u64 {
    round * round / 20 + round / 2
}

/// Phones that send at the same time: who, where, and how many commands at once.
const PHONES: [(&str, u128, usize); 4] =
    [(WANG, STAIRWELL, 1), (WANG, STAIRWELL, 7), (LI, NEXT_STAIRWELL, 1), (LI, NEXT_STAIRWELL, 30)];

/// What a phone sent, and the answer if one came.
struct Sent {
    login: &'static str,
    commands: Vec<String>,
    entries: Vec<EntryId>,
    replies: Option<Vec<CommandReply>>,
}

/// People with their phones.
struct People(BTreeMap<&'static str, Phone>);

impl People {
    async fn sign_in(server: &Running) -> Self {
        let mut phones = BTreeMap::new();
        for login in [WANG, LI, CHEN] {
            phones.insert(login, Phone::sign_in(&server.base, login).await);
        }
        Self(phones)
    }

    async fn push(&self, base: &str, login: &str, commands: &[String]) -> reqwest::Result<Vec<CommandReply>> {
        let answer = self.0[login].push(base, commands).await?.error_for_status()?.text().await?;
        Ok(Phone::replies(&answer))
    }

    /// One phone, until the server is gone.
    async fn send_until_killed(&self, base: &str, phone: (&'static str, u128, usize)) -> Vec<Sent> {
        let (login, stairwell, at_once) = phone;
        let mut all = Vec::new();
        loop {
            let written: Vec<_> = (0..at_once).map(|_| entry(login, stairwell, "楼道灯不亮")).collect();
            let commands: Vec<_> = written.iter().map(bytes).collect();
            let entries = written.iter().map(entry_of).collect();
            let replies = self.push(base, login, &commands).await.ok();
            let is_over = replies.is_none();
            all.push(Sent { login, commands, entries, replies });
            if is_over {
                return all;
            }
        }
    }

    /// What the social worker's tablet hears after `cursors`.
    async fn pull(&self, base: &str, cursors: &mut Vec<Cursor>) -> Vec<(EntryId, EntryNumber)> {
        let mut heard = Vec::new();
        loop {
            let reply = self.0[CHEN].pull(base, cursors).await;
            let entries = world::entries(&reply.envelopes);
            heard.extend(entries.into_iter().map(|entry| (entry.id, entry.number.unwrap())));
            *cursors = reply.head.cursors;
            if !reply.head.more {
                return heard;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_at_any_moment_loses_nothing_acknowledged_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("log.db");
    seeded(&database).await;

    let mut server = Running::serve(&database);
    let people = People::sign_in(&server).await;
    let (mut cursors, mut sent_so_far, mut numbers) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut acknowledged = 0;
    for round in 0..KILLS {
        let base = server.base.clone();
        let phones = join_all(PHONES.map(|phone| people.send_until_killed(&base, phone)));
        let killer = async {
            tokio::time::sleep(Duration::from_millis(killed_after(round))).await;
            drop(server);
        };
        let (sent, ()) = tokio::join!(phones, killer);
        server = Running::serve(&database);

        // Everything is sent again, as a phone does that heard no answer.
        let sent: Vec<Sent> = sent.into_iter().flatten().collect();
        for Sent { login, commands, entries, replies } in &sent {
            let again = people.push(&server.base, login, commands).await.unwrap();
            if let Some(replies) = replies {
                let stored = |replies: &[CommandReply]| replies.iter().map(as_stored).collect::<Vec<_>>();
                assert_eq!(stored(replies), stored(&again), "round {round}: another answer than before the kill");
                acknowledged += replies.len();
            }
            assert!(again.iter().all(is_stored), "{again:?}");
            sent_so_far.extend(entries);
        }
        for (entry, number) in people.pull(&server.base, &mut cursors).await {
            assert!(sent_so_far.contains(&entry), "round {round}: nobody wrote {entry}");
            assert!(numbers.insert((number, entry)), "round {round}: {entry} was told twice");
        }
        let entries: BTreeSet<_> = numbers.iter().map(|(_, entry)| *entry).collect();
        assert_eq!(entries, sent_so_far, "round {round}");
    }
    let different: BTreeSet<_> = numbers.iter().map(|(number, _)| number).collect();
    assert_eq!(different.len(), sent_so_far.len(), "a number was given twice");
    assert!(acknowledged > 0, "no round got far enough to test anything");
    eprintln!("{acknowledged} acknowledged of {} entries", sent_so_far.len());
}
