//! The node kinds, a file each: its fields with their documentation, an example, its checks, what
//! it does, and its tests.

mod callback;
mod collect;
mod condition;
mod echo;
mod hangup;
mod hours;
mod language;
mod menu;
mod play;
mod queue;
mod record;
mod return_;
mod set;
mod subflow;
mod survey;
mod transfer;
mod voicemail;

#[cfg(test)]
mod testing;

use std::collections::BTreeMap;

use types::Cause;
use types::leg::Text;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::check::{Check, is_keys};
use crate::core::{Core, Event};

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
            fn schemas() -> Vec<(&'static str, RefOr<Schema>, Vec<Named>)> {
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
    Collect = collect::"collect",
    Condition = condition::"condition",
    Echo = echo::"echo",
    Hangup = hangup::"hangup",
    Hours = hours::"hours",
    Language = language::"language",
    Menu = menu::"menu",
    Play = play::"play",
    Queue = queue::"queue",
    Record = record::"record",
    Return = return_::"return",
    Set = set::"set",
    Subflow = subflow::"subflow",
    Survey = survey::"survey",
    Transfer = transfer::"transfer",
    Voicemail = voicemail::"voicemail",
}

/// What a drawing program has to know of a kind.
#[derive(Clone, Debug)]
pub struct KindForm {
    /// Its name.
    pub kind: &'static str,
    /// The JSON schema of its own fields.
    pub fields: serde_json::Value,
    /// An example of a node.
    pub example: serde_json::Value,
    /// Outlets that must lead somewhere.
    pub required: &'static [&'static str],
    /// Outlets that may.
    pub optional: &'static [&'static str],
    /// It has an outlet for each key of a telephone.
    pub keys: bool,
    /// It has whatever outlets a sub-flow returns.
    pub any: bool,
}

/// A schema and its name.
type Named = (String, RefOr<Schema>);

/// All kinds, by name.
pub fn forms() -> Vec<KindForm> {
    let form = |(kind, schema, besides): (&'static str, RefOr<Schema>, Vec<Named>)| {
        let example = KINDS.iter().find(|(name, _)| *name == kind).map_or("", |(_, example)| example);
        let example: serde_json::Value = serde_json::from_str(example).unwrap_or_default();
        let rule = crate::model::read_node(example.clone()).map(|node| node.kind.node().outlets()).unwrap_or_default();
        let Rule { required, optional, keys, any } = rule;
        KindForm { kind, fields: document(&schema, besides), example, required, optional, keys, any }
    };
    Kind::schemas().into_iter().map(form).collect()
}

/// A schema that stands by itself: what it refers to is among its definitions.
fn document(schema: &RefOr<Schema>, besides: Vec<Named>) -> serde_json::Value {
    let mut whole = serde_json::to_value(schema).unwrap_or_default();
    let defs: serde_json::Map<_, _> =
        besides.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default())).collect();
    if let (Some(fields), false) = (whole.as_object_mut(), defs.is_empty()) {
        fields.insert("$defs".to_owned(), defs.into());
    }
    let text = whole.to_string().replace("#/components/schemas/", "#/$defs/");
    serde_json::from_str(&text).unwrap_or(whole)
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

#[cfg(test)]
mod form_tests {
    use super::forms;

    #[test]
    fn every_kind_says_what_a_form_has_to_know() {
        let forms = forms();
        let of = |kind: &str| forms.iter().find(|form| form.kind == kind).expect(kind);
        for form in &forms {
            let text = form.fields.to_string();
            for to in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(form.fields["$defs"].get(to).is_some(), "{}: {to}", form.kind);
            }
            assert_eq!(form.fields["type"], "object", "{}: {text}", form.kind);
            for field in form.example.as_object().into_iter().flatten().map(|(field, _)| field) {
                let known = form.fields["properties"].get(field).is_some();
                assert!(known || ["kind", "outlets"].contains(&&**field), "{}.{field}", form.kind);
            }
        }
        let menu = of("menu");
        assert_eq!((menu.keys, menu.required), (true, &["timeout"][..]));
        assert_eq!(menu.fields["required"], serde_json::json!(["prompt"]));
        assert_eq!(menu.fields["properties"]["timeout_s"]["maximum"], 60);
        assert_eq!(menu.fields["properties"]["timeout_s"]["default"], 5);
        assert!(menu.fields["properties"]["prompt"].to_string().contains("#/$defs/Say"));
        assert_eq!(of("condition").fields["$defs"]["Op"]["enum"][0], "eq");
        assert_eq!(of("queue").fields["properties"]["queue"]["format"], "queue");
    }
}
