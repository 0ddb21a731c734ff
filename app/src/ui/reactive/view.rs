//! Parts of a view that change.

use super::{Memo, RwSignal, Signal};
use leptos::prelude::*;
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use std::sync::{Arc, Mutex};

/// A part of a view that is made anew when something changes that it looked at.
#[must_use]
pub fn dynamic<V: IntoAny>(make: impl Fn() -> V + Send + 'static) -> AnyView {
    boxed(Box::new(move || make().into_any()))
}

fn boxed(make: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || make()).into_any()
}

/// When [`Show`] shows.
pub struct When(Box<dyn Fn() -> bool + Send + Sync>);

impl<F: Fn() -> bool + Send + Sync + 'static> From<F> for When {
    fn from(condition: F) -> Self {
        Self(Box::new(condition))
    }
}

/// leptos's component of the same name: its children, as long as a condition holds.
#[component]
#[must_use]
pub fn Show(
    /// The condition.
    #[prop(into)]
    when: When,
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let holds = Memo::new(move |_| (when.0)());
    dynamic(move || holds.get().then(|| children()))
}

/// A text, an attribute or a property that follows what it looks at.
#[must_use]
pub fn live<T: 'static>(compute: impl Fn() -> T + Send + 'static) -> SharedReactiveFunction<T> {
    Arc::new(Mutex::new(compute))
}

/// What stands in a view in place of a signal.
macro_rules! shown {
    ($name:ident) => {
        impl<T: Clone + IntoAny + 'static> IntoRender for $name<T> {
            type Output = AnyView;

            fn into_render(self) -> AnyView {
                dynamic(move || self.get())
            }
        }

        impl<T: Clone + 'static> IntoAttributeValue for $name<T> {
            type Output = SharedReactiveFunction<T>;

            fn into_attribute_value(self) -> Self::Output {
                live(move || self.get())
            }
        }
    };
}
shown!(Memo);
shown!(RwSignal);
shown!(Signal);

/// A part of a view that is there or not, and made anew when something changes that it looked at.
#[must_use]
pub fn optional<V: IntoAny>(make: impl Fn() -> Option<V> + Send + 'static) -> AnyView {
    dynamic(move || make().map(IntoAny::into_any))
}

/// What is done when something happens to an element.
#[must_use]
pub fn handler<E: 'static>(handle: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(handle)
}

/// Many views of one kind; leptos's `collect_view` for views of one type.
pub trait Views {
    /// The views, one after another.
    fn views(self) -> Vec<AnyView>;
}

impl<V: IntoAny, I: Iterator<Item = V>> Views for I {
    fn views(self) -> Vec<AnyView> {
        let mut views = Vec::new();
        self.for_each(|view| views.push(view.into_any()));
        views
    }
}
