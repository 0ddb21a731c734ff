//! What each server figure must reach of what the machine gives in the same run. A ratio is our rate ÷ the
//! calibration's, or the calibration's time ÷ ours: more is better. Absolute figures are printed beside, and judge
//! nothing here, because the machine is up to a third slower on some days. Each is about half of what was measured on
//! 30 November 2026 (2 cores), named behind it: it catches a change for the worse, not a slow day.

/// Entries, one per request, ÷ raw inserts, one row per transaction: 0.85 (2,850 entries a second). Twenty writers
/// share a flush to the disk, and one entry is rows of several tables and its words in an index. The calibration is hardly
/// more than that flush, which takes 0.6 to 3.5 ms here within seconds: this ratio sways more than the others.
pub const SINGLE_TO_RAW: f64 = 0.4;
/// Entries, one per request, ÷ the same requests to a bare handler: 0.027 of 106,000. What reading, deciding and storing
/// take beside HTTP.
pub const SINGLE_TO_BARE: f64 = 0.013;
/// Entries in batches of 50 ÷ raw inserts, 50 rows per transaction: 0.97 (18,300 entries a second).
pub const BATCHES_TO_RAW: f64 = 0.45;
/// Entries in batches of 50 ÷ those that a bare handler reads as mere bytes: 0.004 of 4,560,000.
pub const BATCHES_TO_BARE: f64 = 0.002;
/// Demo entries through the command line ÷ raw inserts, 50 rows per transaction: 1.14 (21,700 a second), because there
/// is no HTTP and transactions are larger.
pub const FILL_TO_RAW: f64 = 0.55;
/// Reading 1,000 raw rows ÷ a pull of 1,000 changes: 0.18 (5.9 ms). Scope, JSON and HTTP are in it.
pub const PULL_TO_RAW: f64 = 0.08;
/// A bare request ÷ a list or a search for two characters, p95 of both: 0.023 and more (5.3 ms and less).
pub const LIST_TO_BARE: f64 = 0.01;
/// The same for one character, which very many entries have: 0.009 (18.7 ms).
pub const ONE_CHARACTER_TO_BARE: f64 = 0.004;
