//! Settings as resources.

use resource::{Action, Change, Entry, Kind, Problem, What};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::language::Language;

/// Names one setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SettingsName {
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

impl From<(Kind, String)> for SettingsName {
    fn from((kind, name): (Kind, String)) -> Self {
        Self { kind, name }
    }
}

/// One setting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsResource {
    pub(crate) kind: Kind,
    /// Unique within the tenant and the kind.
    pub(crate) name: String,
    /// Changes whenever the content does, a password included; goes as `If-Match`.
    pub(crate) revision: String,
    /// What it says; `/api/v1/settings-schema` describes it for each kind.
    #[schema(value_type = Object)]
    pub(crate) spec: Value,
    /// The fields that are written, never read back, and have a value.
    pub(crate) secrets_set: Vec<&'static str>,
    /// What refers to it; where one is asked for alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) used_by: Option<Vec<SettingsName>>,
}

impl SettingsResource {
    pub(crate) fn new(kind: Kind, name: &str, entry: &Entry) -> Self {
        let (spec, secrets_set) = (entry.spec.to_json(), entry.secrets_set());
        Self { kind, name: name.to_owned(), revision: entry.revision(), spec, secrets_set, used_by: None }
    }
}

/// A page of settings of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsPage {
    pub(crate) items: Vec<SettingsResource>,
    pub(crate) next_cursor: Option<String>,
}

/// Everything that is set up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsExport {
    pub(crate) resources: Vec<SettingsResource>,
}

/// What a setting shall say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsWish {
    #[schema(value_type = Object)]
    pub(crate) spec: Value,
}

/// What a setting would say, or that it would go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsQuestion {
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub(crate) spec: Option<Value>,
    #[serde(default)]
    pub(crate) delete: bool,
}

/// One setting of several.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsItem {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    #[schema(value_type = Object)]
    pub(crate) spec: Value,
}

/// Several settings at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsApply {
    pub(crate) resources: Vec<SettingsItem>,
    /// What is not named, of the kinds that are, goes.
    #[serde(default)]
    pub(crate) prune: bool,
    /// Nothing changes; the answer says what would.
    #[serde(default)]
    pub(crate) dry_run: bool,
}

/// How a setting changes.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SettingsAction {
    Create,
    Update,
    Delete,
}

/// One setting that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsChange {
    pub(crate) action: SettingsAction,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// The fields that differ, of an update.
    pub(crate) fields: Vec<String>,
}

impl From<Change> for SettingsChange {
    fn from(change: Change) -> Self {
        let action = match change.action {
            Action::Create => SettingsAction::Create,
            Action::Update => SettingsAction::Update,
            Action::Delete => SettingsAction::Delete,
        };
        Self { action, kind: change.kind, name: change.name, fields: change.fields }
    }
}

/// What has changed, or would.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsChanges {
    pub(crate) changes: Vec<SettingsChange>,
    /// Existing settings that refer to what changes.
    pub(crate) affects: Vec<SettingsName>,
}

/// Whether a change would be taken, and what it would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsAnswer {
    pub(crate) ok: bool,
    pub(crate) problems: Vec<SettingsProblem>,
    pub(crate) changes: Vec<SettingsChange>,
    /// Existing settings that refer to what changes.
    pub(crate) affects: Vec<SettingsName>,
}

/// One thing that is wrong with a setting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsProblem {
    /// The setting.
    pub(crate) resource: SettingsName,
    /// The field within its `spec`, such as `members[2]`; `name` for its name; empty for the whole.
    pub(crate) field: String,
    /// For programs; stable.
    pub(crate) code: &'static str,
    /// For people, in their language.
    pub(crate) message: String,
    /// The kind of the other setting that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Kind>,
    /// The name of that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Where in the drawing of a flow it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) flow: Option<FlowProblem>,
}

/// Where in a flow something is wrong, and what, without the place in words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowProblem {
    /// The node's id; absent when the flow as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) node: Option<String>,
    /// The node's field, such as `outlets.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    pub(crate) message: String,
}

impl FlowProblem {
    fn of(problem: &Problem, language: Language) -> Option<Self> {
        let What::Flow(found) = &problem.what else { return None };
        let message = if language == Language::Chinese { found.what.zh() } else { found.what.en() };
        Some(Self { node: found.node.as_ref().map(|node| node.to_string()), field: found.field.clone(), message })
    }
}

impl SettingsProblem {
    pub(crate) fn new(problem: &Problem, language: Language) -> Self {
        let (zh, en) = problem.what.texts();
        let other = problem.what.other();
        Self {
            resource: SettingsName { kind: problem.kind, name: problem.name.clone() },
            field: problem.field.clone(),
            code: problem.what.code(),
            message: if language == Language::Chinese { zh } else { en },
            kind: other.map(|(kind, _)| kind),
            name: other.map(|(_, name)| name.to_owned()),
            flow: FlowProblem::of(problem, language),
        }
    }
}
