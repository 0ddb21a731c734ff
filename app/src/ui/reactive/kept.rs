//! One type for every value that a signal may hold.

use std::any::Any;

/// A boxed value and how it is compared.
pub(super) struct Kept {
    value: Box<dyn Any + Send + Sync>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl Kept {
    /// A value that counts as changed whenever it is set.
    pub(super) fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self { value: Box::new(value), same: |_, _| false }
    }

    /// A value that counts as changed when it is another one.
    pub(super) fn comparable<T: PartialEq + Send + Sync + 'static>(value: T) -> Self {
        let same = |one: &dyn Any, other: &dyn Any| one.downcast_ref::<T>() == other.downcast_ref::<T>();
        Self { value: Box::new(value), same }
    }

    /// The value; the wrapper that asks has put in a `T` and never anything else.
    #[cfg_attr(debug_assertions, track_caller)]
    pub(super) fn of<T: 'static>(&self) -> &T {
        let Some(value) = self.value.downcast_ref() else { another_type() };
        value
    }

    /// The value, to be changed.
    #[cfg_attr(debug_assertions, track_caller)]
    pub(super) fn of_mut<T: 'static>(&mut self) -> &mut T {
        let Some(value) = self.value.downcast_mut() else { another_type() };
        value
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

#[cold]
fn another_type() -> ! {
    unreachable!("a signal holds the type it was made for")
}
