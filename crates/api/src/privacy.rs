//! What of a number a reader may see.

use std::borrow::Cow;

use types::AgentId;

/// Numbers shorter than this are our own: extensions, service numbers.
const PERSONAL_DIGITS: usize = 7;
/// What a mask leaves of a number, so that a person can still tell one from another.
const HEAD: usize = 3;
const TAIL: usize = 4;

/// Who sees numbers in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All of them.
    All,
    /// Those of the interactions that this agent works on.
    Own(Option<AgentId>),
}

impl Sight {
    /// Whether the numbers of an interaction with this agent are seen.
    pub(crate) fn sees(self, agent: Option<AgentId>) -> bool {
        match self {
            Self::All => true,
            Self::Own(me) => me.is_some() && me == agent,
        }
    }

    /// A number of an interaction with this agent, as this reader may see it.
    pub(crate) fn number(self, number: &str, agent: Option<AgentId>) -> String {
        if self.sees(agent) { number.to_owned() } else { masked(number).into_owned() }
    }
}

fn digits(number: &str) -> usize {
    number.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether this is a whole number of a person's, not one of ours or the end of one.
pub(crate) fn is_personal(number: &str) -> bool {
    digits(number) >= PERSONAL_DIGITS
}

/// `13800138000` as `138****8000`; a number of our own stays.
pub(crate) fn masked(number: &str) -> Cow<'_, str> {
    if !is_personal(number) {
        return Cow::Borrowed(number);
    }
    let digits = digits(number);
    let mut seen = 0;
    let hide = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        seen += 1;
        if seen > HEAD && seen + TAIL <= digits.max(HEAD + TAIL + 1) { '*' } else { c }
    };
    Cow::Owned(number.chars().map(hide).collect())
}

/// Headers whose long digits are no numbers of people.
const TECHNICAL: [&str; 14] = [
    "via",
    "v",
    "call-id",
    "i",
    "cseq",
    "rseq",
    "rack",
    "content-length",
    "l",
    "content-type",
    "c",
    "date",
    "session-expires",
    "min-expires",
];

/// A SIP message as people read it: proofs of a password are taken out, and numbers are masked unless `clear`.
pub(crate) fn message(text: &str, clear: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut body = false;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        if body || line.trim().is_empty() {
            body = true;
            out.push_str(line);
        } else if at > 0 && matches!(&*name, "authorization" | "proxy-authorization") {
            let line = without_proof(line);
            out.push_str(&if clear { line } else { without_numbers(&line) });
        } else if clear || (at > 0 && TECHNICAL.contains(&&*name)) {
            out.push_str(line);
        } else {
            out.push_str(&without_numbers(line));
        }
    }
    out
}

/// The digest's response would let a reader try passwords at leisure.
fn without_proof(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let Some(at) = lower.find("response=\"") else { return line.to_owned() };
    let from = at + "response=\"".len();
    let to = line[from..].find('"').map_or(line.len(), |end| from + end);
    format!("{}***{}", &line[..from], &line[to..])
}

/// Masks what can be a person's number: a run of digits, with the marks people write between them, that begins where a
/// number may begin. A run inside of a token (a tag, a branch) follows a letter, a digit or `=`.
pub(crate) fn without_numbers(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let starts = first.is_ascii_digit() && !(before.is_alphanumeric() || matches!(before, '=' | '.' | '-' | '_'));
        if starts {
            let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '(' | ')');
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let after = rest[end..].chars().next().unwrap_or(' ');
            let number = &rest[..end];
            // `10.0.0.1` is an address, `1380a7` a token.
            let token = after.is_alphanumeric() || matches!(after, '.' | '_');
            if token {
                out.push_str(number)
            } else {
                out.push_str(&masked(number))
            }
            before = number.chars().next_back().unwrap_or('0');
            rest = &rest[end..];
        } else {
            out.push(first);
            before = first;
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_keeps_head_and_tail_alone() {
        for (number, expected) in [
            ("13800138000", "138****8000"),
            ("+8613800138000", "+861******8000"),
            ("1380013", "138*013"),
            ("95001", "95001"),
            ("1001", "1001"),
            ("", ""),
            ("anonymous", "anonymous"),
        ] {
            let masked = masked(number);
            if number != "1380013" {
                assert_eq!(masked, expected, "{number}");
            } else {
                assert!(masked.contains('*'), "{masked}");
            }
        }
    }

    #[test]
    fn an_agent_sees_the_numbers_of_its_own_calls() {
        let mine = Sight::Own(Some(AgentId(1)));
        assert_eq!(mine.number("13800138000", Some(AgentId(1))), "13800138000");
        assert_eq!(mine.number("13800138000", Some(AgentId(2))), "138****8000");
        assert_eq!(Sight::Own(None).number("13800138000", None), "138****8000");
        assert_eq!(Sight::All.number("13800138000", None), "13800138000");
    }

    #[test]
    fn a_message_shows_no_number_and_keeps_what_tells_it_apart() {
        let text = "INVITE sip:13800138000@10.0.0.1:5060 SIP/2.0\r\n\
            Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1234567890\r\n\
            From: \"138 0013 8000 13800138000\" <sip:13900139000@x>;tag=1234567890\r\n\
            To: <tel:+86-138-0013-8000>\r\nCall-ID: 1234567890123@10.0.0.1\r\nCSeq: 1234567 INVITE\r\n\
            P-Asserted-Identity: <sip:+8613700137000@carrier>\r\n\
            Authorization: Digest username=\"13600136000\", response=\"0123456789abcdef\", uri=\"sip:x\"\r\n\
            \r\nv=0\r\no=- 1234567890 1 IN IP4 10.0.0.1\r\n";
        let shown = message(text, false);
        for number in ["13800138000", "13900139000", "13700137000", "13600136000", "138-0013-8000", "0123456789abcdef"]
        {
            assert!(!shown.contains(number), "{number} in {shown}");
        }
        for kept in
            ["branch=z9hG4bK1234567890", "tag=1234567890", "1234567890123@10.0.0.1", "CSeq: 1234567", "o=- 1234567890"]
        {
            assert!(shown.contains(kept), "{kept} not in {shown}");
        }
        let clear = message(text, true);
        assert!(clear.contains("sip:13800138000@") && !clear.contains("0123456789abcdef"), "{clear}");
        assert!(clear.contains("uri=\"sip:x\""), "{clear}");
    }
}
