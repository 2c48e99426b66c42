//! A SIP peer on real sockets that writes down what it hears.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sip::flow::Transport;
use sip::header::HeaderName;
use sip::message::Message;
use sip::stream::{Frame, Framer};
use sip::{MessageBuilder, Method};

const ANSWER: &[u8] =
    b"v=0\r\no=b 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

/// A request and how it came.
pub(super) struct Told {
    pub(super) by: Transport,
    pub(super) message: Message,
}

/// How a peer answers.
#[derive(Clone)]
pub(super) struct Manners {
    /// What an INVITE gets; none: silence to everything.
    pub(super) invite: Option<u16>,
    /// Its Contact; none: where it listens.
    pub(super) contact: Option<String>,
    /// Whether it takes connections.
    pub(super) tcp: bool,
}

struct Ears {
    manners: Manners,
    contact: String,
    heard: Mutex<(HashSet<String>, Sender<Told>)>,
}

/// The peer.
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    heard: Receiver<Told>,
}

impl Peer {
    /// Listens until the test is over.
    pub(super) fn start(manners: Manners) -> Self {
        let (socket, listener) = sockets(manners.tcp);
        let address = socket.local_addr().unwrap();
        let (sender, heard) = mpsc::channel();
        let contact = manners.contact.clone().unwrap_or_else(|| format!("<sip:b@{address}>"));
        let ears = Arc::new(Ears { manners, contact, heard: Mutex::new((HashSet::new(), sender)) });
        let listening = ears.clone();
        std::thread::spawn(move || {
            let mut room = [0; 65_536];
            while let Ok((length, from)) = socket.recv_from(&mut room) {
                if let Some(answer) =
                    listening.hear(Transport::Udp, Message::parse(room[..length].to_vec()).unwrap(), from)
                {
                    socket.send_to(&answer, from).unwrap();
                }
            }
        });
        if let Some(listener) = listener {
            std::thread::spawn(move || {
                while let Ok((stream, from)) = listener.accept() {
                    let ears = ears.clone();
                    std::thread::spawn(move || ears.listen(stream, from));
                }
            });
        }
        Self { address, heard }
    }

    /// The next request that is no repeat.
    pub(super) fn heard(&self, patience: Duration) -> Told {
        self.heard.recv_timeout(patience).expect("the peer hears a request")
    }
}

/// Sockets for datagrams and connections of one port.
fn sockets(tcp: bool) -> (UdpSocket, Option<TcpListener>) {
    loop {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        if !tcp {
            return (socket, None);
        }
        // Somebody else may have the port for connections.
        if let Ok(listener) = TcpListener::bind(socket.local_addr().unwrap()) {
            return (socket, Some(listener));
        }
    }
}

impl Ears {
    fn listen(&self, mut stream: TcpStream, from: SocketAddr) {
        let mut framer = Framer::new();
        let mut room = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut room) {
            framer.push(&room[..length]);
            while let Some(frame) = framer.next_frame().unwrap() {
                let Frame::Message(bytes) = frame else { continue };
                if let Some(answer) = self.hear(Transport::Tcp, Message::parse(bytes).unwrap(), from) {
                    stream.write_all(&answer).unwrap();
                }
            }
        }
    }

    fn hear(&self, by: Transport, message: Message, from: SocketAddr) -> Option<Vec<u8>> {
        let method = message.method()?;
        let answer = self.answer(&message, method, from);
        let mut heard = self.heard.lock().unwrap();
        if heard.0.insert(format!("{method} {}", message.top_via().unwrap().branch())) {
            // The test may be over.
            let _ = heard.1.send(Told { by, message });
        }
        answer
    }

    fn answer(&self, message: &Message, method: Method, from: SocketAddr) -> Option<Vec<u8>> {
        let status = match method {
            Method::Ack => return None,
            Method::Invite => self.manners.invite?,
            _ => self.manners.invite.map(|_| 200)?,
        };
        let reply = MessageBuilder::reply_to(message, status, Some("peer"), Some(from));
        let reply = reply.header(HeaderName::Contact, &self.contact);
        Some(match (method, status) {
            (Method::Invite, 200) => reply.finish_with("application/sdp", ANSWER),
            _ => reply.finish(),
        })
    }
}
