//! What an interaction costs on its way from the journal into SQLite.
//!
//! `cargo bench -p store`

#![allow(clippy::disallowed_methods)]

use std::fs;
use std::time::Instant;

use store::{Fact, Filter, Number, Projector, Store};
use testkit::bench::{cpu, record};
use types::event::Happening;
use types::{AgentId, TenantId, Wall};

const ROWS: u64 = 100_000;
/// What a projector finds when it looks five times a second at 1,000 calls a second.
const BATCH: u64 = 200;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("store.sqlite");
    let store = Store::open_sqlite(&path).await.expect("a store");
    let mut projector = Projector::open(store.clone()).await.expect("a projector");
    let ended = |n| Happening::InteractionEnded { record: Box::new(record(n)) };
    let json: Vec<Vec<u8>> = (1..=ROWS).map(|n| serde_json::to_vec(&ended(n)).expect("JSON")).collect();
    let (used, began) = (cpu(), Instant::now());
    for (i, batch) in json.chunks(BATCH as usize).enumerate() {
        let first = i as u64 * BATCH + 1;
        let fact = |(pos, json)| Fact { pos, tenant: TenantId(1), at: Wall(0), json };
        projector.apply((first..).zip(batch.iter().map(Vec::as_slice)).map(fact)).await.expect("applied");
    }
    let cpu = (cpu() - used).as_micros() as u64;
    let time = began.elapsed();
    println!("{ROWS} interactions in batches of {BATCH}");
    println!("{:>6} us of CPU each, {:.0} a second", cpu / ROWS, ROWS as f64 / time.as_secs_f64());
    println!("{:>6} bytes of disk each", fs::metadata(&path).expect("the file").len() / ROWS);
    for (what, filter) in [
        ("newest", Filter::default()),
        ("of an agent", Filter { agent: Some(AgentId(7)), ..Filter::default() }),
        ("ending 0777", Filter { number: Some(Number::Ending("0777".into())), ..Filter::default() }),
    ] {
        let began = Instant::now();
        let page = store.interactions(TenantId(1), &filter, None, 50).await.expect("a page");
        println!("{:>6} us for a page {what}: {} rows", began.elapsed().as_micros(), page.rows.len());
    }
}
