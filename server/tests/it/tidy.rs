//! What has to hold of the sources themselves.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const SOURCES: [&str; 6] = ["app/src", "domain/src", "frontend/src", "governance/src", "islands/src", "server/src"];

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// One source file, without its tests.
pub struct Source {
    /// From the top of the repository.
    pub path: String,
    text: String,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split_once("#[cfg(test)]\nmod tests").map_or(text.as_str(), |(code, _)| code);
        let path = path.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned();
        Self { path, text: code.to_owned() }
    }

    /// Lines with their numbers, without those that are comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    pub fn find(&self, parts: &[&str]) -> Vec<String> {
        let found = self.code().filter(|(_, line)| parts.iter().any(|part| line.contains(part)));
        found.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

pub fn sources(folder: &str) -> Vec<Source> {
    let found: Vec<Source> = rust_files(folder).iter().map(|path| Source::read(path)).collect();
    assert!(!found.is_empty(), "{folder} is empty");
    found
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![repository().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn all() -> impl Iterator<Item = Source> {
    SOURCES.iter().flat_map(|folder| sources(folder))
}

/// How many server functions the sources define.
pub fn server_functions() -> usize {
    sources("app/src").iter().map(|source| source.find(&["#[server]", "#[server("]).len()).sum::<usize>()
        - sources("app/src").iter().map(|source| source.find(&["#[server(default)]"]).len()).sum::<usize>()
}

/// The tables that the migrations make, each once.
pub fn tables() -> BTreeSet<String> {
    let files = fs::read_dir(repository().join("migrations")).unwrap().map(|file| file.unwrap().path());
    let text: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    let made = text.lines().filter_map(|line| line.strip_prefix("create table ")?.strip_suffix(" ("));
    let made: BTreeSet<String> = made.map(str::to_owned).collect();
    assert!(made.contains("entries") && made.contains("control"), "{made:?}");
    made
}

/// The addresses that a file of this crate routes by name.
pub fn routes_of(file: &str) -> BTreeSet<String> {
    let source = Source::read(&Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().unwrap().join(file));
    let text: String = source.code().map(|(_, line)| line.trim()).collect();
    text.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn transactions_begin_durable_and_read_committed() {
    let found: Vec<_> = sources("governance/src").iter().flat_map(|source| source.find(&[".begin()"])).collect();
    assert!(found.is_empty(), "use `begin_with(db::begin::BEGIN)`: {found:#?}");
}

#[test]
fn sql_is_only_where_the_database_is() {
    let marks = ["query!", "query_as!", "query_scalar!", "sqlx::query", "raw_sql", "QueryBuilder", "\"begin\""];
    let verbs = ["select ", "insert into ", "update ", "delete from ", "create table ", "alter table ", "with "];
    let mut found = Vec::new();
    for source in all().filter(|source| !source.path.starts_with("governance/src/db/")) {
        found.extend(source.find(&marks));
        // What the embedded PostgreSQL is set up with goes through psql, before there is a pool.
        if source.path != "server/src/postgres/cluster.rs" {
            let is_sql = |line: &str| {
                let line = line.trim();
                let text = ["r#\"", "r\"", "\""]
                    .iter()
                    .find_map(|quote| line.split_once(quote))
                    .map_or(line, |(_, text)| text);
                verbs.iter().any(|verb| text.starts_with(verb))
                    && [" from ", " set ", " values", " into ", " table "].iter().any(|word| text.contains(word))
            };
            let lines = source.code().filter(|(_, line)| is_sql(line));
            found.extend(lines.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())));
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn entries_are_written_in_one_place() {
    let writes = |source: &Source| source.find(&["into entries"]).len();
    let found: Vec<_> = sources("governance/src")
        .iter()
        .filter(|source| writes(source) > 0)
        .map(|source| source.path.clone())
        .collect();
    assert_eq!(found, ["governance/src/db/entries.rs"]);
    assert_eq!(sources("governance/src").iter().map(writes).sum::<usize>(), 1);
}

#[test]
fn leave_without_a_check_is_for_jobs_alone() {
    let others = sources("governance/src").into_iter().filter(|source| !source.path.starts_with("governance/src/jobs"));
    let found: Vec<_> = others.flat_map(|source| source.find(&["Permit::of_job("])).collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_people_change_is_committed_in_one_place() {
    // What agents do is asked again under the same key, and what happens by itself is tried again.
    let others = [
        "asking/ask.rs",
        "asking/claim.rs",
        "asking/outcome.rs",
        "jobs/deadlines.rs",
        "jobs/retention.rs",
        "allowing.rs",
        "db/spans.rs",
        "record/consumers.rs",
    ];
    let is_other = |path: &str| others.iter().any(|other| path == format!("governance/src/{other}"));
    let mut found = Vec::new();
    for source in sources("governance/src") {
        if source.path != "governance/src/commit.rs" && !is_other(&source.path) {
            found.extend(source.find(&["tx.commit()"]));
        }
    }
    assert_eq!(found, [""; 0]);
}

/// A crate's manifest, without what only its tests use.
fn manifest(folder: &str) -> String {
    let manifest = fs::read_to_string(repository().join(folder).join("Cargo.toml")).unwrap();
    manifest.split("dev-dependencies]").next().unwrap().to_owned()
}

#[test]
fn only_governance_knows_the_database_and_only_the_server_and_the_app_know_the_web() {
    let uses = |folder: &str| {
        let manifest = manifest(folder);
        move |name: &str| manifest.lines().any(|line| line.starts_with(name))
    };
    for folder in ["app", "domain", "frontend", "islands", "server"] {
        assert!(!uses(folder)("sqlx"), "{folder} uses sqlx");
    }
    for name in ["leptos", "axum"] {
        assert!(!uses("governance")(name) && !uses("domain")(name), "{name}");
    }
    for name in ["tokio", "sqlx", "rand", "governance", "app", "server"] {
        assert!(!uses("domain")(name), "domain uses {name}");
    }
    assert!(!uses("app")("tower-sessions") && !uses("app")("plotters"));
}

#[test]
fn the_browser_gets_neither_pages_nor_what_only_the_server_has() {
    for folder in ["frontend", "islands"] {
        let manifest = manifest(folder);
        for name in
            ["app", "axum", "chrono", "governance", "leptos_axum", "leptos_meta", "leptos_router", "server", "tokio"]
        {
            assert!(!manifest.lines().any(|line| line.split(['.', ' ']).next() == Some(name)), "{folder} uses {name}");
        }
    }
}

#[test]
fn nothing_is_compiled_for_one_side_only() {
    // A crate is of the server, of the browser or of both; a file is of no half of one.
    let marks = ["feature = \"ssr\"", "feature = \"hydrate\"", "target_arch", "target_family"];
    let found: Vec<String> = all().flat_map(|source| source.find(&marks)).collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn there_is_one_clock() {
    // tokio's `Instant` is none: it measures within a process how long something takes, and tells nobody the time.
    let clocks = ["Utc::now", "Local::now", "SystemTime", "OffsetDateTime::now", "Timestamp::now", "now_v7"];
    let server = ["app/src", "domain/src", "governance/src", "server/src"].into_iter().flat_map(sources);
    let mut found: Vec<String> = server.flat_map(|source| source.find(&clocks)).collect();

    let sql = [
        "now()",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "current_date",
        "current_time",
        "localtime",
        "timeofday",
        "'now'",
        "'today'",
    ];
    let others = |text: &str| sql.iter().any(|clock| text.to_lowercase().replace("told_now()", "").contains(clock));
    let database = sources("governance/src/db").into_iter().map(|source| (source.path.clone(), source.text));
    let migrations = fs::read_dir(repository().join("migrations")).unwrap().map(|file| file.unwrap().path());
    let migrations = migrations.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()));
    for (path, text) in database.chain(migrations) {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("--"));
        found.extend(lines.filter(|line| others(line)).map(|line| format!("{path}: {line}")));
    }
    let told = [
        "return greatest(clock_timestamp() + $1.ahead, $1.added_up_until);",
        "set ahead = at - clock_timestamp();",
        // By which things are deleted: what the server's role can change of the time that is told moves nothing here.
        "select case when c.demo then told(c) else clock_timestamp() end",
        // Which requests need another look, and so no time that is told.
        "when (new.asked_at not between clock_timestamp() - interval '5 seconds' and clock_timestamp() + interval '5 seconds')",
    ];
    found.retain(|line| !told.iter().any(|told| line.ends_with(told)));
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_domain_reads_no_clock_and_draws_no_lots() {
    let marks = ["Instant::", "new_v4", "rand::", "std::env", "std::fs", "std::net"];
    let found: Vec<String> = sources("domain/src").iter().flat_map(|source| source.find(&marks)).collect();
    assert_eq!(found, [""; 0]);
}

/// By which somebody's word of acceptance is kept.
#[test]
fn each_statement_has_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    for source in all() {
        let text: String = source.code().map(|(_, line)| line.trim()).collect();
        let given = text.split("statement!(").skip(1).filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
        for id in given {
            let is_plain = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
            assert!(id.chars().all(is_plain), "{id}");
            assert!(ids.insert(id.to_owned()), "`{id}` says two things, one of them in {}", source.path);
        }
    }
    assert!(ids.len() > 50, "{ids:?}");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let crates = ["app", "bench", "domain", "frontend", "governance", "islands", "server"];
    let parts = ["src", "tests", "benches", "examples"];
    let folders = crates.iter().flat_map(|of| parts.iter().map(move |part| format!("{of}/{part}")));
    let files = folders.filter(|folder| repository().join(folder).is_dir()).flat_map(|folder| rust_files(&folder));
    let lengths = files.map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path));
    let long: Vec<(usize, PathBuf)> = lengths.filter(|(lines, _)| *lines > 400).collect();
    assert!(long.is_empty(), "{long:#?}");
}
