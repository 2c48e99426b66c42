//! Interactions, in progress and over: listing them, ending one, saying what came of it.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use center::{LiveDetail, LiveInteraction};
use directory::Permission;
use journal::ladder::Message;
use store::report::{Dimension, Figure, Under};
use store::{DispositionChoice, Filter, Number};
use types::record::{BadDisposition, Direction, Disposition as Said, InteractionRecord, LegRecord, LegRole, Outcome};
use types::{InteractionId, LegId, Private, TenantId};

use crate::decisions::make_again;
use crate::dto::{
    self, CallerCard, Decisions, Disposition, DispositionChange, DispositionChoices, ErrorBody, FullDecision,
    Interaction, InteractionDetail, InteractionPage, Parts, Title,
};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input, moment};
use crate::kept::{self, Given};
use crate::names::Names;
use crate::privacy::{Sight, is_personal};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: u64 = 50;
const MOST: u64 = 500;
/// A tag is no longer than this, characters.
const TAG_CHARS: usize = 40;
/// How often, and how far apart, one that has just ended is looked for: the projection gathers for a fifth of a second.
const ARRIVAL_LOOKS: usize = 10;
const ARRIVAL_LOOK: Duration = Duration::from_millis(100);

/// A page of interactions, newest first.
///
/// Without `interactions.read_all` these are one's own; with a `number` of seven digits or more, all that this very number
/// had with the centre.
#[utoipa::path(get, path = "/api/v1/interactions", tag = "interactions",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 500; 50 when absent"),
        ("from" = Option<String>, Query, description = "Started at or after; RFC 3339"),
        ("to" = Option<String>, Query, description = "Started before; RFC 3339"),
        ("queue" = Option<String>, Query, description = "Id or name"),
        ("agent" = Option<String>, Query, description = "Id or number of an agent who had a part in it, be it that its \
            telephones only rang"),
        ("direction" = Option<String>, Query), ("outcome" = Option<String>, Query),
        ("missed" = Option<bool>, Query, description = "With `true`: those that rang at the `agent` and that nobody \
            took there"),
        ("number" = Option<String>, Query, description = "The caller's or the dialled number, or its last digits"),
        ("tag" = Option<String>, Query, description = "With this tag, as its flow has written it"),
        ("by" = Option<String>, Query, description = "With `subject` and `figure`: those that a figure of a report counts, \
            over its `from` and `to`; takes `interactions.read_all`"),
        ("subject" = Option<String>, Query), ("figure" = Option<String>, Query)),
    responses((status = 200, body = InteractionPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn interactions(
    State(app): State<App>,
    viewer: Viewer,
    mut args: Args,
) -> Result<Json<InteractionPage>> {
    let names = app.names.of(viewer.tenant()).await?;
    let cursor = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    let mut filter = filter(&mut args, &names)?;
    args.finish()?;
    if filter.under.is_some() {
        viewer.require(Permission::InteractionsReadAll)?;
    }
    if filter.missed && filter.agent.is_none() && viewer.sight() == Sight::All {
        return Err(ApiError::field(Code::MissingField, "agent"));
    }
    if !narrow(&viewer, &mut filter) {
        return Ok(Json(InteractionPage { items: Vec::new(), next_cursor: None }));
    }
    let page = app.store.interactions(viewer.tenant(), &filter, cursor.as_deref(), limit).await?;
    let sight = viewer.sight();
    let parts = match filter.agent {
        Some(agent) => {
            let ids: Vec<InteractionId> = page.rows.iter().map(|row| row.id).collect();
            app.store.parts_of(viewer.tenant(), agent, &ids).await?
        }
        None => Vec::new(),
    };
    let item = |row: store::Interaction| {
        let part = parts.iter().find(|part| part.interaction == row.id);
        let mine = part.is_some_and(|part| part.taken.is_some() && sight.sees(Some(part.agent)));
        let clear = mine || sight.sees(row.agent);
        let missed = part.map(|part| part.missed);
        Interaction { missed, ..Interaction::new(row, &names, clear) }
    };
    let items = page.rows.into_iter().map(item).collect();
    Ok(Json(InteractionPage { items, next_cursor: page.next }))
}

fn filter(args: &mut Args, names: &Names) -> Result<Filter> {
    Ok(Filter {
        queue: args.read("queue", |t| t.parse().ok().or_else(|| names.queue_by_name(t)))?,
        agent: args.read("agent", |t| t.parse().ok().or_else(|| names.agent_by_number(t)))?,
        missed: args.read("missed", |t| t.parse().ok())?.unwrap_or_default(),
        channel: None,
        direction: args.read("direction", Direction::parse)?,
        outcome: args.read("outcome", Outcome::parse)?,
        number: args.take("number").map(|t| Number::Ending(Private::new(plain_number(&t)))),
        tag: args.read("tag", |t| (t.chars().count() <= TAG_CHARS).then(|| t.trim().to_owned()))?,
        from: args.read("from", moment)?,
        to: args.read("to", moment)?,
        has_recording: None,
        under: under(args)?,
    })
}

/// Those under a figure of a report: all three parameters, or none.
fn under(args: &mut Args) -> Result<Option<Under>> {
    let dimension = args.read("by", Dimension::parse)?;
    let (subject, figure) = (args.take("subject"), args.read("figure", Figure::parse)?);
    let missing = |name| ApiError::field(Code::MissingField, name);
    match (dimension, subject, figure) {
        (None, None, None) => Ok(None),
        (Some(dimension), Some(subject), Some(figure)) => Ok(Some(Under { dimension, subject, figure })),
        (None, _, _) => Err(missing("by")),
        (_, None, _) => Err(missing("subject")),
        (_, _, None) => Err(missing("figure")),
    }
}

/// Narrows a list to what this person may see: one's own, and the history of a customer whose whole number one knows,
/// as who has that customer on the line does. False: that is nothing.
fn narrow(viewer: &Viewer, filter: &mut Filter) -> bool {
    let Sight::Own(me) = viewer.sight() else { return true };
    // By their last digits the masked numbers of others could be guessed.
    if let Some(Number::Ending(number)) =
        filter.number.take_if(|n| matches!(n, Number::Ending(n) if is_personal(n.reveal())))
    {
        filter.number = Some(Number::Exact(number));
        return true;
    }
    let asks_for_another = filter.agent.is_some() && filter.agent != me;
    filter.agent = me;
    me.is_some() && !asks_for_another
}

/// A number as it is stored: without the marks that people write between digits.
fn plain_number(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect()
}

/// An interaction with all that is known of it; while it is in progress, what is known so far.
///
/// One that is over, and that one took no part in, takes `interactions.read_all`.
#[utoipa::path(get, path = "/api/v1/interactions/{id}", tag = "interactions", params(("id" = String, Path)),
    responses((status = 200, body = InteractionDetail), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn interaction(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
) -> Result<Json<InteractionDetail>> {
    let (tenant, sight) = (viewer.tenant(), viewer.sight());
    let names = app.names.of(tenant).await?;
    let Found { row, mut record, live } = visible(&app, &viewer, id).await?;
    if !viewer.may(Permission::Supervise) && !names.shows_supervision() {
        record.legs.retain(|leg| leg.role != LegRole::Supervisor);
    }
    let aftermath = app.store.aftermath(tenant, id).await?;
    let messages = messages(&app, &record).await?;
    let clear = sight.sees(row.agent) || viewer.spoke(&record);
    let parts = Parts { row, record: &record, aftermath: &aftermath, messages: &messages, clear };
    Ok(Json(match live {
        Some(live) => InteractionDetail::in_progress(live, parts, &names, &viewer),
        None => InteractionDetail::new(parts, &names, sight),
    }))
}

/// Why it was offered to those agents and to no others: every candidate with its terms, and who was out of the question
/// for what reason, made again from the journal.
///
/// One that one took no part in takes `interactions.read_all`.
#[utoipa::path(get, path = "/api/v1/interactions/{id}/decisions", tag = "interactions", params(("id" = String, Path)),
    responses((status = 200, body = Decisions), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn decisions(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
) -> Result<Json<Decisions>> {
    let tenant = viewer.tenant();
    let names = app.names.of(tenant).await?;
    let Found { record, .. } = find(&app, tenant, id).await?.ok_or_else(ApiError::not_found)?;
    if viewer.sight() != Sight::All && !viewer.took_part(&record) {
        return Err(ApiError::not_found());
    }
    let _one = app.replays.acquire().await.map_err(|_| Code::Unavailable)?;
    let (journal, made) = (Arc::clone(&app.journal), record.decisions.clone());
    let again = tokio::task::spawn_blocking(move || make_again(&journal, tenant, id, &made)).await;
    let offers = again.map_err(|e| ApiError::internal("decisions", &e))?.unwrap_or_else(|error| {
        tracing::error!(%error, "the journal could not be read; decisions are told as their record keeps them");
        vec![None; record.decisions.len()]
    });
    let items = record.decisions.iter().zip(offers).map(|(decision, offer)| FullDecision::new(decision, offer, &names));
    Ok(Json(Decisions { items: items.collect() }))
}

/// An interaction wherever it is known.
struct Found {
    row: store::Interaction,
    record: Box<InteractionRecord>,
    live: Option<LiveInteraction>,
}

async fn find(app: &App, tenant: TenantId, id: InteractionId) -> Result<Option<Found>> {
    // One that has just ended is on its way from the journal into the store: asked for as its page sees it end, it
    // must not be missing. Unknown ids are known to nobody, and cost no wait.
    for _ in 0..ARRIVAL_LOOKS {
        let row = app.store.get::<store::Interaction>(tenant, id).await?;
        if let Some(row) = row
            && let Some(record) = app.store.record(tenant, id).await?
        {
            return Ok(Some(Found { row, record: Box::new(record), live: None }));
        }
        if let Some(detail) = app.backend.interaction(tenant, id).await? {
            let LiveDetail { now, record } = *detail;
            return Ok(Some(Found { row: store::Interaction::from(&*record), record, live: Some(now) }));
        }
        if app.subjects.get(tenant, id).is_none() {
            break;
        }
        tokio::time::sleep(ARRIVAL_LOOK).await;
    }
    Ok(None)
}

/// The interaction, where this person may look at it.
async fn visible(app: &App, viewer: &Viewer, id: InteractionId) -> Result<Found> {
    let found = find(app, viewer.tenant(), id).await?.ok_or_else(ApiError::not_found)?;
    // What goes on is on everybody's wall, masked.
    if found.live.is_none() && viewer.sight() != Sight::All && !viewer.took_part(&found.record) {
        return Err(ApiError::not_found());
    }
    Ok(found)
}

/// What is known of who calls, or is called.
#[utoipa::path(get, path = "/api/v1/interactions/{id}/card", tag = "interactions", params(("id" = String, Path)),
    responses((status = 200, body = CallerCard), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn card(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
) -> Result<Json<CallerCard>> {
    let Found { record, .. } = visible(&app, &viewer, id).await?;
    let number = if record.direction == Direction::Outbound { &record.to } else { &record.from };
    let place =
        dialplan::place_of(number.reveal()).map(|place| Title { zh: place.zh.to_owned(), en: place.en.to_owned() });
    Ok(Json(CallerCard { place }))
}

/// The SIP messages of its legs, as far as they are still kept.
async fn messages(app: &App, record: &InteractionRecord) -> Result<Vec<Message>> {
    let legs: Vec<LegId> = record.legs.iter().map(|leg| leg.id).collect();
    let last = record.legs.iter().filter_map(|leg| leg.ended).max().unwrap_or(record.ended);
    let (from, to) = (record.started, last.max(record.ended));
    let ladder = Arc::clone(&app.ladder);
    // One that has just ended has messages that are on their way to the disk.
    let newest = app.backend.flush_ladder().await;
    let find = move || {
        ladder.settle(newest);
        ladder.find(&legs, from, to)
    };
    let found = tokio::task::spawn_blocking(find).await;
    match found.map_err(|e| ApiError::internal("ladder", &e))? {
        Ok(chain) => Ok(chain.messages),
        // The record is worth showing without.
        Err(error) => {
            tracing::error!(%error, "SIP messages could not be read");
            Ok(Vec::new())
        }
    }
}

/// Ends an interaction that goes on. For supervisors; the journal keeps who did so.
#[utoipa::path(post, path = "/api/v1/interactions/{id}/hangup", tag = "interactions", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn hang_up(State(app): State<App>, viewer: Viewer, Id(id): Id<InteractionId>) -> Result<StatusCode> {
    viewer.require(Permission::CallsControl)?;
    app.backend.hang_up(viewer.tenant(), id).await?;
    kept::order_given(&app, &viewer, Given::about(id, "hangup")).await?;
    tracing::info!(interaction = %id, user = %viewer.user.id, "an interaction was ended by order");
    Ok(StatusCode::NO_CONTENT)
}

/// Says what came of an interaction, in progress or over, in place of what was said before. For its agents, and for
/// supervisors.
#[utoipa::path(put, path = "/api/v1/interactions/{id}/disposition", tag = "interactions",
    params(("id" = String, Path)), request_body = DispositionChange,
    responses((status = 200, body = Disposition), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn dispose(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
    Input(change): Input<DispositionChange>,
) -> Result<Json<Disposition>> {
    let tenant = viewer.tenant();
    let found = find(&app, tenant, id).await?.ok_or_else(ApiError::not_found)?;
    let mine = |leg: &LegRecord| leg.agent.is_some() && leg.agent == viewer.user.agent;
    if !found.record.legs.iter().any(mine) {
        viewer.require(Permission::CallsControl)?;
    }
    let choices = app.store.list::<DispositionChoice>(tenant).await?;
    let code = change.code.trim();
    if !code.is_empty() && !choices.is_empty() && !choices.iter().any(|choice| choice.offered && &*choice.code == code)
    {
        return Err(ApiError::field(Code::BadValue, "code"));
    }
    let note = change.note.as_ref().map_or("", |note| note.reveal().as_str());
    let said = Said::new(code, note, viewer.user.username.clone(), now()).map_err(|bad| {
        let field = if bad == BadDisposition::Code { "code" } else { "note" };
        ApiError::field(Code::BadValue, field)
    })?;
    app.backend.dispose(tenant, id, said.clone(), found.live.is_none()).await?;
    let names = app.names.of(tenant).await?;
    Ok(Json(Disposition::new(&said, &names, true)))
}

/// The dispositions that people may choose from.
#[utoipa::path(get, path = "/api/v1/dispositions", tag = "interactions",
    responses((status = 200, body = DispositionChoices), (status = 401, body = ErrorBody)))]
pub(crate) async fn dispositions(
    State(app): State<App>,
    viewer: Viewer,
    args: Args,
) -> Result<Json<DispositionChoices>> {
    args.finish()?;
    let mut choices = app.store.list::<DispositionChoice>(viewer.tenant()).await?;
    choices.retain(|choice| choice.offered);
    choices.sort_by_key(|choice| choice.place);
    let items = choices
        .iter()
        .map(|c| dto::DispositionChoice { code: c.code.to_string(), title: c.title.shown(&c.code).into() });
    Ok(Json(DispositionChoices { items: items.collect() }))
}
