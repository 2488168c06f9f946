//! JSON at the door: I-JSON (RFC 7493) without duplicate names, and its canonical form (RFC 8785).

use std::{cell::Cell, fmt};

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::schema::{Misfit, escape};

mod canonical;
pub use canonical::canonical;

/// How deep objects and lists may nest.
pub const MOST_LEVELS: usize = 32;

/// The greatest integer that every JSON reader understands alike (RFC 7493, section 2.2): 2^53 - 1.
const MOST_INTEGER: u64 = 9_007_199_254_740_991;

/// Reads one JSON value; refuses duplicate names, numbers beyond I-JSON, NUL characters and deep nesting.
pub fn parse(bytes: &[u8]) -> Result<Value, Misfit> {
    let place = Cell::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { place: &place, level: 0 }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| Misfit { pointer: place.take(), detail: plain(&error) })
}

/// The parser's message without its own idea of the place.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

struct Strict<'a> {
    /// The place of the error, as a JSON pointer.
    place: &'a Cell<String>,
    level: usize,
}

impl Strict<'_> {
    fn below(&self) -> Strict<'_> {
        Strict { place: self.place, level: self.level + 1 }
    }

    /// Puts a step in front of the place: an error comes up from where it is, step by step.
    fn at<E>(&self, segment: &str, error: E) -> E {
        self.place.set(format!("/{}{}", escape(segment), self.place.take()));
        error
    }

    fn check_level<E: de::Error>(&self) -> Result<(), E> {
        if self.level >= MOST_LEVELS {
            return Err(E::custom(format!("nests deeper than {MOST_LEVELS} levels")));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MOST_INTEGER {
            return Err(E::custom("is a number beyond 2^53 - 1"));
        }
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MOST_INTEGER {
            return Err(E::custom("is a number beyond 2^53 - 1"));
        }
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() > MOST_INTEGER as f64 {
            return Err(E::custom("is a number beyond 2^53 - 1"));
        }
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        if value.contains('\0') {
            return Err(E::custom("holds a NUL character"));
        }
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        self.check_level()?;
        let mut values = Vec::new();
        while let Some(value) =
            list.next_element_seed(self.below()).map_err(|error| self.at(&values.len().to_string(), error))?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        self.check_level()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if name.contains('\0') {
                return Err(self.at(&name, de::Error::custom("holds a NUL character in its name")));
            }
            if members.contains_key(&name) {
                return Err(self.at(&name, de::Error::custom("stands twice")));
            }
            let value = object.next_value_seed(self.below()).map_err(|error| self.at(&name, error))?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

/// SHA-256 over the canonical form (RFC 8785) of `value`.
pub fn digest(value: &impl serde::Serialize) -> Result<[u8; 32], serde_json::Error> {
    Ok(Sha256::digest(canonical(value)?).into())
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(four.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_two_readers_could_read_differently_is_refused_with_its_place() {
        for (text, pointer) in [
            (r#"{"a": 1, "a": 2}"#, "/a"),
            (r#"{"a": {"b": [0, {"c": 1, "c": 1}]}}"#, "/a/b/1/c"),
            (r#"{"a": 9007199254740993}"#, "/a"),
            (r#"{"a": -9007199254740993}"#, "/a"),
            (r#"[1e400]"#, "/0"),
            (r#"[1e17]"#, "/0"),
            (r#"{"a": "x\u0000y"}"#, "/a"),
            (r#"{"a"}"#, "/a"),
            (r#"{"a": 1} x"#, ""),
            ("", ""),
            (r#"{"a": NaN}"#, "/a"),
            (r#""\ud800""#, ""),
        ] {
            let misfit = parse(text.as_bytes()).unwrap_err();
            assert_eq!(misfit.pointer, pointer, "{text}: {}", misfit.detail);
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn nesting_stops_at_the_limit() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(MOST_LEVELS).as_bytes()).is_ok());
        assert!(parse(nested(MOST_LEVELS + 1).as_bytes()).is_err());
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn the_canonical_form_is_that_of_rfc_8785() {
        let value = json!({"b": 1.0, "a": "é\u{1}", "\u{20ac}": 1e21, "B": [true, null]});
        let text = canonical(&value).unwrap();
        assert_eq!(text, "{\"B\":[true,null],\"a\":\"é\\u0001\",\"b\":1,\"€\":1e+21}");
    }
}
