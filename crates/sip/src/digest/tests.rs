use types::Wall;

use super::*;
use crate::build::MessageBuilder;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;

const REALM: &str = "demo";
const NOW: Wall = Wall(1_800_000_000_000);

fn challenged(authenticator: &mut Authenticator, stale: bool) -> Message {
    let mut response = MessageBuilder::response(401, "Unauthorized");
    for (_, value) in authenticator.challenge(NOW, REALM, stale) {
        response = response.header(HeaderName::WwwAuthenticate, value);
    }
    Message::scan(response.finish()).unwrap()
}

fn request(name: HeaderName, value: &str) -> Message {
    Message::scan(MessageBuilder::request(Method::Register, "sip:demo").header(name, value).finish()).unwrap()
}

fn check(authenticator: &mut Authenticator, now: Wall, value: &str, password: &str) -> Outcome {
    let request = request(HeaderName::Authorization, value);
    let credentials = Credentials::of(&request, REALM).unwrap();
    let ha1 = Ha1::new(credentials.algorithm, &credentials.username, REALM, password);
    authenticator.verify(now, "REGISTER", &credentials, &ha1)
}

/// The example of RFC 7616 section 3.9.1.
#[test]
fn the_hashes_are_those_of_the_rfc() {
    let response = |algorithm| {
        Ha1::new(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life").response(
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "00000001",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "GET",
            "/dir/index.html",
        )
    };
    assert_eq!(response(Algorithm::Md5), "8ca523f5e9506fed4657c9700eebdbec");
    assert_eq!(response(Algorithm::Sha256), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

#[test]
fn a_client_and_a_server_of_ours_agree() {
    let mut server = Authenticator::new(&[7; 32]);
    let challenge = Challenge::of(&challenged(&mut server, false)).unwrap();
    assert_eq!((challenge.realm.as_str(), challenge.stale), (REALM, false));
    let mut client = ClientAuth::new(challenge, "1001", "secret");
    let (name, first) = client.authorize("REGISTER", "sip:demo", 1);
    assert_eq!(name, HeaderName::Authorization);
    assert!(first.contains("algorithm=SHA-256"));
    assert_eq!(check(&mut server, NOW, &first, "wrong"), Outcome::Denied);
    assert_eq!(check(&mut server, NOW, &first, "secret"), Outcome::Granted);
    assert_eq!(check(&mut server, NOW, &first, "secret"), Outcome::Stale, "a replay");
    let (_, second) = client.authorize("REGISTER", "sip:demo", 2);
    assert_eq!(check(&mut server, NOW, &second, "secret"), Outcome::Granted);
    let (_, third) = client.authorize("REGISTER", "sip:demo", 3);
    let later = Wall(NOW.0 + 301_000);
    assert_eq!(check(&mut server, later, &third, "secret"), Outcome::Stale, "an old nonce");
    let earlier = Wall(NOW.0 - 60_000);
    assert_eq!(check(&mut server, earlier, &third, "secret"), Outcome::Stale, "a nonce from the future");
    assert!(Challenge::of(&challenged(&mut server, true)).unwrap().stale);
}

#[test]
fn nonces_of_others_and_other_methods_are_not_taken() {
    let mut server = Authenticator::new(&[7; 32]);
    let mut stranger = Authenticator::new(&[8; 32]);
    let challenge = Challenge::of(&challenged(&mut stranger, false)).unwrap();
    let mut client = ClientAuth::new(challenge.clone(), "1001", "secret");
    let (_, value) = client.authorize("REGISTER", "sip:demo", 1);
    assert_eq!(check(&mut server, NOW, &value, "secret"), Outcome::Stale);
    let challenge = Challenge::of(&challenged(&mut server, false)).unwrap();
    let (_, value) = ClientAuth::new(challenge, "1001", "secret").authorize("INVITE", "sip:demo", 1);
    assert_eq!(check(&mut server, NOW, &value, "secret"), Outcome::Denied);
}

#[test]
fn a_hash_of_another_algorithm_never_grants() {
    let mut server = Authenticator::new(&[7; 32]);
    let challenge = Challenge::of(&challenged(&mut server, false)).unwrap();
    let (_, value) = ClientAuth::new(challenge, "1001", "secret").authorize("REGISTER", "sip:demo", 1);
    let request = request(HeaderName::Authorization, &value);
    let credentials = Credentials::of(&request, REALM).unwrap();
    let md5 = Ha1::new(Algorithm::Md5, "1001", REALM, "secret");
    assert_eq!(server.verify(NOW, "REGISTER", &credentials, &md5), Outcome::Denied);
    assert!(!format!("{md5:?}").contains(&Algorithm::Md5.hex(&["1001", REALM, "secret"])));
}

#[test]
fn what_cannot_be_checked_is_no_credential() {
    for value in [
        "NoOneKnowsThisScheme opaque-data=here",
        "Digest username=\"a\",realm=\"other\",nonce=\"n\",uri=\"u\",response=\"r\",qop=auth,nc=1,cnonce=\"c\"",
        "Digest username=\"a\",realm=\"demo\",nonce=\"n\",uri=\"u\",response=\"r\"",
        "Digest username=\"a\",realm=\"demo\",nonce=\"n\",uri=\"u\",response=\"r\",qop=auth-int,nc=1,cnonce=\"c\"",
        "Digest username=\"a\",realm=\"demo\",nonce=\"n\",uri=\"u\",response=\"r\",qop=auth,nc=1,cnonce=\"c\",algorithm=X",
    ] {
        assert!(Credentials::of(&request(HeaderName::Authorization, value), REALM).is_none(), "{value}");
    }
}

#[test]
fn a_server_without_qop_is_answered_as_of_old() {
    let response = MessageBuilder::response(407, "Proxy Authentication Required")
        .header(HeaderName::ProxyAuthenticate, "Digest realm=\"testrealm@host.com\", nonce=\"dcd98\", opaque=\"5ccc\"")
        .finish();
    let challenge = Challenge::of(&Message::scan(response).unwrap()).unwrap();
    let (name, value) = ClientAuth::new(challenge, "Mufasa", "x").authorize("INVITE", "sip:a@b", 5);
    assert_eq!(name, HeaderName::ProxyAuthorization);
    assert!(value.contains("opaque=\"5ccc\"") && !value.contains("nc=") && value.contains("algorithm=MD5"));
}

#[test]
fn who_has_no_password_is_proved_by_none() {
    let mut server = Authenticator::new(&[7; 32]);
    let nothing = Ha1::from_hex(Algorithm::Md5, "");
    let (_, challenge) = server.challenge(NOW, REALM, false).into_iter().find(|(by, _)| *by == Algorithm::Md5).unwrap();
    let nonce = challenge.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let response = nothing.response(nonce, "00000001", "0a", "REGISTER", "sip:demo");
    let value = format!(
        "Digest username=\"lent\",realm=\"{REALM}\",nonce=\"{nonce}\",uri=\"sip:demo\",response=\"{response}\",\
         algorithm=MD5,qop=auth,nc=00000001,cnonce=\"0a\""
    );
    let request = request(HeaderName::Authorization, &value);
    let credentials = Credentials::of(&request, REALM).unwrap();
    assert_eq!(server.verify(NOW, "REGISTER", &credentials, &nothing), Outcome::Denied);
}
