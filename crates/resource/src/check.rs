//! What a resource says, judged by itself. What it takes beside others is judged by the whole.

mod database;
mod outbound;

use std::collections::BTreeSet;
use std::net::Ipv6Addr;
use std::ops::RangeInclusive;

use acd::{
    AGEING_MAX, CALLBACK_ATTEMPTS_MAX, CALLBACK_EXPIRE_S, CALLBACK_MISSED_S, CALLBACK_PAUSE_S, KEEP_PLACE_MAX_S,
    LAST_AGENT_WAIT_MAX_S, NUMBER_DIGITS, OFFSET_RANGE_MIN, OFFSET_STEP_MIN, PRIORITY_MAX, RING_MAX_S, SKILL_MAX,
    STEP_AFTER_MAX_S, STEPS_MAX, WEIGHT_MAX, WRAP_UP_MAX_S,
};
use dialplan::{DoNotCallList, Numbering, PriorityRules, Trunk, WITHHELD};
use directory::{LENGTH_SETTING, PasswordPolicy, Permission, Role};
use serde_json::Value;
use types::Seconds;
use types::register::DigestChoice;

use crate::canary::CanarySpec;
use crate::content::Spec;
use crate::kind::Kind;
use crate::problem::{Format, Problem, What};
use crate::spec::{
    AgentSpec, PromptSpec, QueueSpec, RoleSpec, RouteSpec, Secret, SettingSpec, TeamSpec, ThresholdSpec, TitleSpec,
    TrunkSpec, UserSpec,
};

/// Characters of what people read: it is shown in one line.
const TITLE_CHARS: usize = 120;
/// Characters of any other text, and of a setting's.
const TEXT_CHARS: usize = 2_000;
/// Fewer are found out by trying, though attempts are slowed down.
const SECRET_CHARS: usize = 8;
/// A digest takes any length; nobody types more.
const SECRET_CHARS_MAX: usize = 256;
/// Roles of one user.
const USER_ROLES: usize = 32;
/// Trunks that one route tries; a call gives up before it comes to more.
const ROUTE_TRUNKS: usize = 16;
/// A name of the DNS (RFC 1035).
const DOMAIN_CHARS: usize = 253;
/// Networks of one trunk: each call from outside is held against all of them.
const TRUNK_NETWORKS: usize = 256;
/// Everybody of a large centre.
const MEMBERS: usize = 20_000;
/// What asks for an interval between announcements.
const INTERVAL_S: RangeInclusive<u32> = 1..=3600;
/// The longest wait that can be asked for: a day.
const WAIT_S: RangeInclusive<u32> = 1..=86_400;
/// The most that may wait in one queue at once.
const LENGTH: RangeInclusive<u32> = 1..=50_000;
/// Good service is a matter of seconds.
const SERVICE_LEVEL_S: RangeInclusive<u32> = 0..=3600;
/// A trunk of more lines than that is none.
const CALLS: RangeInclusive<u32> = 0..=100_000;

/// A SHA-256 in hexadecimal digits.
const AUDIO_CHARS: usize = 64;

/// What holds for all resources of a tenant.
#[derive(Clone, Copy)]
pub(crate) struct House<'a> {
    /// The tenant's name.
    pub(crate) tenant: &'a str,
    /// What passwords have to be.
    pub(crate) passwords: PasswordPolicy,
}

/// All that is wrong with one resource.
pub(crate) struct Judge<'a> {
    house: House<'a>,
    kind: Kind,
    name: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Judge<'a> {
    /// Judges a resource by itself.
    pub(crate) fn judge(house: House<'a>, name: &'a str, spec: &Spec) -> Vec<Problem> {
        let mut judge = Self { house, kind: spec.kind(), name, problems: Vec::new() };
        if let Some(what) = judge.kind.check_name(name) {
            judge.say("name", what);
        }
        match spec {
            Spec::Tenant(tenant) => {
                judge.shown("title", &tenant.title, true);
                judge.offset(tenant.utc_offset_min);
            }
            Spec::Setting(setting) => judge.setting(setting),
            Spec::Disposition(choice) => judge.title(&choice.title),
            Spec::Agent(agent) => judge.agent(agent),
            Spec::Role(role) => judge.role(role),
            Spec::User(user) => judge.user(user),
            Spec::Team(team) => judge.team(team),
            Spec::Database(spec) => judge.database(spec),
            Spec::Secret(secret) => judge.secret("value", &secret.value, 1),
            Spec::Device(device) => judge.secret("secret", &device.secret, SECRET_CHARS),
            Spec::Trunk(trunk) => judge.trunk(trunk),
            Spec::Route(route) => judge.route(route),
            Spec::Prompt(prompt) => judge.prompt(prompt),
            Spec::Queue(queue) => judge.queue(queue),
            Spec::Threshold(threshold) => judge.threshold(threshold),
            Spec::Flow(flow) => {
                judge.title(&flow.title);
                // Sub-flows and transfers refer to a flow by what it calls itself.
                if flow.definition.get("id").is_some_and(|id| id != name) {
                    judge.say("definition.id", What::NoneOf(vec![name.to_owned()]));
                }
                if let Some(canary) = &flow.canary {
                    judge.canary(canary);
                }
            }
            Spec::Number(_) => {}
            Spec::MailServer(server) => judge.mail_server(server),
            Spec::ReportSchedule(schedule) => judge.report_schedule(schedule),
            Spec::AlertSubscription(told) => judge.alert_subscription(told),
        }
        judge.problems
    }

    fn say(&mut self, field: impl Into<String>, what: What) {
        self.problems.push(Problem { kind: self.kind, name: self.name.to_owned(), field: field.into(), what });
    }

    fn range<T: Copy + PartialOrd + Into<i64>>(&mut self, field: &str, value: T, range: RangeInclusive<T>) {
        if !range.contains(&value) {
            self.say(field, What::OutOfRange((*range.start()).into(), (*range.end()).into()));
        }
    }

    /// Ahead of UTC by whole quarters of an hour, as every zone in use is: sums are kept by quarters.
    fn offset(&mut self, minutes: i32) {
        self.range("utc_offset_min", minutes, OFFSET_RANGE_MIN);
        if minutes % OFFSET_STEP_MIN != 0 {
            self.say("utc_offset_min", What::Format(Format::Offset));
        }
    }

    fn canary(&mut self, canary: &CanarySpec) {
        if canary.definition.get("id").is_some_and(|id| id != self.name) {
            self.say("canary.definition.id", What::NoneOf(vec![self.name.to_owned()]));
        }
        self.range("canary.share_percent", canary.share_percent, 1..=99);
        self.range("canary.false_alarm_percent", canary.false_alarm_percent, 1..=20);
        self.range("canary.hours", canary.hours, 1..=720);
        if canary.guards.is_empty() {
            self.say("canary.guards", What::Missing);
        }
        if canary.guards.iter().collect::<BTreeSet<_>>().len() < canary.guards.len() {
            self.say("canary.guards", What::Twice);
        }
    }

    fn some_range(&mut self, field: &str, value: Option<u32>, range: RangeInclusive<u32>) {
        if let Some(value) = value {
            self.range(field, value, range);
        }
    }

    /// A text of one line that people read.
    fn shown(&mut self, field: &str, text: &str, needed: bool) {
        if needed && text.trim().is_empty() {
            self.say(field, What::Missing);
        } else if text.chars().count() > TITLE_CHARS {
            self.say(field, What::TooLong(TITLE_CHARS));
        } else if text.chars().any(char::is_control) {
            self.say(field, What::Format(Format::Plain));
        }
    }

    fn title(&mut self, title: &TitleSpec) {
        self.shown("title.zh", &title.zh, false);
        self.shown("title.en", &title.en, false);
    }

    fn secret(&mut self, field: &str, secret: &Secret, least: usize) {
        let Secret::Set(secret) = secret else { return };
        let chars = secret.reveal().chars().count();
        if chars < least {
            self.say(field, What::TooShort(least));
        } else if chars > SECRET_CHARS_MAX {
            self.say(field, What::TooLong(SECRET_CHARS_MAX));
        } else if secret.reveal().chars().any(char::is_control) {
            self.say(field, What::Format(Format::Plain));
        }
    }

    /// A list of names that must not repeat.
    fn names(&mut self, field: &str, names: &[String], most: usize) {
        if names.len() > most {
            self.say(field, What::TooLong(most));
        }
        let mut seen = BTreeSet::new();
        for (at, name) in names.iter().enumerate() {
            if !seen.insert(name) {
                self.say(format!("{field}[{at}]"), What::Twice);
            }
        }
    }

    fn setting(&mut self, setting: &SettingSpec) {
        let most = match self.name {
            PriorityRules::SETTING => PriorityRules::CHARS_MAX,
            DoNotCallList::SETTING => DoNotCallList::CHARS_MAX,
            _ => TEXT_CHARS,
        };
        if setting.value.to_string().chars().count() > most {
            self.say("value", What::TooLong(most));
        }
        if self.name == DigestChoice::SETTING && setting.value.as_str().and_then(DigestChoice::parse).is_none() {
            self.say("value", What::NoneOf(DigestChoice::NAMES.map(str::to_owned).to_vec()));
        }
        let text = setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned);
        if Numbering::check(self.name, &text).is_err() {
            let area = self.name == Numbering::AREA_CODE;
            self.say("value", What::Format(if area { Format::AreaCode } else { Format::OutsidePrefix }));
        }
        if self.name == PriorityRules::SETTING
            && let Err(why) = PriorityRules::parse(&text, &Numbering::default())
        {
            self.say(format!("value[{}]", why.rule - 1), What::Format(Format::PriorityRule));
        }
        if self.name == DoNotCallList::SETTING
            && let Err(why) = DoNotCallList::parse(&text, &Numbering::default())
        {
            self.say(format!("value[{}]", why.entry - 1), What::Format(Format::DoNotCall));
        }
        let seconds = Seconds::ALL.into_iter().find(|seconds| seconds.name == self.name);
        if let Some(seconds) = seconds.filter(|seconds| seconds.parse(Some(&text)).is_err()) {
            let (least, most) = seconds.range.into_inner();
            self.say("value", What::OutOfRange(least as i64, most as i64));
        }
        let lengths = |value: &Value| value.as_u64().and_then(|n| PasswordPolicy::with_length(n as usize)).is_some();
        if self.name == LENGTH_SETTING && !lengths(&setting.value) {
            let (least, most) = PasswordPolicy::LENGTHS.into_inner();
            self.say("value", What::OutOfRange(least as i64, most as i64));
        }
    }

    fn agent(&mut self, agent: &AgentSpec) {
        self.shown("display_name", agent.display_name.reveal(), true);
        let fits = |text: &str| {
            let named = text.strip_prefix("setting:").is_some_and(|name| Kind::Setting.check_name(name).is_none());
            let uri = ["sip:", "sips:", "tel:"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(is_one_word));
            named || uri
        };
        if agent.address.as_ref().is_some_and(|address| !fits(address.reveal())) {
            self.say("address", What::Format(Format::SipAddress));
        }
        let mobile = agent.address.as_ref().and_then(|address| address.reveal().strip_prefix("tel:"));
        if mobile.is_some_and(dialplan::is_emergency) {
            self.say("address", What::Refused("an emergency number is nobody's telephone".into()));
        }
        self.caller_id("caller_id", agent.caller_id.as_ref());
        self.range("routing.weight", agent.routing.weight, 1..=WEIGHT_MAX);
        for (skill, level) in &agent.routing.skills {
            if skill.is_empty() {
                self.say("routing.skills", What::Missing);
            }
            self.range(&format!("routing.skills.{skill}"), *level, 0..=SKILL_MAX);
        }
    }

    fn role(&mut self, role: &RoleSpec) {
        if Role::BUILT_IN.iter().any(|built_in| built_in.as_str() == self.name) {
            self.say("name", What::BuiltIn);
        } else if Role::parse(self.name).is_none() {
            self.say("name", What::Format(Format::Role));
        }
        self.title(&role.title);
        self.names("permissions", &role.permissions, Permission::ALL.len());
        for (at, permission) in role.permissions.iter().enumerate() {
            if Permission::parse(permission).is_none() {
                let known = Permission::ALL.iter().map(|known| known.as_str().to_owned()).collect();
                self.say(format!("permissions[{at}]"), What::NoneOf(known));
            }
        }
    }

    fn user(&mut self, user: &UserSpec) {
        self.names("roles", &user.roles, USER_ROLES);
        for (at, role) in user.roles.iter().enumerate() {
            if Role::parse(role).is_none() {
                self.say(format!("roles[{at}]"), What::Format(Format::Role));
            }
        }
        if let Secret::Set(password) = &user.password {
            for weakness in self.house.passwords.weaknesses(password.reveal(), self.name, self.house.tenant) {
                self.say("password", What::Weak(weakness));
            }
        }
    }

    fn prompt(&mut self, prompt: &PromptSpec) {
        self.title(&prompt.title);
        for (field, words) in [("words.zh", &prompt.words.zh), ("words.en", &prompt.words.en)] {
            if words.chars().count() > TEXT_CHARS {
                self.say(field, What::TooLong(TEXT_CHARS));
            }
        }
        for (language, audio) in prompt.audio.each() {
            if audio.len() != AUDIO_CHARS || !audio.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                self.say(format!("audio.{language}"), What::Format(Format::Audio));
            }
        }
    }

    fn team(&mut self, team: &TeamSpec) {
        self.title(&team.title);
        self.names("agents", &team.agents, MEMBERS);
        self.names("supervisors", &team.supervisors, MEMBERS);
    }

    fn trunk(&mut self, trunk: &TrunkSpec) {
        self.names("accept_from", &trunk.accept_from, TRUNK_NETWORKS);
        for (at, network) in trunk.accept_from.iter().enumerate() {
            if network.parse::<dialplan::Network>().is_err() {
                self.say(format!("accept_from[{at}]"), What::Format(Format::Network));
            }
        }
        let host = |text: &str| {
            let rest = text.strip_prefix("sip:").or_else(|| text.strip_prefix("sips:"))?;
            Some(is_one_word(rest) && !rest.contains('@'))
        };
        if trunk.send_to.as_deref().is_some_and(|text| host(text) != Some(true)) {
            self.say("send_to", What::Format(Format::SendTo));
        }
        if trunk.registrar.as_deref().is_some_and(|text| host(text) != Some(true)) {
            self.say("registrar", What::Format(Format::SendTo));
        }
        if let Some(username) = &trunk.username {
            self.shown("username", username, true);
        } else if matches!(trunk.secret, Secret::Set(_)) || trunk.registrar.is_some() {
            self.say("username", What::Missing);
        }
        self.account(trunk);
        // The carrier chose it: however short it is.
        self.secret("secret", &trunk.secret, 1);
        self.range("max_calls", trunk.max_calls, CALLS);
        self.range("max_cps", trunk.max_cps, 0..=Trunk::CPS_MAX);
        if trunk.probe_s > 0 {
            self.range("probe_s", trunk.probe_s, Trunk::PROBE_S);
        }
        self.names("caller_ids", &trunk.caller_ids, Trunk::CALLER_IDS_MAX);
        for (at, number) in trunk.caller_ids.iter().enumerate() {
            self.caller_id(format!("caller_ids[{at}]"), Some(number));
        }
        if trunk.number_rules.len() > Trunk::RULES_MAX {
            self.say("number_rules", What::TooLong(Trunk::RULES_MAX));
        }
        for (at, rule) in trunk.number_rules.iter().enumerate() {
            if !rule.is_sound() {
                self.say(format!("number_rules[{at}]"), What::Format(Format::NumberRule));
            }
        }
    }

    /// As whom a trunk registers.
    fn account(&mut self, trunk: &TrunkSpec) {
        self.range("register_s", trunk.register_s, Trunk::REGISTER_S);
        if let Some(realm) = &trunk.realm {
            self.shown("realm", realm, true);
        }
        let domain = |text: &str| sip_host(text) && text.len() <= DOMAIN_CHARS;
        if trunk.from_domain.as_deref().is_some_and(|text| !domain(text)) {
            self.say("from_domain", What::Format(Format::Host));
        }
        let user = |text: &str| is_one_word(text) && !text.contains(['@', ':', ';', '?']);
        if trunk.contact_user.as_deref().is_some_and(|text| !user(text)) {
            self.say("contact_user", What::Format(Format::Extension));
        }
    }

    /// A number that others are shown. Whether it is ours is judged by the whole.
    fn caller_id(&mut self, field: impl Into<String>, number: Option<&String>) {
        let fits = |number: &String| number == WITHHELD || Kind::Number.check_name(number).is_none();
        if number.is_some_and(|number| !fits(number)) {
            self.say(field, What::Format(Format::Number));
        }
    }

    fn route(&mut self, route: &RouteSpec) {
        if route.trunks.is_empty() {
            self.say("trunks", What::Missing);
        }
        self.names("trunks", &route.trunks, ROUTE_TRUNKS);
        self.caller_id("caller_id", route.caller_id.as_ref());
    }

    fn queue(&mut self, queue: &QueueSpec) {
        self.title(&queue.title);
        let digits = |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        if queue.number.as_deref().is_some_and(|number| !digits(number)) {
            self.say("number", What::Format(Format::Number));
        } else if queue.number.as_deref().is_some_and(|number| number.len() > NUMBER_DIGITS) {
            self.say("number", What::TooLong(NUMBER_DIGITS));
        }
        for (at, need) in queue.skills.iter().enumerate() {
            if need.skill.is_empty() {
                self.say(format!("skills[{at}].skill"), What::Missing);
            }
            self.range(&format!("skills[{at}].min"), need.min, 1..=SKILL_MAX);
        }
        self.range("wrap_up_s", queue.wrap_up_s, 0..=WRAP_UP_MAX_S);
        self.range("ring_timeout_s", queue.ring_timeout_s, 1..=RING_MAX_S);
        self.some_range("max_wait_s", queue.max_wait_s, WAIT_S);
        self.range("max_length", queue.max_length, LENGTH);
        self.range("service_level_s", queue.service_level_s, SERVICE_LEVEL_S);
        self.range("priority", queue.priority, -PRIORITY_MAX..=PRIORITY_MAX);
        if !(0.0..=AGEING_MAX).contains(&queue.ageing) {
            self.say("ageing", What::OutOfRange(0, AGEING_MAX as i64));
        }
        self.some_range("announce_position_s", queue.announce_position_s, INTERVAL_S);
        self.some_range("announce_wait_s", queue.announce_wait_s, INTERVAL_S);
        self.shown("music", &queue.music, true);
        if let Some(offset) = queue.utc_offset_min {
            self.offset(offset);
        }
        self.caller_id("caller_id", queue.caller_id.as_ref());
        self.names("members", &queue.members, MEMBERS);
        self.names("mailbox_agents", &queue.mailbox_agents, MEMBERS);
        self.steps(queue);
    }

    fn threshold(&mut self, threshold: &ThresholdSpec) {
        self.title(&threshold.title);
        self.names("queues", &threshold.queues, alert::QUEUES_MAX);
        let ThresholdSpec { measure, warning, critical, .. } = threshold;
        let most = measure.unit().most();
        self.some_range("warning", *warning, 0..=most);
        self.some_range("critical", *critical, 0..=most);
        self.range("hold_s", threshold.hold_s, 0..=alert::HOLD_MAX_S);
        self.range("margin", threshold.margin, 0..=most);
        match (warning, critical) {
            (None, None) => self.say("warning", What::Missing),
            (Some(warning), Some(critical)) if measure.is_bad_when_low() && critical > warning => {
                self.say("critical", What::OutOfRange(0, (*warning).into()));
            }
            (Some(warning), Some(critical)) if !measure.is_bad_when_low() && critical < warning => {
                self.say("critical", What::OutOfRange((*warning).into(), most.into()));
            }
            _ => {}
        }
        // Everything is beyond zero, and nothing could ever be better.
        for (field, value) in [("warning", warning), ("critical", critical)] {
            if !measure.is_bad_when_low() && *value == Some(0) {
                self.say(field, What::OutOfRange(1, most.into()));
            }
        }
    }

    fn steps(&mut self, queue: &QueueSpec) {
        for (field, steps) in [("relax", queue.relax.len()), ("overflow", queue.overflow.len())] {
            if steps > STEPS_MAX {
                self.say(field, What::OutOfRange(0, STEPS_MAX as i64));
            }
        }
        for (at, step) in queue.relax.iter().enumerate() {
            if step.skill.is_empty() {
                self.say(format!("relax[{at}].skill"), What::Missing);
            }
            self.range(&format!("relax[{at}].min"), step.min, 0..=SKILL_MAX);
            self.range(&format!("relax[{at}].after_s"), step.after_s, 1..=STEP_AFTER_MAX_S);
        }
        for (at, step) in queue.overflow.iter().enumerate() {
            self.range(&format!("overflow[{at}].after_s"), step.after_s, 1..=STEP_AFTER_MAX_S);
            if step.queue == self.name {
                self.say(format!("overflow[{at}].queue"), What::Refused("must be another queue".into()));
            }
            if step.queue.is_empty() == step.team.is_empty() {
                self.say(format!("overflow[{at}].team"), What::Refused("name a queue or a team, and not both".into()));
            }
        }
        self.some_range("last_agent_wait_s", queue.last_agent_wait_s, 1..=LAST_AGENT_WAIT_MAX_S);
        self.some_range("keep_place_s", queue.keep_place_s, 1..=KEEP_PLACE_MAX_S);
        if let Some(callback) = &queue.callback {
            self.range("callback.attempts", callback.attempts, 1..=CALLBACK_ATTEMPTS_MAX);
            self.range("callback.pause_s", callback.pause_s, CALLBACK_PAUSE_S);
            self.range("callback.expire_s", callback.expire_s, CALLBACK_EXPIRE_S);
            self.some_range("callback.missed_after_s", callback.missed_after_s, CALLBACK_MISSED_S);
            if callback.from >= callback.until {
                self.say("callback.until", What::Refused("must be later than `from`".into()));
            }
        }
    }
}

/// A host's name or address, without a port.
fn sip_host(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_v6 = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).is_some_and(|t| t.parse::<Ipv6Addr>().is_ok());
    is_v6 || !text.is_empty() && text.chars().all(is_name)
}

/// Something, without blanks or what would end an address.
fn is_one_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"'))
}
