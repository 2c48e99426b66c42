//! From rows of settings to a tenant that the center can work with.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use acd::{AgentConfig, QueueConfig};
use center::Setup;
use dialplan::{Did, Plan, Route, Trunk};
use directory::{Agent, Device, Directory, Tenant};
use flow::{Flow, Names};
use store::{AgentForwarding, FlowVersion, Queue, QueueMember, RouteRow, Setting, Store};
use types::leg::Text;
use types::register::DigestChoice;
use types::{AgentId, FlowId, QueueId};

/// An agent at a fixed address who missed a call is tried again after this, seconds.
const RETURN_AFTER_S: u32 = 1;

/// Why a tenant's settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A setting makes no sense.
    #[error("tenant {tenant}: {what}: {why}")]
    Invalid {
        /// The tenant's name.
        tenant: Text,
        /// Which setting.
        what: String,
        /// What is wrong.
        why: String,
    },
}

/// Loads a tenant. `overrides`: named values given at the start, which win over stored ones.
///
/// # Errors
/// See [`SettingsError`].
pub(crate) async fn load(
    store: &Store,
    tenant: &Tenant,
    overrides: &BTreeMap<String, String>,
) -> Result<Setup, SettingsError> {
    let id = tenant.id;
    let invalid = |what: String, why: String| SettingsError::Invalid { tenant: tenant.name.clone(), what, why };
    let values = values(store.list::<Setting>(id).await?, overrides);
    let mut directory = Directory::new(tenant.clone());
    for mut agent in store.list::<Agent>(id).await? {
        agent.address = agent.address.map(|a| resolve(&values, a));
        directory.add_agent(agent).map_err(|e| invalid("agent".into(), e.to_string()))?;
    }
    for device in store.list::<Device>(id).await? {
        directory.add_device(device).map_err(|e| invalid("device".into(), e.to_string()))?;
    }
    for row in store.list::<AgentForwarding>(id).await? {
        directory.set_forwarding(row.agent, row.rules);
    }
    let queues =
        queues(store.list::<Queue>(id).await?, tenant).map_err(|(q, why)| invalid(format!("queue {q}"), why))?;
    let agents = agents(&directory, store.list::<QueueMember>(id).await?);
    let dids = store.list::<Did>(id).await?;
    let routes: Vec<Route> = store.list::<RouteRow>(id).await?.into_iter().map(|r| r.route).collect();
    let plan = Plan::new(store.list::<Trunk>(id).await?, dids, routes);
    let plan = plan.map_err(|e| invalid("dialplan".into(), e.to_string()))?;
    let flows = flows(store.published_flows(id).await?, &queues, &values)
        .map_err(|(f, why)| invalid(format!("flow {f}"), why))?;
    if let Some(value) = values.get(DigestChoice::SETTING).filter(|value| DigestChoice::parse(value).is_none()) {
        let why = format!("`{value}` is none of {}", DigestChoice::NAMES.join(", "));
        return Err(invalid(DigestChoice::SETTING.into(), why));
    }
    let settings = values.into_iter().collect();
    Ok(Setup { directory, plan, queues, agents, flows, settings, seed: id.0 })
}

fn values(stored: Vec<Setting>, overrides: &BTreeMap<String, String>) -> HashMap<Text, Text> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(Text::from(text.as_str())),
        serde_json::Value::Number(number) => Some(Text::from(number.to_string())),
        _ => None,
    };
    let stored = stored.into_iter().filter_map(|s| Some((Text::from(s.key), text(&s.value)?)));
    let given = overrides.iter().map(|(k, v)| (Text::from(k.as_str()), Text::from(v.as_str())));
    stored.chain(given).collect()
}

/// An address may refer to a named value as `setting:NAME`.
fn resolve(values: &HashMap<Text, Text>, address: types::Private<Text>) -> types::Private<Text> {
    let named = address.reveal().strip_prefix("setting:").and_then(|name| values.get(name));
    named.cloned().map_or(address, types::Private::new)
}

fn queues(rows: Vec<Queue>, tenant: &Tenant) -> Result<Vec<QueueConfig>, (Text, String)> {
    let mut queues = Vec::new();
    for row in rows {
        let wrong = |why: String| (row.name.clone(), why);
        let mut config = row.config.clone();
        let Some(object) = config.as_object_mut() else { return Err(wrong("is no object".into())) };
        object.insert("id".into(), row.id.to_string().into());
        object.insert("tenant".into(), row.tenant.to_string().into());
        object.insert("name".into(), row.name.to_string().into());
        object.insert("number".into(), row.number.as_deref().unwrap_or("").into());
        object.entry("utc_offset_min").or_insert(tenant.utc_offset_min.into());
        let queue: QueueConfig = serde_json::from_value(config).map_err(|e| wrong(e.to_string()))?;
        queue.validate().map_err(|e| wrong(e.to_string()))?;
        queues.push(queue);
    }
    Ok(queues)
}

fn agents(directory: &Directory, members: Vec<QueueMember>) -> Vec<AgentConfig> {
    let mut serves: HashMap<AgentId, Vec<QueueId>> = HashMap::new();
    for member in members {
        serves.entry(member.agent).or_default().push(member.queue);
    }
    let config = |agent: &Agent| {
        let queues = serves.get(&agent.id).map_or(&[][..], Vec::as_slice);
        let mut config = AgentConfig::new(agent.id, agent.tenant, &agent.number, queues);
        // Nobody sits there who could press "ready" after a missed call.
        config.return_after_s = agent.address.is_some().then_some(RETURN_AFTER_S);
        config
    };
    directory.agents().map(config).collect()
}

struct Known<'a> {
    settings: &'a HashMap<Text, Text>,
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

    /// A prompt that is missing is skipped and said when it is to be played; the flow still works.
    fn prompt(&self, _language: &str, _id: &str) -> bool {
        true
    }
}

fn flows(
    rows: Vec<FlowVersion>,
    queues: &[QueueConfig],
    settings: &HashMap<Text, Text>,
) -> Result<HashMap<FlowId, Arc<Flow>>, (Text, String)> {
    let problems = |p: Vec<flow::Problem>| p.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let mut flows = HashMap::new();
    for row in rows {
        let flow = Flow::parse(&row.definition.to_string()).map_err(|p| (row.name.clone(), problems(p)))?;
        flows.insert(row.id, Arc::new(flow));
    }
    let known = Known {
        settings,
        queues: queues.iter().map(|q| q.name.clone()).collect(),
        flows: flows.values().map(|f| f.id.clone()).collect(),
    };
    for flow in flows.values() {
        let wrong = flow.validate(&known);
        if !wrong.is_empty() {
            return Err((flow.name.clone(), problems(wrong)));
        }
    }
    Ok(flows)
}
