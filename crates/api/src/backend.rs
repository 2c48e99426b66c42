//! What the interface asks of the program around it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use center::{AgentOrder, AgentStatus, By, CallOrder, Live, LiveDetail, LiveFigures, Refused, TrialWish};
use flow::{LookupRequest, LookupTold};
use journal::ladder::Position;
use resource::{ChangeError, Changed, Request};
use tokio::sync::watch;
use types::event::Event;
use types::forward::Forwarding;
use types::leg::Text;
use types::record::{Disposition, RecordingRecord, Supervision};
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::{AgentId, AlertId, FlowId, InteractionId, Private, RecordingId, TenantId};

/// An answer that comes later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why an order was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The center refuses; nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody answers: the node starts, stops or is overloaded. The same may succeed a little later.
    #[error("the call server does not answer")]
    Unavailable,
}

/// The running center, as the interface sees it.
pub trait Backend: Send + Sync + 'static {
    /// What goes on right now, with the journal's cursor of the same moment; none when nobody answers.
    fn live(&self, tenant: TenantId) -> Answer<'_, Option<(u64, Live)>>;
    /// What changes by the second; nothing when nobody answers.
    fn live_figures(&self, tenant: TenantId) -> Answer<'_, LiveFigures>;
    /// Somebody, by the name of a user, looks after an alert from now on.
    fn acknowledge(&self, tenant: TenantId, alert: AlertId, by: Text) -> Answer<'_, Result<(), Trouble>>;
    /// An agent's state; none when there is no such agent in this tenant.
    fn agent_status(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Option<AgentStatus>>;
    /// Orders an agent's state.
    fn order(&self, tenant: TenantId, agent: AgentId, order: AgentOrder) -> Answer<'_, Result<AgentStatus, Trouble>>;
    /// An agent's rules for calls that it doesn't take; none when there is no such agent in this tenant.
    fn forwarding(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<Option<Forwarding>, Trouble>>;
    /// Sets them; `by` names the user.
    fn set_forwarding(
        &self,
        tenant: TenantId,
        agent: AgentId,
        rules: Forwarding,
        by: Text,
    ) -> Answer<'_, Result<(), Trouble>>;
    /// Has the SIP messages so far handed to the ladder; the newest of them, or none when nobody answers.
    fn flush_ladder(&self) -> Answer<'_, Position>;
    /// The mailboxes that are an agent's business: its own and those of its queues.
    fn mailboxes(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<Vec<Mailbox>, Trouble>>;
    /// Says what has become of a message.
    fn mark_message(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        status: MessageStatus,
        by: MarkedBy,
    ) -> Answer<'_, Result<(), Trouble>>;
    /// An interaction in progress; none when there is no such one in this tenant, or it has ended.
    fn interaction(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<Option<Box<LiveDetail>>, Trouble>>;
    /// Says what came of an interaction, in progress or over; `known`: the store has it.
    fn dispose(
        &self,
        tenant: TenantId,
        id: InteractionId,
        disposition: Disposition,
        known: bool,
    ) -> Answer<'_, Result<(), Trouble>>;
    /// Orders something about a call that goes on.
    fn order_call(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: By,
        order: CallOrder,
    ) -> Answer<'_, Result<(), Trouble>>;
    /// Has an agent call a number, its own telephones first.
    fn dial(&self, tenant: TenantId, agent: AgentId, to: Private<Text>) -> Answer<'_, Result<InteractionId, Trouble>>;
    /// Asks another system as a flow would, now.
    fn try_lookup(&self, tenant: TenantId, request: LookupRequest) -> Answer<'_, Result<LookupTold, Trouble>>;
    /// What was seen of a flow's version that a share of the callers walks, and of the other one meanwhile; none before it
    /// was looked at for the first time.
    fn canary_report(&self, tenant: TenantId, flow: FlowId, version: u32) -> Option<flow::canary::Report>;
    /// A supervisor takes part in a call, changes how, or leaves.
    fn supervise(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: AgentId,
        mode: Supervision,
    ) -> Answer<'_, Result<(), Trouble>>;
    /// Ends an interaction.
    fn hang_up(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<(), Trouble>>;
    /// A person has said how far a wish to be called back has come, as in this row.
    fn callback_changed(&self, row: store::Callback) -> Answer<'_, Result<(), Trouble>>;
    /// Has a customer called back as soon as an agent is free; `of`: the interaction in which it asked.
    fn call_back_now(&self, tenant: TenantId, of: InteractionId) -> Answer<'_, Result<(), Trouble>>;
    /// What an agent's browser registers with as a telephone.
    fn phone_credentials(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<PhoneCredentials, Trouble>>;
    /// Lets a browser call a flow that is not published: the interaction that the call will be, and what it calls with.
    fn await_trial(
        &self,
        tenant: TenantId,
        wish: TrialWish,
    ) -> Answer<'_, Result<(InteractionId, PhoneCredentials), Trouble>>;
    /// Serves a tenant that was added to the store.
    fn open_tenant(&self, tenant: TenantId) -> Answer<'_, Result<(), Trouble>>;
    /// A browser has connected to speak SIP, over TLS or not; none when no more can be taken.
    fn phone_line(&self, secure: bool, peer: SocketAddr) -> Option<Box<dyn PhoneLine>>;
    /// What a change of settings would do; nothing changes.
    fn check_settings(&self, tenant: TenantId, request: Request) -> Answer<'_, Result<Changed, ChangeError>>;
    /// Changes settings by order of a user, all that is asked for or nothing; calls go by them at once.
    fn change_settings<'a>(
        &'a self,
        tenant: TenantId,
        by: &'a str,
        request: Request,
    ) -> Answer<'a, Result<Changed, ChangeError>>;
    /// Figures in Prometheus' text format, one line each.
    fn metrics(&self) -> Answer<'_, String>;
    /// The last word on each alarm of the node itself, for each tenant that it concerns: heard of here also while the
    /// journal takes none.
    fn alarms(&self) -> watch::Receiver<Arc<Vec<Event>>>;
    /// Whether calls are accepted.
    fn ready(&self) -> bool;
}

/// What a browser registers with as a telephone.
#[derive(Clone, Debug)]
pub struct PhoneCredentials {
    /// The device's SIP name.
    pub device: String,
    /// The tenant's name.
    pub realm: String,
    /// The digest user name.
    pub username: String,
    /// The digest password.
    pub password: Private<String>,
    /// Until when they hold, in seconds from now.
    pub expires_in_s: u32,
}

/// A browser's connection: whole SIP messages both ways. Dropping it closes it.
pub trait PhoneLine: Send + 'static {
    /// Hands on a message. Whether it was taken: a node that does not keep up takes none.
    fn hear(&self, message: Bytes) -> bool;
    /// The next message to send; none when the connection is to be closed. Cancel-safe.
    fn next(&mut self) -> Answer<'_, Option<Bytes>>;
}

/// The recordings on disk, or wherever they are.
pub trait Recordings: Send + Sync + 'static {
    /// Opens a recording. May block.
    ///
    /// # Errors
    /// `NotFound` when its tracks are gone; tracks that cannot be read.
    fn open(&self, tenant: TenantId, recording: &RecordingRecord) -> io::Result<Box<dyn Audio>>;
}

/// The sound of prompts: tenants' own, and what all have. All methods may block.
pub trait PromptLibrary: Send + Sync + 'static {
    /// Makes a prompt of an upload, or music that repeats, and keeps it.
    ///
    /// # Errors
    /// See [`NoSound`]; nothing is kept then.
    fn keep(&self, tenant: TenantId, upload: Vec<u8>, music: bool) -> Result<KeptSound, NoSound>;
    /// A tenant's recording as WAV.
    ///
    /// # Errors
    /// `NotFound` when there is none of this hash; the disk fails.
    fn read(&self, tenant: TenantId, audio: &str) -> io::Result<Vec<u8>>;
    /// Removes a recording that nothing refers to.
    fn forget(&self, tenant: TenantId, audio: &str);
    /// What all tenants' callers hear under a name such as `zh/menu_main`, as WAV.
    fn common(&self, name: &str) -> Option<Vec<u8>>;
    /// Whether there is such a one. Does not block.
    fn has_common(&self, name: &str) -> bool;
    /// The longest recording that is taken, seconds.
    fn longest_s(&self) -> u32;
}

/// A recording that was taken.
#[derive(Clone, Debug)]
pub struct KeptSound {
    /// The SHA-256 of it.
    pub audio: String,
    /// How long it lasts, in milliseconds.
    pub length_ms: u64,
}

/// Why an upload was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NoSound {
    /// No audio in a format that is known.
    #[error("no audio that is known")]
    Unknown,
    /// The file is broken.
    #[error("a damaged file")]
    Damaged,
    /// Longer than [`PromptLibrary::longest_s`].
    #[error("too long")]
    TooLong,
    /// Nothing is to be heard in it.
    #[error("silent")]
    Silent,
    /// Something of ours failed.
    #[error("{0}")]
    Failed(String),
}

/// The lowest and the highest sample of a stretch, from -1 to 1.
pub type Peak = (f32, f32);

/// A recording as one two-channel WAV file. All methods may block.
pub trait Audio: Send {
    /// Length of the file in bytes.
    fn total_len(&self) -> u64;
    /// Length in milliseconds.
    fn duration_ms(&self) -> u64;
    /// Fills `out` with the file's bytes from `offset`; returns how many there were. Fewer only at the end.
    ///
    /// # Errors
    /// Tracks that cannot be read.
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize>;
    /// The outline of each channel in so many stretches of equal length.
    ///
    /// # Errors
    /// Tracks that cannot be read.
    fn peaks(&mut self, buckets: usize) -> io::Result<Vec<Vec<Peak>>>;
}
