//! The web pages: files that the program brings along.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::error::{ApiError, Code};
use crate::state::App;

/// A file and its content type.
type File = (Cow<'static, [u8]>, &'static str);

/// Finds a file by its path.
type Find = dyn Fn(&str) -> Option<File> + Send + Sync;

/// Finds files of the web pages by their path, such as `index.html` or `assets/app-1a2b3c.js`.
#[derive(Clone)]
pub struct Assets(Arc<Find>);

impl Assets {
    /// Asks `find` for each file: its bytes and content type.
    pub fn new(find: impl Fn(&str) -> Option<File> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    /// No pages.
    pub fn none() -> Self {
        Self::new(|_| None)
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assets")
    }
}

/// The page of every path that is not the interface's: the application in the browser knows what to show there.
const PAGE: &str = "index.html";
/// Where the bundler puts files whose names hold a hash of their content.
const HASHED: &str = "assets/";

/// Answers what no route has taken.
pub(crate) async fn fallback(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::not_found().into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return ApiError::new(Code::MethodNotAllowed).into_response();
    }
    let find = &app.assets.0;
    if let Some(file) = find(path).filter(|_| !path.is_empty()) {
        let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        return serve(file, cache);
    }
    // A file that is gone has to be missed: a page in its place would be run as a script.
    let is_file = path.starts_with(HASHED) || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match find(PAGE).filter(|_| !is_file) {
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
