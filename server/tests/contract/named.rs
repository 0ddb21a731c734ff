//! Lists, searches and counts have for everybody what names them, beside what their posts read: the audience alone says who
//! may read an entry. The rules of today name no readers of an entry; those of a later module may.

use crate::audience::directory;
use crate::engine::Engine;
use crate::lists::{Seen, everybody_lists, varied};
use crate::neighbourhood::*;
use domain::kernel::{Audience, EntryId, Post, Reader, Record, Role};
use domain::log::{Entry, EntryFilter};
use domain::organisation::Directory;
use domain::sync::feed;
use std::collections::BTreeMap;
use tokio::runtime::Runtime;

/// Everybody by name and by post, one post whose holder there is none, and one of the other community.
fn namable() -> Vec<Reader> {
    let posts = [
        (Role::Watcher, FIRST),
        (Role::Watcher, SECOND),
        (Role::Watcher, FAR),
        (Role::GridWorker, FIRST_GRID),
        (Role::GridWorker, SECOND_GRID),
        (Role::SocialWorker, FIRST_GRID),
        (Role::PartyBranch, FIRST_GRID),
        (Role::PartyCommittee, HERE),
        (Role::Watcher, OTHER),
    ];
    let people = EVERYBODY.into_iter().map(|who| Reader::Person(person(who)));
    people.chain(posts.map(|(role, place)| Reader::Post(Post { role, place: id(place) }))).collect()
}

/// The audience of each entry: every third is told to nobody else, the others to one or two more.
async fn name_readers(here: &Neighbourhood, all: &[Entry]) -> BTreeMap<EntryId, Audience> {
    let readers = namable();
    let mut audiences = BTreeMap::new();
    // Ids are random, and numbers are not.
    let mut all: Vec<&Entry> = all.iter().collect();
    all.sort_by_key(|entry| entry.number.clone());
    for (index, entry) in all.into_iter().enumerate() {
        let mut named = [readers[index % readers.len()], readers[(index * 7 + 3) % readers.len()]].to_vec();
        named.truncate(index % 3);
        named.dedup();
        if !named.is_empty() {
            here.name_readers(entry, named.clone()).await;
        }
        audiences.insert(entry.id, Audience { readers: named, ..entry.audience() });
    }
    audiences
}

/// Whom the domain admits to what.
fn admitted(directory: &Directory, all: &[Entry], audience: impl Fn(&Entry) -> Audience) -> Seen {
    let mut seen = Seen::new();
    for who in EVERYBODY {
        let reader = feed::Reader::of(person(who), id(HERE), directory, now());
        let theirs = all.iter().filter(|entry| {
            reader.as_ref().is_some_and(|reader| reader.scope.admits(Some(entry.author), &audience(entry)))
        });
        seen.insert(who, theirs.map(|entry| entry.id).collect());
    }
    seen
}

fn everybody_lists_what_names_them(engine: Engine) {
    let runtime = Runtime::new().unwrap();
    let (here, all, directory, seen) = runtime.block_on(async {
        let here = Neighbourhood::new(engine).await;
        let all = varied(&here).await;
        let audiences = name_readers(&here, &all).await;
        let directory = directory(&here).await;
        let seen = admitted(&directory, &all, |entry| audiences[&entry.id].clone());
        let by_rules = admitted(&directory, &all, Record::audience);
        let are_told_more = EVERYBODY.iter().filter(|who| seen[*who].len() > by_rules[*who].len());
        assert_eq!(are_told_more.collect::<Vec<_>>(), [&WANG, &ZHAO, &QIAN, &LI, &SUN, &ZHOU]);
        (here, all, directory, seen)
    });
    everybody_lists(&runtime, &here, &all, &directory, &seen);
}

#[test]
fn everybody_lists_what_names_them_in_memory() {
    everybody_lists_what_names_them(Engine::Memory);
}

#[test]
fn everybody_lists_what_names_them_on_sqlite() {
    everybody_lists_what_names_them(Engine::Sqlite);
}

promises! {
    async fn who_is_named_no_more_is_told_no_more(here) {
        let note = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let entry = here.entry(WANG, entry_of(&note)).await.unwrap();
        let count = async |words: &str| {
            let filter = EntryFilter { words: words.to_owned(), ..EntryFilter::default() };
            here.list(QIAN, &filter).await.len()
        };
        here.name_readers(&entry, vec![Reader::Person(person(QIAN))]).await;
        assert_eq!((count("").await, count("灯").await, count("不亮").await), (1, 1, 1));
        // The rules, which name nobody, write it anew.
        here.accept(WANG, &[amend(WANG, &note, "灯不亮", "灯亮了")]).await;
        assert_eq!((count("").await, count("灯").await, count("亮了").await), (0, 0, 0));
    }
}
