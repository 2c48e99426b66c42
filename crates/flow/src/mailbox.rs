//! Mailboxes as flows name them.

use serde::Deserialize;
use types::leg::Text;

/// Whose mailbox, as a flow names it: `agent:NUMBER` or `queue:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum MailboxName {
    /// That of the agent with this number.
    Agent(Text),
    /// That of all who serve the queue of this name.
    Queue(Text),
}

impl TryFrom<String> for MailboxName {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("agent", number)) if !number.is_empty() => Ok(Self::Agent(number.into())),
            Some(("queue", name)) if !name.is_empty() => Ok(Self::Queue(name.into())),
            _ => Err("must be `agent:` and a number, or `queue:` and a queue's name"),
        }
    }
}
