//! Measures what a media thread costs, without signalling.
//!
//! ```text
//! cargo run --release -p net --example media_load -- MODE CALLS SECONDS [epoll] [coalesce=US]
//! ```
//! MODE is `bridge`, `record` (bridge with both legs recorded) or `prompt`; or `churn`, where CALLS are made and ended
//! each second without media. The generator is a process of its own, so
//! that the CPU told is the server's alone. Prints one line of JSON.
#![allow(clippy::disallowed_methods, reason = "it measures real time")]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use media::codec::Codec;
use media::engine::{EventTypes, LegMedia, MediaCommand, RecordTo, SourcePolicy, music_name};
use media::prompt::{Pcm, PromptBank};
use net::media::{BackendChoice, MediaPool, MediaPoolConfig};
use types::leg::{Connection, Sound};
use types::{LegId, PlayId, RecordingId};

/// First port of the generator's phones.
const PHONES: u16 = 20_000;
const TICKS_PER_S: f64 = 100.0;

fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("proc");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("stat").split_whitespace().collect();
    (fields[11].parse::<f64>().expect("utime") + fields[12].parse::<f64>().expect("stime")) / TICKS_PER_S
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/smaps_rollup").expect("proc");
    let line = status.lines().find(|l| l.starts_with("Pss:")).expect("Pss");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("number")
}

/// The phones: each sends G.711 to its port every 20 ms and counts what comes back.
fn generate(targets: &[u16], seconds: u64) -> io::Result<()> {
    let phones: Arc<Vec<(UdpSocket, SocketAddr)>> = Arc::new(
        targets
            .iter()
            .enumerate()
            .map(|(i, &port)| {
                let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, PHONES + i as u16)).expect("bind");
                socket.set_nonblocking(true).expect("nonblocking");
                (socket, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            })
            .collect(),
    );
    let received = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let (mut sent, mut slips) = (0u64, 0u64);
    let mut packet = [0x55u8; 172];
    packet[..2].copy_from_slice(&[0x80, 8]);
    let mut buffer = [0u8; 2048];
    for slice in 0u64.. {
        let due = start + Duration::from_millis(slice);
        if due >= end + Duration::from_millis(200) {
            break;
        }
        let now = Instant::now();
        if due > now {
            std::thread::sleep(due - now);
        } else if now - due > Duration::from_millis(20) {
            slips += 1;
        }
        for (i, (socket, to)) in phones.iter().enumerate().skip((slice % 20) as usize).step_by(20) {
            if due < end {
                let n = slice / 20;
                packet[2..4].copy_from_slice(&(n as u16).to_be_bytes());
                packet[4..8].copy_from_slice(&(n as u32 * 160).to_be_bytes());
                packet[8..12].copy_from_slice(&(i as u32 + 1).to_be_bytes());
                sent += u64::from(socket.send_to(&packet, to).is_ok());
            }
            while socket.recv(&mut buffer).is_ok() {
                received.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    let received = received.load(Ordering::Relaxed);
    println!("{sent} {received} {slips}");
    Ok(())
}

fn leg_media(port: u16) -> LegMedia {
    LegMedia {
        remote_rtp: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
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
    }
}

/// Makes and ends calls at an even pace.
fn churn(pool: &MediaPool, rate: usize, seconds: u64) {
    let start = Instant::now();
    let cpu = cpu_s();
    let calls = rate as u64 * seconds;
    for i in 0..calls {
        let due = start + Duration::from_secs_f64(i as f64 / rate as f64);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let (a, b) = (LegId(2 * i + 1), LegId(2 * i + 2));
        for (leg, near) in [(a, None), (b, Some(a))] {
            pool.create_leg(leg, near).expect("ports");
            pool.command(MediaCommand::Configure { leg, media: Box::new(leg_media(9)) }).expect("room");
            pool.command(MediaCommand::Watch { leg, on: true }).expect("room");
        }
        pool.command(MediaCommand::Connect { leg: a, to: Connection::Bridge(b) }).expect("room");
        pool.destroy(a);
        pool.destroy(b);
    }
    let cpu = cpu_s() - cpu;
    println!("{{\"mode\":\"churn\",\"rate\":{rate},\"us_per_call\":{:.1}}}", cpu * 1e6 / calls as f64);
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|a| a == "phones") {
        let targets: Vec<u16> = args[2..].iter().map(|p| p.parse().expect("port")).collect();
        return generate(&targets, args[1].parse().expect("seconds"));
    }
    let mode = args.first().map_or("bridge", String::as_str);
    let calls: usize = args.get(1).map_or(100, |n| n.parse().expect("calls"));
    let seconds: u64 = args.get(2).map_or(10, |n| n.parse().expect("seconds"));
    let epoll = args.iter().any(|a| a == "epoll");
    let coalesce_us = args.iter().find_map(|a| a.strip_prefix("coalesce=")).map_or(2000, |n| n.parse().expect("µs"));
    let directory = std::env::temp_dir().join(format!("media-load-{}", std::process::id()));

    let mut bank = PromptBank::new();
    bank.insert(&music_name("hold"), Pcm { samples: vec![1000; 16_000 * 10], rate: 16_000 });
    bank.warm(Codec::Pcma).expect("codec");
    let config = MediaPoolConfig {
        ip: Ipv4Addr::LOCALHOST.into(),
        ports: (40_000, 59_999),
        backend: if epoll { BackendChoice::Epoll } else { BackendChoice::IoUring },
        coalesce: Duration::from_micros(coalesce_us),
        ..MediaPoolConfig::default()
    };
    let before_kib = resident_kib();
    let pool = MediaPool::start(config, Arc::new(bank), Arc::new(|_| {})).expect("start");
    if mode == "churn" {
        churn(&pool, calls, seconds);
        return Ok(());
    }
    let per_call = if mode == "prompt" { 1 } else { 2 };
    let mut targets = Vec::new();
    for i in 0..calls * per_call {
        let leg = LegId(i as u64 + 1);
        let near = (i % 2 == 1).then_some(LegId(i as u64));
        targets.push(pool.create_leg(leg, near).expect("leg").rtp);
        let media = Box::new(leg_media(PHONES + i as u16));
        pool.command(MediaCommand::Configure { leg, media }).expect("room");
        pool.command(MediaCommand::Watch { leg, on: true }).expect("room");
        if let Some(near) = near.filter(|_| mode != "prompt") {
            pool.command(MediaCommand::Connect { leg, to: Connection::Bridge(near) }).expect("room");
        }
        if mode == "prompt" {
            let sounds = Arc::new([Sound::Music("hold".into())]);
            let play = MediaCommand::Play { leg, play: PlayId(1), tenant: None, sounds, repeat: false, barge_in: true };
            pool.command(play).expect("room");
        }
        if mode == "record" {
            let path = directory.join(format!("{i}.ltrk")).into();
            let to = RecordTo {
                tenant: types::TenantId(1),
                recording: RecordingId(1),
                channel: 0,
                path,
                origin: net::media::now().mono,
                hush: None,
            };
            pool.command(MediaCommand::Record { leg, to: Box::new(to) }).expect("room");
        }
    }
    let mut phones = Command::new(std::env::current_exe()?)
        .arg("phones")
        .arg((seconds + 2).to_string())
        .args(targets.iter().map(u16::to_string))
        .stdout(Stdio::piped())
        .spawn()?;
    std::thread::sleep(Duration::from_secs(1));
    let (cpu, at, stats) = (cpu_s(), Instant::now(), pool.stats());
    std::thread::sleep(Duration::from_secs(seconds));
    let (cpu, took, after) = (cpu_s() - cpu, at.elapsed().as_secs_f64(), pool.stats());
    let kib = resident_kib() - before_kib;
    let mut line = String::new();
    BufReader::new(phones.stdout.take().expect("piped")).read_line(&mut line)?;
    phones.wait()?;
    let counts: Vec<u64> = line.split_whitespace().map(|n| n.parse().expect("count")).collect();
    let sent = after.sent - stats.sent;
    writeln!(
        io::stdout(),
        "{{\"mode\":\"{mode}\",\"backend\":\"{}\",\"calls\":{calls},\"core_pct\":{:.2},\"core_pct_per_100_calls\":{:.2},\
         \"us_per_packet\":{:.2},\"packets_per_s\":{:.0},\"phones_sent\":{},\"phones_received\":{},\"slips\":{},\
         \"kib_per_call\":{:.1},\"chunks\":{},\"lost_chunks\":{},\"most_waiting_chunks\":{},\"late_ticks\":{}}}",
        pool.backend(),
        100.0 * cpu / took,
        100.0 * cpu / took * 100.0 / calls as f64,
        cpu * 1e6 / sent.max(1) as f64,
        sent as f64 / took,
        counts[0],
        counts[1],
        counts[2],
        kib as f64 / calls as f64,
        after.chunks,
        after.lost_chunks,
        after.most_waiting_chunks,
        after.late_ticks,
    )?;
    drop(pool);
    if directory.exists() {
        std::fs::remove_dir_all(directory)?;
    }
    Ok(())
}
