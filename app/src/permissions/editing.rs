use std::{collections::BTreeMap, sync::Arc};

use domain::{
    authoring::{
        draft::DraftView,
        risk::{Risk, Severity},
    },
    money::Currency,
    part::{Part, Piece},
    permission::{PermissionSet, Rule},
    sentence::{self, Names, visible},
};
use governance::{Actor, Governance};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::wrote::{Refused, Wrote};
use crate::{error::UiError, ui::words};

/// What the editor shows: the draft, and what the address says of the forms.
pub struct Editing {
    pub slug: String,
    pub view: DraftView,
    pub names: Names,
    /// What each action is called here, apart from the others.
    labels: BTreeMap<String, String>,
    /// What was not taken of a form, and has to stand in it again.
    pub refused: Option<Refused>,
    /// The rule that the address unfolds.
    pub unfolded: Option<String>,
}

pub type Shared = Arc<Editing>;

impl Editing {
    pub async fn load(governance: &Governance, actor: &Actor, slug: String) -> Result<Shared, UiError> {
        let unfolded = use_query_map().with_untracked(|query| query.get("rule"));
        let refused = Refused::of_address();
        let view = governance.draft(actor, &slug).await?;
        let names = view.catalog.names();
        let actions = view.catalog.actions.iter().map(|action| (action.name.as_str(), action.label.as_str()));
        let labels = words::apart(actions).into_iter().collect();
        Ok(Arc::new(Self { slug, view, names, labels, refused, unfolded }))
    }

    pub fn set(&self) -> &PermissionSet {
        &self.view.permissions
    }

    /// What a form sends along, so that nobody's change is written over.
    pub fn seen(&self, part: &Part) -> String {
        let seen = serde_json::to_value(self.set().piece(part).seen()).unwrap_or_default();
        seen.as_str().unwrap_or_default().to_owned()
    }

    pub fn risks_of<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = &'a Risk> {
        self.view.risks.iter().filter(move |risk| risk.part == *part)
    }

    pub fn count(&self, severity: Severity) -> u32 {
        words::number(self.view.risks.iter().filter(|risk| risk.severity == severity).count())
    }

    /// What was not taken of the form that this fits.
    pub fn refused_if(&self, fits: impl Fn(&Wrote) -> bool) -> Option<Refused> {
        self.refused.clone().filter(|refused| fits(&refused.wrote))
    }

    /// The currency that a new amount starts with.
    pub fn currency(&self) -> Option<Currency> {
        self.view.catalog.currencies_in_use().first().copied().or_else(|| Currency::parse("USD").ok())
    }

    pub fn action_label(&self, name: &str) -> String {
        self.labels.get(name).cloned().unwrap_or_else(|| visible(name))
    }

    /// A rule on its own, as a sentence.
    pub fn rule_sentence(&self, rule: &Rule) -> String {
        let piece = Piece::Rule { id: rule.id.clone(), rule: Some(Box::new(rule.clone())) };
        sentence::piece(&piece, &self.names).unwrap_or_default()
    }

    /// How it will be called once it is published.
    pub fn next_version(&self) -> i32 {
        self.view.in_force.as_ref().map_or(1, |row| row.version + 1)
    }

    pub fn queues(&self) -> Vec<(String, String)> {
        let of_catalog = self.view.catalog.queues.iter().map(|queue| (queue.slug.clone(), visible(&queue.name)));
        let mut queues: Vec<_> = of_catalog.collect();
        // What is named and not there stays to be chosen, so that no form changes it unasked.
        let named = self.set().queues();
        let missing = named.into_iter().filter(|slug| !slug.is_empty() && self.view.catalog.queue(slug).is_none());
        queues.extend(missing.map(|slug| (slug.to_owned(), format!("{} (is not there)", visible(slug)))));
        queues
    }

    /// The actions that rules and limits choose from: what layer 2 lists.
    pub fn listed_actions(&self) -> Vec<(String, String)> {
        let scope = &self.set().action_scope;
        let names = scope.allow.keys().chain(scope.deny.iter().filter(|name| !scope.allow.contains_key(*name)));
        names.map(|name| (name.clone(), self.action_label(name))).collect()
    }
}

/// Where a part stands on the page.
pub fn anchor(part: &Part) -> String {
    let clean = |name: &str| -> String {
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect()
    };
    match part {
        Part::DataSet { name } => format!("data-{}", clean(name)),
        Part::Action { name } => format!("action-{}", clean(name)),
        Part::Rule { id } => format!("rule-{}", clean(id)),
        Part::Fallback => "fallback".to_owned(),
        Part::Record => "record".to_owned(),
        Part::Require => "require".to_owned(),
        Part::Mask => "mask".to_owned(),
        Part::KeepDays => "keep".to_owned(),
        Part::Whole => "layer-3".to_owned(),
    }
}
