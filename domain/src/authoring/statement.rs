//! What Reins says that somebody may have to accept. What counts of it is its id and what it is said of: its sentence is
//! made for reading, and reads otherwise in another version without making a word of acceptance void.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    json,
    kept::Kept,
    money::{Currency, Money},
    sentence::{duration, list, value},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What is said, whatever its words; given to one [`statement!`](crate::statement) alone.
    pub id: String,
    /// What it is said of, by name.
    pub with: BTreeMap<String, Value>,
    /// How that read when it was said.
    pub sentence: String,
}

impl Kept for Statement {
    const FORMAT: u64 = 1;
}

impl Statement {
    pub fn new(id: &str, with: impl IntoIterator<Item = (&'static str, Value)>, sentence: String) -> Self {
        let with = with.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { id: id.to_owned(), with, sentence }
    }

    /// What a form sends of it once it is accepted: the same of what says the same, in whatever words.
    pub fn key(&self) -> String {
        let digest = json::digest(&(&self.id, &self.with));
        digest.map(|digest| json::hex(&digest)).unwrap_or_default()
    }
}

pub fn keys(statements: &[Statement]) -> Vec<String> {
    statements.iter().map(Statement::key).collect()
}

/// Whether exactly these were accepted, by their keys, in whatever order.
pub fn are_accepted(statements: &[Statement], accepted: &[String]) -> bool {
    let mut stand = keys(statements);
    let mut accepted = accepted.to_vec();
    stand.sort_unstable();
    accepted.sort_unstable();
    stand == accepted && !stand.iter().any(String::is_empty)
}

/// What a statement is said of: a value that counts, and how it reads within a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub value: Value,
    words: String,
}

impl Given {
    pub fn new(value: impl Into<Value>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into() }
    }

    /// A name that others have written, marked as such.
    pub fn name(name: &str) -> Self {
        Self::new(name, value(name))
    }

    /// What is called something, by what that is.
    pub fn called(names: &BTreeMap<String, String>, name: &str) -> Self {
        Self::name(names.get(name).map_or(name, String::as_str))
    }

    /// "a, b and c", with `last` between the last two.
    pub fn list(all: impl IntoIterator<Item = Self>, last: &str) -> Self {
        let (values, words): (Vec<_>, Vec<_>) = all.into_iter().map(|one| (one.value, one.words)).unzip();
        Self::new(values, list(words, last))
    }

    pub fn money(money: &Money) -> Self {
        Self::new(json!(money), money.readable())
    }

    pub fn seconds(seconds: u32) -> Self {
        Self::new(seconds, duration(seconds))
    }
}

impl From<Currency> for Given {
    fn from(currency: Currency) -> Self {
        Self::new(currency.to_string(), currency.to_string())
    }
}

impl From<&Statement> for Given {
    fn from(said: &Statement) -> Self {
        Self::new(json!([said.id, said.with]), &said.sentence)
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl AsRef<str> for Given {
    fn as_ref(&self) -> &str {
        &self.words
    }
}

/// An id, the words, and each [`Given`] that stands in them, made here or taken from the variable of its name. Fragments
/// behind a semicolon follow from those, and are words only. The words can name nothing else.
#[macro_export]
macro_rules! statement {
    (@given $name:ident) => { $name.clone() };
    (@given $name:ident $given:expr) => { $given };
    ($id:literal, $words:literal $(,)?) => {
        $crate::authoring::statement::Statement::new($id, [], $words.to_owned())
    };
    ($id:literal, $words:literal, $($name:ident $(= $given:expr)?),+ $(; $($word:ident = $fragment:expr),+)? $(,)?) => {{
        $($(let $word = $fragment;)+)?
        let ($($name,)+) =
            ($($crate::authoring::statement::Given::from($crate::statement!(@given $name $($given)?)),)+);
        let sentence = format!(concat!($words), $($name = $name,)+ $($($word = $word),+)?);
        $crate::authoring::statement::Statement::new($id, [$((stringify!($name), $name.value)),+], sentence)
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(minor: i64) -> Statement {
        let most = Given::money(&Money { minor, currency: Currency::parse("USD").unwrap() });
        statement!("test.limit", "{all} of more than {most} go through.", all = Given::name("Refund"), most = most)
    }

    #[test]
    fn other_words_void_no_acceptance_and_another_value_does() {
        let read = limit(5000);
        let reworded = statement!(
            "test.limit",
            "Nothing stops {all} above {most}, {so}.",
            all = Given::new("Refund", "refunds"),
            most = Given::new(read.with["most"].clone(), "fifty dollars");
            so = "so look at it"
        );
        assert_ne!(read.sentence, reworded.sentence);
        assert!(are_accepted(&[reworded], &[read.key()]));

        for other in [limit(5001), Statement { id: "test.other".to_owned(), ..read.clone() }] {
            assert!(!are_accepted(&[other], &[read.key()]));
        }
    }

    #[test]
    fn exactly_what_is_said_is_accepted() {
        let [one, two] = [limit(1), limit(2)];
        let (a, b) = (one.key(), two.key());
        let said = [one, two];
        assert!(are_accepted(&said, &[b.clone(), a.clone()]));
        assert!(are_accepted(&[], &[]));
        for accepted in [vec![], vec![a.clone()], vec![a.clone(), b.clone(), b.clone()], vec![a.clone(), a.clone()]] {
            assert!(!are_accepted(&said, &accepted));
        }
        assert!(!are_accepted(&said, &said.clone().map(|one| one.sentence)));
    }

    #[test]
    fn what_was_accepted_is_read_back_as_it_read_then() {
        let read = limit(5000);
        let kept: Statement = serde_json::from_value(json!(read)).unwrap();
        assert_eq!(kept, read);
        assert_eq!(kept.key(), read.key());
    }
}
