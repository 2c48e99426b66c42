//! `split`: sends a share of the callers by `a`, the others by `b`. Who calls again goes the same way: the caller's number
//! decides, together with the node's `salt`. A call without a number counts as one caller.

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::Core;

pub(super) const EXAMPLE: &str =
    r#"{"kind": "split", "share_percent": 10, "salt": "new menu", "outlets": {"a": "new_menu", "b": "menu"}}"#;

/// Fields of a `split` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    /// How many of a hundred callers leave by `a`.
    #[schema(minimum = 0, maximum = 100)]
    share_percent: u8,
    /// Two splits with the same word send the same callers by `a`; another word draws anew.
    #[serde(default)]
    #[schema(value_type = String, default = "")]
    salt: Text,
}

/// FNV-1a, then a finaliser that spreads what differs in the last digits over all bits. Fixed for good: another one
/// would send callers another way.
pub(crate) fn bucket(salt: &str, caller: &str) -> u64 {
    let bytes = salt.bytes().chain([0]).chain(caller.bytes());
    let mut hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash % 100
}

impl NodeKind for Split {
    fn outlets(&self) -> Rule {
        Rule { required: &["a", "b"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        check.range("share_percent", self.share_percent, 0, 100);
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        let is_in = bucket(&self.salt, core.caller.reveal()) < u64::from(self.share_percent);
        Next::Out(if is_in { "a" } else { "b" })
    }
}

#[cfg(test)]
mod tests {
    use super::bucket;
    use crate::nodes::testing::check;

    #[test]
    fn all_or_none_go_one_way() {
        for (share, expected) in [(100, "hangup normal"), (0, "hangup declined")] {
            let flow = format!(
                r#"{{"s": {{"kind": "split", "share_percent": {share}, "outlets": {{"a": "x", "b": "y"}}}},
                    "x": {{"kind": "hangup"}}, "y": {{"kind": "hangup", "cause": "declined"}}}}"#
            );
            check(&flow, "", expected);
        }
    }

    #[test]
    fn callers_are_spread_evenly_and_each_salt_draws_anew() {
        let numbers: Vec<_> = (0..10_000).map(|n| format!("138{n:08}")).collect();
        for salt in ["", "new menu", "B"] {
            let tenth = numbers.iter().filter(|number| bucket(salt, number) < 10).count();
            assert!((900..1_100).contains(&tenth), "{salt}: {tenth}");
        }
        let both = numbers.iter().filter(|n| bucket("x", n) < 50 && bucket("y", n) < 50).count();
        assert!((2_300..2_700).contains(&both), "{both}");
        // A caller stays where it is, whatever version of the program it calls.
        assert_eq!((bucket("", "13800138000"), bucket("new menu", "13800138000")), (70, 94));
    }
}
