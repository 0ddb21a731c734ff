//! What an operator decides and takes in by the binary: entries set aside, words erased, what came too late, files of
//! unsent entries.

use crate::{
    command_line::{database, run, said, told},
    world::{
        self, CHEN, STAIRWELL, WANG, account, at, bytes, device, entries, entry, entry_of, founding, id, is_stored,
        operate, person,
    },
};
use domain::{
    kernel::{Command, Day, PersonId, Rejection, ResidentId, Role, Span, Timestamp, json},
    log::{Entry, EntryFilter},
    organisation::{self, Person},
    residents::{self, Resident},
    store::{PageLimit, PushBatch, Store},
    sync::{CommandReply, ExportFile, Outcome, PAGE_BYTES},
};
use server::{clock::now, store::SqliteStore};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

/// What a phone of somebody sends, received now.
async fn push(store: &SqliteStore, login: &str, commands: &[Command]) -> Vec<CommandReply> {
    let at = now();
    let commands = commands.iter().map(bytes).collect();
    let batch = PushBatch { sender: person(login), device: device(), sent_at: at, received: at, commands };
    store.push(batch).await.unwrap()
}

/// All entries that somebody's lists show.
async fn listed(store: &SqliteStore, login: &str) -> Vec<Entry> {
    let page = store.find_entries(person(login), &EntryFilter::default(), None, 50, now()).await.unwrap();
    page.entries
}

#[tokio::test]
async fn an_entry_or_resident_that_is_set_aside_leaves_the_lists_and_every_phone_hears_why() {
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

    let resident = Resident::key_of(id(world::HERE), ResidentId::from_parts(1, [8; 10]));
    let form = residents::Form { name: "吴某奶奶".to_owned(), ..residents::Form::default() };
    let add = residents::Act::AddResident { form };
    operate(&store, vec![founding(vec![resident.clone(), at(STAIRWELL)], &add)]).await;
    for name in [resident.to_string(), resident.id.to_string()] {
        let output = run(&folder, &["record", "set-aside", &name, "--why", "登记错了"], &environment);
        assert!(output.status.success(), "{}", said(&output));
    }
    let stored: Resident = json::read(store.stored(&resident).await.unwrap().unwrap().text.as_bytes()).unwrap();
    assert!(!stored.lives_here() && stored.steps.len() == 1, "once: {stored:?}");

    let nobody = PersonId::from_parts(1, [7; 10]).to_string();
    for (name, expected) in [
        ("x", "COMMUNITY/KIND/ID"),
        (nobody.as_str(), "no such entry or resident"),
        (&at(STAIRWELL).to_string(), "is no entry or resident"),
    ] {
        let output = run(&folder, &["record", "set-aside", name, "--why", "试试"], &environment);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let output = run(&folder, &["record", "set-aside", &names[0]], &environment);
    assert!(output.status.code() == Some(2) && said(&output).contains("--why"), "{}", said(&output));
}

#[tokio::test]
async fn words_that_are_erased_go_from_the_log_and_a_restore_says_what_it_has_erased_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    let store = SqliteStore::open(&url).await.unwrap();
    let resident = Resident::key_of(id(world::HERE), ResidentId::from_parts(1, [7; 10]));
    let form = residents::Form { name: "吴某奶奶".to_owned(), ..residents::Form::default() };
    let add = residents::Act::AddResident { form };
    operate(&store, vec![founding(vec![resident.clone(), at(STAIRWELL)], &add)]).await;
    let written = [entry(WANG, STAIRWELL, "王某兰家的私事"), entry(WANG, STAIRWELL, "另一家的私事")];
    assert!(push(&store, WANG, &written).await.iter().all(is_stored));
    let backup = ["backup", "backups/one", "--blobs", "blobs"];
    assert!(run(&folder, &backup, &environment).status.success());

    // By its whole name, as it stands in the address of its page, and a resident; twice is as good as once.
    let (whole, short) = (written[0].head.first().to_string(), entry_of(&written[1]).to_string());
    for name in [&whole, &short, &resident.to_string(), &whole] {
        let output = run(&folder, &["record", "erase", name, "--why", "本人要求"], &environment);
        assert!(output.status.success(), "{}", said(&output));
        assert!(told(&output).contains("backups from before"), "{}", told(&output));
    }
    let limit = PageLimit { records: 100, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
    let page = store.pull(person(WANG), Vec::new(), limit, now()).await.unwrap();
    let text: String = page.envelopes.iter().map(|envelope| envelope.text.as_str()).collect();
    assert!(!text.contains("私事") && !text.contains("吴某奶奶"));
    let why: Vec<_> =
        entries(&page.envelopes).iter().map(|entry| entry.erased().unwrap().as_str().to_owned()).collect();
    assert_eq!(why, ["本人要求"; 2]);
    assert_eq!(listed(&store, CHEN).await, []);

    // A reason that says too much gives way to the next one.
    for why in ["王某兰的女儿要求", "本人要求"] {
        assert!(run(&folder, &["record", "erase", &short, "--why", why], &environment).status.success());
        let page = store.pull(person(WANG), Vec::new(), limit, now()).await.unwrap();
        let text: String = page.envelopes.iter().map(|envelope| envelope.text.as_str()).collect();
        assert_eq!(text.contains("女儿"), why.contains("女儿"), "{text}");
    }

    for (name, expected) in [("x", "COMMUNITY/KIND/ID"), (&at(STAIRWELL).to_string(), "is no entry or resident")] {
        let output = run(&folder, &["record", "erase", name, "--why", "试试"], &environment);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    let output = run(&folder, &["record", "erase", &whole], &environment);
    assert!(output.status.code() == Some(2) && said(&output).contains("--why"), "{}", said(&output));

    // What cannot be noted beside the database is done all the same, and the operator hears of it.
    let (list, aside) = (folder.path().join("log.db-ended.jsonl"), folder.path().join("aside"));
    std::fs::rename(&list, &aside).unwrap();
    std::fs::create_dir(&list).unwrap();
    for arguments in [&["record", "erase", &whole, "--why", "本人要求"][..], &["person", "close", WANG]] {
        let output = run(&folder, arguments, &environment);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(said(&output).contains("an older backup would undo it"), "{}", said(&output));
    }
    std::fs::remove_dir(&list).unwrap();
    std::fs::rename(&aside, &list).unwrap();
    assert!(run(&folder, &["person", "list"], &environment).status.success());
    store.close().await;
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    let output = run(&folder, &["restore", "backups/one", "--blobs", "blobs"], &environment);
    assert!(output.status.success(), "{}", said(&output));
    for expected in [&whole, &short, &resident.to_string(), "posts of", &format!("person password {WANG}")] {
        assert!(told(&output).contains(expected), "{expected} in {}", told(&output));
    }
    let again = SqliteStore::open(&url).await.unwrap();
    assert_eq!(listed(&again, CHEN).await, []);
    assert!(push(&again, WANG, &written).await.iter().all(|reply| matches!(reply.outcome, Outcome::Duplicate { .. })));
}

#[tokio::test]
async fn words_that_somebody_still_reads_are_not_said_to_be_gone() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    let store = SqliteStore::open(&url).await.unwrap();
    let written = entry(WANG, STAIRWELL, "王某兰家的私事");
    assert!(is_stored(&push(&store, WANG, std::slice::from_ref(&written)).await[0]));
    let mut reader = SqliteConnectOptions::new().filename(folder.path().join("log.db")).connect().await.unwrap();
    for sql in ["BEGIN", "SELECT count(*) FROM record"] {
        sqlx::query(sql).execute(&mut reader).await.unwrap();
    }
    let erase = ["record", "erase", &written.head.first().to_string(), "--why", "本人要求"];
    let output = run(&folder, &erase, &environment);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(said(&output).contains("run this once more") && !told(&output).contains("are gone"), "{}", said(&output));
    reader.close().await.unwrap();
    let output = run(&folder, &erase, &environment);
    assert!(output.status.success() && told(&output).contains("are gone"), "{}", said(&output));
    for file in folder.path().read_dir().unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let (bytes, words) = (std::fs::read(&file).unwrap(), "王某兰家的私事".as_bytes());
        assert!(!bytes.windows(words.len()).any(|window| window == words), "{}", file.display());
    }
}

#[tokio::test]
async fn a_restore_that_could_not_end_something_again_names_it_and_does_not_pass_for_whole() {
    let folder = tempfile::tempdir().unwrap();
    let url = database(&folder).await;
    let environment = [("WATCHLOG_DATABASE_URL", url.as_str())];
    assert!(run(&folder, &["backup", "backups/one", "--blobs", "blobs"], &environment).status.success());
    // Whoever ended the post got the right to it after the backup.
    let store = SqliteStore::open(&url).await.unwrap();
    operate(&store, world::appoint("feng", "冯某", &[(Role::PartyCommittee, world::HERE)])).await;
    let card = Person::key_of(id(world::HERE), person(WANG));
    let end = world::command("feng", vec![card], &organisation::Act::EndPosts { until: now() });
    assert!(push(&store, "feng", std::slice::from_ref(&end)).await.iter().all(is_stored));
    store.close().await;
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    let output = run(&folder, &["restore", "backups/one", "--blobs", "blobs"], &environment);
    let named = format!("NOT ended again: {}", end.head.id);
    assert!(output.status.code() == Some(1) && told(&output).contains(&named), "{output:?}");
    assert!(said(&output).contains("not in force"), "{}", said(&output));
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
    let brought = ExportFile {
        watchlog_outbox: ExportFile::FORMAT,
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
    let import = |brought: &ExportFile| {
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
    let changed = ExportFile { name: "李某芬".to_owned(), ..brought };
    let output = import(&changed);
    assert!(output.status.code() == Some(2) && said(&output).contains("王某兰"), "{}", said(&output));
    let store = SqliteStore::open(&url).await.unwrap();
    assert_eq!(listed(&store, WANG).await.len(), 1);
}
