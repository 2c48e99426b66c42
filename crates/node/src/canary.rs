//! Watches the versions of flows that a share of the callers walks: follows the journal, and ends them by a change of settings
//! like any other when a guard has found them worse, or when their time is over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use directory::Permissions;
use flow::canary::{Arm, CanaryCall, Report, Trial, Verdict};
use journal::Stored;
use resource::{ChangeError, Edit, Expect, Kind, Request, Rows, Wish, rules_of};
use store::{FlowCanary, FlowCanaryEnd, FlowVersion};
use tokio::sync::{Notify, watch};
use types::event::Happening;
use types::leg::Text;
use types::{FlowId, TenantId, Wall};

use crate::Handle;

/// Who ends what ends by itself.
pub(crate) const BY: &str = "canary";
/// The alarm that a version was rolled back.
const ROLLED_BACK: &str = "canary_rolled_back";

/// After a failure of the database or the journal.
const RETRY: Duration = Duration::from_secs(5);
/// How often it is looked whether the time of one is over.
const LOOK: Duration = Duration::from_secs(5);

/// One that runs.
#[derive(Debug)]
struct Watched {
    /// The flow's name.
    name: Text,
    /// The version that the others walk.
    stable: u32,
    version: u32,
    trial: Trial,
}

impl Watched {
    fn arm(&self, version: u32) -> Option<Arm> {
        if version == self.version { Some(Arm::Canary) } else { (version == self.stable).then_some(Arm::Stable) }
    }
}

type Key = (TenantId, FlowId);

/// What has been seen of those that run.
#[derive(Debug, Default)]
pub(crate) struct Canaries {
    watched: Mutex<BTreeMap<Key, Watched>>,
    /// Others run than before.
    changed: Notify,
}

impl Canaries {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<Key, Watched>) -> T) -> T {
        work(&mut self.watched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was seen of a version until now.
    pub(crate) fn report(&self, tenant: TenantId, flow: FlowId, version: u32) -> Option<Report> {
        self.with(|watched| watched.get(&(tenant, flow)).filter(|w| w.version == version).map(|w| w.trial.report()))
    }

    /// What a change of settings means for them, told by `by`: ends to be kept, and events.
    pub(crate) fn note(
        &self,
        before: &Rows,
        after: &Rows,
        (now, by): (Wall, &str),
    ) -> (Vec<FlowCanaryEnd>, Vec<Happening>) {
        let (mut ends, mut events) = (Vec::new(), Vec::new());
        let runs = |rows: &Rows, row: &FlowCanary| {
            rows.canaries.iter().any(|other| (other.flow, other.version) == (row.flow, row.version))
        };
        for row in before.canaries.iter().filter(|row| !runs(after, row)) {
            let Some(walked) = after.flows.iter().find(|flow| flow.id == row.flow && flow.published) else { continue };
            let report = self.report(row.tenant, row.flow, row.version).unwrap_or_default();
            let fired = report.fired().filter(|_| by == BY);
            let was = before.flows.iter().find(|flow| flow.id == row.flow && flow.published);
            let how = if walked.version == row.version {
                "promoted"
            } else if fired.is_some() {
                "rolled_back"
            } else if was.is_some_and(|was| was.version == walked.version) {
                "stopped"
            } else {
                "replaced"
            };
            let (flow, version) = (walked.name.clone(), row.version);
            if let Some(guard) = fired {
                let detail = format!("{flow} v{version}: {}", guard.as_str());
                events.push(Happening::Alarm { code: ROLLED_BACK.into(), detail: detail.into(), raised: true });
            }
            let guard = fired.map(|guard| guard.as_str().into());
            events.push(Happening::FlowCanary { flow, version, what: how.into(), guard, by: by.into() });
            ends.push(FlowCanaryEnd {
                flow: row.flow,
                version: row.version,
                tenant: row.tenant,
                how: how.to_owned(),
                ended: now,
                by: by.to_owned(),
                figures: serde_json::to_value(report).unwrap_or_default(),
            });
        }
        for row in after.canaries.iter().filter(|row| !runs(before, row)) {
            let Some(walked) = after.flows.iter().find(|flow| flow.id == row.flow) else { continue };
            let (flow, version) = (walked.name.clone(), row.version);
            events.push(Happening::FlowCanary { flow, version, what: "started".into(), guard: None, by: by.into() });
        }
        (ends, events)
    }

    /// Flows that are changed after a version of theirs was rolled back: nobody has to look any more.
    pub(crate) fn calmed(before: &Rows, after: &Rows, last: &[FlowCanaryEnd]) -> Option<Happening> {
        let newest =
            |rows: &Rows, id: FlowId| rows.flows.iter().filter(|flow| flow.id == id).map(|flow| flow.version).max();
        let calmed = last.iter().filter(|end| end.how == "rolled_back").find(|end| {
            let (then, now) = (newest(before, end.flow), newest(after, end.flow));
            then == Some(end.version) && now != then
        })?;
        let detail = calmed.version.to_string();
        Some(Happening::Alarm { code: ROLLED_BACK.into(), detail: detail.into(), raised: false })
    }

    /// Other versions are tried than before, or by other rules.
    pub(crate) fn changed(&self) {
        self.changed.notify_one();
    }

    /// A call has ended.
    fn hear(&self, stored: &Stored) {
        if stored.kind() != "interaction.ended" {
            return;
        }
        let Ok(event) = stored.event() else { return };
        let Happening::InteractionEnded { record } = event.what else { return };
        self.with(|watched| {
            for ((tenant, _), watched) in watched.iter_mut() {
                if *tenant != event.tenant || record.started < watched.trial.started() {
                    continue;
                }
                let call = CanaryCall::of(&record, &watched.name);
                if let Some((call, arm)) = call.and_then(|call| Some((call, watched.arm(call.version)?))) {
                    watched.trial.add(arm, &call);
                }
            }
        });
    }

    /// Those whose end has come.
    fn over(&self, now: Wall) -> Vec<Over> {
        let over = |(key, watched): (&Key, &Watched)| match watched.trial.verdict(now) {
            Verdict::GoesOn => None,
            verdict => Some(Over { key: *key, name: watched.name.clone(), version: watched.version, verdict }),
        };
        self.with(|watched| watched.iter().filter_map(over).collect())
    }
}

/// One whose end has come.
struct Over {
    key: Key,
    name: Text,
    version: u32,
    verdict: Verdict,
}

type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Watches until `stop` changes.
pub(crate) async fn run(node: Handle, canaries: Arc<Canaries>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            done = follow(&node, &canaries) => if let Err(error) = done {
                tracing::error!(%error, "new versions of flows are not watched; it is tried again");
            },
            _ = stop.changed() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            _ = stop.changed() => break,
        }
    }
}

async fn follow(node: &Handle, canaries: &Canaries) -> Result<(), Trouble> {
    loop {
        let Some(from) = begin(node, canaries).await? else {
            canaries.changed.notified().await;
            continue;
        };
        let mut events = node.journal.read_from(from)?;
        loop {
            tokio::select! {
                batch = events.next() => batch?.iter().for_each(|stored| canaries.hear(stored)),
                () = tokio::time::sleep(LOOK) => {}
                () = canaries.changed.notified() => break,
            }
            for over in canaries.over(net::media::now().wall) {
                end(node, over).await?;
            }
        }
    }
}

/// Takes up all that run, with nothing seen yet; from where the journal tells what became of their callers. None where none
/// runs.
async fn begin(node: &Handle, canaries: &Canaries) -> Result<Option<u64>, Trouble> {
    let mut watched = BTreeMap::new();
    for tenant in node.store.tenants().await?.iter().filter(|tenant| !node.closed.contains(&tenant.id)) {
        let rows: Vec<FlowCanary> = node.store.list(tenant.id).await?;
        if rows.is_empty() {
            continue;
        }
        let walked: Vec<FlowVersion> = node.store.published_flows(tenant.id).await?;
        for row in rows {
            let Some(stable) = walked.iter().find(|flow| flow.id == row.flow) else { continue };
            let trial = Trial::new(rules_of(&row), row.started);
            let (name, stable, version) = (stable.name.clone(), stable.version, row.version);
            watched.insert((tenant.id, row.flow), Watched { name, stable, version, trial });
        }
    }
    let first = watched.values().map(|watched| watched.trial.started()).min();
    canaries.with(|all| *all = watched);
    let segments = node.journal.segments();
    let from = |first: Wall| segments.iter().rev().find(|(began, _)| *began <= first).map(|(_, pos)| *pos);
    Ok(first.map(|first| from(first).unwrap_or_else(|| node.journal.oldest_pos())))
}

/// Ends one. Somebody who has changed the flow meanwhile knows better.
async fn end(node: &Handle, over: Over) -> Result<(), Trouble> {
    let Over { key: (tenant, flow), name, version, verdict } = over;
    let Some(rows) = Rows::read(&node.store, tenant).await? else { return Ok(()) };
    let Some((_, canary)) = rows.canary_of(flow).filter(|(row, _)| row.version == version) else { return Ok(()) };
    let book = rows.book().map_err(|problem| problem.to_string())?;
    let Some(entry) = book.get(&(Kind::Flow, name.to_string())) else { return Ok(()) };
    let mut spec = entry.spec.to_json();
    if let Some(fields) = spec.as_object_mut() {
        fields.remove("canary");
        if verdict == Verdict::Promote {
            fields.insert("definition".to_owned(), canary.definition.clone());
        }
    }
    tracing::info!(flow = %name, version, ?verdict, "a version for a share of the callers ends");
    let expect = Expect::Revision(entry.revision());
    let edit = Edit { kind: Kind::Flow, name: name.to_string(), expect, wish: Wish::Put(spec) };
    let request = Request { edits: vec![edit], prune: false, rights: Permissions::all() };
    match node.change_settings(tenant, BY, request).await {
        Ok(_) => Ok(()),
        Err(ChangeError::Refused(problems)) => {
            Err(problems.first().map(ToString::to_string).unwrap_or_default().into())
        }
        Err(error) => Err(error.into()),
    }
}
