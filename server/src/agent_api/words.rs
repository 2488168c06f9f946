//! Words that come from a list, described as that list, so that a client knows them all.

use std::borrow::Cow;

use domain::{
    action::Effect,
    agent::Mode,
    decision::{Layer, Verdict},
    entry,
    permission::Field,
    state::{Outcome, State},
};
use governance::FeedbackKind;
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::problem::Kind;

macro_rules! words {
    ($($name:ident $all:expr),+ $(,)?) => {
        $(
            pub struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let words = json!($all).as_array().cloned();
                    ObjectBuilder::new().schema_type(Type::String).enum_values(words).into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
            }
        )+
    };
}

words! {
    DecisionWord Verdict::NAMES,
    RequestState State::ALL,
    ReasonLayer Layer::ALL,
    OutcomeStatus Outcome::ALL,
    FeedbackWord FeedbackKind::ALL,
    AgentMode Mode::ALL,
    VoteKind VOTES,
    ActionEffect Effect::ALL,
    RequestField Field::ALL,
}

/// What people, or their silence, can do with a request.
const VOTES: [entry::Kind; 5] =
    [entry::Kind::Approved, entry::Kind::Changed, entry::Kind::Rejected, entry::Kind::Expired, entry::Kind::Escalated];

pub struct ProblemType;

impl PartialSchema for ProblemType {
    fn schema() -> RefOr<Schema> {
        let lines: Vec<_> = Kind::ALL.iter().map(|kind| format!("- `{}`: {}", kind.slug(), kind.words())).collect();
        let words = ObjectBuilder::new().schema_type(Type::String).description(Some(lines.join("\n")));
        words.enum_values(Some(Kind::ALL.iter().map(|kind| kind.address()))).into()
    }
}

impl ToSchema for ProblemType {}

/// A name or a reference; not blank.
pub struct ShortText;

impl PartialSchema for ShortText {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200));
        text.pattern(Some(r"\S")).into()
    }
}

impl ToSchema for ShortText {}
