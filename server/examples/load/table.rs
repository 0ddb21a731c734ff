//! What was measured against what must hold.

use crate::Outcome;
use std::fmt;

/// What a number must hold, and what we want.
pub struct Limit {
    must: f64,
    aim: f64,
    more_is_better: bool,
}

impl Limit {
    pub const fn at_least(must: f64, aim: f64) -> Self {
        Self { must, aim, more_is_better: true }
    }

    pub const fn at_most(must: f64, aim: f64) -> Self {
        Self { must, aim, more_is_better: false }
    }

    fn holds(&self, measured: f64, limit: f64) -> bool {
        if self.more_is_better { measured >= limit } else { measured <= limit }
    }

    const fn sign(&self) -> char {
        if self.more_is_better { '≥' } else { '≤' }
    }
}

/// What the machine gave in the same run, and the ratio to it that must hold.
pub struct Calibration {
    pub name: &'static str,
    pub figure: f64,
    pub must: f64,
}

/// Where it has calibrations, they judge it, and the limit is there to be read.
struct Row {
    what: &'static str,
    measured: f64,
    limit: Limit,
    calibrations: Vec<Calibration>,
}

impl Row {
    /// More is better, for rates and for times.
    fn ratio(&self, calibration: &Calibration) -> f64 {
        if self.limit.more_is_better { self.measured / calibration.figure } else { calibration.figure / self.measured }
    }

    fn reaches(&self, calibration: &Calibration) -> bool {
        self.ratio(calibration) >= calibration.must
    }

    fn holds(&self) -> bool {
        if self.calibrations.is_empty() {
            self.limit.holds(self.measured, self.limit.must)
        } else {
            self.calibrations.iter().all(|calibration| self.reaches(calibration))
        }
    }

    fn write_absolute(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, measured, limit, .. } = self;
        let ok = match (limit.holds(*measured, limit.must), limit.holds(*measured, limit.aim)) {
            (false, _) => "MISSED",
            (true, false) => "yes",
            (true, true) => "yes, aim reached",
        };
        let sign = limit.sign();
        let (must, aim) = (format!("{sign} {}", limit.must), format!("{sign} {}", limit.aim));
        write_line(f, [what, &format!("{measured:.1}"), &must, &aim, "", "", "", "", ok])
    }

    /// What judges nothing stands in brackets.
    fn write_ratio(&self, f: &mut fmt::Formatter<'_>, calibration: &Calibration) -> fmt::Result {
        let Self { what, measured, limit, .. } = self;
        let Calibration { name, figure, must: least } = calibration;
        let sign = limit.sign();
        let (must, aim) = (format!("({sign} {})", limit.must), format!("({sign} {})", limit.aim));
        let (measured, figure) = (format!("{measured:.1}"), format!("{figure:.2}"));
        let (ratio, least) = (format!("{:.3}", self.ratio(calibration)), format!("≥ {least}"));
        let ok = if self.reaches(calibration) { "yes" } else { "MISSED" };
        write_line(f, [what, &measured, &must, &aim, name, &figure, &ratio, &least, ok])
    }
}

#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a row, and says so at once: the whole run takes minutes.
    pub fn add(&mut self, what: &'static str, measured: f64, limit: Limit) {
        self.add_calibrated(what, measured, limit, Vec::new());
    }

    /// Adds a row that is judged by what the machine gave beside it.
    pub fn add_calibrated(&mut self, what: &'static str, measured: f64, limit: Limit, calibrations: Vec<Calibration>) {
        eprintln!("{what}: {measured:.1}");
        for Calibration { name, figure, .. } in &calibrations {
            eprintln!("  {name}: {figure:.2}");
        }
        self.rows.push(Row { what, measured, limit, calibrations });
    }

    /// Whether every number holds what it must.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(Row::holds)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, ["what", "measured", "must", "aim", "calibration", "figure", "ratio", "must", "ok"])?;
        for row in &self.rows {
            if row.calibrations.is_empty() {
                row.write_absolute(f)?;
            }
            for calibration in &row.calibrations {
                row.write_ratio(f, calibration)?;
            }
        }
        Ok(())
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, cells: [&str; 9]) -> fmt::Result {
    let [what, measured, must, aim, calibration, figure, ratio, least, ok] = cells;
    write!(f, "{what:<50} {measured:>10} {must:>10} {aim:>10}  ")?;
    writeln!(f, "{calibration:<28} {figure:>10} {ratio:>8} {least:>7}  {ok}")
}

/// A number of things, to calculate with.
pub fn count(things: usize) -> Outcome<f64> {
    Ok(f64::from(u32::try_from(things)?))
}

/// The value in the middle.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 1, 2)
}

/// The value that 95 of 100 do not exceed.
pub fn p95(values: &mut [f64]) -> f64 {
    quantile(values, 95, 100)
}

fn quantile(values: &mut [f64], part: usize, of: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let index = (values.len() * part / of).min(values.len().saturating_sub(1));
    values.get(index).copied().unwrap_or(f64::NAN)
}
