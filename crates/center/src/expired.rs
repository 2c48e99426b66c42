//! Leases that had to expire, for the wall.

use std::collections::VecDeque;

use types::event::Happening;
use types::lease::ExpiredLease;
use types::{Now, TenantId, Wall};

use crate::Center;

/// How many a tenant is shown: a screenful. Each is a fault, and who has more of them reads the journal.
pub(crate) const SHOWN_MAX: usize = 50;

/// The last ones, the oldest first, and when each expired.
pub(crate) type Expired = VecDeque<(Wall, ExpiredLease)>;

impl Center {
    /// A lease had to expire: it is written down, and shown from now on.
    pub(crate) fn lease_expired(&mut self, now: Now, tenant: TenantId, expired: ExpiredLease) {
        self.restore_expired(tenant, now.wall, expired);
        self.journal(now, tenant, Happening::LeaseExpired { expired });
    }

    /// One that expired in the process before.
    pub fn restore_expired(&mut self, tenant: TenantId, at: Wall, expired: ExpiredLease) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if t.expired.len() == SHOWN_MAX {
            t.expired.pop_front();
        }
        t.expired.push_back((at, expired));
    }
}
