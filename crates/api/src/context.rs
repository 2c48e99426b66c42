//! What every answer passes through: an id, the headers of security, errors in the reader's language, a line in the log.

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use crate::counters::Counters;
use crate::dto::{ErrorBody, ErrorDetail, SettingsProblem};
use crate::error::{ApiError, Code};
use crate::language::Language;
use crate::state::App;

/// Names a request in answers and logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken over from a caller.
const ID_CHARS: usize = 64;

/// Pages run our own scripts alone. Styles are written into the page by the component library.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; \
    worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "microphone=(self), camera=(), geolocation=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Wraps all routes.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers(), &app.counters);
    let language = Language::of(request.headers());
    let method = request.method().clone();
    // The pattern, not the address: ids and numbers do not belong into a log.
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned()).unwrap_or_default();
    let mut response = next.run(request).await;
    let status = response.status();
    if let Some(error) = error_of(&mut response) {
        response = written(error, language, &id);
    }
    app.counters.answered(status);
    let (status, ms) = (status.as_u16(), started.elapsed().as_millis() as u64);
    tracing::debug!(%method, route, status, ms, request_id = id, "answered");
    finish(response.headers_mut(), &route, &id);
    response
}

fn finish(headers: &mut HeaderMap, route: &str, id: &str) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if route.starts_with("/api/") && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// A caller's own id where it is a decent one, so that its logs and ours can be laid side by side.
fn request_id(headers: &HeaderMap, counters: &Counters) -> String {
    let theirs = headers.get(REQUEST_ID).and_then(|v| v.to_str().ok()).filter(|id| {
        (1..=ID_CHARS).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    });
    theirs.map_or_else(|| counters.next_id(), str::to_owned)
}

/// The refusal that an answer stands for: ours, or one that the HTTP library made by itself.
fn error_of(response: &mut Response) -> Option<ApiError> {
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        return Some(error);
    }
    let status = response.status();
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == "application/json");
    (!is_ours && (status.is_client_error() || status.is_server_error())).then(|| Code::of_status(status).into())
}

fn written(error: ApiError, language: Language, id: &str) -> Response {
    let ApiError { code, field, retry_after_s, length, problems } = error;
    let problems: Vec<_> = problems.iter().map(|problem| SettingsProblem::new(problem, language)).collect();
    let error = ErrorDetail {
        code: code.as_str().to_owned(),
        message: problems.first().map_or_else(|| code.message(language).to_owned(), |problem| problem.message.clone()),
        field,
        request_id: id.to_owned(),
        problems,
    };
    let mut response = (code.status(), Json(ErrorBody { error })).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    if let Some(seconds) = retry_after_s {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(range) = length.and_then(|length| HeaderValue::from_str(&format!("bytes */{length}")).ok()) {
        headers.insert(header::CONTENT_RANGE, range);
    }
    if code == Code::Unauthorized {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
