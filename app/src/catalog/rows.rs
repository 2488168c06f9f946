//! The arguments of an action as rows of a table, and back.

use std::collections::{BTreeMap, BTreeSet};

use domain::{schema::Schema, sentence::value};

use super::row::Row;

/// A row for each argument, those of a group under its own; `None` where a table has no room for them.
pub fn rows_of(schema: &Schema) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    add_members(schema, "", &mut rows)?;
    Some(rows)
}

fn add_members(schema: &Schema, under: &str, rows: &mut Vec<Row>) -> Option<()> {
    let Schema::Object { properties, required } = schema else { return None };
    for (name, member) in properties {
        if name.contains('/') || name.trim() != name || name.is_empty() {
            return None;
        }
        let at = format!("{under}{name}");
        rows.push(Row::of(at.clone(), member, required.contains(name))?);
        let group = match member {
            Schema::Array { items, .. } => items.as_ref(),
            other => other,
        };
        if matches!(group, Schema::Object { .. }) {
            add_members(group, &format!("{at}/"), rows)?;
        }
    }
    Some(())
}

/// The schema that the rows say, or what is wrong with them, in sentences. A row without a name is none.
pub fn schema_of(rows: &[Row]) -> Result<Schema, Vec<String>> {
    let rows: Vec<Row> = rows.iter().map(|row| Row { name: row.name.trim().to_owned(), ..row.clone() }).collect();
    let rows: Vec<&Row> = rows.iter().filter(|row| !row.name.is_empty()).collect();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        if !seen.insert(row.name.as_str()) {
            faults.push(format!("{} stands twice.", value(&row.name)));
        }
        if let Some((group, name)) = row.name.rsplit_once('/') {
            let is_group = |known: &&&Row| known.name == group && known.kind().has_members();
            if name.is_empty() || rows.iter().find(is_group).is_none() {
                faults.push(format!("{} has to stand under a group that is in the table.", value(&row.name)));
            }
        }
    }
    let schema = group(&rows, "", &mut faults);
    if faults.is_empty() { Ok(schema) } else { Err(faults) }
}

fn group(rows: &[&Row], under: &str, faults: &mut Vec<String>) -> Schema {
    let mut properties = BTreeMap::new();
    let mut required = BTreeSet::new();
    for row in rows {
        let Some(name) = row.name.strip_prefix(under).filter(|name| !name.contains('/')) else { continue };
        let members = row.kind().has_members().then(|| group(rows, &format!("{}/", row.name), faults));
        match row.schema(members) {
            Ok(schema) => {
                properties.insert(name.to_owned(), schema);
            }
            Err(fault) => faults.push(format!("{} {fault}.", value(&row.name))),
        }
        if row.required {
            required.insert(name.to_owned());
        }
    }
    Schema::Object { properties, required }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn schema(properties: Value) -> Schema {
        serde_json::from_value(json!({"type": "object", "required": ["a"], "properties": properties})).unwrap()
    }

    fn row(name: &str, kind: &str) -> Row {
        Row { name: name.to_owned(), kind: kind.to_owned(), ..Row::default() }
    }

    #[test]
    fn a_schema_is_read_back_from_its_rows() {
        let group = json!({"type": "object", "required": ["sku"], "properties": {
            "sku": {"type": "string", "min_length": 2, "max_length": 20}, "count": {"type": "integer", "minimum": 1}}});
        for one in [
            json!({"type": "string", "min_length": 1, "max_length": 20}),
            json!({"type": "string", "enum": ["no longer needed", "ordered by mistake"]}),
            json!({"type": "integer", "minimum": -3, "maximum": 9}),
            json!({"type": "integer"}),
            json!({"type": "boolean"}),
            json!({"type": "money", "currency": "EUR"}),
            json!({"type": "money"}),
            json!({"type": "array", "items": {"type": "string", "max_length": 12}, "min_items": 1, "max_items": 3}),
            json!({"type": "array", "items": {"type": "string", "enum": ["x", "y"]}}),
            json!({"type": "array", "items": {"type": "integer", "minimum": 0}}),
            json!({"type": "array", "items": {"type": "money", "currency": "USD"}}),
            group.clone(),
            json!({"type": "array", "items": group, "max_items": 5}),
            json!({"type": "object", "properties": {"in": {"type": "object", "properties": {"b": {"type": "boolean"}}}}}),
        ] {
            let schema = schema(json!({"a": one, "z": {"type": "boolean"}}));
            assert_eq!(schema_of(&rows_of(&schema).unwrap()), Ok(schema), "{one}");
        }
    }

    #[test]
    fn what_a_table_has_no_room_for_is_left_as_it_is() {
        let lists = json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}});
        for properties in [json!({"a": lists}), json!({"a/b": {"type": "boolean"}}), json!({" a": {"type": "boolean"}})]
        {
            assert_eq!(rows_of(&schema(properties)), None);
        }
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_name() {
        let bounded = |least: &str, most: &str| Row { least: least.into(), most: most.into(), ..row("a", "text") };
        for (rows, fault) in [
            (vec![row("a", "text"), row("a ", "number")], "`a` stands twice."),
            (vec![row("a/b", "text")], "`a/b` has to stand under a group that is in the table."),
            (vec![row("a", "text"), row("a/b", "text")], "`a/b` has to stand under a group that is in the table."),
            (vec![row("a", "choice")], "`a` needs its choices, one a line."),
            (vec![bounded("few", "")], "`a` has a bound that is no number: “few”."),
            (vec![bounded("9", "3")], "`a` is bounded to nothing: at least is more than at most."),
            (
                vec![Row { currency: "dollars".into(), ..row("a", "money") }],
                "`a` has no currency that Reins knows: “dollars”.",
            ),
        ] {
            assert_eq!(schema_of(&rows), Err(vec![fault.to_owned()]));
        }
        assert_eq!(schema_of(&[row(" ", "text")]), Ok(Schema::nothing()), "a row without a name is none");
    }
}
