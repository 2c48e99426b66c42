//! Words that every layer shares: ids, numbers, times, and what a leg can report and be told.
//!
//! Row 0 of the house: nothing here does I/O, reads a clock or knows a protocol. SIP, chat and
//! browser phones all speak [`leg::LegEvent`] and obey [`leg::LegCommand`], so the brains above
//! cannot tell them apart, and the simulator can play each of them.

pub mod alert;
pub mod cause;
pub mod event;
pub mod forward;
pub mod ids;
pub mod lease;
pub mod leg;
pub mod network;
pub mod private;
pub mod queue;
pub mod record;
pub mod register;
pub mod seconds;
pub mod service;
pub mod time;
pub mod time_of_day;
pub mod title;
pub mod voicemail;
pub mod watch;

pub use cause::{Cause, EndedBy};
pub use ids::{
    AgentId, AlertId, DeliveryId, DeviceId, FlowId, IdSource, InteractionId, LegId, PlayId, QueueId, RecordingId,
    TeamId, TenantId, TrunkId, UserId,
};
pub use leg::{LegCommand, LegEvent};
pub use network::Network;
pub use private::Private;
pub use queue::Bounded;
pub use seconds::Seconds;
pub use time::{Mono, Now, Wall};
pub use time_of_day::TimeOfDay;
pub use title::Title;
