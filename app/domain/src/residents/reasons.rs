//! Why something of this module did nothing.

use crate::kernel::Reason;

/// Nothing is changed of whoever lives here no more.
pub const MOVED_AWAY: Reason = Reason {
    code: "resident_moved_away",
    says: "这位居民已经搬走了。要是又回来了，先点“搬回来”再改；字都在。",
};
