//! Numbers, trunks and where a dialled number leads, pure.

mod number;
mod plan;
mod trunk;

pub use number::{EMERGENCY, is_emergency, is_feature_code, strip_uri};
pub use plan::{Dialled, Did, DidTarget, Plan, PlanError, Route};
pub use trunk::Trunk;
pub use types::Network;
