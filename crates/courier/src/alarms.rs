//! Tells of alarms those who want to know.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use directory::Tenant;
use journal::Stored;
use resource::{AlertSubscriptionSpec, LetterLanguage};
use serde_json::json;
use store::{AlertSubscription, Delivery, DeliveryKind, DeliveryStatus, Origin, Queue};
use tokio::sync::watch;
use types::alert::Alert;
use types::event::Happening;
use types::leg::Text;
use types::{Private, TenantId, Wall};

use crate::letter::Content;
use crate::words::{alarm, level, local, measure, pick};
use crate::{Shared, clock};

/// Under which name the place in the journal is kept.
const CURSOR: &str = "alarms";
/// The topic of deliveries, and what receivers read as the event.
const TOPIC: &str = "alarm";
/// By which subscriptions name all alerts; behind it and a dot stands the name of one threshold.
const THRESHOLD: &str = "threshold";
/// After a failure of the database or the journal.
const RETRY: Duration = Duration::from_secs(5);
/// How often the place in the journal is written down while nothing happens: so much is read anew after a crash, and
/// nothing in it is told twice.
const SAVE: Duration = Duration::from_secs(30);
/// How long events may gather before they are looked at: each look costs the machine a wake-up, and calls make a hundred
/// events for one alarm. Well within the second that people grant an alarm.
const GATHER: Duration = Duration::from_millis(250);
/// With more than so many events ahead nobody pauses: a reader that comes late has to catch up.
const BACKLOG: u64 = 5_000;
/// Alarms that are older than this are not told any more: a server that was down for days begins with today.
const STALE_MS: u64 = 86_400_000;

/// An alarm or an alert that was raised, has changed or is over.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    pos: u64,
    tenant: TenantId,
    at: Wall,
    /// The alarm's code; [`THRESHOLD`] for an alert.
    code: String,
    /// For people, of an alarm.
    detail: Private<String>,
    raised: bool,
    /// The threshold that was passed, and the queue's name where it is about one.
    alert: Option<(Alert, Option<Text>)>,
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
        if journal.last_pos().saturating_sub(events.pos()) < BACKLOG {
            tokio::time::sleep(GATHER).await;
        }
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
    if !matches!(stored.kind(), "alarm" | "emergency.called" | "alert.raised" | "alert.changed" | "alert.cleared") {
        return None;
    }
    let event = stored.event().ok()?;
    let (pos, tenant, at) = (stored.pos, event.tenant, event.at);
    let of_alert = |alert: Alert, raised| {
        let (code, detail) = (THRESHOLD.to_owned(), Private::default());
        Some(Word { pos, tenant, at, code, detail, raised, alert: Some((alert, None)) })
    };
    match event.what {
        Happening::AlertRaised { alert } | Happening::AlertChanged { alert } => of_alert(alert, true),
        Happening::AlertCleared { alert } => of_alert(alert, false),
        Happening::Alarm { code, detail, raised } => {
            let detail = Private::new(detail.to_string());
            Some(Word { pos, tenant, at, code: code.to_string(), detail, raised, alert: None })
        }
        Happening::EmergencyCalled { id, from, number, .. } => {
            let detail = Private::new(format!("{} → {number}, {id}", from.reveal()));
            Some(Word { pos, tenant, at, code: "emergency_call".to_owned(), detail, raised: true, alert: None })
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
        let word = &with_queue(shared, word).await?;
        for row in rows {
            let Some(spec) = AlertSubscriptionSpec::of(row).filter(|spec| wants(spec, word)) else { continue };
            all.extend(of_subscription(shared, tenant, &row.name, &spec, word, now));
        }
    }
    Ok(all)
}

/// The same with the name of the queue that an alert is about.
async fn with_queue(shared: &Shared, word: &Word) -> Result<Word, store::Error> {
    let mut word = word.clone();
    if let Some((Alert { queue: Some(queue), .. }, name)) = &mut word.alert {
        *name = shared.store.get::<Queue>(word.tenant, *queue).await?.map(|queue| queue.name);
    }
    Ok(word)
}

fn wants(spec: &AlertSubscriptionSpec, word: &Word) -> bool {
    let one = word.alert.as_ref().map(|(alert, _)| format!("{THRESHOLD}.{}", alert.threshold));
    let is_named = |code: &String| *code == word.code || Some(code) == one.as_ref();
    let named = spec.alerts.is_empty() || spec.alerts.iter().any(is_named);
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

/// What has happened, in a few words.
fn title(word: &Word, language: LetterLanguage) -> String {
    let Some((alert, queue)) = &word.alert else { return alarm(&word.code, language).to_owned() };
    let (zh, en) = alert.title.shown(&alert.threshold);
    let name = pick(language, &zh, &en);
    queue.as_deref().map_or_else(|| name.to_owned(), |queue| format!("{name} ({queue})"))
}

/// The same with its figures.
fn detail(word: &Word, language: LetterLanguage) -> String {
    let Some((alert, _)) = &word.alert else { return word.detail.reveal().clone() };
    let (level, measured, unit) =
        (level(alert.level, language), measure(alert.measure, language), alert.measure.unit());
    let (value, limit, unit) = (alert.value, alert.limit, unit.suffix());
    match language {
        LetterLanguage::Zh => format!("{level}：{measured} {value}{unit}，阈值 {limit}{unit}"),
        LetterLanguage::En => format!("{level}: {measured} {value}{unit}, threshold {limit}{unit}"),
    }
}

/// What is posted.
fn post(tenant: &Tenant, word: &Word, delivery: &str) -> String {
    let (zh, en) = (title(word, LetterLanguage::Zh), title(word, LetterLanguage::En));
    let mut post = json!({
        "event": TOPIC, "delivery": delivery, "tenant": &*tenant.name, "at": word.at.to_string(),
        "alarm": {
            "code": word.code, "raised": word.raised, "message": detail(word, LetterLanguage::En),
            "title": {"zh": zh, "en": en},
        },
    });
    if let Some((alert, queue)) = &word.alert {
        post["alarm"]["threshold"] = json!({
            "name": &*alert.threshold, "id": alert.id.to_string(), "level": alert.level.as_str(),
            "measure": alert.measure.as_str(), "value": alert.value, "limit": alert.limit, "queue": queue.as_deref(),
        });
    }
    post.to_string()
}

fn content(tenant: &Tenant, language: LetterLanguage, word: &Word) -> Content {
    let mark = match (word.raised, language) {
        (true, LetterLanguage::Zh) => "告警",
        (false, LetterLanguage::Zh) => "已恢复",
        (true, LetterLanguage::En) => "Alarm",
        (false, LetterLanguage::En) => "Over",
    };
    let title = title(word, language);
    let at = local(word.at, tenant.utc_offset_min);
    let text = format!(
        "{}\n{}{title}\n{}{at}\n\n{}\n",
        tenant.title,
        pick(language, "内容：", "What: "),
        pick(language, "时间：", "When: "),
        detail(word, language),
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
        Word { pos: 1, tenant: TenantId(1), at: Wall(0), code: code.into(), detail: "x".into(), raised, alert: None }
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

    fn passed(raised: bool) -> Word {
        let alert = Alert {
            id: types::AlertId(1),
            threshold: "long_wait".into(),
            title: types::Title::new("等待过久", "Long wait"),
            queue: Some(types::QueueId(7)),
            measure: types::alert::Measure::LongestWait,
            level: types::alert::Level::Critical,
            value: 130,
            limit: 120,
        };
        Word { alert: Some((alert, Some("sales".into()))), ..word(THRESHOLD, raised) }
    }

    #[test]
    fn a_threshold_is_told_with_its_figures_and_its_queue() {
        for (alerts, told) in [
            (json!(["threshold"]), true),
            (json!(["threshold.long_wait"]), true),
            (json!(["threshold.other", "disk_slow"]), false),
        ] {
            assert_eq!(wants(&spec(json!({"alerts": alerts})), &passed(true)), told, "{alerts}");
        }
        let tenant =
            Tenant { id: TenantId(1), name: "acme".into(), title: "Acme".into(), demo: false, utc_offset_min: 480 };
        let letter = content(&tenant, LetterLanguage::Zh, &passed(true));
        assert_eq!(letter.subject, "[告警] 等待过久 (sales)");
        assert!(letter.text.contains("严重：最长等待 130 s，阈值 120 s"), "{}", letter.text);
        let post: serde_json::Value = serde_json::from_str(&post(&tenant, &passed(false), "7")).unwrap();
        assert_eq!(post["alarm"]["threshold"]["queue"], "sales");
        assert_eq!(post["alarm"]["message"], "critical: longest wait 130 s, threshold 120 s");
    }
}
