//! How many entries per second the server takes, and in turn with it how many the machine would.

use crate::{
    Outcome,
    calibration::{ANSWER, Machine},
    connection::Connection,
    people::Writer,
    table::{count, median},
};
use futures::future::try_join_all;
use std::{iter::repeat_n, time::Instant};

/// How often each load is run. In each run server and calibrations take turns, so that all meet the same machine.
const RUNS: usize = 3;
/// What the server answers once for each entry that it took.
const ACCEPTED: &str = "\"outcome\":{\"accepted\":";

/// What the writers send in one run.
pub struct Load {
    /// Entries per request, and rows per raw transaction.
    at_once: usize,
    /// Requests of each writer.
    requests: usize,
    /// How often the bare handler gets them, so that it too is measured for longer than a blink.
    bare_times: usize,
    /// Most rows for the raw database, whose one writer is slower where each row is flushed.
    raw_rows: usize,
}

pub const SINGLE: Load = Load { at_once: 1, requests: 500, bare_times: 1, raw_rows: 1_000 };
pub const BATCHES: Load = Load { at_once: 50, requests: 40, bare_times: 5, raw_rows: 20_000 };

/// Entries per second, each the median of all runs.
pub struct Rates {
    pub server: f64,
    pub bare: f64,
    pub raw: f64,
}

/// What each answer must contain, and how often.
#[derive(Clone, Copy)]
struct Expected {
    text: &'static str,
    times: usize,
}

impl Load {
    pub async fn rates(&self, writers: &mut [Writer], machine: &mut Machine) -> Outcome<Rates> {
        let (mut server, mut bare, mut raw) = (Vec::new(), Vec::new(), Vec::new());
        let entries = count(self.at_once)?;
        for _ in 0..RUNS {
            let pushes = writers.iter_mut().map(|writer| self.pushes(writer)).collect::<Outcome<Vec<_>>>()?;
            let rows = writers.first_mut().ok_or("no writers")?.write(self.raw_rows)?;
            let connections = writers.iter_mut().map(|writer| &mut writer.connection);
            let accepted = Expected { text: ACCEPTED, times: self.at_once };
            server.push(entries * requests_per_second(connections, &pushes, 1, accepted).await?);
            let connections = machine.connections.iter_mut();
            let answered = Expected { text: ANSWER, times: 1 };
            bare.push(entries * requests_per_second(connections, &pushes, self.bare_times, answered).await?);
            raw.push(machine.raw.rows_per_second(&rows, self.at_once).await?);
        }
        Ok(Rates { server: median(&mut server), bare: median(&mut bare), raw: median(&mut raw) })
    }

    fn pushes(&self, writer: &mut Writer) -> Outcome<Vec<Vec<u8>>> {
        (0..self.requests).map(|_| writer.push(self.at_once)).collect()
    }
}

/// All connections at the same time, each with requests of its own.
async fn requests_per_second<'a>(
    connections: impl Iterator<Item = &'a mut Connection>,
    requests: &[Vec<Vec<u8>>],
    times: usize,
    expected: Expected,
) -> Outcome<f64> {
    let started = Instant::now();
    let work = connections.zip(requests);
    let work = work.map(|(connection, requests)| send_all(connection, requests, times, expected));
    let answered: usize = try_join_all(work).await?.into_iter().sum();
    Ok(count(answered)? / started.elapsed().as_secs_f64())
}

/// One after another; every answer is looked at. Says how many there were.
async fn send_all(
    connection: &mut Connection,
    requests: &[Vec<u8>],
    times: usize,
    expected: Expected,
) -> Outcome<usize> {
    let Expected { text, times: wanted } = expected;
    for request in repeat_n(requests, times).flatten() {
        let answer = connection.send(request).await?;
        let found = String::from_utf8_lossy(&answer).matches(text).count();
        if found != wanted {
            return Err(format!("{text} {found} times in an answer instead of {wanted}").into());
        }
    }
    Ok(requests.len() * times)
}
