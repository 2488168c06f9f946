//! What others write, with a probe in each string: found by walking the description of the agent API and the agent file,
//! so that a new field is probed, too.

use domain::agent_file::AgentFile;
use serde_json::{Map, Value, json};

use crate::support::support_file;

/// Turns what follows around, and is not seen itself.
pub const UNSEEN: &str = "\u{202e}\u{200b}";

/// A probe that holds [`UNSEEN`], for what takes any text.
pub fn unseen_probe(who: char, most: usize) -> String {
    probe(who, most - 2).replacen(who, &format!("{who}{UNSEEN}"), 1)
}

/// Breaks out of whatever it stands in, if anything lets it; `who` has written it.
pub fn probe(who: char, most: usize) -> String {
    let ways = match most {
        ..100 => "`'\"></title></textarea></script></svg>--><xprobe a=b onclick=x>",
        _ => {
            "`'\"></title></textarea></style></script></option></select></noscript></template></svg></math>--><xprobe \
             onfocus=x><meta http-equiv=refresh content=0;url=//xprobe.example>{{x}}"
        }
    };
    let probe = format!("«{who}{ways}»");
    assert!(probe.chars().count() <= most, "{} {most}", probe.chars().count());
    probe
}

/// The body that a schema of the description asks for, a probe in each string that is not one of a few.
pub fn body(description: &Value, name: &str) -> Value {
    filled(description, &description["components"]["schemas"][name])
}

fn filled(description: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return body(description, name.rsplit('/').next().unwrap());
    }
    if let Some(ways) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        return filled(description, ways.iter().find(|way| way["type"] != "null").unwrap());
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    let is = |name: &str| {
        schema["type"] == name || schema["type"].as_array().is_some_and(|types| types.contains(&json!(name)))
    };
    if is("object") {
        let members = schema["properties"].as_object().into_iter().flatten();
        let mut object: Map<String, Value> =
            members.map(|(name, schema)| (name.clone(), filled(description, schema))).collect();
        if schema["additionalProperties"].is_object() {
            let text = || unseen_probe('a', 200);
            object.insert(text(), json!([text(), { text(): text() }]));
        }
        return object.into();
    }
    match () {
        () if is("array") => json!([filled(description, &schema["items"]), filled(description, &schema["items"])]),
        () if is("integer") || is("number") => json!(1),
        () if is("boolean") => json!(true),
        () if is("string") => match schema["example"].as_str() {
            Some(example) if schema["pattern"].as_str().is_some_and(|pattern| pattern.starts_with('^')) => {
                json!(example)
            }
            _ => json!(unseen_probe('a', schema["maxLength"].as_u64().map_or(usize::MAX, |most| most as usize))),
        },
        () => panic!("{schema}"),
    }
}

/// An agent file that uses everything that one can say.
fn whole_file() -> Value {
    let mut file = serde_json::to_value(support_file()).unwrap();
    let order = file["actions"][0]["arguments"]["properties"].as_object_mut().unwrap();
    order.insert("why".to_owned(), json!({ "type": "string", "enum": ["damaged", "late"], "max_length": 200 }));
    order.insert("items".to_owned(), json!({ "type": "array", "items": { "type": "string" }, "max_items": 9 }));
    order.insert("count".to_owned(), json!({ "type": "integer" }));
    order.insert("sure".to_owned(), json!({ "type": "boolean" }));
    file["actions"][1]["reversibility"] = json!({ "kind": "until", "moment": "it is sent", "how": "call it back." });
    file["actions"][2]["reversibility"] = json!({ "kind": "irreversible" });
    for (name, text) in [
        ("vendor", "Shopify"),
        ("product", "Admin API"),
        ("account", "The EU store"),
        ("numbering", "names"),
        ("version_ends", "2027-09-30"),
        ("documentation", "https://docs.example.com/"),
        ("status_page", "https://status.example.com"),
    ] {
        file["integrations"][0][name] = json!(text);
    }
    file["word_lists"] = json!({ "legal": ["lawyer", "court"], probe('f', 80): ["word"] });
    file["permissions"]["data_access"]["deny"] = json!(["customer.cards"]);
    file["permissions"]["audit_logging"]["mask"] = json!(["/arguments/card"]);
    let day = json!({ "per": "customer", "within_s": 86400, "actions": ["order.refund"] });
    let usd = json!({ "amount": "400.00", "currency": "USD" });
    file["permissions"]["action_scope"]["allow"]["order.refund"]["limits"] = json!([
        { "kind": "amount", "most": usd },
        { "kind": "count", "most": 900, "window": day },
        { "kind": "sum", "most": usd, "window": day },
    ]);
    let rules = file["permissions"]["approval_thresholds"]["rules"].as_array_mut().unwrap();
    for when in [
        json!({ "kind": "touches", "topics": ["legal", "press"] }),
        json!({ "kind": "template_not_in", "templates": ["returns.accepted"] }),
        json!({ "kind": "first_order" }),
        json!({ "kind": "unknown_customer" }),
        json!({ "kind": "lifetime_value_over", "limit": usd }),
        json!({ "kind": "open_complaint" }),
        json!({ "kind": "first_of_its_kind" }),
        json!({ "kind": "count_over", "limit": 900, "window": day }),
        json!({ "kind": "sum_over", "limit": usd, "window": day }),
        json!({ "kind": "irreversible" }),
    ] {
        let id = format!("rule-{}", rules.len());
        rules.push(json!({ "id": id, "applies_to": { "actions": ["gift.send"] }, "queue": "legal", "when": [when] }));
    }
    file
}

/// The same with a probe in each string that can hold one, and the places of those. What names another thing of the file
/// goes on naming it.
pub fn probed_file() -> (AgentFile, Vec<String>) {
    let mut file = whole_file();
    let names: Vec<Value> = ["actions", "data_sets", "queues", "integrations"]
        .iter()
        .flat_map(|list| file[list].as_array().unwrap().iter())
        .flat_map(|one| [one["name"].clone(), one["slug"].clone()])
        .collect();
    let mut probed = Vec::new();
    for pointer in strings(&file, "") {
        let is_a_name = names.contains(file.pointer(&pointer).unwrap());
        if is_a_name && !["queues", "integrations"].iter().any(|list| pointer.starts_with(&format!("/{list}/"))) {
            continue;
        }
        // No two look alike.
        let mark = |text: String| text.replacen("«f", &format!("«f{} ", probed.len()), 1);
        // A place in a request begins with a slash.
        let texts = [probe('f', 190), probe('f', 70), ["/", &probe('f', 70)].concat()].map(mark);
        for text in texts {
            let mut with = file.clone();
            *with.pointer_mut(&pointer).unwrap() = json!(text);
            let fits = serde_json::from_value::<AgentFile>(with.clone())
                .is_ok_and(|file| file.faults().is_empty() && names_what_is_there(&file));
            if fits {
                file = with;
                probed.push(pointer);
                break;
            }
        }
    }
    (serde_json::from_value(file).unwrap(), probed)
}

fn names_what_is_there(file: &AgentFile) -> bool {
    file.queues_elsewhere().is_empty()
        && file.integrations_elsewhere().is_empty()
        && file.actions_elsewhere().is_empty()
        && {
            let sets: Vec<&str> = file.data_sets.iter().map(|set| set.name.as_str()).collect();
            file.actions.iter().flat_map(|action| &action.data_sets).all(|name| sets.contains(&name.as_str()))
        }
}

fn strings(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::String(_) => vec![at.to_owned()],
        Value::Array(values) => {
            values.iter().enumerate().flat_map(|(index, value)| strings(value, &format!("{at}/{index}"))).collect()
        }
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| strings(value, &format!("{at}/{}", domain::schema::escape(name))))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_whole_file_says_all_that_a_file_can_say() {
    // What else could stand in its place, as the reader of files names it.
    let said = |file: &Value| serde_json::from_value::<AgentFile>(file.clone()).unwrap_err().to_string();
    let expected = |error: &str| -> Vec<String> {
        let list = error.split("expected ").nth(1).unwrap_or_default().split(" at line").next().unwrap();
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let whole = whole_file();
    let text = whole.to_string();
    let mut objects = vec![String::new()];
    let mut at = 0;
    while let Some(pointer) = objects.get(at).cloned() {
        at += 1;
        let value = whole.pointer(&pointer).unwrap();
        let inner: Vec<(String, &Value)> = match value {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (domain::schema::escape(name), value)).collect()
            }
            Value::Array(values) => values.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
            _ => Vec::new(),
        };
        objects
            .extend(inner.iter().filter(|(_, v)| v.is_object() || v.is_array()).map(|(n, _)| format!("{pointer}/{n}")));
        let mut odd = whole.clone();
        let Some(members) = odd.pointer_mut(&pointer).and_then(Value::as_object_mut) else { continue };
        members.insert("odd".to_owned(), json!("odd"));
        let error = serde_json::from_value::<AgentFile>(odd.clone()).err().map(|error| error.to_string());
        if error.is_some_and(|error| error.contains("unknown field `odd`")) {
            let all = expected(&said(&odd));
            let missing: Vec<_> = all.iter().filter(|name| !text.contains(&format!("\"{name}\":"))).collect();
            // What holds no text, and is left out where it says nothing.
            let quiet = ["absent_amount", "zero_amount", "minimum", "maximum", "off", "min_items", "trust_agent"];
            assert!(missing.iter().all(|name| quiet.contains(&name.as_str())), "{pointer}: {missing:?}");
        }
        for tag in ["kind", "type"].iter().filter(|tag| value.get(**tag).is_some_and(Value::is_string)) {
            let mut odd = whole.clone();
            odd.pointer_mut(&pointer).unwrap()[*tag] = json!("odd");
            let all = expected(&said(&odd));
            let missing: Vec<_> = all.iter().filter(|one| !text.contains(&format!("\"{tag}\":\"{one}\""))).collect();
            assert!(missing.is_empty(), "{pointer}: {missing:?}");
        }
    }
}
