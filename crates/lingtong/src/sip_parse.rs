//! `lingtong sip parse FILE`.

use std::path::Path;

use serde_json::{Map, Value};
use sip::examine::{Kind, examine};

/// Prints what the file's bytes are as one UDP datagram.
pub(crate) fn run(file: &Path) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|e| format!("the file {} can't be read: {e}", file.display()))?;
    let verdict = examine(&bytes);
    let mut line = Map::new();
    line.insert("ok".into(), verdict.ok.into());
    let kind = verdict.kind.map(|kind| match kind {
        Kind::Request => "request",
        Kind::Response => "response",
    });
    line.extend(kind.map(|kind| ("kind".to_owned(), Value::from(kind))));
    line.extend(verdict.method.map(|method| ("method".to_owned(), Value::from(method))));
    line.extend(verdict.status.map(|status| ("status".to_owned(), Value::from(status))));
    line.extend(verdict.answer.map(|status| ("answer".to_owned(), Value::from(status))));
    line.extend(verdict.error.map(|error| ("error".to_owned(), Value::from(error))));
    println!("{}", Value::Object(line));
    Ok(())
}
