//! A value that the screens watch.

use super::{Kept, readable};
use leptos::prelude::{
    self as machinery, Read as _, ReadUntracked as _, Set as _, Track as _, UntrackableGuard as _, Write as _,
};
use std::marker::PhantomData;

/// leptos's signal that can be read and written. Cheap to copy.
pub struct RwSignal<T>(pub(super) machinery::RwSignal<Kept>, PhantomData<fn() -> T>);

readable!(RwSignal);

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal with its first value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(machinery::RwSignal::new(Kept::new(value)), PhantomData)
    }

    /// Replaces the value and tells everybody.
    pub fn set(&self, value: T) {
        self.0.set(Kept::new(value));
    }

    /// As [`RwSignal::set`], for when the owner may be gone. Both leave the value then; leptos's names say which is meant.
    pub fn try_set(&self, value: T) {
        self.set(value);
    }

    /// Changes the value and tells everybody. Nothing happens where the owner is gone.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// As [`RwSignal::update`], with an answer; `None` where the owner is gone.
    pub fn try_update<U>(&self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let mut kept = self.0.try_write()?;
        Some(change(kept.of_mut()))
    }

    /// As [`RwSignal::try_update`]; everybody is told only where the answer begins with `true`.
    pub fn try_maybe_update<U>(&self, change: impl FnOnce(&mut T) -> (bool, U)) -> Option<U> {
        let mut kept = self.0.try_write()?;
        let (changed, answer) = change(kept.of_mut());
        if !changed {
            kept.untrack();
        }
        Some(answer)
    }
}

impl<T: Default + Send + Sync + 'static> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
