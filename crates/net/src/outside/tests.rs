//! Calls of ours over real sockets: names from a real name server, connections that are taken or refused.

mod dns;
mod mind;
mod peer;

use std::time::Duration;

use sip::flow::Transport;
use sip::header::HeaderName;
use tokio::runtime::Runtime;

use self::dns::{Zone, serve};
use self::mind::Caller;
use self::peer::{Manners, Peer};

/// Longer than any of this takes where all is well, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn peer(status: u16, tcp: bool) -> Peer {
    Peer::start(Manners { invite: Some(status), contact: None, tcp })
}

/// With a parameter that makes its INVITE longer than a datagram should be.
fn long(uri: &str) -> String {
    format!("{uri};padding={}", "0123456789".repeat(120))
}

#[test]
fn a_large_invite_takes_the_connection_that_the_peer_offers() {
    let runtime = runtime();
    let peer = peer(200, true);
    let caller = Caller::start(&runtime, None);
    caller.dial(&long(&format!("sip:95001@{}", peer.address)), &[]);
    let invite = peer.heard(PATIENCE);
    assert_eq!((invite.by, invite.message.top_via().unwrap().transport), (Transport::Tcp, "TCP"));
    let contact = invite.message.header_text(HeaderName::Contact).unwrap();
    assert!(contact.ends_with(";transport=tcp>"), "{contact}");
    caller.wait_answered(PATIENCE);
    caller.hang_up();
    for method in ["ACK", "BYE"] {
        let told = peer.heard(PATIENCE);
        assert_eq!((told.message.method_text(), told.by), (method, Transport::Tcp));
    }
}

#[test]
fn a_large_invite_goes_as_a_datagram_where_connections_are_refused() {
    let runtime = runtime();
    let peer = peer(200, false);
    let caller = Caller::start(&runtime, None);
    caller.dial(&long(&format!("sip:95001@{}", peer.address)), &[]);
    let invite = peer.heard(PATIENCE);
    assert_eq!((invite.by, invite.message.top_via().unwrap().transport), (Transport::Udp, "UDP"));
    assert!(invite.message.raw().len() > 1300);
    caller.wait_answered(PATIENCE);
}

#[test]
fn a_trunk_by_name_is_found_and_the_next_server_takes_over() {
    let runtime = runtime();
    let silent = Peer::start(Manners { invite: None, contact: None, tcp: false });
    let (overloaded, good) = (peer(503, false), peer(200, false));
    let service = "_sip._udp.carrier.example.";
    let zone = Zone::new()
        .srv(service, 30, 0, "two.carrier.example.", good.address.port())
        .srv(service, 10, 0, "one.carrier.example.", silent.address.port())
        .srv(service, 20, 0, "two.carrier.example.", overloaded.address.port())
        .a("one.carrier.example.", "127.0.0.1")
        .a("two.carrier.example.", "127.0.0.1");
    let caller = Caller::start(&runtime, Some(serve(zone)));
    caller.dial("sip:95001@carrier.example", &[]);
    caller.wait_answered(PATIENCE);
    let invites = [silent, overloaded, good].map(|peer| peer.heard(PATIENCE).message);
    for invite in &invites {
        assert_eq!(invite.request_uri_text(), "sip:95001@carrier.example");
        assert_eq!(invite.call_id(), invites[0].call_id());
    }
}

#[test]
fn naptr_says_which_transport_and_a_route_by_name_is_taken() {
    let runtime = runtime();
    let proxy = peer(200, true);
    let zone = Zone::new()
        .naptr("edge.example.", 20, "SIP+D2U", "_sip._udp.farm.example.")
        .naptr("edge.example.", 10, "SIP+D2T", "_sip._tcp.farm.example.")
        .srv("_sip._tcp.farm.example.", 0, 0, "host.farm.example.", proxy.address.port())
        .srv("_sip._udp.farm.example.", 0, 0, "host.farm.example.", 9)
        .a("host.farm.example.", "127.0.0.1");
    let caller = Caller::start(&runtime, Some(serve(zone)));
    caller.dial("sip:1001@10.0.0.9:5062", &["sip:edge.example;lr", "sip:branch.example;lr"]);
    let told = proxy.heard(PATIENCE);
    assert_eq!((told.by, told.message.request_uri_text()), (Transport::Tcp, "sip:1001@10.0.0.9:5062"));
    let routes: Vec<_> = told.message.headers(HeaderName::Route).collect();
    assert_eq!(routes, [&b"<sip:edge.example;lr>"[..], b"<sip:branch.example;lr>"]);
    caller.wait_answered(PATIENCE);
}

#[test]
fn a_contact_by_name_is_where_the_bye_goes() {
    let runtime = runtime();
    let elsewhere = peer(200, false);
    let contact = format!("<sip:b@phone.example:{}>", elsewhere.address.port());
    let peer = Peer::start(Manners { invite: Some(200), contact: Some(contact), tcp: false });
    let caller = Caller::start(&runtime, Some(serve(Zone::new().a("phone.example.", "127.0.0.1"))));
    caller.dial(&format!("sip:b@{}", peer.address), &[]);
    caller.wait_answered(PATIENCE);
    caller.wait_resolved(PATIENCE);
    caller.hang_up();
    assert_eq!(elsewhere.heard(PATIENCE).message.method_text(), "BYE");
}

#[test]
fn a_name_that_leads_nowhere_ends_the_leg() {
    let runtime = runtime();
    let caller = Caller::start(&runtime, Some(serve(Zone::new())));
    caller.dial("sip:95001@nowhere.example", &[]);
    assert_eq!(caller.wait_ended(PATIENCE), types::Cause::Unreachable);
}
