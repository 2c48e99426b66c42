//! Where the recorder has its keys from.

use std::sync::Arc;

use net::media::{DataKey, Keys};
use types::TenantId;
use vault::Keyring;

/// The keyring, as those see it who seal and open recordings.
pub struct SealKeys(pub Arc<Keyring>);

impl Keys for SealKeys {
    fn newest(&self, tenant: TenantId) -> Option<(u64, DataKey)> {
        self.0.newest(tenant)
    }

    fn find(&self, number: u64) -> Option<DataKey> {
        self.0.find(number)
    }
}
