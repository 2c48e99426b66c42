//! The JSON schema of all kinds.

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};

use crate::content::schemas;

/// The schema of a document with one resource, JSON schema 2020-12.
pub fn json_schema() -> Value {
    let mut defs = serde_json::Map::new();
    let mut kinds = Vec::new();
    for (kind, spec, besides) in schemas() {
        defs.insert(kind.to_string(), plain(&spec));
        for (name, schema) in besides {
            defs.insert(name, plain(&schema));
        }
        let spec = json!({"$ref": format!("#/$defs/{kind}")});
        kinds.push(json!({
            "type": "object", "title": kind.title().1, "required": ["kind", "name", "spec"], "additionalProperties": false,
            "properties": {"kind": {"const": kind}, "name": {"type": "string", "minLength": 1}, "spec": spec},
        }));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A resource of a Lingtong centre", "oneOf": kinds, "$defs": defs,
    })
}

/// A schema as OpenAPI has it, with its references pointing into `$defs`.
fn plain(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    point_into_defs(&mut value);
    value
}

fn point_into_defs(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(to) if key == "$ref" => *to = to.replace("#/components/schemas/", "#/$defs/"),
                    other => point_into_defs(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(point_into_defs),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn every_kind_is_described_and_every_reference_leads_somewhere() {
        let schema = json_schema();
        for kind in Kind::ALL {
            let spec = &schema["$defs"][kind.as_str()];
            assert_eq!(spec["additionalProperties"], false, "{kind}: {spec}");
        }
        assert_eq!(schema["$defs"]["queue"]["properties"]["wrap_up_s"]["type"], "integer");
        assert_eq!(schema["$defs"]["user"]["required"], json!(["roles"]));
        let text = schema.to_string();
        for reference in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(schema["$defs"].get(reference).is_some(), "{reference}");
        }
        assert!(!text.contains("#/components/"));
    }

    #[test]
    fn names_in_the_schema_are_those_that_are_read() {
        let schema = json_schema();
        for (def, field) in [("StrategyName", "strategy"), ("NoAgentName", "no_agent")] {
            for name in schema["$defs"][def]["enum"].as_array().unwrap() {
                assert!(crate::Spec::parse(Kind::Queue, "q", &json!({field: name})).is_ok(), "{name}");
            }
        }
    }
}
