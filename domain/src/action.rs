//! What an agent can ask to do, and what it can read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{kept::Kept, money::Money, schema::Schema};

/// What an action does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Looks something up.
    Read,
    /// Changes nothing outside the shop's own desk: a note, a tag, a draft.
    Internal,
    /// Changes an outside system.
    Write,
    /// Speaks to a customer or the public.
    Message,
    /// Binds the brand: a promise, a contract, a price.
    Commitment,
}

impl Effect {
    pub const ALL: [Self; 5] = [Self::Read, Self::Internal, Self::Write, Self::Message, Self::Commitment];

    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Internal => "internal",
            Self::Write => "write",
            Self::Message => "message",
            Self::Commitment => "commitment",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "looks something up",
            Self::Internal => "changes only the desk's own notes",
            Self::Write => "changes an outside system",
            Self::Message => "speaks to a customer",
            Self::Commitment => "binds the brand",
        }
    }

    /// Whether an outcome must follow a grant; looking up and noting leave nothing to settle.
    pub fn needs_outcome(self) -> bool {
        !matches!(self, Self::Read | Self::Internal)
    }
}

/// Whether what was done can be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reversibility {
    /// `how` is the rollback procedure that a person follows.
    Reversible {
        how: String,
    },
    /// Reversible until `moment`, in words: "the parcel leaves the warehouse".
    Until {
        moment: String,
        how: String,
    },
    Irreversible,
}

impl Reversibility {
    pub fn words(&self) -> String {
        match self {
            Self::Reversible { how } => format!("Can be undone: {how}"),
            Self::Until { moment, how } => format!("Can be undone until {moment}: {how}"),
            Self::Irreversible => "Cannot be undone.".to_owned(),
        }
    }
}

/// One kind of action. A change makes a new revision; requests remember theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionType {
    /// Such as `order.refund`.
    pub name: String,
    /// Such as `Refund`; short, and used as a verb: "Approve refund of $72.50".
    pub label: String,
    /// What it does, with arguments in braces: `Refund {total} to {customer} for order {order_id}`.
    pub sentence: String,
    pub effect: Effect,
    pub reversibility: Reversibility,
    /// The outside system it runs on, such as `shopify`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// The data sets that it rests on, whatever a request says that it reads beside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_sets: Vec<String>,
    /// The argument that holds its amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// What it moves when that argument is absent.
    #[serde(default, skip_serializing_if = "AbsentAmount::is_unknown")]
    pub absent_amount: AbsentAmount,
    /// Whether its amount may be zero, which is otherwise denied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zero_amount: bool,
    /// Whether it is done for one customer, who then must be named together with what triggered it.
    #[serde(default = "yes")]
    pub for_customer: bool,
    #[serde(default = "Schema::nothing")]
    pub arguments: Schema,
}

/// What a request moves that leaves the amount of its action out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsentAmount {
    /// Nobody knows: some shops take a refund without an amount for a full one.
    #[default]
    Unknown,
    NothingMoves,
}

impl AbsentAmount {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// The amount that a request moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// The action has none, or moves nothing without one.
    Nothing,
    Known(Money),
    Unknown,
}

fn yes() -> bool {
    true
}

/// The look-up that every shop has; its `reads` say what is looked up.
pub const DATA_READ: &str = "data.read";

impl Kept for ActionType {
    const FORMAT: u64 = 1;
}

impl ActionType {
    pub fn data_read() -> Self {
        Self {
            name: DATA_READ.to_owned(),
            label: "Look up".to_owned(),
            sentence: "Look up {reads}".to_owned(),
            effect: Effect::Read,
            reversibility: Reversibility::Reversible { how: "nothing was changed.".to_owned() },
            integration: None,
            data_sets: Vec::new(),
            amount: None,
            absent_amount: AbsentAmount::Unknown,
            zero_amount: false,
            for_customer: false,
            arguments: Schema::nothing(),
        }
    }

    /// The amount that a request with these arguments moves.
    pub fn moves(&self, arguments: &Value) -> Amount {
        let Some(name) = &self.amount else { return Amount::Nothing };
        match (arguments.get(name), self.absent_amount) {
            (Some(value), _) => Money::from_json(value).map_or(Amount::Unknown, Amount::Known),
            (None, AbsentAmount::NothingMoves) => Amount::Nothing,
            (None, AbsentAmount::Unknown) => Amount::Unknown,
        }
    }

    /// The amount in `arguments`; `None` where the type has none, or it is absent or malformed.
    pub fn amount_in(&self, arguments: &Value) -> Option<Money> {
        match self.moves(arguments) {
            Amount::Known(money) => Some(money),
            Amount::Nothing | Amount::Unknown => None,
        }
    }

    /// Whether an amount is one that the action can move.
    pub(crate) fn can_move(&self, money: Money) -> bool {
        money.minor > 0 || money.minor == 0 && self.zero_amount
    }

    pub fn amount_pointer(&self) -> Option<String> {
        self.amount.as_ref().map(|name| ["/arguments/", &crate::schema::escape(name)].concat())
    }
}

/// How private a data set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    Public,
    Internal,
    Personal,
    Sensitive,
}

impl Sensitivity {
    pub const ALL: [Self; 4] = [Self::Public, Self::Internal, Self::Personal, Self::Sensitive];

    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Personal => "personal",
            Self::Sensitive => "sensitive",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sensitivity| sensitivity.name() == name)
    }
}

/// Something an agent can read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// Such as `customer.orders`.
    pub name: String,
    pub label: String,
    pub sensitivity: Sensitivity,
}

/// The brand's words for a topic: `medical` -> `dose`, `side effect`.
pub type WordLists = BTreeMap<String, Vec<String>>;
