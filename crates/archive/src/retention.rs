//! What is deleted when, and the proof of it.

use sha2::{Digest, Sha256};
use store::{Archived, Interaction, Retention, Store, Tombstone};
use types::{QueueId, RecordingId, TenantId, Wall};

use crate::keep::{Archive, Failure, hex};

/// The class of what no other names.
pub const DEFAULT: &str = "default";
/// What classes of queues begin with.
const QUEUE: &str = "queue/";
/// What classes of dispositions begin with.
pub const DISPOSITION: &str = "disposition/";
/// Days that the regulated class is kept unless something else is said: 15 years, leap days among them.
pub const REGULATED_DAYS: u32 = 5_479;
/// Days that a rule may say: a day, and a century, beyond which nobody means it.
pub const DAYS: std::ops::RangeInclusive<u32> = 1..=36_525;

const DAY_MS: i64 = 86_400_000;
/// Rows that are read at a time.
const PAGE: u64 = 200;

/// Why a pass ended early. What it has deleted is deleted, with its proof.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// An object or tracks can't be deleted.
    #[error(transparent)]
    Archive(#[from] Failure),
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Recordings that were deleted.
    pub deleted: u64,
    /// Recordings that were due and are held.
    pub held: u64,
}

/// The rule for a recording: the longest of those of its queue and disposition, else the default; none where nothing says
/// that it goes at all.
pub fn rule<'a>(rules: &'a [Retention], queue: Option<QueueId>, disposition: Option<&str>) -> Option<&'a Retention> {
    let of = |scope: String| rules.iter().find(|rule| rule.scope == scope);
    let queue = queue.and_then(|queue| of(queue_scope(queue)));
    let special = [queue, disposition.and_then(|code| of(format!("{DISPOSITION}{code}")))];
    let longest = special.into_iter().flatten().max_by_key(|rule| rule.keep_days);
    longest.or_else(|| rules.iter().find(|rule| rule.scope == DEFAULT))
}

/// The class of a queue's recordings: by its id, so that a rule outlives the queue's name and the queue itself.
pub fn queue_scope(queue: QueueId) -> String {
    format!("{QUEUE}{queue}")
}

fn due(rule: &Retention, started: Wall) -> Wall {
    Wall(started.0.saturating_add(i64::from(rule.keep_days) * DAY_MS))
}

/// What follows a proof: everything of a tombstone, line by line, and its proof before.
fn proof(before: &str, stone: &Tombstone) -> String {
    let Tombstone { tenant, number, recording, interaction, started, duration_ms, bytes, hash, deleted, rule, .. } =
        stone;
    let (started, deleted) = (started.0, deleted.0);
    let text = format!(
        "{before}\n{tenant}\n{number}\n{recording}\n{interaction}\n{started}\n{duration_ms}\n{bytes}\n{hash}\n{deleted}\n{rule}\n"
    );
    hex(&Sha256::digest(text))
}

/// Deletes what is due of a tenant's, the oldest first. A recording's tombstone is written before anything of it goes; a pass
/// that was cut off between the two is finished by the next.
///
/// # Errors
/// See [`PassError`].
pub async fn expire(archive: &Archive, store: &Store, tenant: TenantId, now: Wall) -> Result<Pass, PassError> {
    let rules: Vec<Retention> = store.list(tenant).await?;
    let Some(shortest) = rules.iter().map(|rule| rule.keep_days).min() else { return Ok(Pass::default()) };
    // The millisecond in which it is due is among them.
    let before = Wall(now.0 - i64::from(shortest) * DAY_MS + 1);
    let (mut pass, mut after) = (Pass::default(), None);
    loop {
        let rows = store.archived_before(tenant, before, after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(pass) };
        after = Some((last.started, last.recording));
        for row in rows {
            if store.tombstone(tenant, row.recording).await?.is_none() {
                // Of what is not known, nobody can say how long it is to be kept.
                let Some(of) = store.get::<Interaction>(tenant, row.interaction).await? else { continue };
                let rule = rule(&rules, of.queue, of.disposition.as_deref());
                let Some(rule) = rule.filter(|rule| due(rule, row.started) <= now) else { continue };
                if store.is_held(tenant, row.interaction).await? {
                    pass.held += 1;
                    continue;
                }
                bury(store, &row, rule, now).await?;
            }
            remove(archive, store, &row).await?;
            pass.deleted += 1;
        }
    }
}

async fn bury(store: &Store, row: &Archived, rule: &Retention, now: Wall) -> Result<(), store::Error> {
    let last = store.last_tombstone(row.tenant).await?;
    let mut stone = Tombstone {
        tenant: row.tenant,
        number: last.as_ref().map_or(0, |last| last.number) + 1,
        recording: row.recording,
        interaction: row.interaction,
        started: row.started,
        duration_ms: row.duration_ms,
        bytes: row.bytes,
        hash: row.hash.clone(),
        deleted: now,
        rule: format!("{} {} days", rule.scope, rule.keep_days),
        proof: String::new(),
    };
    stone.proof = proof(last.as_ref().map_or("", |last| &last.proof), &stone);
    // Two passes at once would want the same number: the second is refused.
    store.insert(&stone).await
}

async fn remove(archive: &Archive, store: &Store, row: &Archived) -> Result<(), PassError> {
    archive.tracks.delete(row.recording).map_err(Failure::Io)?;
    archive.delete(row.tenant, row.recording)?;
    store.delete::<Archived>(row.tenant, row.recording).await?;
    Ok(())
}

/// What is wrong with a chain of tombstones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The one of this number is missing.
    Missing(u64),
    /// The one of this number, of this recording, is not as it was written.
    Changed(u64, RecordingId),
}

/// Goes through a tenant's chain of tombstones; the number of the last, its proof, and the first thing that is wrong.
///
/// # Errors
/// The database fails.
pub async fn check_chain(store: &Store, tenant: TenantId) -> Result<(u64, String, Option<Broken>), store::Error> {
    let (mut number, mut head) = (0, String::new());
    loop {
        let stones = store.tombstones(tenant, number, PAGE).await?;
        if stones.is_empty() {
            return Ok((number, head, None));
        }
        for stone in stones {
            if stone.number != number + 1 {
                return Ok((number, head, Some(Broken::Missing(number + 1))));
            }
            if stone.proof != proof(&head, &stone) {
                return Ok((number, head, Some(Broken::Changed(stone.number, stone.recording))));
            }
            (number, head) = (stone.number, stone.proof);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_of_what_names_a_recording_holds() {
        let [sales, claims, support] = [1, 2, 3].map(QueueId);
        let of = |(scope, keep_days)| Retention { tenant: TenantId(1), scope, keep_days };
        let rules = [
            ("default".to_owned(), 365),
            (queue_scope(sales), 90),
            (queue_scope(claims), REGULATED_DAYS),
            ("disposition/complaint".to_owned(), 1000),
        ]
        .map(of);
        for (queue, disposition, days) in [
            (None, None, 365),
            (Some(support), Some("sold"), 365),
            (Some(sales), None, 90),
            (Some(sales), Some("complaint"), 1000),
            (Some(claims), Some("complaint"), REGULATED_DAYS),
            (None, Some("complaint"), 1000),
        ] {
            assert_eq!(rule(&rules, queue, disposition).unwrap().keep_days, days, "{queue:?} {disposition:?}");
        }
        assert_eq!(rule(&rules[1..2], Some(support), None), None);
    }
}
