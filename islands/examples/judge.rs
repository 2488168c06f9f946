//! What the browser judges by, alone: for a test that compares it with what the server says.

use islands::{
    fields::Fields,
    trying::{Bench, judge},
};
use wasm_bindgen::prelude::wasm_bindgen;

/// What is said of a bench and a form, which are a line of JSON.
#[wasm_bindgen]
pub fn said_of(line: &str) -> String {
    match serde_json::from_str::<(Bench, Fields)>(line) {
        Ok((bench, fields)) => format!("{:?}", judge(&bench.ready(), &fields)),
        Err(error) => error.to_string(),
    }
}
