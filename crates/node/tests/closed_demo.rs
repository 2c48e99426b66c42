//! What a demo has left in a data folder, with passwords that everyone knows, is not served without asking for it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use node::{DEMO_TENANT, Hasher, Node, NodeConfig};

async fn start(data: &Path, demo: Option<Hasher>) -> Node {
    let sip = SocketAddr::from(([127, 0, 0, 1], testkit::free_ports(1)));
    let rtp = testkit::free_ports(100);
    let config = NodeConfig {
        data: data.to_owned(),
        node: 0,
        demo,
        sip,
        sips: None,
        media_ip: None,
        rtp: (rtp, rtp + 99),
        media_threads: 1,
        settings: BTreeMap::new(),
        secrets: std::sync::Arc::new(resource::NoSecrets),
        database_files: None,
        version: "test",
        secret: [7; 32],
        master: std::sync::Arc::new(vault::LocalMaster::parse(&"5".repeat(64)).unwrap()),
    };
    Node::start(config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_is_served_by_starts_that_ask_for_it_alone() {
    let data = tempfile::tempdir().unwrap();
    for demo in [true, false, true] {
        let node = start(data.path(), demo.then_some(|_| String::new())).await;
        let handle = node.handle();
        let tenant = handle.store.tenant_by_name(DEMO_TENANT).await.unwrap().expect("nothing is deleted").id;
        assert_eq!(handle.live(tenant).await.unwrap().is_some(), demo);
        assert_eq!(handle.closed.contains(&tenant), !demo);
        node.stop().await;
    }
}
