//! From rows to a book: ids become names.

use std::collections::{BTreeMap, HashMap};

use dialplan::{DidTarget, Route};
use serde::Deserialize;
use store::Queue;
use types::{AgentId, FlowId, Private, QueueId, TeamId, Title, TrunkId, UserId};

use crate::book::{Book, Entry};
use crate::content::Spec;
use crate::database::DatabaseSpec;
use crate::kind::Kind;
use crate::names::route_name;
use crate::outbound::{AlertSubscriptionSpec, MAIL_SERVER, MailServerSpec, ReportScheduleSpec};
use crate::problem::{Problem, What};
use crate::read::read;
use crate::rows::Rows;
use crate::spec::{
    AgentSpec, DeviceSpec, DispositionSpec, FlowSpec, MAILBOX_AGENTS, NumberSpec, PromptAudio, PromptSpec, QueueSpec,
    RoleSpec, RouteSpec, Secret, SecretSpec, SettingSpec, TargetSpec, TeamSpec, TenantSpec, ThresholdSpec, TitleSpec,
    TrunkSpec, UserSpec,
};

/// What a team's row holds beside its name.
#[derive(Default, Deserialize, serde::Serialize)]
#[serde(default)]
pub(crate) struct TeamConfig {
    pub(crate) title: Title,
    pub(crate) agents: Vec<AgentId>,
    pub(crate) supervisors: Vec<UserId>,
}

impl TeamConfig {
    pub(crate) fn of(rows: &Rows, id: TeamId) -> Self {
        let team = rows.teams.iter().find(|team| team.id == id);
        // A row of an earlier version may hold anything.
        team.and_then(|team| serde_json::from_value(team.config.clone()).ok()).unwrap_or_default()
    }
}

impl From<&Title> for TitleSpec {
    fn from(title: &Title) -> Self {
        Self { zh: title.zh.to_string(), en: title.en.to_string() }
    }
}

impl From<&TitleSpec> for Title {
    fn from(title: &TitleSpec) -> Self {
        Self::new(&title.zh, &title.en)
    }
}

/// The names of things that others refer to by id.
struct Names {
    agents: HashMap<AgentId, String>,
    users: HashMap<UserId, String>,
    trunks: HashMap<TrunkId, String>,
    queues: HashMap<QueueId, String>,
    flows: HashMap<FlowId, String>,
}

impl Names {
    fn of(rows: &Rows) -> Self {
        Self {
            agents: rows.agents.iter().map(|a| (a.id, a.number.to_string())).collect(),
            users: rows.users.iter().map(|u| (u.user.id, u.user.username.to_string())).collect(),
            trunks: rows.trunks.iter().map(|t| (t.id, t.name.to_string())).collect(),
            queues: rows.queues.iter().map(|q| (q.id, q.name.to_string())).collect(),
            flows: rows.flows.iter().map(|f| (f.id, f.name.to_string())).collect(),
        }
    }
}

/// The recordings of a prompt. What this version cannot read counts as none.
pub fn audio_of(prompt: &store::Prompt) -> PromptAudio {
    serde_json::from_value(prompt.audio.clone()).unwrap_or_default()
}

impl Rows {
    /// The same by name. What refers to something that is gone says nothing of it.
    ///
    /// # Errors
    /// A queue's settings that this version cannot read.
    pub fn book(&self) -> Result<Book, Problem> {
        let names = Names::of(self);
        let mut book = Book::new();
        self.tell_company(&mut book);
        self.tell_people(&names, &mut book);
        self.tell_lines(&names, &mut book);
        self.tell_queues(&names, &mut book)?;
        self.tell_outbound(&mut book);
        Ok(book)
    }

    fn tell_company(&self, book: &mut Book) {
        let spec = TenantSpec { title: self.tenant.title.to_string(), utc_offset_min: self.tenant.utc_offset_min };
        put(book, self.tenant.name.to_string(), Entry::plain(Spec::Tenant(spec)));
        for setting in &self.settings {
            let spec = SettingSpec { value: setting.value.clone() };
            put(book, setting.key.clone(), Entry::plain(Spec::Setting(spec)));
        }
        for secret in &self.secrets {
            let entry =
                Entry { spec: Spec::Secret(SecretSpec::default()), secrets: kept("value", secret.value.reveal()) };
            put(book, secret.name.clone(), entry);
        }
        for row in &self.databases {
            if let Some(spec) = DatabaseSpec::of(row) {
                put(book, row.name.clone(), Entry::plain(Spec::Database(spec)));
            }
        }
        for choice in &self.dispositions {
            let spec = DispositionSpec { title: (&choice.title).into(), place: choice.place, offered: choice.offered };
            put(book, choice.code.to_string(), Entry::plain(Spec::Disposition(spec)));
        }
        for prompt in &self.prompts {
            let (title, words) = ((&prompt.title).into(), (&prompt.words).into());
            let spec = PromptSpec { title, words, audio: audio_of(prompt) };
            put(book, prompt.name.clone(), Entry::plain(Spec::Prompt(spec)));
        }
    }

    fn tell_people(&self, names: &Names, book: &mut Book) {
        let text = |text: &Private<std::sync::Arc<str>>| Private::new(text.reveal().to_string());
        for agent in &self.agents {
            let spec = AgentSpec {
                display_name: text(&agent.name),
                address: agent.address.as_ref().map(text),
                caller_id: agent.caller_id.as_ref().map(ToString::to_string),
                routing: self.routing_of(agent.id),
            };
            put(book, agent.number.to_string(), Entry::plain(Spec::Agent(spec)));
        }
        for role in &self.roles {
            let permissions = role.permissions.iter().map(|p| p.as_str().to_owned()).collect();
            put(
                book,
                role.name.to_string(),
                Entry::plain(Spec::Role(RoleSpec { title: (&role.title).into(), permissions })),
            );
        }
        for login in &self.users {
            let roles = login.user.roles.iter().map(|role| role.as_str().to_owned()).collect();
            let agent = login.user.agent.and_then(|agent| names.agents.get(&agent).cloned());
            let spec =
                UserSpec { roles, agent, disabled: login.disabled, password: Secret::Keep, one_time_password: true };
            let secrets = kept("password", login.password_hash.reveal());
            put(book, login.user.username.to_string(), Entry { spec: Spec::User(spec), secrets });
        }
        for team in &self.teams {
            let config = TeamConfig::of(self, team.id);
            let spec = TeamSpec {
                title: (&config.title).into(),
                agents: named(&config.agents, &names.agents),
                supervisors: named(&config.supervisors, &names.users),
            };
            put(book, team.name.to_string(), Entry::plain(Spec::Team(spec)));
        }
        for device in &self.devices {
            let agent = device.agent.and_then(|agent| names.agents.get(&agent).cloned());
            let secrets = kept("secret", device.ha1.sha256.reveal());
            let spec = DeviceSpec { agent, secret: Secret::Keep, message_lamp: device.message_lamp };
            put(book, device.name.to_string(), Entry { spec: Spec::Device(spec), secrets });
        }
    }

    fn tell_lines(&self, names: &Names, book: &mut Book) {
        for trunk in &self.trunks {
            let secret = trunk.credentials.as_ref().map_or("", |(_, secret)| secret.reveal());
            let spec = TrunkSpec {
                accept_from: trunk.accept_from.iter().map(shown_network).collect(),
                send_to: trunk.send_to.as_ref().map(ToString::to_string),
                username: trunk.credentials.as_ref().map(|(name, _)| name.to_string()),
                secret: Secret::Keep,
                max_calls: trunk.max_calls,
                number_format: trunk.numbers.format,
                number_rules: trunk.numbers.rules.clone(),
                caller_ids: trunk.caller_ids.iter().map(ToString::to_string).collect(),
                pass_caller: trunk.pass_caller,
                max_cps: trunk.max_cps,
                probe_s: trunk.probe_s,
                realm: trunk.realm.as_ref().map(ToString::to_string),
                from_domain: trunk.from_domain.as_ref().map(ToString::to_string),
                registrar: trunk.registrar.as_ref().map(ToString::to_string),
                register_s: trunk.register_s,
                contact_user: trunk.contact_user.as_ref().map(ToString::to_string),
            };
            put(book, trunk.name.to_string(), Entry { spec: Spec::Trunk(spec), secrets: kept("secret", secret) });
        }
        let mut routes: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
        for row in &self.routes {
            routes.entry(&row.route.prefix).or_default().push(&row.route);
        }
        for (prefix, mut routes) in routes {
            routes.sort_by_key(|route| route.priority);
            let trunks: Vec<TrunkId> = routes.iter().map(|route| route.trunk).collect();
            let caller_id = routes.iter().find_map(|route| route.caller_id.as_ref()).map(ToString::to_string);
            let spec = RouteSpec { trunks: named(&trunks, &names.trunks), caller_id };
            put(book, route_name(prefix).to_owned(), Entry::plain(Spec::Route(spec)));
        }
        for did in &self.numbers {
            let target = match did.target {
                DidTarget::Flow(id) => names.flows.get(&id).cloned().map(TargetSpec::Flow),
                DidTarget::Queue(id) => names.queues.get(&id).cloned().map(TargetSpec::Queue),
                DidTarget::Agent(id) => names.agents.get(&id).cloned().map(TargetSpec::Agent),
            };
            if let Some(target) = target {
                put(book, did.number.to_string(), Entry::plain(Spec::Number(NumberSpec { target })));
            }
        }
    }

    fn tell_queues(&self, names: &Names, book: &mut Book) -> Result<(), Problem> {
        for flow in self.flows.iter().filter(|flow| flow.published) {
            let (title, definition) = ((&flow.title).into(), flow.definition.clone());
            let spec = FlowSpec { title, definition, canary: self.canary_spec(flow.id) };
            put(book, flow.name.to_string(), Entry::plain(Spec::Flow(spec)));
        }
        for row in &self.thresholds {
            // A row of another version may hold anything.
            if let Ok(spec) = read::<ThresholdSpec>(&row.config) {
                let spec = ThresholdSpec { title: (&row.title).into(), ..spec };
                put(book, row.name.to_string(), Entry::plain(Spec::Threshold(spec)));
            }
        }
        let mut members: HashMap<QueueId, Vec<AgentId>> = HashMap::new();
        for member in &self.members {
            members.entry(member.queue).or_default().push(member.agent);
        }
        for queue in &self.queues {
            let spec = self.queue(queue, members.get(&queue.id).map_or(&[], Vec::as_slice), names)?;
            put(book, queue.name.to_string(), Entry::plain(Spec::Queue(spec)));
        }
        Ok(())
    }

    /// What this version cannot read is not told, and so can be written anew.
    fn tell_outbound(&self, book: &mut Book) {
        for row in &self.mail_servers {
            if let Some(spec) = MailServerSpec::of(row) {
                let secrets = kept("password", row.password.reveal());
                put(book, MAIL_SERVER.to_owned(), Entry { spec: Spec::MailServer(spec), secrets });
            }
        }
        for row in &self.report_schedules {
            if let Some(spec) = ReportScheduleSpec::of(row) {
                put(book, row.name.clone(), Entry::plain(Spec::ReportSchedule(spec)));
            }
        }
        for row in &self.alert_subscriptions {
            if let Some(spec) = AlertSubscriptionSpec::of(row) {
                let secrets = kept("secret", row.secret.reveal());
                put(book, row.name.clone(), Entry { spec: Spec::AlertSubscription(spec), secrets });
            }
        }
    }

    fn queue(&self, queue: &Queue, members: &[AgentId], names: &Names) -> Result<QueueSpec, Problem> {
        let mut config = queue.config.clone();
        let mut mailbox_agents = named(&take_mailbox_agents(&mut config), &names.agents);
        mailbox_agents.sort_by(|a, b| crate::kind::in_order(a, b));
        let config: QueueSpec = read(&config).map_err(|(field, what)| {
            let what = if what == What::Unknown { What::Refused("this version does not know it".into()) } else { what };
            Problem { kind: Kind::Queue, name: queue.name.to_string(), field, what }
        })?;
        let mut members = named(members, &names.agents);
        members.sort_by(|a, b| crate::kind::in_order(a, b));
        let number = queue.number.as_ref().map(ToString::to_string);
        Ok(QueueSpec { title: (&queue.title).into(), number, members, mailbox_agents, ..config })
    }
}

/// Takes those who have a queue's mailbox out of its settings as stored. A row of another version may hold anything.
pub(crate) fn take_mailbox_agents(config: &mut serde_json::Value) -> Vec<AgentId> {
    let taken = config.as_object_mut().and_then(|fields| fields.remove(MAILBOX_AGENTS));
    taken.and_then(|ids| serde_json::from_value(ids).ok()).unwrap_or_default()
}

fn put(book: &mut Book, name: String, entry: Entry) {
    book.insert((entry.spec.kind(), name), entry);
}

fn kept(field: &'static str, value: &str) -> Vec<(&'static str, Private<String>)> {
    if value.is_empty() { Vec::new() } else { vec![(field, value.into())] }
}

fn named<Id: std::hash::Hash + Eq>(ids: &[Id], names: &HashMap<Id, String>) -> Vec<String> {
    ids.iter().filter_map(|id| names.get(id).cloned()).collect()
}

/// A single address is shown as one.
pub(crate) fn shown_network(network: &dialplan::Network) -> String {
    let text = serde_json::to_value(network).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let single = text.strip_suffix("/32").filter(|t| t.contains('.')).or_else(|| text.strip_suffix("/128"));
    single.map_or(text.clone(), str::to_owned)
}
