//! JSON at the door: I-JSON (RFC 7493) without duplicate names, and its canonical form (RFC 8785).

use std::{cell::Cell, fmt};

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, error::Category};
use sha2::{Digest, Sha256};

use crate::schema::{Misfit, escape};

mod canonical;
pub use canonical::canonical;

/// How deep objects and lists may nest.
pub const MOST_LEVELS: usize = 32;

/// The greatest integer that every JSON reader understands alike (RFC 7493, section 2.2): 2^53 - 1.
pub(crate) const MOST_INTEGER: u64 = 9_007_199_254_740_991;

/// Reads one JSON value; refuses duplicate names, numbers beyond I-JSON, NUL characters and deep nesting.
pub fn parse(bytes: &[u8]) -> Result<Value, Misfit> {
    // A byte order mark in front says only that the text is UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let place = Cell::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { place: &place, level: 0 }.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| Misfit { pointer: place.take(), detail: plain(&error) })
}

/// What is wrong, as the end of a sentence; of what is no JSON, where.
fn plain(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            text.split_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
        }
        Category::Eof => "is not JSON: it ends too early".to_owned(),
        Category::Io | Category::Syntax => {
            format!("is not JSON: look at line {}, column {}", error.line(), error.column())
        }
    }
}

/// A deserializer's message as people say it: `invalid type: floating point, expected a string` is "is not a text".
pub fn in_words(message: &str) -> String {
    let name = |rest: &str| rest.split('`').nth(1).unwrap_or_default().to_owned();
    if let Some(rest) = message.strip_prefix("missing field ") {
        return format!("`{}` is missing", name(rest));
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return format!("`{}` is not known here", name(rest));
    }
    if let Some((given, known)) =
        message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("`{}` is not {}", name(given), known.replacen("one of", "one of:", 1));
    }
    let invalid = ["invalid type: ", "invalid value: ", "invalid length "];
    let Some(expected) = invalid.iter().find_map(|start| message.strip_prefix(start)?.rsplit_once(", expected "))
    else {
        return message.to_owned();
    };
    let kind = match expected.1 {
        "a string" | "a borrowed string" | "string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("a UUID") => "an id",
        _ => "what belongs here",
    };
    format!("is not {kind}")
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
        assert_eq!(parse("\u{feff}{}".as_bytes()), Ok(json!({})));
    }

    #[test]
    fn what_does_not_fit_is_said_as_people_say_it() {
        let said = |text: &str| {
            let value = serde_json::from_str(text).unwrap();
            in_words(&serde_json::from_value::<crate::request::Ask>(value).unwrap_err().to_string())
        };
        for (members, words) in [
            (r#""customer": {"id": 7}"#, "is not a text"),
            (r#""customer": {"id": "a", "orders": -1}"#, "is not a whole number from 0 on"),
            (r#""customer": {"id": "a", "orders": 1.5}"#, "is not a whole number from 0 on"),
            (r#""customer": {}"#, "`id` is missing"),
            (r#""topics": "legal""#, "is not a list"),
            (r#""customer": "omar""#, "is not an object"),
            (r#""colour": 1"#, "`colour` is not known here"),
        ] {
            assert_eq!(said(&format!(r#"{{"action": "a", "arguments": {{}}, {members}}}"#)), words, "{members}");
        }
        assert_eq!(parse(b"{").unwrap_err().detail, "is not JSON: it ends too early");
        assert_eq!(parse(b"{\n 'a': 1}").unwrap_err().detail, "is not JSON: look at line 2, column 2");
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
