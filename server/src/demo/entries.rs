//! The 44 entries of `data/entries.tsv` and what was said about them.
//!
//! An entry whose 反馈 came later than its writing is changed then by its author, as the product works: the first version
//! says what was known at the time. Whoever reviews names the version that the server had when they looked.

use super::calendar::Calendar;
use super::cast::{Cast, Deed, Player};
use super::random::Random;
use super::seed::Seed;
use super::table::rows;
use domain::kernel::{CommandId, EntryId, Role, Span, Timestamp};
use domain::log::{Act, EntryForm, Part};
use domain::organisation::Place;
use domain::store::PushBatch;
use std::collections::BTreeMap;

const ENTRIES: &str = include_str!("data/entries.tsv");
const REVIEWS: &str = include_str!("data/reviews.tsv");

/// All pushes, in the order of receipt. What one author had waiting while offline arrives as one push.
pub(super) fn all(seeds: &[Seed], now: Timestamp) -> Vec<PushBatch> {
    let Some(calendar) = Calendar::ending_before(now) else {
        return Vec::new();
    };
    let mut story = Story { calendar, seeds, written: BTreeMap::new(), steps: Vec::new() };
    for row in rows(ENTRIES) {
        story.entry(row);
    }
    for row in rows(REVIEWS) {
        story.review(row);
    }
    story.pushes()
}

/// An entry that has been written.
#[derive(Clone)]
struct Written<'a> {
    entry: EntryId,
    author: Player,
    cast: Cast<'a>,
    stairwell: &'a Place,
    /// What its words were called, from when on the server had them.
    versions: Vec<(Timestamp, CommandId)>,
    newest_question: Option<CommandId>,
}

impl Written<'_> {
    fn deed(&self, act: Act) -> Deed {
        Deed { community: self.cast.community(), entry: self.entry, place: self.stairwell.id, act }
    }

    /// The version that somebody saw who looked at this time.
    fn version_at(&self, at: Timestamp) -> Option<CommandId> {
        let known = self.versions.iter().filter(|(received, _)| *received <= at).max_by_key(|(received, _)| *received);
        known.or(self.versions.first()).map(|(_, version)| *version)
    }
}

/// One thing that somebody did, and when the server heard of it.
struct Step {
    player: Player,
    command: String,
    received: Timestamp,
}

struct Story<'a> {
    calendar: Calendar,
    seeds: &'a [Seed],
    /// By the number in the table.
    written: BTreeMap<&'static str, Written<'a>>,
    steps: Vec<Step>,
}

impl<'a> Story<'a> {
    /// Takes in a row of the table of entries; `None` when it does not fit, which the tests rule out by counting.
    fn entry(&mut self, row: [&'static str; 14]) -> Option<()> {
        let [number, category, urgency, yard, unit, spot, happened, written, received, outcome, ..] = row;
        let [.., problem, measures, feedback, concerns] = row;
        let first = if unit.is_empty() { "1" } else { unit };
        let mut casts = self.seeds.iter().map(Cast);
        let (cast, stairwell) = casts.find_map(|cast| Some((cast, cast.stairwell(yard, first)?)))?;
        let author = Player::of(match unit {
            "" => cast.at(Role::GridWorker, cast.0.grid_of(stairwell)?, None)?,
            _ => cast.at(Role::Watcher, stairwell.id, None)?,
        });
        let happened = self.calendar.at(happened)?;
        let at = happened.plus(Span::minutes(written.parse().ok()?));
        let subjects = concerns.split(' ').filter_map(|name| cast.resident(stairwell, spot, name));
        let form = EntryForm {
            category: category.to_owned(),
            template: String::new(),
            spot: spot.to_owned(),
            problem: self.calendar.text(problem)?,
            measures: self.calendar.text(measures)?,
            feedback: self.calendar.text(feedback)?,
            urgency: urgency.to_owned(),
            happened: Some(happened),
            subjects: subjects.map(|resident| resident.id).collect(),
            attachments: Vec::new(),
        };
        let entry = EntryId::from_parts(at.millis(), Random::named("entry", number.parse().ok()?).bytes());
        let mut told = Written { entry, author, cast, stairwell, versions: Vec::new(), newest_question: None };
        let delay = Span::minutes(received.parse().ok()?);
        if let Ok(later) = outcome.parse() {
            let known_then = EntryForm { feedback: String::new(), ..form.clone() };
            let changes = known_then.changes_to(&form);
            let first = self.step(author, at, delay, &told.deed(Act::WriteEntry { form: known_then }))?;
            let amend = told.deed(Act::AmendEntry { seen: first.1, changes });
            let second = self.step(author, happened.plus(Span::minutes(later)), Span::ZERO, &amend)?;
            told.versions = vec![first, second];
        } else {
            told.versions.push(self.step(author, at, delay, &told.deed(Act::WriteEntry { form }))?);
        }
        self.written.insert(number, told);
        Some(())
    }

    /// Takes in a row of the table of reviews.
    fn review(&mut self, [number, when, who, act, text]: [&'static str; 5]) -> Option<()> {
        let written = self.written.get(number)?.clone();
        let Written { author, cast, stairwell, newest_question, .. } = written;
        let grid = cast.0.grid_of(stairwell)?;
        let player = match who {
            "作者" => author,
            "网格员" => Player::of(cast.at(Role::GridWorker, grid, None)?),
            "网格党支部" => Player::of(cast.at(Role::PartyBranch, grid, None)?),
            "社区党委" => Player::of(cast.at(Role::PartyCommittee, cast.community().into(), None)?),
            agency => Player::of(cast.at(Role::SocialWorker, grid, Some(agency))?),
        };
        let (at, text) = (self.calendar.at(when)?, self.calendar.text(text)?);
        let version = written.version_at(at)?;
        let act = match act {
            "read" => Act::MarkRead { version },
            "comment" => Act::Comment { version, text },
            "ask/problem" => Act::SendBack { version, part: Part::Problem, question: text },
            "ask/measures" => Act::SendBack { version, part: Part::Measures, question: text },
            "ask/feedback" => Act::SendBack { version, part: Part::Feedback, question: text },
            "answer" => Act::Answer { question: newest_question?, text },
            _ => return None,
        };
        let (asks, answers) = (matches!(act, Act::SendBack { .. }), matches!(act, Act::Answer { .. }));
        let (received, id) = self.step(player, at, Span::ZERO, &written.deed(act))?;
        let told = self.written.get_mut(number)?;
        if asks {
            told.newest_question = Some(id);
        }
        if answers {
            told.versions.push((received, id));
        }
        Some(())
    }

    /// When the server heard of it, and what it is called.
    fn step(&mut self, player: Player, at: Timestamp, delay: Span, deed: &Deed) -> Option<(Timestamp, CommandId)> {
        let number = u64::try_from(self.steps.len()).unwrap_or_default();
        let mut random = Random::named("command", number);
        let id = CommandId::from_parts(at.millis(), random.bytes());
        let on_the_way = if delay == Span::ZERO { Span::from_millis(random.between(700, 6_000)) } else { delay };
        let received = at.plus(on_the_way);
        let command = player.command(id, at, deed)?;
        self.steps.push(Step { player, command, received });
        Some((received, id))
    }

    fn pushes(mut self) -> Vec<PushBatch> {
        self.steps.sort_by_key(|step| step.received);
        let together = |a: &Step, b: &Step| a.received == b.received && a.player.person == b.player.person;
        let pushes = self.steps.chunk_by(together).filter_map(|steps| {
            let [first, ..] = steps else { return None };
            let commands = steps.iter().map(|step| step.command.clone()).collect();
            Some(first.player.push(commands, first.received))
        });
        pushes.collect()
    }
}
