//! What was measured against what must hold.

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
}

#[derive(Default)]
pub struct Table {
    rows: Vec<(&'static str, f64, Limit)>,
}

impl Table {
    /// Adds a row, and says so at once: the whole run takes a minute.
    pub fn add(&mut self, what: &'static str, measured: f64, limit: Limit) {
        eprintln!("{what}: {measured:.1}");
        self.rows.push((what, measured, limit));
    }

    /// Whether every number holds what it must.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|(_, measured, limit)| limit.holds(*measured, limit.must))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<50} {:>10} {:>10} {:>10}  ok", "what", "measured", "must", "aim")?;
        for (what, measured, limit) in &self.rows {
            let ok = match (limit.holds(*measured, limit.must), limit.holds(*measured, limit.aim)) {
                (false, _) => "MISSED",
                (true, false) => "yes",
                (true, true) => "yes, aim reached",
            };
            let sign = if limit.more_is_better { '≥' } else { '≤' };
            let (must, aim) = (format!("{sign} {}", limit.must), format!("{sign} {}", limit.aim));
            writeln!(f, "{what:<50} {measured:>10.1} {must:>10} {aim:>10}  {ok}")?;
        }
        Ok(())
    }
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
