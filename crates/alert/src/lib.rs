//! Thresholds over the figures of a centre, sans-IO: when an alert is raised, changes and is over.
//!
//! [`Board::look`] is given the figures from time to time and says what that changes. A threshold is passed when its
//! figure has been beyond it for `hold_s` without a break, and is over when the figure has been better than it by
//! `margin` for as long: one that trembles around the line makes one alert.

mod board;
mod latch;
mod threshold;

pub use board::{Acknowledged, Board, Change, Figures, Standing};
pub use threshold::{HOLD_MAX_S, QUEUES_MAX, Threshold};
