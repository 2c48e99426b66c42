//! The bus of an installation of one node.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;
use types::{TenantId, Wall};

use crate::{Bus, Error, Lease, Message, Messages, Reply};

/// Messages a subscriber may be behind; one that is further behind misses some and is told how many.
const BEHIND: usize = 1024;

/// Messages and leases within one process.
pub struct LocalBus {
    messages: broadcast::Sender<Message>,
    leases: Mutex<Leases>,
}

#[derive(Default)]
struct Leases {
    held: HashMap<(TenantId, String), Lease>,
    token: u64,
}

impl LocalBus {
    /// A bus with nobody on it.
    pub fn new() -> Self {
        Self { messages: broadcast::Sender::new(BEHIND), leases: Mutex::default() }
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        // A map and a number, whole between any two statements.
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grant(&self, now: Wall, tenant: TenantId, name: &str, owner: &str, time: Duration) -> Result<Lease, Error> {
        let mut leases = self.leases();
        let key = (tenant, name.to_owned());
        if let Some(held) = leases.held.get(&key).filter(|l| l.until > now && l.owner != owner) {
            return Err(Error::Held { owner: held.owner.clone(), until: held.until });
        }
        leases.token += 1;
        let (token, until) = (leases.token, after(now, time));
        let lease = Lease { tenant, name: name.to_owned(), owner: owner.to_owned(), token, until };
        leases.held.insert(key, lease.clone());
        Ok(lease)
    }

    fn prolong(&self, now: Wall, lease: &Lease, time: Duration) -> Result<Lease, Error> {
        let mut leases = self.leases();
        let held = leases.held.get_mut(&(lease.tenant, lease.name.clone()));
        let held = held.filter(|l| l.token == lease.token && l.until > now).ok_or(Error::Lost)?;
        held.until = after(now, time);
        Ok(held.clone())
    }

    fn give_back(&self, lease: &Lease) {
        let mut leases = self.leases();
        let key = (lease.tenant, lease.name.clone());
        if leases.held.get(&key).is_some_and(|l| l.token == lease.token) {
            leases.held.remove(&key);
        }
    }
}

fn after(now: Wall, time: Duration) -> Wall {
    Wall(now.0.saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for LocalBus {
    fn publish(&self, message: Message) -> Reply<'_, ()> {
        // Fails only when nobody listens.
        drop(self.messages.send(message));
        Box::pin(std::future::ready(Ok(())))
    }

    fn subscribe(&self, tenant: TenantId) -> Box<dyn Messages> {
        Box::new(LocalMessages { tenant, messages: self.messages.subscribe() })
    }

    fn acquire<'a>(
        &'a self,
        now: Wall,
        tenant: TenantId,
        name: &'a str,
        owner: &'a str,
        time: Duration,
    ) -> Reply<'a, Lease> {
        Box::pin(std::future::ready(self.grant(now, tenant, name, owner, time)))
    }

    fn renew<'a>(&'a self, now: Wall, lease: &'a Lease, time: Duration) -> Reply<'a, Lease> {
        Box::pin(std::future::ready(self.prolong(now, lease, time)))
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> Reply<'a, ()> {
        self.give_back(lease);
        Box::pin(std::future::ready(Ok(())))
    }
}

struct LocalMessages {
    tenant: TenantId,
    messages: broadcast::Receiver<Message>,
}

impl Messages for LocalMessages {
    fn next(&mut self) -> Reply<'_, Message> {
        Box::pin(async move {
            loop {
                match self.messages.recv().await {
                    Ok(message) if message.tenant == self.tenant => return Ok(message),
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(missed)) => return Err(Error::Missed(missed)),
                    Err(broadcast::error::RecvError::Closed) => return Err(Error::Closed),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_local_bus_conforms() {
        crate::conformance::run(&LocalBus::new()).await;
    }

    #[tokio::test]
    async fn a_subscriber_who_sleeps_is_told_what_it_missed() {
        let bus = LocalBus::new();
        let mut messages = bus.subscribe(TenantId(1));
        let message = |body: u64| Message { tenant: TenantId(1), topic: "t".into(), body: body.to_le_bytes().into() };
        for body in 0..BEHIND as u64 + 3 {
            bus.publish(message(body)).await.unwrap();
        }
        assert_eq!(messages.next().await, Err(Error::Missed(3)));
        assert_eq!(messages.next().await, Ok(message(3)));
    }
}
