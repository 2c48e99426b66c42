//! What refers to what.

use std::cell::RefCell;

use directory::Role;
use flow::{Flow, MailboxName, Names};

use crate::book::Book;
use crate::content::Spec;
use crate::kind::Kind;
use crate::spec::TargetSpec;

/// A reference: the field that holds it, and what it names.
pub(crate) type Ref = (String, Kind, String);

impl Spec {
    /// Everything that it refers to.
    pub(crate) fn refs(&self) -> Vec<Ref> {
        let one = |field: &str, kind, name: &str| vec![(field.to_owned(), kind, name.to_owned())];
        let list = |field: &str, kind, names: &[String]| -> Vec<Ref> {
            names.iter().enumerate().map(|(at, name)| (format!("{field}[{at}]"), kind, name.clone())).collect()
        };
        match self {
            Self::Tenant(_) | Self::Setting(_) | Self::Disposition(_) | Self::Role(_) | Self::Trunk(_) => Vec::new(),
            Self::Agent(agent) => {
                let named = agent.address.as_ref().and_then(|address| address.reveal().strip_prefix("setting:"));
                named.map_or_else(Vec::new, |name| one("address", Kind::Setting, name))
            }
            Self::User(user) => {
                let own = |(_, role): &(usize, &String)| matches!(Role::parse(role), Some(Role::Custom(_)));
                let roles = user.roles.iter().enumerate().filter(own);
                let mut refs: Vec<Ref> =
                    roles.map(|(at, role)| (format!("roles[{at}]"), Kind::Role, role.clone())).collect();
                refs.extend(user.agent.iter().flat_map(|agent| one("agent", Kind::Agent, agent)));
                refs
            }
            Self::Team(team) => {
                let mut refs = list("agents", Kind::Agent, &team.agents);
                refs.extend(list("supervisors", Kind::User, &team.supervisors));
                refs
            }
            Self::Device(device) => {
                device.agent.as_ref().map_or_else(Vec::new, |agent| one("agent", Kind::Agent, agent))
            }
            Self::Route(route) => list("trunks", Kind::Trunk, &route.trunks),
            Self::Queue(queue) => {
                let mut refs = list("members", Kind::Agent, &queue.members);
                refs.extend(list("mailbox_agents", Kind::Agent, &queue.mailbox_agents));
                let helping = queue.overflow.iter().enumerate();
                refs.extend(
                    helping.map(|(at, step)| (format!("overflow[{at}].queue"), Kind::Queue, step.queue.clone())),
                );
                refs
            }
            Self::Flow(flow) => named_in_flow(&flow.definition),
            Self::Number(number) => match &number.target {
                TargetSpec::Flow(name) => one("target.flow", Kind::Flow, name),
                TargetSpec::Queue(name) => one("target.queue", Kind::Queue, name),
                TargetSpec::Agent(name) => one("target.agent", Kind::Agent, name),
            },
        }
    }
}

/// Answers yes to every name, and keeps them.
#[derive(Default)]
struct Heard(RefCell<Vec<Ref>>);

impl Heard {
    fn hear(&self, kind: Kind, name: &str) -> bool {
        let mut heard = self.0.borrow_mut();
        if !heard.iter().any(|(_, k, n)| *k == kind && n == name) {
            heard.push(("definition".into(), kind, name.to_owned()));
        }
        true
    }
}

impl Names for Heard {
    fn queue(&self, name: &str) -> bool {
        self.hear(Kind::Queue, name)
    }

    fn flow(&self, id: &str) -> bool {
        self.hear(Kind::Flow, id)
    }

    fn setting(&self, name: &str) -> bool {
        self.hear(Kind::Setting, name)
    }

    fn prompt(&self, _language: &str, _id: &str) -> bool {
        true
    }
}

/// A flow that cannot be read refers to nothing; what is wrong with it is said elsewhere.
fn named_in_flow(definition: &serde_json::Value) -> Vec<Ref> {
    let Ok(flow) = Flow::parse(&definition.to_string()) else { return Vec::new() };
    let heard = Heard::default();
    let _ = flow.validate(&heard);
    let mailbox = |(node, mailbox): (&str, &MailboxName)| {
        let (kind, name) = match mailbox {
            MailboxName::Agent(number) => (Kind::Agent, number),
            MailboxName::Queue(name) => (Kind::Queue, name),
        };
        (format!("definition.nodes.{node}.mailbox"), kind, name.to_string())
    };
    // What says where it stands goes first: whoever asks is told the first field.
    flow.mailboxes().map(mailbox).chain(heard.0.into_inner()).collect()
}

/// What refers to a resource, and by which field.
pub(crate) fn users(book: &Book, kind: Kind, name: &str) -> Vec<((Kind, String), String)> {
    let by = |spec: &Spec| spec.refs().into_iter().find(|(_, k, n)| *k == kind && n == name).map(|(field, ..)| field);
    let others = book.iter().filter(|(key, _)| key.0 != kind || key.1 != name);
    others.filter_map(|(key, entry)| Some((key.clone(), by(&entry.spec)?))).collect()
}

/// What refers to a resource.
pub(crate) fn used_by(book: &Book, kind: Kind, name: &str) -> Vec<(Kind, String)> {
    users(book, kind, name).into_iter().map(|(key, _)| key).collect()
}
