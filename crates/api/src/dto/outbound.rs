//! Letters and posts: what waits, what became of them, and the schedules they come from.

use resource::{Repeat, ReportScheduleSpec};
use serde::{Deserialize, Serialize};
use store::ScheduleRun;
use types::Wall;
use utoipa::ToSchema;

use super::{Title, mirror};
use crate::language::Language;

mirror! {
    /// By which way something is delivered.
    DeliveryKind of store::DeliveryKind {
        Mail = "mail", Webhook = "webhook",
    }
}

mirror! {
    /// What has become of a delivery.
    DeliveryStatus of store::DeliveryStatus {
        Waiting = "waiting", Sent = "sent", Failed = "failed",
    }
}

/// One thing for one recipient.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// Stands in the letter's `Message-ID` or the post's `Lingtong-Delivery`.
    pub(crate) id: String,
    pub(crate) kind: DeliveryKind,
    /// `report` or `alarm`.
    pub(crate) topic: String,
    /// The name of the report schedule or alert subscription.
    pub(crate) source: String,
    /// A mail address, or an address of the web.
    pub(crate) recipient: String,
    pub(crate) title: String,
    pub(crate) status: DeliveryStatus,
    pub(crate) attempts: u32,
    /// When it is tried next; of one that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_at: Option<String>,
    pub(crate) created_at: String,
    /// When it was taken or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<String>,
    /// What the other side answered last, or why there was no answer; empty before the first attempt.
    pub(crate) answer: String,
}

impl From<&store::Delivery> for Delivery {
    fn from(row: &store::Delivery) -> Self {
        let waits = row.status == store::DeliveryStatus::Waiting;
        Self {
            id: row.id.to_string(),
            kind: row.kind.into(),
            topic: row.topic.clone(),
            source: row.source.clone(),
            recipient: row.recipient.reveal().clone(),
            title: row.title.reveal().clone(),
            status: row.status.into(),
            attempts: row.attempts,
            next_at: waits.then(|| row.due.to_string()),
            created_at: row.created.to_string(),
            ended_at: row.ended.map(|at| at.to_string()),
            answer: row.answer.reveal().clone(),
        }
    }
}

/// A page of deliveries, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    pub(crate) items: Vec<Delivery>,
    pub(crate) next_cursor: Option<String>,
}

/// How a schedule went the last time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastRun {
    pub(crate) at: String,
    /// Letters that came of it; what became of each is told with the deliveries.
    pub(crate) letters: u32,
    /// So many turns before it were missed while the server did not run.
    pub(crate) missed: u32,
    /// Why no report was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

/// A report that is sent again and again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportSchedule {
    pub(crate) name: String,
    pub(crate) title: Title,
    #[schema(value_type = resource::Repeat)]
    pub(crate) repeat: Repeat,
    /// At which time of the company's clock, `HH:MM`.
    pub(crate) at: String,
    /// How many get it.
    pub(crate) recipients: usize,
    pub(crate) paused: bool,
    /// When it is due next; absent while it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<LastRun>,
}

impl ReportSchedule {
    pub(crate) fn new(
        name: &str,
        spec: &ReportScheduleSpec,
        run: Option<&ScheduleRun>,
        now: Wall,
        utc_offset_min: i32,
    ) -> Self {
        let title = types::Title::new(&spec.title.zh, &spec.title.en);
        let next = spec.rhythm(utc_offset_min).next(run.map_or(now, |run| run.done.max(now)));
        let last = run.and_then(|run| {
            let (letters, missed, problem) = (run.letters, run.missed, run.problem.clone());
            Some(LastRun { at: run.ran?.to_string(), letters, missed, problem })
        });
        Self {
            name: name.to_owned(),
            title: title.shown(name).into(),
            repeat: spec.repeat,
            at: spec.at.clone(),
            recipients: spec.recipients.len(),
            paused: spec.paused,
            next_at: (!spec.paused).then(|| next.to_string()),
            last,
        }
    }
}

/// All schedules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportSchedules {
    pub(crate) items: Vec<ReportSchedule>,
}

/// What came of a schedule's turn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScheduleRan {
    pub(crate) letters: u32,
    /// Why no report was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

/// Whom a letter of trial goes to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailTrial {
    /// A mail address.
    pub(crate) to: String,
}

/// What came of a letter of trial.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailTried {
    /// The server has taken it.
    pub(crate) ok: bool,
    /// How far it came: `letter`, `plain`, `connect`, `tls`, `login`, `sender`, `recipient`, `content`; `none` where no
    /// server is set up. Absent where it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<&'static str>,
    /// For people, in their language.
    pub(crate) message: String,
    /// The mail server's own answer, or the system's.
    pub(crate) answer: String,
}

impl MailTried {
    /// `stage`: how far it came; none where it was taken.
    pub(crate) fn new(stage: Option<&'static str>, answer: String, language: Language) -> Self {
        let (zh, en) = stage.map_or(("邮件服务器已接收测试邮件", "The mail server has taken the test mail"), of_stage);
        let message = if language == Language::Chinese { zh } else { en };
        Self { ok: stage.is_none(), stage, message: message.to_owned(), answer }
    }
}

fn of_stage(stage: &str) -> (&'static str, &'static str) {
    match stage {
        "none" => ("尚未设置邮件服务器", "No mail server is set up"),
        "letter" => ("邮件无法生成，请检查邮箱地址", "The letter can't be written: check the addresses"),
        "plain" => (
            "邮件服务器不在本机，而连接未加密；请启用加密，或明确允许明文",
            "The mail server is another machine and the connection is not encrypted: encrypt it, or allow that",
        ),
        "connect" => ("无法连接邮件服务器，请检查主机和端口", "The mail server can't be reached: check host and port"),
        "tls" => (
            "与邮件服务器的加密连接失败，请检查加密方式和证书",
            "The connection can't be encrypted: check the kind of encryption and the server's certificate",
        ),
        "login" => ("邮件服务器拒绝了用户名或密码", "The mail server refused the user name or the password"),
        "sender" => ("邮件服务器拒绝了发件人地址", "The mail server refused the sender's address"),
        "recipient" => ("邮件服务器拒绝了收件人地址", "The mail server refused the recipient's address"),
        _ => ("邮件服务器没有接收邮件内容", "The mail server did not take the letter"),
    }
}
