//! What a program that draws flows has to know of the kinds of nodes.

use utoipa::openapi::{RefOr, Schema};

use crate::model::read_node;
use crate::nodes::{KINDS, Kind, Named, Rule};

/// What a drawing program has to know of a kind.
#[derive(Clone, Debug)]
pub struct KindForm {
    /// Its name.
    pub kind: &'static str,
    /// The JSON schema of its own fields.
    pub fields: serde_json::Value,
    /// An example of a node.
    pub example: serde_json::Value,
    /// Outlets that must lead somewhere.
    pub required: &'static [&'static str],
    /// Outlets that may.
    pub optional: &'static [&'static str],
    /// It has an outlet for each key of a telephone.
    pub keys: bool,
    /// It has whatever outlets a sub-flow returns.
    pub any: bool,
}

/// All kinds, by name.
pub fn forms() -> Vec<KindForm> {
    let form = |(kind, schema, besides): (&'static str, RefOr<Schema>, Vec<Named>)| {
        let example = KINDS.iter().find(|(name, _)| *name == kind).map_or("", |(_, example)| example);
        let example: serde_json::Value = serde_json::from_str(example).unwrap_or_default();
        let rule = read_node(example.clone()).map(|node| node.kind.node().outlets()).unwrap_or_default();
        let Rule { required, optional, keys, any } = rule;
        KindForm { kind, fields: document(&schema, besides), example, required, optional, keys, any }
    };
    Kind::schemas().into_iter().map(form).collect()
}

/// A schema that stands by itself: what it refers to is among its definitions.
fn document(schema: &RefOr<Schema>, besides: Vec<Named>) -> serde_json::Value {
    let mut whole = serde_json::to_value(schema).unwrap_or_default();
    let defs: serde_json::Map<_, _> =
        besides.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default())).collect();
    if let (Some(fields), false) = (whole.as_object_mut(), defs.is_empty()) {
        fields.insert("$defs".to_owned(), defs.into());
    }
    let text = whole.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::forms;

    #[test]
    fn every_kind_says_what_a_form_has_to_know() {
        let forms = forms();
        let of = |kind: &str| forms.iter().find(|form| form.kind == kind).expect(kind);
        for form in &forms {
            let text = form.fields.to_string();
            for to in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(form.fields["$defs"].get(to).is_some(), "{}: {to}", form.kind);
            }
            assert_eq!(form.fields["type"], "object", "{}: {text}", form.kind);
            for field in form.example.as_object().into_iter().flatten().map(|(field, _)| field) {
                let known = form.fields["properties"].get(field).is_some();
                assert!(known || ["kind", "outlets"].contains(&&**field), "{}.{field}", form.kind);
            }
        }
        let menu = of("menu");
        assert_eq!((menu.keys, menu.required), (true, &["timeout"][..]));
        assert_eq!(menu.fields["required"], serde_json::json!(["prompt"]));
        assert_eq!(menu.fields["properties"]["timeout_s"]["maximum"], 60);
        assert_eq!(menu.fields["properties"]["timeout_s"]["default"], 5);
        assert!(menu.fields["properties"]["prompt"].to_string().contains("#/$defs/Say"));
        assert_eq!(of("condition").fields["$defs"]["Op"]["enum"][0], "eq");
        assert_eq!(of("queue").fields["properties"]["queue"]["format"], "queue");
        let http = of("http_lookup");
        assert_eq!(http.fields["properties"]["take"]["propertyNames"]["format"], "paths");
        assert_eq!(http.fields["properties"]["query"]["propertyNames"]["format"], "templates");
        assert_eq!(http.fields["properties"]["url"]["format"], "template");
        assert_eq!(of("tag").fields["properties"]["tags"]["items"]["format"], "tags");
        assert_eq!(of("set").fields["properties"]["expressions"]["propertyNames"]["format"], "expressions");
        assert_eq!(of("condition").fields["properties"]["expression"]["format"], "expression");
    }
}
