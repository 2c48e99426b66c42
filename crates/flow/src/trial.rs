//! Trying a node that asks another system, apart from any call.

use std::collections::BTreeSet;

use types::leg::Text;

use crate::LANGUAGES;
use crate::check::{AnyName, Check};
use crate::core::Core;
use crate::lookup::LookupRequest;
use crate::model::read_node;
use crate::nodes::{Kind, Looker};
use crate::problem::Problem;
use crate::walk::Context;

/// Why a node can't be tried.
#[derive(Clone, Debug, PartialEq)]
pub enum Untried {
    /// What is wrong with the node.
    Wrong(Vec<Problem>),
    /// It is of a kind that asks nobody.
    AsksNobody,
    /// An expression of it can't be worked out with these variables.
    Expression(&'static str),
}

/// The request that a node would make for a caller with these variables. What queues stand at is not known here.
///
/// # Errors
/// See [`Untried`].
pub fn lookup_of(node: serde_json::Value, context: &Context) -> Result<LookupRequest, Untried> {
    let id = Text::from("node");
    let read = read_node(node).map_err(|(field, what)| Untried::Wrong(vec![Problem::of_node(&id, field, what)]))?;
    let looker: &dyn Looker = match &read.kind {
        Kind::HttpLookup(node) => node,
        Kind::DatabaseLookup(node) => node,
        _ => return Err(Untried::AsksNobody),
    };
    let mut problems = Vec::new();
    let languages = BTreeSet::new();
    read.kind.node().check(&mut Check { node: &id, languages: &languages, names: &AnyName, problems: &mut problems });
    if !problems.is_empty() {
        return Err(Untried::Wrong(problems));
    }
    let mut core = Core::new(context.now, context.language.clone().unwrap_or_else(|| LANGUAGES[0].into()));
    core.utc_offset_min = context.utc_offset_min;
    (core.caller, core.dialled, core.vars) = (context.caller.clone(), context.dialled.clone(), context.vars.clone());
    looker.request(&core).map_err(Untried::Expression)
}
