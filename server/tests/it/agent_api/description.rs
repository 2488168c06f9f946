//! The description of the API says what the contract says.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use server::agent_api::ROUTES;

use crate::front::Front;

fn members(schemas: &Value, name: &str) -> BTreeSet<String> {
    let properties = schemas[name]["properties"].as_object();
    properties.unwrap_or_else(|| panic!("no `{name}`")).keys().cloned().collect()
}

fn set(names: &str) -> BTreeSet<String> {
    names.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test]
async fn it_lists_every_route_and_names_every_field() {
    let front = Front::open().await;
    let answer = front.get("", "/openapi.json").await;
    assert_eq!(answer.status, 200);
    let description = answer.json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(description["servers"][0]["url"], "/api/v1");
    assert_eq!(description["components"]["securitySchemes"]["key"]["scheme"], "bearer");

    // The description itself needs no line in the description.
    let expected: BTreeSet<String> = ROUTES
        .iter()
        .filter(|(_, path)| *path != "/openapi.json")
        .map(|(method, path)| format!("{} {path}", method.to_lowercase()))
        .collect();
    let described = description["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
        operations.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
    });
    assert_eq!(described.collect::<BTreeSet<_>>(), expected);
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert_eq!(operation["security"], json!([{ "key": [] }]), "{method} {path}");
            for status in ["401", "429", "503"] {
                assert!(operation["responses"][status].is_object(), "{method} {path} says nothing of {status}");
            }
        }
    }

    let schemas = &description["components"]["schemas"];
    for (name, fields) in [
        (
            "Ask",
            "action arguments reads customer topics template trigger input reasoning output model prompt_version
             agent_version",
        ),
        ("Read", "data_set subject"),
        ("Customer", "id orders lifetime_value open_complaints"),
        ("Decision", "id decision state reasons permission_version approvals grant would_have_been"),
        ("Reason", "layer rule text pointer"),
        ("Approval", "queue needed given expires_at"),
        ("Grant", "token execute_before execute_within_s"),
        ("Claim", "grant arguments"),
        ("Outcome", "grant status reference detail cost"),
        ("Cost", "amount currency"),
        ("Feedback", "kind score note"),
        ("State", "id state"),
        ("Problem", "type title status detail id errors"),
        ("ProblemPlace", "pointer detail"),
        ("Agent", "slug name mode stopped permission_version permissions sentences"),
    ] {
        assert_eq!(members(schemas, name), set(fields), "{name}");
    }
    let required: BTreeSet<String> = serde_json::from_value(schemas["Ask"]["required"].clone()).unwrap();
    assert_eq!(required, set("action arguments"));
    assert!(set("state decided arguments").is_subset(&members(schemas, "Request")));
}
