//! What the server holds and this device does not: entries older than what a device keeps. Asked for when a filter
//! is set, and by “再看早一些”.

use super::desk::Desk;
use crate::api::{SearchRequest, find_entries};
use crate::error::AppError;
use crate::ui::reactive::{Effect, Memo};
use domain::kernel::{EntryId, SortedMap, Timestamp};
use domain::log::{Entry, EntryFilter, ListMark};
use domain::sync::Link;
use std::sync::Arc;

/// Devices keep what changed within about three months. Whatever was written within this many days is here for
/// certain once the first reading is through; asking begins there, and doubles are merged by id.
const SURELY_HELD_DAYS: i64 = 60;
/// Entries asked for at a time.
const PAGE: u32 = 100;

/// How far the asking has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    /// Not yet.
    #[default]
    NotYet,
    /// The server is being asked.
    Asking,
    /// It answered.
    Answered {
        /// Where the next page begins; `None` at the end of the log.
        next: Option<ListMark>,
    },
    /// It did not.
    Failed {
        /// Why.
        error: AppError,
        /// Where to go on.
        after: Option<ListMark>,
    },
}

/// What the server found for the filter as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Older {
    /// By id.
    pub entries: SortedMap<EntryId, Arc<Entry>>,
    /// How far the asking has come.
    pub asked: Asked,
    /// Which question this answers: answers to earlier ones come too late.
    question: u32,
}

/// Asks anew whenever the filter wants something else, and once more when the network comes back and the last question
/// had no answer. What was found stays: without signal above all.
pub fn follow(desk: Desk) {
    let reachable = reachable(desk);
    Effect::new(move |before: Option<EntryFilter>| {
        let wanted = desk.filter.with(|filter| filter.on(desk.today.get()));
        if before.is_some_and(|before| before != wanted) {
            desk.older.update(|older| *older = Older { question: older.question + 1, ..Older::default() });
        }
        let narrowed = desk.filter.with(|filter| !filter.is_empty());
        let can_ask = reachable.get() && narrowed && desk.client.me.with(Option::is_some) && reaches_back(desk);
        if can_ask && desk.older.with_untracked(|older| matches!(older.asked, Asked::NotYet | Asked::Failed { .. })) {
            ask_on(desk);
        }
        wanted
    });
}

/// Whether it makes sense to ask. Before the first attempt nobody knows, so one tries.
pub fn reachable(desk: Desk) -> Memo<bool> {
    Memo::new(move |_| {
        desk.client.link.with(|link| matches!(link, Link::Unknown | Link::Reached | Link::Busy | Link::ServerTrouble))
    })
}

/// Whether the filter wants anything that this device may not hold.
pub fn reaches_back(desk: Desk) -> bool {
    let from = desk.filter.with(|filter| filter.on(desk.today.get()).from);
    match (from, starting_mark(desk)) {
        (Some(from), Some(mark)) => from.start() < mark.written,
        _ => true,
    }
}

/// The next page, or the first one, or the one that failed.
pub fn ask_on(desk: Desk) {
    match desk.older.with_untracked(|older| older.asked.clone()) {
        Asked::NotYet => ask(desk, starting_mark(desk)),
        Asked::Answered { next: Some(after) } => ask(desk, Some(after)),
        Asked::Failed { after, .. } => ask(desk, after),
        Asked::Asking | Asked::Answered { next: None } => {}
    }
}

/// Beyond what is here for certain; from the newest where the first reading is not through.
fn starting_mark(desk: Desk) -> Option<ListMark> {
    let complete = desk.client.marks.with_untracked(|marks| marks.first_sync_done);
    let written = desk.client.now.get_untracked().day().plus_days(-SURELY_HELD_DAYS).start();
    (complete && written > Timestamp::EARLIEST)
        .then(|| ListMark { written, entry: EntryId::from_parts(written.millis(), [u8::MAX; 10]) })
}

fn ask(desk: Desk, after: Option<ListMark>) {
    let Desk { older, .. } = desk;
    let filter = desk.filter.with_untracked(|filter| filter.on(desk.today.get_untracked()));
    older.update(|older| older.asked = Asked::Asking);
    let question = older.with_untracked(|older| older.question);
    leptos::task::spawn_local(async move {
        let answer = find_entries(SearchRequest { filter, after, limit: PAGE }).await;
        older.try_update(|older| {
            if older.question != question {
                return;
            }
            older.asked = match answer {
                Ok(page) => {
                    for entry in page.entries {
                        older.entries.insert(entry.id, Arc::new(entry));
                    }
                    Asked::Answered { next: page.next }
                }
                Err(error) => Asked::Failed { error, after },
            };
        });
    });
}
