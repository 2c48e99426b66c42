//! What proves a device, and by which transport.

use sip::flow::Transport;
use sip::header::HeaderName;
use sip::message::Message;
use types::register::DigestChoice;

use super::lab::{Lab, flow};

const CONTACT: &str = "Contact: <sip:1001@10.0.0.9>\r\n";
const OWN: (&str, &str) = ("1001", "secret");

fn asked(response: &Message) -> Vec<&'static str> {
    let lines = response.headers(HeaderName::WwwAuthenticate).map(|line| String::from_utf8_lossy(line).into_owned());
    lines.map(|line| if line.contains("algorithm=MD5") { "MD5" } else { "SHA-256" }).collect()
}

#[test]
fn a_browsers_line_takes_a_devices_own_password_as_its_tenant_says() {
    let mut lab = Lab::new(DigestChoice::Sha256);
    let page = flow(Transport::Wss, 1);
    let first = lab.register(page, CONTACT);
    assert_eq!(asked(&first), ["MD5", "SHA-256"], "a browser's library reads the first alone");
    let (user, password) = lab.lease();
    assert_eq!(lab.prove(page, CONTACT, (&user, &password), "MD5").status(), Some(200));
    assert_eq!(lab.prove(page, CONTACT, OWN, "MD5").status(), Some(401), "not by the algorithm that is ruled out");
    assert_eq!(lab.prove(page, CONTACT, OWN, "SHA-256").status(), Some(200));

    let mut lab = Lab::new(DigestChoice::Both);
    assert_eq!(asked(&lab.register(page, CONTACT)), ["MD5"]);
    assert_eq!(lab.prove(page, CONTACT, OWN, "MD5").status(), Some(200));
}

#[test]
fn a_browsers_password_by_md5_is_good_for_a_browsers_line_alone() {
    let mut lab = Lab::new(DigestChoice::Sha256);
    let phone = flow(Transport::Udp, 0);
    assert_eq!(asked(&lab.register(phone, CONTACT)), ["SHA-256"]);
    let (user, password) = lab.lease();
    assert_eq!(lab.prove(phone, CONTACT, (&user, &password), "SHA-256").status(), Some(200));
}

#[test]
fn a_proof_tells_the_connection_once() {
    let mut lab = Lab::new(DigestChoice::Both);
    let page = flow(Transport::Wss, 3);
    lab.register(page, CONTACT);
    assert_eq!(lab.ua.poll_proof(), None, "a stranger still");
    lab.registered(page, CONTACT);
    let proof = lab.ua.poll_proof().expect("word of the proof");
    assert_eq!((proof.flow.conn, proof.heard_every), (3, None));
    lab.registered(page, CONTACT);
    assert_eq!(lab.ua.poll_proof(), None);
}
