//! Resources as YAML documents.

use serde::Deserialize;

use crate::book::Resource;

/// Reads the documents of a text, each with a kind, a name and what it says.
///
/// # Errors
/// The first document that is none, by its place from 1, and what is wrong with it.
pub fn read_documents(text: &str) -> Result<Vec<Resource>, String> {
    let mut resources = Vec::new();
    for (place, document) in (1..).zip(serde_yaml_ng::Deserializer::from_str(text)) {
        let wrong = |e: serde_yaml_ng::Error| format!("document {place}: {e}");
        let value = serde_yaml_ng::Value::deserialize(document).map_err(wrong)?;
        // Nothing between two `---`.
        if value.is_null() {
            continue;
        }
        resources.push(serde_yaml_ng::from_value(value).map_err(wrong)?);
    }
    Ok(resources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_none_is_named_by_its_place() {
        let good = "kind: queue\nname: a\nspec: {}\n---\n";
        for (bad, said) in [
            ("kind: queue\nspec: {}\n", "missing field `name`"),
            ("kind: ghost\nname: a\nspec: {}\n", "unknown variant `ghost`"),
            ("kind: queue\nname: a\nspec: {}\nextra: 1\n", "unknown field `extra`"),
            ("kind: agent\nname: 1001\nspec: {}\n", "invalid type: integer"),
            ("kind: [\n", "document 2"),
        ] {
            let error = read_documents(&format!("{good}{bad}")).unwrap_err();
            assert!(error.starts_with("document 2:") && error.contains(said), "{error}");
        }
        assert_eq!(read_documents("---\n---\n").unwrap(), []);
    }
}
