//! What is asked of whoever makes reports.

use std::pin::Pin;

use resource::{LetterLanguage, ReportBy, ReportEvery, ReportFormat};
use types::{TenantId, Wall};

/// An answer that comes later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A report that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Whose.
    pub tenant: TenantId,
    /// What its lines are about.
    pub by: ReportBy,
    /// The time that one line is about.
    pub every: ReportEvery,
    /// These alone, by id, or by number; all where there are none.
    pub subjects: Vec<String>,
    /// From this moment …
    pub from: Wall,
    /// … until before this one.
    pub to: Wall,
    /// When it is made.
    pub made: Wall,
    /// In which form.
    pub format: ReportFormat,
    /// In which language.
    pub language: LetterLanguage,
}

/// A report as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFile {
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Makes reports.
pub trait Reports: Send + Sync + 'static {
    /// Makes one; or says in a few words of English why not.
    fn render(&self, wanted: Wanted) -> Answer<'_, Result<ReportFile, String>>;
}
