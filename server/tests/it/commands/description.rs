//! `reins openapi`, and what else needs no database.

use serde_json::Value;
use server::agent_api::ROUTES;

use super::reins;

#[tokio::test]
async fn the_description_names_every_endpoint_of_the_router() {
    let printed = reins(&[], &["openapi"], "").await.printed();
    let description: Value = serde_json::from_str(&printed).unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"), "{}", description["openapi"]);
    for (method, path) in ROUTES.iter().filter(|(_, path)| *path != "/openapi.json") {
        let operation = &description["paths"][path][method.to_lowercase()];
        assert!(operation["responses"].is_object(), "{method} {path} is not described");
    }
    let described = description["paths"].as_object().unwrap().values().map(|of| of.as_object().unwrap().len());
    assert_eq!(described.sum::<usize>(), ROUTES.len() - 1);
}

#[tokio::test]
async fn every_command_is_in_the_help_and_no_other_is_taken() {
    let help = reins(&[], &["--help"], "").await.printed();
    for command in
        ["serve", "demo", "migrate", "user", "agent", "customer", "key", "stop", "release", "replay", "openapi"]
    {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is not in {help}");
    }
    reins(&[], &["start"], "").await.failed(2, "unrecognized subcommand 'start'");
    reins(&[], &[], "").await.failed(2, "Usage: reins <COMMAND>");
}
