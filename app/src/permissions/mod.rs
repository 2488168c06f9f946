//! An agent's permissions: written as a draft, published, and kept as versions.

mod bar;
mod begin;
mod both;
mod calls;
mod choose;
mod draft;
mod editing;
mod files;
mod form;
mod impact;
mod layers;
mod page;
mod print;
mod publish;
mod reads_back;
mod remarks;
mod rules;
mod trying;
mod versions;
mod wrote;

pub use files::{Found, Pasted, Would};
pub use impact::MOST_GIVEN;
pub use versions::Told;

use domain::role::Capability;

use crate::feature::{Call, Feature, form, page, read};
use files::{FilesPage, ImportPage};
use impact::ImpactPage;
use page::EditorPage;
use print::PrintPage;
use publish::PublishPage;
use trying::TryPage;
use versions::{ComparePage, VersionPage, VersionsPage};

pub const FEATURE: Feature = Feature {
    pages: &[
        page!("/agents/import", ImportPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions", EditorPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/try", TryPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/impact", ImpactPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/publish", PublishPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/versions", VersionsPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/versions/:version", VersionPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/compare", ComparePage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/files", FilesPage, Some(Capability::Look)),
        page!("/agents/:slug/permissions/print", PrintPage, Some(Capability::Look)),
    ],
    calls: &[calls::CALLS, begin::CALLS, impact::CALLS, publish::calls::CALLS, BESIDE],
};

const BESIDE: &[Call] = &[
    form("/agents/import", Some(Capability::Govern)),
    form("/agents/{slug}/permissions/impact", Some(Capability::Govern)),
    read("/agents/{slug}/permissions/export/{file}", Capability::Look),
];
