//! The kinds of settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $text:literal, $zh:literal, $en:literal;)+) => {
        /// A kind of setting. The order is the one in which whole centres are written down.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text),+ }
            }

            /// What people call it, in Chinese and in English.
            pub const fn title(self) -> (&'static str, &'static str) {
                match self { $(Self::$kind => ($zh, $en)),+ }
            }
        }
    };
}

kinds! {
    /// The company itself: one, named as its SIP realm.
    Tenant: "tenant", "租户", "tenant";
    /// A named value.
    Setting: "setting", "设置项", "setting";
    /// What flows show to other systems to be let in: written, never read back.
    Secret: "secret", "密钥", "secret";
    /// A database that flows look into.
    Database: "database", "数据库连接", "database";
    /// What can be said of an interaction when it is over.
    Disposition: "disposition", "小结选项", "disposition";
    /// Someone who serves customers, named by number.
    Agent: "agent", "坐席", "agent";
    /// A bundle of permissions of the tenant's own.
    Role: "role", "角色", "role";
    /// Someone who signs in.
    User: "user", "用户", "user";
    /// A group of agents.
    Team: "team", "班组", "team";
    /// A telephone that registers.
    Device: "device", "话机", "device";
    /// A line to a carrier or a peer.
    Trunk: "trunk", "中继", "trunk";
    /// Which trunks take which outbound numbers, named by prefix.
    Route: "route", "外呼路由", "route";
    /// A recording that callers hear.
    Prompt: "prompt", "语音", "prompt";
    /// Where interactions wait for an agent.
    Queue: "queue", "队列", "queue";
    /// A graph that interactions walk.
    Flow: "flow", "流程", "flow";
    /// A figure of the wall that somebody wants to be told of.
    Threshold: "threshold", "告警阈值", "threshold";
    /// A number of the tenant's.
    Number: "number", "号码", "number";
    /// The server that takes our letters: one, named `default`.
    MailServer: "mail_server", "邮件服务器", "mail server";
    /// A report that is sent again and again.
    ReportSchedule: "report_schedule", "定时报表", "report schedule";
    /// Who is told of alarms.
    AlertSubscription: "alert_subscription", "告警订阅", "alert subscription";
}

impl Kind {
    /// The kind of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The order in which people look for names: numbers by their value, before words.
pub fn in_order(a: &str, b: &str) -> std::cmp::Ordering {
    let key = |text: &str| {
        let number = text.bytes().all(|c| c.is_ascii_digit());
        (!number, if number { text.len() } else { 0 })
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Kind::parse("queues"), None);
    }
}
