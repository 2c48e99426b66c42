//! The user agent without sockets: what comes in, what goes out, and what its mind is told.

mod answering;
mod ends;
mod flows;
pub(crate) mod lab;
mod lines;
mod passwords;
mod registrations;
mod watches;
