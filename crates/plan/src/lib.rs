//! What a centre needs: seats, lines, bandwidth, disk and a machine, from the calls that come.
//!
//! Pure figures: nothing here reads a clock or keeps a state. Three models of queues stand below all:
//!
//! - [`erlang_b`]: who finds all lines taken is turned away. For lines.
//! - Erlang C ([`Model::Patient`]): who finds all agents busy waits for as long as it takes.
//! - Erlang A ([`Model::Impatient`]): each waits as long as a patience of one's own, exponential with a mean, and
//!   then gives up. Of the three the nearest to what is seen, and steady also where more comes than can be served.
//!
//! All assume that calls come independently of each other and that the interval is long against a call. [`Site`] says
//! what comes, [`plan`] what it takes.

mod check;
mod codec;
mod curve;
mod erlang_a;
mod erlang_b;
mod erlang_c;
mod levels;
mod load;
mod model;
mod patience;
mod quadrature;
mod site;
mod work;

pub use check::{Invalid, MAX_ERLANGS, MAX_LINES, Why};
pub use codec::Codec;
pub use curve::Curve;
pub use erlang_b::{erlang_b, least_lines};
pub use levels::{Counts, Formula};
pub use load::{Figures, Load};
pub use model::{BoundBy, Goal, Model, Staff, figures, least_agents};
pub use patience::{Patience, fit_patience};
pub use site::Site;
pub use work::{Disk, Interval, Machine, OfSeats, Plan, Point, Trunks, Width, plan, rostered};
