//! What is wrong with a flow is told with the node and the field, in both languages.

use flow::{AnyName, Flow, KINDS, MailboxName, Names, Problem};
use proptest::prelude::*;

/// Reads and checks a flow, and gives what is wrong with it.
fn problems(json: &str, names: &dyn Names) -> Vec<Problem> {
    match Flow::parse(json) {
        Ok(flow) => flow.validate(names),
        Err(problems) => problems,
    }
}

fn with_nodes(nodes: &str) -> String {
    format!(r#"{{"version": 1, "id": "f", "name": "f", "language": "zh", "start": "a", "nodes": {nodes}}}"#)
}

#[track_caller]
fn check(nodes: &str, expected: &[&str]) {
    let told: Vec<_> = problems(&with_nodes(nodes), &AnyName).iter().map(Problem::en).collect();
    assert_eq!(told, expected, "{nodes}");
}

#[test]
fn every_kinds_example_can_be_read() {
    for (kind, example) in KINDS {
        assert!(example.contains(&format!(r#""kind": "{kind}""#)), "{kind}");
        let json = with_nodes(&format!(r#"{{"a": {example}}}"#));
        Flow::parse(&json).unwrap_or_else(|problems| panic!("{kind}: {problems:?}"));
        let mistyped = example.replacen(r#""kind""#, r#""tpyo": 1, "kind""#, 1);
        let told = problems(&with_nodes(&format!(r#"{{"a": {mistyped}}}"#)), &AnyName);
        assert!(told[0].en().starts_with("node `a`: unknown field `tpyo`"), "{kind}: {told:?}");
    }
}

#[test]
fn what_the_form_gets_wrong() {
    check(r#"{"a": {"kind": "hangup"}, "a": {"kind": "hangup"}}"#, &["key `a` is there twice at line 1 column 130"]);
    check(r#"{"a": {"kind": "dance"}}"#, &["node `a`, kind: there is no node kind `dance`"]);
    check(r#"{"a": {}}"#, &["node `a`, kind: must not be empty"]);
    check(r#"{"a": 5}"#, &["node `a`: invalid type: integer `5`, expected a node"]);
    let told = problems(r#"{"version": 2, "anything": "else"}"#, &AnyName);
    assert_eq!(told[0].en(), "version: version 2 is not known; this program reads version 1");
    assert!(problems("{", &AnyName)[0].en().starts_with("EOF"));
}

#[test]
fn ways_that_lead_nowhere_or_round() {
    check(r#"{"b": {"kind": "hangup"}}"#, &["start: there is no node `a`", "node `b`: no way leads here"]);
    check(
        r#"{"a": {"kind": "menu", "prompt": "m", "outlets": {"1": "x", "12": "a", "done": "a"}}}"#,
        &[
            "node `a`, outlets: outlet `timeout` has to lead somewhere",
            "node `a`, outlets.1: there is no node `x`",
            "node `a`, outlets.12: this kind of node has no outlet `12`",
            "node `a`, outlets.done: this kind of node has no outlet `done`",
        ],
    );
    check(
        r#"{"a": {"kind": "set", "values": {"x": 1}, "outlets": {"done": "b"}},
            "b": {"kind": "condition", "variable": "x", "op": "set", "outlets": {"true": "c", "false": "d"}},
            "c": {"kind": "record", "outlets": {"done": "b"}}, "d": {"kind": "hangup"}}"#,
        &[
            "node `b`: is part of a circle in which nothing waits",
            "node `c`: is part of a circle in which nothing waits",
        ],
    );
    check(r#"{"a": {"kind": "play", "prompt": "p", "outlets": {"done": "a"}}}"#, &[]);
}

#[test]
fn values_beyond_their_limits() {
    check(
        r#"{"a": {"kind": "collect", "max": 40, "min": 41, "terminator": "x", "timeout_s": 0,
                  "outlets": {"done": "b", "timeout": "b"}},
            "b": {"kind": "play", "prompt": {"music": "default"}}}"#,
        &[
            "node `a`, max: has to be 1 to 32",
            "node `a`, min: has to be 0 to 40",
            "node `a`, terminator: `x` is not made of the keys 0-9, * and #",
            "node `a`, timeout_s: has to be 1 to 60",
            "node `b`, prompt: never ends; give `max_s`",
        ],
    );
    check(
        r#"{"a": {"kind": "hours", "weekly": {"mon": [["9:00", "18:00"]]}, "outlets": {"open": "a", "closed": "a"}}}"#,
        &["node `a`: `9:00` is no time of day; write 09:00, and 24:00 for the day's end"],
    );
    check(
        r#"{"a": {"kind": "transfer", "target": "2001"}}"#,
        &["node `a`: target `2001` begins with none of number:, agent:, sip:, sips:, setting:"],
    );
}

#[test]
fn names_that_do_not_exist() {
    struct Nothing;
    impl Names for Nothing {
        fn queue(&self, _: &str) -> bool {
            false
        }
        fn flow(&self, _: &str) -> bool {
            false
        }
        fn prompt(&self, language: &str, _: &str) -> bool {
            language == "zh"
        }
        fn agent(&self, _: &str) -> bool {
            false
        }
        fn mailbox(&self, name: &MailboxName) -> bool {
            matches!(name, MailboxName::Queue(_))
        }
        fn secret(&self, _: &str) -> bool {
            false
        }
        fn database(&self, _: &str) -> bool {
            false
        }
        fn setting(&self, _: &str) -> bool {
            false
        }
    }
    let json = with_nodes(
        r#"{"a": {"kind": "language", "language": "en", "outlets": {"done": "b"}},
            "b": {"kind": "play", "prompt": "hello", "outlets": {"done": "c"}},
            "c": {"kind": "subflow", "flow": "f2", "outlets": {"done": "d"}},
            "d": {"kind": "queue", "queue": "sales", "outlets": {"full": "e", "agent_left": "g"}},
            "e": {"kind": "transfer", "target": "setting:x"},
            "g": {"kind": "language", "language": "fr", "outlets": {"done": "h"}},
            "h": {"kind": "play", "prompt": {"music": "jazz"}, "max_s": 5, "outlets": {"done": "i"}},
            "i": {"kind": "transfer", "target": "agent:7001", "outlets": {"busy": "j", "failed": "k"}},
            "j": {"kind": "transfer", "target": "agent:$who", "outlets": {"failed": "e"}},
            "k": {"kind": "voicemail", "mailbox": "agent:7002", "outlets": {"done": "e"}}}"#,
    );
    let told = problems(&json, &Nothing);
    assert_eq!(
        told.iter().map(Problem::en).collect::<Vec<_>>(),
        [
            "node `b`, prompt: there is no prompt `hello` in language `en`",
            "node `c`, flow: there is no flow `f2`",
            "node `d`, queue: there is no queue `sales`",
            "node `e`, target: there is no setting `x`",
            "node `g`, language: there are no prompts in language `fr`",
            "node `h`, prompt: there is no music `jazz`",
            "node `i`, target: there is no agent `7001`",
            "node `k`, mailbox: there is no agent `7002`",
            "node `k`, prompt: there is no prompt `voicemail` in language `en`",
            "node `k`, saved_prompt: there is no prompt `voicemail_saved` in language `en`",
            "node `k`, full_prompt: there is no prompt `voicemail_full` in language `en`",
        ]
    );
    assert_eq!(told[2].zh(), "节点“d”的 queue：没有名为“sales”的队列");
}

proptest! {
    /// Whatever is done to a text that was sound, it is read or refused, never the end of the program.
    #[test]
    fn damaged_texts_are_refused_without_harm(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = include_bytes!("../../../packs/demo/flows/main_menu.json").to_vec();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(text) = String::from_utf8(bytes) {
            for problem in problems(&text, &AnyName) {
                prop_assert!(!problem.en().is_empty() && !problem.zh().is_empty());
            }
        }
    }
}
