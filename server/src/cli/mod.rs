//! What `watchlog COMMAND` does. Doc comments of the options are what `--help` says.

mod backup;
mod community;
mod demo;
mod doctor;
mod import;
mod migrate;
mod organisation;
mod output;
mod person;
mod record;
mod serve;

use crate::{
    application::{ApplicationError, open},
    config::{DatabaseUrl, LogOptions},
    store::{HashError, SqliteStore},
    telemetry,
};
use clap::{Parser, Subcommand};
use domain::store::StoreError;
use std::process::ExitCode;

/// 邻里守望工作日志: the work log of a neighbourhood, on one server
#[derive(Debug, Parser)]
#[command(name = "watchlog", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    log: LogOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer on the web until told to stop (Ctrl-C or SIGTERM)
    Serve(serve::Serve),
    /// Make the database, or bring it up to date
    Migrate(migrate::Migrate),
    /// Fill an empty database with the demo community, which is made up
    Demo(demo::Demo),
    /// Copy the log into a new folder, also while the server works
    Backup(backup::Backup),
    /// Put a backup where no log is
    Restore(backup::Restore),
    /// Take in what somebody brings as a file
    #[command(subcommand)]
    Import(import::Import),
    /// Look whether everything is there and works, and say what to do; or say what a phone's code means
    Doctor(doctor::Doctor),
    /// Communities
    #[command(subcommand)]
    Community(community::Community),
    /// People who can sign in
    #[command(subcommand)]
    Person(person::Person),
    /// Records of the log that need a decision
    #[command(subcommand)]
    Record(record::Record),
}

/// What is said when a command did not work, and the exit code.
#[derive(Debug)]
struct CommandError {
    message: String,
    code: u8,
}

impl CommandError {
    /// Whoever called can mend it: a wrong value, a database that is not the right one (exit code 2).
    fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }
}

impl From<ApplicationError> for CommandError {
    fn from(error: ApplicationError) -> Self {
        let code = if matches!(error, ApplicationError::NotTheDemo(_)) { 2 } else { 1 };
        Self { message: error.to_string(), code }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self { message: error.to_string(), code: 1 }
    }
}

impl From<HashError> for CommandError {
    fn from(error: HashError) -> Self {
        Self { message: error.to_string(), code: 1 }
    }
}

/// Runs the command of this process: exit code 0 when it did its work, 2 for wrong options, 1 for anything else.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { log, command } = Cli::parse();
    telemetry::init(&log.log);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&CommandError { message: error.to_string(), code: 1 }),
    };
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve(serve) => serve.run().await,
            Command::Migrate(migrate) => migrate.run().await,
            Command::Demo(demo) => demo.run().await,
            Command::Backup(backup) => backup.run().await,
            Command::Restore(restore) => restore.run().await,
            Command::Import(import) => import.run().await,
            Command::Doctor(doctor) => doctor.run().await,
            Command::Community(community) => community.run().await,
            Command::Person(person) => person.run().await,
            Command::Record(record) => record.run().await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// A text that says something.
fn not_empty(raw: &str) -> Result<String, String> {
    let text = raw.trim();
    if text.is_empty() { Err("expected a text".to_owned()) } else { Ok(text.to_owned()) }
}

fn failed(error: &CommandError) -> ExitCode {
    eprintln!("watchlog: {}", error.message);
    ExitCode::from(error.code)
}

/// What has ended is in force, and a backup from before would bring it back: whoever ended it has to know.
fn noted(has_noted_ended: bool) -> Result<(), CommandError> {
    if has_noted_ended {
        return Ok(());
    }
    let message = "this is done, but it could not be written into the list beside the database (…-ended.jsonl): an older backup would undo it. Make room or mend the folder's rights; the next command that opens the log, or its server, writes it";
    Err(CommandError { message: message.to_owned(), code: 1 })
}

/// Opens the database for a command, runs it, and closes the database whatever came of it.
async fn with_store<T>(
    database: &DatabaseUrl,
    work: impl AsyncFnOnce(&SqliteStore) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let store = open(database).await?;
    let outcome = work(&store).await;
    store.close().await;
    outcome
}
