//! The server's share of the numbers that we hold ourselves to (DESIGN.md 9): the release binary as a child process
//! on a database of its own, the demo community and 100,000 entries in it, and clients on the same machine.
//!
//! `make bench` runs it: `cargo run --release --package server --example load`. Prints one table, and fails when a
//! number misses what it must hold.

mod child;
mod connection;
mod measures;
mod people;
mod table;

use child::Child;
use people::People;
use std::{env, error::Error, fs, path::PathBuf, process::ExitCode};
use table::{Limit, Table, median};

/// Whatever goes wrong ends the run.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Entries in the database before anything is measured.
const ENTRIES: usize = 100_000;
/// How often the server is started.
const STARTS: usize = 5;
/// How often each load is run.
const RUNS: usize = 3;
/// Clients that write at the same time.
const WRITERS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("load: at least one number misses what it must hold");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Outcome<bool> {
    let mut table = Table::default();
    let built = built_folder()?;
    // Beside the binary, because a folder in memory would make every commit free.
    let folder = tempfile::tempdir_in(&built)?;
    let watchlog = built.join("watchlog");
    let filled = child::fill(&watchlog, folder.path(), ENTRIES)?;
    table.add("demo entries/s, loaded by the command line", filled.per_second, Limit::at_least(20_000.0, 20_000.0));

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let child = Child::start(&watchlog, folder.path())?;
        starts.push(child.ready_after_ms);
        child.stop()?;
    }
    table.add("start to ready, ms", median(&mut starts), Limit::at_most(500.0, 200.0));

    let child = Child::start(&watchlog, folder.path())?;
    table.add("memory idle, MB", child.memory_mb()?, Limit::at_most(60.0, 30.0));
    let mut people = People::sign_in(child.address, &filled.password, WRITERS).await?;

    let memory = child.watch_memory();
    let single = measures::entries_per_second(&mut people.writers, 1, 500, RUNS).await?;
    table.add("entries/s, 20 writers, one per request", single, Limit::at_least(1_500.0, 5_000.0));
    let batches = measures::entries_per_second(&mut people.writers, 50, 40, RUNS).await?;
    table.add("entries/s, 20 writers, batches of 50", batches, Limit::at_least(10_000.0, 20_000.0));
    let pull = measures::pull_ms(&mut people.reader).await?;
    table.add("pull of 1,000 changes, ms", pull, Limit::at_most(1_500.0, 500.0));
    let list = measures::list_ms(&mut people.reader).await?;
    table.add("list with 3 filters, newest 50, p95 ms", list, Limit::at_most(20.0, 5.0));
    let newest = measures::newest_ms(&mut people.reader).await?;
    table.add("list without filter, newest 50, p95 ms", newest, Limit::at_most(20.0, 5.0));
    let search = measures::search_ms(&mut people.reader, &measures::WORDS).await?;
    table.add("search for 2 characters, newest 50, p95 ms", search, Limit::at_most(20.0, 5.0));
    let search = measures::search_ms(&mut people.reader, &measures::CHARACTERS).await?;
    table.add("search for 1 character, newest 50, p95 ms", search, Limit::at_most(20.0, 5.0));
    table.add("memory under load, MB", memory.most_mb(), Limit::at_most(150.0, 100.0));

    let page = people.reader.page_bytes().await?;
    let site = measures::critical_path_bytes(&built.join("../site"))?;
    // A site that is not built misses the limit: nobody should believe that it was measured.
    let critical_path = site.map_or(f64::INFINITY, |site| (site + page) / 1_000.0);
    table.add("critical path, kB (html gzip, css+js+wasm brotli)", critical_path, Limit::at_most(300.0, 220.0));
    child.stop()?;

    print!("{table}");
    Ok(table.holds())
}

/// `target/release`.
fn built_folder() -> Outcome<PathBuf> {
    let example = fs::canonicalize(env::current_exe()?)?;
    let folder = example.parent().and_then(|examples| examples.parent());
    let folder = folder.ok_or("this example does not lie in cargo's folder")?;
    if !folder.join("watchlog").is_file() {
        return Err("first: cargo build --release --package server --bin watchlog".into());
    }
    Ok(folder.to_owned())
}
