//! Calls from the page in which a flow is drawn into the drawing as it is, which nobody else walks yet.
//!
//! Whoever draws needs no telephone of its own: each trial has a name with which a browser may call once, soon.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use flow::Flow;
use types::leg::{Incoming, Origin, Text};
use types::record::Direction;
use types::{Cause, DeviceId, EndedBy, InteractionId, LegCommand, LegId, Mono, Now, Private, TenantId};

use crate::Center;
use crate::inbound::Opening;
use crate::order::Refused;

/// How long a trial waits for its call: the page calls at once, after it was allowed the microphone.
const CALLED_WITHIN: Duration = Duration::from_mins(1);
/// Trials of one tenant that wait at once; whoever begins more has left most of them.
const WAITING_MAX: usize = 64;
/// What marks the interactions of trials, beside the flow's own tags.
const TAG: &str = "trial";

/// What is to be tried.
#[derive(Clone, Debug)]
pub struct TrialWish {
    /// The drawing.
    pub flow: Arc<Flow>,
    /// The number that the flow takes for the caller's; withheld when empty.
    pub caller: Private<Text>,
    /// The number that it takes for the dialled one.
    pub dialled: Private<Text>,
}

/// A trial that waits for its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialCall {
    /// The interaction that the call will be.
    pub interaction: InteractionId,
    /// The SIP user that calls, and whom it calls.
    pub user: Text,
    /// The tenant's realm.
    pub realm: Text,
}

/// What is kept of one until it is called.
#[derive(Debug)]
struct Trial {
    tenant: TenantId,
    id: InteractionId,
    device: DeviceId,
    user: Text,
    wish: TrialWish,
    until: Mono,
}

/// Those that wait, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Trials(VecDeque<Trial>);

impl Trials {
    fn take(&mut self, tenant: TenantId, device: DeviceId) -> Option<Trial> {
        let at = self.0.iter().position(|trial| (trial.tenant, trial.device) == (tenant, device))?;
        self.0.remove(at)
    }
}

impl Center {
    /// Lets somebody call a flow that is not published.
    ///
    /// # Errors
    /// [`Refused::NotFound`] without such a tenant, [`Refused::Draining`], [`Refused::TooMany`] where as many wait.
    pub fn await_trial(&mut self, now: Now, tenant: TenantId, wish: TrialWish) -> Result<TrialCall, Refused> {
        if self.draining {
            return Err(Refused::Draining);
        }
        let realm = self.tenants.get(&tenant).ok_or(Refused::NotFound)?.directory.tenant().name.clone();
        self.trials.0.retain(|trial| trial.until > now.mono);
        if self.trials.0.iter().filter(|trial| trial.tenant == tenant).count() >= WAITING_MAX {
            return Err(Refused::TooMany);
        }
        let interaction = InteractionId(self.ids.next(now.wall));
        let device = DeviceId(self.ids.next(now.wall));
        let user: Text = format!("trial-{interaction}").into();
        let until = now.mono + CALLED_WITHIN;
        self.trials.0.push_back(Trial { tenant, id: interaction, device, user: user.clone(), wish, until });
        Ok(TrialCall { interaction, user, realm })
    }

    /// As what such a user calls.
    pub fn trial_device(&self, tenant: TenantId, user: &str) -> Option<DeviceId> {
        let mut waiting = self.trials.0.iter();
        waiting.find(|trial| trial.tenant == tenant && &*trial.user == user).map(|trial| trial.device)
    }

    /// A call of whom no device is known: a trial's, or none that is taken.
    pub(crate) fn on_trial(&mut self, now: Now, leg: LegId, call: &Incoming) {
        let trial = match call.origin {
            Origin::Device(device) => self.trials.take(call.tenant, device),
            Origin::Trunk(_) => None,
        };
        let Some(trial) = trial.filter(|trial| trial.until > now.mono) else {
            return self.command(LegCommand::Hangup { leg, cause: Cause::NotFound });
        };
        let TrialWish { flow, caller, dialled } = trial.wish;
        let call = Incoming { caller, caller_name: Private::default(), ..call.clone() };
        let opening =
            Opening { direction: Direction::Internal, to: Text::from(&*flow.id).into(), dialled, id: Some(trial.id) };
        let id = self.open(now, leg, &call, opening);
        if self.draining {
            return self.end(now, id, EndedBy::System, Cause::Shutdown);
        }
        if let Some(interaction) = self.get(id) {
            interaction.ledger.tag(vec![TAG.into()]);
            interaction.made_up_caller = true;
        }
        self.walk_along(now, id, &flow);
    }
}
