//! One's own account, and the first start.

use serde::{Deserialize, Serialize};
use types::Private;
use utoipa::ToSchema;

use super::mirror;

mirror! {
    /// What has to be done before anything else.
    Unfinished of directory::Unfinished { Password = "password", SecondFactor = "second_factor" }
}

mirror! {
    /// What speaks against a password.
    Weakness of directory::Weakness {
        TooShort = "too_short", TooLong = "too_long", Common = "common", Simple = "simple", Name = "name",
    }
}

/// A password to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordCheck {
    #[schema(value_type = String)]
    pub(crate) password: Private<String>,
    /// Whose it will be; one's own name when absent.
    #[serde(default)]
    pub(crate) username: Option<String>,
    /// The tenant's short name; one's own when absent.
    #[serde(default)]
    pub(crate) tenant: Option<String>,
}

/// What is said of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasswordVerdict {
    /// Characters that it has at least.
    pub(crate) length: u32,
    /// What speaks against it; empty when it is good.
    pub(crate) weaknesses: Vec<Weakness>,
}

/// A new password of one's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[schema(value_type = String)]
    pub(crate) current: Private<String>,
    #[schema(value_type = String)]
    pub(crate) password: Private<String>,
}

/// One's password once more, before something that only its owner may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordProof {
    #[schema(value_type = String)]
    pub(crate) current: Private<String>,
}

/// A place where one is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// This very one.
    pub(crate) current: bool,
    pub(crate) created_at: String,
    pub(crate) expires_at: String,
    /// Where it was begun from.
    pub(crate) address: String,
    /// What the browser or program called itself.
    pub(crate) client: String,
}

/// All places.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sessions {
    pub(crate) items: Vec<Session>,
}

/// What an authenticator app has to learn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactorSecret {
    /// To be typed where no picture can be taken; base 32.
    pub(crate) secret: String,
    /// What a picture of squares says.
    pub(crate) uri: String,
}

/// A code of the app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactorCode {
    #[schema(value_type = String)]
    pub(crate) code: Private<String>,
}

/// Codes for the day on which the app is lost; each is taken once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    pub(crate) recovery_codes: Vec<String>,
}

/// How a user gets in again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetRequest {
    /// Also forget the second factor: the app is lost.
    #[serde(default)]
    pub(crate) second_factor: bool,
}

/// The way in again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTimePassword {
    /// To be told to the user, who has to change it after signing in. Shown this once.
    #[schema(value_type = String)]
    pub(crate) password: Private<String>,
}

/// A link of the first start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupCheck {
    #[schema(value_type = String)]
    pub(crate) token: Private<String>,
}

/// The first company and its administrator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    /// What the link says.
    #[schema(value_type = String)]
    pub(crate) token: Private<String>,
    /// The short name: lower-case letters, digits and hyphens; also the SIP realm and domain.
    pub(crate) tenant: String,
    /// What people read.
    pub(crate) title: String,
    /// The administrator's name.
    pub(crate) username: String,
    #[schema(value_type = String)]
    pub(crate) password: Private<String>,
    /// Minutes east of UTC; those of China when absent.
    #[serde(default)]
    #[schema(minimum = -720, maximum = 840)]
    pub(crate) utc_offset_min: Option<i32>,
}
