//! Header names, and one file for each family of values. Values are parsed only when somebody asks for them.

pub mod accept;
pub mod auth;
pub mod cseq;
pub mod name_addr;
pub mod option_tags;
pub mod replaces;
pub mod timing;
pub mod via;

pub use crate::name::HeaderName;
