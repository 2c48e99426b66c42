//! What names each kind may have.

use crate::kind::Kind;
use crate::outbound::MAIL_SERVER;
use crate::problem::{Format, What};
use crate::spec::ANY_PREFIX;

/// Characters of a name: the longest still fits into a column of a list.
const NAME_CHARS: usize = 64;

impl Kind {
    /// What is wrong with a name for this kind.
    pub fn check_name(self, name: &str) -> Option<What> {
        if name.is_empty() {
            return Some(What::Missing);
        }
        if name.chars().count() > NAME_CHARS {
            return Some(What::TooLong(NAME_CHARS));
        }
        let (fits, format): (fn(char) -> bool, _) = match self {
            Self::Tenant => (|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-', Format::Realm),
            Self::MailServer => return (name != MAIL_SERVER).then(|| What::NoneOf(vec![MAIL_SERVER.to_owned()])),
            Self::ReportSchedule
            | Self::AlertSubscription
            | Self::Role
            | Self::Team
            | Self::Secret
            | Self::Database
            | Self::Trunk
            | Self::Prompt
            | Self::Queue
            | Self::Flow
            | Self::Threshold => {
                (|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'), Format::Name)
            }
            // A finer disposition is named after the one it stands below: `complaint.delivery`.
            Self::Setting | Self::Disposition => {
                (|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.'), Format::Key)
            }
            Self::User => (|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'), Format::UserName),
            Self::Agent | Self::Device => {
                (|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'), Format::Extension)
            }
            Self::Number => return (!is_dialled(name)).then_some(What::Format(Format::Number)),
            Self::Route => {
                return (name != ANY_PREFIX && !is_dialled(name)).then_some(What::Format(Format::Prefix));
            }
        };
        (!name.chars().all(fits)).then_some(What::Format(format))
    }
}

/// What the route for a prefix is called.
pub(crate) fn route_name(prefix: &str) -> &str {
    if prefix.is_empty() { ANY_PREFIX } else { prefix }
}

/// Digits, behind `+` or `*` where there is one.
fn is_dialled(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '*']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_their_kind() {
        for (kind, good, bad) in [
            (Kind::Tenant, &["demo", "a-1"][..], &["Demo", "a_b", "", "中"][..]),
            (Kind::Queue, &["sales", "vip_2", "a-b"], &["Sales", "a b", "a.b", "销售"]),
            (Kind::User, &["li.lei@acme", "1001", "A_b-c"], &["li lei", "李雷", "a/b"]),
            (Kind::Agent, &["1001", "load-1"], &["10 01", "a@b", "1/2"]),
            (Kind::Setting, &["call.longest_s"], &["Call", "a/b"]),
            (Kind::Disposition, &["solved", "complaint.delivery"], &["投诉", "a b"]),
            (Kind::Number, &["95001", "+861012345678", "*88"], &["9500x", "+", "", "5*0"]),
            (Kind::Route, &["0", "any", "+86"], &["all", ""]),
        ] {
            for name in good {
                assert_eq!(kind.check_name(name), None, "{kind} {name}");
            }
            for name in bad {
                assert!(kind.check_name(name).is_some(), "{kind} {name}");
            }
        }
        assert_eq!(Kind::Queue.check_name(&"q".repeat(65)), Some(What::TooLong(64)));
    }
}
