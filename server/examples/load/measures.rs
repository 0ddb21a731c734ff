//! How long reading takes, each a fixed number of times, and in turn with it a calibration.

use crate::{
    Outcome,
    calibration::Machine,
    connection::{Connection, JSON, LINES},
    table::{count, median, p95},
};
use domain::{
    kernel::{PlaceId, Record, json as text},
    log::{Category, Entry, EntryPage, Urgency},
    sync::{PAGE_RECORDS, PROTOCOL, PullReply, PullRequest},
};
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
/// Changes that a pull is measured by.
const CHANGES: usize = 1_000;

/// Milliseconds.
pub struct Times {
    pub server: f64,
    pub calibration: f64,
}

/// A device that has the places and people, and now hears of 1,000 entries, in as many pages as it takes; read and
/// understood. Medians, beside as many raw rows.
pub async fn pull_ms(reader: &mut Connection, machine: &mut Machine) -> Outcome<Times> {
    let mut cursors = Vec::new();
    let (mut times, mut raw) = (Vec::new(), Vec::new());
    let (mut elapsed, mut entries) = (0.0, 0);
    while times.len() < PULLS {
        let body = text::write(&PullRequest { protocol: PROTOCOL, cursors, limit: PAGE_RECORDS })?;
        let request = reader.request("POST", "/api/sync/pull", LINES, body.as_bytes());
        let started = Instant::now();
        let answer = String::from_utf8(reader.send(&request).await?)?;
        let PullReply { head, envelopes } = PullReply::read(&answer)?;
        let is_entry = envelopes.iter().map(|one| text::read::<Entry>(one.text.as_bytes()).is_ok());
        let understood = is_entry.filter(|is_entry| *is_entry).count();
        if envelopes.iter().all(|one| one.head.key.kind == Entry::KIND) {
            elapsed += started.elapsed().as_secs_f64() * 1_000.0;
            entries += understood;
        }
        if entries >= CHANGES {
            times.push(elapsed * count(CHANGES)? / count(entries)?);
            raw.push(machine.raw.read_ms().await?);
            (elapsed, entries) = (0.0, 0);
        }
        if !head.more {
            break;
        }
        cursors = head.cursors;
    }
    if times.is_empty() {
        return Err("not 1,000 entries".into());
    }
    Ok(Times { server: median(&mut times), calibration: median(&mut raw) })
}

/// Yard, category and urgency together, each time others.
pub async fn list_ms(reader: &mut Connection, machine: &mut Machine, yards: &[PlaceId]) -> Outcome<Times> {
    let filters = (0..LISTS).map(|index| {
        json!({
            "place": yards[index % yards.len()],
            "category": Category::ALL[index % Category::ALL.len()],
            "urgency": Urgency::ALL[index % Urgency::ALL.len()],
        })
    });
    lists_ms(reader, machine, filters).await
}

/// The newest, whatever they are.
pub async fn newest_ms(reader: &mut Connection, machine: &mut Machine) -> Outcome<Times> {
    lists_ms(reader, machine, (0..LISTS).map(|_| json!({}))).await
}

/// One word in the whole log, each time another.
pub async fn search_ms(reader: &mut Connection, machine: &mut Machine, words: &[&str]) -> Outcome<Times> {
    let filters = (0..LISTS).map(|index| json!({ "words": words[index % words.len()] }));
    lists_ms(reader, machine, filters).await
}

/// The 95th of 100, beside the same requests to the bare handler.
async fn lists_ms(
    reader: &mut Connection,
    machine: &mut Machine,
    filters: impl Iterator<Item = Value>,
) -> Outcome<Times> {
    let (mut times, mut bare, mut found) = (Vec::new(), Vec::new(), 0);
    for filter in filters {
        let body = json!({ "request": { "filter": filter, "limit": 50 } }).to_string();
        let request = reader.request("POST", "/api/log/search", JSON, body.as_bytes());
        let (elapsed, answer) = timed(reader, &request).await?;
        times.push(elapsed);
        found += serde_json::from_slice::<EntryPage>(&answer)?.entries.len();
        bare.push(timed(machine.connection()?, &request).await?.0);
    }
    if found == 0 {
        return Err("no list found anything".into());
    }
    Ok(Times { server: p95(&mut times), calibration: p95(&mut bare) })
}

async fn timed(connection: &mut Connection, request: &[u8]) -> Outcome<(f64, Vec<u8>)> {
    let started = Instant::now();
    let answer = connection.send(request).await?;
    Ok((started.elapsed().as_secs_f64() * 1_000.0, answer))
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
