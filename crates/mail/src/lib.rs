//! Letters to a mail server by SMTP (RFC 5321), submitted as RFC 6409 and 8314 have it.
//!
//! One call sends one letter to one recipient and says what the server answered. Whether and when to try again is the
//! caller's: a letter keeps its `Message-ID` over all attempts, so that a server that took it twice can tell.

mod failure;
mod letter;
mod server;

pub use failure::{Failure, Stage};
pub use letter::{Attachment, Letter, Unwritable};
pub use server::{Security, Server, send};
