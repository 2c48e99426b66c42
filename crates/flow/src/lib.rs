//! The graph an interaction walks: definition, validation, interpreter; a file per node kind.
//!
//! A [`Flow`] is read from versioned JSON ([`Flow::parse`]) and checked ([`Flow::validate`]); each
//! [`Problem`] names the node and the field, in Chinese and English. A [`Walk`] is one interaction's
//! way through it, without I/O: [`Walk::start`], then [`Walk::handle`] for each [`Input`]; after each,
//! drain [`Walk::poll_action`] and set one timer to [`Walk::poll_timeout`], which is answered by
//! [`Input::Timeout`].
//!
//! ```json
//! {"version": 1, "id": "main_menu", "name": "主菜单", "language": "zh", "start": "menu",
//!  "nodes": {
//!    "menu": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "sales", "timeout": "bye"}},
//!    "sales": {"kind": "queue", "queue": "sales"},
//!    "bye": {"kind": "hangup", "prompt": "goodbye"}}}
//! ```
//!
//! A node may say what people read of it: `"title": {"zh": "主菜单", "en": "Main menu"}` in place of its
//! id, and `"choices": {"1": {"zh": "销售", "en": "Sales"}}` for what leaving by an outlet means. One text
//! in place of the two serves both languages.
//!
//! What always holds: a walk ends once the caller has hung up; it takes [`STEPS_MAX`] steps at most;
//! it keeps [`DIGITS_MAX`] digits typed ahead at most; an outlet that leads nowhere ends the call.

mod action;
pub mod canary;
mod check;
mod closure;
mod core;
mod database;
mod expression;
mod forms;
pub mod heat;
mod lookup;
mod mailbox;
mod model;
mod nodes;
mod problem;
mod rehearsal;
mod say;
pub mod speech;
mod strict;
mod title;
mod trial;
mod validate;
mod value;
mod view;
mod walk;

pub use action::{Action, Input, MailboxOutcome, QueueFigures, QueueOutcome, TransferOutcome, TransferTarget};
pub use check::{AnyName, MUSIC, Names};
pub use closure::Closure;
pub use core::DIGITS_MAX;
pub use database::{Database, DatabaseQuestion, DatabaseTls};
pub use expression::{EXPRESSION_CHARS, FUNCTIONS, QUEUE_FIGURES, VARIABLES};
pub use forms::{KindForm, forms};
pub use lookup::{
    HeaderPiece, HttpQuestion, LookupAnswer, LookupMethod, LookupOutcome, LookupRequest, LookupTold, Question, Taken,
};
pub use mailbox::MailboxName;
pub use model::{Canary, Flow, Library, VERSION};
pub use nodes::{Asks, KINDS};
pub use problem::{Problem, What};
pub use rehearsal::{Rehearsed, RehearsedLookup, STIMULI_MAX, Stimulus, Turn, Waiting, rehearse};
pub use trial::{Untried, lookup_of};
pub use value::Value;
pub use walk::{Context, STEPS_MAX, Walk};

/// The languages that prompts are spoken in.
pub const LANGUAGES: [&str; 2] = ["zh", "en"];
