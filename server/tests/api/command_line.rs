//! The binary, as operators use it.

use crate::world::{self, GRID_CODE, PASSWORD, STAIRWELL_CODE, WANG, id};
use domain::{
    organisation::Person,
    store::{SignInError, Store},
    sync::{
        Checkup,
        checkup::{Browser, Clock, Offline, Promise, Room, Server, Unsent, Version},
    },
};
use server::{clock::now, store::SqliteStore};
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

pub fn run(folder: &TempDir, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    watchlog(folder, arguments, environment).output().unwrap()
}

/// What it complained about.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn is_untouched(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

/// A database with the communities of [`world`] in it; says where.
pub async fn database(folder: &TempDir) -> String {
    let url = format!("sqlite:{}", folder.path().join("log.db").display());
    let store = SqliteStore::open(&url).await.unwrap();
    world::found(&store).await;
    store.close().await;
    url
}

/// What it printed.
pub fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
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
    assert_eq!(store.counts().await.unwrap().people, 8);
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
    store.sign_in("hp-c", password, now()).await.unwrap();
}

#[tokio::test]
async fn a_person_is_added_with_a_password_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let arguments = [
        "person",
        "add",
        "--name",
        "冯某",
        "--login",
        "feng",
        "--role",
        "watcher",
        "--place",
        STAIRWELL_CODE,
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
    store.sign_in("feng", PASSWORD, now()).await.unwrap();
    let listed = told(&run(&folder, &["person", "list"], &[("WATCHLOG_DATABASE_URL", &url)]));
    assert!(listed.contains(&format!("feng\t冯某\twatcher {STAIRWELL_CODE}")), "{listed}");
    // Everything about a person but the secret is in the one trail.
    let accounts = store.accounts().await.unwrap();
    let feng = accounts.iter().find(|account| account.login == "feng").unwrap();
    let card = store.stored(&Person::key_of(id(world::HERE), feng.person)).await.unwrap().unwrap();
    assert!(!card.text.contains("argon2") && card.text.contains("冯某"), "{}", card.text);
}

#[tokio::test]
async fn a_closed_account_lets_nobody_in_until_it_gets_another_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    assert!(run(&folder, &["person", "close", WANG], &environment).status.success());
    let store = SqliteStore::open(&url).await.unwrap();
    let refused = store.sign_in(WANG, PASSWORD, now()).await.err().unwrap();
    assert!(matches!(refused, SignInError::WrongCredentials), "{refused:?}");
    assert!(told(&run(&folder, &["person", "list"], &environment)).contains("wang\t王某兰\tclosed"));
    let output = run(&folder, &["person", "password", WANG], &environment);
    let password = told(&output).split("password: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    store.sign_in(WANG, &password, now()).await.unwrap();
    for command in ["close", "password"] {
        let output = run(&folder, &["person", command, "nobody"], &environment);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(said(&output).contains("nobody"), "{}", said(&output));
    }
}

#[tokio::test]
async fn a_person_without_a_place_role_or_login_of_their_own_is_not_added() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let nowhere = "210102025900003099";
    for (login, role, place, expected) in [
        ("feng", "watcher", nowhere, nowhere),
        ("feng", "watcher", "210102025901", "210102025901"),
        ("feng", "watcher", GRID_CODE, GRID_CODE),
        ("feng", "grid_worker", STAIRWELL_CODE, STAIRWELL_CODE),
        ("feng", "watcher", "123", "12 digits"),
        ("feng", "mayor", STAIRWELL_CODE, "social_worker"),
        ("Wang", "watcher", STAIRWELL_CODE, "Wang"),
    ] {
        let arguments = ["person", "add", "--name", "冯某", "--login", login, "--role", role, "--place", place];
        let output = run(&folder, &arguments, &[("WATCHLOG_DATABASE_URL", &url)]);
        assert_eq!(output.status.code(), Some(2), "{login} {role} {place}");
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let store = SqliteStore::open(&url).await.unwrap();
    assert_eq!(store.counts().await.unwrap().people, 8);
}

#[tokio::test]
async fn from_an_empty_folder_to_a_committee_that_can_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let add = |name, abbreviation, code| {
        run(&folder, &["community", "add", "--name", name, "--abbreviation", abbreviation, "--code", code], &[])
    };
    for (abbreviation, code) in [("hp", "210102025999"), ("HPXC", "21010202599")] {
        let refused = add("和平新村社区", abbreviation, code);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    }
    let made = add("和平新村社区", "HPXC", "210102025999");
    assert!(made.status.success() && told(&made).contains("--place 210102025999"), "{}", said(&made));
    let again = add("和平新村社区", "HPXC", "210102025999");
    assert_eq!(again.status.code(), Some(2), "its code is taken: {}", told(&again));
    let place = ["--role", "party_committee", "--place", "210102025999"];
    let person = [["person", "add", "--name", "孙某", "--login", "sun"].as_slice(), &place].concat();
    let added = run(&folder, &person, &[]);
    assert!(added.status.success(), "{}", said(&added));
    let password = told(&added).split("password: ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let url = format!("sqlite:{}", folder.path().join("data/watchlog.db").display());
    let store = SqliteStore::open(&url).await.unwrap();
    assert!(store.sign_in("sun", &password, now()).await.is_ok());
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
    let told = told(&nothing);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(told.contains("LOOK  database") && told.contains("WATCHLOG_DATABASE_URL"), "{told}");
    assert!(is_untouched(folder.path()), "looking made something");

    let url = database(&folder).await;
    let blobs = folder.path().join("blobs");
    std::fs::create_dir(&blobs).unwrap();
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str()), ("WATCHLOG_BLOBS", blobs.to_str().unwrap())];
    let told = String::from_utf8(run(&folder, &["doctor"], &environment).stdout).unwrap();
    for line in ["  ok  database", "8 people", "  ok  decisions", "  ok  photos", "  ok  clock", "MB free"] {
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
