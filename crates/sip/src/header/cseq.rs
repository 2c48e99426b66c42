//! CSeq, RAck and RSeq.

use crate::error::Malformed;
use crate::method::Method;
use crate::scan::{Cursor, number};

/// A CSeq value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// The sequence number, any 32-bit number on receipt (RFC 3261 asks for less than 2^31 when sent).
    pub number: u32,
    /// The method.
    pub method: Method,
    /// The method as received; tells unknown methods apart.
    pub method_text: &'a str,
}

impl<'a> CSeq<'a> {
    /// Reads the value.
    ///
    /// # Errors
    /// A number over 2^32-1, or any breach of the grammar.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(value);
        let number = read_number(&mut cursor)?;
        let (method, method_text) = read_method(&mut cursor)?;
        Ok(Self { number, method, method_text })
    }
}

/// A RAck value (RFC 3262 section 7.2): which reliable provisional answer a PRACK confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RAck {
    /// The RSeq of the answer.
    pub rseq: u32,
    /// The number in the answer's CSeq.
    pub cseq: u32,
    /// The method in the answer's CSeq.
    pub method: Method,
}

impl RAck {
    /// Reads the value.
    ///
    /// # Errors
    /// Any breach of the grammar.
    pub fn parse(value: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(value);
        let rseq = read_number(&mut cursor)?;
        let cseq = read_number(&mut cursor)?;
        let (method, _) = read_method(&mut cursor)?;
        Ok(Self { rseq, cseq, method })
    }
}

fn read_number(cursor: &mut Cursor<'_>) -> Result<u32, Malformed> {
    cursor.skip_white();
    let value = number(cursor.take_while(|byte| byte.is_ascii_digit()))?;
    let digits_end = cursor.position();
    cursor.skip_white();
    if cursor.position() == digits_end { Err(Malformed) } else { Ok(value) }
}

fn read_method<'a>(cursor: &mut Cursor<'a>) -> Result<(Method, &'a str), Malformed> {
    let text = cursor.token()?;
    cursor.skip_white();
    if cursor.at_end() { Ok((Method::from_bytes(text.as_bytes()), text)) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_methods() {
        let cseq = CSeq::parse(b"0009\r\n  INVITE").unwrap();
        assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
        assert_eq!(CSeq::parse(b"4294967295 X").unwrap().method_text, "X");
        assert_eq!(RAck::parse(b"776656 1 INVITE").unwrap(), RAck { rseq: 776_656, cseq: 1, method: Method::Invite });
        for bad in
            ["4294967296 BYE", "36893488147419103232 REGISTER", "1", "1INVITE", "-1 BYE", "1 BYE x", "", "+1 BYE"]
        {
            assert!(CSeq::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
