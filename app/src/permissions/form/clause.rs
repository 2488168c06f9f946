use std::collections::BTreeSet;

use domain::{
    fault::Fault,
    money::{Currency, Money},
    permission::{Condition, Limit, Per, WindowSpec},
};
use serde::{Deserialize, Serialize};

use super::{SpanForm, amount, lines, list, money, number};

/// A condition or a hard limit: what kind it is, and what its blanks hold. Which blanks count is for its kind to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClauseForm {
    pub kind: String,
    pub amount: String,
    pub currency: String,
    pub count: String,
    /// `customer` or `agent`.
    pub per: String,
    pub number: String,
    pub unit: String,
    /// `named`, where the window counts other actions than the one that is judged.
    pub of: String,
    pub actions: Vec<String>,
    /// `agent`, where the agent's own word is enough.
    pub trust: String,
    pub topics: Vec<String>,
    /// More topics, between commas.
    pub others: String,
    /// One a line: a name may hold a comma.
    pub templates: String,
}

/// The kinds of condition, in the words that they are added with.
pub const CONDITIONS: [(&str, &str); 11] = [
    ("amount_over", "The amount is over a limit"),
    ("first_order", "It is the customer’s first order"),
    ("lifetime_value_over", "The customer’s lifetime value is over a limit"),
    ("open_complaint", "The customer has an open complaint"),
    ("unknown_customer", "The customer is unknown to the shop"),
    ("touches", "It touches on a topic"),
    ("first_of_its_kind", "It is the first with its template"),
    ("template_not_in", "Its template is not on a list"),
    ("count_over", "There are too many in a stretch of time"),
    ("sum_over", "Too much money in a stretch of time"),
    ("irreversible", "It cannot be undone"),
];

/// The kinds of hard limit.
pub const LIMITS: [(&str, &str); 3] = [
    ("amount", "An amount a request"),
    ("count", "Requests in a stretch of time"),
    ("sum", "Money in a stretch of time"),
];

pub fn condition_words(kind: &str) -> Option<&'static str> {
    CONDITIONS.iter().find(|(known, _)| *known == kind).map(|(_, words)| *words)
}

impl ClauseForm {
    /// A new one of this kind, with blanks that are a start.
    pub fn new(kind: &str, currency: Currency, topics: &BTreeSet<String>) -> Self {
        let (amount, count) = match kind {
            "lifetime_value_over" => ("1000.00", "3"),
            "sum_over" | "sum" => ("500.00", "3"),
            "amount" => ("100.00", "3"),
            _ => ("50.00", "3"),
        };
        let whole = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
        let amount = if currency.decimals() == 2 { amount.to_owned() } else { whole(amount) };
        Self {
            kind: kind.to_owned(),
            amount,
            currency: currency.to_string(),
            count: count.to_owned(),
            per: if matches!(kind, "sum_over" | "sum") { "agent" } else { "customer" }.to_owned(),
            number: "1".to_owned(),
            unit: "days".to_owned(),
            topics: if kind == "touches" { topics.iter().cloned().collect() } else { Vec::new() },
            ..Self::default()
        }
    }

    fn of_money(kind: &str, money: Money) -> Self {
        Self { kind: kind.to_owned(), amount: amount(money), currency: money.currency.to_string(), ..Self::default() }
    }

    fn within(self, window: &WindowSpec) -> Self {
        let SpanForm { number, unit } = SpanForm::of(window.within_s);
        let of = if window.actions.is_empty() { "" } else { "named" }.to_owned();
        let per = if window.per == Per::Customer { "customer" } else { "agent" }.to_owned();
        let actions = window.actions.iter().cloned().collect();
        Self { per, number, unit, of, actions, ..self }.trusting(window.trust_agent)
    }

    fn trusting(self, agent: bool) -> Self {
        Self { trust: if agent { "agent" } else { "" }.to_owned(), ..self }
    }

    pub fn of_condition(condition: &Condition) -> Self {
        let kind = |kind: &str| Self { kind: kind.to_owned(), ..Self::default() };
        match condition {
            Condition::AmountOver { limit } => Self::of_money("amount_over", *limit),
            Condition::FirstOrder { trust_agent } => kind("first_order").trusting(*trust_agent),
            Condition::LifetimeValueOver { limit, trust_agent } => {
                Self::of_money("lifetime_value_over", *limit).trusting(*trust_agent)
            }
            Condition::OpenComplaint { trust_agent } => kind("open_complaint").trusting(*trust_agent),
            Condition::UnknownCustomer => kind("unknown_customer"),
            Condition::Touches { topics } => Self { topics: topics.iter().cloned().collect(), ..kind("touches") },
            Condition::FirstOfItsKind => kind("first_of_its_kind"),
            Condition::TemplateNotIn { templates } => {
                let templates = templates.iter().cloned().collect::<Vec<_>>().join("\n");
                Self { templates, ..kind("template_not_in") }
            }
            Condition::CountOver { limit, window } => {
                Self { count: limit.to_string(), ..kind("count_over") }.within(window)
            }
            Condition::SumOver { limit, window } => Self::of_money("sum_over", *limit).within(window),
            Condition::Irreversible => kind("irreversible"),
        }
    }

    pub fn of_limit(limit: &Limit) -> Self {
        match limit {
            Limit::Amount { most } => Self::of_money("amount", *most),
            Limit::Count { most, window } => {
                Self { kind: "count".to_owned(), count: most.to_string(), ..Self::default() }.within(window)
            }
            Limit::Sum { most, window } => Self::of_money("sum", *most).within(window),
        }
    }

    pub fn condition(&self) -> Result<Condition, Fault> {
        let trust_agent = self.trust == "agent";
        Ok(match self.kind.as_str() {
            "amount_over" => Condition::AmountOver { limit: self.money()? },
            "first_order" => Condition::FirstOrder { trust_agent },
            "lifetime_value_over" => Condition::LifetimeValueOver { limit: self.money()?, trust_agent },
            "open_complaint" => Condition::OpenComplaint { trust_agent },
            "unknown_customer" => Condition::UnknownCustomer,
            "touches" => Condition::Touches { topics: self.topics.iter().cloned().chain(list(&self.others)).collect() },
            "first_of_its_kind" => Condition::FirstOfItsKind,
            "template_not_in" => Condition::TemplateNotIn { templates: lines(&self.templates).collect() },
            "count_over" => Condition::CountOver { limit: number(&self.count)?, window: self.window()? },
            "sum_over" => Condition::SumOver { limit: self.money()?, window: self.window()? },
            "irreversible" => Condition::Irreversible,
            _ => return Err(Fault::Other),
        })
    }

    pub fn limit(&self) -> Result<Limit, Fault> {
        Ok(match self.kind.as_str() {
            "amount" => Limit::Amount { most: self.money()? },
            "count" => Limit::Count { most: number(&self.count)?, window: self.window()? },
            "sum" => Limit::Sum { most: self.money()?, window: self.window()? },
            _ => return Err(Fault::Other),
        })
    }

    fn money(&self) -> Result<Money, Fault> {
        money(&self.amount, &self.currency)
    }

    fn window(&self) -> Result<WindowSpec, Fault> {
        let per = if self.per == "agent" { Per::Agent } else { Per::Customer };
        let within_s = SpanForm { number: self.number.clone(), unit: self.unit.clone() }.read()?;
        let actions = if self.of == "named" { self.actions.iter().cloned().collect() } else { BTreeSet::new() };
        Ok(WindowSpec { per, within_s, actions, trust_agent: self.trust == "agent" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_condition_and_limit_is_read_back_from_its_form() {
        let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let window = json!({"per": "customer", "within_s": 86_400, "actions": ["order.refund"], "trust_agent": true});
        let alone = json!({"per": "agent", "within_s": 3_600});
        let conditions = json!([
            {"kind": "amount_over", "limit": usd("50.00")},
            {"kind": "first_order", "trust_agent": true},
            {"kind": "lifetime_value_over", "limit": usd("1000.00"), "trust_agent": false},
            {"kind": "open_complaint", "trust_agent": false},
            {"kind": "unknown_customer"},
            {"kind": "touches", "topics": ["legal", "press"]},
            {"kind": "first_of_its_kind"},
            {"kind": "template_not_in", "templates": ["order.status, late", "product.care"]},
            {"kind": "count_over", "limit": 3, "window": window},
            {"kind": "sum_over", "limit": usd("0.50"), "window": alone},
            {"kind": "irreversible"},
        ]);
        let conditions: Vec<Condition> = serde_json::from_value(conditions).unwrap();
        assert_eq!(conditions.len(), CONDITIONS.len());
        for condition in conditions {
            let form = ClauseForm::of_condition(&condition);
            assert!(condition_words(&form.kind).is_some(), "{form:?}");
            assert_eq!(form.condition(), Ok(condition));
        }
        let limits = json!([{"kind": "amount", "most": usd("5.00")}, {"kind": "count", "most": 1, "window": alone},
            {"kind": "sum", "most": usd("5.00"), "window": window}]);
        for limit in serde_json::from_value::<Vec<Limit>>(limits).unwrap() {
            let form = ClauseForm::of_limit(&limit);
            assert!(LIMITS.iter().any(|(kind, _)| *kind == form.kind), "{form:?}");
            assert_eq!(form.limit(), Ok(limit));
        }
    }

    #[test]
    fn a_new_one_can_be_read_as_it_is() {
        let topics = BTreeSet::from(["legal".to_owned()]);
        for code in ["USD", "JPY"] {
            let currency = Currency::parse(code).unwrap();
            for (kind, _) in CONDITIONS {
                assert!(ClauseForm::new(kind, currency, &topics).condition().is_ok(), "{kind} {code}");
            }
            for (kind, _) in LIMITS {
                assert!(ClauseForm::new(kind, currency, &topics).limit().is_ok(), "{kind} {code}");
            }
        }
    }

    #[test]
    fn what_cannot_be_read_says_which_blank() {
        let over = |amount: &str| ClauseForm {
            kind: "amount_over".into(),
            amount: amount.into(),
            currency: "USD".into(),
            ..ClauseForm::default()
        };
        assert_eq!(over("5o").condition(), Err(Fault::Amount));
        for grouped in ["1,000", "0,500", "1,000,", "1,00,000", "1000,000", ",000"] {
            assert_eq!(over(grouped).condition(), Err(Fault::Amount), "{grouped}");
        }
        assert_eq!(over(" 1,250.50 ").condition(), over("1250.50").condition());
        assert!(over("1,250.50").condition().is_ok());
        let count = ClauseForm { kind: "count_over".into(), count: "two".into(), ..ClauseForm::default() };
        assert_eq!(count.condition(), Err(Fault::Number));
        let ever = ClauseForm { count: "2".into(), unit: "ages".into(), ..count };
        assert_eq!(ever.condition(), Err(Fault::Span));
    }
}
