//! What a test leaves out here, told where nobody can overlook it.

use std::fmt::Display;
use std::io::Write as _;

/// Set by `./check`, which installs every tool that the tests need.
const CHECKED: &str = "LINGTONG_CHECK";

/// Says that a part of the tests is left out and why. It goes straight to the standard error: what the print macros
/// say is kept back while a test passes. `./check` lists these lines after its table.
pub fn left_out(what: impl Display) {
    // One write, so that tests that run at once do not mix their lines; nobody listens where it fails.
    drop(std::io::stderr().write_all(format!("left out: {what}\n").as_bytes()));
}

/// The same for a tool that `./check` installs.
///
/// # Panics
/// Under `./check`: there it must not be missing.
pub fn tool_missing(what: impl Display) {
    assert!(std::env::var_os(CHECKED).is_none(), "{what}: ./check is to install it, and may leave nothing out for it");
    left_out(what);
}
