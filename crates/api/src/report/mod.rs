//! Reports: what is asked for, the answer, and the answer as a file.

mod ask;
mod columns;
mod file;
mod sent;
mod titles;

pub(crate) use ask::Asked;
pub(crate) use file::{Format, Wish};
pub use sent::{ReportFile, report_file};
