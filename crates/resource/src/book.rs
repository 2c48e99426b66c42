//! All settings of a tenant by kind and name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use types::Private;

use crate::content::Spec;
use crate::kind::Kind;

/// Hexadecimal digits of a revision: two contents of one name never meet by chance.
const REVISION_DIGITS: usize = 16;

/// One setting as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it says.
    pub spec: Spec,
    /// What is kept of its secrets, by field; those alone that there are.
    pub(crate) secrets: Vec<(&'static str, Private<String>)>,
}

impl Entry {
    /// Without secrets.
    pub(crate) const fn plain(spec: Spec) -> Self {
        Self { spec, secrets: Vec::new() }
    }

    /// The fields that are written and never read back, and have a value.
    pub fn secrets_set(&self) -> Vec<&'static str> {
        self.secrets.iter().map(|(field, _)| *field).collect()
    }

    /// Changes whenever the content does, a secret included.
    pub fn revision(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.spec.to_json().to_string());
        for (field, kept) in &self.secrets {
            hash.update([0]);
            hash.update(field);
            hash.update([0]);
            hash.update(kept.reveal());
        }
        let mut text = String::with_capacity(REVISION_DIGITS);
        for byte in hash.finalize().iter().take(REVISION_DIGITS / 2) {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// All settings of a tenant, in the order in which whole centres are written down.
pub type Book = BTreeMap<(Kind, String), Entry>;

/// One setting as a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Its kind.
    pub kind: Kind,
    /// Its name, unique within the tenant and the kind.
    pub name: String,
    /// What it says.
    pub spec: Value,
}

impl Resource {
    /// Every setting of a book.
    pub fn all(book: &Book) -> Vec<Self> {
        let resource = |((kind, name), entry): (&(Kind, String), &Entry)| Self {
            kind: *kind,
            name: name.clone(),
            spec: entry.spec.to_json(),
        };
        book.iter().map(resource).collect()
    }
}
