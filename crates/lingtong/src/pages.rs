//! The web pages, inside the program.

use std::borrow::Cow;
use std::path::Path;

use api::Assets;

/// What the web build left; empty in a program that was built without it.
static PAGES: include_dir::Dir<'_> = include_dir::include_dir!("$OUT_DIR/pages");

/// The pages.
pub(crate) fn pages() -> Assets {
    Assets::new(|path| {
        let file = PAGES.get_file(path)?;
        Some((Cow::Borrowed(file.contents()), content_type(path)))
    })
}

fn content_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
