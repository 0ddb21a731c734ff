//! The feed: nothing is skipped, only newest states are told, each reader hears what their scope admits.

use crate::neighbourhood::*;
use domain::kernel::{Bytes, Envelope, Timestamp, json};
use domain::log::{self, Part};
use domain::residents::Resident;
use domain::store::PageLimit;
use domain::sync::{Cursor, PROTOCOL, PullReply, PullReplyHead, ServerMark};
use std::collections::BTreeSet;

fn kinds(envelopes: &[Envelope]) -> Vec<&str> {
    envelopes.iter().map(|envelope| envelope.head.key.kind.as_str()).collect()
}

promises! {
    async fn a_new_phone_hears_of_its_places_people_residents_and_entries(here) {
        here.accept(WANG, &[note("灯不亮")]).await;
        let told = here.everything(WANG).await;
        let count = |kind: &str| kinds(&told).iter().filter(|one| **one == kind).count();
        // The community, the stairwell and what stands above it; all colleagues; her residents; her entry.
        assert_eq!((count("community"), count("place"), count("person"), count("resident"), count("entry")), (1, 3, 7, 2, 1));
        assert!(told.iter().is_sorted_by_key(|envelope| envelope.head.position));
    }

    async fn only_the_newest_state_is_told_and_it_moves_to_the_end(here) {
        let (first, second) = (note("灯不亮"), note("水管漏"));
        here.accept(WANG, &[first.clone(), second.clone()]).await;
        let before = here.pull(CHEN, Vec::new(), 1_000).await;
        let read = act_on(CHEN, entry_of(&first), &log::Act::MarkRead { version: first.head.id });
        let reply = here.accept(CHEN, &[read]).await.remove(0);
        let ids = |envelopes: &[Envelope]| entries(envelopes).iter().map(|entry| entry.id).collect::<Vec<_>>();
        assert_eq!(ids(&here.everything(CHEN).await), [entry_of(&second), entry_of(&first)]);
        let news = here.pull(CHEN, before.cursors, 1_000).await;
        assert_eq!(ids(&news.envelopes), [entry_of(&first)]);
        assert_eq!(news.envelopes[0].head.position, position(&reply));
        assert_eq!(news.cursors[0].position, position(&reply));
        assert!(!news.more && news.start_over.is_empty());
    }

    async fn what_changes_nothing_is_not_told(here) {
        let note = note("灯不亮");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        let read = || act_on(CHEN, entry_of(&note), &log::Act::MarkRead { version: note.head.id });
        here.accept(CHEN, &[read()]).await;
        let before = here.store.heads().await.unwrap();
        here.accept(CHEN, &[read()]).await;
        assert_eq!(here.store.heads().await.unwrap(), before);
    }

    async fn the_cursor_passes_what_the_reader_may_not_see(here) {
        let start = here.pull(WANG, Vec::new(), 1_000).await.cursors;
        let notes: Vec<_> = (0..5).map(|_| write_at(QIAN, FAR, "01", now(), "远处的事")).collect();
        let replies = here.accept(QIAN, &notes).await;
        let page = here.pull(WANG, start, 2).await;
        assert_eq!((page.envelopes.len(), page.more), (0, false));
        assert_eq!(page.cursors[0].position, position(&replies[4]));
    }

    async fn pages_add_up_to_the_whole_and_at_least_one_record_fits(here) {
        here.accept(WANG, &(0..7).map(|index| note(&format!("第{index}条"))).collect::<Vec<_>>()).await;
        let whole = here.everything(LI).await;
        for limit in [0, 1, 2, 5] {
            let (mut cursors, mut parts) = (Vec::new(), Vec::new());
            loop {
                let page = here.pull(LI, cursors, limit).await;
                assert!(page.envelopes.len() <= limit.max(1) as usize);
                parts.extend(page.envelopes);
                cursors = page.cursors;
                if !page.more {
                    break;
                }
            }
            assert_eq!(parts, whole, "{limit} at once");
        }
    }

    async fn a_long_feed_is_told_whole_and_in_its_order(here) {
        for _ in 0..3 {
            here.accept(WANG, &(0..100).map(|index| note(&format!("第{index}条"))).collect::<Vec<_>>()).await;
        }
        let whole = here.pull(LI, Vec::new(), 1_000).await;
        assert_eq!((entries(&whole.envelopes).len(), whole.more), (300, false));
        let of_here = whole.envelopes.iter().filter(|envelope| envelope.head.key.community == id(HERE));
        let positions: Vec<_> = of_here.map(|envelope| envelope.head.position).collect();
        assert!(positions.is_sorted(), "{positions:?}");
        let first = here.pull(LI, Vec::new(), 150).await;
        let rest = here.pull(LI, first.cursors, 1_000).await;
        assert_eq!([first.envelopes, rest.envelopes].concat(), whole.envelopes);
    }

    async fn a_page_ends_before_the_record_that_would_go_beyond_its_bytes(here) {
        here.accept(WANG, &(0..7).map(|_| note(&"水".repeat(2_000))).collect::<Vec<_>>()).await;
        let whole = here.everything(WANG).await;
        // Two of the entries; less than one of them.
        for bytes in [15_000, 5_000] {
            let limit = PageLimit { records: 1_000, bytes: Bytes::new(bytes), horizon: Timestamp::EARLIEST };
            let (mut cursors, mut parts, mut fullest) = (Vec::new(), Vec::new(), 0);
            loop {
                let page = here.store.pull(person(WANG), cursors, limit, now()).await.unwrap();
                let of_page: u64 = page.envelopes.iter().map(|envelope| envelope.size().get()).sum();
                assert!(of_page <= bytes || page.envelopes.len() == 1, "{of_page} of {bytes}");
                fullest = fullest.max(entries(&page.envelopes).len());
                parts.extend(page.envelopes);
                cursors = page.cursors;
                if !page.more {
                    break;
                }
            }
            assert_eq!(parts, whole, "{bytes}");
            assert_eq!(fullest, if bytes == 15_000 { 2 } else { 1 }, "what fits is on the page");
        }
    }

    async fn the_largest_records_make_no_reply_that_is_larger_than_an_old_phone_takes_in(here) {
        // As long as an entry becomes: each change of a part says what stood there and what does.
        let words = |number: usize| format!("{number:02}{}", "\u{2000B}".repeat(1_990));
        for _ in 0..5 {
            let note = note(&words(0));
            here.accept(WANG, std::slice::from_ref(&note)).await;
            let changes: Vec<_> = (1..12).map(|at| amend(WANG, &note, &words(at - 1), &words(at))).collect();
            here.accept(WANG, &changes).await;
        }
        let (mut cursors, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let page = here.pull(WANG, cursors, 1_000).await;
            let large = page.envelopes.iter().map(|one| one.size().get()).filter(|size| *size > 150_000);
            sizes.extend(large);
            let server = ServerMark {
                epoch: here.store.epoch(),
                protocol: PROTOCOL,
                version: "0.1.0".to_owned(),
                now: now(),
                person: person(WANG),
            };
            let head = PullReplyHead { server, cursors: page.cursors, start_over: page.start_over, more: page.more };
            let reply = PullReply { head, envelopes: page.envelopes };
            let written = reply.write().unwrap().len() as u64;
            assert!(written <= Bytes::kib(512).get(), "{written}");
            cursors = reply.head.cursors;
            if !reply.head.more {
                break;
            }
        }
        assert!(sizes.len() == 5 && sizes.iter().all(|size| (180_000..205_000).contains(size)), "{sizes:?}");
    }

    async fn another_scope_or_an_impossible_position_starts_over(here) {
        here.accept(WANG, &[note("灯不亮")]).await;
        let chen = here.pull(CHEN, Vec::new(), 1_000).await;
        assert!(chen.start_over.is_empty(), "who knows nothing has nothing to forget");
        let zhou = here.pull(ZHOU, chen.cursors.clone(), 1_000).await;
        assert_eq!(zhou.start_over, [id(HERE)]);
        assert_eq!(zhou.envelopes, here.everything(ZHOU).await);
        let position = chen.cursors[0].position;
        for position in [position + 1, i64::MAX, -1] {
            let page = here.pull(CHEN, vec![Cursor { position, ..chen.cursors[0].clone() }], 1_000).await;
            assert_eq!(page.start_over, [id(HERE)]);
            assert_eq!((&page.envelopes, &page.cursors), (&chen.envelopes, &chen.cursors));
        }
        let halfway = here.pull(CHEN, Vec::new(), 3).await.cursors;
        assert_eq!(here.pull(ZHOU, halfway, 3).await.start_over, [id(HERE)], "also in the middle of a first reading");
    }

    async fn a_first_reading_leaves_out_what_is_old_except_own_and_unanswered_entries(here) {
        let (old, horizon) = (days(-200), days(-92));
        let write = |who, place, at, text| write_at(who, place, "01", at, text);
        let (quiet, asked) = (write(WANG, FIRST, old, "旧事"), write(WANG, FIRST, old, "旧事待补充"));
        let (sun, fresh) = (write(SUN, FIRST, old, "网格员的旧事"), write(WANG, FIRST, now(), "新事"));
        here.push_at(WANG, old, &[quiet.clone(), asked.clone()]).await;
        here.push_at(SUN, old, std::slice::from_ref(&sun)).await;
        let question = log::Act::SendBack { version: asked.head.id, part: Part::Problem, question: "几楼？".to_owned() };
        here.push_at(LI, old, &[command(LI, old, vec![entry_key(entry_of(&asked))], &question)]).await;
        here.push_at(WANG, now(), std::slice::from_ref(&fresh)).await;

        // Page by page: the horizon holds for the whole first reading.
        let read = async |who: &str, mut cursors: Vec<Cursor>| {
            let limit = PageLimit { records: 2, bytes: domain::sync::PAGE_BYTES, horizon };
            let mut seen = BTreeSet::new();
            loop {
                let page = here.store.pull(person(who), cursors, limit, now()).await.unwrap();
                seen.extend(entries(&page.envelopes).iter().map(|entry| entry.id));
                cursors = page.cursors;
                if !page.more {
                    return (seen, cursors);
                }
            }
        };
        let ids = |commands: &[&domain::kernel::Command]| commands.iter().map(|one| entry_of(one)).collect::<BTreeSet<_>>();
        assert_eq!(read(SUN, Vec::new()).await.0, ids(&[&asked, &sun, &fresh]));
        assert_eq!(read(WANG, Vec::new()).await.0, ids(&[&quiet, &asked, &fresh]));
        let (seen, cursors) = read(CHEN, Vec::new()).await;
        assert_eq!(seen, ids(&[&asked, &fresh]));

        // Who has been here before misses nothing, however long ago the server had it.
        let late = write(QIAN, FAR, old, "那时候的事");
        here.push_at(QIAN, old, std::slice::from_ref(&late)).await;
        assert_eq!(read(CHEN, cursors).await.0, ids(&[&late]));
    }

    async fn residents_are_masked_for_whom_they_concern_less(here) {
        let residents = async |who: &str| {
            let told = here.everything(who).await;
            let residents = told.into_iter().filter(|envelope| envelope.head.key.kind == "resident");
            residents.map(|one| json::read::<Resident>(one.text.as_bytes()).unwrap()).collect::<Vec<_>>()
        };
        let (wang, li) = (residents(WANG).await, residents(LI).await);
        assert_eq!(wang.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["吴某奶奶", "郑某"]);
        assert!(wang[0].phones[0].number == "13800005678");
        assert_eq!(li.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["吴某奶奶"], "in care");
        assert!(li[0].phones.iter().all(|phone| phone.number != "13800005678"), "{li:?}");
        assert_eq!(residents(ZHAO).await, []);
        assert_eq!(residents(ZHOU).await, []);
    }

    async fn who_has_no_post_any_more_hears_of_their_own_for_as_long_as_late_work_counts(here) {
        let (own, other) = (note("王的"), write_at(SUN, FIRST, "01", now(), "孙的"));
        here.accept(WANG, std::slice::from_ref(&own)).await;
        here.accept(SUN, std::slice::from_ref(&other)).await;
        let before = here.pull(WANG, Vec::new(), 1_000).await;
        assert_eq!(entries(&before.envelopes).len(), 2);
        let ends = days(1);
        here.operate(now(), &[(vec![card_key(WANG, HERE), place_key(HERE, FIRST)], end_post(domain::kernel::Role::Watcher, ends))]).await;
        let limit = PageLimit { records: 1_000, bytes: domain::sync::PAGE_BYTES, horizon: Timestamp::EARLIEST };
        let pull = async |at| here.store.pull(person(WANG), before.cursors.clone(), limit, at).await.unwrap();
        let page = pull(days(2)).await;
        assert_eq!(page.start_over, [id(HERE)]);
        assert_eq!(entries(&page.envelopes).iter().map(|entry| entry.id).collect::<Vec<_>>(), [entry_of(&own)]);
        let page = pull(days(31)).await;
        assert_eq!((page.envelopes.len(), page.cursors.len()), (0, 0), "nothing, not even a cursor");
    }
}
