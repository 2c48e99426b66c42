//! CSV (RFC 4180).

use crate::{Cell, Document};

/// Spreadsheets take text that begins so for a formula, and run it.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r'];

/// The document as CSV, in UTF-8 with a byte order mark: without it Excel takes Chinese for something else.
///
/// Words that a spreadsheet would run as a formula begin with an apostrophe.
pub fn csv(document: &Document) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    line(&mut out, [document.title.as_str()].into_iter());
    document.notes.iter().for_each(|note| line(&mut out, [note.as_str()].into_iter()));
    for table in &document.tables {
        out.push_str("\r\n");
        line(&mut out, [table.name.as_str()].into_iter());
        line(&mut out, table.head.iter().map(String::as_str));
        for row in &table.rows {
            for (at, cell) in row.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                match cell {
                    Cell::Text(text) => words(&mut out, text),
                    other => out.push_str(&other.text()),
                }
            }
            out.push_str("\r\n");
        }
    }
    out.push_str("\r\n");
    document.foot.iter().for_each(|text| line(&mut out, [text.as_str()].into_iter()));
    out.into_bytes()
}

fn line<'a>(out: &mut String, texts: impl Iterator<Item = &'a str>) {
    for (at, text) in texts.enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        words(out, text);
    }
    out.push_str("\r\n");
}

fn words(out: &mut String, text: &str) {
    let guard = if text.starts_with(FORMULA) { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        out.push('"');
        out.push_str(guard);
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(guard);
        out.push_str(text);
    }
}
