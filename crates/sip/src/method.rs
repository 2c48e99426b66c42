//! Request methods.

use std::fmt;

macro_rules! methods {
    ($($variant:ident $text:literal $doc:literal),* $(,)?) => {
        /// A request method. Names are case-sensitive (RFC 3261 section 7.1).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Method {
            $(#[doc = $doc] $variant,)*
            /// Any other token; the text is in the message.
            Unknown,
        }

        impl Method {
            /// Reads a method name.
            pub fn from_bytes(name: &[u8]) -> Self {
                $(if name == $text.as_bytes() { return Method::$variant; })*
                Method::Unknown
            }

            /// The name on the wire; `UNKNOWN` for [`Method::Unknown`].
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Method::$variant => $text,)*
                    Method::Unknown => "UNKNOWN",
                }
            }
        }
    };
}

methods! {
    Invite "INVITE" "Sets up or changes a session (RFC 3261).",
    Ack "ACK" "Confirms a final answer to INVITE (RFC 3261).",
    Bye "BYE" "Ends a session (RFC 3261).",
    Cancel "CANCEL" "Takes a pending INVITE back (RFC 3261).",
    Register "REGISTER" "Binds contacts to an address of record (RFC 3261).",
    Options "OPTIONS" "Asks for capabilities (RFC 3261).",
    Prack "PRACK" "Confirms a reliable provisional answer (RFC 3262).",
    Update "UPDATE" "Changes a session without a new INVITE (RFC 3311).",
    Info "INFO" "Carries application data within a dialog (RFC 6086).",
    Refer "REFER" "Asks the peer to contact somebody (RFC 3515).",
    Notify "NOTIFY" "Reports the state of a subscription (RFC 6665).",
    Subscribe "SUBSCRIBE" "Asks for notifications (RFC 6665).",
    Message "MESSAGE" "A page-mode instant message (RFC 3428).",
    Publish "PUBLISH" "Publishes event state (RFC 3903).",
}

impl Method {
    /// Whether the request may start a dialog (RFC 3261 section 12, RFC 6665, RFC 3515).
    pub const fn creates_dialog(self) -> bool {
        matches!(self, Method::Invite | Method::Subscribe | Method::Refer)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
