//! Strict builders from files and flags to valid settings.
