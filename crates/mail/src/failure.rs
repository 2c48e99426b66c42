//! Why a letter was not taken.

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The letter itself can't be written: an address, a name.
    Letter,
    /// No encryption, and the server is not this machine.
    Plain,
    /// The server's name is unknown, or it can't be reached.
    Connect,
    /// Encryption was not agreed upon, or the certificate is not one that is trusted.
    Tls,
    /// The account was refused.
    Login,
    /// The sender was refused.
    Sender,
    /// The recipient was refused.
    Recipient,
    /// The content was refused, or the connection broke while it was sent.
    Content,
}

impl Stage {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Plain => "plain",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "content",
        }
    }
}

/// A letter was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {said}", stage.as_str())]
pub struct Failure {
    /// How far it came.
    pub stage: Stage,
    /// What the server said, or the system. May name the recipient: not for logs.
    pub said: String,
    /// The same letter will not be taken later either.
    pub is_final: bool,
}

impl Failure {
    /// Of a letter or a server that make no sense.
    pub(crate) fn of_ours(stage: Stage, said: impl Into<String>) -> Self {
        Self { stage, said: said.into(), is_final: true }
    }

    /// What went wrong at a stage. A server that has refused for good is believed where it speaks of the letter; an
    /// account or a certificate may be mended.
    pub(crate) fn at(stage: Stage, error: &lettre::transport::smtp::Error) -> Self {
        let stage = if error.is_tls() { Stage::Tls } else { stage };
        let of_letter = matches!(stage, Stage::Sender | Stage::Recipient | Stage::Content);
        Self { stage, said: chain(error), is_final: of_letter && error.is_permanent() }
    }

    /// Nothing came back in time.
    pub(crate) fn silent(stage: Stage, seconds: u64) -> Self {
        Self { stage, said: format!("no answer within {seconds} s"), is_final: false }
    }
}

/// An error in the words of all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        // Many errors repeat their cause.
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = inner.source();
    }
    said
}
