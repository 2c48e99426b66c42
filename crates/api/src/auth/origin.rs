//! A cookie comes along with requests that another site has made: those must not change anything.

use axum::http::{HeaderMap, Uri, header};

use crate::error::{Code, Result};

/// Whether the browser says that our own page made the request; none when nothing says where it is from.
fn from_our_page(headers: &HeaderMap) -> Option<bool> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = text(header::ORIGIN.as_str())?;
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let authority = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().map(|a| a.as_str().to_owned()));
    Some(authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host)))
}

/// For what rests on a cookie: there has to be proof that our own page asks.
///
/// # Errors
/// The request is another site's, or says nothing of the kind.
pub(crate) fn refuse_unless_same_site(headers: &HeaderMap) -> Result<()> {
    if from_our_page(headers) == Some(true) { Ok(()) } else { Err(Code::CrossOrigin.into()) }
}

/// For what rests on a password: programs say nothing of sites, and may.
///
/// # Errors
/// The request is another site's.
pub(crate) fn refuse_other_sites(headers: &HeaderMap) -> Result<()> {
    if from_our_page(headers) == Some(false) { Err(Code::CrossOrigin.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn only_our_own_page_passes() {
        for (headers, same, other) in [
            (&[][..], false, true),
            (&[("sec-fetch-site", "same-origin")], true, true),
            (&[("sec-fetch-site", "none")], true, true),
            (&[("sec-fetch-site", "same-site")], false, false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://desk:8080")], false, false),
            (&[("origin", "http://desk:8080")], true, true),
            (&[("origin", "https://desk:8080")], true, true),
            (&[("origin", "http://evil")], false, false),
            (&[("origin", "null")], false, false),
            (&[("origin", "http://desk:8081")], false, false),
        ] {
            let mut map = HeaderMap::new();
            map.insert(header::HOST, "desk:8080".parse().unwrap());
            for (name, value) in headers {
                map.insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(refuse_unless_same_site(&map).is_ok(), same, "{headers:?}");
            assert_eq!(refuse_other_sites(&map).is_ok(), other, "{headers:?}");
        }
    }
}
