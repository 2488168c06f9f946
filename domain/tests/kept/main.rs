//! What the database keeps as JSON: it is written as the golden file of its form says, and each form that ever was is read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod samples;

use std::{fmt::Debug, fs, path::Path};

use domain::kept::{Kept, Unreadable, read, read_all, write_all};
use serde_json::Value;

fn golden(name: &str, format: u64) -> (String, String) {
    let path = format!("tests/golden/{name}.{format}.json");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap_or_default();
    (path, text)
}

/// Samples name every member and variant there is, so that a new one does not compile without a place in them.
fn holds<T: Kept + PartialEq + Debug>(name: &str, samples: &[T]) {
    let written = write_all(samples).unwrap();
    let now = format!("{}\n", serde_json::to_string_pretty(&written).unwrap());
    let (path, before) = golden(name, T::FORMAT);
    if now != before {
        let beside = std::env::temp_dir().join(path.replace('/', "-"));
        fs::write(&beside, &now).unwrap();
        panic!(
            "what is kept is written otherwise than {path} says: give it the next `FORMAT`, have its `read` take what was \
             written before, and add {} as the golden file of the new one",
            beside.display()
        );
    }
    for format in 1..=T::FORMAT {
        let (path, text) = golden(name, format);
        let kept: Vec<T> =
            read_all(serde_json::from_str(&text).unwrap()).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(format < T::FORMAT || kept == samples, "{path} reads as {kept:#?}");
    }

    let mut newer = written[0].clone();
    newer["format"] = (T::FORMAT + 1).into();
    assert!(matches!(read::<T>(newer.clone()), Err(Unreadable::Unknown(_))), "{name}: a newer form");
    newer.as_object_mut().unwrap().remove("format");
    assert!(matches!(read::<T>(newer), Err(Unreadable::Unsaid)), "{name}: no form");
    assert!(read::<T>(Value::Null).is_err());
}

#[test]
fn what_is_kept_is_written_and_read_as_it_ever_was() {
    holds("permission_set", &samples::permission_sets());
    holds("action_type", &samples::action_types());
    holds("pending", &samples::pending());
    holds("statement", &samples::statements());
    holds("origin", &samples::origins());
    holds("change", &samples::changes());
    holds("impact", &samples::impacts());
}

#[test]
fn every_golden_file_is_of_a_form_that_is_read() {
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let known = ["permission_set", "action_type", "pending", "statement", "origin", "change", "impact"];
        // The answer of an ask is read in `governance/src/answer.rs`.
        assert!(known.iter().chain(&["answer"]).any(|known| name.starts_with(&format!("{known}."))), "{name}");
    }
}
