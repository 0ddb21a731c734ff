//! The list of the desk as pure code: what stands in it, in which order, under which heading, and what waits behind
//! “又来了 N 条” so that the list keeps its place.

use domain::kernel::{Day, EntryId, Timestamp};
use domain::log::Entry;
use std::collections::BTreeSet;

/// What the list knew when it was last shown anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeSet<EntryId>,
    unread: BTreeSet<EntryId>,
}

impl Baseline {
    /// Everything that is there now, and what of it was not looked at.
    #[must_use]
    pub const fn new(known: BTreeSet<EntryId>, unread: BTreeSet<EntryId>) -> Self {
        Self { known, unread }
    }
}

/// An entry that the filter wants.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// The person has not reacted to its newest state.
    pub unread: bool,
    /// The person asked the server for older entries and this is one: it is shown at once.
    pub asked_for: bool,
}

/// What stands above a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heading {
    /// 新的: not looked at when the list was last shown anew.
    New,
    /// A day of writing.
    On(Day),
}

/// A heading and what stands under it, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub heading: Heading,
    /// The entries.
    pub entries: Vec<EntryId>,
}

/// Where to go from an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Downwards.
    Next,
    /// Upwards.
    Previous,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    groups: Vec<Group>,
    /// All entries from top to bottom.
    pub order: Vec<EntryId>,
    /// How many wait behind “又来了 N 条”: new ones, and known ones that have something new.
    pub arrivals: usize,
}

impl Listing {
    /// Puts candidates in order. An entry stays under the heading where the person first saw it: what they have
    /// looked at since does not jump away, and what came since waits.
    #[must_use]
    pub fn arrange(candidates: Vec<Candidate<'_>>, baseline: &Baseline) -> Self {
        let mut rows: Vec<(bool, (Timestamp, EntryId))> = Vec::with_capacity(candidates.len());
        let mut arrivals = 0;
        for Candidate { entry, unread, asked_for } in candidates {
            let known = baseline.known.contains(&entry.id);
            let new = baseline.unread.contains(&entry.id);
            if !asked_for && (!known || (unread && !new)) {
                arrivals += 1;
            }
            if known || asked_for {
                rows.push((new, entry.place_in_list()));
            }
        }
        rows.sort_unstable_by(|one, other| other.cmp(one));
        let mut groups: Vec<Group> = Vec::new();
        for (new, (written, id)) in &rows {
            let heading = if *new { Heading::New } else { Heading::On(written.day()) };
            match groups.last_mut().filter(|group| group.heading == heading) {
                Some(group) => group.entries.push(*id),
                None => groups.push(Group { heading, entries: vec![*id] }),
            }
        }
        Self { groups, order: rows.into_iter().map(|(_, (_, id))| id).collect(), arrivals }
    }

    /// The groups of the first `most` entries: what is worth drawing.
    #[must_use]
    pub fn first(&self, most: usize) -> Vec<Group> {
        let mut room = most;
        let mut groups = Vec::new();
        for group in &self.groups {
            if room == 0 {
                break;
            }
            let entries: Vec<EntryId> = group.entries.iter().take(room).copied().collect();
            room -= entries.len();
            groups.push(Group { heading: group.heading, entries });
        }
        groups
    }

    /// Where an entry stands.
    #[must_use]
    pub fn position(&self, entry: EntryId) -> Option<usize> {
        self.order.iter().position(|id| *id == entry)
    }

    /// The entry after or before `from`. One that has left the list (it was marked and the filter no longer wants
    /// it) counts as standing where it stood: `last_position`.
    #[must_use]
    pub fn neighbour(&self, from: Option<EntryId>, last_position: usize, step: Step) -> Option<EntryId> {
        let here = from.map(|id| self.position(id));
        let index = match (here, step) {
            (None, Step::Next) => Some(0),
            (None, Step::Previous) => None,
            (Some(Some(here)), Step::Next) => here.checked_add(1),
            (Some(Some(here)), Step::Previous) => here.checked_sub(1),
            (Some(None), Step::Next) => Some(last_position),
            (Some(None), Step::Previous) => last_position.min(self.order.len()).checked_sub(1),
        };
        index.and_then(|index| self.order.get(index)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{Actor, CommandId, CommunityId, PersonId, PlaceId, Times, Topics, json};
    use domain::log::{Did, EntryContent, Step as Done};

    /// An entry written on `day` of November at nine o'clock.
    fn written_on(day: u8, random: u8) -> Entry {
        let at = Day::from_numbers(2025, 11, day).unwrap().at(9, random);
        let content = r#"{"category":"09","spot":"stairwell","problem":"张大娘感冒两天","urgency":"3","happened":0}"#;
        let content: EntryContent = json::read(content.as_bytes()).unwrap();
        let author = PersonId::from_parts(0, [1; 10]);
        let times = Times { written: at, clock_offset: None, received: Some(at) };
        let id = CommandId::from_parts(at.millis(), [random; 10]);
        Entry {
            id: EntryId::from_parts(at.millis(), [random; 10]),
            community: CommunityId::from_parts(1, [0; 10]),
            number: None,
            author,
            place: PlaceId::from_parts(2, [0; 10]),
            content,
            classes: Topics::NONE,
            steps: vec![Done { id, by: Actor::Person(author), times, did: Did::Wrote {} }],
            clashes: Vec::new(),
            arrived: Vec::new(),
        }
    }

    fn candidate(entry: &Entry, unread: bool) -> Candidate<'_> {
        Candidate { entry, unread, asked_for: false }
    }

    fn ids(entries: &[&Entry]) -> Vec<EntryId> {
        entries.iter().map(|entry| entry.id).collect()
    }

    fn baseline(known: &[&Entry], unread: &[&Entry]) -> Baseline {
        Baseline::new(ids(known).into_iter().collect(), ids(unread).into_iter().collect())
    }

    #[test]
    fn what_is_new_stands_first_and_the_rest_under_its_day() {
        let (old, today, unread) = (written_on(14, 1), written_on(17, 2), written_on(15, 3));
        let base = baseline(&[&old, &today, &unread], &[&unread]);
        let candidates = vec![candidate(&old, false), candidate(&unread, true), candidate(&today, false)];
        let listing = Listing::arrange(candidates, &base);
        assert_eq!(listing.order, ids(&[&unread, &today, &old]));
        let headings: Vec<_> = listing.first(9).iter().map(|group| group.heading).collect();
        assert_eq!(headings, [Heading::New, Heading::On(today.written().day()), Heading::On(old.written().day())]);
        assert_eq!(listing.arrivals, 0);
    }

    #[test]
    fn an_entry_stays_where_it_is_when_it_is_marked_as_read() {
        let (first, second) = (written_on(16, 1), written_on(15, 2));
        let base = baseline(&[&first, &second], &[&first, &second]);
        let before = Listing::arrange(vec![candidate(&first, true), candidate(&second, true)], &base);
        let after = Listing::arrange(vec![candidate(&first, false), candidate(&second, true)], &base);
        assert_eq!(before, after);
    }

    #[test]
    fn what_came_since_waits_and_what_was_asked_for_does_not() {
        let (known, arrived, older) = (written_on(16, 1), written_on(17, 2), written_on(1, 3));
        let base = baseline(&[&known], &[]);
        let asked = Candidate { asked_for: true, ..candidate(&older, true) };
        let listing = Listing::arrange(vec![candidate(&known, false), candidate(&arrived, true), asked], &base);
        assert_eq!(listing.order, ids(&[&known, &older]));
        assert_eq!(listing.arrivals, 1);
    }

    #[test]
    fn an_answer_to_a_known_entry_is_announced_and_the_entry_stays_in_place() {
        let entry = written_on(16, 1);
        let listing = Listing::arrange(vec![candidate(&entry, true)], &baseline(&[&entry], &[]));
        assert_eq!((listing.order.len(), listing.arrivals), (1, 1));
    }

    #[test]
    fn next_and_previous_follow_the_list_and_stop_at_its_ends() {
        let (a, b, c) = (written_on(17, 3), written_on(17, 2), written_on(16, 1));
        let base = baseline(&[&a, &b, &c], &[]);
        let listing = Listing::arrange([&a, &b, &c].map(|entry| candidate(entry, false)).to_vec(), &base);
        assert_eq!(listing.neighbour(None, 0, Step::Next), Some(a.id));
        assert_eq!(listing.neighbour(Some(a.id), 0, Step::Next), Some(b.id));
        assert_eq!(listing.neighbour(Some(a.id), 0, Step::Previous), None);
        assert_eq!(listing.neighbour(Some(c.id), 2, Step::Next), None);
    }

    #[test]
    fn an_entry_that_left_the_list_still_knows_its_neighbours() {
        let (a, gone, c) = (written_on(17, 3), written_on(17, 2), written_on(16, 1));
        let base = baseline(&[&a, &gone, &c], &[]);
        let listing = Listing::arrange([&a, &c].map(|entry| candidate(entry, false)).to_vec(), &base);
        assert_eq!(listing.neighbour(Some(gone.id), 1, Step::Next), Some(c.id));
        assert_eq!(listing.neighbour(Some(gone.id), 1, Step::Previous), Some(a.id));
        let empty = Listing::default();
        assert_eq!(empty.neighbour(Some(gone.id), 1, Step::Next), None);
    }

    #[test]
    fn only_the_first_entries_are_drawn() {
        let entries: Vec<Entry> = (0..30).map(|minute| written_on(17 - minute % 3, minute)).collect();
        let base = Baseline::new(entries.iter().map(|entry| entry.id).collect(), BTreeSet::new());
        let listing = Listing::arrange(entries.iter().map(|entry| candidate(entry, false)).collect(), &base);
        let drawn: usize = listing.first(12).iter().map(|group| group.entries.len()).sum();
        assert_eq!((drawn, listing.order.len()), (12, 30));
    }
}
