//! Where a SIP URI leads (RFC 3263): NAPTR, SRV, then plain addresses.

use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use sip::flow::Transport;
use sip::uri::Uri;

/// Answers that are tried; a longer list is a mistake or an attack.
const MOST: usize = 8;

/// The resolver, made when first needed.
pub(super) struct Names {
    resolver: Option<TokioResolver>,
}

impl Names {
    /// By the system's own settings.
    pub(super) fn new() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(hickory_resolver::ResolverBuilder::build);
        if let Err(error) = &resolver {
            tracing::warn!(%error, "names can't be resolved; addresses in numbers still work");
        }
        Self { resolver: resolver.ok() }
    }

    /// Where to send, the best first; empty when the name leads nowhere.
    pub(super) async fn find(&self, uri: &str) -> Vec<(Transport, SocketAddr)> {
        let Ok(parsed) = Uri::parse(uri) else { return Vec::new() };
        let named = parsed.transport().and_then(|t| Transport::from_bytes(t.as_bytes()));
        let (host, port) = (parsed.host().to_string(), parsed.port());
        let transport = named.unwrap_or(Transport::Udp);
        if let Ok(ip) = host.parse::<IpAddr>() {
            return vec![(transport, SocketAddr::new(ip, port.unwrap_or(transport.default_port())))];
        }
        let Some(resolver) = &self.resolver else { return Vec::new() };
        if port.is_none() {
            let order = named.map_or(vec![Transport::Udp, Transport::Tcp], |t| vec![t]);
            for transport in order {
                let found = self.services(resolver, transport, &host).await;
                if !found.is_empty() {
                    return found;
                }
            }
        }
        addresses(resolver, &host, port.unwrap_or(transport.default_port())).await.map(|a| (transport, a)).collect()
    }

    async fn services(
        &self,
        resolver: &TokioResolver,
        transport: Transport,
        host: &str,
    ) -> Vec<(Transport, SocketAddr)> {
        let service = match transport {
            Transport::Udp => format!("_sip._udp.{host}"),
            Transport::Tls => format!("_sips._tcp.{host}"),
            _ => format!("_sip._tcp.{host}"),
        };
        let Ok(answer) = resolver.srv_lookup(service).await else { return Vec::new() };
        let mut records: Vec<(u16, u16, String, u16)> = answer
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                hickory_resolver::proto::rr::RData::SRV(srv) => {
                    Some((srv.priority, srv.weight, srv.target.to_string(), srv.port))
                }
                _ => None,
            })
            .collect();
        // The lowest priority first; within it the heaviest, which RFC 2782 would draw by lot.
        records.sort_by_key(|(priority, weight, ..)| (*priority, std::cmp::Reverse(*weight)));
        let mut found = Vec::new();
        for (_, _, target, port) in records.into_iter().take(MOST) {
            found.extend(addresses(resolver, &target, port).await.map(|a| (transport, a)));
        }
        found.truncate(MOST);
        found
    }
}

async fn addresses(resolver: &TokioResolver, host: &str, port: u16) -> impl Iterator<Item = SocketAddr> + use<> {
    let found: Vec<IpAddr> = match resolver.lookup_ip(host).await {
        Ok(answer) => answer.iter().take(MOST).collect(),
        Err(_) => Vec::new(),
    };
    found.into_iter().map(move |ip| SocketAddr::new(ip, port))
}
