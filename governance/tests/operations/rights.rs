//! What the server's role may do to each table, and that nothing needs more.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::support::{Database, Shop};

/// The tables of which the server deletes rows, as it forgets what is of the moment, or takes something back.
const DELETES: [&str; 10] = [
    "approvals",
    "attempts",
    "crowded",
    "drafts",
    "impact_runs",
    "proposals",
    "queue_members",
    "replicas",
    "sessions",
    "word_lists",
];

fn files(folder: PathBuf, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(path, found) } else { found.push(path) }
    }
}

/// The tables behind these words in the sources.
fn named_after(words: &str) -> BTreeSet<String> {
    let mut found = Vec::new();
    files(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db"), &mut found);
    let texts = found.iter().map(|path| fs::read_to_string(path).unwrap());
    let name = |rest: &str| rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap().to_owned();
    texts.flat_map(|text| text.split(words).skip(1).map(name).collect::<Vec<_>>()).collect()
}

async fn may(database: &Database, right: &str) -> BTreeSet<String> {
    let tables = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
            and has_table_privilege('reins_test_server', oid, $1)",
    );
    tables.bind(right).fetch_all(&database.owner).await.unwrap().into_iter().collect()
}

#[tokio::test]
async fn the_servers_role_deletes_only_what_the_server_deletes() {
    let database = Database::fresh().await;
    let expected = DELETES.map(str::to_owned).into();
    assert_eq!(may(&database, "delete").await, expected);
    assert_eq!(named_after("delete from "), expected, "what the sources delete");
    for none in ["truncate", "references", "trigger"] {
        assert_eq!(may(&database, none).await, BTreeSet::new(), "{none}");
    }
}

#[tokio::test]
async fn what_is_deleted_by_its_age_is_deleted_by_nobody_else() {
    let shop = Shop::open().await;
    shop.ask(crate::support::refund("40.00")).await;
    let mut session = shop.database.server_session().await;
    let tables = [
        "requests",
        "entries",
        "personal",
        "feedback",
        "breaches",
        "spans",
        "span_sums",
        "agent_counts",
        "agent_costs",
        "permission_sets",
        "agents",
        "stops",
        "holds",
        "retention",
        "consumers",
        "jobs",
    ];
    let mut came = BTreeMap::new();
    for table in tables {
        let sql = format!("delete from {table}");
        let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut session).await.unwrap_err();
        came.insert(table, refused.into_database_error().unwrap().code().unwrap().into_owned());
    }
    let sql = [
        "update retention set at = 'infinity'",
        "update entries set at = '-infinity'",
        "update personal set body = ''",
    ];
    for sql in sql {
        let refused = sqlx::raw_sql(sql).execute(&mut session).await.unwrap_err();
        came.insert(sql, refused.into_database_error().unwrap().code().unwrap().into_owned());
    }
    assert!(came.values().all(|code| code == "42501"), "{came:#?}");
}
