//! Tenants, users, roles, teams, devices and their registrations, pure.
//!
//! [`Directory`] is what is known of one tenant's people and telephones; [`Registrations`] is where
//! those telephones are right now. Both are data: secrets are verified by the edge.

mod password;
mod passwords;
mod people;
mod registrations;
mod role;

pub use password::{DEFAULT_LENGTH, LENGTH_SETTING, MAX_CHARS, PasswordPolicy, Weakness};
pub use people::{Agent, Device, Directory, Duplicate, Ha1, Tenant, Unfinished, User};
pub use registrations::Registrations;
pub use role::{NoRole, Permission, Permissions, Role};
