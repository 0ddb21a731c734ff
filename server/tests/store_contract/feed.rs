//! The feed (DESIGN.md 5.3): nothing is skipped, only newest states are told.

use super::fixture::*;
use app::domain::*;
use app::store::PushBatch;
use app::sync::Cursor;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_follower_that_only_moves_forward_sees_everything_while_many_write() {
    const WRITERS: usize = 12;
    const EACH: usize = 25;
    let here = Arc::new(Neighbourhood::new().await);
    let busy = Arc::new(AtomicUsize::new(WRITERS));
    let writers: Vec<_> = (0..WRITERS)
        .map(|index| {
            let (here, busy) = (Arc::clone(&here), Arc::clone(&busy));
            tokio::spawn(async move {
                let (who, place) = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR)][index % 3];
                let mut written = BTreeSet::new();
                for _ in 0..EACH {
                    let note = here.note_at(who, place, "01", now(), "人多手杂");
                    written.insert(note.act.entry());
                    here.accept(who, &[note]).await;
                }
                busy.fetch_sub(1, Ordering::SeqCst);
                written
            })
        })
        .collect();
    let followers: Vec<_> = [(CHEN, 1_000), (CHEN, 3), (SUN, 2), (WANG, 1)]
        .into_iter()
        .map(|(who, limit)| {
            let (here, busy) = (Arc::clone(&here), Arc::clone(&busy));
            tokio::spawn(async move {
                let (mut cursor, mut seen) = (None, BTreeSet::new());
                loop {
                    let last_look = busy.load(Ordering::SeqCst) == 0;
                    let page = here.pull(who, cursor.clone(), limit).await;
                    assert!(!page.start_over && page.changes.len() <= limit as usize);
                    assert!(cursor.is_none_or(|cursor: Cursor| cursor.position <= page.next.position));
                    seen.extend(entries(&page.changes).iter().map(|entry| (entry.id, entry.micro_grid.clone())));
                    cursor = Some(page.next);
                    if last_look && !page.more {
                        return (who, seen);
                    }
                }
            })
        })
        .collect();
    let mut written = BTreeSet::new();
    for writer in writers {
        written.extend(writer.await.unwrap());
    }
    assert_eq!(written.len(), WRITERS * EACH);
    for follower in followers {
        let (who, seen) = follower.await.unwrap();
        let all = [(CHEN, 300), (SUN, 200), (WANG, 100)];
        let expected = all.iter().find(|(name, _)| *name == who).unwrap().1;
        assert_eq!(seen.len(), expected, "{who}");
        assert!(seen.iter().all(|(id, _)| written.contains(id)));
    }
}

#[tokio::test]
async fn a_new_phone_hears_of_its_place_first_then_of_people_residents_and_entries() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &[here.note("灯不亮")]).await;
    let kind = |change: &Change| match change {
        Change::Community(_) => 0,
        Change::MicroGrid(_) => 1,
        Change::Person(_) => 2,
        Change::Resident(_) => 3,
        Change::Entry(_) => 4,
    };
    let kinds: Vec<_> = here.everything(WANG).await.iter().map(kind).collect();
    assert_eq!(kinds, [0, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4]);
}

#[tokio::test]
async fn only_the_newest_state_is_told_and_it_moves_to_the_end() {
    let here = Neighbourhood::new().await;
    let (first, second) = (here.note("灯不亮"), here.note("水管漏"));
    here.accept(WANG, &[first.clone(), second.clone()]).await;
    let before = here.pull(CHEN, None, 1_000).await;
    let read = here.act(CHEN, Act::MarkRead { entry: first.act.entry() });
    let reply = here.push(CHEN, &[read]).await;
    let ids = |changes: &[Change]| entries(changes).iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids(&here.everything(CHEN).await), [second.act.entry(), first.act.entry()]);
    let news = here.pull(CHEN, Some(before.next), 1_000).await;
    assert_eq!(ids(&news.changes), [first.act.entry()]);
    assert_eq!(entries(&news.changes)[0].review_state(), ReviewState::Read);
    assert_eq!(news.next.position, position(&reply[0]));
    assert!(!news.more && !news.start_over);
}

#[tokio::test]
async fn the_cursor_passes_what_the_reader_may_not_see() {
    let here = Neighbourhood::new().await;
    let start = here.pull(WANG, None, 1_000).await.next;
    let notes: Vec<Command> = (0..5).map(|_| here.note_at(QIAN, FAR, "01", now(), "远处的事")).collect();
    let replies = here.push(QIAN, &notes).await;
    let page = here.pull(WANG, Some(start), 2).await;
    assert_eq!((page.changes.len(), page.more), (0, false));
    assert_eq!(page.next.position, position(&replies[4]));
}

#[tokio::test]
async fn pages_add_up_to_the_whole_and_limits_are_bounded() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &(0..7).map(|i| here.note(&format!("第{i}条"))).collect::<Vec<_>>()).await;
    let whole = here.pull(LI, None, 0).await;
    assert_eq!(whole.changes.len(), 1, "at least one");
    let (mut cursor, mut parts) = (None, Vec::new());
    loop {
        let page = here.pull(LI, cursor, 2).await;
        parts.extend(page.changes);
        cursor = Some(page.next);
        if !page.more {
            break;
        }
    }
    assert_eq!(parts, here.pull(LI, None, u32::MAX).await.changes);
}

#[tokio::test]
async fn another_scope_or_an_impossible_position_starts_over() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &[here.note("灯不亮")]).await;
    let chen = here.pull(CHEN, None, 1_000).await;
    assert!(!chen.start_over, "who knows nothing has nothing to forget");
    let li = here.pull(LI, Some(chen.next.clone()), 1_000).await;
    assert!(li.start_over);
    assert_eq!(li.changes, here.everything(LI).await);
    for position in [chen.next.position + 1, i64::MAX, -1] {
        let page = here.pull(CHEN, Some(Cursor { position, ..chen.next.clone() }), 1_000).await;
        assert!(page.start_over);
        assert_eq!(page.changes, chen.changes);
        assert_eq!(page.next, chen.next);
    }
    let halfway = here.pull(CHEN, None, 3).await.next;
    assert!(here.pull(LI, Some(halfway), 3).await.start_over, "also in the middle of a first reading");
}

#[tokio::test]
async fn a_first_reading_leaves_out_what_is_old_except_own_and_unanswered_entries() {
    let here = Neighbourhood::new().await;
    let community = CommunityCode::parse(COMMUNITY).unwrap();
    let old = now().plus_minutes(-200 * 24 * 60);
    let horizon = now().plus_minutes(-92 * 24 * 60);
    let push_then = async |who: &str, at: Timestamp, command: &Command| {
        let batch = here.batch(who, std::slice::from_ref(command));
        here.store.push(PushBatch { sent_at: at, received: at, ..batch }).await.unwrap();
    };
    let note = |who, place, at, text| here.note_at(who, place, "01", at, text);
    let (quiet, asked) = (note(WANG, FIRST, old, "旧事"), note(WANG, FIRST, old, "旧事待补充"));
    let (sun, fresh) = (note(SUN, FIRST, old, "网格员的旧事"), note(WANG, FIRST, now(), "新事"));
    push_then(WANG, old, &quiet).await;
    push_then(WANG, old, &asked).await;
    push_then(SUN, old, &sun).await;
    let question = Act::SendBack { entry: asked.act.entry(), part: Part::Problem, question: "几楼？".into() };
    let mut question = here.act(LI, question);
    question.written = old;
    push_then(LI, old, &question).await;
    push_then(WANG, now(), &fresh).await;

    // Page by page: the horizon holds for the whole first reading.
    let read = async |who: &str, mut cursor: Option<Cursor>| {
        let mut seen = BTreeSet::new();
        loop {
            let page = here.store.pull(&here.rights(who), &community, cursor, 2, horizon).await.unwrap();
            seen.extend(entries(&page.changes).iter().map(|entry| entry.id));
            cursor = Some(page.next);
            if !page.more {
                return (seen, cursor);
            }
        }
    };
    let ids = |commands: &[&Command]| commands.iter().map(|command| command.act.entry()).collect::<BTreeSet<_>>();
    assert_eq!(read(SUN, None).await.0, ids(&[&asked, &sun, &fresh]));
    assert_eq!(read(WANG, None).await.0, ids(&[&quiet, &asked, &fresh]));
    let (seen, cursor) = read(CHEN, None).await;
    assert_eq!(seen, ids(&[&asked, &fresh]));

    // Who has been here before misses nothing, however long ago the server had it.
    let late = note(QIAN, FAR, old, "那时候的事");
    push_then(QIAN, old, &late).await;
    assert_eq!(read(CHEN, cursor).await.0, ids(&[&late]));
}

#[tokio::test]
async fn news_are_told_after_the_commit() {
    let here = Neighbourhood::new().await;
    let mut news = here.engine.news();
    let before = *news.borrow_and_update();
    assert_eq!(before, here.pull(CHEN, None, 1_000).await.next.position);
    let replies = here.push(WANG, &[here.note("灯不亮"), here.note("水管漏")]).await;
    news.changed().await.unwrap();
    assert_eq!(*news.borrow_and_update(), position(&replies[1]));
    here.push(WANG, &[here.note("")]).await;
    assert!(!news.has_changed().unwrap(), "a rejection is no news");
}
