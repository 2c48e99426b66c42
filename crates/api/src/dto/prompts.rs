//! Prompts: what callers hear.

use resource::{Kind, TitleSpec};
use serde::{Deserialize, Serialize};
use store::PromptVersion;
use utoipa::ToSchema;

/// A prompt: of one's own, or one that ships.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Prompt {
    pub(crate) name: String,
    pub(crate) title: TitleSpec,
    /// What it says.
    pub(crate) words: TitleSpec,
    /// Whether it is one of one's own; with the name of one that ships it is heard in its place.
    pub(crate) own: bool,
    /// Whether one of this name ships.
    pub(crate) ships: bool,
    /// What callers hear, by language.
    pub(crate) sounds: Vec<PromptSound>,
    pub(crate) used_by: Vec<PromptUse>,
}

/// What callers hear of a prompt in one language.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptSound {
    /// `zh`, `en` or `music`.
    pub(crate) language: String,
    /// The SHA-256 of the recording; absent for what ships.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) length_ms: Option<u64>,
}

/// What plays a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PromptUse {
    /// `flow` or `queue`.
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// It is a flow's draft that plays it: no caller hears that yet.
    pub(crate) draft: bool,
}

/// All prompts, and what an upload may be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptList {
    pub(crate) items: Vec<Prompt>,
    /// The largest file that is taken, bytes.
    pub(crate) upload_bytes: usize,
    /// The longest recording that is taken, seconds.
    pub(crate) upload_s: u32,
    /// Whether texts can be spoken: an engine for it is installed.
    pub(crate) speaks: bool,
}

/// A text that is to be spoken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromptWords {
    /// 1,500 characters at most.
    pub(crate) text: String,
}

/// A prompt and what it was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptDetail {
    #[serde(flatten)]
    pub(crate) prompt: Prompt,
    /// Of the setting; absent for what ships.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<String>,
    /// The recordings that it has had, the newest first.
    pub(crate) versions: Vec<PromptTake>,
}

/// A recording that a prompt has or had.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptTake {
    pub(crate) version: u32,
    pub(crate) language: String,
    /// The SHA-256 of the recording.
    pub(crate) audio: String,
    pub(crate) length_ms: u64,
    /// The name of the file that it was made from.
    pub(crate) source: String,
    pub(crate) made_at: String,
    pub(crate) made_by: String,
    /// Whether callers hear it.
    pub(crate) current: bool,
}

impl PromptTake {
    pub(crate) fn new(row: PromptVersion, current: bool) -> Self {
        let PromptVersion { version, language, audio, length_ms, source, made, by, .. } = row;
        Self { version, language, audio, length_ms, source, made_at: made.to_string(), made_by: by, current }
    }
}
