//! Media threads on real sockets: the same suite on io_uring and on epoll.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use media::codec::Codec;
use media::engine::{EventTypes, LegMedia, MediaCommand, MediaEvent, RecordTo, SourcePolicy, prompt_name};
use media::ice::stun::{self, Builder, attribute};
use media::prompt::{Pcm, PromptBank};
use media::rtp::{self, Header};
use media::seal::{DataKey, KEY_LEN, Keys, TrackFile, track_place};
use media::track::{Kind, TrackIndex};
use net::media::{
    BackendChoice, BrowserAddress, BrowserEnd, BrowserPorts, CreateError, MediaPool, MediaPoolConfig, MediaStartError,
};
use types::leg::{Connection, Sound};
use types::{LegId, PlayId, Private, RecordingId, TenantId};

/// Each test has ports of its own, so that they run side by side.
fn free_ports(pairs: u16) -> (u16, u16) {
    let lo = testkit::free_ports(2 * pairs);
    (lo, lo + 2 * pairs - 1)
}

/// How long a test waits for what must come: much longer than it ever takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits before it sends again.
const AGAIN: Duration = Duration::from_millis(50);

/// Two neighbouring ports for a phone.
fn phone_ports() -> (UdpSocket, UdpSocket) {
    loop {
        let rtp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let next = rtp.local_addr().unwrap().port().checked_add(1);
        if let Some(Ok(rtcp)) = next.map(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port))) {
            return (rtp, rtcp);
        }
    }
}

struct Bench {
    pool: MediaPool,
    events: Receiver<MediaEvent>,
}

struct Phone {
    socket: UdpSocket,
    /// Kept, so that no other phone gets this one's reports.
    _rtcp: UdpSocket,
    leg: LegId,
    to: SocketAddr,
    header: Header,
}

/// What recordings are sealed under.
struct OneKey;

impl Keys for OneKey {
    fn newest(&self, _: TenantId) -> Option<(u64, DataKey)> {
        Some((1, Private::new([9; KEY_LEN])))
    }

    fn find(&self, number: u64) -> Option<DataKey> {
        (number == 1).then(|| Private::new([9; KEY_LEN]))
    }
}

impl Bench {
    fn start(backend: BackendChoice, threads: usize, pairs: u16) -> Option<Self> {
        let (sender, events) = mpsc::channel();
        let mut bank = PromptBank::new();
        bank.insert(&prompt_name("zh", "hello"), Pcm { rate: 8000, samples: vec![4000; 8000 / 5] });
        let config = MediaPoolConfig {
            threads,
            // Legs that are not made for each other are spread.
            legs_per_thread: 1,
            ip: Ipv4Addr::LOCALHOST.into(),
            ports: free_ports(pairs),
            port_guard: Duration::ZERO,
            browsers: BrowserPorts { addresses: vec![BrowserAddress::own(Ipv4Addr::LOCALHOST.into())], ports: (0, 0) },
            backend,
            keys: Some(Arc::new(OneKey)),
            ..MediaPoolConfig::default()
        };
        let sink = move |event| drop(sender.send(event));
        match MediaPool::start(config, Arc::new(bank), Arc::new(sink)) {
            Ok(pool) => Some(Self { pool, events }),
            Err(MediaStartError::NoUring(error)) => {
                testkit::left_out(format_args!("io_uring: not available here ({error})"));
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn phone(&self, leg: u64, near: Option<u64>) -> Phone {
        let (socket, rtcp) = phone_ports();
        let leg = LegId(leg);
        let ports = self.pool.create_leg(leg, near.map(LegId)).unwrap();
        let media = Box::new(LegMedia {
            remote_rtp: socket.local_addr().unwrap(),
            remote_rtcp: None,
            rtcp_mux: false,
            codec: Codec::Pcma,
            send_type: 8,
            receive_type: 8,
            also_received: Vec::new(),
            events: Some(EventTypes { send: 101, receive: 101, clock_rate: 8000 }),
            send: true,
            receive: true,
            source: SourcePolicy::Latch,
            srtp: None,
            browser: None,
        });
        self.tell(MediaCommand::Configure { leg, media });
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, ports.rtp));
        Phone {
            socket,
            _rtcp: rtcp,
            leg,
            to,
            header: Header { payload_type: 8, ssrc: leg.0 as u32, ..Header::default() },
        }
    }

    fn tell(&self, command: MediaCommand) {
        self.pool.command(command).unwrap();
    }

    fn bridge(&self, a: &Phone, b: &Phone) {
        self.tell(MediaCommand::Connect { leg: a.leg, to: Connection::Bridge(b.leg) });
    }

    /// Waits for an event.
    fn wait_for(&self, mut wanted: impl FnMut(&MediaEvent) -> bool) -> MediaEvent {
        loop {
            let event = self.events.recv_timeout(PATIENCE).expect("the event comes");
            if wanted(&event) {
                return event;
            }
        }
    }
}

impl Phone {
    fn speak(&mut self, byte: u8) {
        let mut packet = [byte; 172];
        self.header.write(&mut packet);
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.timestamp = self.header.timestamp.wrapping_add(160);
        self.socket.send_to(&packet, self.to).unwrap();
    }

    fn hear(&self, patience: Duration) -> Option<(Header, Vec<u8>)> {
        self.socket.set_read_timeout(Some(patience)).unwrap();
        let mut buffer = [0; 2048];
        let (len, from) = self.socket.recv_from(&mut buffer).ok()?;
        assert_eq!(from, self.to, "media comes from where the session description says");
        let packet = rtp::parse(&buffer[..len]).unwrap();
        Some((packet.header, packet.payload(&buffer[..len]).to_vec()))
    }
}

/// Commands and packets take different ways: speaks until the other side hears it.
fn pass_on(from: &mut Phone, to: &Phone, byte: u8) {
    for _ in 0..PATIENCE.as_millis() / AGAIN.as_millis() {
        from.speak(byte);
        while let Some((_, payload)) = to.hear(AGAIN) {
            if payload == [byte; 160] {
                return;
            }
        }
    }
    panic!("{byte} was not passed on");
}

fn bridged_phones_hear_each_other(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 1, 8) else { return };
    let (mut a, mut b) = (bench.phone(1, None), bench.phone(2, Some(1)));
    bench.bridge(&a, &b);
    pass_on(&mut a, &b, 0x11);
    pass_on(&mut b, &a, 0x22);
    let stats = bench.pool.stats();
    assert_eq!(stats.legs, 2);
    assert_eq!(stats.send_failures, 0);
}

fn a_burst_of_many_calls_gets_through(backend: BackendChoice) {
    const CALLS: u64 = 100;
    const PACKETS: usize = 20;
    let Some(bench) = Bench::start(backend, 1, 2 * CALLS as u16 + 8) else { return };
    let mut calls: Vec<(Phone, Phone)> =
        (0..CALLS).map(|i| (bench.phone(2 * i + 1, None), bench.phone(2 * i + 2, Some(2 * i + 1)))).collect();
    for (a, b) in &mut calls {
        bench.bridge(a, b);
        pass_on(a, b, 1);
        pass_on(b, a, 2);
    }
    // More than all buffers at once.
    for _ in 0..PACKETS {
        calls.iter_mut().for_each(|(a, _)| a.speak(7));
    }
    for (_, b) in &calls {
        for n in 0..PACKETS {
            let (_, payload) = b.hear(PATIENCE).unwrap_or_else(|| panic!("packet {n} is missing"));
            assert_eq!(payload, [7; 160]);
        }
    }
}

fn a_prompt_is_played_and_its_end_told(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 1, 8) else { return };
    let a = bench.phone(1, None);
    let sounds = Arc::new([Sound::Prompt { language: "zh".into(), id: "hello".into() }]);
    bench.tell(MediaCommand::Play { leg: a.leg, play: PlayId(5), tenant: None, sounds, repeat: false, barge_in: true });
    let done = bench.wait_for(|e| matches!(e, MediaEvent::PlayDone { .. }));
    assert_eq!(done, MediaEvent::PlayDone { leg: a.leg, play: PlayId(5), finished: true });
    let mut last: Option<Header> = None;
    for _ in 0..10 {
        let (header, payload) = a.hear(PATIENCE).expect("ten frames");
        assert_eq!(payload.len(), 160);
        assert!(last.is_none_or(|l| header.sequence == l.sequence.wrapping_add(1)));
        last = Some(header);
    }
}

fn a_port_serves_the_next_call_without_the_old_ones_packets(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 1, 2) else { return };
    let (mut a, mut b) = (bench.phone(1, None), bench.phone(2, Some(1)));
    assert!(matches!(bench.pool.create_leg(LegId(3), None), Err(CreateError::Ports(_))), "two pairs are all there is");
    bench.bridge(&a, &b);
    pass_on(&mut a, &b, 1);
    pass_on(&mut b, &a, 2);
    for phone in [&a, &b] {
        bench.tell(MediaCommand::Destroy(phone.leg));
    }
    let ended = bench.wait_for(|e| matches!(e, MediaEvent::Ended { leg: LegId(1), .. }));
    let MediaEvent::Ended { quality: Some(quality), .. } = ended else { panic!("{ended:?}") };
    assert!(quality.received >= 1 && quality.sent >= 1);
    bench.wait_for(|e| matches!(e, MediaEvent::Ended { leg: LegId(2), .. }));
    let (mut c, d) = (bench.phone(3, None), bench.phone(4, Some(3)));
    assert_eq!((c.to, d.to), (a.to, b.to), "the sockets are used again");
    bench.bridge(&c, &d);
    // The old phone goes on speaking to what is now another's port.
    a.speak(9);
    pass_on(&mut c, &d, 3);
    a.speak(9);
    pass_on(&mut c, &d, 4);
}

fn legs_of_different_threads_meet(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 2, 16) else { return };
    // Nobody says that they will meet, so they are spread over the threads.
    let (mut a, mut b, mut c) = (bench.phone(1, None), bench.phone(2, None), bench.phone(3, Some(1)));
    bench.bridge(&a, &b);
    pass_on(&mut a, &b, 1);
    pass_on(&mut b, &a, 2);
    // The second caller takes over, and the first comes back.
    bench.bridge(&c, &b);
    pass_on(&mut c, &b, 3);
    pass_on(&mut b, &c, 4);
    bench.bridge(&b, &a);
    pass_on(&mut a, &b, 5);
    pass_on(&mut b, &a, 6);
    for leg in [a.leg, b.leg, c.leg] {
        bench.tell(MediaCommand::Destroy(leg));
        bench.wait_for(|e| matches!(e, MediaEvent::Ended { leg: ended, .. } if *ended == leg));
    }
    assert_eq!(bench.pool.stats().legs, 0);
}

fn record(bench: &Bench, phone: &Phone, path: &Path) {
    let origin = net::media::now().mono;
    let to =
        RecordTo { tenant: TenantId(1), recording: RecordingId(1), channel: 0, path: path.into(), origin, hush: None };
    bench.tell(MediaCommand::Record { leg: phone.leg, to: Box::new(to) });
}

fn a_recorded_call_lies_on_the_disk(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 1, 8) else { return };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep/down/a.ltrk");
    let (mut a, b) = (bench.phone(1, None), bench.phone(2, Some(1)));
    // Before the bridge, so that whatever passes over it is recorded.
    record(&bench, &a, &path);
    bench.bridge(&a, &b);
    pass_on(&mut a, &b, 0x5a);
    bench.tell(MediaCommand::StopRecord(a.leg));
    // Dropping the pool waits for the recorder.
    drop(bench);
    let sealed = std::fs::read(&path).unwrap();
    assert!(!sealed.windows(4).any(|bytes| bytes == media::track::MAGIC), "a chunk lies there in the clear");
    let place = track_place(RecordingId(1), LegId(1));
    let track = TrackIndex::scan(&TrackFile::open(sealed, &OneKey, &place).unwrap());
    assert!(track.is_complete());
    assert_eq!(track.chunks[0].kind, Kind::Audio);
}

fn a_disk_that_refuses_costs_the_recording_and_not_the_call(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 1, 8) else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, b"not a directory").unwrap();
    let (mut a, mut b) = (bench.phone(1, None), bench.phone(2, Some(1)));
    bench.bridge(&a, &b);
    record(&bench, &a, &file.join("a.ltrk"));
    pass_on(&mut a, &b, 1);
    let gap = bench.wait_for(|e| matches!(e, MediaEvent::RecordingGap { .. }));
    assert!(matches!(gap, MediaEvent::RecordingGap { leg: LegId(1), gap_ms: 20.., .. }), "{gap:?}");
    pass_on(&mut a, &b, 2);
    pass_on(&mut b, &a, 3);
    assert!(bench.pool.stats().lost_chunks > 0);
}

/// A browser's connectivity check.
fn check(end: &BrowserEnd, password: &str) -> Vec<u8> {
    let mut check = Vec::new();
    let mut builder = Builder::new(&mut check, stun::Kind::BindingRequest, &[9; 12]);
    builder.attribute(attribute::USERNAME, format!("{}:theirs", end.ice.ufrag).as_bytes());
    builder.attribute(attribute::PRIORITY, &[0, 0, 0, 1]).attribute(attribute::ICE_CONTROLLING, &[0; 8]);
    builder.attribute(attribute::USE_CANDIDATE, &[]).integrity(password).fingerprint();
    check
}

fn a_flood_at_a_browsers_port_leaves_orders_their_room(backend: BackendChoice) {
    let Some(bench) = Bench::start(backend, 2, 16) else { return };
    // The browser's leg lives on another thread than its port, so that what comes for it is handed over.
    let (mut phone, mut other) = (bench.phone(1, None), bench.phone(2, Some(1)));
    let page = LegId(3);
    let end = bench.pool.create_browser_leg(page, None).unwrap();
    bench.pool.wake();
    bench.tell(MediaCommand::Connect { leg: page, to: Connection::Bridge(phone.leg) });
    let browser = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    browser.set_read_timeout(Some(AGAIN)).unwrap();
    let mut room = [0; 1500];
    let known = (0..PATIENCE.as_millis() / AGAIN.as_millis()).any(|_| {
        browser.send_to(&check(&end, &end.ice.password), end.addresses[0]).unwrap();
        browser.recv_from(&mut room).is_ok()
    });
    assert!(known, "the browser's address is known");

    let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (forged, noise) = (check(&end, "a password that is wrong"), [0x80; 172]);
    bench.bridge(&phone, &other);
    for round in 0..200 {
        for _ in 0..100 {
            // Under the browser's own address, by its leg's name, and as nobody.
            browser.send_to(&noise, end.addresses[0]).unwrap();
            stranger.send_to(&forged, end.addresses[0]).unwrap();
            stranger.send_to(&noise, end.addresses[0]).unwrap();
        }
        bench.tell(MediaCommand::Watch { leg: phone.leg, on: round % 2 == 0 });
    }
    pass_on(&mut phone, &other, 1);
    pass_on(&mut other, &phone, 2);
    assert!(bench.pool.stats().refused > 0, "what is nobody's, or too much, is counted");
    bench.tell(MediaCommand::Destroy(page));
    bench.wait_for(|e| matches!(e, MediaEvent::Ended { leg, .. } if *leg == page));
}

macro_rules! suite {
    ($($test:ident),+ $(,)?) => {
        mod io_uring {
            $(#[test] fn $test() { super::$test(super::BackendChoice::IoUring); })+
        }
        mod epoll {
            $(#[test] fn $test() { super::$test(super::BackendChoice::Epoll); })+
        }
    };
}

suite!(
    bridged_phones_hear_each_other,
    a_burst_of_many_calls_gets_through,
    a_prompt_is_played_and_its_end_told,
    a_port_serves_the_next_call_without_the_old_ones_packets,
    legs_of_different_threads_meet,
    a_flood_at_a_browsers_port_leaves_orders_their_room,
    a_recorded_call_lies_on_the_disk,
    a_disk_that_refuses_costs_the_recording_and_not_the_call,
);

#[test]
fn a_range_without_a_pair_is_refused() {
    let config = MediaPoolConfig { ports: (40_001, 40_002), ..MediaPoolConfig::default() };
    let started = MediaPool::start(config, Arc::default(), Arc::new(|_| {}));
    assert!(matches!(started, Err(MediaStartError::EmptyRange(40_001, 40_002))));
}

#[test]
fn an_unspecified_address_hears_what_comes_to_any_of_the_hosts() {
    let (sender, events) = mpsc::channel();
    let config = MediaPoolConfig { ports: free_ports(4), ..MediaPoolConfig::default() };
    let sink = move |event| drop(sender.send(event));
    let pool = MediaPool::start(config, Arc::default(), Arc::new(sink)).unwrap();
    let bench = Bench { pool, events };
    let (mut a, b) = (bench.phone(1, None), bench.phone(2, Some(1)));
    bench.bridge(&a, &b);
    pass_on(&mut a, &b, 1);
    // The same phone by another address of ours, as behind a router that knows only that one.
    a.to.set_ip("127.0.0.2".parse().unwrap());
    pass_on(&mut a, &b, 2);
}
