//! What the centre takes.

use axum::Json;
use axum::extract::State;
use directory::{Permission, Tenant};
use store::Store;
use types::Wall;

use crate::dto::{BASIS_INTERVAL_MIN, ErrorBody, PlanBasis, PlanRequest, SitePlan};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Input, moment};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// What is looked back on where nothing is said, milliseconds: four weeks, each day of the week alike, and no season.
const USUAL_MS: i64 = 28 * 86_400_000;
/// The longest time that one question sums up, milliseconds: a quarter.
const MOST_MS: u64 = 92 * 86_400_000;

/// Seats by interval, lines, bandwidth, disk and a machine for what is expected.
#[utoipa::path(post, path = "/api/v1/plan", tag = "plan", request_body = PlanRequest,
    responses((status = 200, body = SitePlan), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn plan_site(viewer: Viewer, Input(request): Input<PlanRequest>) -> Result<Json<SitePlan>> {
    viewer.require(Permission::Plan)?;
    let bad = |field: &str| ApiError::field(Code::BadValue, field);
    let site = request.site().map_err(bad)?;
    // For a large centre it takes a while: not on a thread that serves others.
    let plan = tokio::task::spawn_blocking(move || plan::plan(&site)).await;
    let plan = plan.map_err(|e| ApiError::internal("plan", &e))?.map_err(|invalid| bad(invalid.field))?;
    Ok(Json(plan.into()))
}

/// What came to the queues within a time, 92 days at most: calls a day, when they came, how long they kept agents busy,
/// and how long callers waited before they gave up.
#[utoipa::path(get, path = "/api/v1/plan/basis", tag = "plan", 
    params(("from" = Option<String>, Query, description = "RFC 3339; 28 days before `to` when absent"),
        ("to" = Option<String>, Query, description = "RFC 3339; now when absent")),
    responses((status = 200, body = PlanBasis), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn plan_basis(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<PlanBasis>> {
    viewer.require(Permission::Plan)?;
    let to = args.read("to", moment)?.unwrap_or_else(now);
    let from = args.read("from", moment)?.unwrap_or(Wall(to.0.saturating_sub(USUAL_MS)));
    args.finish()?;
    if from > to || to.ms_since(from) > MOST_MS {
        return Err(ApiError::field(Code::BadValue, "from"));
    }
    let tenant = app.store.get::<Tenant>(viewer.tenant(), viewer.tenant()).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(basis(&app.store, &tenant, (from, to)).await?))
}

/// What came to a tenant's queues from one moment until before another.
///
/// # Errors
/// The database fails.
pub async fn basis(
    store: &Store,
    tenant: &Tenant,
    between: (Wall, Wall),
) -> std::result::Result<PlanBasis, store::Error> {
    let (demand, days) = store.demand(tenant.id, between, tenant.utc_offset_min, BASIS_INTERVAL_MIN).await?;
    Ok(PlanBasis::new(between, &demand, days))
}
