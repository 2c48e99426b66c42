//! Who is written to, when, and by which server: what these resources say, and their rows.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{AlertSubscription, MailServer, ReportSchedule};
use timetable::{Every, Quiet, Rhythm, clock_time};
use types::{Private, Wall};
use utoipa::ToSchema;

use crate::rows::Rows;
use crate::spec::{Secret, TitleSpec};

/// The name of the one mail server.
pub const MAIL_SERVER: &str = "default";

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// After a plain greeting (STARTTLS), usually port 587.
    #[default]
    Starttls,
    /// From the first byte on, usually port 465.
    Tls,
    /// Not at all, usually port 25; to this machine alone, unless `allow_plain` says otherwise.
    None,
}

/// The server that takes our letters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailServerSpec {
    /// Its name or address.
    pub host: String,
    /// Its port; the usual one of `security` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default)]
    pub security: MailSecurity,
    /// A connection that is not secured may leave this machine.
    #[serde(default)]
    pub allow_plain: bool,
    /// The account, where the server asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The account's password: written, never read back.
    #[serde(default, skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub password: Secret,
    /// The address that our letters come from.
    #[schema(value_type = String)]
    pub from: Private<String>,
    /// What recipients read of the sender.
    #[serde(default)]
    pub from_name: String,
    /// Where answers go, if elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reply_to: Option<Private<String>>,
}

/// How often a report is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Each day.
    #[default]
    Daily,
    /// Each week; a week begins on Monday.
    Weekly,
    /// Each month.
    Monthly,
}

/// Which time a report is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The last whole day, week or month.
    #[default]
    Whole,
    /// The day, week or month that goes on, so far: for a report at closing time.
    SoFar,
}

/// What a report's lines are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportBy {
    /// Queues.
    #[default]
    Queue,
    /// Agents.
    Agent,
    /// Teams.
    Team,
    /// Flows.
    Flow,
    /// The company's numbers.
    Number,
    /// In, out and inside.
    Direction,
}

/// The time that one line of a report is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ReportEvery {
    /// A quarter of an hour.
    #[serde(rename = "15")]
    Quarter,
    /// Half an hour.
    #[serde(rename = "30")]
    Half,
    /// An hour.
    #[serde(rename = "60")]
    Hour,
    /// A day.
    #[default]
    #[serde(rename = "day")]
    Day,
    /// The whole time in one line.
    #[serde(rename = "all")]
    All,
}

/// In which form a report is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
    /// Pages to read or print.
    Pdf,
}

/// In which language letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterLanguage {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// A report that is sent again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportScheduleSpec {
    /// What people read.
    #[serde(default)]
    pub title: TitleSpec,
    /// What its lines are about.
    #[serde(default)]
    pub by: ReportBy,
    /// The time that one line is about.
    #[serde(default)]
    pub every: ReportEvery,
    /// These alone, by name or number; all where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// How often it is sent.
    #[serde(default)]
    pub repeat: Repeat,
    /// Which time it is about.
    #[serde(default)]
    pub about: About,
    /// On which day of the week, 1 for Monday to 7; where it is sent weekly.
    #[serde(default = "first")]
    #[schema(minimum = 1, maximum = 7)]
    pub weekday: u8,
    /// On which day of the month, 1 to 28; where it is sent monthly.
    #[serde(default = "first")]
    #[schema(minimum = 1, maximum = 28)]
    pub day: u8,
    /// At which time of the company's clock, `HH:MM`.
    #[serde(default = "morning")]
    pub at: String,
    /// Mail addresses; each gets a letter of its own.
    #[schema(value_type = Vec<String>)]
    pub recipients: Vec<Private<String>>,
    /// In which forms it is attached.
    #[serde(default = "workbook")]
    pub formats: Vec<ReportFormat>,
    /// In which language.
    #[serde(default)]
    pub language: LetterLanguage,
    /// Nothing is sent for now; what falls due meanwhile is not made up for.
    #[serde(default)]
    pub paused: bool,
}

const fn first() -> u8 {
    1
}

fn morning() -> String {
    "08:00".to_owned()
}

fn workbook() -> Vec<ReportFormat> {
    vec![ReportFormat::Xlsx]
}

const fn yes() -> bool {
    true
}

impl ReportBy {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Flow => "flow",
            Self::Number => "number",
            Self::Direction => "direction",
        }
    }
}

impl ReportEvery {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "15",
            Self::Half => "30",
            Self::Hour => "60",
            Self::Day => "day",
            Self::All => "all",
        }
    }
}

impl ReportFormat {
    /// The stable name, which files end with.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }
}

impl LetterLanguage {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

impl ReportScheduleSpec {
    /// The time that what is due at `due` is about.
    pub fn period(&self, due: Wall, utc_offset_min: i32) -> (Wall, Wall) {
        let rhythm = self.rhythm(utc_offset_min);
        match self.about {
            About::Whole => rhythm.period(due),
            About::SoFar => rhythm.so_far(due),
        }
    }

    /// When it is due, by the clock of a company so many minutes east of UTC.
    pub fn rhythm(&self, utc_offset_min: i32) -> Rhythm {
        let every = match self.repeat {
            Repeat::Daily => Every::Day,
            Repeat::Weekly => Every::Week(self.weekday),
            Repeat::Monthly => Every::Month(self.day),
        };
        Rhythm { every, at_min: clock_time(&self.at).unwrap_or_default(), utc_offset_min }
    }
}

/// Who is told of alarms, by letters, by posts to another program, or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertSubscriptionSpec {
    /// What people read.
    #[serde(default)]
    pub title: TitleSpec,
    /// Of these alarms alone, by their codes; of all where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<String>,
    /// Told as well when an alarm is over.
    #[serde(default = "yes")]
    pub cleared: bool,
    /// Mail addresses; each gets a letter of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub recipients: Vec<Private<String>>,
    /// In which language letters are written.
    #[serde(default)]
    pub language: LetterLanguage,
    /// Where it is posted to, `https://…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Signs what is posted: written, never read back.
    #[serde(default, skip_serializing)]
    #[schema(value_type = Option<String>, write_only)]
    pub secret: Secret,
    /// From this time of the company's clock, `HH:MM`, letters wait …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_from: Option<String>,
    /// … until this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_to: Option<String>,
    /// Nobody is told for now.
    #[serde(default)]
    pub paused: bool,
}

impl AlertSubscriptionSpec {
    /// When letters wait.
    pub fn quiet(&self) -> Option<Quiet> {
        let time = |text: &Option<String>| text.as_deref().and_then(clock_time);
        Some(Quiet { from_min: time(&self.quiet_from)?, to_min: time(&self.quiet_to)? })
    }
}

/// What a row's settings say; none where this version cannot read them.
pub(crate) fn said<T: DeserializeOwned>(config: &serde_json::Value) -> Option<T> {
    serde_json::from_value(config.clone()).ok()
}

/// What a secret becomes.
fn kept(wish: &Secret, old: Option<&Private<String>>) -> Private<String> {
    match wish {
        Secret::Keep => old.cloned().unwrap_or_default(),
        Secret::Clear => Private::default(),
        Secret::Set(secret) => secret.clone(),
    }
}

/// As it is stored: plain data, which cannot fail to become JSON.
pub(crate) fn stored(spec: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(spec).unwrap_or_default()
}

impl Rows {
    pub(crate) fn set_mail_server(&mut self, spec: &MailServerSpec) {
        let password = kept(&spec.password, self.mail_servers.first().map(|old| &old.password));
        self.mail_servers = vec![MailServer { tenant: self.tenant.id, config: stored(spec), password }];
    }

    pub(crate) fn set_report_schedule(&mut self, name: &str, spec: &ReportScheduleSpec) {
        self.report_schedules.retain(|old| old.name != name);
        let row = ReportSchedule { tenant: self.tenant.id, name: name.to_owned(), config: stored(spec) };
        self.report_schedules.push(row);
    }

    pub(crate) fn set_alert_subscription(&mut self, name: &str, spec: &AlertSubscriptionSpec) {
        let old = self.alert_subscriptions.iter().find(|old| old.name == name);
        let secret = kept(&spec.secret, old.map(|old| &old.secret));
        self.alert_subscriptions.retain(|old| old.name != name);
        let (tenant, config) = (self.tenant.id, stored(spec));
        self.alert_subscriptions.push(AlertSubscription { tenant, name: name.to_owned(), config, secret });
    }
}

impl MailServerSpec {
    /// Of a row; none where this version cannot read it.
    pub fn of(row: &MailServer) -> Option<Self> {
        said(&row.config)
    }
}

impl ReportScheduleSpec {
    /// Of a row; none where this version cannot read it.
    pub fn of(row: &ReportSchedule) -> Option<Self> {
        said(&row.config)
    }
}

impl AlertSubscriptionSpec {
    /// Of a row; none where this version cannot read it.
    pub fn of(row: &AlertSubscription) -> Option<Self> {
        said(&row.config)
    }
}
