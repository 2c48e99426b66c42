//! Settings that are refused.

/// A setting that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct ConfigError {
    /// The field.
    pub field: &'static str,
    /// What it has to be.
    pub why: &'static str,
}

pub(crate) const fn refuse(field: &'static str, why: &'static str) -> ConfigError {
    ConfigError { field, why }
}
