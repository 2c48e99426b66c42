//! Tables as files: CSV, XLSX and PDF.
//!
//! Pure: what time it is comes with the [`Document`]. Everything is written in memory; who asks for a file bounds the
//! number of rows.

mod cell;
mod csv;
mod pdf;
mod xlsx;

pub use cell::Cell;
pub use csv::csv;
pub use pdf::pdf;
pub use xlsx::xlsx;

/// Some tables with what a reader has to know of them.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Over all.
    pub title: String,
    /// Below the title, a line each.
    pub notes: Vec<String>,
    /// At least one.
    pub tables: Vec<Table>,
    /// Below all tables, a line each, such as what the figures mean.
    pub foot: Vec<String>,
    /// When it was made: milliseconds since 1970 on the reader's wall clock.
    pub made: i64,
}

/// Rows under a head.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What it is called; the tab's name in XLSX.
    pub name: String,
    /// The heads of the columns.
    pub head: Vec<String>,
    /// As many cells each as the head.
    pub rows: Vec<Vec<Cell>>,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More rows or columns than the format has, or a name that it doesn't take.
    #[error("the workbook does not take it: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The font that ships is damaged.
    #[error("the font can't be used: {0}")]
    Font(&'static str),
}

#[cfg(test)]
mod tests;
