//! From rows to what a center is made of, with everything checked that it relies on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use acd::{AgentConfig, QueueConfig};
use alert::Threshold;
use dialplan::{Numbering, Plan, PlanError, Route};
use directory::{Agent, Directory, Tenant};
use flow::{Database, Flow, MailboxName, Names};
use store::{Queue, Setting, StoredDatabase, StoredSecret, ThresholdRow};
use types::leg::Text;
use types::register::DigestChoice;
use types::{AgentId, FlowId, Private, QueueId, TeamId};

use crate::canary_rows::canary;
use crate::database::DatabaseSpec;
use crate::export::{TeamConfig, take_mailbox_agents};
use crate::kind::Kind;
use crate::names::route_name;
use crate::problem::{Problem, What};
use crate::rows::Rows;
use crate::spec::ThresholdSpec;

/// An agent at a fixed address who missed a call is tried again after this, seconds.
const RETURN_AFTER_S: u32 = 1;

/// A tenant's settings, checked and complete.
#[derive(Clone, Debug)]
pub struct Parts {
    /// People and telephones.
    pub directory: Directory,
    /// Numbers, trunks and routes.
    pub plan: Plan,
    /// Queues.
    pub queues: Vec<QueueConfig>,
    /// Agents as the router sees them.
    pub agents: Vec<AgentConfig>,
    /// Whose the mailboxes of queues are that not all who serve the queue have.
    pub mailbox_agents: HashMap<QueueId, Vec<AgentId>>,
    /// Flows by id.
    pub flows: HashMap<FlowId, Arc<Flow>>,
    /// Named values.
    pub settings: HashMap<Text, Text>,
    /// What somebody wants to be told of.
    pub thresholds: Vec<Threshold>,
    /// Secrets that flows show to other systems.
    pub secrets: HashMap<Text, Private<Text>>,
    /// Databases that flows look into.
    pub databases: HashMap<Text, Database>,
}

impl Parts {
    /// Of a tenant with nothing set up.
    pub fn nothing(tenant: Tenant) -> Self {
        Self {
            directory: Directory::new(tenant),
            plan: Plan::default(),
            queues: Vec::new(),
            agents: Vec::new(),
            mailbox_agents: HashMap::new(),
            flows: HashMap::new(),
            settings: HashMap::new(),
            thresholds: Vec::new(),
            secrets: HashMap::new(),
            databases: HashMap::new(),
        }
    }
}

fn problem(kind: Kind, name: &str, field: &str, what: What) -> Problem {
    Problem { kind, name: name.to_owned(), field: field.to_owned(), what }
}

fn refused(kind: Kind, name: &str, why: impl ToString) -> Problem {
    problem(kind, name, "", What::Refused(why.to_string()))
}

/// Makes the parts of a center. `given`: named values that win over stored ones.
///
/// # Errors
/// The first thing that is wrong; of flows, all that is.
pub fn assemble(rows: &Rows, given: &BTreeMap<String, String>) -> Result<Parts, Vec<Problem>> {
    let settings = values(&rows.settings, given);
    if let Some(value) = settings.get(DigestChoice::SETTING).filter(|value| DigestChoice::parse(value).is_none()) {
        let why = format!("`{value}` is none of {}", DigestChoice::NAMES.join(", "));
        return Err(vec![problem(Kind::Setting, DigestChoice::SETTING, "value", What::Refused(why))]);
    }
    let mut directory = Directory::new(rows.tenant.clone());
    for agent in &rows.agents {
        let address = agent.address.clone().map(|address| resolve(&settings, address));
        let taken = directory.add_agent(Agent { address, ..agent.clone() });
        taken.map_err(|e| refused(Kind::Agent, &agent.number, e))?;
    }
    for device in &rows.devices {
        directory.add_device(device.clone()).map_err(|e| refused(Kind::Device, &device.name, e))?;
    }
    let queues = queues(rows)?;
    let agents = agents(&directory, rows);
    let routes: Vec<Route> = rows.routes.iter().map(|row| row.route.clone()).collect();
    let numbering = Numbering::from_settings(|name| settings.get(name).map(|value| &**value));
    let numbering = numbering.map_err(|e| problem(Kind::Setting, e.setting, "value", What::Refused(e.to_string())))?;
    let plan = Plan::new(numbering, rows.trunks.clone(), rows.numbers.clone(), routes).map_err(|e| match e {
        PlanError::NotOurs { route, number } => {
            problem(Kind::Route, route_name(&route), "caller_id", What::NotOurs(number.to_string()))
        }
        other => refused(Kind::Tenant, &rows.tenant.name, other),
    })?;
    let flows = flows(rows, &queues, &settings)?;
    let secret = |row: &StoredSecret| (row.name.as_str().into(), Private::new(row.value.reveal().as_str().into()));
    let secrets = rows.secrets.iter().map(secret).collect();
    let database = |row: &StoredDatabase| Some((row.name.as_str().into(), DatabaseSpec::of(row)?.reached()));
    let databases = rows.databases.iter().filter_map(database).collect();
    let mailbox_agents = mailbox_agents(&rows.queues);
    let thresholds = thresholds(rows);
    Ok(Parts { directory, plan, queues, agents, mailbox_agents, flows, settings, thresholds, secrets, databases })
}

fn values(stored: &[Setting], given: &BTreeMap<String, String>) -> HashMap<Text, Text> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(Text::from(text.as_str())),
        serde_json::Value::Number(number) => Some(Text::from(number.to_string())),
        _ => None,
    };
    let stored = stored.iter().filter_map(|s| Some((Text::from(s.key.as_str()), text(&s.value)?)));
    stored.chain(given.iter().map(|(k, v)| (Text::from(k.as_str()), Text::from(v.as_str())))).collect()
}

/// An address may refer to a named value as `setting:NAME`.
fn resolve(values: &HashMap<Text, Text>, address: Private<Text>) -> Private<Text> {
    let named = address.reveal().strip_prefix("setting:").and_then(|name| values.get(name));
    named.cloned().map_or(address, Private::new)
}

fn queues(rows: &Rows) -> Result<Vec<QueueConfig>, Problem> {
    let queue = |row: &Queue| {
        let wrong = |field: &str, why: String| problem(Kind::Queue, &row.name, field, What::Refused(why));
        let mut config = row.config.clone();
        take_mailbox_agents(&mut config);
        let Some(fields) = config.as_object_mut() else { return Err(wrong("", "is no object".into())) };
        fields.insert("id".into(), row.id.to_string().into());
        fields.insert("tenant".into(), row.tenant.to_string().into());
        fields.insert("name".into(), row.name.to_string().into());
        fields.insert("number".into(), row.number.as_deref().unwrap_or("").into());
        helpers(fields, rows).map_err(|(field, why)| wrong(&field, why))?;
        fields.entry("utc_offset_min").or_insert(rows.tenant.utc_offset_min.into());
        let queue: QueueConfig = serde_json::from_value(config).map_err(|e| wrong("", e.to_string()))?;
        queue.validate().map_err(|e| wrong(e.field, e.why.into()))?;
        Ok(queue)
    };
    rows.queues.iter().map(queue).collect()
}

fn mailbox_agents(queues: &[Queue]) -> HashMap<QueueId, Vec<AgentId>> {
    let of = queues.iter().map(|queue| (queue.id, take_mailbox_agents(&mut queue.config.clone())));
    of.filter(|(_, agents)| !agents.is_empty()).collect()
}

/// What a row of another version holds and this one cannot read is not watched.
fn thresholds(rows: &Rows) -> Vec<Threshold> {
    let queue = |name: &String| rows.queues.iter().find(|queue| *queue.name == **name).map(|queue| queue.id);
    let threshold = |row: &ThresholdRow| {
        let spec: ThresholdSpec = serde_json::from_value(row.config.clone()).ok()?;
        Some(Threshold {
            name: row.name.clone(),
            title: row.title.clone(),
            queues: spec.queues.iter().filter_map(queue).collect(),
            measure: spec.measure,
            warning: spec.warning,
            critical: spec.critical,
            hold_s: spec.hold_s,
            margin: spec.margin,
        })
    };
    rows.thresholds.iter().filter_map(threshold).collect()
}

/// The queues and teams whose agents are let in are stored by name.
fn helpers(fields: &mut serde_json::Map<String, serde_json::Value>, rows: &Rows) -> Result<(), (String, String)> {
    let steps = fields.get_mut("overflow").and_then(serde_json::Value::as_array_mut);
    for (at, step) in steps.into_iter().flatten().enumerate() {
        if let Some(queue) = step.get_mut("queue") {
            let named = rows.queues.iter().find(|other| queue.as_str() == Some(&*other.name));
            let named = named.ok_or_else(|| (format!("overflow[{at}].queue"), "is no queue".to_owned()))?;
            *queue = named.id.to_string().into();
        }
        if let Some(team) = step.get_mut("team") {
            let named = rows.teams.iter().find(|other| team.as_str() == Some(&*other.name));
            let named = named.ok_or_else(|| (format!("overflow[{at}].team"), "is no team".to_owned()))?;
            *team = named.id.to_string().into();
        }
    }
    Ok(())
}

fn agents(directory: &Directory, rows: &Rows) -> Vec<AgentConfig> {
    let mut serves: HashMap<AgentId, Vec<QueueId>> = HashMap::new();
    for member in &rows.members {
        serves.entry(member.agent).or_default().push(member.queue);
    }
    let mut teams: HashMap<AgentId, Vec<TeamId>> = HashMap::new();
    for team in &rows.teams {
        for agent in TeamConfig::of(rows, team.id).agents {
            teams.entry(agent).or_default().push(team.id);
        }
    }
    let config = |agent: &Agent| {
        let queues = serves.get(&agent.id).map_or(&[][..], Vec::as_slice);
        let mut config = AgentConfig::new(agent.id, agent.tenant, &agent.number, queues);
        config.teams = teams.get(&agent.id).cloned().unwrap_or_default();
        // Nobody sits there who could press "ready" after a missed call.
        let routing = rows.routing_of(agent.id);
        config.skills = routing.skills.iter().map(|(skill, level)| (Text::from(skill.as_str()), *level)).collect();
        (config.order, config.weight) = (routing.order, routing.weight);
        config.return_after_s = agent.address.is_some().then_some(RETURN_AFTER_S);
        config
    };
    directory.agents().map(config).collect()
}

struct Known<'a> {
    settings: &'a HashMap<Text, Text>,
    secrets: HashSet<&'a str>,
    databases: HashSet<&'a str>,
    queues: HashSet<Text>,
    flows: HashSet<Text>,
}

impl Names for Known<'_> {
    fn queue(&self, name: &str) -> bool {
        self.queues.contains(name)
    }

    fn flow(&self, id: &str) -> bool {
        self.flows.contains(id)
    }

    fn setting(&self, name: &str) -> bool {
        self.settings.contains_key(name)
    }

    fn secret(&self, name: &str) -> bool {
        self.secrets.contains(name)
    }

    fn database(&self, name: &str) -> bool {
        self.databases.contains(name)
    }

    // What is missing of these is passed over and said when it is wanted; the flow still works. Nobody publishes a flow that
    // lacks one, but a tenant with an older one is served all the same.
    fn prompt(&self, _language: &str, _id: &str) -> bool {
        true
    }

    fn agent(&self, _number: &str) -> bool {
        true
    }

    fn mailbox(&self, _name: &MailboxName) -> bool {
        true
    }
}

fn flows(
    all: &Rows,
    queues: &[QueueConfig],
    settings: &HashMap<Text, Text>,
) -> Result<HashMap<FlowId, Arc<Flow>>, Vec<Problem>> {
    let rows = &all.flows;
    let wrong = |name: &str, field: &str, found: Vec<flow::Problem>| {
        let said = |found| problem(Kind::Flow, name, field, What::Flow(Box::new(found)));
        found.into_iter().map(said).collect::<Vec<_>>()
    };
    let (mut flows, mut problems) = (HashMap::new(), Vec::new());
    for row in rows.iter().filter(|row| row.published) {
        match Flow::parse(&row.definition.to_string()) {
            Ok(mut flow) => {
                flow.revision = row.version;
                match canary(all, row.id) {
                    Ok(canary) => flow.canary = canary,
                    Err(found) => problems.extend(wrong(&row.name, "canary.definition", found)),
                }
                flows.insert(row.id, Arc::new(flow));
            }
            Err(found) => problems.extend(wrong(&row.name, "definition", found)),
        }
    }
    let known = Known {
        settings,
        databases: all.databases.iter().map(|database| database.name.as_str()).collect(),
        secrets: all.secrets.iter().map(|secret| secret.name.as_str()).collect(),
        queues: queues.iter().map(|q| q.name.clone()).collect(),
        flows: rows.iter().filter(|row| row.published).map(|row| row.name.clone()).collect(),
    };
    for row in rows.iter().filter(|row| row.published) {
        let Some(flow): Option<&Arc<Flow>> = flows.get(&row.id) else { continue };
        problems.extend(wrong(&row.name, "definition", flow.validate(&known)));
        let canary = flow.canary.as_ref().map(|canary| canary.flow.validate(&known));
        problems.extend(wrong(&row.name, "canary.definition", canary.unwrap_or_default()));
    }
    if problems.is_empty() { Ok(flows) } else { Err(problems) }
}
