//! What every backend of the bus must do.

use std::time::Duration;

use types::{TenantId, Wall};

use crate::{Bus, Error, Message};

const TIME: Duration = Duration::from_secs(10);
const ONE: TenantId = TenantId(1);
const OTHER: TenantId = TenantId(2);

/// Runs the whole suite on an empty bus.
///
/// # Panics
/// When the backend does not conform.
pub async fn run(bus: &dyn Bus) {
    messages_stay_within_their_tenant(bus).await;
    a_lease_has_one_owner_until_it_lapses(bus).await;
    a_former_owner_cannot_renew_or_release(bus).await;
}

async fn messages_stay_within_their_tenant(bus: &dyn Bus) {
    let (mut one, mut other) = (bus.subscribe(ONE), bus.subscribe(OTHER));
    let message = |tenant, body: &[u8]| Message { tenant, topic: "queue".to_owned(), body: body.to_vec() };
    for (tenant, body) in [(ONE, b"a"), (OTHER, b"b"), (ONE, b"c")] {
        bus.publish(message(tenant, body)).await.expect("published");
    }
    assert_eq!(one.next().await, Ok(message(ONE, b"a")));
    assert_eq!(one.next().await, Ok(message(ONE, b"c")), "in order, without the other tenant's");
    assert_eq!(other.next().await, Ok(message(OTHER, b"b")));
}

async fn a_lease_has_one_owner_until_it_lapses(bus: &dyn Bus) {
    let first = bus.acquire(Wall(0), ONE, "routing", "node-1", TIME).await.expect("free");
    assert_eq!(first.until, Wall(10_000));
    let refused = bus.acquire(Wall(9_999), ONE, "routing", "node-2", TIME).await;
    assert_eq!(refused, Err(Error::Held { owner: "node-1".to_owned(), until: Wall(10_000) }));
    bus.acquire(Wall(0), OTHER, "routing", "node-2", TIME).await.expect("another tenant's lease is another");
    let renewed = bus.renew(Wall(9_000), &first, TIME).await.expect("held");
    assert_eq!((renewed.token, renewed.until), (first.token, Wall(19_000)));
    let second = bus.acquire(Wall(19_000), ONE, "routing", "node-2", TIME).await.expect("it has lapsed");
    assert!(second.token > first.token, "tokens rise, so that the former owner is told apart");
    let again = bus.acquire(Wall(19_001), ONE, "routing", "node-2", TIME).await.expect("its own owner");
    assert!(again.token > second.token, "an owner who begins anew is told apart from its former self");
    bus.release(&again).await.expect("released");
    let third = bus.acquire(Wall(19_002), ONE, "routing", "node-1", TIME).await.expect("given back");
    assert!(third.token > again.token);
}

async fn a_former_owner_cannot_renew_or_release(bus: &dyn Bus) {
    let old = bus.acquire(Wall(0), ONE, "agent-7", "node-1", TIME).await.expect("free");
    assert_eq!(bus.renew(Wall(10_000), &old, TIME).await, Err(Error::Lost), "it has lapsed");
    let new = bus.acquire(Wall(10_000), ONE, "agent-7", "node-2", TIME).await.expect("it has lapsed");
    assert_eq!(bus.renew(Wall(10_001), &old, TIME).await, Err(Error::Lost));
    bus.release(&old).await.expect("no error");
    let refused = bus.acquire(Wall(10_002), ONE, "agent-7", "node-1", TIME).await;
    assert_eq!(refused, Err(Error::Held { owner: "node-2".to_owned(), until: new.until }));
}
