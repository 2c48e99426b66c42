//! A flow as it is drawn and stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use types::leg::Text;

use crate::canary::walks_canary;
use crate::mailbox::MailboxName;
use crate::nodes::{Kind, Outlets};
use crate::problem::{Problem, What};
use crate::strict::Strict;
use crate::title::{self, Titles};
use crate::view::View;

/// The version of the JSON form that is read and written.
pub const VERSION: u64 = 1;

/// The flows of a tenant by name, for sub-flows.
pub type Library = BTreeMap<Text, Arc<Flow>>;

/// A flow.
#[derive(Debug)]
pub struct Flow {
    /// Its id, by which sub-flows and numbers refer to it.
    pub id: Text,
    /// Its name, for people.
    pub name: Text,
    /// The language in which it begins.
    pub language: Text,
    /// Which version of the flow this is, for traces; 0 for one that is not kept.
    pub revision: u32,
    /// A newer version that a share of the callers walks.
    pub canary: Option<Canary>,
    pub(crate) start: Text,
    pub(crate) nodes: BTreeMap<Text, Node>,
}

/// A version of a flow that a share of the callers walks.
#[derive(Clone, Debug)]
pub struct Canary {
    /// How many of a hundred callers walk it.
    pub share_percent: u8,
    /// The version.
    pub flow: Arc<Flow>,
}

/// A node: what it does, where its outlets lead, and what people read of it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) outlets: Outlets,
    pub(crate) titles: Titles,
}

/// The outer form, before the nodes are looked at one by one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a flow")]
struct Form {
    version: u64,
    id: Text,
    name: Text,
    language: Text,
    start: Text,
    nodes: BTreeMap<Text, serde_json::Value>,
    #[serde(default, rename = "view")]
    _view: View,
}

/// What all kinds of nodes have. `at` is the designer's.
#[derive(Deserialize)]
#[serde(expecting = "a node")]
struct Common {
    kind: Option<Text>,
    #[serde(default)]
    outlets: Outlets,
    #[serde(flatten)]
    titles: title::Form,
    #[serde(default, rename = "at")]
    _at: Option<[f64; 2]>,
}

impl Flow {
    /// Reads the JSON form. Unknown and repeated keys are refused.
    ///
    /// # Errors
    /// Everything that is wrong with the form; what it means is judged by [`Flow::validate`].
    pub fn parse(json: &str) -> Result<Self, Vec<Problem>> {
        let whole = |what| vec![Problem::of_flow("", what)];
        let Strict(value) = serde_json::from_str(json).map_err(|e| whole(What::Malformed(e.to_string())))?;
        // The version first: a later form may differ in everything else.
        if let Some(version) = value.get("version").and_then(serde_json::Value::as_u64)
            && version != VERSION
        {
            return Err(vec![Problem::of_flow("version", What::Version(version))]);
        }
        let form: Form = serde_json::from_value(value).map_err(|e| whole(What::Malformed(e.to_string())))?;
        debug_assert_eq!(form.version, VERSION);
        let (mut nodes, mut problems) = (BTreeMap::new(), Vec::new());
        for (id, value) in form.nodes {
            match read_node(value) {
                Ok(node) => {
                    nodes.insert(id, node);
                }
                Err((field, what)) => problems.push(Problem::of_node(&id, field, what)),
            }
        }
        if problems.is_empty() {
            let Form { id, name, language, start, .. } = form;
            Ok(Self { id, name, language, revision: 0, canary: None, start, nodes })
        } else {
            Err(problems)
        }
    }

    /// Whether it decides by itself what an emergency closure means.
    pub fn knows_closure(&self) -> bool {
        self.nodes.values().any(|node| matches!(node.kind, Kind::Closure(_)))
    }

    /// The version that a caller walks: see [`walks_canary`].
    pub fn for_caller(self: &Arc<Self>, caller: &str) -> Arc<Self> {
        let walks = |canary: &&Canary| walks_canary(&self.id, canary.flow.revision, canary.share_percent, caller);
        self.canary.as_ref().filter(walks).map_or_else(|| self.clone(), |canary| canary.flow.clone())
    }

    /// How many nodes it has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes whose field `mailbox` names one, and which.
    pub fn mailboxes(&self) -> impl Iterator<Item = (&str, &MailboxName)> {
        self.nodes.iter().filter_map(|(id, node)| Some((&**id, node.kind.node().mailbox()?)))
    }
}

pub(crate) fn read_node(value: serde_json::Value) -> Result<Node, (&'static str, What)> {
    let malformed = |e: serde_json::Error| ("", What::Malformed(e.to_string()));
    let common: Common = serde_json::from_value(value.clone()).map_err(malformed)?;
    let Some(kind) = common.kind else { return Err(("kind", What::Empty)) };
    let serde_json::Value::Object(mut own) = value else { return Err(("", What::Empty)) };
    for key in ["kind", "outlets", "label", "title", "choices", "at"] {
        own.remove(key);
    }
    let kind = Kind::read(&kind, serde_json::Value::Object(own))
        .ok_or_else(|| ("kind", What::UnknownKind(kind.to_string())))?
        .map_err(malformed)?;
    Ok(Node { kind, outlets: common.outlets, titles: common.titles.into() })
}
