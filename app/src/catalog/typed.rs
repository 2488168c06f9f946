//! An action type as a form holds it: texts as they were typed, which may not fit yet.

use std::collections::BTreeSet;

use domain::{
    action::{AbsentAmount, ActionType, Effect, Reversibility},
    schema::Schema,
};
use islands::fields::Fields;

use super::{
    row::Row,
    rows::{rows_of, schema_of},
};

/// More than an action has, and few enough for a page.
pub const MOST_ROWS: usize = 60;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Typed {
    pub name: String,
    pub label: String,
    pub sentence: String,
    pub effect: String,
    /// `reversible`, `until` or `irreversible`.
    pub undoing: String,
    pub moment: String,
    pub how: String,
    pub amount: String,
    /// Whether nothing moves where the amount is absent.
    pub may_lack_amount: bool,
    pub zero_amount: bool,
    pub integration: String,
    pub for_customer: bool,
    pub data_sets: BTreeSet<String>,
    pub rows: Vec<Row>,
    /// Arguments that the table has no room for, as JSON; they stay as they are.
    pub deep: String,
    /// A pasted call.
    pub example: String,
    /// The revision that was seen; empty of a new one.
    pub seen: String,
    pub note: String,
    /// What the change means, as far as its reader has accepted it.
    pub accepted: Vec<String>,
}

pub const EFFECTS: [(Effect, &str); 5] = [
    (Effect::Read, "read"),
    (Effect::Internal, "internal"),
    (Effect::Write, "write"),
    (Effect::Message, "message"),
    (Effect::Commitment, "commitment"),
];

impl Typed {
    /// What a form for a new one begins with.
    pub fn blank() -> Self {
        Self { effect: "write".to_owned(), undoing: "irreversible".to_owned(), for_customer: true, ..Self::default() }
    }

    pub fn of(action: &ActionType, revision: i32) -> Self {
        let (undoing, moment, how) = match &action.reversibility {
            Reversibility::Reversible { how } => ("reversible", "", how.as_str()),
            Reversibility::Until { moment, how } => ("until", moment.as_str(), how.as_str()),
            Reversibility::Irreversible => ("irreversible", "", ""),
        };
        let effect = EFFECTS.iter().find(|(effect, _)| *effect == action.effect).map_or("", |(_, name)| name);
        // What the form would not send back whole is not for the table.
        let rows = rows_of(&action.arguments).filter(|rows| rows.len() <= MOST_ROWS);
        let deep = match rows {
            None => serde_json::to_string(&action.arguments).unwrap_or_default(),
            Some(_) => String::new(),
        };
        Self {
            name: action.name.clone(),
            label: action.label.clone(),
            sentence: action.sentence.clone(),
            effect: effect.to_owned(),
            undoing: undoing.to_owned(),
            moment: moment.to_owned(),
            how: how.to_owned(),
            amount: action.amount.clone().unwrap_or_default(),
            may_lack_amount: action.absent_amount == AbsentAmount::NothingMoves,
            zero_amount: action.zero_amount,
            integration: action.integration.clone().unwrap_or_default(),
            for_customer: action.for_customer,
            data_sets: action.data_sets.iter().cloned().collect(),
            rows: rows.unwrap_or_default(),
            deep,
            seen: revision.to_string(),
            ..Self::default()
        }
    }

    pub fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.get(name).map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
        let row = |at: usize| {
            let part = |name: &str| text(&format!("row/{at}/{name}"));
            fields.contains_key(&format!("row/{at}/name")).then(|| Row {
                name: part("name"),
                kind: part("kind"),
                required: !part("required").is_empty(),
                least: part("least"),
                most: part("most"),
                each_least: part("each-least"),
                each_most: part("each-most"),
                choices: part("choices"),
                currency: part("currency"),
            })
        };
        Self {
            name: text("name").trim().to_owned(),
            label: text("label"),
            sentence: text("sentence"),
            effect: text("effect"),
            undoing: text("undoing"),
            moment: text("moment"),
            how: text("how"),
            amount: text("amount"),
            may_lack_amount: !text("may-lack-amount").is_empty(),
            zero_amount: !text("zero-amount").is_empty(),
            integration: text("integration"),
            for_customer: !text("for-customer").is_empty(),
            data_sets: fields.keys().filter_map(|name| name.strip_prefix("set/")).map(str::to_owned).collect(),
            rows: (0..MOST_ROWS).map_while(row).collect(),
            deep: text("deep"),
            example: text("example"),
            seen: text("seen"),
            note: text("note"),
            accepted: Vec::new(),
        }
    }

    pub fn arguments(&self) -> Result<Schema, Vec<String>> {
        if self.deep.is_empty() {
            return schema_of(&self.rows);
        }
        serde_json::from_str(&self.deep).map_err(|_| vec!["The arguments cannot be read.".to_owned()])
    }

    /// The action type that was typed, or what has to be put right, in sentences.
    pub fn action_type(&self) -> Result<ActionType, Vec<String>> {
        let arguments = self.arguments()?;
        let effect = EFFECTS.iter().find(|(_, name)| *name == self.effect).map(|(effect, _)| *effect);
        let said = |text: &str| text.trim().to_owned();
        let reversibility = match self.undoing.as_str() {
            "reversible" => Reversibility::Reversible { how: said(&self.how) },
            "until" => Reversibility::Until { moment: said(&self.moment), how: said(&self.how) },
            _ => Reversibility::Irreversible,
        };
        let chosen = |text: &str| Some(said(text)).filter(|text| !text.is_empty());
        let amount = chosen(&self.amount);
        let nothing_moves = amount.is_some() && self.may_lack_amount;
        let action = ActionType {
            name: self.name.clone(),
            label: said(&self.label),
            sentence: said(&self.sentence),
            effect: effect.unwrap_or(Effect::Write),
            reversibility,
            integration: chosen(&self.integration),
            data_sets: self.data_sets.iter().cloned().collect(),
            absent_amount: if nothing_moves { AbsentAmount::NothingMoves } else { AbsentAmount::Unknown },
            zero_amount: amount.is_some() && self.zero_amount,
            amount,
            for_customer: self.for_customer,
            arguments,
        };
        let mut faults: Vec<String> = action.faults().into_iter().map(|fault| format!("It {fault}.")).collect();
        if self.undoing != "irreversible" && self.how.trim().is_empty() {
            faults.push("Say how it is undone: somebody has to follow it one day.".to_owned());
        }
        if self.undoing == "until" && self.moment.trim().is_empty() {
            faults.push("Say until when it can be undone.".to_owned());
        }
        if faults.is_empty() { Ok(action) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn action() -> ActionType {
        serde_json::from_value(json!({
            "name": "order.refund", "label": "Refund", "sentence": "Refund {total}[ for order {order_id}]",
            "effect": "write", "integration": "shopify", "amount": "total", "absent_amount": "nothing_moves", "zero_amount": true, "data_sets": ["orders"],
            "reversibility": {"kind": "until", "moment": "it is paid out", "how": "Cancel it in Shopify."},
            "arguments": {"type": "object", "required": ["total"], "properties": {
                "total": {"type": "money", "currency": "USD"}, "order_id": {"type": "string", "min_length": 1}}},
        }))
        .unwrap()
    }

    /// As a browser sends its form.
    fn read_back(typed: &Typed) -> Typed {
        let on = |yes: bool| if yes { "on".to_owned() } else { String::new() };
        let mut fields: Fields = [
            ("name", &typed.name),
            ("label", &typed.label),
            ("sentence", &typed.sentence),
            ("effect", &typed.effect),
            ("undoing", &typed.undoing),
            ("moment", &typed.moment),
            ("how", &typed.how),
            ("amount", &typed.amount),
            ("integration", &typed.integration),
            ("deep", &typed.deep),
            ("example", &typed.example),
            ("seen", &typed.seen),
            ("note", &typed.note),
        ]
        .map(|(name, text)| (name.to_owned(), text.replace('\n', "\r\n")))
        .into_iter()
        .collect();
        fields.insert("for-customer".to_owned(), on(typed.for_customer));
        fields.insert("may-lack-amount".to_owned(), on(typed.may_lack_amount));
        fields.insert("zero-amount".to_owned(), on(typed.zero_amount));
        fields.extend(typed.data_sets.iter().map(|name| (format!("set/{name}"), on(true))));
        for (at, row) in typed.rows.iter().enumerate() {
            let required = on(row.required);
            let parts = [
                ("name", &row.name),
                ("required", &required),
                ("kind", &row.kind),
                ("least", &row.least),
                ("most", &row.most),
                ("each-least", &row.each_least),
                ("each-most", &row.each_most),
                ("choices", &row.choices),
                ("currency", &row.currency),
            ];
            fields.extend(parts.map(|(name, text)| (format!("row/{at}/{name}"), text.clone())));
        }
        Typed::read(&fields)
    }

    #[test]
    fn an_action_type_is_read_back_from_its_form() {
        let typed = Typed { note: "because".into(), example: "{\"a\": 1}\n".into(), ..Typed::of(&action(), 3) };
        assert_eq!(read_back(&typed), typed);
        assert_eq!(read_back(&typed).action_type(), Ok(action()));
        assert_eq!(read_back(&Typed::default()), Typed::default());
    }

    #[test]
    fn an_empty_row_is_kept_for_somebody_to_fill() {
        let typed = Typed { rows: vec![Row::default(), Row { required: true, ..Row::default() }], ..Typed::blank() };
        assert_eq!(read_back(&typed), typed);
    }

    #[test]
    fn what_has_to_be_put_right_is_said() {
        let typed = |change: &dyn Fn(&mut Typed)| {
            let mut typed = Typed::of(&action(), 3);
            change(&mut typed);
            typed.action_type().unwrap_err()
        };
        assert_eq!(typed(&|t| t.label.clear()), ["It has a label that needs 1 to 80 characters."]);
        assert_eq!(typed(&|t| t.amount = "order_id".into()), ["It has no money argument `order_id`."]);
        assert_eq!(typed(&|t| t.how.clear()), ["Say how it is undone: somebody has to follow it one day."]);
        assert_eq!(typed(&|t| t.moment.clear()), ["Say until when it can be undone."]);
        assert_eq!(
            typed(&|t| t.rows.retain(|row| row.name != "order_id")),
            ["It says `{order_id}` in its sentence, which is not among its arguments."]
        );
    }
}
