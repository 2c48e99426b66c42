//! Signed HTTPS posts to other programs, and where they may go.
//!
//! A body goes with three headers: `Lingtong-Event` names what it is about, `Lingtong-Delivery` is the same over all
//! attempts, so that a receiver can drop what it has had, and `Lingtong-Signature` proves where it comes from
//! ([`signature`]). No answer but 2xx counts, and no redirect is followed: it could lead anywhere.
//!
//! Where it goes is decided by [`Guard`] from the addresses that the name has at that moment, and the connection is made
//! to just such an address: a name that changes its mind in between leads nowhere else.

mod guard;
mod post;
mod sign;

pub use guard::{Guard, Url, WrongUrl};
pub use post::{Call, Failure, post};
pub use sign::signature;
