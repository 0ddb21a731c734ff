//! As many entries as wanted, for load: short grid notes, in the order in which the server hears of
//! them, with late uploads, questions, answers and comments.

use super::cast::{Deed, Player};
use super::phrases::{Phrase, Phrasebook, Remark, Scene, Sentence};
use super::random::Random;
use super::seed::Seed;
use super::stairwell::{Stairwell, stairwells};
use super::year::Year;
use domain::kernel::{CommandId, EntryId, ResidentId, Span, Timestamp};
use domain::log::{Act, Category, EntryForm};
use domain::store::PushBatch;
use std::collections::BTreeMap;

/// Out of a hundred entries, so many arrive hours after they were written (离线补传).
const LATE_PERCENT: usize = 5;
/// Out of a hundred entries, so many are sent back (退回补充).
const SENT_BACK_PERCENT: usize = 3;
/// Out of a hundred entries, so many get a comment (点评).
const COMMENTED_PERCENT: usize = 10;
/// Out of a hundred questions, so many are answered.
const ANSWERED_PERCENT: usize = 80;

/// A source of made-up entries. It owns all it needs: the seeds may be dropped.
#[derive(Debug)]
pub struct Synthetic {
    stairwells: Vec<Stairwell>,
    phrasebook: Phrasebook,
    now: Timestamp,
    seed: u64,
}

impl Synthetic {
    pub(super) fn new(seeds: &[Seed], now: Timestamp, seed: u64) -> Self {
        Self { stairwells: stairwells(seeds, now), phrasebook: Phrasebook::open(), now, seed }
    }

    /// `count` entries with their reviews, spread over the whole year whatever their number, each command as a push
    /// of its own, in the order of receipt. Nothing is later than the day before `now`.
    pub fn take(self, count: usize) -> impl Iterator<Item = PushBatch> + Send + 'static {
        let random = Random::named("synthetic", self.seed);
        let count = if self.stairwells.is_empty() { 0 } else { count };
        let year = Year::before(self.now);
        Telling { source: self, year, random, count, told: 0, next: None, pushes: 0, waiting: BTreeMap::new() }
    }
}

/// The year while it is being told.
struct Telling {
    source: Synthetic,
    year: Year,
    random: Random,
    count: usize,
    told: usize,
    /// When the next entry happens, once that is drawn.
    next: Option<(Timestamp, u8)>,
    pushes: u64,
    /// Pushes that the server will hear of later than of entries still to be told.
    waiting: BTreeMap<(Timestamp, u64), PushBatch>,
}

impl Iterator for Telling {
    type Item = PushBatch;

    fn next(&mut self) -> Option<PushBatch> {
        while self.told < self.count {
            let Self { year, random, next, .. } = self;
            let draw = || year.moment(self.told, self.count, random);
            let (happened, month) = *next.get_or_insert_with(draw);
            // What comes from here on is received after it happened.
            if self.waiting.first_key_value().is_some_and(|((received, _), _)| *received <= happened) {
                break;
            }
            self.next = None;
            self.told += 1;
            self.tell(happened, month);
        }
        self.waiting.pop_first().map(|(_, push)| push)
    }
}

impl Telling {
    /// One entry and all that follows from it.
    fn tell(&mut self, happened: Timestamp, month: u8) {
        let Synthetic { stairwells, phrasebook, .. } = &self.source;
        let random = &mut self.random;
        let mut mail = Mail { waiting: &mut self.waiting, pushes: &mut self.pushes };
        let stairwell = random.pick(stairwells);
        let phrase = phrasebook.phrase(month, random);
        let (spot, scene, subject) = stairwell.place(phrase.stage, random);
        let written = happened.plus(Span::from_millis(random.between(60_000, 25 * 60_000)));
        let form = form(phrase, spot, scene, subject, happened, random);
        let entry = EntryId::from_parts(written.millis(), random.bytes());
        let end = self.year.end();
        let late = written.plus(Span::minutes(random.between(25, 9 * 60)));
        let on_the_way = Span::from_millis(random.between(400, 5_000));
        let received = if random.percent(LATE_PERCENT) && late < end { late } else { written.plus(on_the_way) };
        let write = stairwell.deed(entry, Act::WriteEntry { form });
        let version = mail.send(stairwell.watcher, &write, written, received, random);

        let review = Review { entry, version, category: phrase.category, stairwell, scene, received, end };
        if random.percent(SENT_BACK_PERCENT)
            && let Some(question) = phrasebook.question(phrase.category, random)
        {
            review.send(question, &mut mail, random);
        } else if random.percent(COMMENTED_PERCENT)
            && let Some(comment) = phrasebook.comment(phrase.category, random)
        {
            review.send(comment, &mut mail, random);
        }
    }
}

/// What the watcher typed: nearly always the problem, often what was done, sometimes what came of it.
fn form(
    phrase: &Phrase,
    spot: &str,
    scene: Scene<'_>,
    subject: Option<ResidentId>,
    happened: Timestamp,
    random: &mut Random,
) -> EntryForm {
    let measures = random.percent(65);
    let feedback = measures && random.percent(55);
    let mut part = |told: bool, sentence: &Sentence| {
        if told { sentence.say(scene, random) } else { String::new() }
    };
    EntryForm {
        category: phrase.category.code().to_owned(),
        template: phrase.template.to_owned(),
        spot: spot.to_owned(),
        problem: part(true, &phrase.problem),
        measures: part(measures, &phrase.measures),
        feedback: part(feedback, &phrase.feedback),
        urgency: phrase.urgency.to_owned(),
        happened: Some(happened),
        subjects: subject.into_iter().collect(),
        attachments: Vec::new(),
    }
}

/// Pushes on their way to the server.
struct Mail<'a> {
    waiting: &'a mut BTreeMap<(Timestamp, u64), PushBatch>,
    pushes: &'a mut u64,
}

impl Mail<'_> {
    fn send(
        &mut self,
        player: Player,
        deed: &Deed,
        written: Timestamp,
        received: Timestamp,
        random: &mut Random,
    ) -> CommandId {
        let id = CommandId::from_parts(written.millis(), random.bytes());
        if let Some(command) = player.command(id, written, deed) {
            *self.pushes += 1;
            self.waiting.insert((received, *self.pushes), player.push(vec![command], received));
        }
        id
    }
}

/// An entry under review.
struct Review<'a> {
    entry: EntryId,
    /// What was written is called so; nobody changes it.
    version: CommandId,
    category: Category,
    stairwell: &'a Stairwell,
    scene: Scene<'a>,
    received: Timestamp,
    end: Timestamp,
}

impl Review<'_> {
    /// A comment, or a question with its answer, as far as the year still has room for them.
    fn send(&self, remark: &Remark, mail: &mut Mail<'_>, random: &mut Random) {
        let Some(at) = self.office_hours(self.received, random) else {
            return;
        };
        let Some(reviewer) = self.stairwell.reviewer(self.category, random) else {
            return;
        };
        let deed = |act| self.stairwell.deed(self.entry, act);
        let (version, text) = (self.version, remark.text.say(self.scene, random));
        let received = at.plus(Span::from_millis(900));
        let Some(part) = remark.asks else {
            mail.send(reviewer, &deed(Act::Comment { version, text }), at, received, random);
            return;
        };
        let ask = deed(Act::SendBack { version, part, question: text });
        let question = mail.send(reviewer, &ask, at, received, random);
        let answered = at.plus(Span::minutes(random.between(15, 300)));
        if random.percent(ANSWERED_PERCENT) && answered < self.end {
            let answer = deed(Act::Answer { question, text: remark.answer.say(self.scene, random) });
            let received = answered.plus(Span::from_millis(1_500));
            mail.send(self.stairwell.watcher, &answer, answered, received, random);
        }
    }

    /// A time at a desk, 8:30 to 17:00, on the day after `earliest` or the one after that.
    fn office_hours(&self, earliest: Timestamp, random: &mut Random) -> Option<Timestamp> {
        let day = earliest.day().plus_days(random.between(1, 2));
        let at = day.at(8, 30).plus(Span::from_millis(random.between(0, 510 * 60_000 - 1)));
        (at < self.end).then_some(at)
    }
}
