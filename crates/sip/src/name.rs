//! Names of header fields, with their compact forms.

use std::fmt;

macro_rules! names {
    ($($variant:ident $text:literal $compact:tt),* $(,)?) => {
        /// A header field that this crate knows by name; the comment of each is its name on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum HeaderName {
            $(#[doc = $text] $variant,)*
            /// Any other name; its text is in the message.
            Other,
        }

        const KNOWN: &[(HeaderName, &str, u8)] = &[$((HeaderName::$variant, $text, $compact)),*];

        impl HeaderName {
            /// The name on the wire, in its long form; `Other` for [`HeaderName::Other`].
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(HeaderName::$variant => $text,)*
                    HeaderName::Other => "Other",
                }
            }
        }
    };
}

names! {
    Accept "Accept" 0,
    AcceptContact "Accept-Contact" b'a',
    AcceptEncoding "Accept-Encoding" 0,
    AcceptLanguage "Accept-Language" 0,
    AlertInfo "Alert-Info" 0,
    Allow "Allow" 0,
    AllowEvents "Allow-Events" b'u',
    AuthenticationInfo "Authentication-Info" 0,
    Authorization "Authorization" 0,
    CallId "Call-ID" b'i',
    CallInfo "Call-Info" 0,
    Contact "Contact" b'm',
    ContentDisposition "Content-Disposition" 0,
    ContentEncoding "Content-Encoding" b'e',
    ContentLanguage "Content-Language" 0,
    ContentLength "Content-Length" b'l',
    ContentType "Content-Type" b'c',
    CSeq "CSeq" 0,
    Date "Date" 0,
    Diversion "Diversion" 0,
    ErrorInfo "Error-Info" 0,
    Event "Event" b'o',
    Expires "Expires" 0,
    FlowTimer "Flow-Timer" 0,
    From "From" b'f',
    HistoryInfo "History-Info" 0,
    Identity "Identity" b'y',
    InfoPackage "Info-Package" 0,
    InReplyTo "In-Reply-To" 0,
    Join "Join" 0,
    MaxForwards "Max-Forwards" 0,
    MimeVersion "MIME-Version" 0,
    MinExpires "Min-Expires" 0,
    MinSe "Min-SE" 0,
    Organization "Organization" 0,
    PAssertedIdentity "P-Asserted-Identity" 0,
    Path "Path" 0,
    PPreferredIdentity "P-Preferred-Identity" 0,
    Priority "Priority" 0,
    Privacy "Privacy" 0,
    ProxyAuthenticate "Proxy-Authenticate" 0,
    ProxyAuthorization "Proxy-Authorization" 0,
    ProxyRequire "Proxy-Require" 0,
    RAck "RAck" 0,
    Reason "Reason" 0,
    RecordRoute "Record-Route" 0,
    RecvInfo "Recv-Info" 0,
    ReferSub "Refer-Sub" 0,
    ReferTo "Refer-To" b'r',
    ReferredBy "Referred-By" b'b',
    RejectContact "Reject-Contact" b'j',
    RemotePartyId "Remote-Party-ID" 0,
    Replaces "Replaces" 0,
    ReplyTo "Reply-To" 0,
    RequestDisposition "Request-Disposition" b'd',
    Require "Require" 0,
    RetryAfter "Retry-After" 0,
    Route "Route" 0,
    RSeq "RSeq" 0,
    Server "Server" 0,
    ServiceRoute "Service-Route" 0,
    SessionExpires "Session-Expires" b'x',
    SipETag "SIP-ETag" 0,
    SipIfMatch "SIP-If-Match" 0,
    Subject "Subject" b's',
    SubscriptionState "Subscription-State" 0,
    Supported "Supported" b'k',
    TargetDialog "Target-Dialog" 0,
    Timestamp "Timestamp" 0,
    To "To" b't',
    Unsupported "Unsupported" 0,
    UserAgent "User-Agent" 0,
    UserToUser "User-to-User" 0,
    Via "Via" b'v',
    Warning "Warning" 0,
    WwwAuthenticate "WWW-Authenticate" 0,
}

/// For each first letter (a–z), the indices into [`KNOWN`] where names of that letter start and end: the table is in
/// alphabetical order, `CSeq` and its like by their letters without regard to case.
const BY_LETTER: [(u8, u8); 26] = {
    let mut table = [(0u8, 0u8); 26];
    let mut index = 0;
    while index < KNOWN.len() {
        let letter = (KNOWN[index].1.as_bytes()[0].to_ascii_lowercase() - b'a') as usize;
        if table[letter].1 == 0 {
            table[letter].0 = index as u8;
        }
        table[letter].1 = index as u8 + 1;
        index += 1;
    }
    table
};

const BY_COMPACT: [HeaderName; 26] = {
    let mut table = [HeaderName::Other; 26];
    let mut index = 0;
    while index < KNOWN.len() {
        let compact = KNOWN[index].2;
        if compact != 0 {
            table[(compact - b'a') as usize] = KNOWN[index].0;
        }
        index += 1;
    }
    table
};

impl HeaderName {
    /// Reads a name, compact or long, in any case.
    pub fn from_bytes(name: &[u8]) -> Self {
        let Some(first) = name.first().map(u8::to_ascii_lowercase).filter(u8::is_ascii_lowercase) else {
            return HeaderName::Other;
        };
        let letter = usize::from(first - b'a');
        if name.len() == 1 {
            return BY_COMPACT[letter];
        }
        let (start, end) = BY_LETTER[letter];
        KNOWN[usize::from(start)..usize::from(end)]
            .iter()
            .find(|(_, text, _)| text.len() == name.len() && text.as_bytes().eq_ignore_ascii_case(name))
            .map_or(HeaderName::Other, |(known, _, _)| *known)
    }

    /// Whether the field may stand only once in a message and holds one value (RFC 3261 table 2 and its extensions).
    pub const fn is_single(self) -> bool {
        matches!(
            self,
            HeaderName::CallId
                | HeaderName::ContentDisposition
                | HeaderName::ContentLength
                | HeaderName::ContentType
                | HeaderName::CSeq
                | HeaderName::Date
                | HeaderName::Event
                | HeaderName::Expires
                | HeaderName::From
                | HeaderName::MaxForwards
                | HeaderName::MinExpires
                | HeaderName::MinSe
                | HeaderName::RAck
                | HeaderName::ReferTo
                | HeaderName::ReferredBy
                | HeaderName::Replaces
                | HeaderName::RSeq
                | HeaderName::SessionExpires
                | HeaderName::SubscriptionState
                | HeaderName::To
        )
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case_and_by_its_compact_form() {
        for (name, text, compact) in KNOWN {
            assert_eq!(HeaderName::from_bytes(text.as_bytes()), *name);
            assert_eq!(HeaderName::from_bytes(text.to_ascii_uppercase().as_bytes()), *name);
            assert_eq!(HeaderName::from_bytes(text.to_ascii_lowercase().as_bytes()), *name);
            if *compact != 0 {
                assert_eq!(HeaderName::from_bytes(&[*compact]), *name);
                assert_eq!(HeaderName::from_bytes(&[compact.to_ascii_uppercase()]), *name);
            }
        }
        for other in ["", "z", "C%6Fntact", "Viaa", "X-Lingtong", "%"] {
            assert_eq!(HeaderName::from_bytes(other.as_bytes()), HeaderName::Other);
        }
    }
}
