//! Who is written to, judged by itself.

use timetable::clock_time;
use types::Private;

use super::{Judge, is_one_word, sip_host};
use crate::outbound::{AlertSubscriptionSpec, MailServerSpec, ReportScheduleSpec};
use crate::problem::{Format, What};
use crate::spec::Secret;

/// Recipients of one letter: each gets its own, with all that is attached.
const RECIPIENTS: usize = 50;
/// Subjects of one report.
const SUBJECTS: usize = 200;
/// Kinds of alarms that one subscription names.
const ALERTS: usize = 100;
/// Characters of a mail address (RFC 5321 section 4.5.3.1.3).
const ADDRESS_CHARS: usize = 254;
/// Characters of an address of the web.
const URL_CHARS: usize = 2_000;

impl Judge<'_> {
    pub(super) fn mail_server(&mut self, server: &MailServerSpec) {
        if server.host.is_empty() {
            self.say("host", What::Missing);
        } else if !sip_host(&server.host) {
            self.say("host", What::Format(Format::Host));
        }
        if server.port == Some(0) {
            self.say("port", What::OutOfRange(1, u16::MAX.into()));
        }
        if let Some(username) = &server.username {
            self.shown("username", username, true);
        } else if matches!(server.password, Secret::Set(_)) {
            self.say("username", What::Missing);
        }
        self.secret("password", &server.password, 1);
        self.mail_address("from", &server.from);
        self.shown("from_name", &server.from_name, false);
        if let Some(reply_to) = &server.reply_to {
            self.mail_address("reply_to", reply_to);
        }
    }

    pub(super) fn report_schedule(&mut self, schedule: &ReportScheduleSpec) {
        self.title(&schedule.title);
        self.names("subjects", &schedule.subjects, SUBJECTS);
        self.range("weekday", schedule.weekday, 1..=7);
        self.range("day", schedule.day, 1..=28);
        self.clock_time("at", &schedule.at);
        if schedule.recipients.is_empty() {
            self.say("recipients", What::Missing);
        }
        self.recipients(&schedule.recipients);
        if schedule.formats.is_empty() {
            self.say("formats", What::Missing);
        }
    }

    pub(super) fn alert_subscription(&mut self, told: &AlertSubscriptionSpec) {
        self.title(&told.title);
        self.names("alerts", &told.alerts, ALERTS);
        if told.recipients.is_empty() && told.url.is_none() {
            self.say("recipients", What::Missing);
        }
        self.recipients(&told.recipients);
        if let Some(url) = &told.url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if !rest.is_some_and(|rest| is_one_word(rest) && !rest.starts_with('/') && !rest.contains('@')) {
                self.say("url", What::Format(Format::WebAddress));
            } else if url.len() > URL_CHARS {
                self.say("url", What::TooLong(URL_CHARS));
            }
        }
        self.secret("secret", &told.secret, super::SECRET_CHARS);
        match (&told.quiet_from, &told.quiet_to) {
            (Some(from), Some(to)) => {
                self.clock_time("quiet_from", from);
                self.clock_time("quiet_to", to);
            }
            (None, None) => {}
            (None, Some(_)) => self.say("quiet_from", What::Missing),
            (Some(_), None) => self.say("quiet_to", What::Missing),
        }
    }

    fn recipients(&mut self, recipients: &[Private<String>]) {
        let plain: Vec<String> = recipients.iter().map(|address| address.reveal().to_lowercase()).collect();
        self.names("recipients", &plain, RECIPIENTS);
        for (at, address) in recipients.iter().enumerate() {
            self.mail_address(&format!("recipients[{at}]"), address);
        }
    }

    fn clock_time(&mut self, field: &str, text: &str) {
        if clock_time(text).is_none() {
            self.say(field, What::Format(Format::ClockTime));
        }
    }

    fn mail_address(&mut self, field: &str, address: &Private<String>) {
        let text = address.reveal();
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"');
        let parts = text.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.contains('@'));
        let fits = parts.is_some_and(|(_, domain)| !domain.is_empty() && !domain.starts_with('.'));
        if !fits || text.chars().any(odd) {
            self.say(field, What::Format(Format::MailAddress));
        } else if text.chars().count() > ADDRESS_CHARS {
            self.say(field, What::TooLong(ADDRESS_CHARS));
        }
    }
}
