//! ICE (RFC 8445) as a lite agent: it answers the far end's connectivity checks, sends to where they lead, and notices
//! when they stop (consent, RFC 7675). It never sends a check itself.

pub mod stun;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use types::Mono;

use stun::{Builder, Kind, Message, attribute};

/// Time without a valid check after which we stop sending, in microseconds (RFC 7675 section 5.1).
const CONSENT_US: u64 = 30_000_000;
/// Longest USERNAME that is looked at (RFC 8445 allows fragments of 256 characters on both sides of a colon).
const MAX_USERNAME: usize = 513;

/// Name and password of one side of a session.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `ice-ufrag`: 4 to 256 characters.
    pub ufrag: Box<str>,
    /// `ice-pwd`: 22 to 256 characters.
    pub password: Box<str>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, ***)", self.ufrag)
    }
}

/// Letters of ufrag and password: sixty-four, so that each stands for six random bits (`ice-char`).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const UFRAG_LETTERS: usize = 8;
const PASSWORD_LETTERS: usize = 24;

impl Credentials {
    /// Random bytes that [`Credentials::from_random`] takes: one for each letter.
    pub const RANDOM: usize = UFRAG_LETTERS + PASSWORD_LETTERS;

    /// Credentials of our own: 48 random bits of name, 144 of password.
    pub fn from_random(random: &[u8; Self::RANDOM]) -> Self {
        let text = |bytes: &[u8]| bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 63)])).collect::<String>();
        let (ufrag, password) = random.split_at(UFRAG_LETTERS);
        Self { ufrag: text(ufrag).into(), password: text(password).into() }
    }
}

/// The part of a check's USERNAME that names its receiver; nothing when the datagram is no check. A look before any
/// cryptography, to find the leg that a check is for.
pub fn receiver_ufrag(datagram: &[u8]) -> Option<&str> {
    let message = Message::parse(datagram)?;
    if message.kind() != Kind::BindingRequest {
        return None;
    }
    message.username().filter(|name| name.len() <= MAX_USERNAME)?.split_once(':').map(|(ours, _)| ours)
}

/// What became of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Not for us, or not authentic: no word about it.
    Ignored,
    /// An answer that refuses is written.
    Refused,
    /// A valid check; the answer is written.
    Checked {
        /// Where we send to has changed.
        moved: bool,
    },
}

/// One session's agent.
#[derive(Debug, Clone)]
pub struct IceLite {
    current: Credentials,
    /// Before an ICE restart: good until the first check with the new ones.
    previous: Option<Credentials>,
    path: Option<SocketAddr>,
    /// The last valid check.
    checked: Option<Mono>,
}

impl IceLite {
    /// An agent that has not been checked yet.
    pub fn new(credentials: Credentials) -> Self {
        Self { current: credentials, previous: None, path: None, checked: None }
    }

    /// Our credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.current
    }

    /// Other credentials were signalled: an ICE restart (RFC 8445 section 2.4). The old path is used until a check with
    /// the new ones has come.
    pub fn restart(&mut self, credentials: Credentials) {
        if credentials != self.current {
            self.previous = Some(std::mem::replace(&mut self.current, credentials));
        }
    }

    /// Where to send: the nominated address, before that the first one that was checked; nothing once consent is over.
    pub fn path(&self, now: Mono) -> Option<SocketAddr> {
        let fresh = self.checked.is_some_and(|at| now.0.saturating_sub(at.0) < CONSENT_US);
        self.path.filter(|_| fresh)
    }

    /// When the last valid check came.
    pub fn last_check(&self) -> Option<Mono> {
        self.checked
    }

    /// Takes a STUN datagram; an answer is appended to `out`.
    pub fn handle(&mut self, now: Mono, from: SocketAddr, datagram: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(message) = Message::parse(datagram).filter(Message::has_fingerprint) else { return Outcome::Ignored };
        if message.kind() != Kind::BindingRequest {
            // We ask nothing, so no answer is ours; an indication wants none.
            return Outcome::Ignored;
        }
        let Some((ours, _)) = message.username().and_then(|name| name.split_once(':')) else { return Outcome::Ignored };
        let restarted = *ours == *self.current.ufrag;
        let credentials = match &self.previous {
            _ if restarted => &self.current,
            Some(previous) if *ours == *previous.ufrag => previous,
            // A refusal would tell a guesser which names are in use.
            _ => return Outcome::Ignored,
        };
        if !message.is_authentic(&credentials.password) {
            return Outcome::Ignored;
        }
        if let Some(refusal) = refusal(&message) {
            refusal.write(&message, &credentials.password, out);
            return Outcome::Refused;
        }
        let mut answer = Builder::new(out, Kind::BindingSuccess, &message.transaction());
        answer.mapped_address(from).integrity(&credentials.password).fingerprint();
        let first = restarted && self.previous.take().is_some();
        self.checked = Some(now);
        let chosen = message.get(attribute::USE_CANDIDATE).is_some();
        let before = self.path;
        // Before nomination the first path stands; after a restart it is the first that the new checks come by.
        if chosen || first || before.is_none() {
            self.path = Some(from);
        }
        Outcome::Checked { moved: self.path != before }
    }
}

/// Why a valid message is refused all the same.
enum Refusal {
    /// The far end takes itself for the controlled side; a lite agent can't be the other one (RFC 8445 section 7.3.1.1).
    RoleConflict,
    /// Attributes that have to be understood and are not.
    Unknown(Vec<u16>),
}

fn refusal(message: &Message<'_>) -> Option<Refusal> {
    let known = [
        attribute::USERNAME,
        attribute::MESSAGE_INTEGRITY,
        attribute::PRIORITY,
        attribute::USE_CANDIDATE,
        attribute::XOR_MAPPED_ADDRESS,
    ];
    let must_be_known = |kind: u16| kind < 0x8000 && !known.contains(&kind);
    let unknown: Vec<u16> = message.attributes().map(|(kind, _)| kind).filter(|kind| must_be_known(*kind)).collect();
    if !unknown.is_empty() {
        return Some(Refusal::Unknown(unknown));
    }
    message.get(attribute::ICE_CONTROLLED).map(|_| Refusal::RoleConflict)
}

impl Refusal {
    fn write(&self, message: &Message<'_>, password: &str, out: &mut Vec<u8>) {
        let mut answer = Builder::new(out, Kind::BindingError, &message.transaction());
        match self {
            Self::RoleConflict => answer.error(487, "Role Conflict"),
            Self::Unknown(kinds) => {
                let list: Vec<u8> = kinds.iter().flat_map(|kind| kind.to_be_bytes()).collect();
                answer.error(420, "Unknown Attribute").attribute(attribute::UNKNOWN_ATTRIBUTES, &list)
            }
        };
        answer.integrity(password).fingerprint();
    }
}
