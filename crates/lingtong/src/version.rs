//! Which program this is.

/// The version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit it was built from, `-dirty` behind it when files had been changed; `unknown` outside a git checkout.
pub(crate) const COMMIT: &str = env!("LINGTONG_COMMIT");
/// Both, for people.
pub(crate) const FULL: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("LINGTONG_COMMIT"), ")");
