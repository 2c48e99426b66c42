//! From a book back to rows: names become ids again.

use std::collections::BTreeMap;

use dialplan::{Did, DidTarget, NumberForm, Route, Trunk};
use directory::{Agent, Device, Ha1, Permission, Role, User};
use serde_json::json;
use store::{
    AgentRouting, CustomRole, DispositionChoice, FlowVersion, Guard, Login, Prompt, Queue, QueueMember, RouteRow,
    Setting, StoredSecret, Team, ThresholdRow,
};
use types::leg::Text;
use types::{AgentId, DeviceId, FlowId, Private, QueueId, TeamId, TenantId, TrunkId, UserId};

use crate::content::Spec;
use crate::export::TeamConfig;
use crate::kind::Kind;
use crate::rows::Rows;
use crate::secrets::{SecretFailed, Secrets};
use crate::spec::{
    ANY_PREFIX, AgentSpec, DeviceSpec, FlowSpec, MAILBOX_AGENTS, NumberSpec, QueueSpec, RouteSpec, Secret, TargetSpec,
    TeamSpec, TrunkSpec, UserSpec,
};

/// The ids that names stand for; a name that has none yet gets a new one.
pub(crate) struct Ids<'a> {
    known: BTreeMap<(Kind, String), u64>,
    fresh: &'a mut dyn FnMut() -> u64,
}

impl<'a> Ids<'a> {
    pub(crate) fn of(rows: &Rows, fresh: &'a mut dyn FnMut() -> u64) -> Self {
        let mut known = BTreeMap::new();
        known.extend(rows.agents.iter().map(|a| ((Kind::Agent, a.number.to_string()), a.id.0)));
        known.extend(rows.users.iter().map(|u| ((Kind::User, u.user.username.to_string()), u.user.id.0)));
        known.extend(rows.teams.iter().map(|t| ((Kind::Team, t.name.to_string()), t.id.0)));
        known.extend(rows.devices.iter().map(|d| ((Kind::Device, d.name.to_string()), d.id.0)));
        known.extend(rows.trunks.iter().map(|t| ((Kind::Trunk, t.name.to_string()), t.id.0)));
        known.extend(rows.queues.iter().map(|q| ((Kind::Queue, q.name.to_string()), q.id.0)));
        known.extend(rows.flows.iter().map(|f| ((Kind::Flow, f.name.to_string()), f.id.0)));
        Self { known, fresh }
    }

    fn get(&mut self, kind: Kind, name: &str) -> u64 {
        *self.known.entry((kind, name.to_owned())).or_insert_with(|| (self.fresh)())
    }

    /// Whoever comes later under this name is somebody else.
    pub(crate) fn forget(&mut self, kind: Kind, name: &str) {
        self.known.remove(&(kind, name.to_owned()));
    }
}

/// Puts a row in the place of the one it follows, or at the end.
fn set<T>(rows: &mut Vec<T>, row: T, same: impl Fn(&T) -> bool) {
    match rows.iter_mut().find(|old| same(old)) {
        Some(old) => *old = row,
        None => rows.push(row),
    }
}

impl Rows {
    /// Takes what a resource says.
    pub(crate) fn set(
        &mut self,
        name: &str,
        spec: &Spec,
        ids: &mut Ids<'_>,
        secrets: &dyn Secrets,
    ) -> Result<(), SecretFailed> {
        let tenant = self.tenant.id;
        match spec {
            Spec::Tenant(spec) => {
                self.tenant.title = spec.title.as_str().into();
                self.tenant.utc_offset_min = spec.utc_offset_min;
            }
            Spec::Setting(spec) => {
                let row = Setting { tenant, key: name.to_owned(), value: spec.value.clone() };
                set(&mut self.settings, row, |old| old.key == name);
            }
            Spec::Secret(spec) => {
                let kept = self.secrets.iter().find(|old| old.name == name).map(|old| old.value.clone());
                let value = match &spec.value {
                    Secret::Keep => kept.unwrap_or_default(),
                    Secret::Clear => Private::default(),
                    Secret::Set(value) => value.clone(),
                };
                let row = StoredSecret { tenant, name: name.to_owned(), value };
                set(&mut self.secrets, row, |old| old.name == name);
            }
            Spec::Disposition(spec) => {
                let (place, offered) = (spec.place, spec.offered);
                let row = DispositionChoice { tenant, code: name.into(), title: (&spec.title).into(), place, offered };
                set(&mut self.dispositions, row, |old| &*old.code == name);
            }
            Spec::Agent(spec) => self.set_agent(AgentId(ids.get(Kind::Agent, name)), name, spec),
            Spec::Role(spec) => {
                let permissions = spec.permissions.iter().filter_map(|p| Permission::parse(p)).collect();
                let row = CustomRole { tenant, name: name.into(), title: (&spec.title).into(), permissions };
                set(&mut self.roles, row, |old| &*old.name == name);
            }
            Spec::User(spec) => self.set_user(name, spec, ids, secrets)?,
            Spec::Team(spec) => self.set_team(name, spec, ids),
            Spec::Device(spec) => self.set_device(name, spec, ids, secrets),
            Spec::Trunk(spec) => self.set_trunk(TrunkId(ids.get(Kind::Trunk, name)), name, spec),
            Spec::Route(spec) => self.set_route(name, spec, ids),
            Spec::Prompt(spec) => {
                let (title, words) = ((&spec.title).into(), (&spec.words).into());
                // Plain texts: they can't fail to become JSON.
                let audio = serde_json::to_value(&spec.audio).unwrap_or_default();
                let row = Prompt { tenant, name: name.to_owned(), title, words, audio };
                set(&mut self.prompts, row, |old| old.name == name);
            }
            Spec::Queue(spec) => self.set_queue(name, spec, ids),
            Spec::Flow(spec) => self.set_flow(FlowId(ids.get(Kind::Flow, name)), name, spec),
            Spec::Threshold(spec) => {
                let row =
                    ThresholdRow { tenant, name: name.into(), title: (&spec.title).into(), config: spec.config() };
                set(&mut self.thresholds, row, |old| &*old.name == name);
            }
            Spec::Number(spec) => self.set_number(name, spec, ids),
            Spec::Database(spec) => self.set_database(name, spec),
            Spec::MailServer(spec) => self.set_mail_server(spec),
            Spec::ReportSchedule(spec) => self.set_report_schedule(name, spec),
            Spec::AlertSubscription(spec) => self.set_alert_subscription(name, spec),
        }
        Ok(())
    }

    /// Removes a resource.
    pub(crate) fn remove(&mut self, kind: Kind, name: &str) {
        match kind {
            Kind::Tenant => {}
            Kind::Database => self.databases.retain(|row| row.name != name),
            Kind::Secret => self.secrets.retain(|row| row.name != name),
            Kind::Setting => self.settings.retain(|row| row.key != name),
            Kind::Disposition => self.dispositions.retain(|row| &*row.code != name),
            Kind::Agent => {
                let gone: Vec<AgentId> = self.agents.iter().filter(|a| &*a.number == name).map(|a| a.id).collect();
                self.agents.retain(|row| &*row.number != name);
                self.routing.retain(|row| !gone.contains(&row.agent));
            }
            Kind::Role => self.roles.retain(|row| &*row.name != name),
            Kind::User => {
                let gone = self.users.iter().find(|row| &*row.user.username == name).map(|row| row.user.id);
                self.users.retain(|row| &*row.user.username != name);
                self.guards.retain(|row| Some(row.user) != gone);
            }
            Kind::Team => self.teams.retain(|row| &*row.name != name),
            Kind::Device => self.devices.retain(|row| &*row.name != name),
            Kind::Trunk => self.trunks.retain(|row| &*row.name != name),
            Kind::Route => self.routes.retain(|row| *row.route.prefix != *prefix_of(name)),
            Kind::Prompt => self.prompts.retain(|row| row.name != name),
            Kind::Queue => {
                let gone: Vec<QueueId> = self.queues.iter().filter(|q| &*q.name == name).map(|q| q.id).collect();
                self.queues.retain(|row| &*row.name != name);
                self.members.retain(|row| !gone.contains(&row.queue));
            }
            Kind::Flow => {
                let gone: Vec<FlowId> = self.flows.iter().filter(|f| &*f.name == name).map(|f| f.id).collect();
                self.flows.retain(|row| &*row.name != name);
                self.canaries.retain(|row| !gone.contains(&row.flow));
            }
            Kind::Threshold => self.thresholds.retain(|row| &*row.name != name),
            Kind::Number => self.numbers.retain(|row| &*row.number != name),
            Kind::MailServer => self.mail_servers.clear(),
            Kind::ReportSchedule => self.report_schedules.retain(|row| row.name != name),
            Kind::AlertSubscription => self.alert_subscriptions.retain(|row| row.name != name),
        }
    }

    fn set_agent(&mut self, id: AgentId, number: &str, spec: &AgentSpec) {
        let text = |text: &Private<String>| Private::new(Text::from(text.reveal().as_str()));
        let row = Agent {
            id,
            tenant: self.tenant.id,
            number: number.into(),
            name: text(&spec.display_name),
            address: spec.address.as_ref().map(text),
            caller_id: spec.caller_id.as_deref().map(Into::into),
        };
        set(&mut self.agents, row, |old| old.id == id);
        self.routing.retain(|row| row.agent != id || !spec.routing.is_default());
        if !spec.routing.is_default() {
            let config = serde_json::to_value(&spec.routing).unwrap_or_default();
            let row = AgentRouting { agent: id, tenant: self.tenant.id, config };
            set(&mut self.routing, row, |old| old.agent == id);
        }
    }

    fn set_user(
        &mut self,
        name: &str,
        spec: &UserSpec,
        ids: &mut Ids<'_>,
        secrets: &dyn Secrets,
    ) -> Result<(), SecretFailed> {
        let id = UserId(ids.get(Kind::User, name));
        let old = self.users.iter().find(|old| old.user.id == id);
        let kept = old.map_or_else(Private::default, |old| old.password_hash.clone());
        let password_hash = match &spec.password {
            Secret::Keep => kept,
            Secret::Clear => Private::default(),
            // The person may keep it from now on, or may not: the password itself is the same.
            Secret::Set(password) if secrets.is_password(password.reveal(), kept.reveal()) => kept,
            Secret::Set(password) => secrets.password(password.reveal())?,
        };
        if spec.password != Secret::Keep {
            let is_set = spec.password != Secret::Clear;
            self.guard(id, is_set && spec.one_time_password, &password_hash);
        }
        let agent = spec.agent.as_ref().map(|agent| AgentId(ids.get(Kind::Agent, agent)));
        let roles = spec.roles.iter().filter_map(|role| Role::parse(role)).collect();
        let user = User { id, tenant: self.tenant.id, username: name.into(), roles, agent };
        let row = Login { user, password_hash, disabled: spec.disabled };
        set(&mut self.users, row, |old| old.user.id == id);
        Ok(())
    }

    /// Says whether the user's password is good for one sign-in alone.
    fn guard(&mut self, user: UserId, one_time_password: bool, hash: &Private<String>) {
        let old = self.guards.iter().find(|guard| guard.user == user).cloned();
        if old.is_none() && !one_time_password {
            return;
        }
        let old = old.unwrap_or_else(|| Guard::none(self.tenant.id, user));
        let guard = Guard { one_time_password, given_hash: one_time_password.then(|| hash.clone()), ..old };
        set(&mut self.guards, guard, |old| old.user == user);
    }

    fn set_team(&mut self, name: &str, spec: &TeamSpec, ids: &mut Ids<'_>) {
        let id = TeamId(ids.get(Kind::Team, name));
        let config = TeamConfig {
            title: (&spec.title).into(),
            agents: spec.agents.iter().map(|agent| AgentId(ids.get(Kind::Agent, agent))).collect(),
            supervisors: spec.supervisors.iter().map(|user| UserId(ids.get(Kind::User, user))).collect(),
        };
        // Plain data: it cannot fail to become JSON.
        let config = serde_json::to_value(config).unwrap_or_default();
        set(&mut self.teams, Team { id, tenant: self.tenant.id, name: name.into(), config }, |old| old.id == id);
    }

    fn set_device(&mut self, name: &str, spec: &DeviceSpec, ids: &mut Ids<'_>, secrets: &dyn Secrets) {
        let id = DeviceId(ids.get(Kind::Device, name));
        let none = || Ha1 { md5: "".into(), sha256: "".into() };
        let old = self.devices.iter().find(|old| old.id == id);
        let ha1 = match &spec.secret {
            Secret::Keep => old.map_or_else(none, |old| old.ha1.clone()),
            Secret::Clear => none(),
            Secret::Set(secret) => secrets.device(name, &self.tenant.name, secret.reveal()),
        };
        let agent = spec.agent.as_ref().map(|agent| AgentId(ids.get(Kind::Agent, agent)));
        let message_lamp = spec.message_lamp;
        let row = Device { id, tenant: self.tenant.id, name: name.into(), agent, ha1, message_lamp };
        set(&mut self.devices, row, |old| old.id == id);
    }

    fn set_trunk(&mut self, id: TrunkId, name: &str, spec: &TrunkSpec) {
        let old = self.trunks.iter().find(|old| old.id == id).and_then(|old| old.credentials.clone());
        let secret = match &spec.secret {
            Secret::Keep => old.map_or_else(|| "".into(), |(_, secret)| secret),
            Secret::Clear => "".into(),
            Secret::Set(secret) => Private::new(Text::from(secret.reveal().as_str())),
        };
        let row = Trunk {
            id,
            tenant: self.tenant.id,
            name: name.into(),
            accept_from: spec.accept_from.iter().filter_map(|network| network.parse().ok()).collect(),
            send_to: spec.send_to.as_deref().map(Into::into),
            credentials: spec.username.as_deref().map(|username| (username.into(), secret)),
            max_calls: spec.max_calls,
            numbers: NumberForm { format: spec.number_format, rules: spec.number_rules.clone() },
            caller_ids: spec.caller_ids.iter().map(|number| number.as_str().into()).collect(),
            pass_caller: spec.pass_caller,
            max_cps: spec.max_cps,
            probe_s: spec.probe_s,
            realm: spec.realm.as_deref().map(Into::into),
            from_domain: spec.from_domain.as_deref().map(Into::into),
            registrar: spec.registrar.as_deref().map(Into::into),
            register_s: spec.register_s,
            contact_user: spec.contact_user.as_deref().map(Into::into),
        };
        set(&mut self.trunks, row, |old| old.id == id);
    }

    fn set_route(&mut self, name: &str, spec: &RouteSpec, ids: &mut Ids<'_>) {
        let prefix = Text::from(prefix_of(name));
        self.routes.retain(|row| row.route.prefix != prefix);
        for (priority, trunk) in (0..).zip(&spec.trunks) {
            let trunk = TrunkId(ids.get(Kind::Trunk, trunk));
            let caller_id = spec.caller_id.as_deref().map(Into::into);
            let route = Route { prefix: prefix.clone(), trunk, priority, caller_id };
            self.routes.push(RouteRow { tenant: self.tenant.id, route });
        }
    }

    fn set_queue(&mut self, name: &str, spec: &QueueSpec, ids: &mut Ids<'_>) {
        let (id, tenant) = (QueueId(ids.get(Kind::Queue, name)), self.tenant.id);
        let number = spec.number.as_deref().map(Into::into);
        let (title, mut config) = ((&spec.title).into(), spec.config());
        let having: Vec<AgentId> =
            spec.mailbox_agents.iter().map(|agent| AgentId(ids.get(Kind::Agent, agent))).collect();
        if !having.is_empty() {
            config[MAILBOX_AGENTS] = json!(having);
        }
        set(&mut self.queues, Queue { id, tenant, number, name: name.into(), title, config }, |old| old.id == id);
        let agents: Vec<AgentId> = spec.members.iter().map(|agent| AgentId(ids.get(Kind::Agent, agent))).collect();
        self.members.retain(|row| row.queue != id || agents.contains(&row.agent));
        for agent in agents {
            if !self.members.iter().any(|row| row.queue == id && row.agent == agent) {
                self.members.push(QueueMember { queue: id, agent, tenant, config: json!({}) });
            }
        }
    }

    /// The graph becomes a new version when it differs; a title alone does not.
    fn set_flow(&mut self, id: FlowId, name: &str, spec: &FlowSpec) {
        let title = (&spec.title).into();
        let walked = self.flows.iter_mut().find(|row| row.id == id && row.published);
        if let Some(row) = walked.filter(|row| row.definition == spec.definition) {
            row.title = title;
            let row = row.clone();
            return self.set_canary(&row, true, spec.canary.as_ref());
        }
        // What a share of the callers walks already, all of them walk from now on: it stays the version that it is.
        let promoted = self.canary_of(id).map(|(_, row)| row).filter(|row| row.definition == spec.definition);
        let newest = self.flows.iter().filter(|row| row.id == id).map(|row| row.version).max();
        let version = promoted.map_or_else(|| newest.map_or(1, |newest| newest + 1), |row| row.version);
        for row in self.flows.iter_mut().filter(|row| row.id == id) {
            row.published = false;
        }
        let (tenant, definition) = (self.tenant.id, spec.definition.clone());
        let row = FlowVersion { id, version, tenant, name: name.into(), title, definition, published: true };
        set(&mut self.flows, row.clone(), |old| old.id == id && old.version == version);
        self.set_canary(&row, false, spec.canary.as_ref());
    }

    fn set_number(&mut self, name: &str, spec: &NumberSpec, ids: &mut Ids<'_>) {
        let target = match &spec.target {
            TargetSpec::Flow(flow) => DidTarget::Flow(FlowId(ids.get(Kind::Flow, flow))),
            TargetSpec::Queue(queue) => DidTarget::Queue(QueueId(ids.get(Kind::Queue, queue))),
            TargetSpec::Agent(agent) => DidTarget::Agent(AgentId(ids.get(Kind::Agent, agent))),
        };
        let tenant: TenantId = self.tenant.id;
        set(&mut self.numbers, Did { number: name.into(), tenant, target }, |old| &*old.number == name);
    }
}

fn prefix_of(name: &str) -> &str {
    if name == ANY_PREFIX { "" } else { name }
}
