//! The server's share of the numbers that we hold ourselves to: the release binary as a child process
//! on a database of its own, the demo community and 100,000 entries in it, and clients on the same machine.
//!
//! `make bench` runs it: `cargo run --release --package server --example load`. Prints one table, and fails when a
//! number misses what it must hold. Rates and times of the server are judged beside what the machine gives in the
//! same run ([`calibration`], [`musts`]); memory, start and bytes as they are.

mod calibration;
mod child;
mod connection;
mod measures;
mod musts;
mod people;
mod rates;
mod table;

use calibration::Machine;
use child::Child;
use measures::{CHARACTERS, Times, WORDS};
use musts::{LIST_TO_BARE, ONE_CHARACTER_TO_BARE};
use people::People;
use rates::{BATCHES, SINGLE};
use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use table::{Calibration, Limit, Table, median};
use tokio::time::timeout;

/// Whatever goes wrong ends the run.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Entries in the database before anything is measured.
const ENTRIES: usize = 100_000;
/// How often the server is started.
const STARTS: usize = 5;
/// Clients that write at the same time.
const WRITERS: usize = 20;
/// Several times what a run takes: something hangs.
const LONGEST_RUN: Duration = Duration::from_secs(600);

const RAW_SINGLE: &str = "raw inserts, 1 a transaction";
const RAW_BATCHES: &str = "raw inserts, 50 each";
const RAW_READ: &str = "1,000 raw rows read";
const BARE: &str = "bare axum handler";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = timeout(LONGEST_RUN, run()).await;
    match outcome.unwrap_or_else(|_| Err(format!("not done after {LONGEST_RUN:?}").into())) {
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
    measure_starts(&mut table, &watchlog, folder.path())?;

    let child = Child::start(&watchlog, folder.path())?;
    table.add("memory idle, MB", child.memory_mb()?, Limit::at_most(60.0, 30.0));
    let mut people = People::sign_in(child.address, &filled.password, WRITERS).await?;
    let mut machine = Machine::start(&built, people.writers.len()).await?;
    let memory = child.watch_memory();
    measure_writing(&mut table, &mut people, &mut machine, filled.per_second).await?;
    measure_reading(&mut table, &mut people, &mut machine).await?;
    table.add("memory under load, MB", memory.most_mb(), Limit::at_most(150.0, 100.0));
    machine.stop().await?;

    let page = people.reader.page_bytes().await?;
    let site = measures::critical_path_bytes(&built.join("../site"))?;
    // A site that is not built misses the limit: nobody should believe that it was measured.
    let critical_path = site.map_or(f64::INFINITY, |site| (site + page) / 1_000.0);
    table.add("critical path, kB (html gzip, css+js+wasm brotli)", critical_path, Limit::at_most(300.0, 220.0));
    child.stop()?;

    print!("{table}");
    Ok(table.holds())
}

fn measure_starts(table: &mut Table, watchlog: &Path, folder: &Path) -> Outcome<()> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let child = Child::start(watchlog, folder)?;
        starts.push(child.ready_after_ms);
        child.stop()?;
    }
    table.add("start to ready, ms", median(&mut starts), Limit::at_most(500.0, 200.0));
    Ok(())
}

/// The demo was filled before; the raw rows that it stands beside are those of the batches.
async fn measure_writing(
    table: &mut Table,
    people: &mut People,
    machine: &mut Machine,
    demo_per_second: f64,
) -> Outcome<()> {
    let calibration = |name, figure, must| Calibration { name, figure, must };
    let single = SINGLE.rates(&mut people.writers, machine).await?;
    let beside = vec![
        calibration(RAW_SINGLE, single.raw, musts::SINGLE_TO_RAW),
        calibration(BARE, single.bare, musts::SINGLE_TO_BARE),
    ];
    let limit = Limit::at_least(1_500.0, 5_000.0);
    table.add_calibrated("entries/s, 20 writers, one per request", single.server, limit, beside);

    let batches = BATCHES.rates(&mut people.writers, machine).await?;
    let beside = vec![
        calibration(RAW_BATCHES, batches.raw, musts::BATCHES_TO_RAW),
        calibration(BARE, batches.bare, musts::BATCHES_TO_BARE),
    ];
    let limit = Limit::at_least(10_000.0, 20_000.0);
    table.add_calibrated("entries/s, 20 writers, batches of 50", batches.server, limit, beside);

    let beside = vec![calibration(RAW_BATCHES, batches.raw, musts::FILL_TO_RAW)];
    let limit = Limit::at_least(20_000.0, 20_000.0);
    table.add_calibrated("demo entries/s, loaded by the command line", demo_per_second, limit, beside);
    Ok(())
}

/// After writing: the raw rows are there by then.
async fn measure_reading(table: &mut Table, people: &mut People, machine: &mut Machine) -> Outcome<()> {
    let (reader, yards) = (&mut people.reader, &people.yards);
    let Times { server, calibration } = measures::pull_ms(reader, machine).await?;
    let beside = vec![Calibration { name: RAW_READ, figure: calibration, must: musts::PULL_TO_RAW }];
    table.add_calibrated("pull of 1,000 changes, ms", server, Limit::at_most(1_500.0, 500.0), beside);

    let mut add = |what, Times { server, calibration }, must| {
        let beside = vec![Calibration { name: BARE, figure: calibration, must }];
        table.add_calibrated(what, server, Limit::at_most(20.0, 5.0), beside);
    };
    add("list with 3 filters, newest 50, p95 ms", measures::list_ms(reader, machine, yards).await?, LIST_TO_BARE);
    add("list without filter, newest 50, p95 ms", measures::newest_ms(reader, machine).await?, LIST_TO_BARE);
    add(
        "search for 2 characters, newest 50, p95 ms",
        measures::search_ms(reader, machine, &WORDS).await?,
        LIST_TO_BARE,
    );
    let one = measures::search_ms(reader, machine, &CHARACTERS).await?;
    add("search for 1 character, newest 50, p95 ms", one, ONE_CHARACTER_TO_BARE);
    Ok(())
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
