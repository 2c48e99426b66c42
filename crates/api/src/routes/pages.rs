//! The web pages.

use std::borrow::Cow;

use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::assets::File;
use crate::error::{ApiError, Code};
use crate::state::App;

/// The page of every path that is not the interface's: the application in the browser knows what to show there.
const PAGE: &str = "index.html";
/// Where the bundler puts files whose names hold a hash of their content.
const HASHED: &str = "assets/";
/// Applications that live in a folder of their own, with a page and files like those of the one at the root.
const APPS: [&str; 1] = ["desk/"];

/// Answers what no route has taken.
pub(crate) async fn page(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::not_found().into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return ApiError::new(Code::MethodNotAllowed).into_response();
    }
    let find = |path: &str| app.assets.find(path);
    let folder = APPS.into_iter().find(|own| path.starts_with(own) || own.strip_suffix('/') == Some(path));
    let within = folder.map_or(path, |own| path.strip_prefix(own).unwrap_or_default());
    if let Some(file) = find(path).filter(|_| !path.is_empty()) {
        let cache = if within.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        return serve(file, cache);
    }
    // A file that is gone has to be missed: a page in its place would be run as a script.
    let is_file = within.starts_with(HASHED) || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match find(&format!("{}{PAGE}", folder.unwrap_or_default())).filter(|_| !is_file) {
        Some(page) => serve(page, "no-cache"),
        None => ApiError::not_found().into_response(),
    }
}

fn serve((bytes, kind): File, cache: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    let body = match bytes {
        Cow::Borrowed(bytes) => axum::body::Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    (StatusCode::OK, headers, body).into_response()
}
