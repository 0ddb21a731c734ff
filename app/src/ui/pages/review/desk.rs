//! What the desk knows while it is open: the filter and the entry of the address, the list that follows from them,
//! and where the focus is to go.

use super::listing::{Baseline, Candidate, Listing, Step};
use super::older::Older;
use super::query::DeskFilter;
use super::state::as_reader;
use crate::ui::reactive::{Effect, Memo, RwSignal, StoredValue};
use crate::ui::{Client, ShownEntry};
use domain::kernel::{CommunityId, Day, EntryId, ReadScope, Record, SortedMap, Tree};
use domain::log::{Entry, EntryFilter};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};
use leptos_router::{NavigateOptions, location::Url};
use std::{collections::BTreeSet, sync::Arc};

/// Rows that are drawn at first, and how many more at a time.
pub const ROWS: usize = 80;

/// What lies over the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// 点评
    Comment(EntryId),
    /// 退回补充
    SendBack(EntryId),
    /// The keys.
    Keys,
}

/// A word in passing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What happened.
    pub words: String,
    /// Something did not work: stays until it is closed.
    pub trouble: bool,
}

/// Where the focus goes once the address has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The title of the open entry.
    Panel,
    /// A row of the list.
    Row(EntryId),
}

/// All entries that can be shown, by id.
pub type Shown = Arc<SortedMap<EntryId, ShownEntry>>;

/// Goes to an address; `true` adds no step to the history.
type Navigate = Box<dyn Fn(&str, bool) + Send + Sync>;

/// The state of the desk. Cheap to copy; provided as context by the page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The app's state.
    pub client: Client,
    /// What the address wants to see.
    pub filter: Memo<DeskFilter>,
    /// Which entry the address opens.
    pub open: Memo<Option<EntryId>>,
    /// Today, by the device's clock.
    pub today: Memo<Day>,
    /// What the device holds, and what the server found.
    pub entries: Memo<Shown>,
    /// What waits for this person's look, whatever the filter; only what the device holds.
    pub unread: Memo<Arc<BTreeSet<EntryId>>>,
    /// The list.
    pub listing: Memo<Arc<Listing>>,
    /// What the server found beyond what the device holds.
    pub older: RwSignal<Older>,
    /// How many rows are drawn.
    pub rows: RwSignal<usize>,
    /// 多选
    pub picked: RwSignal<BTreeSet<EntryId>>,
    /// Entries whose 已阅 is being kept: a second tap would be a second one, for good.
    pub marking: StoredValue<BTreeSet<EntryId>>,
    /// How far marking several has come: done and all.
    pub progress: RwSignal<Option<(usize, usize)>>,
    /// Keys of one character do something.
    pub keys: RwSignal<bool>,
    /// What lies over the desk.
    pub sheet: RwSignal<Option<Sheet>>,
    /// A word in passing.
    pub said: RwSignal<Option<Said>>,
    baseline: RwSignal<Baseline>,
    last_position: StoredValue<usize>,
    focus: StoredValue<Option<Focus>>,
    navigate: StoredValue<Navigate>,
}

impl Desk {
    /// A desk that follows the address. Called once, by the page.
    #[must_use]
    pub fn new() -> Self {
        let client = Client::here();
        let (query, params, hash) = (use_query_map(), use_params_map(), use_location().hash);
        let filter =
            Memo::new(move |_| query.with(|query| DeskFilter::read(|key| query.get(key), words_of(&hash.get()))));
        let today = Memo::new(move |_| client.now.get().day());
        let older = RwSignal::new(Older::default());
        let baseline = RwSignal::new(Baseline::default());
        let entries = Memo::new(move |_| older.with(|older| client.shown_with(&older.entries)));
        let unread = Memo::new(move |_| Arc::new(unread_of(client)));
        let listing = Memo::new(move |_| {
            let wanted = filter.with(|filter| filter.on(today.get()));
            Arc::new(baseline.with(|baseline| list(client, &wanted, entries, unread, older, baseline)))
        });
        let navigate = use_navigate();
        let go = move |address: &str, replace: bool| {
            navigate(address, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        };
        Self {
            client,
            filter,
            open: Memo::new(move |_| params.with(|params| params.get("entry").and_then(|id| id.parse().ok()))),
            today,
            entries,
            unread,
            listing,
            older,
            rows: RwSignal::new(ROWS),
            picked: RwSignal::default(),
            marking: StoredValue::default(),
            progress: RwSignal::new(None),
            keys: RwSignal::new(true),
            sheet: RwSignal::new(None),
            said: RwSignal::new(None),
            baseline,
            last_position: StoredValue::new(0),
            focus: StoredValue::new(None),
            navigate: StoredValue::new(Box::new(go)),
        }
    }

    /// An entry, as its reader sees it now.
    #[must_use]
    pub fn entry(self, id: EntryId) -> Option<ShownEntry> {
        self.entries.with(|entries| entries.get(&id).cloned())
    }

    /// The address of an entry, or of the list alone, with the filter as it is.
    #[must_use]
    pub fn address(self, entry: Option<EntryId>) -> String {
        self.filter.with(|filter| address(entry, filter))
    }

    /// Opens an entry. From one entry to the next no step is added to the history: back leads to the list.
    pub fn go_to(self, entry: EntryId, focus: Focus) {
        self.focus.set_value(Some(focus));
        let replace = self.open.get_untracked().is_some();
        let address = self.filter.with_untracked(|filter| address(Some(entry), filter));
        self.navigate.with_value(|navigate| navigate(&address, replace));
    }

    /// Says where the focus goes when a link has been followed.
    pub fn wish_focus(self, focus: Focus) {
        self.focus.set_value(Some(focus));
    }

    /// Takes the wish.
    pub fn take_focus(self) -> Option<Focus> {
        self.focus.try_update_value(Option::take).flatten()
    }

    /// Back to the list, to the row one came from. Adds no step to the history: the system's back button would open
    /// the entry again.
    pub fn close(self) {
        let Some(entry) = self.open.get_untracked() else { return };
        self.focus.set_value(Some(Focus::Row(entry)));
        let address = self.filter.with_untracked(|filter| address(None, filter));
        self.navigate.with_value(|navigate| navigate(&address, true));
    }

    /// Changes the filter. `replace` adds no step to the history: for words while they are being typed.
    pub fn refine(self, replace: bool, change: impl FnOnce(&mut DeskFilter)) {
        let mut filter = self.filter.get_untracked();
        change(&mut filter);
        let address = address(self.open.get_untracked(), &filter);
        self.navigate.with_value(|navigate| navigate(&address, replace));
    }

    /// Picks an entry for 多选, or lets go of it.
    pub fn pick(self, entry: EntryId, wanted: bool) {
        self.picked.update(|picked| {
            if wanted {
                picked.insert(entry);
            } else {
                picked.remove(&entry);
            }
        });
    }

    /// The entry after or before `from` in the list.
    #[must_use]
    pub fn neighbour(self, from: Option<EntryId>, step: Step) -> Option<EntryId> {
        self.listing.with(|listing| listing.neighbour(from, self.last_position.get_value(), step))
    }

    /// Shows the list anew: what came since stands in it, and what was looked at moves under its day.
    pub fn show_anew(self) {
        let known = self.client.shown.with_untracked(|shown| shown.keys().copied().collect());
        let unread = self.unread.with_untracked(|unread| BTreeSet::clone(unread));
        self.baseline.set(Baseline::new(known, unread));
    }

    /// Keeps the list in step with filter, first reading and open entry. Called once, in the browser.
    pub fn follow(self) {
        let Self { client, filter, listing, open, picked, rows, last_position, .. } = self;
        Effect::new(move |_| {
            filter.track();
            picked.update(BTreeSet::clear);
            rows.set(ROWS);
            self.show_anew();
        });
        // A list that is still being filled for the first time, or has nothing in it, has no place to keep.
        Effect::new(move |_| {
            let first_reading = client.marks.with(|marks| !marks.first_sync_done);
            let waiting = listing.with(|listing| listing.arrivals > 0 && (first_reading || listing.order.is_empty()));
            if waiting {
                self.show_anew();
            }
        });
        Effect::new(move |_| {
            let position = open.get().and_then(|entry| listing.with(|listing| listing.position(entry)));
            if let Some(position) = position {
                last_position.set_value(position);
                rows.update(|rows| *rows = (*rows).max(position + 1));
            }
        });
    }
}

fn address(entry: Option<EntryId>, filter: &DeskFilter) -> String {
    let mut address = entry.map_or_else(|| "/review".to_owned(), |entry| format!("/review/{entry}"));
    let query = filter.query();
    if !query.is_empty() {
        address.push('?');
        address.push_str(&query);
    }
    if !filter.wanted.words.is_empty() {
        address.push_str("#words=");
        address.push_str(&Url::escape(&filter.wanted.words));
    }
    address
}

fn words_of(hash: &str) -> String {
    let words = hash.strip_prefix("#words=").map(Url::unescape).unwrap_or_default();
    words.chars().take(EntryFilter::MOST_CHARACTERS).collect()
}

fn unread_of(client: Client) -> BTreeSet<EntryId> {
    let shown = client.shown.get();
    let entries = || shown.values().map(|shown| &shown.entry);
    let mut unread = BTreeSet::new();
    for community in communities(entries()) {
        let here = entries().filter(|entry| entry.community == community);
        as_reader(client, community, |reader| {
            unread.extend(here.filter(|entry| reader.misses(entry)).map(|entry| entry.id));
        });
    }
    unread
}

fn communities<'e>(entries: impl Iterator<Item = &'e Arc<Entry>>) -> BTreeSet<CommunityId> {
    entries.map(|entry| entry.community).collect()
}

fn list(
    client: Client,
    wanted: &EntryFilter,
    entries: Memo<Shown>,
    unread: Memo<Arc<BTreeSet<EntryId>>>,
    older: RwSignal<Older>,
    baseline: &Baseline,
) -> Listing {
    let (entries, unread) = (entries.get(), unread.get());
    let mut candidates = Vec::new();
    for community in communities(entries.values().map(|shown| &shown.entry)) {
        let here = entries.values().filter(|shown| shown.entry.community == community);
        let here = here.map(|shown| Candidate {
            entry: &shown.entry,
            unread: unread.contains(&shown.entry.id),
            asked_for: older.with(|older| older.entries.contains_key(&shown.entry.id)),
        });
        client.with_rights(community, |rights| {
            let Some(scope) = rights.read_scope() else { return };
            candidates.extend(here.filter(|candidate| fits(candidate, wanted, rights.tree(), &scope)));
        });
    }
    Listing::arrange(candidates, baseline)
}

/// The server has already looked at what it found; this device may not know the stairwell.
fn fits(candidate: &Candidate<'_>, wanted: &EntryFilter, tree: &Tree, scope: &ReadScope) -> bool {
    let Candidate { entry, asked_for, .. } = candidate;
    let is_readable = scope.admits(Some(entry.author), &entry.audience());
    is_readable && tree.node(entry.place).map_or(*asked_for, |_| wanted.matches(entry, tree))
}
