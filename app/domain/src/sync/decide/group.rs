//! A group on its way to a decision.

use super::{Decision, Delivery, Found, Needs};
use crate::kinds::Kinds;

/// Commands that one person may have parked, in all communities: more than anybody does in a week without signal, and
/// little enough to be looked through at once. What goes beyond it is kept by the phone.
pub const MOST_PARKED: u32 = 200;

/// A group of deliveries, and what is known of everything that they touch.
pub struct Group<'d> {
    kinds: &'d Kinds,
    deliveries: &'d [Delivery],
}

impl<'d> Group<'d> {
    /// One of which nothing is known but its deliveries.
    #[must_use]
    pub fn new(kinds: &'d Kinds, deliveries: &'d [Delivery]) -> Self {
        Self { kinds, deliveries }
    }

    /// Takes in what was found.
    pub fn learn(&mut self, needs: Needs, found: Found) {
        let _ = (needs, found);
    }

    /// Decides all commands in the order of arrival, each on what the ones before it left behind.
    ///
    /// # Errors
    /// What has to be fetched first. Then nothing is decided.
    pub fn decide(&self) -> Result<Decision<'_>, Needs> {
        let _ = (self.kinds, self.deliveries);
        Err(Needs::default())
    }
}
