//! Media types: Content-Type, Accept.

use crate::error::Malformed;
use crate::header::name_addr::q_value;
use crate::params::Params;
use crate::scan::{Cursor, ListIter, trim};

/// A media type or, in Accept, a range of them (`*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType<'a> {
    /// What stands before the slash, as received.
    pub kind: &'a str,
    /// What stands after it, as received.
    pub subtype: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> MediaType<'a> {
    /// Reads one value.
    ///
    /// # Errors
    /// Any breach of the grammar.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(trim(value));
        let kind = cursor.token()?;
        cursor.skip_white();
        cursor.expect(b'/')?;
        cursor.skip_white();
        let subtype = cursor.token()?;
        let params = Params::read(&mut cursor)?;
        if cursor.at_end() { Ok(Self { kind, subtype, params }) } else { Err(Malformed) }
    }

    /// Whether this is the type `kind/subtype`, without regard to case.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    fn covers(&self, kind: &str, subtype: &str) -> bool {
        let fits = |range: &str, name: &str| range == "*" || range.eq_ignore_ascii_case(name);
        fits(self.kind, kind) && fits(self.subtype, subtype)
    }
}

/// Whether the lines of an Accept header let `kind/subtype` pass: the most specific range decides, and `q=0` forbids.
///
/// # Errors
/// A line that breaks the grammar.
pub fn accepts<'a>(lines: impl Iterator<Item = &'a [u8]>, kind: &str, subtype: &str) -> Result<bool, Malformed> {
    let mut best: Option<(u8, bool)> = None;
    for item in lines.flat_map(ListIter::new) {
        let range = MediaType::parse(item?)?;
        if !range.covers(kind, subtype) {
            continue;
        }
        let weight = u8::from(range.kind != "*") + u8::from(range.subtype != "*");
        let allowed = range.params.get("q").and_then(q_value) != Some(0);
        if best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, allowed));
        }
    }
    Ok(best.is_some_and(|(_, allowed)| allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_decide_by_their_precision() {
        let sdp = |line: &'static str| accepts([line.as_bytes()].into_iter(), "application", "sdp");
        assert_eq!(sdp("application/sdp, multipart/mixed"), Ok(true));
        assert_eq!(sdp("text/nobodyKnowsThis"), Ok(false));
        assert_eq!(sdp("*/*"), Ok(true));
        assert_eq!(sdp("application/*;q=0.2, application/sdp;q=0"), Ok(false));
        assert_eq!(sdp("APPLICATION / SDP"), Ok(true));
        assert_eq!(sdp(""), Ok(false));
        assert!(sdp("application").is_err());
    }
}
