//! What only the drawing has: notes that people stick to it. It is read as strictly as the rest, and no walk sees it.

use serde::Deserialize;

/// More notes than this hide the flow.
const NOTES_MAX: usize = 100;
/// The longest note, characters: a screenful.
const NOTE_CHARS: usize = 2_000;

/// The drawing's own part of a flow.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct View {
    #[serde(rename = "notes")]
    _notes: Notes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "Vec<Note>")]
struct Notes;

/// A note: where its corner is, how large it is, what it says, and its colour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    #[serde(rename = "at")]
    _at: [f64; 2],
    #[serde(default, rename = "size")]
    _size: Option<[f64; 2]>,
    text: String,
    #[serde(default, rename = "colour")]
    _colour: Colour,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    #[default]
    Yellow,
    Blue,
    Green,
    Pink,
}

impl TryFrom<Vec<Note>> for Notes {
    type Error = String;
    fn try_from(notes: Vec<Note>) -> Result<Self, String> {
        if notes.len() > NOTES_MAX {
            return Err(format!("more than {NOTES_MAX} notes"));
        }
        match notes.iter().find(|note| note.text.chars().count() > NOTE_CHARS) {
            Some(_) => Err(format!("a note is longer than {NOTE_CHARS} characters")),
            None => Ok(Self),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Flow;

    fn parse(view: &str) -> Result<Flow, Vec<crate::Problem>> {
        Flow::parse(&format!(
            r#"{{"version": 1, "id": "f", "name": "F", "language": "zh", "start": "h",
                "nodes": {{"h": {{"kind": "hangup"}}}}, "view": {view}}}"#
        ))
    }

    #[test]
    fn notes_are_taken_and_what_is_no_note_is_refused() {
        assert!(parse(r#"{"notes": [{"at": [1, 2.5], "size": [200, 80], "text": "夜间", "colour": "blue"}]}"#).is_ok());
        assert!(parse("{}").is_ok());
        for bad in [
            r#"{"zoom": 1}"#,
            r#"{"notes": [{"text": "x"}]}"#,
            r#"{"notes": [{"at": [0, 0], "text": "x", "colour": "red"}]}"#,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        let long = format!(r#"{{"notes": [{{"at": [0, 0], "text": "{}"}}]}}"#, "字".repeat(2_001));
        assert!(parse(&long).is_err());
    }
}
