//! The binary, as operators use it.

use crate::world::{
    self, CHEN, GRID_CODE, PASSWORD, STAIRWELL, STAIRWELL_CODE, WANG, account, at, bytes, device, entries, entry,
    entry_of, founding, id, is_stored, operate, person,
};
use domain::{
    kernel::{Command as Act, Day, PersonId, Rejection, Role, Span, Timestamp},
    log::{Entry, EntryFilter},
    organisation::{self, Person},
    store::{PageLimit, PushBatch, SignInError, Store},
    sync::{
        Carried, Checkup, CommandReply, Outcome, PAGE_BYTES,
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
    world::found(&store).await;
    store.close().await;
    url
}

/// What a phone of somebody sends, received now.
async fn push(store: &SqliteStore, login: &str, commands: &[Act]) -> Vec<CommandReply> {
    let at = now();
    let commands = commands.iter().map(bytes).collect();
    let batch = PushBatch { sender: person(login), device: device(), sent_at: at, received: at, commands };
    store.push(batch).await.unwrap()
}

fn told(output: &Output) -> String {
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

/// All entries that somebody's lists show.
async fn listed(store: &SqliteStore, login: &str) -> Vec<Entry> {
    let page = store.find_entries(person(login), &EntryFilter::default(), None, 50, now()).await.unwrap();
    page.entries
}

#[tokio::test]
async fn an_entry_that_is_set_aside_leaves_the_lists_and_every_phone_hears_why() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    let store = SqliteStore::open(&url).await.unwrap();
    let written = [entry(WANG, STAIRWELL, "按错了的"), entry(WANG, STAIRWELL, "又按错了的")];
    assert!(push(&store, WANG, &written).await.iter().all(is_stored));
    // By its whole name, and as it stands in the address of its page.
    let names = [written[0].head.first().to_string(), entry_of(&written[1]).to_string()];
    for name in &names {
        let output = run(&folder, &["record", "set-aside", name, "--why", "居民要求"], &environment);
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(listed(&store, CHEN).await, []);
    let limit = PageLimit { records: 100, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
    let told = entries(&store.pull(person(CHEN), Vec::new(), limit, now()).await.unwrap().envelopes);
    let why: Vec<_> = told.iter().map(|entry| entry.set_aside().unwrap().as_str()).collect();
    assert_eq!(why, ["居民要求"; 2]);

    let nobody = PersonId::from_parts(1, [7; 10]).to_string();
    for (name, expected) in
        [("x", "COMMUNITY/KIND/ID"), (nobody.as_str(), "no such entry"), (&at(STAIRWELL).to_string(), "only entries")]
    {
        let output = run(&folder, &["record", "set-aside", name, "--why", "试试"], &environment);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let output = run(&folder, &["record", "set-aside", &names[0]], &environment);
    assert!(output.status.code() == Some(2) && said(&output).contains("--why"), "{}", said(&output));
}

#[tokio::test]
async fn what_came_too_late_waits_until_the_operator_decides() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    let store = SqliteStore::open(&url).await.unwrap();
    // 冯某's post ended longer ago than late work counts.
    let card = Person::key_of(id(world::HERE), person("feng"));
    let add = organisation::Act::AddPerson { name: "冯某".to_owned(), agency: None };
    let until = Some(now().plus(Span::days(-40)));
    let post = organisation::Act::GivePost { role: Role::Watcher, from: Timestamp::EARLIEST, until };
    let appointed = vec![founding(vec![card.clone()], &add), founding(vec![card, at(STAIRWELL)], &post)];
    operate(&store, appointed).await;
    store.add_account(account("feng")).await.unwrap();
    let written = ["住院前写的", "也是住院前写的"].map(|problem| {
        let mut command = entry("feng", STAIRWELL, problem);
        command.head.written = now().plus(Span::days(-50));
        command
    });
    for reply in push(&store, "feng", &written).await {
        assert_eq!(reply.outcome, Outcome::Held);
    }

    let held = told(&run(&folder, &["record", "held"], &environment));
    let day: Day = now().plus(Span::days(-50)).day();
    for expected in ["冯某", "住院前写的", &written[0].head.id.to_string(), &day.to_string()] {
        assert!(held.contains(expected), "{expected} in {held}");
    }
    assert!(told(&run(&folder, &["doctor"], &environment)).contains("LOOK  decisions: 2"));
    let (command, key) = (written[0].head.id.to_string(), written[1].head.first().to_string());
    let decide = |name: &str, how: &str| {
        let arguments = ["record", "decide", name, how, "--why", "她住院了"];
        run(&folder, &arguments, &environment)
    };
    assert!(decide(&command, "--accept").status.success());
    assert!(decide(&key, "--reject").status.success());
    let again = decide(&key, "--accept");
    assert!(again.status.code() == Some(2) && said(&again).contains("record held"), "{}", said(&again));

    // The phone hears of it when it sends once more.
    let replies = push(&store, "feng", &written).await;
    assert!(matches!(replies[0].outcome, Outcome::Duplicate { .. }), "{replies:?}");
    assert_eq!(replies[1].outcome, Outcome::Rejected { reason: Rejection::TOO_LATE.into() });
    assert_eq!(listed(&store, CHEN).await.iter().map(|entry| entry.id).collect::<Vec<_>>(), [entry_of(&written[0])]);
    assert!(told(&run(&folder, &["record", "held"], &environment)).contains("nothing waits"));
}

#[tokio::test]
async fn what_somebody_brings_as_a_file_gets_into_the_log_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    let commands = vec![bytes(&entry(WANG, STAIRWELL, "没信号时写的")), "{}".to_owned()];
    let brought = Carried {
        watchlog_outbox: Carried::FORMAT,
        author: person(WANG),
        name: "王某兰".to_owned(),
        device: device(),
        taken: now(),
        clock_offset: Some(Span::ZERO),
        commands,
        unfinished: Vec::new(),
        blobs: Vec::new(),
    };
    let file = folder.path().join("outbox.json");
    let import = |brought: &Carried| {
        std::fs::write(&file, serde_json::to_vec(brought).unwrap()).unwrap();
        run(&folder, &["import", "outbox", file.to_str().unwrap()], &environment)
    };
    for _ in 0..2 {
        let output = import(&brought);
        // One of them is no command: it is shown, and stands in nobody's way.
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(told(&output).contains("王某兰: 1 are in the log"), "{}", told(&output));
        assert!(told(&output).contains("not taken"), "{}", told(&output));
    }
    let changed = Carried { name: "李某芬".to_owned(), ..brought };
    let output = import(&changed);
    assert!(output.status.code() == Some(2) && said(&output).contains("王某兰"), "{}", said(&output));
    let store = SqliteStore::open(&url).await.unwrap();
    assert_eq!(listed(&store, WANG).await.len(), 1);
}
