//! A letter as it waits in the outbox.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail::{Attachment, Letter, Security, Server};
use resource::{MailSecurity, MailServerSpec};
use serde::{Deserialize, Serialize};
use types::{Private, Wall};

/// What is written, whoever gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) subject: String,
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<File>,
}

/// Something attached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) kind: String,
    #[serde(with = "as_base64")]
    pub(crate) bytes: Vec<u8>,
}

mod as_base64 {
    use super::{Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

impl Content {
    /// As a row keeps it: plain data, which cannot fail to become JSON.
    pub(crate) fn stored(&self) -> Private<String> {
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// The letter to one recipient.
    pub(crate) fn addressed(&self, server: &MailServerSpec, to: Private<String>, id: &str, at: Wall) -> Letter {
        let file =
            |file: &File| Attachment { name: file.name.clone(), kind: file.kind.clone(), bytes: file.bytes.clone() };
        Letter {
            from: server.from.clone(),
            from_name: server.from_name.clone(),
            reply_to: server.reply_to.clone(),
            to,
            subject: self.subject.clone(),
            text: self.text.clone(),
            html: Some(html(&self.text)),
            attachments: self.files.iter().map(file).collect(),
            id: id.to_owned(),
            at,
        }
    }
}

/// The same text for readers that show HTML alone.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs: Vec<String> =
        escaped.split("\n\n").map(|part| format!("<p>{}</p>", part.trim_end().replace('\n', "<br>"))).collect();
    format!("<!doctype html><html><meta charset=\"utf-8\"><body>{}</body></html>", paragraphs.join("\n"))
}

/// The server that a tenant's letters go to.
pub(crate) fn server(spec: &MailServerSpec, password: &Private<String>) -> Server {
    let security = match spec.security {
        MailSecurity::Starttls => Security::StartTls,
        MailSecurity::Tls => Security::Tls,
        MailSecurity::None => Security::None,
    };
    Server {
        host: spec.host.clone(),
        port: spec.port.unwrap_or(security.port()),
        security,
        allow_plain: spec.allow_plain,
        login: spec.username.clone().map(|username| (username, password.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_as_it_was_kept_and_its_html_says_no_more() {
        let file = File { name: "日报.csv".into(), kind: "text/csv".into(), bytes: vec![0, 255] };
        let content = Content { subject: "s".into(), text: "a <b>\n1 & 2\n\nc".into(), files: vec![file] };
        assert_eq!(serde_json::from_str::<Content>(content.stored().reveal()).unwrap(), content);
        let html = html(&content.text);
        assert!(html.contains("<p>a &lt;b&gt;<br>1 &amp; 2</p>\n<p>c</p>"), "{html}");
    }
}
