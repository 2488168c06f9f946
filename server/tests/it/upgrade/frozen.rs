//! Migrations that were released stay as they are, and those that come later leave nobody behind without a word.

use std::{collections::BTreeMap, fs};

use domain::json::hex;
use sha2::{Digest, Sha256};

use crate::tidy::repository;

/// As `sha256sum` writes them, by `make freeze`.
fn frozen() -> BTreeMap<String, String> {
    let text = fs::read_to_string(repository().join("migrations/frozen")).unwrap();
    let lines = text.lines().map(|line| line.split_once("  ").unwrap());
    lines.map(|(hash, name)| (name.to_owned(), hash.to_owned())).collect()
}

fn migrations() -> BTreeMap<String, String> {
    let files = fs::read_dir(repository().join("migrations")).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "sql"));
    let named = |path: std::path::PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
    };
    files.map(named).collect()
}

#[test]
fn what_is_frozen_stays_as_it_is_and_what_is_new_comes_after_it() {
    let (frozen, migrations) = (frozen(), migrations());
    for (name, hash) in &frozen {
        let now = migrations.get(name).map(|text| hex(&Sha256::digest(text)));
        assert_eq!(now.as_ref(), Some(hash), "{name} was released: what is to change goes into a new migration");
    }
    let last = frozen.keys().next_back();
    let new = migrations.keys().filter(|name| !frozen.contains_key(*name));
    let late: Vec<_> = new.filter(|name| last.is_some_and(|last| *name < last)).collect();
    assert!(late.is_empty(), "no shop that has {last:?} would get these: {late:?}");
    if let Some(last) = last {
        let dump = super::dumps().join(format!("{}.sql.gz", &last[..4]));
        assert!(dump.exists(), "a shop of that version has to be kept: `make freeze`");
    }
}

/// What takes something away that a program before it may use, in a migration that does not say whom it leaves behind.
fn takes_away(version: &str, text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with("--")).collect();
    let number = version.trim_start_matches('0');
    if code.iter().any(|line| line.contains(&format!("select need_version({number});"))) {
        return Vec::new();
    }
    let marks = [
        "drop table",
        "drop column",
        "drop view",
        "drop function",
        "drop constraint",
        "drop index",
        "rename ",
        "set not null",
        "alter column",
        "add constraint",
        "add check",
        "not null check",
    ];
    let taken = code.iter().filter(|line| marks.iter().any(|mark| line.to_lowercase().contains(mark)));
    taken.map(|line| (*line).to_owned()).collect()
}

#[test]
fn what_takes_something_away_says_which_programs_it_leaves_behind() {
    let frozen = frozen();
    if !frozen.is_empty() {
        for (name, text) in migrations().iter().filter(|(name, _)| !frozen.contains_key(*name)) {
            let taken = takes_away(&name[..4], text);
            assert!(taken.is_empty(), "{name} has to say `select need_version(…)` with its own number: {taken:#?}");
        }
    }
    assert_eq!(takes_away("0012", "alter table agents\n    drop column purpose;"), ["drop column purpose;"]);
    assert_eq!(takes_away("0012", "alter table a drop column b;\nselect need_version(12);"), [""; 0]);
    assert_eq!(takes_away("0012", "select need_version(11);\nalter table a rename to b;").len(), 1);
    assert_eq!(takes_away("0012", "alter table agents add column mood text;\n-- drop table"), [""; 0]);
}
