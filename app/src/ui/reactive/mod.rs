//! Signals, memos and effects under leptos's own names, with machinery that is compiled once.
//!
//! leptos compiles all of its reactive machinery anew for every type of value and for every closure: with some fifty
//! types and three hundred closures that was more than half of what a phone has to load before it shows a door. Here
//! values are boxed ([`Kept`]) and closures, too, so that leptos sees one type of each; what is left per type is a
//! cast. Behaviour is leptos's: these types are thin wrappers, made, tracked and disposed of by it. A file that
//! imports them (`use crate::ui::reactive::{Memo, RwSignal}`) shadows the names of the prelude and reads as always.

mod computed;
mod effect;
mod kept;
mod signal;
mod stored;
mod view;

pub use computed::{Memo, Signal};
pub use effect::Effect;
pub use signal::RwSignal;
pub use stored::StoredValue;
pub use view::{Show, ShowProps, Views, dynamic, handler, live, optional};

use kept::Kept;

/// What every readable signal offers: leptos's traits of the same names, in one place.
macro_rules! readable {
    ($name:ident) => {
        impl<T> Copy for $name<T> {}

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T: 'static> $name<T> {
            /// Looks at the value; whoever asks is told when it changes.
            ///
            /// # Panics
            /// When the owner is gone.
            #[cfg_attr(debug_assertions, track_caller)]
            pub fn with<U>(&self, look: impl FnOnce(&T) -> U) -> U {
                look(self.0.read().of())
            }

            /// Looks at the value, once.
            ///
            /// # Panics
            /// When the owner is gone.
            #[cfg_attr(debug_assertions, track_caller)]
            pub fn with_untracked<U>(&self, look: impl FnOnce(&T) -> U) -> U {
                look(self.0.read_untracked().of())
            }

            /// The value; whoever asks is told when it changes.
            ///
            /// # Panics
            /// When the owner is gone.
            #[must_use]
            #[cfg_attr(debug_assertions, track_caller)]
            pub fn get(&self) -> T
            where
                T: Clone,
            {
                self.with(T::clone)
            }

            /// The value as it is now.
            ///
            /// # Panics
            /// When the owner is gone.
            #[must_use]
            #[cfg_attr(debug_assertions, track_caller)]
            pub fn get_untracked(&self) -> T
            where
                T: Clone,
            {
                self.with_untracked(T::clone)
            }

            /// Has whoever asks told when the value changes, without looking at it.
            pub fn track(&self) {
                self.0.track();
            }
        }
    };
}
use readable;
