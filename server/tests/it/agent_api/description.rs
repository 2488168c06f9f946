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
            let responses = operation["responses"].as_object().unwrap();
            let posts = if method == "post" { "408 413 415 422" } else { "" };
            for status in "401 405 429 500 503".split_whitespace().chain(posts.split_whitespace()) {
                assert!(responses.contains_key(status), "{method} {path} says nothing of {status}");
            }
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(
                parameters.iter().any(|of| of["name"] == "traceparent" && of["required"] == false),
                "{method} {path}"
            );
            assert!(
                responses.values().all(|response| response["headers"]["X-Request-Id"].is_object()),
                "{method} {path}"
            );
            for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
                let content: Vec<&String> = response["content"].as_object().unwrap().keys().collect();
                assert_eq!(content, ["application/problem+json"], "{method} {path} {status}");
                let waits = ["429", "503"].contains(&status.as_str());
                assert_eq!(response["headers"]["Retry-After"].is_object(), waits, "{method} {path} {status}");
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
        ("Decided", "id decision state reasons permission_version approvals grant would_have_been"),
        ("Reason", "layer rule text pointer"),
        ("Approval", "queue needed given expires_at"),
        ("Grant", "token execute_before execute_within_s"),
        ("Claim", "grant arguments"),
        ("Outcome", "grant status reference detail cost"),
        ("Cost", "amount currency"),
        ("Feedback", "kind score note"),
        ("Standing", "id state"),
        ("Problem", "type title status detail id errors"),
        ("ProblemPlace", "pointer detail"),
        ("Agent", "slug name mode stopped permission_version permissions sentences"),
        ("Sentences", "data_access action_scope approval_thresholds audit_logging"),
    ] {
        assert_eq!(members(schemas, name), set(fields), "{name}");
    }
    let required: BTreeSet<String> = serde_json::from_value(schemas["Ask"]["required"].clone()).unwrap();
    assert_eq!(required, set("action arguments"));
    assert!(set("state decided arguments").is_subset(&members(schemas, "Request")));
}

#[tokio::test]
async fn the_address_of_a_problem_says_what_it_means_to_anybody() {
    let front = Front::open().await;
    let description = front.get("", "/openapi.json").await.json();
    let described = &description["components"]["schemas"]["ProblemType"];
    let addresses = described["enum"].as_array().unwrap();
    assert!(addresses.len() > 20);
    for address in addresses.iter().map(|address| address.as_str().unwrap()) {
        let answer = front.browser().get(address).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "text/html; charset=utf-8"),
            "{address}"
        );
        let name = address.trim_start_matches("/problems/");
        let lines = described["description"].as_str().unwrap().lines();
        let words = lines.filter_map(|line| line.strip_prefix(&format!("- `{name}`: "))).next().unwrap();
        assert!(answer.text.contains(&format!("<h1>{}</h1><p>{words}</p>", name.replace('-', " "))), "{answer:?}");
    }
    let nothing = front.browser().get("/problems/%3Cscript%3E").await;
    assert!(nothing.status == 404 && !nothing.text.contains("<script>"), "{nothing:?}");
}

#[tokio::test]
async fn words_and_bounds_are_described() {
    let description = Front::open().await.get("", "/openapi.json").await.json();
    let schemas = &description["components"]["schemas"];
    for (name, words) in [
        ("DecisionWord", "allowed denied needs_approval shadowed stopped paused"),
        ("OutcomeStatus", "succeeded failed unknown"),
        ("FeedbackWord", "complaint quality reply failed"),
        ("ReasonLayer", "stop agent integration data_access action_scope approval_thresholds audit_logging tightening"),
        (
            "RequestState",
            "denied stopped paused shadowed granted waiting frozen approved rejected expired cancelled succeeded failed
             unknown rolled_back",
        ),
    ] {
        let described: BTreeSet<String> = serde_json::from_value(schemas[name]["enum"].clone()).unwrap();
        assert_eq!(described, set(words), "{name}");
    }
    assert!(schemas["ProblemType"]["enum"].as_array().unwrap().contains(&json!("/problems/no-grant")));
    let arguments = &schemas["Ask"]["properties"]["arguments"];
    assert_eq!((&arguments["type"], &arguments["additionalProperties"]), (&json!("object"), &json!({})));
    assert_eq!(schemas["Customer"]["properties"]["id"]["maxLength"], 200);
    let wait = &description["paths"]["/actions/{id}"]["get"]["parameters"][1]["schema"];
    assert_eq!((&wait["minimum"], &wait["maximum"]), (&json!(0), &json!(30)));
    let key = &description["paths"]["/actions"]["post"]["parameters"][0];
    assert_eq!((&key["name"], &key["schema"]["maxLength"]), (&json!("Idempotency-Key"), &json!(255)));
}

/// What does not fit the part of the description that says how it looks, as far as these tests need it.
fn misfits(value: &Value, schema: &Value, whole: &Value, place: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let named = whole.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("no {name}"));
        return misfits(value, named, whole, place);
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        let fitting = kinds.iter().filter(|kind| misfits(value, kind, whole, place).is_empty()).count();
        return if fitting == 1 { vec![] } else { vec![format!("{place} fits {fitting}: {value}")] };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let mut found = Vec::new();
    if !types.is_empty() && !types.contains(&is) {
        found.push(format!("{place} is {is}, not {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        found.push(format!("{place} is {value}"));
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(misfits(item, &schema["items"], whole, &format!("{place}/{index}")));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{place} has no {name}"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Null | Value::Bool(false)) => found.push(format!("{place}/{name} is not described")),
            (Value::Null, free) => found.extend(misfits(member, free, whole, &format!("{place}/{name}"))),
            (described, _) => found.extend(misfits(member, described, whole, &format!("{place}/{name}"))),
        }
    }
    found
}

#[tokio::test]
async fn permission_sets_look_as_they_are_described() {
    let description = serde_json::to_value(server::agent_api::description()).unwrap();
    let schema = json!({ "$ref": "#/components/schemas/Permissions" });
    let window = json!({ "per": "customer", "within_s": 60, "actions": ["order.refund"] });
    let limit = json!({ "amount": "50.00", "currency": "USD" });
    let (kinds, limits) = (
        json!([
            { "kind": "amount_over", "limit": limit }, { "kind": "first_order" },
            { "kind": "lifetime_value_over", "limit": limit, "trust_agent": true }, { "kind": "open_complaint" },
            { "kind": "touches", "topics": ["legal"] }, { "kind": "first_of_its_kind" },
            { "kind": "template_not_in", "templates": ["thanks"] },
            { "kind": "count_over", "limit": 3, "window": window },
            { "kind": "sum_over", "limit": limit, "window": window }, { "kind": "irreversible" },
        ]),
        json!([
            { "kind": "amount", "most": limit }, { "kind": "count", "most": 3, "window": window },
            { "kind": "sum", "most": limit, "window": window },
        ]),
    );
    let rule = |id: &str, applies_to: Value, otherwise: Value| {
        json!({
            "id": id, "off": true, "applies_to": applies_to, "when": kinds, "queue": "leads", "else": otherwise,
        })
    };
    let full = json!({
        "data_access": { "read": { "orders": "this_customer", "stock": "all" }, "deny": ["cards"] },
        "action_scope": { "allow": { "order.refund": { "shadow": true, "limits": limits }, "note": {} }, "deny": ["x"] },
        "approval_thresholds": { "queue": "leads", "rules": [
            rule("a", json!("any"), json!("reject")),
            rule("b", json!({ "actions": ["note"] }), json!({ "escalate": { "queue": "boss", "within_s": 60 } })),
            rule("c", json!({ "effects": ["write"] }), json!("reject")),
        ] },
        "audit_logging": { "require": ["customer", "trigger"], "mask": ["/arguments/card"] },
    });
    let sparse = json!({
        "data_access": {}, "action_scope": {}, "approval_thresholds": { "queue": "leads" }, "audit_logging": {},
    });
    for set in [full, sparse] {
        let set: domain::permission::PermissionSet = serde_json::from_value(set).unwrap();
        assert_eq!(misfits(&serde_json::to_value(set).unwrap(), &schema, &description, ""), [""; 0]);
    }
    let mut unknown = serde_json::to_value(crate::support::support_file().permissions).unwrap();
    assert_eq!(misfits(&unknown, &schema, &description, ""), [""; 0]);
    unknown["audit_logging"]["colour"] = json!(1);
    assert_eq!(misfits(&unknown, &schema, &description, ""), ["/audit_logging/colour is not described"]);
}
