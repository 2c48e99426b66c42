//! `http_lookup`: asks another system about the caller. Outlets `found`, `not_found` (statuses 404 and 410, or nothing
//! where `found` looks; `failed` where it leads nowhere) and `failed`. Variables that are not found are empty texts.
//! Whoever waits longer than a second hears `prompt`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use types::Private;
use types::leg::Text;
use utoipa::ToSchema;

use super::looking::{self, Looker};
use super::{Next, NodeKind, Outlets, Rule, five};
use crate::check::Check;
use crate::core::{Core, Event};
use crate::expression::{Expression, JsonTemplate, Scope, Template};
use crate::lookup::{HeaderPiece, HttpQuestion, LookupMethod, LookupRequest, Path, Question, Taken};
use crate::problem::What;
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "http_lookup", "url": "https://crm.example.com/customers",
  "query": {"phone": "{{ caller }}"}, "take": {"name": "$.customer.name", "level": "$.customer.level"},
  "outlets": {"found": "vip", "not_found": "menu", "failed": "menu"}}"#;

/// Headers, parameters and variables of one node; more belongs into a body, or into a program.
const ENTRIES_MAX: i64 = 20;
/// The longest address with its query, characters; servers refuse longer ones.
const URL_CHARS: usize = 4_000;
/// The longest header's value, characters.
const HEADER_CHARS: usize = 4_000;
/// The largest body, bytes.
const BODY_BYTES: usize = 16 * 1024;

/// Fields of an `http_lookup` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpLookup {
    #[serde(default)]
    #[schema(default = "get")]
    method: LookupMethod,
    /// The address, `https://…` or `http://…`. `{{ … }}` behind the host is an expression; what it gives is escaped.
    #[schema(value_type = String, format = "template")]
    url: Template,
    /// Parameters of the address.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, format = "templates")]
    query: BTreeMap<Text, Template>,
    /// `{{ secret.NAME }}` stands for a secret of the settings.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, format = "templates")]
    headers: BTreeMap<Text, Template>,
    /// A JSON body. A text that is one expression alone becomes what the expression gives, be it a number or a yes.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    body: Option<JsonTemplate>,
    /// Variables, each with the JSONPath of what it takes from the answer.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, format = "paths")]
    take: BTreeMap<Text, Path>,
    /// A JSONPath that gives something only where the caller is known.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    found: Option<Path>,
    /// The time to reach the server, seconds.
    #[serde(default = "two_s")]
    #[schema(default = 2, minimum = 1, maximum = 10)]
    connect_timeout_s: u32,
    /// The longest that a caller waits for all of it, seconds.
    #[serde(default = "five")]
    #[schema(default = 5, minimum = 1, maximum = 20)]
    timeout_s: u32,
    /// How often it is tried anew after a failure; a `post` or `patch` only when `retry_any` is set.
    #[serde(default)]
    #[schema(default = 0, maximum = 3)]
    retries: u8,
    /// Try anew though the other system may do it twice.
    #[serde(default)]
    #[schema(default = false)]
    retry_any: bool,
    /// What those hear who wait.
    #[serde(default = "looking::music")]
    prompt: Say,
}

const fn two_s() -> u32 {
    2
}

/// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// A header's value has no line ends: what is keyed or looked up can't begin another header.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn is_header_name(name: &str) -> bool {
    let reserved = ["host", "content-length", "transfer-encoding", "connection"];
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !reserved.contains(&&*name.to_ascii_lowercase())
}

/// Whether the literal beginning of an address names scheme and host.
fn names_host(beginning: &str, is_whole: bool) -> bool {
    let rest = beginning.strip_prefix("https://").or_else(|| beginning.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    !host.is_empty() && !host.contains(['@', ' ', '#']) && (is_whole || host.len() < rest.len())
}

impl Looker for HttpLookup {
    fn expressions(&self) -> Vec<&Expression> {
        let templates = [&self.url].into_iter().chain(self.query.values()).chain(self.headers.values());
        let body = self.body.iter().flat_map(JsonTemplate::expressions);
        templates.flat_map(Template::expressions).chain(body).collect()
    }

    fn variables(&self) -> Vec<&Text> {
        self.take.keys().collect()
    }

    fn patience(&self) -> (&Say, u32) {
        (&self.prompt, self.timeout_s)
    }

    fn request(&self, scope: &dyn Scope) -> Result<LookupRequest, &'static str> {
        let mut url = self.url.fill(scope, escape)?;
        for (name, value) in &self.query {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{}={}", escape(name), escape(&value.fill(scope, str::to_owned)?)));
        }
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let mut chars = 0;
            let one = |piece| match piece {
                HeaderPiece::Text(text) => {
                    let text = one_line(text.reveal());
                    chars += text.chars().count();
                    HeaderPiece::Text(Private::new(text))
                }
                secret @ HeaderPiece::Secret(_) => secret,
            };
            let pieces = value.pieces(scope, str::to_owned)?.into_iter().map(one).collect();
            if chars > HEADER_CHARS {
                return Err("a header too long");
            }
            headers.push((name.clone(), pieces));
        }
        let body = self.body.as_ref().map(|body| body.fill(scope)).transpose()?.map(|body| body.to_string());
        if url.chars().count() > URL_CHARS || body.as_ref().is_some_and(|body| body.len() > BODY_BYTES) {
            return Err("a request too long");
        }
        let may_retry = self.retry_any || self.method.is_idempotent();
        let (method, url, body) = (self.method, Private::new(url), body.map(Private::new));
        Ok(LookupRequest {
            question: Question::Http(HttpQuestion { method, url, headers, body }),
            connect_within: Duration::from_secs(self.connect_timeout_s.into()),
            within: Duration::from_secs(self.timeout_s.into()),
            retries: if may_retry { self.retries } else { 0 },
            taken: Arc::new(Taken::new(&self.take, self.found.as_ref())),
        })
    }
}

impl NodeKind for HttpLookup {
    fn outlets(&self) -> Rule {
        looking::OUTLETS
    }

    fn check(&self, check: &mut Check<'_>) {
        let (beginning, is_whole) = self.url.beginning();
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if !names_host(beginning, is_whole) || !self.url.literals().all(plain) {
            check.report("url", What::BadUrl);
        }
        self.url.check("url", check);
        check.range("query", self.query.len() as i64, 0, ENTRIES_MAX);
        check.range("headers", self.headers.len() as i64, 0, ENTRIES_MAX);
        self.query.iter().for_each(|(name, value)| value.check(&format!("query.{name}"), check));
        self.headers.iter().for_each(|(name, value)| value.check_with_secrets(&format!("headers.{name}"), check));
        for name in self.headers.keys().filter(|name| !is_header_name(name)) {
            check.report(&format!("headers.{name}"), What::BadHeader);
        }
        if let Some(body) = &self.body {
            body.check("body", check);
        }
        check.range("take", self.take.len() as i64, 0, ENTRIES_MAX);
        for (name, path) in &self.take {
            path.check(&format!("take.{name}"), check);
        }
        if let Some(found) = &self.found {
            found.check("found", check);
        }
        check.range("connect_timeout_s", self.connect_timeout_s, 1, 10);
        check.range("timeout_s", self.timeout_s, 1, 20);
        check.range("retries", self.retries, 0, 3);
        self.prompt.check_prompts("prompt", check);
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        looking::fallback(outlet)
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        looking::enter(self, core)
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        looking::event(self, core, event)
    }
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::nodes::testing::{check, problems, walk};

    const FLOW: &str = r#"{"l": {"kind": "http_lookup", "url": "https://crm.example.com/c/{{ caller }}?all=1",
          "query": {"q": "{{ dialled + ' &x=1' }} 号"}, "headers": {"Authorization": "Bearer {{ secret.crm }}", "X-Caller": "{{ caller }}\nX-Evil: 1"},
          "method": "post", "retries": 2, "body": {"phone": "{{ caller }}", "n": "{{ size(caller) }}", "t": "no. {{ 1 }}\""},
          "take": {"name": "$.name"}, "outlets": {"found": "f", "failed": "x"}},
        "f": {"kind": "hangup"}, "x": {"kind": "hangup", "cause": "declined"}}"#;

    #[test]
    fn what_is_filled_in_is_escaped_by_its_place() {
        check(
            FLOW,
            "",
            "lookup POST https://crm.example.com/c/13800138000?all=1&q=95%20%26x%3D1%20%E5%8F%B7 [Authorization: Bearer <crm>, X-Caller: 13800138000X-Evil: 1] \
             {\"n\":11,\"phone\":\"13800138000\",\"t\":\"no. 1\\\"\"} x0",
        );
    }

    #[test]
    fn the_answer_decides_the_way() {
        let start = walk(FLOW, "").1;
        let then = |what: &str| format!("{start}, {what}");
        check(FLOW, "looked", &then("hangup normal"));
        check(FLOW, "nothing", &then("hangup declined"));
        check(FLOW, "unasked", &then("hangup declined"));
        assert_eq!(walk(FLOW, "looked").0.variable("name"), Some(Value::text("王芳")));
        assert_eq!(walk(FLOW, "nothing").0.variable("name"), Some(Value::text("")));
        assert_eq!(&*walk(FLOW, "looked").0.trace()[0].detail, "200, 12 ms");
    }

    #[test]
    fn who_waits_hears_music_and_a_lost_answer_ends_the_wait() {
        let start = walk(FLOW, "").1;
        check(FLOW, "1s looked", &format!("{start}, answer, play music:default, stop, hangup normal"));
        check(FLOW, "1s 7s", &format!("{start}, answer, play music:default, stop, hangup declined"));
        check(FLOW, "hangup looked", &start);
    }

    #[test]
    fn addresses_headers_and_paths_are_checked() {
        let with = |more: &str| {
            problems(&format!(
                r#"{{"l": {{"kind": "http_lookup", {more}, "outlets": {{"found": "h", "failed": "h"}}}}, "h": {{"kind": "hangup"}}}}"#
            ))
        };
        for url in [
            "ftp://a/b",
            "https://{{ caller }}/x",
            "https://crm{{ caller }}",
            "https://u:p@crm/",
            "https://crm/a b",
            "https://crm/客户",
            "crm.example.com",
            "https://",
        ] {
            assert!(with(&format!(r#""url": "{url}""#))[0].contains("url: "), "{url}");
        }
        assert_eq!(with(r#""url": "https://crm:8443?x={{ caller }}""#), [""; 0]);
        assert!(with(r#""url": "https://crm/", "headers": {"Host": "x"}"#)[0].contains("headers.Host"));
        assert!(
            with(r#""url": "https://crm/", "query": {"key": "{{ secret.crm }}"}"#)[0].contains("query.key: a secret")
        );
        assert!(with(r#""url": "https://crm/", "take": {"a": "a.b"}"#)[0].contains("take.a: "));
        assert!(with(r#""url": "https://crm/", "body": {"a": ["{{ 1 + }}"]}"#)[0].contains("body: line 1"));
    }
}
