//! The 44 entries of DOMAIN.md 7 and what was said about them.
//!
//! An entry whose 反馈 came later than its writing is amended then by its author, as the product works: the first
//! version says what was known at the time.

use super::calendar::Calendar;
use super::cast::{Actor, Cast};
use super::chance::Chance;
use super::table::rows;
use crate::store::Seed;
use app::domain::{Act, Command, CommandId, EntryForm, EntryId, MicroGrid, Part, Role, Timestamp};
use app::store::PushBatch;
use std::collections::BTreeMap;

const ENTRIES: &str = include_str!("data/entries.tsv");
const REVIEWS: &str = include_str!("data/reviews.tsv");
const MINUTE: i64 = 60_000;

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
#[derive(Clone, Copy)]
struct Written<'a> {
    entry: EntryId,
    author: Actor,
    cast: Cast<'a>,
    micro_grid: &'a MicroGrid,
    newest_question: Option<CommandId>,
}

/// One thing that somebody did, and when the server heard of it.
struct Step {
    actor: Actor,
    command: Command,
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
        let (cast, micro_grid) = casts.find_map(|cast| Some((cast, cast.stairwell(yard, first)?)))?;
        let code = &micro_grid.code;
        let author = Actor::of(match unit {
            "" => cast.at(Role::GridWorker, code.grid().as_str(), None)?,
            _ => cast.at(Role::Watcher, code.as_str(), None)?,
        });
        let happened = self.calendar.at(happened)?;
        let at = happened.plus_minutes(written.parse().ok()?);
        let subjects = concerns.split(' ').filter_map(|name| cast.resident(micro_grid, spot, name));
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
        let entry = EntryId::from_parts(at.millis(), Chance::named("entry", number.parse().ok()?).bytes());
        let micro_grid_code = code.as_str().to_owned();
        let write = |form| Act::WriteEntry { entry, micro_grid: micro_grid_code, form };
        let delay = received.parse::<i64>().ok()? * MINUTE;
        if let Ok(later) = outcome.parse() {
            let known_then = EntryForm { feedback: String::new(), ..form.clone() };
            let replaces = self.step(author, at, delay, write(known_then));
            self.step(author, happened.plus_minutes(later), 0, Act::AmendEntry { entry, replaces, form });
        } else {
            self.step(author, at, delay, write(form));
        }
        self.written.insert(number, Written { entry, author, cast, micro_grid, newest_question: None });
        Some(())
    }

    /// Takes in a row of the table of reviews.
    fn review(&mut self, [number, when, who, act, text]: [&'static str; 5]) -> Option<()> {
        let Written { entry, author, cast, micro_grid, newest_question } = *self.written.get(number)?;
        let (grid, community) = (micro_grid.code.grid(), micro_grid.code.community());
        let actor = match who {
            "作者" => author,
            "网格员" => Actor::of(cast.at(Role::GridWorker, grid.as_str(), None)?),
            "网格党支部" => Actor::of(cast.at(Role::PartyBranch, grid.as_str(), None)?),
            "社区党委" => Actor::of(cast.at(Role::PartyCommittee, community.as_str(), None)?),
            agency => Actor::of(cast.at(Role::SocialWorker, grid.as_str(), Some(agency))?),
        };
        let text = self.calendar.text(text)?;
        let act = match act {
            "read" => Act::MarkRead { entry },
            "comment" => Act::Comment { entry, text },
            "ask/problem" => Act::SendBack { entry, part: Part::Problem, question: text },
            "ask/measures" => Act::SendBack { entry, part: Part::Measures, question: text },
            "ask/feedback" => Act::SendBack { entry, part: Part::Feedback, question: text },
            "answer" => Act::Answer { entry, question: newest_question?, text },
            _ => return None,
        };
        let asks = matches!(act, Act::SendBack { .. });
        let id = self.step(actor, self.calendar.at(when)?, 0, act);
        if let (true, Some(written)) = (asks, self.written.get_mut(number)) {
            written.newest_question = Some(id);
        }
        Some(())
    }

    fn step(&mut self, actor: Actor, at: Timestamp, delay: i64, act: Act) -> CommandId {
        let number = u64::try_from(self.steps.len()).unwrap_or_default();
        let mut chance = Chance::named("command", number);
        let id = CommandId::from_parts(at.millis(), chance.bytes());
        let on_the_way = if delay == 0 { chance.between(700, 6_000) } else { delay };
        let command = actor.command(id, at, act);
        self.steps.push(Step { actor, command, received: at.plus_millis(on_the_way) });
        id
    }

    fn pushes(mut self) -> Vec<PushBatch> {
        self.steps.sort_by_key(|step| step.received);
        let together = |a: &Step, b: &Step| a.received == b.received && a.actor.person == b.actor.person;
        let pushes = self.steps.chunk_by(together).filter_map(|steps| {
            let [first, ..] = steps else { return None };
            let commands: Vec<Command> = steps.iter().map(|step| step.command.clone()).collect();
            first.actor.push(&commands, first.received)
        });
        pushes.collect()
    }
}
