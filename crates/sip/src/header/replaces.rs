//! Replaces (RFC 3891), Join (RFC 3911) and Target-Dialog (RFC 4538): headers that name a dialog.

use crate::error::Malformed;
use crate::params::Params;
use crate::scan::{Cursor, is_white, text, trim};

/// A dialog as another party names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaces<'a> {
    /// The dialog's Call-ID.
    pub call_id: &'a str,
    /// The tag that is local to whoever receives the header (`0` for a peer of RFC 2543).
    pub to_tag: &'a str,
    /// The tag that is remote to whoever receives the header.
    pub from_tag: &'a str,
    /// Whether only a dialog that is not yet confirmed may be replaced.
    pub early_only: bool,
}

impl<'a> Replaces<'a> {
    /// Reads the value.
    ///
    /// # Errors
    /// Any breach of the grammar; a missing or doubled tag.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(trim(value));
        let call_id = cursor.take_while(|byte| !is_white(byte) && !matches!(byte, b';' | b','));
        let params = Params::read(&mut cursor)?;
        if call_id.is_empty() || !cursor.at_end() {
            return Err(Malformed);
        }
        let once = |name: &str| params.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).count() == 1;
        // Target-Dialog says local-tag and remote-tag, from the sender's view: its remote is the receiver's local.
        let tag = |name: &str, other: &str| if once(name) { params.get(name) } else { params.get(other) };
        let to_tag = tag("to-tag", "remote-tag").ok_or(Malformed)?;
        let from_tag = tag("from-tag", "local-tag").ok_or(Malformed)?;
        Ok(Self { call_id: text(call_id)?, to_tag, from_tag, early_only: params.has("early-only") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_named() {
        let replaces = Replaces::parse(b"98732@sip.example.com ;from-tag=r33th4x0r ;to-tag=ff87ff;early-only").unwrap();
        let expected =
            Replaces { call_id: "98732@sip.example.com", to_tag: "ff87ff", from_tag: "r33th4x0r", early_only: true };
        assert_eq!(replaces, expected);
        let target = Replaces::parse(b"fa77@host;local-tag=a;remote-tag=b").unwrap();
        assert_eq!((target.to_tag, target.from_tag), ("b", "a"));
        for bad in ["x;to-tag=1", "x", ";to-tag=1;from-tag=2", "x;to-tag=1;from-tag=2, y"] {
            assert!(Replaces::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
