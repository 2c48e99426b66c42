//! Resources as YAML documents.

use std::io::Read;
use std::path::{Path, PathBuf};

use resource::{Resource, read_documents};

/// A whole centre of ten thousand agents; more is a mistaken file.
const FILE_BYTES: u64 = 32 << 20;

/// Reads the resources of files, in their order.
pub(crate) fn read_files(files: &[PathBuf]) -> Result<Vec<Resource>, String> {
    let mut resources = Vec::new();
    for file in files {
        let name = file.display();
        let text = text_of(file).map_err(|e| format!("{name}: {e}"))?;
        resources.extend(read_documents(&text).map_err(|e| format!("{name}: {e}"))?);
    }
    Ok(resources)
}

/// The text of a file; `-` is standard input.
pub(crate) fn text_of(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let limit = FILE_BYTES + 1;
    if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(file)?.take(limit).read_to_string(&mut text)?;
    }
    if text.len() as u64 > FILE_BYTES {
        return Err(std::io::Error::other("is larger than 32 MiB"));
    }
    Ok(text)
}

/// All resources as one text that [`read_files`] understands.
pub(super) fn write_all(resources: &[Resource]) -> Result<String, String> {
    let mut text = String::new();
    for resource in resources {
        text.push_str("---\n");
        text.push_str(&serde_yaml_ng::to_string(resource).map_err(|e| e.to_string())?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use resource::Kind;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let resource = |kind, name: &str, spec| Resource { kind, name: name.into(), spec };
        let resources = vec![
            resource(Kind::Agent, "1001", json!({"display_name": "李雷: \"a\""})),
            resource(Kind::Queue, "sales", json!({"ageing": 1.5, "members": ["1001", "0571"], "record": true})),
            resource(Kind::Setting, "x", json!({"value": "yes"})),
        ];
        let text = write_all(&resources).unwrap();
        assert_eq!(read_documents(&text).unwrap(), resources, "{text}");
    }
}
