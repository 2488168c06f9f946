use std::hash::Hash;

use leptos::{prelude::*, tachys::view::keyed::keyed};

/// A list whose items stay what they are while others come and go: no typed word moves to another item.
///
/// An item is made anew when its key is another; so what may change of it belongs to the key.
pub fn each<T, K, V>(
    items: Vec<T>,
    key: impl Fn(&T) -> K + Send + 'static,
    view: impl Fn(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    K: Eq + Hash + 'static,
    V: IntoView + 'static,
{
    keyed(items, key, move |_, item| (drop, view(item).into_view()))
}
