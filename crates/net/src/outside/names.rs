//! Where a SIP URI leads (RFC 3263): NAPTR, SRV, then plain addresses.

use std::cmp::Reverse;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};
use ring::rand::{SecureRandom, SystemRandom};
use sip::flow::Transport;
use sip::uri::Uri;
use tokio::sync::Semaphore;

/// Places that are tried; a longer list is a mistake or an attack.
const MOST: usize = 8;
/// One question's patience, before it is asked once more.
const ASK_WITHIN: Duration = Duration::from_secs(2);
/// All questions of one URI together; a caller waits for them.
const FIND_WITHIN: Duration = Duration::from_secs(8);
/// URIs that are resolved at once. More come only from a name server that does not answer, and would pile up.
const MAX_AT_ONCE: usize = 1024;
/// What we speak towards others, best first.
const SPOKEN: [Transport; 3] = [Transport::Udp, Transport::Tcp, Transport::Tls];

/// A place to send to.
pub(crate) type Place = (Transport, SocketAddr);

/// The resolver.
pub(super) struct Names {
    resolver: Option<TokioResolver>,
    /// Whether our sockets speak IPv4 alone, so that other addresses lead nowhere.
    only_v4: bool,
    at_once: Semaphore,
}

/// One SRV record.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Service {
    priority: u16,
    weight: u16,
    target: String,
    port: u16,
}

impl Names {
    /// By the system's own settings.
    pub(super) fn new(only_v4: bool) -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|mut builder| {
            builder.options_mut().timeout = ASK_WITHIN;
            builder.options_mut().attempts = 1;
            builder.build()
        });
        if let Err(error) = &resolver {
            tracing::warn!(%error, "names can't be resolved; addresses in numbers still work");
        }
        Self::with(resolver.ok(), only_v4)
    }

    pub(super) fn with(resolver: Option<TokioResolver>, only_v4: bool) -> Self {
        Self { resolver, only_v4, at_once: Semaphore::new(MAX_AT_ONCE) }
    }

    /// Where to send, the best first; empty when the name leads nowhere.
    pub(super) async fn find(&self, uri: &str) -> Vec<Place> {
        let Ok(_turn) = self.at_once.try_acquire() else {
            tracing::warn!("a name was not resolved: too many are being asked for");
            return Vec::new();
        };
        tokio::time::timeout(FIND_WITHIN, self.search(uri)).await.unwrap_or_default()
    }

    async fn search(&self, uri: &str) -> Vec<Place> {
        let Ok(uri) = Uri::parse(uri) else { return Vec::new() };
        let named = uri.carrier();
        let carrier = named.unwrap_or(if uri.is_secure() { Transport::Tls } else { Transport::Udp });
        let host = uri.params().get("maddr").map_or_else(|| uri.host().to_string(), str::to_owned);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return vec![(carrier, SocketAddr::new(ip, uri.port().unwrap_or(carrier.default_port())))];
        }
        if let Some(port) = uri.port() {
            return self.addresses(&host, port).await.into_iter().map(|to| (carrier, to)).collect();
        }
        let mut found = Vec::new();
        for (carrier, service) in self.services(&host, named, uri.is_secure()).await {
            found.extend(self.service(carrier, &service).await);
        }
        if found.is_empty() {
            let plain = self.addresses(&host, carrier.default_port()).await;
            found.extend(plain.into_iter().map(|to| (carrier, to)));
        }
        found.truncate(MOST);
        found
    }

    /// The SRV names to ask for, in order (RFC 3263 section 4.1).
    async fn services(&self, host: &str, named: Option<Transport>, secure: bool) -> Vec<(Transport, String)> {
        if named.is_none() {
            let told = self.pointers(host, secure).await;
            if !told.is_empty() {
                return told;
            }
        }
        let fits = |carrier: &Transport| match named {
            Some(named) => *carrier == named,
            None => !secure || *carrier == Transport::Tls,
        };
        let name = |carrier: Transport| match carrier {
            Transport::Udp => format!("_sip._udp.{host}."),
            Transport::Tls => format!("_sips._tcp.{host}."),
            _ => format!("_sip._tcp.{host}."),
        };
        SPOKEN.into_iter().filter(fits).map(|carrier| (carrier, name(carrier))).collect()
    }

    /// What NAPTR records say, the best first.
    async fn pointers(&self, host: &str, secure: bool) -> Vec<(Transport, String)> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        let Ok(answer) = resolver.lookup(absolute(host), RecordType::NAPTR).await else { return Vec::new() };
        let mut told: Vec<(u16, u16, Transport, String)> = answer
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::NAPTR(pointer) if pointer.flags.eq_ignore_ascii_case(b"s") => {
                    let carrier = carrier_of(&pointer.services)?;
                    Some((pointer.order, pointer.preference, carrier, pointer.replacement.to_string()))
                }
                _ => None,
            })
            .filter(|(_, _, carrier, _)| !secure || *carrier == Transport::Tls)
            .collect();
        told.sort_by_key(|(order, preference, ..)| (*order, *preference));
        told.into_iter().take(MOST).map(|(_, _, carrier, name)| (carrier, name)).collect()
    }

    async fn service(&self, carrier: Transport, name: &str) -> Vec<Place> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        let Ok(answer) = resolver.lookup(absolute(name), RecordType::SRV).await else { return Vec::new() };
        let services = answer.answers().iter().filter_map(|record| match &record.data {
            RData::SRV(srv) => Some(Service {
                priority: srv.priority,
                weight: srv.weight,
                target: srv.target.to_string(),
                port: srv.port,
            }),
            _ => None,
        });
        let mut found = Vec::new();
        for service in in_turn(services.collect(), random_below).into_iter().take(MOST) {
            found.extend(self.addresses(&service.target, service.port).await.into_iter().map(|to| (carrier, to)));
        }
        found
    }

    async fn addresses(&self, host: &str, port: u16) -> Vec<SocketAddr> {
        let Some(resolver) = &self.resolver else { return Vec::new() };
        let Ok(answer) = resolver.lookup_ip(absolute(host)).await else { return Vec::new() };
        let usable = answer.iter().filter(|ip| !self.only_v4 || ip.is_ipv4());
        usable.take(MOST).map(|ip| SocketAddr::new(ip, port)).collect()
    }
}

/// Names in URIs are whole: the system's search list is not for them.
fn absolute(name: &str) -> String {
    if name.ends_with('.') { name.to_owned() } else { format!("{name}.") }
}

/// The transport that a NAPTR's service field means (RFC 3263 section 4.1).
fn carrier_of(service: &[u8]) -> Option<Transport> {
    let known: [(&[u8], Transport); 3] =
        [(b"SIP+D2U", Transport::Udp), (b"SIP+D2T", Transport::Tcp), (b"SIPS+D2T", Transport::Tls)];
    known.into_iter().find(|(name, _)| service.eq_ignore_ascii_case(name)).map(|(_, carrier)| carrier)
}

/// SRV records in the order in which they are to be tried: by priority, and within one drawn by weight (RFC 2782). The
/// root as a target says that there is no such service.
fn in_turn(mut services: Vec<Service>, mut random_below: impl FnMut(u32) -> u32) -> Vec<Service> {
    services.retain(|service| service.target != ".");
    // Those of weight 0 first, so that they have their small chance too.
    services.sort_by_key(|service| (service.priority, service.weight != 0, Reverse(service.weight)));
    let mut turns = Vec::with_capacity(services.len());
    while let Some(priority) = services.first().map(|service| service.priority) {
        let rivals = services.iter().take_while(|service| service.priority == priority);
        let weights: Vec<u32> = rivals.map(|service| u32::from(service.weight)).collect();
        let mut lot = random_below(weights.iter().sum::<u32>() + 1);
        let drawn = weights.iter().position(|weight| {
            let hit = lot <= *weight;
            lot = lot.saturating_sub(*weight);
            hit
        });
        turns.push(services.remove(drawn.unwrap_or_default()));
    }
    turns
}

fn random_below(bound: u32) -> u32 {
    let mut random = [0; 4];
    // Without randomness the first is as good as any.
    let _ = SystemRandom::new().fill(&mut random);
    u32::from_le_bytes(random) % bound.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(priority: u16, weight: u16, target: &str) -> Service {
        Service { priority, weight, target: target.to_owned(), port: 5060 }
    }

    fn targets(services: &[Service]) -> Vec<&str> {
        services.iter().map(|service| service.target.as_str()).collect()
    }

    #[test]
    fn services_are_tried_by_priority_and_drawn_by_weight() {
        let all = vec![service(20, 0, "c"), service(10, 10, "a"), service(10, 30, "b"), service(10, 0, "z")];
        assert_eq!(targets(&in_turn(all.clone(), |_| 0)), ["z", "b", "a", "c"]);
        assert_eq!(targets(&in_turn(all.clone(), |bound| bound - 1)), ["a", "b", "z", "c"]);
        let firsts = (0..41).map(|lot| in_turn(all.clone(), |bound| lot % bound)[0].target.clone());
        let mut counts = std::collections::BTreeMap::new();
        firsts.for_each(|first| *counts.entry(first).or_insert(0) += 1);
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("a".into(), 10), ("b".into(), 30), ("z".into(), 1)]);
        assert!(in_turn(vec![service(0, 0, ".")], |_| 0).is_empty());
    }
}
