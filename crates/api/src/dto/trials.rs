//! A call from the page in which a flow is drawn.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::Private;
use types::leg::Text;
use utoipa::ToSchema;

use super::PhoneCredentials;
use super::control::dialable;
use crate::error::Result;

/// What is to be called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowTrialCall {
    /// The flow as it is drawn.
    #[schema(value_type = Object)]
    definition: Value,
    /// The number that the flow takes for the caller's; withheld when empty.
    #[schema(value_type = String)]
    #[serde(default)]
    caller: Private<String>,
    /// The number that it takes for the dialled one.
    #[schema(value_type = String)]
    #[serde(default)]
    dialled: Private<String>,
}

impl FlowTrialCall {
    pub(crate) const fn definition(&self) -> &Value {
        &self.definition
    }

    pub(crate) fn caller(&self) -> Result<Private<Text>> {
        number("caller", &self.caller)
    }

    pub(crate) fn dialled(&self) -> Result<Private<Text>> {
        number("dialled", &self.dialled)
    }
}

fn number(field: &str, text: &Private<String>) -> Result<Private<Text>> {
    if text.reveal().is_empty() { Ok(Private::default()) } else { dialable(field, Some(text)) }
}

/// What the page calls with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowTrialPhone {
    /// The interaction that the call will be.
    pub(crate) interaction_id: String,
    /// The account to call with; it calls its own address, once, and registers nowhere.
    pub(crate) phone: PhoneCredentials,
}
