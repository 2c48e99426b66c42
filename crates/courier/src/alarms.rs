//! Tells of alarms those who want to know.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use directory::Tenant;
use journal::Stored;
use resource::{AlertSubscriptionSpec, LetterLanguage};
use serde_json::json;
use store::{AlertSubscription, Delivery, DeliveryKind, DeliveryStatus, Origin};
use tokio::sync::watch;
use types::event::Happening;
use types::{Private, TenantId, Wall};

use crate::letter::Content;
use crate::words::{alarm, local, pick};
use crate::{Shared, clock};

/// Under which name the place in the journal is kept.
const CURSOR: &str = "alarms";
/// The topic of deliveries, and what receivers read as the event.
const TOPIC: &str = "alarm";
/// After a failure of the database or the journal.
const RETRY: Duration = Duration::from_secs(5);
/// How often the place in the journal is written down while nothing happens: so much is read anew after a crash, and
/// nothing in it is told twice.
const SAVE: Duration = Duration::from_secs(30);
/// Alarms that are older than this are not told any more: a server that was down for days begins with today.
const STALE_MS: u64 = 86_400_000;

/// An alarm that was raised or is over.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    pos: u64,
    tenant: TenantId,
    at: Wall,
    code: String,
    detail: Private<String>,
    raised: bool,
}

pub(crate) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            done = follow(&shared) => if let Err(error) = done {
                tracing::error!(%error, "alarms can't be told; it is tried again");
            },
            _ = stop.changed() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            _ = stop.changed() => break,
        }
    }
}

type Trouble = Box<dyn std::error::Error + Send + Sync>;

async fn follow(shared: &Shared) -> Result<(), Trouble> {
    let journal = &shared.journal;
    let from = match shared.store.delivery_cursor(CURSOR).await? {
        Some(pos) => pos.max(journal.oldest_pos()),
        None => {
            // What was before anybody could want to know is not told.
            let pos = journal.last_pos();
            shared.store.deliver(&[], Origin::Journal(CURSOR, pos)).await?;
            pos
        }
    };
    let mut events = journal.read_from(from)?;
    let mut saved = clock::now();
    loop {
        let batch = events.next().await?;
        let now = clock::now();
        let words: Vec<Word> = batch.iter().filter_map(word).filter(|word| now.ms_since(word.at) < STALE_MS).collect();
        let Some(last) = batch.last() else { continue };
        if words.is_empty() && now.ms_since(saved) < SAVE.as_millis() as u64 {
            continue;
        }
        let deliveries = deliveries(shared, &words, now).await?;
        let left_out = shared.store.deliver(&deliveries, Origin::Journal(CURSOR, last.pos)).await?;
        if left_out > 0 {
            tracing::warn!(left_out, "alarms were not told: too much waits already");
        }
        saved = now;
        shared.deliver.notify_one();
    }
}

/// What an event says of an alarm; none for all others.
fn word(stored: &Stored) -> Option<Word> {
    if !matches!(stored.kind(), "alarm" | "emergency.called") {
        return None;
    }
    let event = stored.event().ok()?;
    let (pos, tenant, at) = (stored.pos, event.tenant, event.at);
    match event.what {
        Happening::Alarm { code, detail, raised } => {
            let detail = Private::new(detail.to_string());
            Some(Word { pos, tenant, at, code: code.to_string(), detail, raised })
        }
        Happening::EmergencyCalled { id, from, number, .. } => {
            let detail = Private::new(format!("{} → {number}, {id}", from.reveal()));
            Some(Word { pos, tenant, at, code: "emergency_call".to_owned(), detail, raised: true })
        }
        _ => None,
    }
}

/// What follows from words: for each subscription that wants to know, a letter for each recipient and a post.
async fn deliveries(shared: &Shared, words: &[Word], now: Wall) -> Result<Vec<Delivery>, store::Error> {
    let mut all = Vec::new();
    let mut known: HashMap<TenantId, (Option<Tenant>, Vec<AlertSubscription>)> = HashMap::new();
    for word in words.iter().filter(|word| !shared.closed.contains(&word.tenant)) {
        let id = word.tenant;
        if let std::collections::hash_map::Entry::Vacant(place) = known.entry(id) {
            place.insert((shared.store.get::<Tenant>(id, id).await?, shared.store.list(id).await?));
        }
        let Some((Some(tenant), rows)) = known.get(&id) else { continue };
        for row in rows {
            let Some(spec) = AlertSubscriptionSpec::of(row).filter(|spec| wants(spec, word)) else { continue };
            all.extend(of_subscription(shared, tenant, &row.name, &spec, word, now));
        }
    }
    Ok(all)
}

fn wants(spec: &AlertSubscriptionSpec, word: &Word) -> bool {
    let named = spec.alerts.is_empty() || spec.alerts.contains(&word.code);
    named && !spec.paused && (word.raised || spec.cleared)
}

fn of_subscription(
    shared: &Shared,
    tenant: &Tenant,
    name: &str,
    spec: &AlertSubscriptionSpec,
    word: &Word,
    now: Wall,
) -> Vec<Delivery> {
    let content = content(tenant, spec.language, word);
    let id = shared.new_id(now);
    let delivery = |kind, to: &Private<String>, body, due| Delivery {
        id: shared.new_id(now),
        tenant: tenant.id,
        kind,
        topic: TOPIC.to_owned(),
        source: name.to_owned(),
        once: format!("{TOPIC}/{}/{name}/{}", word.pos, to.reveal()),
        recipient: to.clone(),
        title: content.subject.clone().into(),
        body,
        status: DeliveryStatus::Waiting,
        attempts: 0,
        due,
        created: now,
        ended: None,
        answer: Private::default(),
    };
    let due = spec.quiet().and_then(|quiet| quiet.over(now, tenant.utc_offset_min)).unwrap_or(now);
    let letters = spec.recipients.iter().map(|to| delivery(DeliveryKind::Mail, to, content.stored(), due));
    let posts = spec.url.iter().map(|url| {
        let body = Private::new(post(tenant, word, &id.to_string()));
        // Programs do not sleep.
        Delivery { id, ..delivery(DeliveryKind::Webhook, &url.clone().into(), body, now) }
    });
    letters.chain(posts).collect()
}

/// What is posted.
fn post(tenant: &Tenant, word: &Word, delivery: &str) -> String {
    let Word { at, code, detail, raised, .. } = word;
    json!({
        "event": TOPIC, "delivery": delivery, "tenant": &*tenant.name, "at": at.to_string(),
        "alarm": {
            "code": code, "raised": raised, "message": detail.reveal(),
            "title": {"zh": alarm(code, LetterLanguage::Zh), "en": alarm(code, LetterLanguage::En)},
        },
    })
    .to_string()
}

fn content(tenant: &Tenant, language: LetterLanguage, word: &Word) -> Content {
    let mark = match (word.raised, language) {
        (true, LetterLanguage::Zh) => "告警",
        (false, LetterLanguage::Zh) => "已恢复",
        (true, LetterLanguage::En) => "Alarm",
        (false, LetterLanguage::En) => "Over",
    };
    let title = alarm(&word.code, language);
    let at = local(word.at, tenant.utc_offset_min);
    let text = format!(
        "{}\n{}{title}\n{}{at}\n\n{}\n",
        tenant.title,
        pick(language, "内容：", "What: "),
        pick(language, "时间：", "When: "),
        word.detail.reveal(),
    );
    Content { subject: format!("[{mark}] {title}"), text, files: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(fields: serde_json::Value) -> AlertSubscriptionSpec {
        serde_json::from_value(fields).unwrap()
    }

    fn word(code: &str, raised: bool) -> Word {
        Word { pos: 1, tenant: TenantId(1), at: Wall(0), code: code.into(), detail: "x".into(), raised }
    }

    #[test]
    fn each_subscription_is_told_what_it_wants_to_know() {
        for (fields, code, raised, told) in [
            (json!({}), "disk_slow", true, true),
            (json!({}), "disk_slow", false, true),
            (json!({"cleared": false}), "disk_slow", false, false),
            (json!({"alerts": ["trunk_down"]}), "disk_slow", true, false),
            (json!({"alerts": ["trunk_down"]}), "trunk_down", true, true),
            (json!({"paused": true}), "disk_slow", true, false),
        ] {
            assert_eq!(wants(&spec(fields.clone()), &word(code, raised)), told, "{fields} {code} {raised}");
        }
    }

    #[test]
    fn a_post_says_what_has_happened_in_both_languages() {
        let tenant =
            Tenant { id: TenantId(1), name: "acme".into(), title: "Acme".into(), demo: false, utc_offset_min: 480 };
        let post: serde_json::Value = serde_json::from_str(&post(&tenant, &word("disk_slow", true), "7")).unwrap();
        assert_eq!(post["alarm"]["title"], json!({"zh": "磁盘响应缓慢", "en": "The disk is slow"}));
        assert_eq!((&post["at"], &post["delivery"]), (&json!("1970-01-01T00:00:00.000Z"), &json!("7")));
        let letter = content(&tenant, LetterLanguage::Zh, &word("disk_slow", false));
        assert_eq!(letter.subject, "[已恢复] 磁盘响应缓慢");
    }
}
