//! Tenants, users, roles, teams, devices and their registrations, pure.
//!
//! [`Directory`] is what is known of one tenant's people and telephones; [`Registrations`] is where
//! those telephones are right now. Both are data: secrets are verified by the edge.

mod people;
mod registrations;

pub use people::{Agent, Device, Directory, Duplicate, Ha1, Role, Tenant, User};
pub use registrations::Registrations;
