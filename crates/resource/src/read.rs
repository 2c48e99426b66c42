//! JSON taken strictly, with the field named that is wrong.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::{Shape, What};

/// Reads fields, or says which is wrong and why.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, (String, What)> {
    // A list would be taken for the fields in their order.
    if !value.is_object() {
        return Err((String::new(), What::WrongType(Shape::Object)));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        refused(if path == "." { "" } else { &path }, &error.inner().to_string())
    })
}

/// The reader's words hold values that may be private: only what it expected is taken from them.
fn refused(path: &str, said: &str) -> (String, What) {
    let within = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    let quoted = || said.split('`').nth(1).unwrap_or_default();
    if said.starts_with("missing field") {
        return (within(quoted()), What::Missing);
    }
    if said.starts_with("unknown field") {
        // Either the reader stands before the field, or it has entered it already.
        let own = path.rsplit('.').next() == Some(quoted());
        return (if own { path.to_owned() } else { within(quoted()) }, What::Unknown);
    }
    if said.starts_with("unknown variant") {
        let names = said.split('`').skip(3).step_by(2).map(str::to_owned).collect();
        return (path.to_owned(), What::NoneOf(names));
    }
    let expected = said.rsplit_once("expected ").map_or("", |(_, e)| e);
    let shape = match expected.split([' ', ',']).next().unwrap_or_default() {
        "a" if expected.starts_with("a string") => Shape::Text,
        "a" if expected.starts_with("a boolean") => Shape::YesNo,
        "a" if expected.starts_with("a sequence") => Shape::List,
        "a" if expected.starts_with("a text,") => Shape::Value,
        "string" => Shape::Text,
        "boolean" => Shape::YesNo,
        "u8" | "u16" | "u32" | "u64" => Shape::Natural,
        "i32" | "i64" => Shape::Integer,
        "f64" => Shape::Number,
        "map" if expected.starts_with("map with a single key") => Shape::OneField,
        _ => Shape::Object,
    };
    (path.to_owned(), What::WrongType(shape))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::content::Spec;
    use crate::kind::Kind;

    #[test]
    fn the_wrong_field_is_named_with_what_it_should_be() {
        for (kind, value, field, what) in [
            (Kind::Agent, json!({}), "display_name", What::Missing),
            (Kind::Queue, json!({"wrapup": 1}), "wrapup", What::Unknown),
            (Kind::Queue, json!({"wrap_up_s": "x"}), "wrap_up_s", What::WrongType(Shape::Natural)),
            (Kind::Queue, json!({"wrap_up_s": -1}), "wrap_up_s", What::WrongType(Shape::Natural)),
            (Kind::Queue, json!({"priority": 1.5}), "priority", What::WrongType(Shape::Integer)),
            (Kind::Queue, json!({"ageing": "1"}), "ageing", What::WrongType(Shape::Number)),
            (Kind::Queue, json!({"record": 1}), "record", What::WrongType(Shape::YesNo)),
            (Kind::Queue, json!({"members": "1001"}), "members", What::WrongType(Shape::List)),
            (Kind::Queue, json!({"members": ["1001", 5]}), "members[1]", What::WrongType(Shape::Text)),
            (Kind::Queue, json!({"title": {"zh": 1}}), "title.zh", What::WrongType(Shape::Text)),
            (Kind::Queue, json!({"title": {"de": "x"}}), "title.de", What::Unknown),
            (Kind::Queue, json!({"skills": [{"min": 1}]}), "skills[0].skill", What::Missing),
            (Kind::Queue, json!([]), "", What::WrongType(Shape::Object)),
            (Kind::Number, json!({"target": {"queue": "a", "flow": "b"}}), "target", What::WrongType(Shape::OneField)),
            (Kind::Setting, json!({"value": {}}), "value", What::WrongType(Shape::Value)),
        ] {
            let problem = Spec::parse(kind, "x", &value).unwrap_err();
            assert_eq!((problem.field.as_str(), &problem.what), (field, &what), "{value}");
        }
        let problem = Spec::parse(Kind::Queue, "x", &json!({"strategy": "by_height"})).unwrap_err();
        assert_eq!(problem.field, "strategy");
        assert!(matches!(&problem.what, What::NoneOf(names) if names[0] == "longest_idle"), "{problem}");
        let problem = Spec::parse(Kind::Number, "1", &json!({"target": {"team": "a"}})).unwrap_err();
        assert!(matches!(&problem.what, What::NoneOf(names) if names == &["flow", "queue", "agent"]), "{problem:?}");
    }
}
