//! DTLS (RFC 6347, RFC 9147) of a browser leg: the handshake that gives SRTP its keys (RFC 5764). No data travels over
//! it. The protocol itself is `dimpl`'s; here is what a leg needs of it, on our own time line.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dimpl::{Config, Dtls, DtlsCertificate, Output, SrtpProfile};
use ring::digest;
use types::Mono;

use crate::srtp::{SdesKey, Suite};

/// First retransmission. Browsers are a few milliseconds away, and a second of waiting is heard.
const FIRST_RETRY: Duration = Duration::from_millis(100);
/// Retransmissions of a flight: together they cover 25 s.
const RETRIES: usize = 8;
/// Room for a record; grows to what `dimpl` asks for.
const RECORD_ROOM: usize = 2048;
/// Timers further away than this belong to a session at rest, which needs none.
const FARTHEST_US: u64 = 60_000_000;

/// Why there is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the certificate cannot be used for DTLS: {0}")]
pub struct IdentityError(String);

/// Our certificate and settings, one for all legs of a process.
pub struct Identity {
    certificate: DtlsCertificate,
    config: Arc<Config>,
    fingerprint: [u8; digest::SHA256_OUTPUT_LEN],
    epoch: Instant,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl Identity {
    /// From a certificate and its PKCS#8 key, both DER. `epoch` is any moment: where the time line of [`Mono`] is put
    /// for a library that counts from moments of the system.
    ///
    /// # Errors
    /// When the library does not take the settings.
    pub fn new(certificate: Vec<u8>, private_key: Vec<u8>, epoch: Instant) -> Result<Self, IdentityError> {
        let config = Config::builder()
            // ICE has proved the far end's address.
            .use_server_cookie(false)
            .flight_start_rto(FIRST_RETRY)
            .flight_retries(RETRIES)
            .with_crypto_provider(dimpl::crypto::rust_crypto::default_provider())
            .build()
            .map_err(|error| IdentityError(error.to_string()))?;
        let mut fingerprint = [0; digest::SHA256_OUTPUT_LEN];
        fingerprint.copy_from_slice(digest::digest(&digest::SHA256, &certificate).as_ref());
        let certificate = DtlsCertificate { certificate, private_key };
        Ok(Self { certificate, config: Arc::new(config), fingerprint, epoch })
    }

    /// SHA-256 of the certificate, for the session description.
    pub fn fingerprint(&self) -> &[u8; digest::SHA256_OUTPUT_LEN] {
        &self.fingerprint
    }

    fn at(&self, now: Mono) -> Instant {
        self.epoch + Duration::from_micros(now.0)
    }
}

/// The fingerprint that the far end's certificate must have (RFC 8122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerFingerprint {
    /// The hash function's name in SDP, lower case.
    pub hash: Box<str>,
    /// The digest.
    pub digest: Box<[u8]>,
}

impl PeerFingerprint {
    /// Whether it is one of a function that we know and trust, of the right length.
    pub fn is_usable(&self) -> bool {
        self.function().is_some_and(|function| function.output_len() == self.digest.len())
    }

    fn function(&self) -> Option<&'static digest::Algorithm> {
        match &*self.hash {
            "sha-256" => Some(&digest::SHA256),
            "sha-384" => Some(&digest::SHA384),
            "sha-512" => Some(&digest::SHA512),
            _ => None,
        }
    }

    fn is_of(&self, certificate: &[u8]) -> bool {
        self.function().is_some_and(|function| *digest::digest(function, certificate).as_ref() == *self.digest)
    }
}

/// What a session reports.
#[derive(Debug)]
pub enum Report {
    /// The handshake is done: keys for what we send and for what we receive.
    Keys {
        /// For what we send.
        send: SdesKey,
        /// For what we receive.
        receive: SdesKey,
    },
    /// The far end is not who signalling said. The session is dead.
    Stranger,
    /// The far end said goodbye: its page was closed or reloaded.
    Closed,
    /// The handshake failed. The session is dead.
    Failed,
}

/// One leg's session.
pub struct Session {
    identity: Arc<Identity>,
    dtls: Dtls,
    peer: PeerFingerprint,
    /// We open it.
    active: bool,
    trusted: bool,
    dead: bool,
    timeout: Option<Mono>,
    room: Vec<u8>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("dtls", &self.dtls).field("dead", &self.dead).finish_non_exhaustive()
    }
}

impl Session {
    /// A session with the peer of this fingerprint. `active`: we open it, else we wait.
    pub fn new(identity: Arc<Identity>, peer: PeerFingerprint, active: bool, now: Mono) -> Self {
        let at = identity.at(now);
        let mut dtls = Dtls::new_auto(identity.config.clone(), identity.certificate.clone(), at);
        if active {
            dtls.set_active(true);
        }
        Self {
            identity,
            dtls,
            peer,
            active,
            trusted: false,
            dead: false,
            timeout: active.then_some(now),
            room: vec![0; RECORD_ROOM],
        }
    }

    /// The fingerprint that the peer must have.
    pub fn peer(&self) -> &PeerFingerprint {
        &self.peer
    }

    /// When [`Session::handle_timeout`] wants to be called.
    pub fn timeout(&self) -> Option<Mono> {
        self.timeout.filter(|_| !self.dead)
    }

    /// Takes a datagram of the far end's. `send` is given what goes back.
    pub fn handle(&mut self, now: Mono, datagram: &[u8], send: impl FnMut(&[u8])) -> Option<Report> {
        self.drive(now, Some(datagram), send)
    }

    /// Does what is due: opens the session, repeats what was lost.
    pub fn handle_timeout(&mut self, now: Mono, send: impl FnMut(&[u8])) -> Option<Report> {
        self.drive(now, None, send)
    }

    /// Says goodbye.
    pub fn close(&mut self, mut send: impl FnMut(&[u8])) {
        if !self.dead && self.dtls.close().is_ok() {
            self.drain(&mut send);
        }
        self.dead = true;
    }

    fn drive(&mut self, now: Mono, datagram: Option<&[u8]>, mut send: impl FnMut(&[u8])) -> Option<Report> {
        if self.dead {
            return None;
        }
        let result = self.dtls.handle_timeout(self.identity.at(now)).and_then(|()| match datagram {
            Some(datagram) => self.dtls.handle_packet(datagram),
            None => Ok(()),
        });
        // What was said before an error has to be polled all the same: an alert for the far end.
        let report = self.drain(&mut send);
        if result.is_err() && !matches!(report, Some(Report::Stranger | Report::Closed)) {
            self.dead = true;
            return Some(Report::Failed);
        }
        report
    }

    /// Drains the library's output. A cycle gives one report at most: a handshake ends once.
    fn drain(&mut self, send: &mut impl FnMut(&[u8])) -> Option<Report> {
        let mut report = None;
        loop {
            match self.dtls.poll_output(&mut self.room) {
                Output::Packet(record) => send(record),
                Output::BufferTooSmall { needed } => self.room.resize(needed, 0),
                Output::PeerCert(certificate) => {
                    self.trusted = self.peer.is_of(certificate);
                    if !self.trusted {
                        self.dead = true;
                        report = Some(Report::Stranger);
                    }
                }
                Output::KeyingMaterial(material, profile) if self.trusted => {
                    let keys = keys(&material, profile, self.active);
                    report = Some(keys.map_or(Report::Failed, |(send, receive)| Report::Keys { send, receive }));
                }
                Output::CloseNotify => {
                    self.dead = true;
                    report = Some(Report::Closed);
                }
                Output::Timeout(at) => {
                    let since = at.saturating_duration_since(self.identity.epoch).as_micros();
                    self.timeout = u64::try_from(since).ok().map(Mono);
                    return report;
                }
                _ => {}
            }
        }
    }

    /// The next timer, unless it is so far away that it belongs to a session at rest.
    pub fn next_due(&self, now: Mono) -> Option<Mono> {
        self.timeout().filter(|at| at.0.saturating_sub(now.0) < FARTHEST_US)
    }
}

/// RFC 5764 section 4.2: the client's key, the server's key, the client's salt, the server's salt.
fn keys(material: &[u8], profile: SrtpProfile, active: bool) -> Option<(SdesKey, SdesKey)> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::AesCm128HmacSha1_80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Suite::AeadAes256Gcm,
        _ => return None,
    };
    let (key_len, salt_len) = (suite.key_len(), suite.salt_len());
    if material.len() < 2 * (key_len + salt_len) {
        return None;
    }
    let (keys, salts) = material.split_at(2 * key_len);
    let of = |index: usize| {
        SdesKey::from_parts(suite, &keys[index * key_len..][..key_len], &salts[index * salt_len..][..salt_len])
    };
    let (client, server) = (of(0), of(1));
    Some(if active { (client, server) } else { (server, client) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "any moment will do as the epoch")]
    fn identity() -> Arc<Identity> {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let certificate = rcgen::CertificateParams::new(vec![]).unwrap().self_signed(&key).unwrap();
        Arc::new(Identity::new(certificate.der().to_vec(), key.serialize_der(), Instant::now()).unwrap())
    }

    fn fingerprint(identity: &Identity) -> PeerFingerprint {
        PeerFingerprint { hash: "sha-256".into(), digest: identity.fingerprint()[..].into() }
    }

    /// Lets two talk until nothing is left to say; what each reported. Every `lose`-th datagram is lost.
    fn talk(client: &mut Session, server: &mut Session, lose: usize) -> (Vec<Report>, Vec<Report>) {
        let (mut reports, mut count) = ((Vec::new(), Vec::new()), 0);
        let (mut to_server, mut to_client): (Vec<Vec<u8>>, Vec<Vec<u8>>) = Default::default();
        for ms in (0..5000).step_by(10) {
            let now = Mono::from_millis(1000 + ms);
            let mut lost = || {
                count += 1;
                lose != 0 && count % lose == 0
            };
            if client.timeout().is_some_and(|at| at <= now) {
                reports.0.extend(client.handle_timeout(now, |bytes| to_server.push(bytes.to_vec())));
            }
            if server.timeout().is_some_and(|at| at <= now) {
                reports.1.extend(server.handle_timeout(now, |bytes| to_client.push(bytes.to_vec())));
            }
            for bytes in std::mem::take(&mut to_server) {
                if !lost() {
                    reports.1.extend(server.handle(now, &bytes, |bytes| to_client.push(bytes.to_vec())));
                }
            }
            for bytes in std::mem::take(&mut to_client) {
                if !lost() {
                    reports.0.extend(client.handle(now, &bytes, |bytes| to_server.push(bytes.to_vec())));
                }
            }
        }
        reports
    }

    fn pair() -> (Session, Session) {
        let (ours, theirs) = (identity(), identity());
        let server = Session::new(ours.clone(), fingerprint(&theirs), false, Mono::from_millis(1000));
        let client = Session::new(theirs, fingerprint(&ours), true, Mono::from_millis(1000));
        (client, server)
    }

    #[test]
    fn both_sides_get_the_same_keys_crossed_even_when_packets_are_lost() {
        for lose in [0, 3] {
            let (mut client, mut server) = pair();
            let (at_client, at_server) = talk(&mut client, &mut server, lose);
            let [Report::Keys { send: up, receive: down }] = &at_client[..] else { panic!("{at_client:?}") };
            let [Report::Keys { send, receive }] = &at_server[..] else { panic!("{at_server:?}") };
            assert!(up == receive && down == send && up != down, "lose {lose}");
        }
    }

    #[test]
    fn a_stranger_gets_no_keys() {
        let (mut client, _) = pair();
        let wrong = PeerFingerprint { hash: "sha-256".into(), digest: [7; 32].into() };
        let mut server = Session::new(identity(), wrong, false, Mono::from_millis(1000));
        let (at_client, at_server) = talk(&mut client, &mut server, 0);
        assert!(matches!(at_server[..], [Report::Stranger]), "{at_server:?}");
        assert!(matches!(at_client[..], [Report::Stranger]), "{at_client:?}");
    }

    #[test]
    fn a_goodbye_is_told() {
        let (mut client, mut server) = pair();
        talk(&mut client, &mut server, 0);
        let mut goodbye = Vec::new();
        client.close(|bytes| goodbye.push(bytes.to_vec()));
        let reports: Vec<_> =
            goodbye.iter().filter_map(|bytes| server.handle(Mono::from_millis(9000), bytes, |_| {})).collect();
        assert!(matches!(reports[..], [Report::Closed]), "{reports:?}");
        assert_eq!(server.timeout(), None);
    }

    #[test]
    fn noise_gives_no_keys() {
        for len in 0..200usize {
            let (_, mut server) = pair();
            let noise: Vec<u8> = (0..len).map(|i| if i == 0 { 22 } else { (i * 37 + len) as u8 }).collect();
            let report = server.handle(Mono::from_millis(1000), &noise, |_| {});
            assert!(matches!(report, None | Some(Report::Failed)), "{len}: {report:?}");
        }
    }
}
