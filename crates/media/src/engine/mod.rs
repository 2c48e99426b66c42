//! The media engine of one thread: it owns legs, takes their packets, and says what to send.
//!
//! Sources (a leg, a prompt, a tone, an echo) feed sinks (a leg, a recorder), straight or through a mix with a gain per
//! listener. Two legs of the same codec are bridged packet by packet, rewritten in the buffer they came in; all else is
//! made at a tick of 20 ms.
//!
//! Call order: [`Engine::handle_command`] and [`Engine::handle_packet`] as they come, [`Engine::tick`] when
//! [`Engine::next_deadline`] has been reached; after any of them, carry out and clear [`Engine::outbox`].

mod browser;
mod command;
mod crypt;
mod digits;
mod event;
mod gate;
mod handshake;
mod hearing;
mod hush;
mod leg;
mod output;
mod play;
mod record;
mod route;
mod slow;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use types::leg::{DigitSource, MediaQuality};
use types::{LegId, Mono, Now};

pub use command::{BrowserMedia, EventTypes, LegMedia, MediaCommand, RecordTo, SourcePolicy, SrtpPair};
pub use event::MediaEvent;
pub use output::{Forward, Lane, Learnt, Outbox, Span, Tie, TrackBytes, Transmit};
pub use play::{music_name, prompt_name};

use crate::dtls::Identity;
use crate::dtmf::Digit;
use crate::ice::Credentials;
use crate::prompt::PromptBank;
use crate::rtcp::ntp_from_unix_us;
use crate::rtp::{self, Datagram};
use crate::tone::Country;
use browser::Browser;
use digits::Outgoing;
use hearing::{Hears, Mode};
use leg::{Incoming, Leg, Role};
use play::Player;
use record::Track;
use slow::{PHASES, Scratch};

/// How often a leg's timers are looked at, in microseconds: half a second is fine for lost media and reports, and an
/// idle track's chunk reaches the disk in time.
const CARE_US: u64 = 500_000;
/// The same for a leg that is recorded, so that a killed process costs less than a second of a track.
const CARE_RECORDED_US: u64 = 100_000;
/// A handshake's timer is not looked at more often.
const ALARM_GRAIN: Duration = Duration::from_millis(1);
/// Legs' timers fall on this grid, in microseconds, so that one wake-up serves many.
const CARE_GRID_US: u64 = 50_000;

/// The next moment that many legs share, microseconds.
const fn on_grid(at: u64) -> u64 {
    at.next_multiple_of(CARE_GRID_US)
}

/// What an engine is set up with.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Silence of a far end that is to send after which its media counts as lost.
    pub media_timeout: Duration,
    /// Whose tones are played.
    pub country: Country,
    /// Our certificate towards browsers; none when there are to be none.
    pub identity: Option<Arc<Identity>>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { media_timeout: Duration::from_secs(10), country: Country::China, identity: None }
    }
}

/// A leg on its way from one engine to another.
pub struct MovingLeg(Box<Leg>);

/// The media legs of one thread.
pub struct Engine {
    config: EngineConfig,
    bank: Arc<PromptBank>,
    /// By slot. Boxed, since most slots rest between calls.
    legs: Vec<Option<Box<Leg>>>,
    slots: HashMap<LegId, u32>,
    serial: u32,
    /// Slots with work at the tick, by phase.
    ticking: [Vec<u32>; PHASES],
    /// The last phase that ran.
    phase: u64,
    /// The newest time that was told.
    clock: Mono,
    walk: Vec<u32>,
    /// One entry a leg: when to look after it. Slot and serial.
    care: BinaryHeap<Reverse<(u64, u32, u32)>>,
    /// When a handshake's timer is due. Slot and serial.
    alarms: BinaryHeap<Reverse<(u64, u32, u32)>>,
    scratch: Scratch,
    outbox: Outbox,
}

impl Engine {
    /// An engine without legs.
    pub fn new(config: EngineConfig, bank: Arc<PromptBank>) -> Self {
        Self {
            config,
            bank,
            legs: Vec::new(),
            slots: HashMap::new(),
            serial: 0,
            ticking: Default::default(),
            phase: 0,
            clock: Mono(0),
            walk: Vec::new(),
            care: BinaryHeap::new(),
            alarms: BinaryHeap::new(),
            scratch: Scratch::default(),
            outbox: Outbox::default(),
        }
    }

    /// Legs that stand.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether none stands.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// What is to be sent, reported and recorded.
    pub fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    /// New prompts, for playbacks that begin from now on.
    pub fn set_bank(&mut self, bank: Arc<PromptBank>) {
        self.bank = bank;
    }

    fn leg(&self, slot: u32) -> Option<&Leg> {
        self.legs.get(slot as usize)?.as_deref()
    }

    fn leg_mut(&mut self, slot: u32) -> Option<&mut Leg> {
        self.legs.get_mut(slot as usize)?.as_deref_mut()
    }

    /// Takes a datagram that lies in the first `len` bytes of `room`, which has room for more behind (SRTP appends a
    /// tag). What is returned is to be sent from `room`.
    pub fn handle_packet(
        &mut self,
        now: Mono,
        slot: u32,
        lane: Lane,
        from: SocketAddr,
        room: &mut [u8],
        len: usize,
    ) -> Option<Forward> {
        self.clock = now;
        let leg = self.legs.get_mut(slot as usize)?.as_deref_mut()?;
        if leg.browser.is_some() {
            let kind = rtp::classify(&room[..len]);
            if !matches!(kind, Datagram::Rtp | Datagram::Rtcp) {
                leg.take_other(now, kind, from, &room[..len], &mut self.outbox);
                self.set_alarm(now, slot);
                return None;
            }
        }
        let muxed = lane == Lane::Rtp && leg.agreed.rtcp_mux && rtp::classify(&room[..len]) == Datagram::Rtcp;
        if lane == Lane::Rtcp || muxed {
            leg.take_rtcp(now, from, room, len, &mut self.outbox);
            return None;
        }
        let incoming = leg.take(now, from, room, len, &mut self.outbox)?;
        let payload = &room[incoming.start..incoming.end];
        if incoming.role == Role::Audio {
            if let Some(track) = &mut leg.track {
                track.audio(now, leg.agreed.codec_in, &incoming.header, payload, &mut self.outbox);
            }
            leg.buffer(now, &incoming, payload);
        } else if incoming.role == Role::Noise {
            leg.pause_playout();
        }
        let fast_to = leg.fast_to;
        self.digits(now, slot, &incoming, &room[incoming.start..incoming.end]);
        if incoming.switched {
            self.plan_around(slot);
            return None;
        }
        self.leg_mut(fast_to?)?.forward(now, &incoming, room)
    }

    fn digits(&mut self, now: Mono, slot: u32, incoming: &Incoming, payload: &[u8]) {
        if incoming.role == Role::Noise {
            return;
        }
        let Some(leg) = self.leg_mut(slot) else { return };
        let mut heard: Option<(Digit, DigitSource)> = None;
        // A packet holds one event, or 20 ms of sound, which is less than a press.
        leg.digits(incoming, payload, |digit, source| heard = Some((digit, source)));
        let Some((digit, source)) = heard else { return };
        self.digit(now, slot, digit.as_char(), source);
        if source == DigitSource::Rtp {
            self.pass_digit_on(slot, digit.as_char());
        }
    }

    /// Reports a digit, and lets it interrupt a prompt.
    fn digit(&mut self, now: Mono, slot: u32, digit: char, source: DigitSource) {
        let Some(leg) = self.leg_mut(slot) else { return };
        if !leg.is_new_press(now, digit, source) {
            return;
        }
        let (id, barge_in) = (leg.id, leg.player.as_ref().is_some_and(|p| p.barge_in));
        self.outbox.events.push(MediaEvent::Digit { leg: id, digit: digit.into(), source });
        if barge_in {
            self.end_play(slot, false);
        }
    }

    /// A digit as event goes to the bridged side too: with the packets where these pass, else made anew.
    fn pass_digit_on(&mut self, slot: u32, digit: char) {
        let Some(leg) = self.leg(slot) else { return };
        let Hears::Bridge(partner) = &leg.hears else { return };
        let Some(&partner) = self.slots.get(partner) else { return };
        let Some(other) = self.leg(partner) else { return };
        if other.hears != Hears::Bridge(leg.id) || matches!(other.mode, Mode::Play | Mode::Mute) {
            return;
        }
        let same_events = other.agreed.event_send.is_some() && other.agreed.event_clock == leg.agreed.event_clock;
        if !matches!(other.mode, Mode::Fast(_)) || !same_events {
            self.press(partner, &[digit]);
        }
    }

    fn press(&mut self, slot: u32, digits: &[char]) {
        let Some(leg) = self.leg_mut(slot) else { return };
        let codec = leg.agreed.codec_out;
        let event_clock = leg.agreed.event_send.map(|_| leg.agreed.event_clock);
        let outgoing = leg.outgoing.get_or_insert_with(|| Box::new(Outgoing::new(event_clock, codec.pcm_rate())));
        digits.iter().for_each(|&digit| outgoing.press(digit));
        self.update_ticking(slot);
    }

    /// Carries out a command.
    pub fn handle_command(&mut self, now: Now, command: MediaCommand) {
        let mono = now.mono;
        self.clock = mono;
        if let MediaCommand::Create { leg, slot, seed, ice } = command {
            return self.create(mono, leg, slot, seed, ice);
        }
        let Some(&slot) = self.slots.get(&command.leg()) else { return };
        match command {
            MediaCommand::Create { .. } => {}
            MediaCommand::Configure { media, .. } => self.configure(mono, slot, &media),
            MediaCommand::RestartIce { ice, .. } => {
                if let Some(browser) = self.leg_mut(slot).and_then(|leg| leg.browser.as_mut()) {
                    browser.restart_ice(*ice);
                }
            }
            MediaCommand::Doubt(_) => {
                if let Some(browser) = self.leg_mut(slot).and_then(|leg| leg.browser.as_mut()) {
                    browser.doubt(mono);
                }
            }
            MediaCommand::Watch { on, .. } => {
                let Some(leg) = self.leg_mut(slot) else { return };
                leg.watch = on;
                leg.last_heard = mono;
            }
            MediaCommand::Connect { leg, to } => self.connect(leg, to),
            MediaCommand::Clip { recording, clip, .. } => {
                if let Some(player) = self.leg_mut(slot).and_then(|leg| leg.player.as_mut()) {
                    player.clip(recording, clip);
                }
            }
            MediaCommand::Play { play, tenant, sounds, repeat, barge_in, .. } => {
                self.end_play(slot, false);
                let country = self.config.country;
                let Some(leg) = self.leg_mut(slot) else { return };
                let player = Player::new(play, tenant, sounds, repeat, barge_in, leg.agreed.codec_out, country);
                leg.player = Some(Box::new(player));
                self.plan(slot);
            }
            MediaCommand::StopPlay(_) => self.end_play(slot, false),
            MediaCommand::DigitByInfo { digit, .. } => {
                if let Some(digit) = Digit::from_char(*digit.reveal()) {
                    self.digit(mono, slot, digit.as_char(), DigitSource::Info);
                }
            }
            MediaCommand::SendDigits { digits, .. } => self.press(slot, &digits.reveal().chars().collect::<Vec<_>>()),
            MediaCommand::Record { to, .. } => self.record(mono, slot, *to),
            MediaCommand::PauseRecord { pause, .. } => self.pause_record(mono, slot, pause),
            MediaCommand::StopRecord(_) => self.stop_record(mono, slot),
            MediaCommand::RecordingLost { leg, recording, span, disk } => {
                let track = self.leg_mut(slot).and_then(|leg| leg.track.as_mut());
                if let Some(track) = track.filter(|t| t.to.recording == recording) {
                    let gap_ms = track.lost(&span, disk);
                    self.outbox.events.push(MediaEvent::RecordingGap { leg, recording, gap_ms });
                }
            }
            MediaCommand::Destroy(_) => self.destroy(now, slot),
        }
    }

    fn configure(&mut self, now: Mono, slot: u32, media: &LegMedia) {
        let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { return };
        leg.configure(now, media, &mut self.outbox);
        if let Some(player) = &mut leg.player {
            player.set_codec(media.codec);
        }
        self.set_alarm(now, slot);
        self.plan_around(slot);
    }

    fn create(&mut self, now: Mono, id: LegId, slot: u32, seed: u64, ice: Option<Box<Credentials>>) {
        let index = slot as usize;
        if self.legs.len() <= index {
            self.legs.resize_with(index + 1, || None);
        }
        if self.legs[index].is_some() || self.slots.contains_key(&id) {
            return;
        }
        self.serial = self.serial.wrapping_add(1);
        let mut leg = Box::new(Leg::new(id, slot, self.serial, seed, now));
        leg.browser = ice.zip(self.config.identity.clone()).map(|(ice, id)| Box::new(Browser::new(id, *ice)));
        self.insert(now, leg);
    }

    fn insert(&mut self, now: Mono, leg: Box<Leg>) {
        let (id, slot, serial) = (leg.id, leg.slot, leg.serial);
        self.legs[slot as usize] = Some(leg);
        self.slots.insert(id, slot);
        self.care.push(Reverse((on_grid(now.0 + CARE_RECORDED_US), slot, serial)));
    }

    fn destroy(&mut self, now: Now, slot: u32) {
        self.end_play(slot, false);
        self.stop_record(now.mono, slot);
        self.detach(slot);
        let Some(mut leg) = self.legs.get_mut(slot as usize).and_then(Option::take) else { return };
        self.slots.remove(&leg.id);
        leg.untie(&mut self.outbox);
        leg.report(now.mono, ntp(now), true, &mut self.outbox);
        leg.close_browser(now.mono, &mut self.outbox);
        self.outbox.events.push(MediaEvent::Ended { leg: leg.id, quality: quality(&leg).map(Box::new) });
    }

    /// Takes a leg out of the graph: it hears nobody, and nobody hears it any more.
    fn detach(&mut self, slot: u32) {
        self.part(slot, None);
        self.hear(slot, Hears::Nothing);
        let Some(leg) = self.leg_mut(slot) else { return };
        leg.outgoing = None;
        let listeners = std::mem::take(&mut leg.heard_by);
        self.update_ticking(slot);
        let Some(id) = self.leg(slot).map(|leg| leg.id) else { return };
        self.slots.remove(&id);
        for listener in listeners {
            self.plan(listener);
        }
        self.slots.insert(id, slot);
        self.update_ticking(slot);
    }

    /// Takes a leg out so that another engine can go on with it: its stream, playback, track and figures go along, a
    /// bridge ends. Nothing is told to anybody.
    pub fn release(&mut self, leg: LegId) -> Option<MovingLeg> {
        let slot = *self.slots.get(&leg)?;
        if matches!(self.leg(slot)?.hears, Hears::Bridge(_)) {
            self.part(slot, None);
            self.hear(slot, Hears::Nothing);
        }
        let hears = self.leg(slot)?.hears.clone();
        self.detach(slot);
        self.slots.remove(&leg);
        let mut leg = self.legs.get_mut(slot as usize)?.take()?;
        if std::mem::take(&mut leg.ticking) {
            self.set_ticking(slot, false);
        }
        leg.hears = hears;
        Some(MovingLeg(leg))
    }

    /// Goes on with a leg of another engine, in a slot that is free here. Who was told to hear it hears it again.
    pub fn adopt(&mut self, now: Mono, MovingLeg(mut leg): MovingLeg, slot: u32) {
        self.clock = now;
        let index = slot as usize;
        if self.legs.len() <= index {
            self.legs.resize_with(index + 1, || None);
        }
        let (id, hears) = (leg.id, std::mem::replace(&mut leg.hears, Hears::Nothing));
        self.serial = self.serial.wrapping_add(1);
        (leg.slot, leg.serial) = (slot, self.serial);
        if let Some(browser) = &mut leg.browser {
            browser.alarm = None;
        }
        self.insert(now, leg);
        self.set_alarm(now, slot);
        self.hear(slot, hears);
        let listeners: Vec<(u32, Hears)> =
            self.legs.iter().flatten().filter(|l| l.hears.includes(id)).map(|l| (l.slot, l.hears.clone())).collect();
        for (listener, hears) in listeners {
            self.hear(listener, hears);
        }
    }

    fn end_play(&mut self, slot: u32, finished: bool) {
        let Some(leg) = self.leg_mut(slot) else { return };
        let (id, Some(player)) = (leg.id, leg.player.take()) else { return };
        self.outbox.events.push(MediaEvent::PlayDone { leg: id, play: player.play, finished });
        self.plan(slot);
    }

    fn record(&mut self, now: Mono, slot: u32, to: RecordTo) {
        self.stop_record(now, slot);
        let Some(leg) = self.leg_mut(slot) else { return };
        let mut track = Track::new(now, leg.id, to, leg.agreed.codec_in);
        track.held(now, !leg.agreed.receive);
        leg.track = Some(Box::new(track));
    }

    fn pause_record(&mut self, now: Mono, slot: u32, pause: bool) {
        let leg = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut);
        if let Some(track) = leg.and_then(|leg| leg.track.as_mut()) {
            track.pause(now, pause, &mut self.outbox);
        }
    }

    fn stop_record(&mut self, now: Mono, slot: u32) {
        if let Some(track) = self.leg_mut(slot).and_then(|leg| leg.track.take()) {
            track.close(now, &mut self.outbox);
        }
    }

    /// Ends all tracks in order, before the engine itself goes.
    pub fn close_tracks(&mut self, now: Mono) {
        for slot in 0..self.legs.len() as u32 {
            self.stop_record(now, slot);
        }
    }

    /// When [`Engine::tick`] has something to do; nothing when no leg stands.
    pub fn next_deadline(&self) -> Option<Mono> {
        let first = |heap: &BinaryHeap<Reverse<(u64, u32, u32)>>| heap.peek().map(|Reverse((at, ..))| Mono(*at));
        [self.next_phase(), first(&self.care), first(&self.alarms)].into_iter().flatten().min()
    }

    /// Plans a look at a browser leg's handshake, when its timer has changed.
    fn set_alarm(&mut self, now: Mono, slot: u32) {
        let Some(leg) = self.leg_mut(slot) else { return };
        let serial = leg.serial;
        let Some(browser) = &mut leg.browser else { return };
        // An earlier look finds out by itself that it was too early.
        let due = browser.due(now).map(|due| due.max(now + ALARM_GRAIN));
        if let Some(at) = due.filter(|due| browser.alarm.is_none_or(|at| *due < at)) {
            browser.alarm = Some(at);
            self.alarms.push(Reverse((at.0, slot, serial)));
        }
    }

    fn run_alarms(&mut self, now: Mono) {
        while let Some(&Reverse((at, slot, serial))) = self.alarms.peek() {
            if at > now.0 {
                break;
            }
            self.alarms.pop();
            let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { continue };
            let Some(browser) = leg.browser.as_mut().filter(|_| leg.serial == serial) else { continue };
            browser.alarm = None;
            if browser.due(now).is_some_and(|due| due <= now) && leg.handshake(now, None, &mut self.outbox).is_none() {
                // No path yet: the first check goes on with it.
                if leg.remote(now).is_none() {
                    continue;
                }
            }
            self.set_alarm(now, slot);
        }
    }

    /// Does what is due: frames of the slow path, reports, lost media.
    pub fn tick(&mut self, now: Now) {
        self.clock = now.mono;
        self.run_phases(now.mono);
        self.run_alarms(now.mono);
        while let Some(&Reverse((at, slot, serial))) = self.care.peek() {
            if at > now.mono.0 {
                break;
            }
            self.care.pop();
            self.look_after(now, slot, serial);
        }
    }

    fn look_after(&mut self, now: Now, slot: u32, serial: u32) {
        let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { return };
        if leg.serial != serial {
            return;
        }
        leg.report(now.mono, ntp(now), false, &mut self.outbox);
        leg.tie(now.mono, &mut self.outbox);
        leg.renew_allowance();
        if let Some(track) = &mut leg.track {
            track.care(now.mono, &mut self.outbox);
        }
        let gone = match &leg.browser {
            Some(browser) => browser.is_gone(now.mono, leg.last_heard, leg.started),
            None => leg.agreed.receive && now.mono.since(leg.last_heard) >= self.config.media_timeout,
        };
        if leg.watch && !leg.lost && gone {
            leg.lost = true;
            self.outbox.events.push(MediaEvent::Lost(leg.id));
        }
        let interval = if leg.track.is_some() { CARE_RECORDED_US } else { CARE_US };
        let next = on_grid(now.mono.0 + interval);
        self.care.push(Reverse((next, slot, serial)));
    }
}

fn ntp(now: Now) -> u64 {
    ntp_from_unix_us(u64::try_from(now.wall.0).unwrap_or(0) * 1000)
}

/// The figures for the call's record; nothing when no packet went either way.
fn quality(leg: &Leg) -> Option<MediaQuality> {
    let quality = leg.session.quality();
    if quality.sent == 0 && quality.received.unique == 0 {
        return None;
    }
    Some(MediaQuality {
        codec_sent: (quality.sent > 0).then(|| leg.agreed.codec_out.into()),
        codec_received: (quality.received.unique > 0).then(|| leg.agreed.codec_in.into()),
        received: quality.received.unique,
        sent: quality.sent,
        lost: quality.received.lost(),
        jitter_ms: quality.jitter_us as f32 / 1000.0,
        rtt_ms: quality.round_trip_us.map(|us| us as f32 / 1000.0),
        remote_loss_pct: quality.remote_loss.map(|share| (share * 100.0) as f32),
        mos: quality.mos.unwrap_or(1.0) as f32,
        wideband: quality.wideband,
    })
}
