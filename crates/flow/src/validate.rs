//! Whether a flow can be walked: every way leads somewhere, everything it names exists.

use std::collections::{BTreeMap, BTreeSet};

use types::leg::Text;

use crate::LANGUAGES;
use crate::check::{Check, Names};
use crate::model::{Flow, Node};
use crate::problem::{Problem, What};

/// A drawing beyond this can't be read by people, and its walks would not end within their steps.
const NODES_MAX: usize = 1000;

impl Flow {
    /// Everything that is wrong with the flow; empty when it can be used.
    pub fn validate(&self, names: &dyn Names) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.nodes.len() > NODES_MAX {
            return vec![Problem::of_flow("nodes", What::TooBig(NODES_MAX))];
        }
        if !LANGUAGES.contains(&&*self.language) {
            problems.push(Problem::of_flow("language", What::UnknownLanguage(self.language.clone())));
        }
        if !self.nodes.contains_key(&self.start) {
            problems.push(Problem::of_flow("start", What::NoSuchNode(self.start.clone())));
        }
        let languages = self.languages();
        for (id, node) in &self.nodes {
            self.check_outlets(id, node, &mut problems);
            node.titles.check(id, |outlet| node.outlets.contains_key(outlet), &mut problems);
            let mut check = Check { node: id, languages: &languages, names, problems: &mut problems };
            node.kind.node().check(&mut check);
        }
        self.check_reach(&mut problems);
        self.check_loops(&mut problems);
        problems
    }

    /// The languages in which its prompts may be played.
    fn languages(&self) -> BTreeSet<Text> {
        let switched = self.nodes.values().filter_map(|node| node.kind.node().switches_to().cloned());
        switched.chain([self.language.clone()]).collect()
    }

    fn check_outlets(&self, id: &Text, node: &Node, problems: &mut Vec<Problem>) {
        let rule = node.kind.node().outlets();
        for name in rule.required.iter().filter(|name| !node.outlets.contains_key(**name)) {
            problems.push(Problem::of_node(id, "outlets", What::MissingOutlet((*name).to_owned())));
        }
        for (name, target) in &node.outlets {
            let field = format!("outlets.{name}");
            if !rule.allows(name) {
                problems.push(Problem::of_node(id, &field, What::UnknownOutlet(name.to_string())));
            }
            if !self.nodes.contains_key(target) {
                problems.push(Problem::of_node(id, &field, What::NoSuchNode(target.clone())));
            }
        }
    }

    fn check_reach(&self, problems: &mut Vec<Problem>) {
        let mut seen = BTreeSet::new();
        let mut next = vec![&self.start];
        while let Some(id) = next.pop() {
            if let Some(node) = self.nodes.get(id)
                && seen.insert(id)
            {
                next.extend(node.outlets.values());
            }
        }
        for id in self.nodes.keys().filter(|id| !seen.contains(id)) {
            problems.push(Problem::of_node(id, "", What::Unreachable));
        }
    }

    /// Finds circles among the nodes that wait for nothing: what is left when all that lead only to
    /// already cleared ones are taken away.
    fn check_loops(&self, problems: &mut Vec<Problem>) {
        let mut left: BTreeMap<&Text, &Node> =
            self.nodes.iter().filter(|(_, node)| !node.kind.node().waits()).collect();
        loop {
            let before = left.len();
            let cleared: Vec<_> = left
                .iter()
                .filter(|(_, node)| !node.outlets.values().any(|target| left.contains_key(target)))
                .map(|(id, _)| *id)
                .collect();
            for id in cleared {
                left.remove(id);
            }
            if left.len() == before {
                break;
            }
        }
        // What only leads into a circle is left over too; those on it are reached from it again.
        let on_circle = |id: &Text| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![id]);
            while let Some(at) = next.pop() {
                for target in left.get(at).into_iter().flat_map(|node| node.outlets.values()) {
                    if target == id {
                        return true;
                    }
                    if seen.insert(target) {
                        next.push(target);
                    }
                }
            }
            false
        };
        for id in left.keys().filter(|id| on_circle(id)) {
            problems.push(Problem::of_node(id, "", What::Loop));
        }
    }
}
