//! What callers send, taken strictly: what is not known is refused by name.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Code, Result};
use crate::state::App;
use types::Wall;

/// Most bodies hold a login or a state.
pub(crate) const BODY_BYTES: usize = 64 << 10;

/// A JSON body of so many bytes at most.
pub(crate) struct Input<T, const BYTES: usize = BODY_BYTES>(pub(crate) T);

impl<T: DeserializeOwned, const BYTES: usize> FromRequest<App> for Input<T, BYTES> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(Code::NotJson.into());
        }
        let bytes = axum::body::to_bytes(request.into_body(), BYTES).await.map_err(|_| Code::TooLarge)?;
        // A list would be taken for the fields in their order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Code::BadRequest.into());
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|e| refused(&e))?;
        json.end().map_err(|_| Code::BadRequest)?;
        Ok(Self(value))
    }
}

/// Names the field; the text of a serde error could hold values.
fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let inner = error.inner();
    let path = error.path().to_string();
    if inner.is_eof() {
        return Code::BadRequest.into();
    }
    let text = inner.to_string();
    let quoted = || text.split('`').nth(1).unwrap_or_default().to_owned();
    if text.starts_with("missing field") {
        ApiError::field(Code::MissingField, quoted())
    } else if text.starts_with("unknown field") {
        ApiError::field(Code::UnknownField, quoted())
    } else if path == "." {
        Code::BadRequest.into()
    } else {
        ApiError::field(Code::BadValue, path)
    }
}

/// The parameters of a query. Each is taken by name; [`Args::finish`] refuses what is left.
pub(crate) struct Args(Vec<(String, String)>);

impl FromRequestParts<App> for Args {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        Self::of(&parts.uri)
    }
}

impl Args {
    fn of(uri: &Uri) -> Result<Self> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| Code::BadRequest)?.0;
        for (i, (name, _)) in pairs.iter().enumerate() {
            if pairs[..i].iter().any(|(other, _)| other == name) {
                return Err(ApiError::field(Code::BadValue, name));
            }
        }
        Ok(Self(pairs))
    }

    /// Parameters of somebody within the program.
    pub(crate) const fn given(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a parameter; none when it is absent or empty.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.swap_remove(at).1).filter(|value| !value.is_empty())
    }

    /// As [`Args::take`], read by `read`.
    pub(crate) fn read<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(text) = self.take(name) else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| ApiError::field(Code::BadValue, name))
    }

    /// All that is known was taken.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(ApiError::field(Code::UnknownParameter, name)),
            None => Ok(()),
        }
    }
}

/// A moment by RFC 3339.
pub(crate) fn moment(text: &str) -> Option<Wall> {
    // A `+` that was not escaped has become a space.
    let at: jiff::Timestamp = text.replace(' ', "+").parse().ok()?;
    Some(Wall(at.as_millisecond()))
}

/// An id in the path. What is no id is not found, like an id that nothing has.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: std::str::FromStr> FromRequestParts<App> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}
