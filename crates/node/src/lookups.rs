//! Carries look-ups of flows out, on tokio, and brings their answers back to the mind.

use std::path::PathBuf;

use center::{Lookup, LookupGrant};
use flow::{LookupAnswer, LookupRequest, LookupTold};
use lookup::{Allowed, Granted, Lookups};
use net::signalling::Post;
use tokio::sync::{mpsc, oneshot};
use types::{InteractionId, TenantId};

use crate::Ask;

/// Look-ups on their way from the mind to the runtime, which takes them at once: a burst of calls.
pub(crate) const WAITING: usize = 1_024;

/// A look-up to carry out.
pub(crate) struct Job {
    pub(crate) tenant: TenantId,
    pub(crate) request: Box<LookupRequest>,
    pub(crate) grant: LookupGrant,
    pub(crate) asker: Asker,
}

/// Who wants to know.
pub(crate) enum Asker {
    /// A call's flow, by this number.
    Flow(InteractionId, u32),
    /// Somebody who tries a node.
    Person(oneshot::Sender<LookupTold>),
}

impl Job {
    /// One that a flow wants.
    pub(crate) fn of_flow(lookup: Lookup) -> Self {
        let Lookup { interaction, tenant, ask, request, grant } = lookup;
        Self { tenant, request, grant, asker: Asker::Flow(interaction, ask) }
    }
}

/// Carries them out until the mind has gone.
pub(crate) async fn run(mut jobs: mpsc::Receiver<Job>, post: Post<Ask>, files: Option<PathBuf>) {
    let lookups = Lookups::new(files);
    while let Some(Job { tenant, request, grant, asker }) = jobs.recv().await {
        let (lookups, post) = (lookups.clone(), post.clone());
        // Each ends within the time of its request, and a call has one at a time.
        tokio::spawn(async move {
            let LookupGrant { allowed, secrets, database, tenant: name } = grant;
            let (allowed, database) = (&Allowed::parse(&allowed), database.as_ref());
            let granted = Granted { allowed, secrets: &secrets, database, tenant: &name };
            let told = lookups.ask(tenant, &request, granted).await;
            match asker {
                Asker::Flow(interaction, ask) => {
                    let answer = LookupAnswer { ask, detail: told.detail(), outcome: told.outcome };
                    // A mind that can't take it is hopelessly behind; the flow gives up by itself.
                    let _ = post.message(Ask::Looked(interaction, Box::new(answer)));
                }
                Asker::Person(to) => drop(to.send(told)),
            }
        });
    }
}
