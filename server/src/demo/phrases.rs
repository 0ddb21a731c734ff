//! Sentences with gaps: what made-up entries and reviews say. The words are in `data/`.

use super::random::Random;
use super::table::rows;
use domain::log::{Category, Part};

const PHRASES: &str = include_str!("data/phrases.tsv");
const REMARKS: &str = include_str!("data/remarks.tsv");

/// What fills the gaps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    /// `张大娘`
    pub person: &'a str,
    /// `5-2`
    pub door: &'a str,
    /// How many floors there are.
    pub floors: usize,
}

/// A sentence with gaps.
#[derive(Debug)]
pub(super) struct Sentence(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(&'static str),
    Choice(Vec<Sentence>),
    Person,
    Door,
    Floor,
    Number,
}

impl Sentence {
    /// Reads `[a/b]{人}c`; `None` where a bracket stays open or a gap is unknown.
    pub(super) fn read(text: &'static str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['[', '{']) {
            let (before, gap) = rest.split_at(at);
            if !before.is_empty() {
                pieces.push(Piece::Text(before));
            }
            if let Some(choice) = gap.strip_prefix('[') {
                let (choice, after) = choice.split_once(']')?;
                pieces.push(Piece::Choice(choice.split('/').map(Self::read).collect::<Option<_>>()?));
                rest = after;
            } else {
                let (gap, after) = gap.split_once('}')?;
                pieces.push(match gap {
                    "{人" => Piece::Person,
                    "{户" => Piece::Door,
                    "{层" => Piece::Floor,
                    "{数" => Piece::Number,
                    _ => return None,
                });
                rest = after;
            }
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest));
        }
        Some(Self(pieces))
    }

    /// The sentence with its gaps filled.
    pub(super) fn say(&self, scene: Scene<'_>, random: &mut Random) -> String {
        let mut said = String::with_capacity(96);
        self.say_into(&mut said, scene, random);
        said
    }

    fn say_into(&self, said: &mut String, scene: Scene<'_>, random: &mut Random) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => said.push_str(text),
                Piece::Choice(choice) => random.pick(choice).say_into(said, scene, random),
                Piece::Person => said.push_str(scene.person),
                Piece::Door => said.push_str(scene.door),
                Piece::Floor => said.push_str(&(1 + random.below(scene.floors)).to_string()),
                Piece::Number => said.push_str(&(2 + random.below(8)).to_string()),
            }
        }
    }
}

/// Where a phrase happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Elder,
    Door,
    Stairwell,
    Yard,
}

/// One row of `phrases.tsv`.
#[derive(Debug)]
pub(super) struct Phrase {
    pub category: Category,
    pub urgency: &'static str,
    pub stage: Stage,
    pub template: &'static str,
    pub problem: Sentence,
    pub measures: Sentence,
    pub feedback: Sentence,
    weight: usize,
    months: &'static [u8],
}

impl Phrase {
    fn read(row: [&'static str; 9]) -> Option<Self> {
        let [category, weight, season, urgency, stage, template, problem, measures, feedback] = row;
        Some(Self {
            category: Category::parse(category).ok()?,
            urgency,
            stage: match stage {
                "elder" => Stage::Elder,
                "door" => Stage::Door,
                "stairwell" => Stage::Stairwell,
                "yard" => Stage::Yard,
                _ => return None,
            },
            template,
            problem: Sentence::read(problem)?,
            measures: Sentence::read(measures)?,
            feedback: Sentence::read(feedback)?,
            weight: weight.parse().ok()?,
            months: match season {
                "all" => &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                "heat" => &[11, 12, 1, 2, 3],
                "snow" => &[12, 1, 2],
                "rain" => &[7, 8],
                "warm" => &[5, 6, 7, 8, 9],
                _ => return None,
            },
        })
    }
}

/// One row of `remarks.tsv`.
#[derive(Debug)]
pub(super) struct Remark {
    about: &'static str,
    /// The part that is asked about; `None` for a 点评.
    pub asks: Option<Part>,
    pub text: Sentence,
    pub answer: Sentence,
}

impl Remark {
    fn read([about, act, text, answer]: [&'static str; 4]) -> Option<Self> {
        let asks = match act {
            "comment" => None,
            "ask/problem" => Some(Part::Problem),
            "ask/measures" => Some(Part::Measures),
            "ask/feedback" => Some(Part::Feedback),
            _ => return None,
        };
        Some(Self { about, asks, text: Sentence::read(text)?, answer: Sentence::read(answer)? })
    }

    fn fits(&self, category: Category) -> bool {
        use Category::{Emergency, FacilityRepair, SafetyHazard, Sanitation};
        let building = matches!(category, SafetyHazard | FacilityRepair | Emergency | Sanitation);
        match self.about {
            "people" => !building,
            "buildings" => building,
            _ => true,
        }
    }
}

/// Everything that can be said.
#[derive(Debug)]
pub(super) struct Phrasebook {
    phrases: Vec<Phrase>,
    /// For each month of the year the running sums of weights, with the phrase each belongs to.
    by_month: Vec<Vec<(usize, usize)>>,
    comments: Vec<Remark>,
    questions: Vec<Remark>,
}

impl Phrasebook {
    /// The one in the data files.
    pub(super) fn open() -> Self {
        let phrases: Vec<Phrase> = rows(PHRASES).filter_map(Phrase::read).collect();
        let by_month = (1..=12).map(|month| {
            let in_season = phrases.iter().enumerate().filter(|(_, phrase)| phrase.months.contains(&month));
            let sums = in_season.scan(0, |sum, (index, phrase)| {
                *sum += phrase.weight;
                Some((*sum, index))
            });
            sums.collect()
        });
        let by_month = by_month.collect();
        let (comments, questions) = rows(REMARKS).filter_map(Remark::read).partition(|remark| remark.asks.is_none());
        Self { phrases, by_month, comments, questions }
    }

    /// A phrase of the season.
    pub(super) fn phrase(&self, month: u8, random: &mut Random) -> &Phrase {
        let sums = &self.by_month[usize::from(month - 1)];
        let drawn = random.below(sums.last().map_or(0, |(total, _)| *total));
        let place = sums.partition_point(|(sum, _)| *sum <= drawn);
        &self.phrases[sums[place].1]
    }

    /// A 点评 for an entry of this category.
    pub(super) fn comment(&self, category: Category, random: &mut Random) -> Option<&Remark> {
        one_of(&self.comments, category, random)
    }

    /// A question for an entry of this category.
    pub(super) fn question(&self, category: Category, random: &mut Random) -> Option<&Remark> {
        one_of(&self.questions, category, random)
    }

    /// How many phrases and remarks there are.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.phrases.len(), self.comments.len() + self.questions.len())
    }
}

fn one_of<'a>(remarks: &'a [Remark], category: Category, random: &mut Random) -> Option<&'a Remark> {
    let fitting = || remarks.iter().filter(|remark| remark.fits(category));
    fitting().nth(random.below(fitting().count()))
}
