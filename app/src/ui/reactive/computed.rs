//! Values that follow from other values.

use super::{Kept, RwSignal, readable};
use leptos::prelude::{self as machinery, Read as _, ReadUntracked as _, Track as _};
use std::marker::PhantomData;

/// leptos's memo: computed when somebody looks, kept until what it was computed from changes, and announced only when
/// it is another one. Cheap to copy.
pub struct Memo<T>(machinery::Memo<Kept>, PhantomData<fn() -> T>);

readable!(Memo);

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// A memo of what `compute` yields; it is shown what it yielded before.
    #[must_use]
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let compute = move |before: Option<&Kept>| Kept::comparable(compute(before.map(Kept::of)));
        Self(memo(Box::new(compute)), PhantomData)
    }
}

type Compute = dyn Fn(Option<&Kept>) -> Kept + Send + Sync;

fn memo(compute: Box<Compute>) -> machinery::Memo<Kept> {
    machinery::Memo::new(compute)
}

/// leptos's signal that can only be read: whatever a component's property may be given. Cheap to copy.
pub struct Signal<T>(machinery::Signal<Kept>, PhantomData<fn() -> T>);

readable!(Signal);

impl<T: Send + Sync + 'static> Signal<T> {
    /// A value computed each time somebody looks.
    #[must_use]
    pub fn derive(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self(derived(Box::new(move || Kept::new(compute()))), PhantomData)
    }

    /// A value that never changes.
    #[must_use]
    pub fn stored(value: T) -> Self {
        Self(machinery::Signal::stored(Kept::new(value)), PhantomData)
    }
}

fn derived(compute: Box<dyn Fn() -> Kept + Send + Sync>) -> machinery::Signal<Kept> {
    machinery::Signal::derive(compute)
}

impl<T> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self(signal.0.into(), PhantomData)
    }
}

impl<T> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self(memo.0.into(), PhantomData)
    }
}

impl<T: Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl From<&str> for Signal<String> {
    fn from(value: &str) -> Self {
        Self::stored(value.to_owned())
    }
}
