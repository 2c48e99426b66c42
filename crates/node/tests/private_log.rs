//! A node through whose log, at every level, nobody can be told who calls.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use node::{Node, NodeConfig};

const CALLER: &str = "13912345671";
const NOBODY: &str = "13912345672";
const NAME: &str = "王小明";
/// A test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

fn config(data: &Path) -> NodeConfig {
    let rtp = testkit::free_ports(100);
    NodeConfig {
        data: data.to_owned(),
        node: 0,
        demo: Some(|_| String::new()),
        sip: SocketAddr::from(([127, 0, 0, 1], testkit::free_ports(1))),
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
    }
}

/// A telephone of few lines: what it sends, and the answer that it waits for.
struct Phone {
    socket: UdpSocket,
    server: SocketAddr,
}

impl Phone {
    fn new(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, server }
    }

    fn send(&self, method: &str, to: &str, call: &str, cseq: &str, to_tag: &str, body: &str) {
        let (own, server) = (self.socket.local_addr().unwrap(), self.server);
        let text = format!(
            "{method} sip:{to}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bK{call}{method}\r\n\
             Max-Forwards: 70\r\nFrom: \"{NAME}\" <sip:{CALLER}@{server}>;tag=1\r\nTo: <sip:{to}@{server}>{to_tag}\r\n\
             Call-ID: {call}\r\nCSeq: {cseq} {method}\r\nContact: <sip:{CALLER}@{own}>\r\n\
             P-Asserted-Identity: <tel:{CALLER}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.socket.send_to(text.as_bytes(), self.server).unwrap();
    }

    /// The final answer to what was sent last.
    fn answer(&self) -> String {
        let mut room = [0; 8192];
        loop {
            let length = self.socket.recv(&mut room).expect("an answer");
            let text = String::from_utf8_lossy(&room[..length]).into_owned();
            if text.starts_with("SIP/2.0 ") && !text.starts_with("SIP/2.0 1") {
                return text;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_leave_no_number_and_no_name_in_the_log() {
    let log = testkit::private_log([CALLER, NOBODY, NAME]);
    let data = tempfile::tempdir().unwrap();
    let node = Node::start(config(data.path())).await.unwrap();
    let address = node.sip_address();
    let called = tokio::task::spawn_blocking(move || {
        let phone = Phone::new(address);
        let own = phone.socket.local_addr().unwrap();
        let sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} RTP/AVP 8\r\n",
            own.port()
        );
        phone.send("INVITE", "95002", "one", "1", "", &sdp);
        let answer = phone.answer();
        assert!(answer.starts_with("SIP/2.0 200"), "{answer}");
        let to = answer.lines().find(|line| line.starts_with("To:")).unwrap();
        let tag = &to[to.find(";tag=").unwrap()..];
        phone.send("ACK", "95002", "one", "1", tag, "");
        phone.send("BYE", "95002", "one", "2", tag, "");
        assert!(phone.answer().starts_with("SIP/2.0 200"));
        phone.send("INVITE", NOBODY, "two", "1", "", &sdp);
        let refused = phone.answer();
        assert!(refused.starts_with("SIP/2.0 404"), "{refused}");
        phone.send("ACK", NOBODY, "two", "1", "", "");
        // Malformed, with a number in it.
        let broken = format!("INVITE sip:{NOBODY}@ SIP/2.0\r\nFrom: {CALLER}\r\n\r\n");
        phone.socket.send_to(broken.as_bytes(), phone.server).unwrap();
    });
    called.await.unwrap();
    node.stop().await;
    drop(log);
}
