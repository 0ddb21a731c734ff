//! What several pages are made of, one component a file. The style sheet of the same name gives it its look.

mod delivery;
mod dialog;
mod entry_parts;
mod entry_row;
mod gate;
mod icon;
mod notice;
mod page_head;
mod state_strip;
mod timeline;
mod urgency;
mod when;

pub use delivery::{DeliveryMark, EntryState, ReviewMark};
pub use dialog::Dialog;
pub use entry_parts::{EntryFacts, EntryParts, name_of};
pub use entry_row::{EntryRow, spoken_spot};
pub use gate::Gate;
pub use icon::{Icon, IconName};
pub use notice::{Notice, Skeleton};
pub use page_head::PageHead;
pub use state_strip::{StateStrip, spoken_status};
pub use timeline::Timeline;
pub use urgency::UrgencyMark;
pub use when::{days_unseen, spoken_day, spoken_time};
