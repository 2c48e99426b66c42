//! The web pages: files that the program brings along.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A file and its content type.
pub(crate) type File = (Cow<'static, [u8]>, &'static str);

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

    pub(crate) fn find(&self, path: &str) -> Option<File> {
        (self.0)(path)
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assets")
    }
}
