//! One argument of an action, as a row of a form holds it.

use domain::{money::Currency, schema::Schema};

use super::kind::Kind;

/// Texts as they were typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// With those of the groups that it stands in: `address/street`.
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub least: String,
    pub most: String,
    /// The bounds of each item of a list.
    pub each_least: String,
    pub each_most: String,
    /// A choice a line.
    pub choices: String,
    pub currency: String,
}

const MOST_CHARACTERS: usize = 1000;
const MOST_ITEMS: usize = 100;

impl Row {
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Text)
    }

    /// The row that such a value has; its members have rows of their own. `None` where a row has no room for it.
    pub fn of(name: String, schema: &Schema, required: bool) -> Option<Self> {
        let kind = Kind::of(schema)?;
        let mut row = Self { name, kind: kind.name().to_owned(), required, ..Self::default() };
        match schema {
            Schema::Array { items, min_items, max_items } => {
                let each = Self::of(String::new(), items, false)?;
                row.least = min_items.to_string();
                row.most = max_items.to_string();
                row.each_least = each.least;
                row.each_most = each.most;
                row.choices = each.choices;
                row.currency = each.currency;
            }
            Schema::String { min_length, max_length, one_of } => {
                row.least = min_length.to_string();
                row.most = max_length.to_string();
                row.choices = one_of.join("\n");
            }
            Schema::Integer { minimum, maximum } => {
                let text = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
                row.least = text(minimum);
                row.most = text(maximum);
            }
            Schema::Money { currency } => {
                row.currency = currency.map(|currency| currency.to_string()).unwrap_or_default();
            }
            Schema::Boolean | Schema::Object { .. } => {}
        }
        Some(row)
    }

    /// The schema of the row; `members` is that of its group. An error is the end of a sentence that begins with the name.
    pub fn schema(&self, members: Option<Schema>) -> Result<Schema, String> {
        let kind = self.kind();
        let Some(item) = kind.item() else { return self.single(kind, &self.least, &self.most, members) };
        let (min_items, max_items) = bounds(&self.least, &self.most, MOST_ITEMS)?;
        let items = Box::new(self.single(item, &self.each_least, &self.each_most, members)?);
        Ok(Schema::Array { items, min_items, max_items })
    }

    fn single(&self, kind: Kind, least: &str, most: &str, members: Option<Schema>) -> Result<Schema, String> {
        Ok(match kind {
            Kind::Choice => {
                let one_of: Vec<String> =
                    self.choices.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
                if one_of.is_empty() {
                    return Err("needs its choices, one a line".to_owned());
                }
                // Lengths that were kept from before must not shut out a choice.
                let (least, most) = bounds(least, most, MOST_CHARACTERS)?;
                let lengths = || one_of.iter().map(|one| one.chars().count());
                let (min_length, max_length) = (lengths().fold(least, usize::min), lengths().fold(most, usize::max));
                Schema::String { min_length, max_length, one_of }
            }
            Kind::Number => Schema::Integer { minimum: whole(least)?, maximum: whole(most)? },
            Kind::YesNo => Schema::Boolean,
            Kind::Money => match self.currency.trim() {
                "" => Schema::Money { currency: None },
                code => {
                    let currency = Currency::parse(&code.to_uppercase());
                    let currency = currency.map_err(|_| format!("has no currency that Reins knows: “{code}”"))?;
                    Schema::Money { currency: Some(currency) }
                }
            },
            Kind::Group => members.unwrap_or_else(Schema::nothing),
            _ => {
                let (min_length, max_length) = bounds(least, most, MOST_CHARACTERS)?;
                Schema::String { min_length, max_length, one_of: Vec::new() }
            }
        })
    }
}

fn bounds(least: &str, most: &str, usual: usize) -> Result<(usize, usize), String> {
    let read = |text: &str, empty: usize| match text.trim() {
        "" => Ok(empty),
        text => text.parse().map_err(|_| format!("has a bound that is no number: “{text}”")),
    };
    let (least, most) = (read(least, 0)?, read(most, usual)?);
    if least > most {
        Err("is bounded to nothing: at least is more than at most".to_owned())
    } else {
        Ok((least, most))
    }
}

fn whole(text: &str) -> Result<Option<i64>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("has a bound that is no whole number: “{text}”")),
    }
}
