//! The company in which the day takes place: the demo tenant's flows, its queues, its people.

use std::collections::HashMap;
use std::sync::Arc;

use acd::{AgentConfig, QueueConfig};
use center::Setup;
use dialplan::{Did, DidTarget, Numbering, Plan, Route, Trunk};
use directory::{Agent, Device, Directory, Ha1, Tenant};
use flow::Flow;
use types::forward::{ForwardTo, Forwarding};
use types::leg::Text;
use types::{AgentId, DeviceId, FlowId, Private, QueueId, TenantId, TrunkId};

pub(crate) const TENANT: TenantId = TenantId(1);
pub(crate) const SALES: QueueId = QueueId(11);
pub(crate) const SUPPORT: QueueId = QueueId(12);
pub(crate) const OPERATOR: QueueId = QueueId(13);
pub(crate) const CARRIER: TrunkId = TrunkId(21);
const SPARE_CARRIER: TrunkId = TrunkId(22);

pub(crate) const MENU_NUMBER: &str = "95001";
pub(crate) const SALES_NUMBER: &str = "95003";
pub(crate) const SUPPORT_NUMBER: &str = "95013";
pub(crate) const BOSS_NUMBER: &str = "95014";
/// How the numbers of platinum customers begin; no other caller's does.
pub(crate) const PLATINUM: &str = "1380";
pub(crate) const CARRIER_NUMBER: &str = "95015";

/// The boss's line: a greeting, then the boss, who is an agent like all others; else an agent of support,
/// until when the caller hears ringing; and a question at the end.
const BOSS: &str = r#"{"version": 1, "id": "boss", "name": "boss", "language": "zh", "start": "hello", "nodes": {
  "hello": {"kind": "play", "prompt": "short_greeting", "outlets": {"done": "boss"}},
  "boss": {"kind": "transfer", "target": "number:1001", "ring_timeout_s": 12,
    "outlets": {"failed": "desk", "done": "survey"}},
  "desk": {"kind": "queue", "queue": "support", "outlets": {"agent_left": "survey", "caller_left": "callback"}},
  "survey": {"kind": "survey", "question": "csat", "prompt": "survey_ask", "keys": "123"},
  "callback": {"kind": "callback", "queue": "support"}}}"#;

/// A line to the outside, with ringing until somebody answers.
const ELSEWHERE: &str = r#"{"version": 1, "id": "elsewhere", "name": "elsewhere", "language": "zh", "start": "out", "nodes": {
  "out": {"kind": "transfer", "target": "number:13900003333", "ring_timeout_s": 30, "outlets": {"failed": "desk"}},
  "desk": {"kind": "queue", "queue": "sales", "answer": false}}}"#;

/// The first agent's number; the others follow.
const FIRST_AGENT: usize = 1001;
/// One in so many agents helps out at the operator's desk.
const OPERATORS: usize = 10;
/// One in so many agents works in a browser.
const PAGES: usize = 3;
/// The host part of agents' telephones.
const PHONES: &str = "phones.invalid";

const MAIN_MENU: &str = include_str!("../../../packs/demo/flows/main_menu.json");
const SALES_DIRECT: &str = include_str!("../../../packs/demo/flows/sales_direct.json");

pub(crate) fn agent_id(index: usize) -> AgentId {
    AgentId(10_000 + index as u64)
}

pub(crate) fn agent_index(agent: AgentId) -> usize {
    (agent.0 - 10_000) as usize
}

pub(crate) fn device_id(index: usize) -> DeviceId {
    DeviceId(50_000 + index as u64)
}

pub(crate) fn agent_number(index: usize) -> Text {
    (FIRST_AGENT + index).to_string().into()
}

/// Whether an agent works in a browser.
pub(crate) const fn has_page(index: usize) -> bool {
    index.is_multiple_of(PAGES)
}

/// The contact of an agent's telephone.
pub(crate) fn contact(index: usize, line: u32) -> Text {
    format!("sip:{}-{line}@{PHONES}", FIRST_AGENT + index).into()
}

/// Whose telephone an address is; none for numbers outside.
pub(crate) fn whose(uri: &str) -> Option<usize> {
    let (user, host) = uri.strip_prefix("sip:")?.split_once('@')?;
    let (number, _) = user.split_once('-').filter(|_| host == PHONES)?;
    number.parse::<usize>().ok()?.checked_sub(FIRST_AGENT)
}

/// The queues an agent serves.
pub(crate) fn queues_of(index: usize, agents: usize) -> Vec<QueueId> {
    // As many serve sales as support; in small companies everyone helps.
    let mut queues = vec![if index * 20 < agents * 11 { SALES } else { SUPPORT }];
    if index.is_multiple_of(OPERATORS) {
        queues.push(OPERATOR);
    }
    queues
}

fn queue(id: QueueId, name: &str, wrap_up_s: u32) -> QueueConfig {
    QueueConfig {
        wrap_up_s,
        max_wait_s: Some(300),
        announce_position_s: Some(45),
        announce_wait_s: Some(90),
        announce_agent_number: id != OPERATOR,
        no_agent: if id == OPERATOR { acd::NoAgentPolicy::Wait } else { acd::NoAgentPolicy::Leave },
        strategy: if id == SUPPORT { acd::Strategy::RoundRobin } else { acd::Strategy::LongestIdle },
        ..QueueConfig::new(id, TENANT, name)
    }
}

fn trunk(id: TrunkId, host: &str) -> Trunk {
    let send_to = Some(format!("sip:{host}").into());
    Trunk { send_to, ..Trunk::new(id, TENANT, host) }
}

fn plan() -> Plan {
    let did = |number: &str, target| Did { number: number.into(), tenant: TENANT, target };
    let dids = vec![
        did(MENU_NUMBER, DidTarget::Flow(FlowId(1))),
        did(SALES_NUMBER, DidTarget::Flow(FlowId(2))),
        did(SUPPORT_NUMBER, DidTarget::Queue(SUPPORT)),
        did(BOSS_NUMBER, DidTarget::Flow(FlowId(3))),
        did(CARRIER_NUMBER, DidTarget::Flow(FlowId(4))),
    ];
    let route = |trunk, priority| Route { prefix: "1".into(), trunk, priority, caller_id: None };
    let trunks = vec![trunk(CARRIER, "carrier.invalid"), trunk(SPARE_CARRIER, "spare.invalid")];
    Plan::new(Numbering::default(), trunks, dids, vec![route(CARRIER, 0), route(SPARE_CARRIER, 1)])
        .expect("the plan is consistent")
}

/// Some lead calls on that they don't take: to a colleague, who may do the same, to a queue, to the outside; and a few
/// lead all of them on, in a circle where there are few enough.
fn rules(index: usize, agents: usize) -> Forwarding {
    let colleague = ForwardTo::parse(&agent_number((index + 1) % agents)).ok();
    let queue = ForwardTo::parse("queue:support").ok();
    let outside = ForwardTo::parse("13900004444").ok();
    let rules = Forwarding::default();
    match index % 16 {
        1 => Forwarding { no_answer: colleague, after_s: 8, ..rules },
        3 => Forwarding { busy: queue, unreachable: outside, ..rules },
        5 => Forwarding { busy: colleague, no_answer: outside, ..rules },
        7 => Forwarding { always: colleague, ..rules },
        _ => rules,
    }
}

fn people(agents: usize) -> Directory {
    let tenant = Tenant { id: TENANT, name: "demo".into(), title: "Demo".into(), demo: true, utc_offset_min: 480 };
    let mut directory = Directory::new(tenant);
    for index in 0..agents {
        let (id, number) = (agent_id(index), agent_number(index));
        let agent = Agent {
            id,
            tenant: TENANT,
            number: number.clone(),
            name: Private::new("".into()),
            address: None,
            caller_id: None,
        };
        directory.add_agent(agent).expect("numbers differ");
        let none = || Private::new(Text::from(""));
        let ha1 = Ha1 { md5: none(), sha256: none() };
        let device =
            Device { id: device_id(index), tenant: TENANT, name: number, agent: Some(id), ha1, message_lamp: true };
        directory.add_device(device).expect("names differ");
        directory.set_forwarding(id, rules(index, agents));
    }
    directory
}

pub(crate) fn setup(seed: u64, agents: usize) -> Setup {
    let flow = |json| Arc::new(Flow::parse(json).expect("the demo's flows are valid"));
    let config = |i| AgentConfig::new(agent_id(i), TENANT, &agent_number(i), &queues_of(i, agents));
    Setup {
        secrets: HashMap::new(),
        databases: HashMap::new(),
        directory: people(agents),
        plan: plan(),
        queues: vec![queue(SALES, "sales", 15), queue(SUPPORT, "support", 20), queue(OPERATOR, "operator", 0)],
        agents: (0..agents).map(config).collect(),
        mailbox_agents: HashMap::new(),
        thresholds: Vec::new(),
        flows: [MAIN_MENU, SALES_DIRECT, BOSS, ELSEWHERE]
            .iter()
            .zip(1..)
            .map(|(f, id)| (FlowId(id), flow(f)))
            .collect(),
        settings: HashMap::from([("routing.priority".into(), format!("caller:{PLATINUM}*=1000").into())]),
        seed,
    }
}
