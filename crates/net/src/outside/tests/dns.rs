//! A name server on a real socket, with one zone.

use std::net::{SocketAddr, UdpSocket};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record};

/// What a name server knows.
#[derive(Default)]
pub(super) struct Zone(Vec<Record>);

impl Zone {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn with(mut self, name: &str, data: RData) -> Self {
        self.0.push(Record::from_rdata(Name::from_ascii(name).unwrap(), 60, data));
        self
    }

    pub(super) fn a(self, name: &str, ip: &str) -> Self {
        self.with(name, RData::A(A(ip.parse().unwrap())))
    }

    pub(super) fn srv(self, name: &str, priority: u16, weight: u16, target: &str, port: u16) -> Self {
        self.with(name, RData::SRV(SRV::new(priority, weight, port, Name::from_ascii(target).unwrap())))
    }

    pub(super) fn naptr(self, name: &str, order: u16, service: &str, replacement: &str) -> Self {
        let (flags, services) = (Box::from(&b"s"[..]), Box::from(service.as_bytes()));
        let replacement = Name::from_ascii(replacement).unwrap();
        self.with(name, RData::NAPTR(NAPTR::new(order, 0, flags, services, Box::default(), replacement)))
    }
}

/// Serves a zone until the test is over; gives its address.
pub(super) fn serve(zone: Zone) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut room = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut room) {
            let asked = Message::from_vec(&room[..length]).unwrap();
            let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
            (answer.metadata.authoritative, answer.metadata.recursion_available) = (true, true);
            for query in &asked.queries {
                let named: Vec<&Record> = zone.0.iter().filter(|record| record.name == query.name).collect();
                if named.is_empty() {
                    answer.metadata.response_code = ResponseCode::NXDomain;
                }
                let fits = |record: &&&Record| record.record_type() == query.query_type;
                answer.add_answers(named.iter().filter(fits).map(|record| (*record).clone()));
                answer.add_query(query.clone());
            }
            socket.send_to(&answer.to_vec().unwrap(), from).unwrap();
        }
    });
    address
}

/// A resolver that asks that server alone.
pub(super) fn resolver(server: SocketAddr) -> TokioResolver {
    let mut connection = ConnectionConfig::udp();
    connection.port = server.port();
    let servers = vec![NameServerConfig::new(server.ip(), true, vec![connection])];
    let config = ResolverConfig::from_name_servers(servers);
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap()
}
