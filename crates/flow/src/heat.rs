//! Where real calls went in a flow, and where callers left: summed over the traces that are kept of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use types::Wall;
use types::cause::EndedBy;
use types::leg::Text;
use types::record::TraceStep;

/// Of a call's record what tells where it went.
#[derive(Clone, Debug, Deserialize)]
pub struct Walked {
    /// When it began.
    pub started: Wall,
    /// When a person first spoke with the customer.
    #[serde(default)]
    pub connected: Option<Wall>,
    /// When it ended.
    pub ended: Wall,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// Its steps.
    pub trace: Vec<TraceStep>,
}

/// What became of calls at one node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeHeat {
    /// How many times a call came here.
    pub visits: u64,
    /// How many callers hung up here, with nobody to speak with.
    pub left: u64,
    /// How long calls stayed, milliseconds.
    stays_ms: Vec<u32>,
}

impl NodeHeat {
    /// The time that half of the calls stayed for at most, milliseconds.
    pub fn median_ms(&self) -> u32 {
        let mut stays = self.stays_ms.clone();
        stays.sort_unstable();
        let half = stays.len() / 2;
        match (stays.get(half), stays.len().is_multiple_of(2)) {
            (None, _) => 0,
            (Some(high), false) => *high,
            (Some(high), true) => stays[half - 1].midpoint(*high),
        }
    }
}

/// Where the calls of some time went in one flow.
#[derive(Clone, Debug)]
pub struct Heat {
    flow: Text,
    version: Option<u32>,
    /// Calls that came into it, by its version; none where the version is not known.
    pub versions: BTreeMap<Option<u32>, u64>,
    /// Those of them that are counted.
    pub calls: u64,
    /// Callers who hung up in it, with nobody to speak with.
    pub left: u64,
    /// Its nodes.
    pub nodes: BTreeMap<Text, NodeHeat>,
    /// How many times calls went on from a node by an outlet.
    pub ways: BTreeMap<(Text, Text), u64>,
}

impl Heat {
    /// Nothing yet. `version`: calls that walked this one alone.
    pub fn new(flow: &str, version: Option<u32>) -> Self {
        let (versions, nodes, ways) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { flow: flow.into(), version, versions, calls: 0, left: 0, nodes, ways }
    }

    /// Counts a call; whether it is counted, and whether its caller left here.
    pub fn add(&mut self, call: &Walked) -> Option<bool> {
        let (mut here, mut version) = (false, None);
        let (mut counted, mut left, mut seen) = (false, false, Vec::new());
        for (at, step) in call.trace.iter().enumerate() {
            if let Some(flow) = &step.flow {
                (here, version) = (*flow == self.flow, step.version);
            }
            if !here {
                continue;
            }
            if !seen.contains(&version) {
                seen.push(version);
                *self.versions.entry(version).or_default() += 1;
            }
            if self.version.is_some() && version != self.version {
                continue;
            }
            counted = true;
            left |= self.step(call, at, step);
        }
        self.calls += u64::from(counted);
        self.left += u64::from(left);
        counted.then_some(left)
    }

    /// Whether the caller hung up at this step.
    fn step(&mut self, call: &Walked, at: usize, step: &TraceStep) -> bool {
        let next = call.trace.get(at + 1);
        // Whoever speaks with a person is no longer at the node.
        let spoke = call.connected.filter(|connected| *connected >= step.at);
        let until = next.map_or(call.ended, |next| next.at);
        let until = spoke.filter(|spoke| *spoke < until).unwrap_or(until);
        let left = next.is_none() && spoke.is_none() && call.ended_by == EndedBy::Caller;
        let node = self.nodes.entry(step.node.clone()).or_default();
        node.visits += 1;
        node.left += u64::from(left);
        node.stays_ms.push(u32::try_from(until.ms_since(step.at)).unwrap_or(u32::MAX));
        if let Some(outlet) = &step.outlet {
            *self.ways.entry((step.node.clone(), outlet.clone())).or_default() += 1;
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// When, node, outlet, flow and version.
    type Step<'a> = (i64, &'a str, Option<&'a str>, Option<(&'a str, u32)>);

    fn call(ended: i64, by: &str, connected: Option<i64>, steps: &[Step<'_>]) -> Walked {
        let trace: Vec<_> = steps
            .iter()
            .map(|(at, node, outlet, flow)| {
                json!({"at": at, "node": node, "kind": "menu", "outlet": outlet, "flow": flow.map(|f| f.0),
                    "version": flow.map(|f| f.1)})
            })
            .collect();
        serde_json::from_value(json!({"id": 1, "started": 0, "ended": ended, "ended_by": by, "connected": connected,
            "trace": trace}))
        .unwrap()
    }

    #[test]
    fn ways_stays_and_leaving_are_counted_of_one_version() {
        let mut heat = Heat::new("main", Some(2));
        let main = Some(("main", 2));
        // Hears the greeting, leaves in the menu.
        heat.add(&call(9_000, "caller", None, &[(0, "hello", Some("done"), main), (4_000, "menu", None, None)]));
        // Waits six seconds, talks, hangs up: that is no leaving.
        let talked = [(0, "hello", Some("done"), main), (2_000, "menu", Some("1"), None), (3_000, "queue", None, None)];
        assert_eq!(heat.add(&call(60_000, "caller", Some(9_000), &talked)), Some(false));
        // Another version, and a sub-flow in between.
        assert_eq!(heat.add(&call(5_000, "caller", None, &[(0, "hello", None, Some(("main", 1)))])), None);
        let around =
            [(0, "hello", Some("done"), main), (6_000, "ask", None, Some(("hours", 4))), (8_000, "menu", None, main)];
        assert_eq!(heat.add(&call(9_000, "system", None, &around)), Some(false));
        assert_eq!((heat.calls, heat.left), (3, 1));
        assert_eq!(heat.versions, [(Some(1), 1), (Some(2), 3)].into());
        assert_eq!(heat.ways[&("hello".into(), "done".into())], 3);
        let node = |name: &str| (heat.nodes[name].visits, heat.nodes[name].left, heat.nodes[name].median_ms());
        assert_eq!((node("hello"), node("menu"), node("queue")), ((3, 0, 4_000), (3, 1, 1_000), (1, 0, 6_000)));
        assert!(!heat.nodes.contains_key("ask"));
    }
}
