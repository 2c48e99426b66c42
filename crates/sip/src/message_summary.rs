//! How many messages wait, `application/simple-message-summary` (RFC 3842): for the lamp of a mailbox.

/// The media type.
pub const CONTENT_TYPE: &str = "application/simple-message-summary";

/// A document: new messages, and those that have been heard and are kept.
pub fn write(account: &str, new: usize, old: usize) -> String {
    let waiting = if new > 0 { "yes" } else { "no" };
    format!("Messages-Waiting: {waiting}\r\nMessage-Account: {account}\r\nVoice-Message: {new}/{old}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_wait_while_there_are_new_ones() {
        let text = |new| write("sip:1001@demo", new, 3);
        let account = "Message-Account: sip:1001@demo\r\n";
        assert_eq!(text(2), format!("Messages-Waiting: yes\r\n{account}Voice-Message: 2/3\r\n"));
        assert_eq!(text(0), format!("Messages-Waiting: no\r\n{account}Voice-Message: 0/3\r\n"));
    }
}
