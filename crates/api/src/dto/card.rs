//! Who calls.

use serde::Serialize;
use utoipa::ToSchema;

use super::Title;

/// What is known of who calls, or is called.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallerCard {
    /// Where the number belongs: a landline's area, or where a mobile number was given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Title>,
}
