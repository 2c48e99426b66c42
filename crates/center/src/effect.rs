//! What the center wants done.

use std::collections::BTreeMap;
use std::sync::Arc;

use flow::{Database, LookupRequest};
use types::event::Event;
use types::leg::Text;
use types::watch::{Summary, WatchId, Watched};
use types::{InteractionId, LegCommand, Private, TenantId};

/// What a tenant grants a look-up of its flows.
#[derive(Clone, Debug)]
pub struct LookupGrant {
    /// The setting of hosts within the own network that may be asked.
    pub allowed: Text,
    /// The secrets that the request shows.
    pub secrets: BTreeMap<Text, Private<Text>>,
    /// The database that it is put to.
    pub database: Option<Database>,
    /// The tenant's name.
    pub tenant: Text,
}

impl Default for LookupGrant {
    /// Nothing.
    fn default() -> Self {
        Self { allowed: "".into(), secrets: BTreeMap::new(), database: None, tenant: "".into() }
    }
}

/// What a flow asks of another system.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Whose flow.
    pub interaction: InteractionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// The flow's number for it.
    pub ask: u32,
    /// What is asked.
    pub request: Box<LookupRequest>,
    /// What the tenant grants it.
    pub grant: LookupGrant,
}

/// One decision to carry out, in order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Tell a leg.
    Leg(LegCommand),
    /// Write in the journal. Events that come before a leg command in this order are written
    /// before it takes effect.
    Journal(Box<Event>),
    /// Something that these watch stands so from now on.
    Watched {
        /// Who watches it.
        watches: Vec<WatchId>,
        /// How it stands.
        state: Arc<Watched>,
    },
    /// Ask another system for a flow; the answer comes by [`Center::looked`](crate::Center::looked).
    Lookup(Box<Lookup>),
    /// A telephone that has not asked is told of its messages. Whether it would not hear of them is said by
    /// [`Center::summary_failed`](crate::Center::summary_failed).
    Summary(Box<Summary>),
}
