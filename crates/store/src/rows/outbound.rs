//! Who is written to, when, and by which server.

use types::{Private, TenantId, Wall};

use crate::row::row;

/// The server that takes a tenant's letters.
#[derive(Clone, Debug, PartialEq)]
pub struct MailServer {
    /// Whose.
    pub tenant: TenantId,
    /// Host, port, account: opaque to the store.
    pub config: serde_json::Value,
    /// The account's password; empty for none.
    pub password: Private<String>,
}

row!(MailServer, "mail_server", TenantId, ["tenant_id"], {
    tenant: "tenant_id", config: "config", password: "password",
});

/// A report that is sent again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportSchedule {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant.
    pub name: String,
    /// What, when, to whom: opaque to the store.
    pub config: serde_json::Value,
}

row!(ReportSchedule, "report_schedule", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", config: "config",
});

/// How far a schedule has come, and how it went the last time.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleRun {
    /// Whose.
    pub tenant: TenantId,
    /// The schedule's name.
    pub name: String,
    /// Everything that was due up to then is done.
    pub done: Wall,
    /// When a report was made the last time; none before the first.
    pub ran: Option<Wall>,
    /// So many turns before that one were missed.
    pub missed: u32,
    /// So many letters came of it.
    pub letters: u32,
    /// Why none did.
    pub problem: Option<String>,
}

row!(ScheduleRun, "schedule_run", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", done: "done_at", ran: "ran_at", missed: "missed", letters: "letters",
    problem: "problem",
});

/// Who is told of alarms.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertSubscription {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant.
    pub name: String,
    /// Which alarms, to whom, when not: opaque to the store.
    pub config: serde_json::Value,
    /// Signs what is posted; empty for none.
    pub secret: Private<String>,
}

row!(AlertSubscription, "alert_subscription", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", config: "config", secret: "secret",
});
