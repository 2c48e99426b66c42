//! A letter and how it is written down: MIME (RFC 2045 to 2047, 2231) inside RFC 5322.

use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use types::{Private, Wall};

/// Something that goes with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name, in any language.
    pub name: String,
    /// Its media type, such as `text/csv; charset=utf-8`.
    pub kind: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A letter to one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The sender's address.
    pub from: Private<String>,
    /// What the recipient reads of the sender; empty for the address alone.
    pub from_name: String,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<Private<String>>,
    /// The recipient's address.
    pub to: Private<String>,
    /// In any language.
    pub subject: String,
    /// The content as plain text.
    pub text: String,
    /// The same as HTML, if there is such a form.
    pub html: Option<String>,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// What is left of the `@` of its `Message-ID`: the same over all attempts, never that of another letter.
    pub id: String,
    /// When it was written.
    pub at: Wall,
}

/// A letter can't be written: what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// An address is none.
    #[error("{0} is no mail address")]
    Address(&'static str),
    /// A media type is none.
    #[error("an attachment's media type is none")]
    Kind,
    /// The parts do not fit together.
    #[error("{0}")]
    Parts(String),
}

fn address(text: &Private<String>, what: &'static str) -> Result<Address, Unwritable> {
    text.reveal().parse().map_err(|_| Unwritable::Address(what))
}

impl Letter {
    /// The letter as it goes over the wire.
    pub(crate) fn written(&self) -> Result<Message, Unwritable> {
        let from = address(&self.from, "from")?;
        let id = format!("<{}@{}>", self.id, from.domain());
        let name = Some(self.from_name.clone()).filter(|name| !name.is_empty());
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(self.at.0).unwrap_or_default());
        let mut message = Message::builder().from(Mailbox::new(name, from)).date(at).message_id(Some(id));
        message = message.to(Mailbox::new(None, address(&self.to, "to")?)).subject(self.subject.clone());
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(Mailbox::new(None, address(reply_to, "reply_to")?));
        }
        let mut parts = match &self.html {
            Some(html) => {
                MultiPart::mixed().multipart(MultiPart::alternative_plain_html(self.text.clone(), html.clone()))
            }
            None => MultiPart::mixed().singlepart(SinglePart::plain(self.text.clone())),
        };
        for file in &self.attachments {
            let kind = ContentType::parse(&file.kind).map_err(|_| Unwritable::Kind)?;
            parts = parts.singlepart(Part::new(file.name.clone()).body(file.bytes.clone(), kind));
        }
        message.multipart(parts).map_err(|error| Unwritable::Parts(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            from: "centre@example.com".into(),
            from_name: "灵通".into(),
            reply_to: None,
            to: "wang@example.com".into(),
            subject: "销售队列日报".into(),
            text: "你好".into(),
            html: Some("<p>你好</p>".into()),
            attachments: vec![Attachment {
                name: "日报.csv".into(),
                kind: "text/csv; charset=utf-8".into(),
                bytes: "接听,7\r\n".into(),
            }],
            id: "42".into(),
            at: Wall(1_790_000_000_000),
        }
    }

    #[test]
    fn a_letter_is_the_same_over_all_attempts_but_for_its_borders_and_is_ascii() {
        let bytes = letter().written().unwrap().formatted();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_ascii(), "any server takes it");
        assert!(text.contains("Message-ID: <42@example.com>\r\n"), "{text}");
        assert!(text.contains("Date: Mon, 21 Sep 2026"), "{text}");
        assert!(text.contains("multipart/alternative") && text.contains("filename*0*=utf-8''"), "{text}");
    }

    #[test]
    fn what_is_no_address_is_named() {
        let wrong = Letter { to: "nobody".into(), ..letter() };
        assert_eq!(wrong.written().unwrap_err(), Unwritable::Address("to"));
        for to in ["li lei@example.com", "a@b\r\nBcc: c@d"] {
            assert!(Letter { to: to.into(), ..letter() }.written().is_err(), "{to:?}");
        }
    }

    #[test]
    fn a_subject_adds_no_header() {
        let sly = Letter { subject: "x\r\nBcc: other@example.com".into(), ..letter() };
        let text = String::from_utf8(sly.written().unwrap().formatted()).unwrap();
        assert!(!text.contains("\r\nBcc:"), "{text}");
    }
}
