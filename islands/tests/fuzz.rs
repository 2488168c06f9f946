//! Made-up permission files, request bodies and forms: nothing panics, and the browser judges as the server does.
//!
//! A round of each belongs to every test run; `make fuzz` goes on for minutes, and compares with WebAssembly. The seeds of
//! what was found stand in `fuzz.found`, and are tried first ever after.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot make its case has failed")]
#![expect(clippy::disallowed_methods, reason = "a fuzzer reads the clock")]

#[path = "../../domain/tests/properties/arbitrary.rs"]
#[expect(dead_code, reason = "the strategies are those of the domain's own tests")]
mod arbitrary;
#[path = "../examples/judge.rs"]
mod judge;
#[path = "../../domain/tests/support/mod.rs"]
#[expect(dead_code, reason = "the cases are those of the domain's own tests")]
mod support;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use domain::{
    agent_file::{AgentFile, AgentHead},
    authoring::risk::risks,
    catalog::Catalog,
    decision::Prepared,
    json::{canonical, digest, parse},
    request::Ask,
};
use islands::{
    fields::Fields,
    trying::{Bench, LEFT_OUT, READ_OF, Side},
};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

/// Tries cases for a round, or for as long as `FUZZ_SECONDS` says.
fn fuzz<S: Strategy>(cases: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (started, patience) = (Instant::now(), Duration::from_secs(seconds));
    let mut tried = 0;
    loop {
        let found = FileFailurePersistence::Direct("tests/fuzz.found");
        let config = Config { cases: 256, failure_persistence: Some(Box::new(found)), ..Config::default() };
        TestRunner::new(config).run(cases, &test).unwrap_or_else(|error| panic!("{error}"));
        tried += 256;
        if started.elapsed() >= patience {
            break println!("{tried} cases");
        }
    }
}

/// A text with some bits put in, some left out, and some doubled.
fn mangled(text: impl Strategy<Value = String>, bits: &'static [&'static str]) -> impl Strategy<Value = String> {
    let change = (any::<Index>(), 0..3_u8, 0..12_usize, prop_oneof![select(bits).prop_map(str::to_owned), ".{0,3}"]);
    (text, vec(change, 0..4)).prop_map(|(text, changes)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (at, how, length, bit) in changes {
            let at = at.index(letters.len() + 1);
            let end = (at + length).min(letters.len());
            let new: Vec<char> = match how {
                0 => bit.chars().collect(),
                1 => letters[at..end].iter().chain(&letters[at..end]).copied().collect(),
                _ => Vec::new(),
            };
            letters.splice(at..end, new);
        }
        letters.into_iter().collect()
    })
}

fn file() -> impl Strategy<Value = AgentFile> {
    let actions = ["order.refund", "order.cancel", "message.send"].map(|name| arbitrary::action_type(name.to_owned()));
    (any::<bool>().prop_flat_map(arbitrary::permissions), actions).prop_map(|(permissions, actions)| AgentFile {
        agent: AgentHead { slug: "support".to_owned(), name: "Support".to_owned(), purpose: String::new() },
        queues: Vec::new(),
        integrations: Vec::new(),
        data_sets: Vec::new(),
        actions: actions.to_vec(),
        word_lists: BTreeMap::from([("medical".to_owned(), vec!["dose".to_owned()])]),
        permissions,
    })
}

#[test]
fn no_permission_file_panics_and_what_is_read_is_written_as_it_was() {
    let bits =
        &["\n", "[", "]", "{", "}", "\"", "=", "-1", "99999999999", "\"any\"", "[[permissions]]", "1e9", "\u{0}"];
    let text = mangled(file().prop_map(|file| toml::to_string(&file).unwrap()), bits);
    fuzz(&text, |text| {
        let Ok(file) = toml::from_str::<AgentFile>(&text) else { return Ok(()) };
        let _ = file.faults();
        let _ = risks(&file.permissions, &Catalog::of_file(&file));
        let _ = domain::sentence::permission_set(&file.permissions, &file.names());
        let _ = Prepared::new(file.permissions.clone(), &file.names());
        prop_assert_eq!(toml::from_str::<AgentFile>(&toml::to_string(&file)?)?, file);
        Ok(())
    });
}

#[test]
fn no_request_body_panics_and_its_canonical_form_is_read_back() {
    let bits = &["{", "}", "[", "]", ",", ":", "\"", "\\", "null", "-0", "1e400", "\\ud800", "\\u0000", "\"a\":1,"];
    let text = mangled(arbitrary::ask().prop_map(|ask| serde_json::to_string(&ask).unwrap()), bits);
    fuzz(&text, |text| {
        let Ok(value) = parse(text.as_bytes()) else { return Ok(()) };
        let form = canonical(&value)?;
        prop_assert_eq!(&form, &serde_json_canonicalizer::to_string(&value)?);
        let again = parse(form.as_bytes());
        prop_assert_eq!(again.map(|again| canonical(&again).ok()), Ok(Some(form)));
        if let Ok(ask) = serde_json::from_value::<Ask>(value) {
            let _ = ask.misfits();
            prop_assert_eq!(digest(&ask)?, digest(&serde_json::from_str::<Ask>(&canonical(&ask)?)?)?);
        }
        Ok(())
    });
}

/// Up to two permission sets, and what a form may hold, sensible and not.
fn benches() -> impl Strategy<Value = (Bench, Fields)> {
    let set = || prop::option::weighted(0.95, any::<bool>().prop_flat_map(arbitrary::permissions));
    let sides = vec(set(), 1..3).prop_map(|sets| {
        let side = |(at, permissions)| Side { title: format!("Side {at}"), permissions };
        sets.into_iter().enumerate().map(side).collect()
    });
    let action = arbitrary::action().prop_flat_map(arbitrary::action_type);
    let bench = (action, sides).prop_map(|(action, sides)| Bench {
        action,
        sides,
        actions: BTreeMap::new(),
        data_sets: BTreeMap::new(),
        queues: BTreeMap::from([("leads".to_owned(), "CS leads".to_owned())]),
        word_lists: BTreeMap::from([("medical".to_owned(), vec!["dose".to_owned()])]),
    });
    (bench, btree_map(select(names()), said(), 0..24))
}

fn names() -> Vec<String> {
    let fixed = [
        "customer",
        "orders",
        "worth",
        "worth/currency",
        "complaints",
        "topics",
        "template",
        "trigger",
        "output",
        "without/topics",
        "brand/orders",
        "brand/worth",
        "brand/worth/currency",
        "brand/complaints",
        "recorded-complaints",
        "other-customer",
        "has-succeeded",
        "breaker",
        "/total/amount",
        "/total/currency",
        "reads/orders",
        "reads/profile",
        "reads/catalog",
    ];
    let windows = (0..3).flat_map(|at| ["count", "sum", "sum/currency"].map(|part| format!("window/{at}/{part}")));
    let left_out = LEFT_OUT.map(|field| format!("without/{}", field.name()));
    fixed.map(str::to_owned).into_iter().chain(windows).chain(left_out).collect()
}

fn said() -> impl Strategy<Value = String> {
    let usual = ["USD", "EUR", "JPY", "omar", "ana", "on", "the dose", "legal, medical", "welcome", ""];
    prop_oneof![
        3 => select(usual.to_vec()).prop_map(str::to_owned),
        1 => select(READ_OF.to_vec()).prop_map(|(name, _)| name.to_owned()),
        3 => (0..6_u32).prop_map(|n| n.to_string()),
        3 => (0..99_999_u32).prop_map(|minor| format!("{}.{:02}", minor / 100, minor % 100)),
        1 => ".{0,12}",
    ]
}

#[test]
fn the_browser_judges_as_the_server_does() {
    let Some(browser) = Browser::open() else {
        println!("skipped: `make fuzz` builds what the browser judges by");
        return fuzz(&benches(), |case| {
            prop_assert!(judge::said_of(&serde_json::to_string(&case)?).starts_with("Judged"));
            Ok(())
        });
    };
    fuzz(&benches(), |case| {
        let line = serde_json::to_string(&case)?;
        let here = judge::said_of(&line);
        prop_assert!(here.starts_with("Judged"), "{here}");
        prop_assert_eq!(browser.said_of(&line), here);
        Ok(())
    });
}

/// The same code as WebAssembly, in the engine of a browser.
struct Browser(Mutex<(Child, ChildStdin, BufReader<ChildStdout>)>);

const LISTENS: &str = "const { said_of } = require(process.argv[1]);
require('readline').createInterface({ input: process.stdin })
    .on('line', (line) => process.stdout.write(JSON.stringify(said_of(line)) + '\\n'));";

impl Browser {
    fn open() -> Option<Self> {
        let built = std::env::var("REINS_JUDGE").ok()?;
        let mut node = Command::new("node");
        let mut child =
            node.args(["-e", LISTENS, &built]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Some(Self(Mutex::new((child, asks, BufReader::new(answers)))))
    }

    fn said_of(&self, line: &str) -> String {
        let (_, asks, answers) = &mut *self.0.lock().unwrap();
        writeln!(asks, "{line}").unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let (child, ..) = self.0.get_mut().unwrap();
        child.kill().unwrap();
    }
}
