//! Dialog information, `application/dialog-info+xml` (RFC 4235): which calls somebody has, for the lamp on a telephone.
//!
//! Who the far end is stays untold: the elements that could tell are optional, and a lamp needs none of them.

use std::fmt::{Display, Write as _};

/// The media type.
pub const CONTENT_TYPE: &str = "application/dialog-info+xml";

/// One dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DialogEntry<I> {
    /// Names it within all documents of one subscription.
    pub id: I,
    /// Who is watched began it; else it was called.
    pub initiator: bool,
    /// `trying`, `early`, `confirmed` or `terminated`.
    pub state: &'static str,
}

/// A document. `full` tells all dialogs that there are; otherwise only those that have changed are told. `version` is one
/// more than in the document before.
pub fn write<I: Display>(
    version: u32,
    full: bool,
    entity: &str,
    dialogs: impl IntoIterator<Item = DialogEntry<I>>,
) -> String {
    let state = if full { "full" } else { "partial" };
    let mut xml = format!(
        "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" \
         state=\"{state}\" entity=\"{}\">\r\n",
        escaped(entity)
    );
    for DialogEntry { id, initiator, state } in dialogs {
        let direction = if initiator { "initiator" } else { "recipient" };
        // Writing to a string cannot fail.
        let _ = write!(xml, "<dialog id=\"{id}\" direction=\"{direction}\"><state>{state}</state></dialog>\r\n");
    }
    xml += "</dialog-info>\r\n";
    xml
}

/// As the value of an attribute.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&apos;",
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_names_what_is_watched_and_each_call() {
        let entry = |id, initiator, state| DialogEntry { id, initiator, state };
        let text = write(7, false, "sip:1001@demo", [entry("a", false, "early"), entry("b", true, "terminated")]);
        assert_eq!(
            text,
            "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"7\" \
             state=\"partial\" entity=\"sip:1001@demo\">\r\n\
             <dialog id=\"a\" direction=\"recipient\"><state>early</state></dialog>\r\n\
             <dialog id=\"b\" direction=\"initiator\"><state>terminated</state></dialog>\r\n</dialog-info>\r\n"
        );
    }

    #[test]
    fn what_a_stranger_chose_to_be_called_is_no_markup() {
        let text = write(0, true, "sip:a&b'<\">@demo", std::iter::empty::<DialogEntry<&str>>());
        assert!(text.contains("state=\"full\" entity=\"sip:a&amp;b&apos;&lt;&quot;&gt;@demo\">"), "{text}");
    }
}
