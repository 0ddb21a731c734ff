//! What each server figure must reach of what the machine gives in the same run. A ratio is our rate ÷ the
//! calibration's, or the calibration's time ÷ ours: more is better. Absolute figures are printed beside, and judge
//! nothing here, because the machine is up to a third slower on some days.

/// Entries, one per request, ÷ raw inserts, one row per transaction. Twenty writers share a flush to the disk, so where
/// a flush takes milliseconds we are several times as fast; where it costs next to nothing, our own work alone counts.
/// Low, because the calibration is hardly more than that flush, which took 0.6 to 3.5 ms here within seconds (Python,
/// during a build).
pub const SINGLE_TO_RAW: f64 = 0.5;
/// Entries, one per request, ÷ the same requests to a bare handler: what reading, deciding and storing may take beside
/// HTTP. 1,600 to 2,300 entries a second here, against an estimated 20,000 bare requests.
pub const SINGLE_TO_BARE: f64 = 0.04;
/// Entries in batches of 50 ÷ raw inserts, 50 rows per transaction. One entry is rows of several tables and
/// its words in an index: 10,700 to 16,900 a second here, against 13,000 to 87,000 raw rows (Python, during a build).
pub const BATCHES_TO_RAW: f64 = 0.1;
/// Entries in batches of 50 ÷ those that a bare handler reads as mere bytes: an estimated 500,000 a second.
pub const BATCHES_TO_BARE: f64 = 0.01;
/// Demo entries through the command line ÷ raw inserts, 50 rows per transaction: no HTTP and larger transactions, so
/// more of it than batches reach, but made up on the same two cores.
pub const FILL_TO_RAW: f64 = 0.15;
/// Reading 1,000 raw rows ÷ a pull of 1,000 changes: scope, JSON and HTTP may take fifty times as long.
/// About 23 ms here, against an estimated 2 to 3.
pub const PULL_TO_RAW: f64 = 0.02;
/// A bare request ÷ a list or a search, p95 of both: a list is worth a hundred bare requests at most, an estimated
/// 15 ms, where 20 were allowed.
pub const LIST_TO_BARE: f64 = 0.01;
