//! What refers to what.

use std::cell::RefCell;
use std::collections::BTreeSet;

use directory::Role;
use flow::{Flow, MUSIC, MailboxName, Names};

use crate::book::Book;
use crate::content::Spec;
use crate::kind::Kind;
use crate::outbound::ReportBy;
use crate::shipped::{SHIPPED_MUSIC, shipped_prompts};
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
            Self::Tenant(_)
            | Self::Setting(_)
            | Self::Secret(_)
            | Self::Disposition(_)
            | Self::Role(_)
            | Self::Trunk(_)
            | Self::Prompt(_) => Vec::new(),
            Self::MailServer(_) | Self::AlertSubscription(_) => Vec::new(),
            Self::ReportSchedule(schedule) => {
                let kind = match schedule.by {
                    ReportBy::Queue => Kind::Queue,
                    ReportBy::Agent => Kind::Agent,
                    ReportBy::Team => Kind::Team,
                    ReportBy::Flow => Kind::Flow,
                    // Numbers that are ours no more have figures all the same.
                    ReportBy::Number | ReportBy::Direction => return Vec::new(),
                };
                list("subjects", kind, &schedule.subjects)
            }
            Self::Database(database) => {
                database.secret.as_ref().map_or_else(Vec::new, |secret| one("secret", Kind::Secret, secret))
            }
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
                for (at, step) in queue.overflow.iter().enumerate() {
                    let helpers = [("queue", Kind::Queue, &step.queue), ("team", Kind::Team, &step.team)];
                    let named = helpers.into_iter().filter(|(_, _, name)| !name.is_empty());
                    refs.extend(
                        named.map(|(field, kind, name)| (format!("overflow[{at}].{field}"), kind, name.clone())),
                    );
                }
                refs.extend(one("music", Kind::Prompt, &queue.music));
                refs
            }
            Self::Threshold(threshold) => list("queues", Kind::Queue, &threshold.queues),
            Self::Flow(flow) => {
                let mut refs = named_in_flow(&flow.definition);
                refs.extend(flow.canary.iter().flat_map(|canary| named_in_flow(&canary.definition)));
                refs
            }
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

    fn secret(&self, name: &str) -> bool {
        self.hear(Kind::Secret, name)
    }

    fn database(&self, name: &str) -> bool {
        self.hear(Kind::Database, name)
    }

    fn prompt(&self, _language: &str, id: &str) -> bool {
        self.hear(Kind::Prompt, id)
    }

    fn agent(&self, number: &str) -> bool {
        self.hear(Kind::Agent, number)
    }

    /// It is told with its field, see below.
    fn mailbox(&self, _name: &MailboxName) -> bool {
        true
    }
}

/// Knows what only a flow that is published anew has to find; the rest is looked for wherever flows are read.
struct Found<'a>(&'a Book);

impl Found<'_> {
    fn has(&self, kind: Kind, name: &str) -> bool {
        self.0.contains_key(&(kind, name.to_owned()))
    }
}

impl Names for Found<'_> {
    fn queue(&self, _name: &str) -> bool {
        true
    }

    fn flow(&self, _id: &str) -> bool {
        true
    }

    fn setting(&self, _name: &str) -> bool {
        true
    }

    fn secret(&self, _name: &str) -> bool {
        true
    }

    fn database(&self, _name: &str) -> bool {
        true
    }

    /// One that is there in another language alone is no slip of the pen: callers hear the next piece.
    fn prompt(&self, language: &str, id: &str) -> bool {
        let ships = if language == MUSIC { id == SHIPPED_MUSIC } else { shipped_prompts().contains_key(id) };
        ships || self.has(Kind::Prompt, id)
    }

    fn agent(&self, number: &str) -> bool {
        self.has(Kind::Agent, number)
    }

    fn mailbox(&self, name: &MailboxName) -> bool {
        match name {
            MailboxName::Agent(number) => self.has(Kind::Agent, number),
            MailboxName::Queue(name) => self.has(Kind::Queue, name),
        }
    }
}

/// The prompts, agents and mailboxes that a flow names and that there are not, each with its node and field.
pub(crate) fn missing_in_flow(book: &Book, definition: &serde_json::Value) -> Vec<flow::Problem> {
    use flow::What;
    let Ok(flow) = Flow::parse(&definition.to_string()) else { return Vec::new() };
    let mut found = flow.validate(&Found(book));
    found.retain(|problem| {
        matches!(
            problem.what,
            What::UnknownPrompt(..) | What::UnknownMusic(_) | What::UnknownAgent(_) | What::UnknownQueue(_)
        )
    });
    // A prompt that is there in no language is told once.
    found.dedup_by(|b, a| {
        (&a.node, &a.field) == (&b.node, &b.field)
            && matches!((&a.what, &b.what), (What::UnknownPrompt(a, _), What::UnknownPrompt(b, _)) if a == b)
    });
    found
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

/// The prompts that a flow plays, also one that is unfinished: in that, each text that could be a prompt's name counts.
pub fn prompts_named(definition: &serde_json::Value) -> BTreeSet<String> {
    if Flow::parse(&definition.to_string()).is_ok() {
        let refs = named_in_flow(definition).into_iter();
        return refs.filter(|(_, kind, _)| *kind == Kind::Prompt).map(|(_, _, name)| name).collect();
    }
    let mut texts = BTreeSet::new();
    gather(&definition["nodes"], &mut texts);
    texts
}

fn gather(value: &serde_json::Value, texts: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) if Kind::Prompt.check_name(text).is_none() => _ = texts.insert(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| gather(field, texts)),
        _ => {}
    }
}

/// What refers to a resource.
pub(crate) fn used_by(book: &Book, kind: Kind, name: &str) -> Vec<(Kind, String)> {
    users(book, kind, name).into_iter().map(|(key, _)| key).collect()
}
