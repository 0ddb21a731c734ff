//! `watchlog doctor`: whether a server has what it needs, and what a watcher's six characters say.

use super::{CommandError, output::say, with_store};
use crate::{
    clock::now,
    config::{BlobOptions, DatabaseOptions, DatabaseUrl},
    store::SqliteStore,
};
use clap::Args;
use domain::{
    kernel::Span,
    store::Store,
    sync::{
        Checkup,
        checkup::{Browser, Clock, Offline, Promise, Room, Server, Unsent, Version},
    },
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// The six characters of 手机体检, as somebody reads them out: says how their phone stands, and nothing else
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(flatten)]
    blobs: BlobOptions,
}

/// Less free than this, and it is time to do something: some hundred thousand entries, or ten thousand photos.
const FREE_BYTES: u64 = 2_000_000_000;
/// A clock that was set back by more has been seen by the log itself.
const CLOCK_BACK: Span = Span::minutes(10);

/// What was looked at, how it stands, and what to do where that is not well.
struct Finding {
    what: &'static str,
    stands: String,
    todo: Option<&'static str>,
}

fn fine(what: &'static str, stands: impl Into<String>) -> Finding {
    Finding { what, stands: stands.into(), todo: None }
}

fn wrong(what: &'static str, stands: impl Into<String>, todo: &'static str) -> Finding {
    Finding { what, stands: stands.into(), todo: Some(todo) }
}

impl Doctor {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self { code, database: DatabaseOptions { database }, blobs: BlobOptions { blobs } } = self;
        if let Some(code) = code {
            let checkup = Checkup::read(&code).ok_or_else(|| CommandError::usage(not_a_code(&code)))?;
            // What is wrong with a phone is no failure of this command.
            tell(&of_phone(checkup));
            return Ok(());
        }
        let mut findings = of_database(&database).await;
        findings.push(of_blobs(&blobs));
        findings.extend([database.path(), &blobs].into_iter().filter_map(of_disk));
        match tell(&findings) {
            0 => Ok(()),
            1 => Err(CommandError { message: "one thing needs a look".to_owned(), code: 1 }),
            count => Err(CommandError { message: format!("{count} things need a look"), code: 1 }),
        }
    }
}

fn not_a_code(code: &str) -> String {
    format!("{code} is none of the codes that 手机体检 shows: ask for it once more, one character after the other")
}

/// Prints all of them; says how many are not well.
fn tell(findings: &[Finding]) -> usize {
    for Finding { what, stands, todo } in findings {
        match todo {
            None => say!("  ok  {what}: {stands}"),
            Some(todo) => say!("LOOK  {what}: {stands}. {todo}"),
        }
    }
    findings.iter().filter(|one| one.todo.is_some()).count()
}

async fn of_database(database: &DatabaseUrl) -> Vec<Finding> {
    if !database.path().is_file() {
        // Opening would make it, and an empty log in the wrong place is worse than none.
        let todo = "Is WATCHLOG_DATABASE_URL right? `watchlog serve` or `watchlog migrate` makes a new one";
        return vec![wrong("database", format!("{database} is not there"), todo)];
    }
    let look = async |store: &SqliteStore| Ok((store.counts().await?, clock(store).await?, held(store).await?));
    match with_store(database, look).await {
        Ok((counts, clock, held)) => {
            let stands = format!("{database}: {} entries, {} people", counts.entries, counts.people);
            vec![fine("database", stands), clock, held]
        }
        Err(error) => {
            let todo = "See whether another program holds the file, and whether this user may write to its folder";
            vec![wrong("database", error.message, todo)]
        }
    }
}

/// Whether somebody waits for a decision.
async fn held(store: &SqliteStore) -> Result<Finding, CommandError> {
    Ok(match store.held().await?.len() {
        0 => fine("decisions", "nothing waits for one"),
        held => wrong("decisions", format!("{held} late commands wait for one"), "See `watchlog record held`"),
    })
}

/// The log knows what time it was when it last took something in.
async fn clock(store: &SqliteStore) -> Result<Finding, CommandError> {
    let last = store.last_receipt().await?;
    Ok(match last.filter(|last| last.since(now()) > CLOCK_BACK) {
        Some(last) => {
            let stands =
                format!("something was received at {} {}, which is still to come", last.day().compact(), last.clock());
            wrong("clock", stands, "Set this machine's clock, best by a time service")
        }
        None => fine("clock", "not behind what the log has seen"),
    })
}

fn of_blobs(blobs: &Path) -> Finding {
    const TODO: &str = "Is WATCHLOG_BLOBS right, and may this user write there?";
    if !blobs.is_dir() {
        // A server that has never run has none yet; one that has lost it has lost the photos.
        return wrong("photos", format!("{} is not there", blobs.display()), TODO);
    }
    let probe = blobs.join("doctor");
    match fs::write(&probe, "probe").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => fine("photos", format!("{} can be written", blobs.display())),
        Err(error) => wrong("photos", format!("{}: {error}", blobs.display()), TODO),
    }
}

fn of_disk(path: &Path) -> Option<Finding> {
    let folder: PathBuf = path.ancestors().find(|one| one.is_dir())?.to_owned();
    let free = free_bytes(&folder).ok()?;
    let stands = format!("{} MB free at {}", free / 1_000_000, folder.display());
    Some(if free < FREE_BYTES {
        wrong("disk", stands, "Make room: when it is full, nothing more is taken in (and nothing is lost)")
    } else {
        fine("disk", stands)
    })
}

fn free_bytes(folder: &Path) -> io::Result<u64> {
    let space = rustix::fs::statvfs(folder)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// What to say on the telephone, in the words of the screen.
fn of_phone(checkup: Checkup) -> Vec<Finding> {
    let Checkup { promise, room, browser, clock, offline, version, unsent, server, locks, installed } = checkup;
    let mut findings = vec![
        match unsent {
            Unsent::Nothing => fine("unsent", "everything is here"),
            Unsent::Fresh => fine("unsent", "something waits, for less than an hour"),
            Unsent::Hours => {
                wrong("unsent", "something waits since today", "Go where there is signal and leave it open")
            }
            Unsent::Days | Unsent::Weeks => wrong(
                "unsent",
                if unsent == Unsent::Days {
                    "something waits for days"
                } else {
                    "something waits for more than a week"
                },
                "Have it saved as a file (传送情况 → 存成文件) and bring it in: `watchlog import outbox FILE`",
            ),
            Unsent::NeedsPerson => {
                wrong("unsent", "something was refused", "Have them open 传送情况 and read out what it says")
            }
            Unsent::Somebodys => wrong(
                "unsent",
                "nobody is signed in, and somebody's entries wait there",
                "Have whoever wrote them sign in on this phone",
            ),
            Unsent::OnlyPhotos => {
                wrong("unsent", "photos wait, their words are here", "Leave it open where there is signal")
            }
        },
        match server {
            Server::Reached => fine("server", "reached"),
            Server::Unreachable => {
                wrong("server", "cannot be reached from there", "Signal, or a network that asks to sign in first")
            }
            Server::SignInNeeded => wrong("server", "wants a new sign-in", "设置 → 登录"),
            Server::Busy => {
                wrong("server", "asked for patience", "Look at this server: `watchlog doctor`, its log, its disk")
            }
            Server::Unknown => wrong("server", "was not asked yet", "Is anybody signed in there?"),
        },
        match offline {
            Offline::Ready => fine("without signal", "opens"),
            Offline::NotYet => {
                wrong("without signal", "does not open yet", "Leave it open with signal for two minutes")
            }
            Offline::Impossible => {
                wrong("without signal", "works only while the page is open", "Have it opened in a browser of its own")
            }
        },
        match browser {
            Browser::Ordinary => fine("browser", "of its own"),
            Browser::WeChat => {
                wrong("browser", "inside WeChat", "右上角 ··· → 在浏览器打开, then onto the home screen")
            }
            Browser::OtherApp => {
                wrong("browser", "inside another app", "Its menu → 在浏览器打开, then onto the home screen")
            }
        },
        match promise {
            Promise::Given => fine("storage", "the browser keeps it"),
            Promise::NotGiven => wrong("storage", "the browser may clear it", "Onto the home screen, and opened often"),
            Promise::Unknown => {
                wrong("storage", "the browser cannot be asked", "Onto the home screen, and opened often")
            }
        },
        match room {
            Room::Ample => fine("room", "plenty"),
            Room::Scarce => wrong("room", "four fifths are taken", "Remove other photos and videos"),
            Room::Tiny => wrong("room", "less than 200 MB", "A private window? Otherwise the phone is full"),
            Room::Unknown => fine("room", "not known"),
        },
        match clock {
            Clock::Right => fine("clock", "right"),
            Clock::Ahead => {
                wrong("clock", "more than ten minutes ahead", "The phone's settings: set the time automatically")
            }
            Clock::Behind => {
                wrong("clock", "more than ten minutes behind", "The phone's settings: set the time automatically")
            }
            Clock::Unknown => fine("clock", "not known"),
        },
        match version {
            Version::Newest => fine("version", "the newest that it knows of"),
            Version::Older => wrong("version", "a newer one lies ready", "设置 → 现在更新"),
            Version::Unknown => fine("version", "not known"),
        },
    ];
    findings.push(fine("tabs", if locks { "take turns" } else { "do not know of each other; harmless" }));
    findings.push(fine("home screen", if installed { "yes" } else { "no" }));
    findings
}
