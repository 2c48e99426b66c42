//! Digest authentication (RFC 7616, RFC 8760): the server's challenges and checks, the client's answers.

mod client;
mod hash;
mod lease;
mod replay;
mod server;

#[cfg(test)]
mod tests;

pub use client::{Challenge, ClientAuth};
pub use hash::{Algorithm, Ha1};
pub use lease::Leases;
pub use server::{Authenticator, Credentials, Outcome};
