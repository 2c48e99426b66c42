//! Random flows, sound or not, under random inputs: no panic, everything bounded, and an end once
//! the caller has hung up.

use std::sync::Arc;
use std::time::Duration;

use flow::{Action, Context, DIGITS_MAX, Flow, Input, Library, QueueOutcome, STEPS_MAX, TransferOutcome, Walk};
use proptest::prelude::*;
use types::leg::Text;
use types::{Mono, Now, Wall};

const NODES: u8 = 8;

fn target() -> impl Strategy<Value = String> {
    // Some lead nowhere.
    (0..NODES + 1).prop_map(|n| format!("n{n}"))
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r#""kind": "play", "prompt": "p""#,
        r#""kind": "play", "prompt": "p", "barge_in": true"#,
        r#""kind": "play", "prompt": {"music": "m"}, "max_s": 3"#,
        r#""kind": "menu", "prompt": "p", "retries": 1"#,
        r#""kind": "menu", "prompt": [], "barge_in": false"#,
        r##""kind": "collect", "prompt": "p", "max": 3, "min": 2, "variable": "x""##,
        r#""kind": "hours", "weekly": {"mon": [["09:00", "18:00"]]}"#,
        r#""kind": "queue", "queue": "q""#,
        r#""kind": "callback""#,
        r#""kind": "callback", "number": "keyed", "retries": 1"#,
        r#""kind": "survey", "question": "q", "prompt": "p", "keys": "12", "thanks_prompt": "t""#,
        r#""kind": "echo", "prompt": "p", "max_s": 5"#,
        r#""kind": "transfer", "target": "number:$x""#,
        r#""kind": "hangup", "prompt": "p""#,
        r#""kind": "set", "values": {"x": "$caller", "y": "$x"}"#,
        r#""kind": "condition", "variable": "x", "op": "gt", "value": 5"#,
        r#""kind": "set", "expressions": {"y": "int(x) + 1", "z": "queue('q').waiting"}"#,
        r#""kind": "condition", "expression": "x > y""#,
        r#""kind": "condition", "expression": "queue('q').waiting > 5""#,
        r#""kind": "subflow", "flow": "f0""#,
        r#""kind": "subflow", "flow": "f1""#,
        r#""kind": "return", "outlet": "1""#,
        r#""kind": "language", "language": "en""#,
        r#""kind": "record""#,
        r#""kind": "tag", "tags": ["{{ x }}", "{{ 1 / 0 }}", "{{ queue('q').ready }}"]"#,
        r#""kind": "split", "share_percent": 50"#,
        r#""kind": "consent", "retries": 1"#,
        r#""kind": "closure""#,
        r#""kind": "http_lookup", "url": "https://a/{{ x }}", "take": {"x": "$.x"}, "timeout_s": 1"#,
        r#""kind": "database_lookup", "database": "d", "statement": "select {{ x }}", "columns": {"x": "x"}, "timeout_s": 1"#,
    ])
}

fn node() -> impl Strategy<Value = String> {
    let outlet = prop::sample::select(vec![
        "done",
        "timeout",
        "invalid",
        "1",
        "2",
        "#",
        "open",
        "closed",
        "true",
        "false",
        "failed",
        "agent_left",
        "full",
        "caller_left",
        "a",
        "b",
        "found",
        "not_found",
        "agreed",
        "refused",
    ]);
    (kind(), prop::collection::btree_map(outlet, target(), 0..12)).prop_map(|(kind, outlets)| {
        let outlets: Vec<_> = outlets.iter().map(|(name, to)| format!(r#""{name}": "{to}""#)).collect();
        format!(r#"{{{kind}, "outlets": {{{}}}}}"#, outlets.join(", "))
    })
}

fn flow(id: &'static str) -> impl Strategy<Value = Arc<Flow>> {
    prop::collection::vec(node(), NODES as usize).prop_map(move |nodes| {
        let nodes: Vec<_> = nodes.iter().enumerate().map(|(n, node)| format!(r#""n{n}": {node}"#)).collect();
        let json = format!(
            r#"{{"version": 1, "id": "{id}", "name": "x", "language": "zh", "start": "n0", "nodes": {{{}}}}}"#,
            nodes.join(", ")
        );
        Arc::new(Flow::parse(&json).unwrap_or_else(|problems| panic!("{json}: {problems:?}")))
    })
}

#[derive(Clone, Debug)]
enum Op {
    Input(Input),
    /// The latest playback is over.
    Played,
    /// The walk's own time comes.
    Due,
    /// So many seconds pass.
    Pass(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let queue = prop::sample::select(vec![
        QueueOutcome::Answered,
        QueueOutcome::AgentLeft,
        QueueOutcome::NoAgent,
        QueueOutcome::Full,
        QueueOutcome::TooLong,
    ]);
    let transfer = prop::sample::select(vec![
        TransferOutcome::Answered,
        TransferOutcome::TargetLeft,
        TransferOutcome::Busy,
        TransferOutcome::NoAnswer,
        TransferOutcome::Failed,
    ]);
    prop_oneof![
        4 => prop::sample::select("0123456789*#ABCD?é".chars().collect::<Vec<_>>()).prop_map(|c| Op::Input(Input::Digit(c))),
        4 => Just(Op::Played),
        3 => Just(Op::Due),
        1 => (0u64..20).prop_map(Op::Pass),
        1 => (0u32..5).prop_map(|n| Op::Input(Input::PlayDone(n))),
        1 => (0u32..4).prop_map(|ask| Op::Input(Input::Looked(Box::new(flow::LookupAnswer { ask, outcome: flow::LookupOutcome::NotFound, detail: String::new() })))),
        1 => Just(Op::Input(Input::Queues([("q".into(), flow::QueueFigures::default())].into()))),
        2 => queue.prop_map(|outcome| Op::Input(Input::Queue(outcome))),
        2 => transfer.prop_map(|outcome| Op::Input(Input::Transfer(outcome))),
    ]
}

/// What is seen of a walk from outside.
#[derive(Default)]
struct Seen {
    answers: u32,
    hangups: u32,
    playing: u32,
    enqueued: u32,
    left: u32,
}

impl Seen {
    fn drain(&mut self, walk: &mut Walk) {
        let mut count = 0;
        while let Some(action) = walk.poll_action() {
            assert_eq!(self.hangups, 0, "nothing comes after the hang-up: {action:?}");
            match action {
                Action::Answer => self.answers += 1,
                Action::Hangup(_) => self.hangups += 1,
                Action::Play { play, .. } => {
                    assert!(self.answers > 0, "one hears only what one was connected for");
                    self.playing = play;
                }
                Action::Enqueue { .. } => self.enqueued += 1,
                Action::LeaveQueue => self.left += 1,
                _ => {}
            }
            count += 1;
            assert!(count <= 3 * STEPS_MAX + DIGITS_MAX, "one input causes a bounded number of actions");
        }
        assert!(self.answers <= 1 && self.left <= self.enqueued);
    }
}

proptest! {
    #[test]
    fn a_walk_is_bounded_and_ends_with_its_caller(
        main in flow("f0"),
        other in flow("f1"),
        caller in prop::sample::select(vec!["", "1", "13800138000"]),
        ops in prop::collection::vec(op(), 0..120),
    ) {
        let library: Library = [main.clone(), other].into_iter().map(|flow| (flow.id.clone(), flow)).collect();
        let _ = main.validate(&flow::AnyName);
        let mut now = Now { mono: Mono(0), wall: Wall(1_795_395_600_000) };
        let mut walk = Walk::start(&main, Context { library: Arc::new(library), ..Context::new(now, caller, "95") });
        let mut seen = Seen::default();
        seen.drain(&mut walk);
        for op in ops {
            let input = match op {
                Op::Input(input) => input,
                Op::Played => Input::PlayDone(seen.playing),
                Op::Pass(s) => {
                    now = now.after(Duration::from_secs(s));
                    Input::Timeout
                }
                Op::Due => {
                    if let Some(at) = walk.poll_timeout().filter(|at| *at > now.mono) {
                        now = now.after(at - now.mono);
                    }
                    Input::Timeout
                }
            };
            walk.handle(now, input);
            seen.drain(&mut walk);
            prop_assert_eq!(walk.is_over(), seen.hangups == 1);
            // A time that has come is dealt with, so that a timer never fires for nothing again and again.
            if let Some(at) = walk.poll_timeout() {
                walk.handle(now, Input::Timeout);
                seen.drain(&mut walk);
                prop_assert!(walk.poll_timeout().is_none_or(|again| again > now.mono || again != at));
            }
        }
        walk.handle(now, Input::Hangup);
        if seen.hangups == 0 {
            // What is told after the end needs no caller.
            while let Some(action) = walk.poll_action() {
                let silent = matches!(action, Action::RequestCallback { .. } | Action::SetLanguage(_) | Action::Tag(_));
                prop_assert!(silent, "{:?}", action);
            }
        }
        prop_assert!(walk.is_over());
        prop_assert_eq!(walk.poll_timeout(), None);
        prop_assert!(walk.trace().len() <= STEPS_MAX);
        walk.handle(now, Input::Digit('1'));
        prop_assert_eq!(walk.poll_action(), None);
        let names: Vec<&Text> = walk.trace().iter().map(|step| &step.node).collect();
        prop_assert!(names.iter().all(|name| name.starts_with('n')));
    }
}
