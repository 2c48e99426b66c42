//! Who asks: passwords, tokens, and what a session may do.

mod address;
mod lockout;
mod origin;
mod password;
pub(crate) mod rules;
mod token;
pub(crate) mod totp;
mod vault;

pub(crate) use address::{Caller, behind_proxies};
pub(crate) use lockout::{Attempt, Lockout};
pub(crate) use origin::{refuse_other_sites, refuse_unless_same_site};
pub(crate) use password::Decoys;
pub use password::{HashError, PasswordCost, hash_password, is_password};
pub use token::one_time_password;
pub(crate) use token::{Token, cleared_cookie, cookie, hash_of};
pub(crate) use vault::Vault;
