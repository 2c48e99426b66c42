//! Who sends a request: a device that proves it, a trunk, or nobody we know.

use sip::agent::RequestHandle;
use sip::digest::{Algorithm, Authenticator, Credentials, Ha1, Leases, Outcome};
use sip::flow::Flow;
use sip::header::HeaderName;
use sip::message::Message;
use types::leg::Text;
use types::register::DigestChoice;
use types::{Now, TenantId, TrunkId};

use super::guard::{Guard, Who};
use super::{Proof, Ua, browser};
use crate::mind::{Admission, Claim, Credential, Mind};

/// What a request has to prove, and to whom.
struct Demand<'a> {
    realm: &'a str,
    /// What the tenant takes of a device's own password.
    digest: DigestChoice,
    /// It comes by WebSocket: browsers' libraries read the first challenge alone, and know MD5 alone.
    by_browser: bool,
    /// 401 or 407.
    status: u16,
}

impl Demand<'_> {
    /// Whether an answer by this algorithm is looked at: where browsers come in, their short-lived password proves
    /// itself by MD5 whatever the tenant asks of devices.
    const fn asks_for(&self, algorithm: Algorithm) -> bool {
        self.by_browser && matches!(algorithm, Algorithm::Md5) || accepts(self.digest, algorithm)
    }

    /// Whether a challenge of this algorithm goes out. Where MD5 is good for a device's own password too, nobody who
    /// comes by WebSocket needs another.
    const fn offers(&self, algorithm: Algorithm) -> bool {
        match (self.by_browser, algorithm) {
            (true, Algorithm::Sha256) => matches!(self.digest, DigestChoice::Sha256),
            _ => self.asks_for(algorithm),
        }
    }
}

/// Whose password was given.
struct Known {
    /// The device's name, whether or not there is such a device.
    name: Text,
    /// The device and what its password must hash to; absent for a name that nobody has.
    account: Option<(Credential, Ha1)>,
    /// The password is a browser's short-lived one.
    leased: bool,
}

/// What admission has found.
pub(crate) enum Verdict {
    /// A device that has proved itself, with its name.
    Device(Credential, Text),
    /// A trunk.
    Trunk(TenantId, TrunkId),
    /// It must prove itself: status and challenges.
    Challenge(u16, Vec<String>),
    /// Refused, with a status that tells nothing.
    Refuse(u16),
}

/// Attempts to prove to be a device, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthCounts {
    /// Right passwords.
    pub granted: u64,
    /// Wrong passwords, unknown users, and answers to questions that we did not ask.
    pub failed: u64,
    /// Right passwords that did not count: the user had failed too often from that address.
    pub shut_out: u64,
    /// Requests of addresses that had failed too often, whose passwords were not looked at.
    pub throttled: u64,
}

/// The digest authenticator, and who has failed too often.
pub(crate) struct Auth {
    pub(crate) counts: AuthCounts,
    authenticator: Authenticator,
    guard: Guard,
    /// Browsers come with passwords that end.
    leases: Leases,
    /// Stands for the hash of a user that there is not: checking it takes as long as a real one.
    nobody: [Ha1; 2],
}

impl Auth {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let nobody = |algorithm| Ha1::new(algorithm, "nobody", "nowhere", &format!("{secret:?}"));
        Self {
            counts: AuthCounts::default(),
            authenticator: Authenticator::new(secret),
            guard: Guard::default(),
            leases: Leases::new(secret),
            nobody: [nobody(Algorithm::Md5), nobody(Algorithm::Sha256)],
        }
    }
}

impl<M: Mind> Ua<M> {
    /// The device that sends a request which only devices may send; all others are answered here.
    pub(crate) fn device_of(
        &mut self,
        now: Now,
        request: RequestHandle,
        message: &Message,
        flow: Flow,
    ) -> Option<Credential> {
        let (status, challenges) = match self.identify(now, message, flow) {
            Verdict::Device(credential, _) => return Some(credential),
            Verdict::Challenge(status, challenges) => (status, challenges),
            Verdict::Refuse(status) => (status, Vec::new()),
            // A carrier registers nobody, and what goes on inside is nothing to it.
            Verdict::Trunk(..) => (403, Vec::new()),
        };
        let fields: Vec<(&str, &str)> = challenges.iter().map(|line| (auth_header(status), line.as_str())).collect();
        // Whoever has gone meanwhile needs no answer.
        let _ = self.agent.respond(now, request, status, "", &fields, None);
        None
    }

    /// Who sends this request.
    pub(crate) fn identify(&mut self, now: Now, message: &Message, flow: Flow) -> Verdict {
        let user = |address: Option<sip::header::name_addr::NameAddr<'_>>| {
            address.and_then(|a| a.uri.user_decoded().map(|u| u.into_owned())).unwrap_or_default()
        };
        let from = message.from().ok();
        let from_host = from.as_ref().map(|f| f.uri.host().to_string()).unwrap_or_default();
        let to_host = message.request_uri().map(|u| u.host().to_string()).unwrap_or_default();
        let (from_user, contact_user) = (user(from), user(message.contact()));
        let registered = self.registrations.trunk_of(message.request_uri().ok(), flow.remote);
        let admission = self.mind.admit(&Claim {
            source: flow.remote,
            transport: flow.transport,
            method: message.method_text(),
            from_user: &from_user,
            from_host: &from_host,
            contact_user: &contact_user,
            to_host: &to_host,
            registered,
        });
        match admission {
            Admission::Trunk { tenant, trunk } => {
                self.auth.guard.carries_trunk(now.mono, flow.remote.ip());
                Verdict::Trunk(tenant, trunk)
            }
            Admission::Refuse(status) => Verdict::Refuse(status),
            Admission::Challenge { realm, digest } => {
                // Whoever answers itself challenges as a server, a call as a proxy would: that is what telephones expect.
                let status = if matches!(message.method_text(), "REGISTER" | "SUBSCRIBE") { 401 } else { 407 };
                let by_browser = browser::is_browsers(flow);
                self.authenticate(now, message, flow, &Demand { realm: &realm, digest, by_browser, status })
            }
        }
    }

    fn authenticate(&mut self, now: Now, message: &Message, flow: Flow, demand: &Demand<'_>) -> Verdict {
        let ip = flow.remote.ip();
        if self.auth.guard.throttled(now.mono, ip) {
            self.auth.counts.throttled += 1;
            return Verdict::Refuse(403);
        }
        let realm = demand.realm;
        let credentials = match demand.status {
            401 => Credentials::of(message, realm),
            _ => Credentials::of_proxy(message, realm).or_else(|| Credentials::of(message, realm)),
        };
        // An algorithm that was not asked for proves nothing.
        let Some(credentials) = credentials.filter(|given| demand.asks_for(given.algorithm)) else {
            if message.header(HeaderName::Authorization).is_some() {
                self.auth.counts.failed += 1;
                self.auth.guard.failed(now.mono, ip, Who { realm, name: "" });
            }
            return self.challenge(now, demand, false);
        };
        let Known { name, account, leased } = self.known(now, realm, &credentials);
        let who = Who { realm, name: &name };
        if self.auth.guard.slowed(now.mono, ip, who) {
            self.auth.counts.throttled += 1;
            return self.challenge(now, demand, false);
        }
        // A device's own password by an algorithm that its tenant rules out proves as little as a wrong one.
        let account = account.filter(|_| leased && demand.by_browser || accepts(demand.digest, credentials.algorithm));
        let nobody = &self.auth.nobody[usize::from(credentials.algorithm == Algorithm::Sha256)];
        let ha1 = account.as_ref().map_or(nobody, |(_, ha1)| ha1);
        let outcome = self.auth.authenticator.verify(now.wall, message.method_text(), &credentials, ha1);
        match (outcome, account) {
            (Outcome::Stale, Some(_)) => self.challenge(now, demand, true),
            (Outcome::Granted, Some((credential, _))) if !self.auth.guard.shut_out(now.mono, ip, who) => {
                self.auth.counts.granted += 1;
                self.auth.guard.succeeded(now.mono, ip, who);
                if flow.conn != 0 && self.proven.insert(flow.conn) {
                    self.proofs.push_back(Proof { flow, heard_every: None });
                }
                Verdict::Device(credential, name)
            }
            (outcome, account) => {
                let right = outcome == Outcome::Granted && account.is_some();
                let counts = &mut self.auth.counts;
                *(if right { &mut counts.shut_out } else { &mut counts.failed }) += 1;
                self.auth.guard.failed(now.mono, ip, who);
                self.challenge(now, demand, false)
            }
        }
    }

    /// The device that a user name stands for, and what its password must hash to: its own, or a browser's short-lived
    /// one.
    fn known(&self, now: Now, realm: &str, credentials: &Credentials) -> Known {
        let (algorithm, username) = (credentials.algorithm, &*credentials.username);
        if let Some((device, password)) = self.auth.leases.recall(now.wall, realm, username) {
            let account = self.mind.credential(realm, device);
            let account = account.map(|known| (known, Ha1::new(algorithm, username, realm, &password)));
            return Known { name: device.into(), account, leased: true };
        }
        let account = self.mind.credential(realm, username).map(|known| {
            let ha1 = ha1(&known, algorithm);
            (known, ha1)
        });
        Known { name: username.into(), account, leased: false }
    }

    fn challenge(&mut self, now: Now, demand: &Demand<'_>, stale: bool) -> Verdict {
        let lines = self.auth.authenticator.challenge(now.wall, demand.realm, stale);
        let mut asked: Vec<_> = lines.into_iter().filter(|(algorithm, _)| demand.offers(*algorithm)).collect();
        if demand.by_browser {
            // The first is the one that a browser's library can answer.
            asked.sort_by_key(|(algorithm, _)| *algorithm != Algorithm::Md5);
        }
        Verdict::Challenge(demand.status, asked.into_iter().map(|(_, line)| line).collect())
    }
}

const fn accepts(choice: DigestChoice, algorithm: Algorithm) -> bool {
    match choice {
        DigestChoice::Both => true,
        DigestChoice::Md5 => matches!(algorithm, Algorithm::Md5),
        DigestChoice::Sha256 => matches!(algorithm, Algorithm::Sha256),
    }
}

fn ha1(credential: &Credential, algorithm: Algorithm) -> Ha1 {
    let hex = match algorithm {
        Algorithm::Md5 => credential.md5.reveal(),
        Algorithm::Sha256 => credential.sha256.reveal(),
    };
    Ha1::from_hex(algorithm, hex)
}

/// The header that a challenge comes in.
pub(crate) const fn auth_header(status: u16) -> &'static str {
    if status == 401 { "WWW-Authenticate" } else { "Proxy-Authenticate" }
}
