//! A value beside the screens, which nobody is told about.

use super::Kept;
use leptos::prelude::{self as machinery, ReadValue as _, WriteValue as _};
use std::marker::PhantomData;

/// leptos's stored value: lives as long as its owner. Cheap to copy.
pub struct StoredValue<T>(machinery::StoredValue<Kept>, PhantomData<fn() -> T>);

impl<T> Copy for StoredValue<T> {}

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    /// A stored value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(machinery::StoredValue::new(Kept::new(value)), PhantomData)
    }

    /// Looks at the value.
    ///
    /// # Panics
    /// When the owner is gone.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn with_value<U>(&self, look: impl FnOnce(&T) -> U) -> U {
        look(self.0.read_value().of())
    }

    /// Looks at the value; `None` where the owner is gone.
    pub fn try_with_value<U>(&self, look: impl FnOnce(&T) -> U) -> Option<U> {
        Some(look(self.0.try_read_value()?.of()))
    }

    /// The value.
    ///
    /// # Panics
    /// When the owner is gone.
    #[must_use]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get_value(&self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// Replaces the value. Nothing happens where the owner is gone.
    pub fn set_value(&self, value: T) {
        self.update_value(|kept| *kept = value);
    }

    /// As [`StoredValue::set_value`]; leptos's two names say whether the owner may be gone.
    pub fn try_set_value(&self, value: T) {
        self.set_value(value);
    }

    /// Changes the value. Nothing happens where the owner is gone.
    pub fn update_value(&self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// Changes the value, with an answer; `None` where the owner is gone.
    pub fn try_update_value<U>(&self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        Some(change(self.0.try_write_value()?.of_mut()))
    }
}

impl<T: Default + Send + Sync + 'static> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
