//! Numbers, trunks and where a dialled number leads, pure.

mod by_number;
mod do_not_call;
mod format;
mod line;
mod number;
mod numbering;
mod place;
mod plan;
mod priority;
mod shown;
mod trunk;

pub use do_not_call::{BadDoNotCall, DoNotCallList};
pub use format::{NumberForm, NumberFormat, NumberRule};
pub use line::{CallPace, Health, Line, MISSES};
pub use number::{EMERGENCY, is_emergency, is_feature_code, strip_uri};
pub use numbering::{BadNumbering, Kind, Number, Numbering};
pub use place::{Place, place_of};
pub use plan::{Dialled, Did, DidTarget, Plan, PlanError, Route, Way};
pub use priority::{BadPriority, PriorityRules};
pub use shown::{OwnNumbers, Shown, WITHHELD, Wishes};
pub use trunk::Trunk;
pub use types::Network;
