//! Values of the form `"name" <uri>;params`: From, To, Contact, Route, Record-Route, Path, Service-Route, Refer-To,
//! Referred-By, P-Asserted-Identity, P-Preferred-Identity, Remote-Party-ID, Diversion, History-Info, Reply-To.

use std::borrow::Cow;

use crate::error::Malformed;
use crate::params::{Params, unquote};
use crate::scan::{Cursor, is_white, number, text, trim};
use crate::uri::Uri;

/// The longest name of a telephone that is kept: a URN of a UUID has 45 bytes, one of an IMEI fewer.
const MAX_INSTANCE_BYTES: usize = 128;

/// A name, a URI and header parameters.
#[derive(Clone, Copy)]
pub struct NameAddr<'a> {
    display: &'a [u8],
    /// The URI.
    pub uri: Uri<'a>,
    /// The parameters of the header (those of the URI are in [`NameAddr::uri`]).
    pub params: Params<'a>,
    bracketed: bool,
}

/// Without the text: it names a person.
impl std::fmt::Debug for NameAddr<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NameAddr(***)")
    }
}

impl<'a> NameAddr<'a> {
    /// Reads one value.
    ///
    /// # Errors
    /// Any breach of the grammar, white space inside the URI included.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(value);
        let address = Self::read(&mut cursor)?;
        if cursor.at_end() { Ok(address) } else { Err(Malformed) }
    }

    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        cursor.skip_white();
        let display = read_display(cursor)?;
        if cursor.take(b'<') {
            let uri = Uri::from_bytes(cursor.take_while(|byte| byte != b'>'))?;
            cursor.expect(b'>')?;
            let params = Params::read(cursor)?;
            return Ok(Self { display, uri, params, bracketed: true });
        }
        // Without brackets a semicolon starts the header's parameters, and neither comma nor question mark may stand
        // in the URI (RFC 3261 section 20.10).
        let uri = cursor.take_while(|byte| !is_white(byte) && !matches!(byte, b';' | b','));
        if uri.contains(&b'?') {
            return Err(Malformed);
        }
        let uri = Uri::from_bytes(uri)?;
        let params = Params::read(cursor)?;
        Ok(Self { display, uri, params, bracketed: false })
    }

    /// The display name without quotes and escapes; empty if there is none. Bytes that are not UTF-8 become U+FFFD.
    pub fn display_name(&self) -> Cow<'a, str> {
        match String::from_utf8_lossy(self.display) {
            Cow::Borrowed(name) => unquote(name),
            Cow::Owned(name) => Cow::Owned(unquote(&name).into_owned()),
        }
    }

    /// Whether the URI stands in angle brackets.
    pub fn is_bracketed(&self) -> bool {
        self.bracketed
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag")
    }

    /// The `expires` parameter of a Contact, in seconds. One that is no 32-bit number counts as absent
    /// (RFC 4475 section 3.1.2.4 lets a registrar take its default).
    pub fn expires(&self) -> Option<u32> {
        self.params.find("expires").flatten().and_then(|value| number(value).ok())
    }

    /// What a Contact's telephone calls itself, wherever it is (`+sip.instance` of RFC 5626): mostly `<urn:uuid:…>`.
    /// A name that does not fit into quotes as it is, or is over long, counts as absent.
    pub fn instance(&self) -> Option<&'a str> {
        let quoted = self.params.get("+sip.instance")?;
        let name = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let is_plain = name.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'));
        (is_plain && (1..=MAX_INSTANCE_BYTES).contains(&name.len())).then_some(name)
    }

    /// The `reg-id` parameter of a Contact: which of its telephone's flows it is (RFC 5626 section 4.2). One that is not
    /// from 1 to 2^31 - 1 counts as absent.
    pub fn reg_id(&self) -> Option<u32> {
        let reg_id = self.params.find("reg-id").flatten().and_then(|value| number(value).ok())?;
        (1..=i32::MAX.unsigned_abs()).contains(&reg_id).then_some(reg_id)
    }

    /// The `q` parameter in thousandths; 1000 when it is absent or broken.
    pub fn q(&self) -> u16 {
        self.params.get("q").and_then(q_value).unwrap_or(1000)
    }
}

/// A `qvalue` in thousandths.
pub(crate) fn q_value(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok()?;
    Some((whole * 1000 + thousandths).min(1000))
}

/// Reads a quoted string or tokens up to `<`. Leaves the cursor where it was if what follows is a bare URI.
fn read_display<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Malformed> {
    let start = cursor.position();
    if cursor.peek() == Some(b'"') {
        let display = cursor.quoted()?;
        cursor.skip_white();
        return if cursor.peek() == Some(b'<') { Ok(display) } else { Err(Malformed) };
    }
    // Only tokens may stand without quotes, but phones send names in UTF-8 or GBK, and with brackets or slashes. What
    // has a meaning outside quotes is no guess that we make (RFC 4475 section 3.1.2.15).
    let words = cursor.take_while(|byte| !matches!(byte, b'<' | b'>' | b'"' | b',' | b';' | b'\\' | 0));
    if cursor.peek() == Some(b'<') {
        return Ok(trim(words));
    }
    cursor.seek(start);
    Ok(&[])
}

/// The values of one line.
#[derive(Debug, Clone)]
pub struct NameAddrIter<'a> {
    cursor: Cursor<'a>,
    done: bool,
}

impl<'a> NameAddrIter<'a> {
    /// Over the value of one header line.
    pub fn new(value: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(trim(value)), done: false }
    }
}

impl<'a> Iterator for NameAddrIter<'a> {
    type Item = Result<NameAddr<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let address = NameAddr::read(&mut self.cursor);
        self.done = address.is_err() || !self.cursor.take(b',');
        Some(address)
    }
}

/// A Diversion or History-Info value: who was called before, and why the call moved on.
#[derive(Debug, Clone, Copy)]
pub struct Diverted<'a> {
    /// The address that was diverted.
    pub address: NameAddr<'a>,
    /// The `reason` parameter of Diversion (RFC 5806), as received.
    pub reason: Option<&'a str>,
    /// The `index` parameter of History-Info (RFC 7044), as received.
    pub index: Option<&'a str>,
}

impl<'a> Diverted<'a> {
    /// Reads one value.
    ///
    /// # Errors
    /// As [`NameAddr::parse`].
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let address = NameAddr::parse(value)?;
        Ok(Self { address, reason: address.params.get("reason"), index: address.params.get("index") })
    }
}

/// Whether a Contact line is the lone `*` that removes all bindings (RFC 3261 section 10.2.2).
pub fn is_star(value: &[u8]) -> bool {
    text(trim(value)) == Ok("*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_addresses() {
        let check = |raw: &'static str, display: &str, uri: &str, params: &str| {
            let address = NameAddr::parse(raw.as_bytes()).unwrap_or_else(|_| panic!("{raw}"));
            assert_eq!(address.display_name(), display, "{raw}");
            assert_eq!(address.uri.as_str(), uri, "{raw}");
            assert_eq!(std::str::from_utf8(address.params.as_bytes()).unwrap(), params, "{raw}");
        };
        check("sip:a@b;tag=1", "", "sip:a@b", ";tag=1");
        check("caller<sip:caller@example.com>;tag=323", "caller", "sip:caller@example.com", ";tag=323");
        check("\"J Rosenberg \\\\\\\"\"  <sip:j@x>\r\n ;\r\n tag = 9", "J Rosenberg \\\"", "sip:j@x", ";\r\n tag = 9");
        check("T. Watson <sip:t@x;lr>", "T. Watson", "sip:t@x;lr", "");
        check("<tel:+8613800138000>", "", "tel:+8613800138000", "");
        check("张三 <sip:z@x>", "张三", "sip:z@x", "");
        check("张三(销售/1) <sip:z@x>", "张三(销售/1)", "sip:z@x", "");
        check("isbn:2983792873", "", "isbn:2983792873", "");
    }

    #[test]
    fn broken_addresses() {
        for bad in [
            "\"Mr. J. User <sip:j.user@example.com>",
            "\"W\" < sip:t@x >",
            "Bell, Alexander <sip:a@x>",
            "sip:user@example.com?Route=%3Csip:x%3E",
            "<sip:a@b",
            "\"Joe\" <sip:joe@example.org>;;;;",
            "",
            "<>",
        ] {
            assert!(NameAddr::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn flows_of_a_telephone() {
        for (params, instance, reg_id) in [
            (";reg-id=1;+sip.instance=\"<urn:uuid:0-1>\"", Some("<urn:uuid:0-1>"), Some(1)),
            (";+SIP.Instance=\"<urn:uuid:0-1>\";Reg-ID=2147483647", Some("<urn:uuid:0-1>"), Some(2_147_483_647)),
            (";reg-id=0;+sip.instance=<urn:uuid:0-1>", None, None),
            (";reg-id=2147483648;+sip.instance=\"\"", None, None),
            (";reg-id;+sip.instance=\"a\\\"b\"", None, None),
        ] {
            let raw = format!("<sip:a@b>{params}");
            let Ok(address) = NameAddr::parse(raw.as_bytes()) else { continue };
            assert_eq!((address.instance(), address.reg_id()), (instance, reg_id), "{params}");
        }
    }

    #[test]
    fn q_values() {
        for (text, q) in [("1", 1000), ("1.0", 1000), ("0.33", 330), ("0", 0), ("0.", 0), ("2", 1000), ("x", 1000)] {
            let raw = format!("<sip:a@b>;q={text}");
            assert_eq!(NameAddr::parse(raw.as_bytes()).unwrap().q(), q, "{text}");
        }
    }
}
