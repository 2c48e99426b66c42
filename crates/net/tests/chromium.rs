//! A real browser against the media threads: Chromium with a microphone that plays a file. What it says is found by
//! content on a telephone's side, what the telephone says by content in the page.
#![allow(clippy::disallowed_methods, reason = "a browser lives in real time")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::codec::{Codec, Decoder, Encoder};
use media::engine::{EventTypes, LegMedia, MediaCommand, MediaEvent, SourcePolicy};
use media::prompt::PromptBank;
use media::rtp::{self, HEADER_LEN, Header};
use media::tone::{goertzel_power, sine};
use net::media::{BrowserAddress, BrowserEnd, BrowserPorts, MediaPool, MediaPoolConfig, browser_media};
use sdp::{Capabilities, Local, Negotiated, Session};
use types::LegId;
use types::leg::Connection;

const PAGE: &str = include_str!("chromium/page.html");
/// What a loaded machine may need for what takes Chromium a second.
const PATIENCE: Duration = Duration::from_secs(60);
const BROWSER: LegId = LegId(1);
const PHONE: LegId = LegId(2);
/// What the browser's microphone hears, and what the telephone says, in Hz.
const BROWSER_HZ: f64 = 700.0;
const PHONE_HZ: f64 = 1300.0;

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = std::env::split_paths(&std::env::var_os("PATH")?).collect::<Vec<_>>();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}

/// Two free ports for the telephone's leg.
fn free_ports() -> (u16, u16) {
    let lo = testkit::free_ports(2);
    (lo, lo + 1)
}

/// Two seconds of a tone as a 48 kHz WAV file; Chromium begins again at its end.
fn microphone() -> Vec<u8> {
    let samples = sine(BROWSER_HZ, 48_000, 96_000, 8000.0);
    let len = samples.len() as u32 * 2;
    let mut wav = Vec::from(*b"RIFF");
    wav.extend((36 + len).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(48_000u32.to_le_bytes());
    wav.extend(96_000u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(len.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

/// Signalling of our side: a browser leg, its descriptions, and a telephone leg that it is bridged with.
struct Side {
    pool: MediaPool,
    end: BrowserEnd,
    local: Mutex<(Local, Option<Negotiated>)>,
    /// The telephone has heard the browser.
    heard: Arc<AtomicBool>,
}

fn engine_codec(name: &str) -> (sdp::Codec, Codec) {
    match name {
        "opus" => (sdp::Codec::OPUS, Codec::Opus),
        "g722" => (sdp::Codec::G722, Codec::G722),
        _ => (sdp::Codec::PCMA, Codec::Pcma),
    }
}

impl Side {
    fn capabilities(&self, end: &BrowserEnd, codec: &str) -> Capabilities {
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut capabilities = Capabilities::new(nowhere, vec![engine_codec(codec).0]);
        end.describe(&mut capabilities);
        capabilities
    }

    fn configure(&self, codec: &str, negotiated: &Negotiated) {
        let n = negotiated;
        let events = n.dtmf_send.zip(n.dtmf_receive);
        let media = LegMedia {
            remote_rtp: n.remote,
            remote_rtcp: None,
            rtcp_mux: n.rtcp_mux,
            codec: engine_codec(codec).1,
            send_type: n.send_payload,
            receive_type: n.receive_payload,
            also_received: Vec::new(),
            events: events.map(|(send, receive)| EventTypes { send, receive, clock_rate: n.dtmf_clock }),
            send: n.direction.sends(),
            receive: n.direction.receives(),
            source: SourcePolicy::Latch,
            srtp: None,
            browser: browser_media(n).map(Box::new),
        };
        self.pool.command(MediaCommand::Configure { leg: BROWSER, media: Box::new(media) }).unwrap();
    }

    /// The answer to a browser's offer: the first, or one that restarts ICE.
    fn answer(&self, codec: &str, offer: &str) -> String {
        let offer = Session::parse(offer.as_bytes()).expect("a description");
        let (local, before) = &mut *self.local.lock().unwrap();
        let mut end = self.end.clone();
        if before.is_some() {
            end.ice = self.pool.restart_ice(BROWSER).unwrap().expect("a leg");
        }
        let (answer, negotiated) = local.answer(&offer, &self.capabilities(&end, codec)).expect("common ground");
        self.configure(codec, &negotiated);
        *before = Some(negotiated);
        answer.to_string()
    }

    fn offer(&self, codec: &str) -> String {
        self.local.lock().unwrap().0.offer(&self.capabilities(&self.end, codec)).to_string()
    }

    /// Waits until the telephone has heard the browser.
    fn wait_for_phone(&self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while !self.heard.load(Ordering::Relaxed) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.heard.load(Ordering::Relaxed)
    }

    fn take_answer(&self, codec: &str, answer: &str) {
        let answer = Session::parse(answer.as_bytes()).expect("a description");
        let capabilities = self.capabilities(&self.end, codec);
        let negotiated = self.local.lock().unwrap().0.apply_answer(&answer, &capabilities).expect("common ground");
        self.configure(codec, &negotiated);
    }
}

/// Serves the page and its requests until the program ends.
fn serve(listener: TcpListener, side: Arc<Side>, reports: Sender<String>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (side, reports) = (side.clone(), reports.clone());
            std::thread::spawn(move || request(stream, &side, &reports));
        }
    });
}

fn request(stream: TcpStream, side: &Side, reports: &Sender<String>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let target = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|n| *n > 2)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if reader.buffer().starts_with(b"\r\n") {
            reader.consume(2);
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query: HashMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let codec = query.get("codec").copied().unwrap_or("pcma");
    let (kind, text) = match path {
        "/" => ("text/html", PAGE.to_owned()),
        "/offer" => ("application/sdp", side.answer(codec, &body)),
        "/call" => ("application/sdp", side.offer(codec)),
        "/answer" => ("text/plain", {
            side.take_answer(codec, &body);
            String::new()
        }),
        "/heard" => ("text/plain", side.wait_for_phone().to_string()),
        "/report" => ("text/plain", {
            _ = reports.send(body);
            String::new()
        }),
        _ => ("text/plain", String::new()),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    reader.get_mut().write_all(head.as_bytes()).ok()?;
    reader.get_mut().write_all(text.as_bytes()).ok()
}

/// A telephone that says a tone and looks for the browser's in what it hears.
struct Phone {
    heard: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Phone {
    fn start(socket: UdpSocket, to: SocketAddr) -> Self {
        let (heard, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (found, ended) = (heard.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let second = sine(PHONE_HZ, 8000, 8000, 8000.0);
            let (mut encoder, mut decoder) = (Encoder::new(Codec::Pcma).unwrap(), Decoder::new(Codec::Pcma).unwrap());
            let start = Instant::now();
            let (mut pcm, mut room) = (Vec::new(), [0; 2048]);
            for frame in 0u32.. {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let mut packet = vec![0; HEADER_LEN];
                let header =
                    Header { payload_type: 8, sequence: frame as u16, timestamp: frame * 160, ssrc: 5, marker: false };
                header.write(&mut packet);
                encoder.encode(&second[frame as usize % 50 * 160..][..160], &mut packet).unwrap();
                let _ = socket.send_to(&packet, to);
                let next = start + Duration::from_millis(20) * (frame + 1);
                loop {
                    let left = next.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break;
                    }
                    socket.set_read_timeout(Some(left)).unwrap();
                    let Ok(len) = socket.recv(&mut room) else { continue };
                    let Ok(parsed) = rtp::parse(&room[..len]) else { continue };
                    if parsed.header.payload_type == 8 {
                        decoder.decode(parsed.payload(&room[..len]), &mut pcm).unwrap();
                    }
                }
                // Half a second of the browser's tone and hardly anything else.
                while pcm.len() >= 4000 {
                    let part: Vec<i16> = pcm.drain(..4000).collect();
                    let total = part.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / part.len() as f64;
                    if total > 1e5 && goertzel_power(&part, BROWSER_HZ, 8000) > 0.8 * total {
                        found.store(true, Ordering::Relaxed);
                    }
                }
            }
        });
        Self { heard, stop, thread: Some(thread) }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the telephone");
        }
    }
}

struct Bench {
    side: Arc<Side>,
    _phone: Phone,
    events: Receiver<MediaEvent>,
    reports: Receiver<String>,
    browser: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}

impl Bench {
    fn start(address: IpAddr, threads: usize, apart: bool, query: &str) -> Option<Self> {
        let Some(program) = chromium() else {
            testkit::tool_missing("a browser's legs: Chromium is not installed");
            return None;
        };
        let (sender, events) = mpsc::channel();
        let config = MediaPoolConfig {
            threads,
            legs_per_thread: if apart { 1 } else { 100 },
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ports: free_ports(),
            browsers: BrowserPorts { addresses: vec![BrowserAddress::own(address)], ports: (0, 0) },
            ..MediaPoolConfig::default()
        };
        let sink = Arc::new(move |event| _ = sender.send(event));
        let pool = MediaPool::start(config, Arc::new(PromptBank::new()), sink).expect("media threads");
        let end = pool.create_browser_leg(BROWSER, None).expect("a browser leg");
        let ports = pool.create_leg(PHONE, (!apart).then_some(BROWSER)).expect("a leg");
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let media = LegMedia {
            remote_rtp: socket.local_addr().unwrap(),
            remote_rtcp: None,
            rtcp_mux: false,
            codec: Codec::Pcma,
            send_type: 8,
            receive_type: 8,
            also_received: Vec::new(),
            events: None,
            send: true,
            receive: true,
            source: SourcePolicy::Latch,
            srtp: None,
            browser: None,
        };
        pool.command(MediaCommand::Configure { leg: PHONE, media: Box::new(media) }).unwrap();
        // The browser's leg goes to the telephone's thread.
        pool.command(MediaCommand::Connect { leg: BROWSER, to: Connection::Bridge(PHONE) }).unwrap();
        pool.command(MediaCommand::Watch { leg: BROWSER, on: true }).unwrap();
        let phone = Phone::start(socket, SocketAddr::from((Ipv4Addr::LOCALHOST, ports.rtp)));
        let heard = phone.heard.clone();
        let side = Arc::new(Side { pool, end, local: Mutex::new((Local::new(1), None)), heard });

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}/?{query}", listener.local_addr().unwrap());
        let (sender, reports) = mpsc::channel();
        serve(listener, side.clone(), sender);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("microphone.wav");
        std::fs::write(&file, microphone()).unwrap();
        let browser = Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio"])
            .args(["--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection"])
            .args(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"])
            .arg(format!("--use-file-for-fake-audio-capture={}", file.display()))
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg(url)
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Chromium");
        Some(Self { side, _phone: phone, events, reports, browser, _folder: folder })
    }

    /// Waits for the page's report of something.
    fn report(&self, what: &str) -> String {
        let report = self.reports.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            panic!(
                "the page never told: {what} {:?} {:?}",
                self.events.try_iter().collect::<Vec<_>>(),
                self.side.pool.stats()
            )
        });
        assert!(report.contains(&format!("\"what\":\"{what}\"")), "{report}, not {what}");
        report
    }

    fn wait_for(&self, wanted: impl Fn(&MediaEvent) -> bool) -> Vec<MediaEvent> {
        let mut all = Vec::new();
        while !all.last().is_some_and(&wanted) {
            all.push(self.events.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("only {all:?}")));
        }
        all
    }

    fn phone_hears(&self) {
        assert!(self.side.wait_for_phone(), "the telephone does not hear the browser: {:?}", self.side.pool.stats());
    }
}

fn digit(wanted: char) -> impl Fn(&MediaEvent) -> bool {
    move |event| matches!(event, MediaEvent::Digit { leg: BROWSER, digit, .. } if *digit.reveal() == wanted)
}

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn a_browser_calls_and_both_hear_each_other_through_an_ice_restart() {
    for codec in ["pcma", "opus"] {
        let query = format!("codec={codec}&calls=us&end=close");
        let Some(bench) = Bench::start(LOCAL, 1, false, &query) else { return };
        bench.report("heard");
        bench.phone_hears();
        let mut before = bench.wait_for(digit('5'));
        before.extend(bench.wait_for(digit('#')));
        bench.report("heard again");
        let done = bench.report("done");
        println!("{codec}: {done}");
        assert!(done.contains("\"state\":\"connected\"") && done.contains("127.0.0.1"), "{done}");
        let after = bench.wait_for(|event| matches!(event, MediaEvent::Lost(BROWSER)));
        let secured = before.iter().chain(&after).filter(|e| matches!(e, MediaEvent::Secured(_))).count();
        assert_eq!(secured, 1, "the keys outlive an ICE restart");
        bench.side.pool.destroy(BROWSER);
        let ended = bench.wait_for(|event| matches!(event, MediaEvent::Ended { leg: BROWSER, .. }));
        let Some(MediaEvent::Ended { quality: Some(quality), .. }) = ended.last() else { panic!("no figures") };
        println!("{codec}: {quality:?}");
        assert!(quality.received > 50 && quality.sent > 50);
    }
}

#[test]
fn a_browser_is_called_over_ipv6() {
    if UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        testkit::left_out("a browser's legs over IPv6: no IPv6 here");
        return;
    }
    let address = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let Some(bench) = Bench::start(address, 1, false, "codec=opus&calls=them") else { return };
    bench.report("heard");
    bench.phone_hears();
    bench.wait_for(digit('#'));
    let done = bench.report("done");
    assert!(done.contains("::1"), "{done}");
}

#[test]
fn a_browser_and_a_telephone_on_different_threads_hear_each_other_and_a_killed_browser_is_missed() {
    let Some(mut bench) = Bench::start(LOCAL, 2, true, "codec=pcma&calls=us") else { return };
    bench.report("heard");
    bench.phone_hears();
    bench.report("heard again");
    bench.report("done");
    bench.browser.kill().unwrap();
    bench.wait_for(|event| matches!(event, MediaEvent::Lost(BROWSER)));
}
