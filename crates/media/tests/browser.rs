//! A browser leg in virtual time: checks, handshake, sound both ways, loss and return, reload.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::codec::{Codec, Encoder};
use media::dtls::{Identity, PeerFingerprint, Report, Session};
use media::engine::{BrowserMedia, Engine, EngineConfig, Lane, LegMedia, MediaCommand, MediaEvent, SourcePolicy};
use media::ice::Credentials;
use media::ice::stun::{Builder, Kind, Message, attribute};
use media::prompt::PromptBank;
use media::rtp::{self, Header};
use media::srtp::{Context, MAX_OVERHEAD};
use media::tone::sine;
use types::leg::Connection;
use types::{LegId, Mono, Now, Wall};

const LEG: LegId = LegId(7);
const SLOT: u32 = 3;

#[allow(clippy::disallowed_methods, reason = "any moment will do as the epoch")]
fn identity() -> Arc<Identity> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(vec![]).unwrap().self_signed(&key).unwrap();
    Arc::new(Identity::new(certificate.der().to_vec(), key.serialize_der(), Instant::now()).unwrap())
}

fn fingerprint(identity: &Identity) -> PeerFingerprint {
    PeerFingerprint { hash: "sha-256".into(), digest: identity.fingerprint()[..].into() }
}

/// A page.
struct Page {
    identity: Arc<Identity>,
    dtls: Session,
    keys: Option<(Context, Context)>,
    from: SocketAddr,
    ours: Credentials,
    header: Header,
    encoder: Encoder,
    phase: usize,
    answers: u32,
    heard: u32,
    goodbye: bool,
}

struct Lab {
    engine: Engine,
    identity: Arc<Identity>,
    now: Now,
    page: Page,
    events: Vec<MediaEvent>,
}

fn at(ms: u64) -> Now {
    Now { mono: Mono::from_millis(ms), wall: Wall(1_700_000_000_000) }
}

impl Page {
    fn new(server: &Identity, ours: Credentials, from: &str) -> Self {
        let identity = identity();
        // Each page chooses its source anew.
        let ssrc = u32::from_be_bytes(identity.fingerprint()[..4].try_into().unwrap());
        Self {
            dtls: Session::new(identity.clone(), fingerprint(server), true, Mono::from_millis(10_000)),
            identity,
            keys: None,
            from: from.parse().unwrap(),
            ours,
            header: Header { payload_type: 111, sequence: 5, timestamp: 9, ssrc, marker: false },
            encoder: Encoder::new(Codec::Opus).unwrap(),
            phase: 0,
            answers: 0,
            heard: 0,
            goodbye: false,
        }
    }

    fn check(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut check = Builder::new(&mut bytes, Kind::BindingRequest, &[9; 12]);
        check.attribute(attribute::USERNAME, format!("{}:page", self.ours.ufrag).as_bytes());
        check.attribute(attribute::ICE_CONTROLLING, &[1; 8]).attribute(attribute::PRIORITY, &[1; 4]);
        check.attribute(attribute::USE_CANDIDATE, &[]).integrity(&self.ours.password).fingerprint();
        bytes
    }

    fn speak(&mut self) -> Option<Vec<u8>> {
        let tone = sine(400.0, 16_000, self.phase + 320, 8000.0)[self.phase..].to_vec();
        self.phase = (self.phase + 320) % 16_000;
        let mut bytes = vec![0; rtp::HEADER_LEN];
        self.encoder.encode(&tone, &mut bytes).unwrap();
        self.header.write(&mut bytes);
        self.header.sequence += 1;
        self.header.timestamp += 960;
        let len = bytes.len();
        bytes.resize(len + MAX_OVERHEAD, 0);
        let len = self.keys.as_mut()?.0.protect_rtp(&mut bytes, len).unwrap();
        bytes.truncate(len);
        Some(bytes)
    }
}

fn media(page: &Page) -> Box<LegMedia> {
    Box::new(LegMedia {
        remote_rtp: "192.0.2.99:9".parse().unwrap(),
        remote_rtcp: None,
        rtcp_mux: true,
        codec: Codec::Opus,
        send_type: 111,
        receive_type: 111,
        also_received: Vec::new(),
        events: None,
        send: true,
        receive: true,
        source: SourcePolicy::Latch,
        srtp: None,
        browser: Some(Box::new(BrowserMedia { peer: fingerprint(&page.identity), active: false })),
    })
}

impl Lab {
    fn new() -> Self {
        let identity = identity();
        let config = EngineConfig { identity: Some(identity.clone()), ..EngineConfig::default() };
        let ours = Credentials::from_random(&[5; Credentials::RANDOM]);
        let page = Page::new(&identity, ours.clone(), "192.0.2.1:5000");
        let mut lab = Self {
            engine: Engine::new(config, Arc::new(PromptBank::new())),
            identity,
            now: at(10_000),
            page,
            events: Vec::new(),
        };
        lab.tell(MediaCommand::Create { leg: LEG, slot: SLOT, seed: 1, ice: Some(Box::new(ours)) });
        lab.tell(MediaCommand::Configure { leg: LEG, media: media(&lab.page) });
        lab.tell(MediaCommand::Watch { leg: LEG, on: true });
        lab.tell(MediaCommand::Connect { leg: LEG, to: Connection::Echo });
        lab
    }

    fn tell(&mut self, command: MediaCommand) {
        self.engine.handle_command(self.now, command);
        self.drain();
    }

    fn give(&mut self, from: SocketAddr, bytes: &[u8]) {
        let mut room = bytes.to_vec();
        room.resize(2000, 0);
        let forward = self.engine.handle_packet(self.now.mono, SLOT, Lane::Rtp, from, &mut room, bytes.len());
        if let Some(forward) = forward {
            self.hand(forward.to, room[..forward.len].to_vec());
        }
        self.drain();
    }

    fn drain(&mut self) {
        let outbox = self.engine.outbox();
        let sent: Vec<_> = outbox.transmits().map(|(t, bytes)| (t.to, bytes.to_vec())).collect();
        outbox.clear_transmits();
        self.events.append(&mut outbox.events);
        for (to, bytes) in sent {
            self.hand(to, bytes);
        }
    }

    /// What arrives at the page.
    fn hand(&mut self, to: SocketAddr, bytes: Vec<u8>) {
        let page = &mut self.page;
        assert_eq!(to, page.from, "sent elsewhere");
        match rtp::classify(&bytes) {
            rtp::Datagram::Stun => {
                let answer = Message::parse(&bytes).unwrap();
                assert!(answer.is_authentic(&page.ours.password));
                page.answers += 1;
            }
            rtp::Datagram::Dtls => {
                let mut out = Vec::new();
                match page.dtls.handle(self.now.mono, &bytes, |b| out.push(b.to_vec())) {
                    Some(Report::Keys { send, receive }) => {
                        page.keys = Some((send.context().unwrap(), receive.context().unwrap()));
                    }
                    Some(Report::Closed) => page.goodbye = true,
                    _ => {}
                }
                for bytes in out {
                    self.give(self.page.from, &bytes);
                }
            }
            rtp::Datagram::Rtp => {
                let mut bytes = bytes;
                page.keys.as_mut().expect("keys before sound").1.unprotect_rtp(&mut bytes).expect("authentic");
                page.heard += 1;
            }
            _ => {}
        }
    }

    /// Lets time pass. A present page checks every 2.5 s, shakes hands and speaks.
    fn pass(&mut self, ms: u64, present: bool) {
        for _ in 0..ms / 20 {
            self.now = self.now.after(Duration::from_millis(20));
            let now = self.now.mono;
            if present {
                if now.as_millis().is_multiple_of(2500) || self.page.answers == 0 {
                    let (from, check) = (self.page.from, self.page.check());
                    self.give(from, &check);
                }
                if self.page.dtls.timeout().is_some_and(|at| at <= now) {
                    let mut out = Vec::new();
                    self.page.dtls.handle_timeout(now, |b| out.push(b.to_vec()));
                    out.iter().for_each(|bytes| self.give(self.page.from, bytes));
                }
                if let Some(bytes) = self.page.speak() {
                    let from = self.page.from;
                    self.give(from, &bytes);
                }
            }
            if self.engine.next_deadline().is_some_and(|at| at <= now) {
                self.engine.tick(self.now);
                self.drain();
            }
        }
    }

    fn told(&mut self) -> Vec<MediaEvent> {
        std::mem::take(&mut self.events)
    }
}

#[test]
fn a_page_is_heard_and_hears_itself_after_check_and_handshake() {
    let mut lab = Lab::new();
    lab.pass(2000, true);
    assert_eq!(lab.told(), [MediaEvent::Secured(LEG), MediaEvent::Started(LEG)]);
    assert!(lab.page.heard > 80, "{}", lab.page.heard);
    lab.tell(MediaCommand::Destroy(LEG));
    let [MediaEvent::Ended { quality: Some(quality), .. }] = &lab.told()[..] else { panic!("no figures") };
    assert!(quality.received > 80 && quality.lost == 0 && quality.wideband, "{quality:?}");
    assert!(lab.page.goodbye, "the page is told");
}

#[test]
fn nothing_leaves_before_a_check_and_nothing_of_a_strangers_is_taken() {
    let mut lab = Lab::new();
    lab.pass(5000, false);
    assert_eq!((lab.page.answers, lab.page.heard), (0, 0));
    let stranger = "203.0.113.9:77".parse().unwrap();
    let hello = {
        let mut out = Vec::new();
        let mut other = Session::new(identity(), fingerprint(&lab.identity), true, lab.now.mono);
        other.handle_timeout(lab.now.mono, |b| out.push(b.to_vec()));
        out.remove(0)
    };
    // Were it answered, it would be sent to somebody who is not the page.
    lab.give(stranger, &hello);
    lab.pass(1000, true);
    lab.give(stranger, &hello);
    let theirs = lab.page.speak().unwrap();
    lab.give(stranger, &theirs);
    let mut plain = vec![0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3];
    lab.give(lab.page.from, &std::mem::take(&mut plain));
    lab.pass(1000, true);
    assert!(lab.page.heard > 60);
}

#[test]
fn a_browser_that_vanishes_is_told_within_four_seconds_and_so_is_its_return_from_another_address() {
    let mut lab = Lab::new();
    lab.pass(3000, true);
    lab.told();
    lab.pass(2800, false);
    assert_eq!(lab.told(), []);
    lab.pass(1000, false);
    assert_eq!(lab.told(), [MediaEvent::Lost(LEG)]);
    // Its network has changed: an ICE restart, the keys stay.
    let ice = Credentials::from_random(&[77; Credentials::RANDOM]);
    lab.tell(MediaCommand::RestartIce { leg: LEG, ice: Box::new(ice.clone()) });
    lab.tell(MediaCommand::Configure { leg: LEG, media: media(&lab.page) });
    (lab.page.ours, lab.page.from, lab.page.answers) = (ice, "[2001:db8::5]:6000".parse().unwrap(), 0);
    let heard = lab.page.heard;
    lab.pass(1000, true);
    assert_eq!(lab.told(), [MediaEvent::Back(LEG)], "no second handshake");
    assert!(lab.page.heard > heard + 30);
}

#[test]
fn a_browser_whose_connection_has_closed_is_missed_at_once_unless_its_media_go_on() {
    let mut lab = Lab::new();
    lab.pass(3000, true);
    lab.told();
    lab.tell(MediaCommand::Doubt(LEG));
    lab.pass(6000, true);
    assert_eq!(lab.told(), []);
    // That doubt is over.
    lab.pass(2000, false);
    assert_eq!(lab.told(), []);
    lab.pass(1000, true);
    lab.tell(MediaCommand::Doubt(LEG));
    lab.pass(1200, false);
    assert_eq!(lab.told(), [MediaEvent::Lost(LEG)]);
}

#[test]
fn a_page_that_stops_sending_is_not_missed_while_it_checks() {
    let mut lab = Lab::new();
    lab.pass(3000, true);
    lab.told();
    for _ in 0..10 {
        lab.pass(2500, false);
        let (from, check) = (lab.page.from, lab.page.check());
        lab.give(from, &check);
    }
    assert_eq!(lab.told(), []);
    lab.pass(7000, false);
    assert_eq!(lab.told(), []);
    lab.pass(2000, false);
    assert_eq!(lab.told(), [MediaEvent::Lost(LEG)]);
}

#[test]
fn a_page_on_hold_is_not_missed_while_it_checks() {
    let mut lab = Lab::new();
    lab.pass(2000, true);
    lab.told();
    let mut held = media(&lab.page);
    (held.send, held.receive) = (false, false);
    lab.tell(MediaCommand::Configure { leg: LEG, media: held });
    lab.pass(60_000, true);
    assert_eq!(lab.told(), []);
}

#[test]
fn a_goodbye_loses_the_leg_and_a_reloaded_page_gets_it_back_with_new_keys() {
    let mut lab = Lab::new();
    lab.pass(2000, true);
    lab.told();
    let mut out = Vec::new();
    lab.page.dtls.close(|b| out.push(b.to_vec()));
    let from = lab.page.from;
    out.iter().for_each(|bytes| lab.give(from, bytes));
    assert_eq!(lab.told(), [MediaEvent::Lost(LEG)]);
    let ice = Credentials::from_random(&[78; Credentials::RANDOM]);
    lab.page = Page::new(&lab.identity.clone(), ice.clone(), "192.0.2.1:5001");
    lab.tell(MediaCommand::RestartIce { leg: LEG, ice: Box::new(ice) });
    lab.tell(MediaCommand::Configure { leg: LEG, media: media(&lab.page) });
    lab.pass(2000, true);
    let told = lab.told();
    assert!(told.contains(&MediaEvent::Back(LEG)) && told.contains(&MediaEvent::Secured(LEG)), "{told:?}");
    assert!(lab.page.heard > 60);
}

#[test]
fn a_page_with_another_certificate_than_signalled_gets_nothing() {
    let mut lab = Lab::new();
    let mut wrong = media(&lab.page);
    wrong.browser.as_mut().unwrap().peer.digest = [1; 32].into();
    lab.tell(MediaCommand::Configure { leg: LEG, media: wrong });
    lab.pass(3000, true);
    assert!(lab.told().contains(&MediaEvent::Insecure(LEG)));
    assert_eq!(lab.page.heard, 0);
}

#[test]
fn a_page_that_waits_is_greeted_as_soon_as_there_is_a_path() {
    let mut lab = Lab::new();
    let waiting = Session::new(lab.page.identity.clone(), fingerprint(&lab.identity), false, lab.now.mono);
    lab.page.dtls = waiting;
    lab.tell(MediaCommand::Destroy(LEG));
    lab.told();
    let ice = Some(Box::new(lab.page.ours.clone()));
    lab.tell(MediaCommand::Create { leg: LEG, slot: SLOT, seed: 2, ice });
    let mut active = media(&lab.page);
    active.browser.as_mut().unwrap().active = true;
    lab.tell(MediaCommand::Configure { leg: LEG, media: active });
    lab.tell(MediaCommand::Connect { leg: LEG, to: Connection::Echo });
    lab.pass(3000, false);
    assert_eq!(lab.told(), []);
    lab.pass(2000, true);
    assert_eq!(lab.told(), [MediaEvent::Secured(LEG), MediaEvent::Started(LEG)]);
    assert!(lab.page.heard > 80, "{}", lab.page.heard);
}
