//! The server as a process of its own, and what it takes of the machine.

use crate::Outcome;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const DATABASE: &str = "log.db";
/// How often memory is read.
const SAMPLE: Duration = Duration::from_millis(20);
/// After this, a server that does not get ready has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// What `watchlog demo` said.
pub struct Filled {
    pub per_second: f64,
    pub password: String,
}

/// A running server.
pub struct Child {
    process: std::process::Child,
    pub address: SocketAddr,
    /// From starting the process to the first 200 of `/readyz`.
    pub ready_after_ms: f64,
}

/// The most memory that was seen.
pub struct Memory {
    most_kb: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

fn command(watchlog: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(watchlog);
    command.args(arguments).current_dir(folder);
    command.env("WATCHLOG_DATABASE_URL", format!("sqlite:{DATABASE}")).env("WATCHLOG_ADDR", "127.0.0.1:0");
    command.env_remove("WATCHLOG_PUBLIC_URL").env_remove("WATCHLOG_LOG").env_remove("WATCHLOG_BLOBS");
    // The log is written as in real life, to nobody.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Fills a new database through the command line.
pub fn fill(watchlog: &Path, folder: &Path, entries: usize) -> Outcome<Filled> {
    let output = command(watchlog, folder, &["demo", "--entries", &entries.to_string()]).output()?;
    let said = String::from_utf8(output.stdout)?;
    let after = |start: &str| said.split(start).nth(1).and_then(|rest| rest.split_whitespace().next());
    let per_second = after(" entries (").and_then(|number| number.parse().ok());
    let (per_second, password) = per_second.zip(after("password: ")).ok_or("watchlog demo did not work")?;
    Ok(Filled { per_second, password: password.to_owned() })
}

impl Child {
    pub fn start(watchlog: &Path, folder: &Path) -> Outcome<Self> {
        let started = Instant::now();
        let mut process = command(watchlog, folder, &["serve"]).spawn()?;
        let stdout = process.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listens on")).ok_or("the server did not start")?;
        let address = line.rsplit("http://").next().unwrap_or_default().trim().parse()?;
        while !is_ready(address)? {
            if started.elapsed() > LONGEST_START {
                return Err("the server did not get ready".into());
            }
        }
        let ready_after_ms = started.elapsed().as_secs_f64() * 1_000.0;
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, address, ready_after_ms })
    }

    /// As an operator stops it: SIGTERM.
    pub fn stop(mut self) -> Outcome<()> {
        Command::new("kill").arg(self.process.id().to_string()).status()?;
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
    }

    /// Resident memory right now.
    pub fn memory_mb(&self) -> Outcome<f64> {
        Ok(mb(memory_kb(self.process.id()).ok_or("no memory figure")?))
    }

    /// Looks at the memory until the answer is asked for.
    pub fn watch_memory(&self) -> Memory {
        let memory = Memory { most_kb: Arc::default(), over: Arc::default() };
        let (id, most_kb, over) = (self.process.id(), Arc::clone(&memory.most_kb), Arc::clone(&memory.over));
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                most_kb.fetch_max(memory_kb(id).unwrap_or_default(), Ordering::Relaxed);
                thread::sleep(SAMPLE);
            }
        });
        memory
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Fails where it has ended already.
        let _ = self.process.kill();
    }
}

impl Memory {
    pub fn most_mb(self) -> f64 {
        self.over.store(true, Ordering::Relaxed);
        mb(self.most_kb.load(Ordering::Relaxed))
    }
}

fn is_ready(address: SocketAddr) -> Outcome<bool> {
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}

fn memory_kb(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn mb(kb: u64) -> f64 {
    kb as f64 * 1_024.0 / 1_000_000.0
}
