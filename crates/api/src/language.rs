//! The language of messages that people read.

use axum::http::{HeaderMap, header};

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The one the reader likes best (RFC 9110 section 12.5.4); Chinese when nothing is said.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut best = (0, Self::Chinese);
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let tag = tag.trim().to_ascii_lowercase();
            let language = match tag.split('-').next().unwrap_or_default() {
                "zh" | "*" => Self::Chinese,
                "en" => Self::English,
                _ => continue,
            };
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            let weight = (weight.unwrap_or(0.0) * 1000.0) as i32;
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The language of a tag, such as `zh` or `en-US`.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        match tag.split('-').next() {
            Some("zh") => Some(Self::Chinese),
            Some("en") => Some(Self::English),
            _ => None,
        }
    }

    /// As `Content-Language` says it.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_that_we_speak_is_taken() {
        for (accepted, expected) in [
            ("", Language::Chinese),
            ("en", Language::English),
            ("en-GB,en;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("fr-FR,en;q=0.5,zh;q=0.2", Language::English),
            ("fr", Language::Chinese),
            ("en;q=0.1, *;q=0.5", Language::Chinese),
            ("en;q=0", Language::Chinese),
            ("en;q=rubbish", Language::Chinese),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
            assert_eq!(Language::of(&headers), expected, "{accepted}");
        }
    }
}
