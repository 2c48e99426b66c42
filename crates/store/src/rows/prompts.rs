//! Prompts of tenants' own. The sound itself lies in files, named by what is in them.

use sea_orm::ExprTrait;
use sea_orm::sea_query::Alias;
use types::{TenantId, Title, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::row::{col, row, select};
use crate::store::Store;

/// A prompt of a tenant's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// Whose.
    pub tenant: TenantId,
    /// What flows and queues refer to.
    pub name: String,
    /// What people read.
    pub title: Title,
    /// What it says, in each language.
    pub words: Title,
    /// The sound of each language by its hash: opaque to the store.
    pub audio: serde_json::Value,
}

row!(Prompt, "prompt", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", title: "title", words: "words", audio: "audio",
});

/// A recording that a prompt has or had.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptVersion {
    /// Whose.
    pub tenant: TenantId,
    /// The prompt.
    pub name: String,
    /// Counts over all languages of the prompt, from 1.
    pub version: u32,
    /// `zh`, `en` or `music`.
    pub language: String,
    /// The hash of the sound.
    pub audio: String,
    /// How long it lasts, in milliseconds.
    pub length_ms: u64,
    /// The name of the file that it was made from.
    pub source: String,
    /// When it came.
    pub made: Wall,
    /// The user who brought it.
    pub by: String,
}

row!(PromptVersion, "prompt_version", (TenantId, String, u32), ["tenant_id", "name", "version"], {
    tenant: "tenant_id", name: "name", version: "version", language: "language", audio: "audio",
    length_ms: "length_ms", source: "source", made: "made_at", by: "made_by",
});

impl Store {
    /// All recordings that a prompt has had and that are kept, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prompt_versions(&self, tenant: TenantId, name: &str) -> Result<Vec<PromptVersion>, Error> {
        let mut query = select::<PromptVersion>(tenant);
        query.and_where(col("name").eq(name.to_owned().to_value()));
        query.order_by(Alias::new("version"), sea_orm::Order::Desc);
        self.all(&query).await
    }
}
