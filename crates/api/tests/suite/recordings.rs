//! Recordings: whole, in parts, and by whom.

use serde_json::json;

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, SALES, WAV_BYTES, World, wav_byte};

/// A call with a recording, and the recording's address.
async fn recorded() -> (World, String) {
    let world = World::start().await;
    let call = world.desk.talk(ALPHA, "13800138000", SALES);
    world.project().await;
    let token = world.login(ALPHA, "admin").await;
    let call = world.get(&token, format!("/api/v1/interactions/{}", call.id)).await.json();
    let path = format!("/api/v1/recordings/{}", call["recordings"][0]["id"].as_str().unwrap());
    (world, path)
}

fn assert_bytes(reply: &Reply, from: u64, to: u64) {
    assert_eq!(reply.body.len() as u64, to - from);
    assert!((from..to).zip(&reply.body).all(|(at, byte)| *byte == wav_byte(at)));
}

#[tokio::test]
async fn a_recording_comes_whole() {
    let (world, path) = recorded().await;
    let token = world.login(ALPHA, "super").await;
    let reply = world.get(&token, format!("{path}/audio")).await;
    assert_eq!(reply.status, 200);
    assert_bytes(&reply, 0, WAV_BYTES);
    assert_eq!(reply.header("content-type"), Some("audio/wav"));
    assert_eq!(reply.header("content-length"), Some(WAV_BYTES.to_string().as_str()));
    assert_eq!(reply.header("accept-ranges"), Some("bytes"));
    let asked = Ask::new("GET", format!("{path}/audio")).token(&token).header("accept-encoding", "gzip");
    let reply = world.ask(asked).await;
    assert_eq!(reply.header("content-encoding"), None, "sound is not squeezed");
    let head = world.ask(Ask::new("HEAD", format!("{path}/audio")).token(&token)).await;
    assert_eq!((head.status, head.header("content-length")), (200, Some(WAV_BYTES.to_string().as_str())));
}

#[tokio::test]
async fn a_part_of_a_recording_is_those_very_bytes() {
    let (world, path) = recorded().await;
    let token = world.login(ALPHA, "super").await;
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-43", 0, 44),
        ("bytes=65535-65537", 65_535, 65_538),
        ("bytes=100000-", 100_000, WAV_BYTES),
        ("bytes=-7", WAV_BYTES - 7, WAV_BYTES),
        ("bytes=149000-999999", 149_000, WAV_BYTES),
    ] {
        let reply = world.ask(Ask::new("GET", format!("{path}/audio")).token(&token).header("range", range)).await;
        assert_eq!(reply.status, 206, "{range}");
        assert_bytes(&reply, from, to);
        assert_eq!(reply.header("content-range"), Some(format!("bytes {from}-{}/{WAV_BYTES}", to - 1).as_str()));
    }
    for range in [format!("bytes={WAV_BYTES}-"), "bytes=-0".to_owned()] {
        let reply = world.ask(Ask::new("GET", format!("{path}/audio")).token(&token).header("range", range)).await;
        assert_eq!(reply.error(), (416, "bad_range".into(), None));
        assert_eq!(reply.header("content-range"), Some(format!("bytes */{WAV_BYTES}").as_str()));
    }
    let whole =
        world.ask(Ask::new("GET", format!("{path}/audio")).token(&token).header("range", "bytes=0-1,4-5")).await;
    assert_eq!(whole.status, 200);
}

#[tokio::test]
async fn the_outline_has_as_many_stretches_as_asked_for() {
    let (world, path) = recorded().await;
    let token = world.login(ALPHA, "super").await;
    let peaks = world.get(&token, format!("{path}/peaks?buckets=2")).await;
    assert_eq!(
        peaks.json(),
        json!({"channels": [[-0.5, 0.5, -0.5, 0.5], [-0.25, 1.0, -0.25, 1.0]], "duration_ms": 5_000})
    );
    let peaks = world.get(&token, format!("{path}/peaks")).await;
    assert_eq!(peaks.json()["channels"][0].as_array().unwrap().len(), 2_000);
    for buckets in ["0", "8193", "-1", "many"] {
        let reply = world.get(&token, format!("{path}/peaks?buckets={buckets}")).await;
        assert_eq!(reply.error(), (400, "bad_value".into(), Some("buckets".into())));
    }
}

#[tokio::test]
async fn an_agent_hears_its_own_calls_alone() {
    let (world, path) = recorded().await;
    for (user, status) in [("agent", 200), ("idle", 403), ("super", 200)] {
        let token = world.login(ALPHA, user).await;
        assert_eq!(world.get(&token, format!("{path}/audio")).await.status, status, "{user}");
        assert_eq!(world.get(&token, format!("{path}/peaks?buckets=1")).await.status, status, "{user}");
    }
}
