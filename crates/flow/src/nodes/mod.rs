//! The node kinds, a file each: its fields with their documentation, an example, its checks, what
//! it does, and its tests.

mod callback;
mod closure;
mod collect;
mod condition;
mod consent;
mod database_lookup;
mod echo;
mod hangup;
mod hours;
mod http_lookup;
mod language;
mod looking;
mod menu;
mod play;
mod queue;
mod record;
mod return_;
mod set;
mod split;
mod subflow;
mod survey;
mod tag;
mod transfer;
mod voicemail;

#[cfg(test)]
pub(crate) mod testing;

use std::collections::BTreeMap;

use types::Cause;
use types::leg::Text;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::check::{Check, is_keys};
use crate::core::{Core, Event};
use crate::mailbox::MailboxName;

pub(crate) use looking::Looker;
pub(crate) use split::bucket;

/// Where each outlet leads.
pub(crate) type Outlets = BTreeMap<Text, Text>;

/// What comes next after a node has been told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The node goes on waiting.
    Stay,
    /// The walk leaves by this outlet.
    Out(&'static str),
    /// The walk enters the flow of this id.
    Sub(Text),
    /// The walk goes back to the calling flow and leaves there by this outlet.
    Return(Text),
    /// The walk is over.
    End(Cause),
}

/// Which outlets a kind has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rule {
    /// Those that must lead somewhere.
    pub(crate) required: &'static [&'static str],
    /// Those that may: the call ends otherwise, or takes the fallback.
    pub(crate) optional: &'static [&'static str],
    /// One for each key.
    pub(crate) keys: bool,
    /// Whatever a sub-flow returns.
    pub(crate) any: bool,
}

impl Rule {
    pub(crate) fn allows(&self, name: &str) -> bool {
        self.any
            || self.required.contains(&name)
            || self.optional.contains(&name)
            || (self.keys && name.len() == 1 && is_keys(name))
    }
}

/// What a node asks its caller for, as far as keys can answer it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// Nothing.
    #[default]
    Nothing,
    /// One of these keys; the walk waits for it.
    Key(String),
    /// One of these keys leads out of the line in which the caller waits; none has to be pressed.
    Aside(String),
    /// Several keys, so many at least and at most, completed by one of `end` where they are fewer than the most.
    Digits {
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
        /// What completes them; may be empty.
        end: Text,
    },
}

/// What a kind has to do. Nodes hold settings only; what they remember is in [`Core`].
pub(crate) trait NodeKind {
    fn outlets(&self) -> Rule;
    fn check(&self, _: &mut Check<'_>) {}
    /// Whether it waits for something outside, so that a circle through it doesn't run hot.
    fn waits(&self) -> bool {
        true
    }
    /// Whether it can work after the caller has gone.
    fn is_silent(&self) -> bool {
        false
    }
    /// The outlet to take where this one leads nowhere.
    fn fallback(&self, _: &str) -> Option<&'static str> {
        None
    }
    /// The language it switches to.
    fn switches_to(&self) -> Option<&Text> {
        None
    }
    /// The mailbox that its field `mailbox` names.
    fn mailbox(&self) -> Option<&MailboxName> {
        None
    }
    /// What it asks its caller for.
    fn asks(&self, _: &Outlets) -> Asks {
        Asks::Nothing
    }
    fn enter(&self, outlets: &Outlets, core: &mut Core) -> Next;
    fn event(&self, _: &Outlets, _: &mut Core, _: Event) -> Next {
        Next::Stay
    }
    /// The caller has hung up here. `Stay` ends the walk.
    fn caller_left(&self, _: &Outlets, _: &mut Core) -> Next {
        Next::Stay
    }
}

macro_rules! kinds {
    ($($variant:ident = $module:ident :: $name:literal),+ $(,)?) => {
        /// A node's kind with its settings.
        #[derive(Debug)]
        pub(crate) enum Kind { $($variant($module::$variant)),+ }

        /// Each kind's name with an example of a node.
        pub const KINDS: &[(&str, &str)] = &[$(($name, $module::EXAMPLE)),+];

        impl Kind {
            /// Reads a kind's own fields; none when there is no such kind.
            pub(crate) fn read(kind: &str, fields: serde_json::Value) -> Option<serde_json::Result<Self>> {
                match kind {
                    $($name => Some(serde_json::from_value(fields).map(Self::$variant)),)+
                    _ => None,
                }
            }

            /// The schema of each kind's own fields, and of what it refers to.
            pub(crate) fn schemas() -> Vec<(&'static str, RefOr<Schema>, Vec<Named>)> {
                vec![$({
                    let mut besides = Vec::new();
                    <$module::$variant as ToSchema>::schemas(&mut besides);
                    ($name, <$module::$variant as PartialSchema>::schema(), besides)
                }),+]
            }

            pub(crate) const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }

            pub(crate) fn node(&self) -> &dyn NodeKind {
                match self { $(Self::$variant(node) => node),+ }
            }
        }
    };
}

kinds! {
    Callback = callback::"callback",
    Closure = closure::"closure",
    Collect = collect::"collect",
    Condition = condition::"condition",
    Consent = consent::"consent",
    DatabaseLookup = database_lookup::"database_lookup",
    Echo = echo::"echo",
    Hangup = hangup::"hangup",
    Hours = hours::"hours",
    HttpLookup = http_lookup::"http_lookup",
    Language = language::"language",
    Menu = menu::"menu",
    Play = play::"play",
    Queue = queue::"queue",
    Record = record::"record",
    Return = return_::"return",
    Set = set::"set",
    Split = split::"split",
    Subflow = subflow::"subflow",
    Survey = survey::"survey",
    Tag = tag::"tag",
    Transfer = transfer::"transfer",
    Voicemail = voicemail::"voicemail",
}

/// A schema and its name.
pub(crate) type Named = (String, RefOr<Schema>);

/// The outlets that are keys.
fn keys_among(outlets: &Outlets) -> String {
    outlets.keys().filter(|name| name.len() == 1 && is_keys(name)).map(|name| &**name).collect()
}

/// A key as an outlet's name.
fn key_name(key: char) -> &'static str {
    const KEYS: &str = "0123456789*#ABCD";
    KEYS.find(key).map_or("", |at| &KEYS[at..=at])
}

/// Seconds to wait for a key; longer than a minute is dead air.
const WAIT_RANGE_S: (i64, i64) = (1, 60);
/// How often one may be asked again.
const RETRIES_MAX: i64 = 10;

const fn five() -> u32 {
    5
}
const fn two() -> u8 {
    2
}
const fn yes() -> bool {
    true
}
