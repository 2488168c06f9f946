//! What each feature says of itself beside its pages: its addresses, who may use them, and the way there. The router, the
//! guard, the navigation and the authorisation test read it here, so an address of which nothing is said leads nowhere.

use std::sync::Arc;

use domain::role::Capability;
use leptos::{prelude::AnyView, server_fn::ServerFn};
use leptos_router::PossibleRouteMatch;

use crate::{
    activity, agents, approvals, catalog, customers, integrations, jobs, permissions, settings, setup, shell, sign_in,
    stop, today,
};

/// In the order in which their ways are shown.
const FEATURES: &[Feature] = &[
    today::FEATURE,
    approvals::FEATURE,
    agents::FEATURE,
    permissions::FEATURE,
    activity::FEATURE,
    integrations::FEATURE,
    settings::QUEUES,
    catalog::FEATURE,
    jobs::FEATURE,
    settings::PEOPLE,
    customers::FEATURE,
    stop::FEATURE,
    shell::FEATURE,
    sign_in::FEATURE,
    setup::FEATURE,
];

pub struct Feature {
    pub pages: &'static [Page],
    pub calls: &'static [&'static [Call]],
}

/// A page, made by [`page!`].
pub struct Page {
    /// With its parts as `:name`.
    pub path: &'static str,
    /// `None` where nobody has to be signed in.
    pub needs: Option<Capability>,
    pub way: Option<Way>,
    pub segments: fn() -> Arc<dyn PossibleRouteMatch + Send + Sync>,
    pub view: fn() -> AnyView,
}

/// How people get to a page, beside links on others; it is shown to those who may see the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// On every page; `thumb` is its place among those that a phone shows at once.
    Everywhere { label: &'static str, icon: &'static str, thumb: Option<u8> },
    /// On the pages of the settings.
    Settings { label: &'static str },
}

/// An address that is no page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    pub path: &'static str,
    /// `None` where nobody has to be signed in.
    pub needs: Option<Capability>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A form posts to a server function there.
    Function,
    /// A form posts there, and the router says what takes it. The path has its parts as `{name}`.
    Form,
    /// Something that a page shows or follows is read there; it changes nothing.
    Read,
}

/// The page that a component without properties draws.
macro_rules! page {
    ($path:tt, $view:ident, $needs:expr) => {
        $crate::feature::Page {
            path: $path,
            needs: $needs,
            way: None,
            segments: || std::sync::Arc::new(leptos_router::path!($path)),
            view: || leptos::prelude::IntoAny::into_any($view()),
        }
    };
}
pub(crate) use page;

impl Page {
    pub const fn everywhere(mut self, label: &'static str, icon: &'static str, thumb: Option<u8>) -> Self {
        self.way = Some(Way::Everywhere { label, icon, thumb });
        self
    }

    pub const fn in_settings(mut self, label: &'static str) -> Self {
        self.way = Some(Way::Settings { label });
        self
    }
}

/// A server function.
pub const fn function<S: ServerFn>(needs: Capability) -> Call {
    Call { path: S::PATH, needs: Some(needs), kind: Kind::Function }
}

pub const fn form(path: &'static str, needs: Option<Capability>) -> Call {
    Call { path, needs, kind: Kind::Form }
}

pub const fn read(path: &'static str, needs: Capability) -> Call {
    Call { path, needs: Some(needs), kind: Kind::Read }
}

pub fn pages() -> impl Iterator<Item = &'static Page> + Clone {
    FEATURES.iter().flat_map(|feature| feature.pages)
}

pub fn calls() -> impl Iterator<Item = &'static Call> + Clone {
    FEATURES.iter().flat_map(|feature| feature.calls).copied().flatten()
}

/// Whether nobody has to be signed in at this address.
pub fn is_open(path: &str) -> bool {
    let pages = pages().map(|page| (page.path, page.needs));
    pages.chain(calls().map(|call| (call.path, call.needs))).any(|(known, needs)| known == path && needs.is_none())
}
