//! Brings out what is due.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use resource::{AlertSubscriptionSpec, MailServerSpec};
use store::{AlertSubscription, Delivery, DeliveryKind, DeliveryStatus, MailServer};
use timetable::Backoff;
use tokio::sync::watch;
use tokio::task::JoinSet;
use types::{DeliveryId, Wall};
use webhook::Call;

use crate::letter::{Content, server};
use crate::{Shared, clock};

/// Deliveries under way at once: one slow server does not hold up the others.
const AT_ONCE: usize = 8;
/// The longest pause between two looks.
const LOOK: Duration = Duration::from_secs(30);
/// After a failure of the database.
const RETRY: Duration = Duration::from_secs(5);
/// A server that is down over a night is up again before a letter is given up: 30 s, doubling to an hour, 18 h in all.
/// One that lets strangers wait (greylisting) has let them in after some minutes.
const LETTERS: Backoff = Backoff { first: Duration::from_secs(30), longest: Duration::from_secs(3_600), attempts: 24 };
/// Programs are asked sooner, since many restart within seconds: 5 s, doubling to an hour, 13 h in all.
const POSTS: Backoff = Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(3_600), attempts: 22 };
/// What has ended is shown for so long.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// How often what ended longer ago is removed.
const FORGET: Duration = Duration::from_secs(3_600);

/// How an attempt ended.
enum End {
    Taken(String),
    Refused { said: String, is_final: bool },
}

pub(crate) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let (mut under_way, mut ids) = (JoinSet::new(), HashSet::new());
    let mut forgotten = Wall(0);
    loop {
        let now = clock::now();
        let until = match fill(&shared, now, &mut under_way, &mut ids).await {
            Ok(until) => until,
            Err(error) => {
                tracing::error!(%error, "what is to be delivered can't be read; it is tried again");
                Wall(now.0 + RETRY.as_millis() as i64)
            }
        };
        if now.ms_since(forgotten) >= FORGET.as_millis() as u64 {
            forgotten = now;
            if let Err(error) = shared.store.forget_deliveries(Wall(now.0 - KEPT.as_millis() as i64)).await {
                tracing::warn!(%error, "old deliveries were not removed");
            }
        }
        let ended = async {
            match under_way.join_next_with_id().await {
                Some(done) => done.map(|(_, id)| id).ok(),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            id = ended => { id.map(|id: DeliveryId| ids.remove(&id)); }
            goes_on = clock::pause(until, LOOK, &shared.deliver, &mut stop) => if !goes_on { break },
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Begins what is due, as far as there is room; when to look again.
async fn fill(
    shared: &Arc<Shared>,
    now: Wall,
    under_way: &mut JoinSet<DeliveryId>,
    ids: &mut HashSet<DeliveryId>,
) -> Result<Wall, store::Error> {
    let later = Wall(now.0 + LOOK.as_millis() as i64);
    if ids.len() >= AT_ONCE {
        return Ok(later);
    }
    // Those under way are still due as their rows say.
    for delivery in shared.store.due_deliveries(&shared.closed, now, (AT_ONCE * 2) as u64).await? {
        if ids.len() >= AT_ONCE {
            return Ok(later);
        }
        if ids.insert(delivery.id) {
            let (shared, id) = (Arc::clone(shared), delivery.id);
            under_way.spawn(async move {
                attempt(&shared, delivery).await;
                id
            });
        }
    }
    let next = shared.store.next_delivery(&shared.closed).await?.unwrap_or(later);
    // What is due and under way wakes this task when it ends.
    Ok(if next <= now { later } else { next })
}

/// One attempt, and what it makes of the row.
async fn attempt(shared: &Shared, delivery: Delivery) {
    let backoff = match delivery.kind {
        DeliveryKind::Mail => LETTERS,
        DeliveryKind::Webhook => POSTS,
    };
    let end = match delivery.kind {
        DeliveryKind::Mail => write(shared, &delivery).await,
        DeliveryKind::Webhook => post(shared, &delivery).await,
    };
    let end = end.unwrap_or_else(|error| End::Refused { said: error.to_string(), is_final: false });
    let (now, attempts) = (clock::now(), delivery.attempts.saturating_add(1));
    let (id, tenant, kind) = (delivery.id, delivery.tenant, delivery.kind.as_str());
    let row = match end {
        End::Taken(said) => {
            tracing::info!(%id, %tenant, kind, attempts, "a delivery was taken");
            let (status, ended) = (DeliveryStatus::Sent, Some(now));
            Delivery { status, ended, attempts, answer: said.into(), body: "".into(), ..delivery }
        }
        End::Refused { said, is_final } => match backoff.after(attempts).filter(|_| !is_final) {
            Some(pause) => {
                let due = Wall(now.0.saturating_add(pause.as_millis() as i64));
                tracing::info!(%id, %tenant, kind, attempts, "a delivery was not taken; it is tried again");
                Delivery { due, attempts, answer: said.into(), ..delivery }
            }
            None => {
                tracing::warn!(%id, %tenant, kind, attempts, "a delivery was given up");
                let (status, ended) = (DeliveryStatus::Failed, Some(now));
                Delivery { status, ended, attempts, answer: said.into(), ..delivery }
            }
        },
    };
    while let Err(error) = shared.store.put(&row).await {
        // It stays under way until it is written down: it must not be sent once more meanwhile.
        tracing::error!(%error, %id, "what became of a delivery could not be written; it is tried again");
        tokio::time::sleep(RETRY).await;
    }
}

async fn write(shared: &Shared, delivery: &Delivery) -> Result<End, store::Error> {
    let row = shared.store.get::<MailServer>(delivery.tenant, delivery.tenant).await?;
    let Some((row, spec)) = row.and_then(|row| MailServerSpec::of(&row).map(|spec| (row, spec))) else {
        // Somebody may set it up in time.
        return Ok(End::Refused { said: "no mail server is set up".into(), is_final: false });
    };
    let content: Content = match serde_json::from_str(delivery.body.reveal()) {
        Ok(content) => content,
        Err(error) => return Ok(End::Refused { said: error.to_string(), is_final: true }),
    };
    let letter = content.addressed(&spec, delivery.recipient.clone(), &delivery.id.to_string(), delivery.created);
    Ok(match mail::send(&server(&spec, &row.password), &letter).await {
        Ok(said) => End::Taken(said),
        Err(failure) => End::Refused { said: failure.to_string(), is_final: failure.is_final },
    })
}

async fn post(shared: &Shared, delivery: &Delivery) -> Result<End, store::Error> {
    let key = (delivery.tenant, delivery.source.clone());
    let row = shared.store.get::<AlertSubscription>(delivery.tenant, key).await?;
    let Some(row) = row.filter(|row| AlertSubscriptionSpec::of(row).is_some_and(|spec| spec.url.is_some())) else {
        return Ok(End::Refused { said: "the subscription was removed".into(), is_final: true });
    };
    let id = delivery.id.to_string();
    let call = Call {
        url: delivery.recipient.reveal(),
        secret: &row.secret,
        event: &delivery.topic,
        delivery: &id,
        body: delivery.body.reveal().as_bytes(),
        at: clock::now(),
    };
    Ok(match webhook::post(&shared.guard, &call).await {
        Ok(said) => End::Taken(said),
        Err(failure) => End::Refused { said: failure.said, is_final: failure.is_final },
    })
}
