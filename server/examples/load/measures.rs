//! What is measured, each a fixed number of times.

use crate::{
    Outcome,
    connection::{Connection, JSON},
    people::Writer,
    table::{median, p95},
};
use app::{
    domain::{Category, EntryPage, Urgency},
    sync::{PROTOCOL, PullReply},
};
use futures::future::try_join_all;
use serde_json::{Value, json};
use std::{fs, path::Path, time::Instant};

/// Pages pulled one after another.
const PULLS: usize = 20;
/// Requests for a list.
const LISTS: usize = 300;
/// Words of two characters, frequent ones and rare ones.
pub const WORDS: [&str; 12] =
    ["漏水", "暖气", "感冒", "楼道", "没人", "电梯", "杂物", "取药", "停电", "平安", "血压", "燃气"];
/// Single characters, in every fourth entry, in every twentieth, and in none.
pub const CHARACTERS: [&str; 8] = ["楼", "人", "水", "电", "灯", "修", "车", "猫"];
const YARDS: usize = 26;

/// All writers push at the same time; every answer is looked at.
pub async fn entries_per_second(writers: &mut [Writer], at_once: usize, requests: usize, runs: usize) -> Outcome<f64> {
    let mut rates = Vec::new();
    for _ in 0..runs {
        let mut work = Vec::new();
        for writer in &mut *writers {
            let pushes = (0..requests).map(|_| writer.push(at_once)).collect::<Outcome<Vec<_>>>()?;
            work.push((&mut writer.connection, pushes));
        }
        let entries = work.len() * requests * at_once;
        let started = Instant::now();
        try_join_all(work.into_iter().map(|(connection, pushes)| async move {
            for push in pushes {
                let answer = connection.send(&push).await?;
                let accepted = String::from_utf8_lossy(&answer).matches("\"outcome\":{\"accepted\":").count();
                if accepted != at_once {
                    return Err(format!("{accepted} of {at_once} accepted").into());
                }
            }
            Outcome::Ok(())
        }))
        .await?;
        rates.push(count(entries)? / started.elapsed().as_secs_f64());
    }
    Ok(median(&mut rates))
}

/// A device that has the places and people, and now hears of 1,000 entries; read and understood.
pub async fn pull_ms(reader: &mut Connection) -> Outcome<f64> {
    let mut cursor = None;
    let mut times = Vec::new();
    while times.len() < PULLS {
        let body = json!({ "request": { "protocol": PROTOCOL, "cursor": cursor, "limit": 1000 } }).to_string();
        let request = reader.request("POST", "/api/sync/pull", JSON, body.as_bytes());
        let started = Instant::now();
        let reply: PullReply = serde_json::from_slice(&reader.send(&request).await?)?;
        let elapsed = started.elapsed().as_secs_f64() * 1_000.0;
        let only_entries = reply.changes.iter().all(|change| matches!(change, app::domain::Change::Entry(_)));
        if only_entries && reply.changes.len() == 1_000 {
            times.push(elapsed);
        }
        if !reply.more {
            break;
        }
        cursor = Some(reply.next);
    }
    if times.is_empty() { Err("no page of 1,000 entries".into()) } else { Ok(median(&mut times)) }
}

/// Yard, category and urgency together, each time others.
pub async fn list_ms(reader: &mut Connection) -> Outcome<f64> {
    let filters = (0..LISTS).map(|index| {
        json!({
            "yard": format!("Y{:02}", index % YARDS + 1),
            "category": Category::ALL[index % Category::ALL.len()],
            "urgency": Urgency::ALL[index % Urgency::ALL.len()],
        })
    });
    lists_ms(reader, filters).await
}

/// The newest, whatever they are.
pub async fn newest_ms(reader: &mut Connection) -> Outcome<f64> {
    lists_ms(reader, (0..LISTS).map(|_| json!({}))).await
}

/// One word in the whole log, each time another.
pub async fn search_ms(reader: &mut Connection, words: &[&str]) -> Outcome<f64> {
    let filters = (0..LISTS).map(|index| json!({ "words": words[index % words.len()] }));
    lists_ms(reader, filters).await
}

async fn lists_ms(reader: &mut Connection, filters: impl Iterator<Item = Value>) -> Outcome<f64> {
    let (mut times, mut found) = (Vec::new(), 0);
    for filter in filters {
        let body = json!({ "request": { "filter": filter, "limit": 50 } }).to_string();
        let request = reader.request("POST", "/api/log/search", JSON, body.as_bytes());
        let started = Instant::now();
        let answer = reader.send(&request).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        found += serde_json::from_slice::<EntryPage>(&answer)?.entries.len();
    }
    if found == 0 { Err("no list found anything".into()) } else { Ok(p95(&mut times)) }
}

/// Script, WebAssembly and style as they travel; `None` when the site is not built.
pub fn critical_path_bytes(site: &Path) -> Outcome<Option<f64>> {
    let Ok(description) = fs::read(site.join("site.json")) else {
        return Ok(None);
    };
    let description: Value = serde_json::from_slice(&description)?;
    let mut bytes = 0.0;
    for name in ["js", "wasm", "css"] {
        let path = description[name].as_str().ok_or("site.json lacks a file")?;
        let file = site.join(format!("{}.br", path.trim_start_matches('/')));
        bytes += f64::from(u32::try_from(fs::metadata(file)?.len())?);
    }
    Ok(Some(bytes))
}

fn count(entries: usize) -> Outcome<f64> {
    Ok(f64::from(u32::try_from(entries)?))
}
