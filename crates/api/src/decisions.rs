//! Decisions of the past, made again from the journal: everybody who was in question, not only those whom the record keeps.

use center::{PastOffer, Replay};
use journal::{Error, Journal};
use types::record::Decision;
use types::{InteractionId, TenantId};

/// Segments that are read before that of the decision. A busy centre tells many times a segment how its routing stands, a
/// quiet one once an hour.
const SEGMENTS_BACK: usize = 3;

/// All candidates of each decision, where the journal still tells of them and of all that it was made of. Reads files.
pub(crate) fn make_again(
    journal: &Journal,
    tenant: TenantId,
    id: InteractionId,
    decisions: &[Decision],
) -> Result<Vec<Option<PastOffer>>, Error> {
    let nothing = || vec![None; decisions.len()];
    let Some(first) = decisions.iter().map(|d| d.at).min() else { return Ok(nothing()) };
    let segments = journal.segments();
    let of_first = segments.partition_point(|(began, _)| *began <= first).saturating_sub(1);
    for segment in (of_first.saturating_sub(SEGMENTS_BACK)..=of_first).rev() {
        let Some((_, cursor)) = segments.get(segment) else { break };
        match offers_from(journal, *cursor, tenant, id, decisions) {
            Ok(Some(offers)) => {
                let of = |decision: &Decision| offers.iter().find(|offer| is_of(offer, decision)).cloned();
                return Ok(decisions.iter().map(of).collect());
            }
            Ok(None) => {}
            // Removed since we looked.
            Err(Error::Expired { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(nothing())
}

fn is_of(offer: &PastOffer, decision: &Decision) -> bool {
    (offer.at, offer.queue) == (decision.at, decision.queue) && offer.ranking.agrees_with(decision)
}

/// The interaction's offers after `cursor`; none when it is not told there how the routing stood before the first.
fn offers_from(
    journal: &Journal,
    cursor: u64,
    tenant: TenantId,
    id: InteractionId,
    decisions: &[Decision],
) -> Result<Option<Vec<PastOffer>>, Error> {
    let times = decisions.iter().map(|d| d.at);
    let (Some(first), Some(last)) = (times.clone().min(), times.max()) else { return Ok(None) };
    let mut replay = Replay::new(tenant);
    let mut offers = Vec::new();
    let mut events = journal.read_from(cursor)?;
    loop {
        let batch = events.read()?;
        for stored in &batch {
            if stored.at > last || stored.at > first && !replay.has_begun() {
                return Ok(Some(offers).filter(|_| replay.has_begun()));
            }
            // The kinds that matter here are few; the rest is not even parsed.
            let matters = stored.kind().starts_with("routing.") || stored.kind() == "agent.state";
            if stored.tenant == tenant
                && matters
                && let Ok(event) = stored.event()
            {
                offers.extend(replay.take(&event, |of| of == id));
            }
        }
        if batch.is_empty() {
            return Ok(Some(offers).filter(|_| replay.has_begun()));
        }
    }
}
