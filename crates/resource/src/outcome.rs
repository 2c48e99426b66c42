//! What came of a change of settings.

use crate::book::Book;
use crate::kind::Kind;
use crate::plan::Change;
use crate::problem::Problem;

/// Why settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// It makes no sense: all that is wrong with it.
    #[error("{}", said(.0))]
    Refused(Vec<Problem>),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// It is written, but the center did not take it: it holds from the next start on.
    #[error("the change is saved, but the server does not answer; it holds from the next start on")]
    Unavailable,
    /// A thread died over it.
    #[error("the change could not be thought through: {0}")]
    Thread(String),
}

fn said(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What came of a change, or would come of it.
#[derive(Clone, Debug)]
pub struct Changed {
    /// What differs from before.
    pub changes: Vec<Change>,
    /// Existing resources that refer to what changes.
    pub affects: Vec<(Kind, String)>,
    /// All settings after it.
    pub book: Book,
}
