//! Customers who are called back: a wish keeps the place that the customer had in the queue; when an agent is free for it
//! the agent's telephones ring, and then the customer's. Each call is an interaction of its own.

use std::time::Duration;

use acd::{CallbackRules, LeaveReason, SkillRequirement, Ticket};
use types::event::Happening;
use types::leg::{Target, Text};
use types::record::{
    CallbackNews, CallbackStatus, Decision, Direction, InteractionRecord, LegRole, SegmentKind, SkillLevel,
};
use types::{AgentId, Cause, EndedBy, InteractionId, LegId, Mono, Now, Private, QueueId, TenantId, Wall};

use crate::Center;
use crate::interaction::{Engaged, Stage};
use crate::ledger::Doing;
use crate::order::Refused;
use crate::originate::Outgoing;
use crate::queueing::rejection;
use crate::remembered::earlier;
use crate::tenant::Tenant;
use crate::timers::Who;
use crate::transfer::Destination;
use crate::wishes::{CallbackWish, Standing};

/// The router lets an offer lapse by its own clock; the telephones stop a little sooner, so that their word comes first.
const BEFORE_IT_LAPSES: Duration = Duration::from_millis(250);

/// How a wish begins.
struct Begun {
    /// Since when the customer has waited.
    since: Option<Wall>,
    /// What the agent who calls has to be able to do.
    wants: Vec<SkillLevel>,
    missed: bool,
}

/// What is to be done about a wish now.
enum Step {
    /// It is over, and this is why.
    Over(CallbackNews),
    /// It is looked at again after so long.
    Later(Duration),
    ByHand,
    /// It takes its place in the line, for so long at most.
    Line(Duration),
}

impl Tenant {
    /// What is to be done about a wish now.
    fn next_step(&self, now: Now, of: InteractionId) -> Option<Step> {
        let kept = self.wishes.get(of)?;
        let wish = &kept.wish;
        let config = self.queues.get(&wish.queue);
        let rules = config.and_then(|c| c.callback.clone().or_else(|| kept.ordered.then(CallbackRules::default)));
        let Some((rules, config)) = rules.zip(config) else { return Some(Step::ByHand) };
        let expires_ms = u64::from(rules.expire_s) * 1_000;
        let left = Duration::from_millis(expires_ms.saturating_sub(now.wall.ms_since(wish.asked)));
        if let Some(news) = self.forbids(now, &wish.number) {
            return Some(Step::Over(news));
        }
        if kept.ordered {
            return Some(Step::Line(Duration::from_secs(rules.expire_s.into())));
        }
        if left.is_zero() {
            return Some(Step::Over(CallbackNews::Expired));
        }
        let pause = wish.next.map_or(Duration::ZERO, |next| Duration::from_millis(next.ms_since(now.wall)));
        let closed = rules.opens_in(now.wall, config.utc_offset_min);
        let later = pause.max(closed);
        Some(if later.is_zero() {
            Step::Line(left.min(rules.closes_in(now.wall, config.utc_offset_min)))
        } else {
            Step::Later(later.min(left))
        })
    }

    /// Why nobody may or can be called at this number.
    fn forbids(&self, now: Now, number: &Private<Text>) -> Option<CallbackNews> {
        // Whoever leaves the emergency services' number wants no call from them.
        if self.is_emergency(number.reveal()) {
            return Some(CallbackNews::NoSuchNumber);
        }
        match self.can_call(now, number.reveal()) {
            // A line that is taken or out of order may be free in a while.
            Ok(Destination::Outside(_)) | Err(Refused::NoLine) => None,
            Err(Refused::DoNotCall(_)) => Some(CallbackNews::DoNotCall),
            Ok(_) | Err(_) => Some(CallbackNews::NoSuchNumber),
        }
    }
}

/// What came of a call to a customer. A line that failed before anybody's telephone rang says nothing of the customer.
pub(crate) fn news_of(record: &InteractionRecord) -> CallbackNews {
    let mut called = record.legs.iter().filter(|leg| leg.role == LegRole::Target).peekable();
    match record.cause {
        _ if record.connected.is_some() => CallbackNews::Reached,
        Cause::DoNotCall => CallbackNews::DoNotCall,
        Cause::NotFound if called.peek().is_none() => CallbackNews::NoSuchNumber,
        _ if called.any(|leg| leg.ringing.is_some() || leg.cause.is_some_and(|cause| !cause.is_retryable())) => {
            CallbackNews::Unreached
        }
        _ => CallbackNews::NoLine,
    }
}

impl Center {
    /// A customer asks to be called back. Its wish is followed once it has left the line.
    pub(crate) fn ask_callback(&mut self, now: Now, id: InteractionId, number: Private<Text>, queue: Option<QueueId>) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let asked_before = std::mem::replace(&mut interaction.callback, true);
        let (tenant, wants) = (interaction.tenant, interaction.wants.clone());
        let waited = interaction.waited_from.or(interaction.stood).map(|from| from.wall);
        if asked_before {
            self.callback_over(now, tenant, id, None, CallbackNews::Replaced);
        }
        self.begin_wish(now, id, number, queue, Begun { since: waited, wants, missed: false });
    }

    /// A customer has hung up while it waited: where its queue calls such back, that is followed like a wish.
    pub(crate) fn miss(&mut self, now: Now, id: InteractionId, queue: QueueId, waited_from: Now) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let Some(t) = self.tenants.get(&interaction.tenant) else { return };
        let number = interaction.caller.number.clone();
        let from_outside = interaction.ledger.record().direction == Direction::Inbound;
        let rules = t.queues.get(&queue).and_then(|config| config.callback.as_ref());
        let Some(after) = rules.and_then(|rules| rules.missed_after_s).filter(|_| from_outside) else { return };
        let patient = now.mono.since(waited_from.mono) >= Duration::from_secs(after.into());
        if !patient || t.wishes.of_number(&number, queue).is_some() || t.forbids(now, &number).is_some() {
            return;
        }
        let wants = interaction.wants.clone();
        self.begin_wish(now, id, number, Some(queue), Begun { since: Some(waited_from.wall), wants, missed: true });
    }

    /// A customer who was missed waits again by itself: nobody has to call it any more.
    pub(crate) fn waits_by_itself(&mut self, now: Now, id: InteractionId, queue: QueueId) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let (tenant, number) = (interaction.tenant, &interaction.caller.number);
        let Some(t) = self.tenants.get(&tenant) else { return };
        let Some(kept) = t.wishes.of_number(number, queue).filter(|kept| kept.wish.missed) else { return };
        if !matches!(kept.standing, Standing::Offered(_) | Standing::Called(_)) {
            let of = kept.wish.of;
            self.callback_over(now, tenant, of, None, CallbackNews::Replaced);
        }
    }

    fn begin_wish(
        &mut self,
        now: Now,
        id: InteractionId,
        number: Private<Text>,
        queue: Option<QueueId>,
        Begun { since, wants, missed }: Begun,
    ) {
        let Some(tenant) = self.tenant_of(id) else { return };
        let told =
            Happening::CallbackRequested { id, number: number.clone(), queue, since, wants: wants.clone(), missed };
        self.journal(now, tenant, told);
        let Some(queue) = queue else { return };
        let since = since.unwrap_or(now.wall);
        let wish =
            CallbackWish { of: id, number, queue, wants, asked: now.wall, since, attempts: 0, next: None, missed };
        self.keep_wish(now, tenant, wish, Standing::OnTheLine);
    }

    /// Takes a wish of before a restart. To be told in the order in which they were asked.
    pub fn restore_callback(&mut self, now: Now, tenant: TenantId, wish: CallbackWish) {
        let of = wish.of;
        self.keep_wish(now, tenant, wish, Standing::Later);
        self.follow_callback(now, tenant, of);
        self.pump(now);
    }

    fn keep_wish(&mut self, now: Now, tenant: TenantId, wish: CallbackWish, standing: Standing) {
        let of = wish.of;
        let kept = self.tenants.get_mut(&tenant).is_none_or(|t| t.wishes.add(wish, standing));
        if !kept {
            self.alarm(now, tenant, "callbacks_full", of.to_string());
        }
    }

    /// Somebody has said how far a wish has come: nobody follows it any more.
    pub fn callback_settled(&mut self, now: Now, tenant: TenantId, of: InteractionId) {
        self.forget_wish(now, tenant, of);
        self.pump(now);
    }

    /// Somebody wants the customer called as soon as an agent is free, whatever the hours and the pause say.
    ///
    /// # Errors
    /// When the wish is unknown, or the customer is being called or still on the line.
    pub fn call_back_now(&mut self, now: Now, tenant: TenantId, of: InteractionId) -> Result<(), Refused> {
        let t = self.tenants.get_mut(&tenant).ok_or(Refused::NotFound)?;
        let kept = t.wishes.get_mut(of).ok_or(Refused::NotFound)?;
        match kept.standing {
            Standing::ByHand | Standing::Later => kept.ordered = true,
            Standing::InLine(_) => {}
            Standing::OnTheLine | Standing::Offered(_) | Standing::Called(_) => return Err(Refused::WrongState),
        }
        if !matches!(kept.standing, Standing::InLine(_)) {
            self.follow_callback(now, tenant, of);
        }
        self.pump(now);
        Ok(())
    }

    /// The call in which a customer asked to be called back is over.
    pub(crate) fn asker_has_gone(&mut self, now: Now, tenant: TenantId, of: InteractionId) {
        let kept = self.tenants.get(&tenant).and_then(|t| t.wishes.get(of));
        if kept.is_some_and(|kept| kept.standing == Standing::OnTheLine) {
            self.follow_callback(now, tenant, of);
        }
    }

    /// Settings have changed: what is in line or waits for its time goes by the new ones.
    pub(crate) fn review_callbacks(&mut self, now: Now, tenant: TenantId) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        let waits = |standing| matches!(standing, Standing::ByHand | Standing::Later | Standing::InLine(_));
        for of in t.wishes.all(|kept| waits(kept.standing)) {
            self.look_again(now, tenant, of);
        }
    }

    /// The time of wishes has come.
    pub(crate) fn callbacks_due(&mut self, now: Now, tenant: TenantId) {
        while let Some(of) = self.tenants.get_mut(&tenant).and_then(|t| t.wishes.pop_due(now.mono)) {
            self.look_again(now, tenant, of);
        }
        self.arm_callbacks(tenant);
    }

    fn look_again(&mut self, now: Now, tenant: TenantId, of: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let Some(standing) = t.wishes.get(of).map(|kept| kept.standing) else { return };
        let stays = match (standing, t.next_step(now, of)) {
            // Its place is kept; only its time in the line may be another.
            (Standing::InLine(_), Some(Step::Line(time))) => {
                t.wishes.stands(of, standing, Some(now.mono + time));
                true
            }
            _ => false,
        };
        if stays {
            return self.arm_callbacks(tenant);
        }
        if let Standing::InLine(ticket) = standing {
            let _ = t.router.leave(now, ticket, LeaveReason::Redirected);
            t.wishes.stands(of, Standing::Later, None);
            self.touch_router(tenant);
        }
        self.follow_callback(now, tenant, of);
    }

    /// Does what is to be done about a wish now.
    fn follow_callback(&mut self, now: Now, tenant: TenantId, of: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        match t.next_step(now, of) {
            None => {}
            Some(Step::Over(news)) => self.callback_over(now, tenant, of, None, news),
            Some(Step::ByHand) => t.wishes.stands(of, Standing::ByHand, None),
            Some(Step::Later(after)) => t.wishes.stands(of, Standing::Later, Some(now.mono + after)),
            Some(Step::Line(_)) if self.draining => t.wishes.stands(of, Standing::Later, None),
            Some(Step::Line(time)) => self.line_up(now, tenant, of, now.mono + time),
        }
        self.arm_callbacks(tenant);
    }

    /// A wish takes its place in the line.
    fn line_up(&mut self, now: Now, tenant: TenantId, of: InteractionId, until: Mono) {
        let ticket = InteractionId(self.ids.next(now.wall));
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let Some(wish) = t.wishes.get(of).map(|kept| kept.wish.clone()) else { return };
        let at = earlier(now, Duration::from_millis(now.wall.ms_since(wish.since)));
        let priority = t.priority_of(wish.number.reveal(), "");
        let skills = wish.wants.iter().map(|want| SkillRequirement { skill: want.skill.clone(), min: want.min });
        let wishes = acd::Wishes { skills: skills.collect(), agent: None };
        t.wishes.stands(of, Standing::InLine(ticket), Some(until));
        let place = Ticket { interaction: ticket, queue: wish.queue, priority, at, front: false, callback: true };
        if t.router.enqueue_with(now, place, wishes).is_err() {
            t.wishes.stands(of, Standing::ByHand, None);
        }
        self.touch_router(tenant);
    }

    /// The router has taken it out of the line: its queue is gone.
    pub(crate) fn callback_turned_away(&mut self, tenant: TenantId, ticket: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if let Some(of) = t.wishes.by_ticket(ticket) {
            t.wishes.stands(of, Standing::ByHand, None);
        }
    }

    /// Agents are free for a wish: their telephones ring.
    pub(crate) fn offer_callback(
        &mut self,
        now: Now,
        tenant: TenantId,
        (ticket, queue): (InteractionId, QueueId),
        agents: &[AgentId],
        mut why: Decision,
        until: Mono,
    ) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let Some(of) = t.wishes.by_ticket(ticket) else { return };
        let Some(kept) = t.wishes.get(of).filter(|kept| kept.standing == Standing::InLine(ticket)) else { return };
        if self.draining {
            // Whoever comes after this process calls.
            let _ = t.router.leave(now, ticket, LeaveReason::Redirected);
            t.wishes.stands(of, Standing::Later, None);
            return self.touch_router(tenant);
        }
        let number = kept.wish.number.clone();
        why.rules = Some(t.versions.of(queue, &t.settings));
        let mut rung: Vec<(AgentId, Vec<Target>)> = Vec::new();
        for &agent in agents {
            let targets = t.targets_of(agent);
            if targets.is_empty() {
                let _ = t.router.offer_rejected(now, ticket, agent, acd::Rejection::Failed);
            } else {
                rung.push((agent, targets));
            }
        }
        let Some(agent) = rung.first().map(|(agent, _)| *agent) else {
            return self.touch_router(tenant);
        };
        t.wishes.stands(of, Standing::Offered(ticket), None);
        let own = t.own_caller(agent);
        let record = t.queues.get(&queue).is_some_and(|q| q.record);
        let ring_for = until.since(now.mono).saturating_sub(BEFORE_IT_LAPSES);
        let outgoing =
            Outgoing { direction: Direction::Outbound, own, to: number, rung, ring_for, callback_of: Some(of) };
        self.open_outgoing(now, tenant, ticket, outgoing);
        if let Some(interaction) = self.get(ticket) {
            interaction.stage = Stage::Offered { queue, agent };
            interaction.record |= record;
            interaction.ledger.decided(why);
        }
        self.enter(now, ticket, Doing { kind: SegmentKind::Ringing, queue: Some(queue), agent: Some(agent) });
        self.touch_router(tenant);
    }

    /// An agent has taken it: now the customer is called.
    pub(crate) fn on_callback_taken(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let (Stage::Offered { queue, .. }, Some(of)) = (interaction.stage, interaction.callback_of) else { return };
        let Some(t) = self.tenants.get_mut(&interaction.tenant) else { return };
        let Some(agent) = interaction.agent_of(leg) else { return };
        let tenant = interaction.tenant;
        let taken = t.router.offer_accepted(now, id, agent).is_ok() && t.router.talk_started(now, id, agent).is_ok();
        if !taken {
            // The offer lapsed while the answer was on its way.
            return self.end(now, id, EndedBy::System, Cause::NoAnswer);
        }
        interaction.engaged.push(Engaged { queue: Some(queue), ..Engaged::unqueued(agent, leg) });
        interaction.stage = Stage::Reaching;
        t.wishes.stands(of, Standing::Called(id), None);
        let forbidden = t.wishes.get(of).and_then(|kept| t.forbids(now, &kept.wish.number));
        self.touch_router(tenant);
        self.watch_leases(now, id);
        match forbidden {
            Some(CallbackNews::DoNotCall) => self.end(now, id, EndedBy::System, Cause::DoNotCall),
            Some(_) => self.end(now, id, EndedBy::System, Cause::NotFound),
            None => self.reach_outside(now, id),
        }
    }

    /// Nobody whose telephones rang has taken it: the wish waits on for another agent, and this interaction is over.
    pub(crate) fn on_callback_untaken(&mut self, now: Now, id: InteractionId, cause: Cause) {
        let anew = InteractionId(self.ids.next(now.wall));
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(t) = self.tenants.get_mut(&interaction.tenant) else { return };
        let tenant = interaction.tenant;
        if let (Stage::Offered { agent, .. }, Some(of)) = (interaction.stage, interaction.callback_of) {
            interaction.stage = Stage::Walking;
            if t.router.callback_rejected(now, id, agent, rejection(cause), anew).is_ok() {
                t.wishes.stands(of, Standing::InLine(anew), None);
                self.look_again(now, tenant, of);
            }
            self.touch_router(tenant);
        }
        self.end(now, id, EndedBy::Agent, cause);
    }

    /// The router has taken the offer back: its agent has gone, or is on another call.
    pub(crate) fn on_callback_withdrawn(&mut self, now: Now, tenant: TenantId, id: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let of = t
            .wishes
            .by_ticket(id)
            .filter(|of| t.wishes.get(*of).is_some_and(|kept| kept.standing == Standing::Offered(id)));
        if let Some(of) = of {
            let _ = t.router.leave(now, id, LeaveReason::Redirected);
            t.wishes.stands(of, Standing::Later, None);
            self.touch_router(tenant);
            self.follow_callback(now, tenant, of);
        }
        self.end(now, id, EndedBy::System, Cause::Cancelled);
    }

    /// An interaction that was to call somebody back has ended.
    pub(crate) fn after_callback(
        &mut self,
        now: Now,
        tenant: TenantId,
        id: InteractionId,
        (news, agent): (CallbackNews, Option<AgentId>),
    ) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let Some(of) = t.wishes.by_ticket(id) else { return };
        let Some(kept) = t.wishes.get(of) else { return };
        let number = kept.wish.number.clone();
        if let Some(agent) = agent.filter(|_| news == CallbackNews::Reached) {
            t.remembered.served(&number, agent);
        }
        match t.wishes.get(of).map(|kept| kept.standing) {
            Some(Standing::Called(_)) => self.callback_over(now, tenant, of, Some(id), news),
            // Taken down while agents were rung: the wish waits on.
            Some(Standing::Offered(_)) => self.on_callback_withdrawn(now, tenant, id),
            _ => {}
        }
    }

    /// What came of a wish is written down; where the customer was not reached it is tried again, as often as its queue
    /// says.
    fn callback_over(
        &mut self,
        now: Now,
        tenant: TenantId,
        of: InteractionId,
        id: Option<InteractionId>,
        news: CallbackNews,
    ) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let Some(kept) = t.wishes.get_mut(of) else { return };
        let rules = t.queues.get(&kept.wish.queue).and_then(|c| c.callback.clone()).unwrap_or_default();
        kept.wish.attempts += u32::from(news == CallbackNews::Unreached);
        kept.ordered = false;
        let attempts = kept.wish.attempts;
        let tries_on = match news {
            CallbackNews::NoLine => true,
            CallbackNews::Unreached => attempts < u32::from(rules.attempts),
            _ => false,
        };
        let next = tries_on.then(|| Wall(now.wall.0 + i64::from(rules.pause_s) * 1_000));
        kept.wish.next = next;
        let status = match news {
            _ if tries_on => CallbackStatus::Asked,
            CallbackNews::Reached => CallbackStatus::Done,
            CallbackNews::Replaced => CallbackStatus::Cancelled,
            _ => CallbackStatus::GivenUp,
        };
        if let Standing::InLine(ticket) = kept.standing {
            let _ = t.router.leave(now, ticket, LeaveReason::Redirected);
            self.touch_router(tenant);
        }
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        t.wishes.stands(of, Standing::Later, None);
        self.journal(now, tenant, Happening::CallbackFollowed { of, id, news, status, attempts, next });
        if tries_on {
            self.follow_callback(now, tenant, of);
        } else {
            self.forget_wish(now, tenant, of);
        }
    }

    fn forget_wish(&mut self, now: Now, tenant: TenantId, of: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if let Some(Standing::InLine(ticket)) = t.wishes.get(of).map(|kept| kept.standing) {
            let _ = t.router.leave(now, ticket, LeaveReason::Redirected);
        }
        t.wishes.remove(of);
        self.touch_router(tenant);
        self.arm_callbacks(tenant);
    }

    fn arm_callbacks(&mut self, tenant: TenantId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let wanted = t.wishes.next_due();
        self.timers.arm(Who::Callbacks(tenant), &mut t.wishes.armed, wanted);
    }
}
