//! A group on its way to a decision.

use super::draft::Draft;
use super::known::Base;
use super::{Decision, Delivery, Found, Needs};
use crate::kinds::Kinds;

/// A group of deliveries, and what is known of everything that they touch.
pub struct Group<'d> {
    kinds: &'d Kinds,
    deliveries: &'d [Delivery],
    base: Base,
    /// To be fetched before anything can be judged.
    pending: Needs,
}

impl<'d> Group<'d> {
    /// One of which nothing is known but its deliveries.
    #[must_use]
    pub fn new(kinds: &'d Kinds, deliveries: &'d [Delivery]) -> Self {
        Self { kinds, deliveries, base: Base::new(), pending: Needs::by(deliveries) }
    }

    /// Takes in what was found; of what else is in `needs` it is known from now on that it is not there.
    pub fn learn(&mut self, needs: Needs, found: Found) {
        let pending = std::mem::take(&mut self.pending);
        let unasked = if pending == needs { Needs::default() } else { pending.without(&needs) };
        self.pending = self.base.learn(needs, found);
        self.pending.add(unasked);
    }

    /// Decides all commands in the order of arrival, each on what the ones before it left behind.
    ///
    /// # Errors
    /// What has to be fetched first. Then nothing is decided.
    #[allow(clippy::result_large_err, reason = "it is asked for once or twice a group")]
    pub fn decide(&self) -> Result<Decision<'_>, Needs> {
        if !self.pending.is_empty() {
            return Err(self.pending.clone());
        }
        let mut draft = Draft::on(self.kinds, &self.base);
        let mut answers = Vec::with_capacity(self.deliveries.len());
        for delivery in self.deliveries {
            let arrivals = delivery.arrivals.iter();
            answers.push(arrivals.map(|arrival| draft.take_in(delivery, arrival)).collect());
        }
        draft.finish(answers)
    }
}
