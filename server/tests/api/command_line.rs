//! The binary, as operators use it.

use crate::world::{self, PASSWORD, STAIRWELL};
use app::sync::{
    Checkup,
    checkup::{Browser, Clock, Offline, Promise, Room, Server, Unsent, Version},
};
use server::store::SqliteStore;
use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// `watchlog` in a folder of its own, with no settings but those of the test.
fn watchlog(folder: &TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchlog"));
    for name in ["WATCHLOG_ADDR", "WATCHLOG_DATABASE_URL", "WATCHLOG_BLOBS", "WATCHLOG_PUBLIC_URL", "WATCHLOG_LOG"] {
        command.env_remove(name);
    }
    command.args(arguments).envs(environment.iter().copied()).current_dir(folder.path());
    command
}

fn run(folder: &TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    watchlog(folder, arguments, environment).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn is_untouched(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

async fn database(folder: &TempDir) -> String {
    let url = format!("sqlite:{}", folder.path().join("log.db").display());
    let store = SqliteStore::open(&url).await.unwrap();
    store.seed(world::seed()).await.unwrap();
    store.close().await;
    url
}

#[test]
fn a_wrong_value_is_named_with_what_is_expected_before_anything_is_touched() {
    for (name, value, expected) in [
        ("WATCHLOG_ADDR", "localhost", "127.0.0.1:3000"),
        ("WATCHLOG_ADDR", "127.0.0.1:99999", "127.0.0.1:3000"),
        ("WATCHLOG_DATABASE_URL", "mysql://host/db", "sqlite:"),
        ("WATCHLOG_DATABASE_URL", "", "sqlite:"),
        ("WATCHLOG_BLOBS", "", "data/blobs"),
        ("WATCHLOG_BLOBS", "ftp://host/blobs", "data/blobs"),
        ("WATCHLOG_PUBLIC_URL", "log.example.org", "https://log.example.org"),
        ("WATCHLOG_PUBLIC_URL", "https://log.example.org/path", "https://log.example.org"),
        ("WATCHLOG_LOG", "info,=,", "info,sqlx=warn"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = run(&folder, &["serve"], &[(name, value)]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{name}={value}: {said}");
        assert!(said.contains(name) && said.contains(expected), "{name}={value}: {said}");
        assert!(is_untouched(folder.path()), "{name}={value}");
    }
}

#[test]
fn listening_on_every_address_needs_the_address_that_people_type() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["serve"], &[("WATCHLOG_ADDR", "0.0.0.0:0")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("WATCHLOG_PUBLIC_URL"));
    assert!(is_untouched(folder.path()));
}

#[test]
fn a_port_that_is_taken_is_said_before_the_database_is_touched() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["serve"], &[("WATCHLOG_ADDR", &address)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&address) && said(&output).contains("WATCHLOG_ADDR"));
    assert!(is_untouched(folder.path()));
}

#[tokio::test]
async fn the_demo_goes_only_into_an_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str()), ("WATCHLOG_ADDR", "127.0.0.1:0")];
    for arguments in [&["demo"][..], &["serve", "--demo"]] {
        let output = run(&folder, arguments, &environment);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("demo"), "{}", said(&output));
    }
    let store = SqliteStore::open(&url).await.unwrap();
    assert_eq!(store.counts().await.unwrap().people, 3);
}

#[tokio::test]
async fn the_demo_brings_as_many_entries_as_were_asked_for_and_says_the_password_once() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["demo", "--entries", "200"], &[]);
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(printed.contains("244 entries") && printed.contains("a second"), "{printed}");
    let password = printed.split("password: ").nth(1).unwrap().split_whitespace().next().unwrap();
    let store = SqliteStore::open(folder.path().join("data/watchlog.db").to_str().unwrap()).await.unwrap();
    assert_eq!(store.counts().await.unwrap().entries, 244);
    let now = server::clock::now();
    app::store::Store::sign_in(&store, "hp-c", password, now).await.unwrap();
}

#[tokio::test]
async fn a_person_is_added_with_a_password_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let arguments = [
        "person",
        "add",
        "--name",
        "孙某",
        "--login",
        "sun",
        "--role",
        "watcher",
        "--place",
        STAIRWELL,
        "--password-stdin",
    ];
    let mut child = watchlog(&folder, &arguments, &[("WATCHLOG_DATABASE_URL", &url)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stdout).contains(PASSWORD));
    let store = SqliteStore::open(&url).await.unwrap();
    app::store::Store::sign_in(&store, "sun", PASSWORD, server::clock::now()).await.unwrap();
    let list = run(&folder, &["person", "list"], &[("WATCHLOG_DATABASE_URL", &url)]);
    let listed = String::from_utf8(list.stdout).unwrap();
    assert!(listed.contains("sun\t孙某\twatcher 210102025900003017"), "{listed}");
}

#[tokio::test]
async fn a_person_without_a_place_role_or_login_of_their_own_is_not_added() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let nowhere = "210102025900003099";
    for (login, role, place, expected) in [
        ("sun", "watcher", nowhere, nowhere),
        ("sun", "watcher", "210102025901", "210102025901"),
        ("sun", "watcher", "123", "12 digits"),
        ("sun", "mayor", STAIRWELL, "social_worker"),
        ("Wang", "watcher", STAIRWELL, "Wang"),
    ] {
        let arguments = ["person", "add", "--name", "孙某", "--login", login, "--role", role, "--place", place];
        let output = run(&folder, &arguments, &[("WATCHLOG_DATABASE_URL", &url)]);
        assert_eq!(output.status.code(), Some(2), "{login} {role} {place}");
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let store = SqliteStore::open(&url).await.unwrap();
    assert_eq!(store.counts().await.unwrap().people, 3);
}

#[test]
fn migrate_makes_a_database_and_does_nothing_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        assert!(run(&folder, &["migrate"], &[]).status.success());
    }
    assert!(folder.path().join("data/watchlog.db").is_file());
}

#[tokio::test]
async fn the_doctor_says_what_is_well_and_what_to_do_where_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = run(&folder, &["doctor"], &[]);
    let told = String::from_utf8(nothing.stdout).unwrap();
    assert_eq!(nothing.status.code(), Some(1));
    assert!(told.contains("LOOK  database") && told.contains("WATCHLOG_DATABASE_URL"), "{told}");
    assert!(is_untouched(folder.path()), "looking made something");

    let url = database(&folder).await;
    let blobs = folder.path().join("blobs");
    std::fs::create_dir(&blobs).unwrap();
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str()), ("WATCHLOG_BLOBS", blobs.to_str().unwrap())];
    let told = String::from_utf8(run(&folder, &["doctor"], &environment).stdout).unwrap();
    for line in ["  ok  database", "3 people", "  ok  photos", "  ok  clock", "MB free"] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert_eq!(blobs.read_dir().unwrap().count(), 0);
    std::fs::write(folder.path().join("not-a-database"), "words").unwrap();
    let other = run(&folder, &["doctor"], &[("WATCHLOG_DATABASE_URL", "sqlite:not-a-database")]);
    assert!(String::from_utf8(other.stdout).unwrap().contains("LOOK  database"));
}

#[test]
fn the_doctor_reads_what_a_watcher_reads_out() {
    let folder = tempfile::tempdir().unwrap();
    let checkup = Checkup {
        promise: Promise::NotGiven,
        room: Room::Ample,
        browser: Browser::WeChat,
        clock: Clock::Behind,
        offline: Offline::Impossible,
        version: Version::Newest,
        unsent: Unsent::Days,
        server: Server::Reached,
        locks: true,
        installed: false,
    };
    let code = checkup.code();
    let spoken = format!("{} {}", &code[..3], code[3..].to_lowercase());
    let output = run(&folder, &["doctor", "--code", &spoken], &[]);
    assert!(output.status.success(), "{}", said(&output));
    let told = String::from_utf8(output.stdout).unwrap();
    for line in
        ["LOOK  browser: inside WeChat", "LOOK  clock: more than ten minutes behind", "import outbox", "  ok  room"]
    {
        assert!(told.contains(line), "{line} in {told}");
    }
    for wrong in ["", "ABC", "000000", "浏览器没答应"] {
        let output = run(&folder, &["doctor", "--code", wrong], &[]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(said(&output).contains("手机体检"), "{}", said(&output));
    }
    assert!(is_untouched(folder.path()));
}
