//! Where the devices are: the bindings of RFC 3261 section 10.3, each with the connection that it came by.

use std::collections::{BTreeSet, HashMap};

use types::event::Binding;
use types::leg::{Registered, Text};
use types::register::{Contact, MAX_CONTACTS, RegisterChange, RegisterRejected, RegisterRequest};
use types::{DeviceId, Private, Wall};

/// The bindings of all devices of a node.
#[derive(Clone, Debug, Default)]
pub struct Registrations {
    bindings: HashMap<DeviceId, Vec<Binding>>,
    expiries: BTreeSet<(Wall, DeviceId)>,
}

impl Registrations {
    /// Applies a REGISTER: all of it, or nothing.
    ///
    /// # Errors
    /// See [`RegisterRejected`]; the bindings are as before.
    pub fn apply(
        &mut self,
        now: Wall,
        device: DeviceId,
        request: &RegisterRequest,
    ) -> Result<&[Binding], RegisterRejected> {
        let mut bindings: Vec<Binding> = self.live(now, device).cloned().collect();
        let stale = |b: &Binding| b.call_id == request.call_id && b.cseq >= request.cseq;
        match &request.change {
            RegisterChange::Query => {}
            RegisterChange::Clear => {
                if bindings.iter().any(stale) {
                    return Err(RegisterRejected::OutOfOrder);
                }
                bindings.clear();
            }
            RegisterChange::Update(contacts) => {
                for (contact, expires_s) in contacts {
                    if bindings.iter().any(|b| replaces(contact, b) && stale(b)) {
                        return Err(RegisterRejected::OutOfOrder);
                    }
                    bindings.retain(|b| !replaces(contact, b));
                    if *expires_s > 0 {
                        bindings.push(bind(now, contact, *expires_s, request));
                    }
                }
            }
        }
        if bindings.len() > MAX_CONTACTS {
            return Err(RegisterRejected::TooMany);
        }
        self.set(device, bindings);
        Ok(self.of(device))
    }

    /// Takes bindings as they are, from the journal after a restart; those that have lapsed are left out.
    pub fn restore(&mut self, now: Wall, device: DeviceId, bindings: &[Binding]) {
        self.set(device, bindings.iter().filter(|b| b.expires > now).cloned().collect());
    }

    /// The bindings of a device, the freshest last.
    pub fn of(&self, device: DeviceId) -> &[Binding] {
        self.bindings.get(&device).map_or(&[], Vec::as_slice)
    }

    /// Forgets the bindings that came by a connection which is gone; the devices that lost one.
    pub fn flow_closed(&mut self, flow: u64) -> Vec<DeviceId> {
        let lost: Vec<DeviceId> =
            self.bindings.iter().filter(|(_, b)| b.iter().any(|b| b.flow == Some(flow))).map(|(d, _)| *d).collect();
        for &device in &lost {
            let kept = self.of(device).iter().filter(|b| b.flow != Some(flow)).cloned().collect();
            self.set(device, kept);
        }
        lost
    }

    /// Forgets a binding whose flow has failed, unless it was refreshed since. Whether there was one.
    pub fn flow_failed(&mut self, uri: &Private<Text>, registered: &Registered) -> bool {
        let is_it = |b: &Binding| b.uri == *uri && b.call_id == registered.call_id && b.cseq == registered.cseq;
        let had = self.of(registered.device);
        let kept: Vec<Binding> = had.iter().filter(|b| !is_it(b)).cloned().collect();
        let lost = kept.len() < had.len();
        if lost {
            self.set(registered.device, kept);
        }
        lost
    }

    /// Forgets the bindings of a device that may no longer register; whether it had any.
    pub fn forget(&mut self, device: DeviceId) -> bool {
        let had = self.bindings.contains_key(&device);
        self.set(device, Vec::new());
        had
    }

    /// When the next binding lapses.
    pub fn next_expiry(&self) -> Option<Wall> {
        self.expiries.first().map(|(at, _)| *at)
    }

    /// Lets bindings lapse; the devices that lost one.
    pub fn expire(&mut self, now: Wall) -> Vec<DeviceId> {
        let mut lost = Vec::new();
        while let Some(&(at, device)) = self.expiries.first() {
            if at > now {
                break;
            }
            let kept = self.live(now, device).cloned().collect();
            self.set(device, kept);
            lost.push(device);
        }
        lost
    }

    /// How many devices have a binding.
    pub fn len(&self) -> usize {
        self.bindings.len()
    }

    /// Whether no device has a binding.
    pub fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    fn live(&self, now: Wall, device: DeviceId) -> impl Iterator<Item = &Binding> {
        self.of(device).iter().filter(move |b| b.expires > now)
    }

    fn set(&mut self, device: DeviceId, bindings: Vec<Binding>) {
        for binding in self.bindings.remove(&device).unwrap_or_default() {
            self.expiries.remove(&(binding.expires, device));
        }
        self.expiries.extend(bindings.iter().map(|b| (b.expires, device)));
        if !bindings.is_empty() {
            self.bindings.insert(device, bindings);
        }
    }
}

fn bind(now: Wall, contact: &Contact, expires_s: u32, request: &RegisterRequest) -> Binding {
    Binding {
        uri: contact.uri.clone(),
        flow: contact.flow,
        source: contact.source.clone(),
        expires: Wall(now.0 + i64::from(expires_s) * 1000),
        call_id: request.call_id.clone(),
        cseq: request.cseq,
        path: contact.path.clone(),
        browser: contact.browser,
        instance: contact.instance.clone(),
        reg_id: contact.reg_id,
    }
}

/// Whether a contact takes a binding's place. A telephone that says who it is is known by that, wherever it is now; its
/// flows of RFC 5626 stand beside each other. Two telephones may well have one address, each in its own network.
fn replaces(contact: &Contact, binding: &Binding) -> bool {
    match (&contact.instance, &binding.instance) {
        (Some(new), Some(old)) => {
            let is_flow_beside = contact.reg_id.is_some() && binding.reg_id.is_some_and(|b| Some(b) != contact.reg_id);
            new == old && !is_flow_beside
        }
        _ => contact.uri == binding.uri,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = DeviceId(1);

    fn contact(uri: &str) -> Contact {
        Contact { uri: uri.into(), source: "192.0.2.1:5060".into(), ..Contact::default() }
    }

    fn update(cseq: u32, contacts: &[(&str, u32)]) -> RegisterRequest {
        let change = RegisterChange::Update(contacts.iter().map(|(u, s)| (contact(u), *s)).collect());
        RegisterRequest { call_id: "c".into(), cseq, change }
    }

    fn uris(registrations: &Registrations) -> Vec<&str> {
        registrations.of(DEVICE).iter().map(|b| b.uri.reveal().as_ref()).collect()
    }

    #[test]
    fn contacts_are_added_refreshed_removed_and_lapse() {
        let mut r = Registrations::default();
        r.apply(Wall(0), DEVICE, &update(1, &[("sip:a", 60), ("sip:b", 30)])).unwrap();
        assert_eq!(uris(&r), ["sip:a", "sip:b"]);
        r.apply(Wall(20_000), DEVICE, &update(2, &[("sip:a", 60)])).unwrap();
        assert_eq!((uris(&r), r.next_expiry()), (vec!["sip:b", "sip:a"], Some(Wall(30_000))));
        assert_eq!((r.expire(Wall(30_000)), uris(&r)), (vec![DEVICE], vec!["sip:a"]));
        r.apply(Wall(31_000), DEVICE, &update(3, &[("sip:a", 0)])).unwrap();
        assert!(r.is_empty() && r.next_expiry().is_none());
    }

    #[test]
    fn an_older_request_changes_nothing_at_all() {
        let mut r = Registrations::default();
        r.apply(Wall(0), DEVICE, &update(5, &[("sip:a", 60)])).unwrap();
        let late = update(4, &[("sip:new", 60), ("sip:a", 0)]);
        assert_eq!(r.apply(Wall(1), DEVICE, &late).map(<[_]>::len), Err(RegisterRejected::OutOfOrder));
        assert_eq!(uris(&r), ["sip:a"]);
        let clear = RegisterRequest { call_id: "c".into(), cseq: 5, change: RegisterChange::Clear };
        assert_eq!(r.apply(Wall(1), DEVICE, &clear).map(<[_]>::len), Err(RegisterRejected::OutOfOrder));
        let clear = RegisterRequest { cseq: 6, ..clear };
        assert_eq!(r.apply(Wall(1), DEVICE, &clear).map(<[_]>::len), Ok(0));
    }

    #[test]
    fn too_many_contacts_are_refused_whole() {
        let mut r = Registrations::default();
        let names: Vec<String> = (0..=MAX_CONTACTS).map(|i| format!("sip:{i}")).collect();
        let all: Vec<(&str, u32)> = names.iter().map(|n| (n.as_str(), 60)).collect();
        assert_eq!(r.apply(Wall(0), DEVICE, &update(1, &all)).map(<[_]>::len), Err(RegisterRejected::TooMany));
        assert!(r.is_empty());
    }

    #[test]
    fn a_closed_connection_takes_its_bindings_along() {
        let mut r = Registrations::default();
        let by_flow = Contact { flow: Some(9), ..contact("sip:w") };
        let change = RegisterChange::Update(vec![(by_flow, 60), (contact("sip:u"), 60)]);
        r.apply(Wall(0), DEVICE, &RegisterRequest { call_id: "c".into(), cseq: 1, change }).unwrap();
        assert_eq!((r.flow_closed(9), uris(&r)), (vec![DEVICE], vec!["sip:u"]));
    }

    fn register(r: &mut Registrations, call_id: &str, cseq: u32, contact: Contact) {
        let change = RegisterChange::Update(vec![(contact, 60)]);
        r.apply(Wall(0), DEVICE, &RegisterRequest { call_id: call_id.into(), cseq, change }).unwrap();
    }

    fn of(instance: &str, reg_id: Option<u32>, uri: &str) -> Contact {
        Contact { instance: Some(Private::new(instance.into())), reg_id, ..contact(uri) }
    }

    #[test]
    fn a_telephone_that_names_itself_takes_its_own_place_and_no_others() {
        let mut r = Registrations::default();
        register(&mut r, "one", 7, of("desk", None, "sip:a@10.0.0.9"));
        register(&mut r, "two", 1, of("home", None, "sip:a@10.0.0.9"));
        assert_eq!(uris(&r), ["sip:a@10.0.0.9"; 2], "the same private address, two telephones");
        register(&mut r, "three", 1, of("desk", None, "sip:a@10.0.0.200"));
        assert_eq!(uris(&r), ["sip:a@10.0.0.9", "sip:a@10.0.0.200"], "it has restarted elsewhere");
    }

    #[test]
    fn flows_of_one_telephone_stand_beside_each_other_and_each_is_renewed() {
        let mut r = Registrations::default();
        register(&mut r, "one", 1, of("desk", None, "sip:before"));
        register(&mut r, "one", 2, of("desk", Some(1), "sip:1"));
        register(&mut r, "two", 1, of("desk", Some(2), "sip:2"));
        assert_eq!(uris(&r), ["sip:1", "sip:2"]);
        register(&mut r, "new", 1, of("desk", Some(1), "sip:1b"));
        assert_eq!(uris(&r), ["sip:2", "sip:1b"]);
        let late = RegisterRequest {
            call_id: "new".into(),
            cseq: 1,
            change: RegisterChange::Update(vec![(of("desk", Some(1), "sip:late"), 60)]),
        };
        assert_eq!(r.apply(Wall(1), DEVICE, &late).map(<[_]>::len), Err(RegisterRejected::OutOfOrder));
        register(&mut r, "new", 2, of("desk", None, "sip:plain"));
        assert_eq!(uris(&r), ["sip:plain"], "it has given RFC 5626 up");
    }

    #[test]
    fn a_failed_flow_goes_unless_it_was_renewed_meanwhile() {
        let mut r = Registrations::default();
        register(&mut r, "c", 1, of("desk", Some(1), "sip:1"));
        register(&mut r, "d", 1, of("desk", Some(2), "sip:2"));
        let failed = Registered { device: DEVICE, call_id: "c".into(), cseq: 1 };
        register(&mut r, "c", 2, of("desk", Some(1), "sip:1"));
        assert!(!r.flow_failed(&"sip:1".into(), &failed));
        let failed = Registered { cseq: 2, ..failed };
        assert!(r.flow_failed(&"sip:1".into(), &failed) && !r.flow_failed(&"sip:1".into(), &failed));
        assert_eq!(uris(&r), ["sip:2"]);
    }
}
