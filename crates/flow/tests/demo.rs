//! The flows of the demo tenant are sound, and do what their numbers promise.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use flow::{Action, Context, Flow, Input, MailboxName, Names, Walk};
use types::leg::Sound;
use types::{Mono, Now, Wall};

const FLOWS: [(&str, &str); 7] = [
    ("main_menu", include_str!("../../../packs/demo/flows/main_menu.json")),
    ("sales_direct", include_str!("../../../packs/demo/flows/sales_direct.json")),
    ("announcement", include_str!("../../../packs/demo/flows/announcement.json")),
    ("echo", include_str!("../../../packs/demo/flows/echo.json")),
    ("bridge", include_str!("../../../packs/demo/flows/bridge.json")),
    ("bridge_recorded", include_str!("../../../packs/demo/flows/bridge_recorded.json")),
    ("load_queue", include_str!("../../../packs/demo/flows/load_queue.json")),
];

/// The demo's queues and setting, and the prompts that ship.
struct Demo {
    zh: BTreeSet<&'static str>,
    en: BTreeSet<&'static str>,
}

impl Demo {
    fn new() -> Self {
        let ids = |list: &'static str| list.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
        Self {
            zh: ids(include_str!("../../../prompts/texts.zh.tsv")),
            en: ids(include_str!("../../../prompts/texts.en.tsv")),
        }
    }
}

impl Names for Demo {
    fn queue(&self, name: &str) -> bool {
        ["sales", "support", "operator", "load"].contains(&name)
    }
    fn flow(&self, id: &str) -> bool {
        FLOWS.iter().any(|(name, _)| *name == id)
    }
    fn prompt(&self, language: &str, id: &str) -> bool {
        if language == "zh" { self.zh.contains(id) } else { self.en.contains(id) }
    }
    fn agent(&self, _: &str) -> bool {
        false
    }
    fn mailbox(&self, _: &MailboxName) -> bool {
        true
    }
    fn secret(&self, _: &str) -> bool {
        false
    }
    fn database(&self, _: &str) -> bool {
        false
    }
    fn setting(&self, name: &str) -> bool {
        name == "demo.bridge_target"
    }
}

fn load(id: &str) -> Arc<Flow> {
    let (_, json) = FLOWS.iter().find(|(name, _)| *name == id).expect("a flow");
    Arc::new(Flow::parse(json).unwrap_or_else(|problems| panic!("{id}: {problems:?}")))
}

#[test]
fn they_are_sound() {
    let demo = Demo::new();
    for (id, _) in FLOWS {
        let flow = load(id);
        assert_eq!(&*flow.id, id);
        assert_eq!(flow.validate(&demo), [], "{id}");
    }
}

#[test]
fn each_node_has_a_title_in_both_languages_and_each_key_says_what_it_is_for() {
    for (id, json) in FLOWS {
        let flow: serde_json::Value = serde_json::from_str(json).unwrap();
        for (node, fields) in flow["nodes"].as_object().unwrap() {
            let both = |title: &serde_json::Value| ["zh", "en"].iter().all(|lang| title[lang].is_string());
            assert!(both(&fields["title"]), "{id}: {node}");
            let outlets = fields["outlets"].as_object().into_iter().flat_map(|o| o.keys());
            for key in outlets.filter(|name| name.len() == 1) {
                assert!(both(&fields["choices"][key]), "{id}: key {key} of {node}");
            }
        }
    }
}

#[test]
fn a_record_says_in_plain_words_where_a_caller_went() {
    let now = Now { mono: Mono(0), wall: Wall(0) };
    let mut walk = Walk::start(&load("main_menu"), Context::new(now, "13800138000", "95000"));
    // It cuts the welcome short and is taken by the menu.
    walk.handle(now, Input::Digit('1'));
    let way: Vec<_> = walk.trace().iter().map(|step| (&*step.title.zh, &*step.title.en, &*step.choice.zh)).collect();
    let expected = [("欢迎词", "Welcome", ""), ("主菜单", "Main menu", "销售"), ("转接销售", "Going to sales", "")];
    assert_eq!(way, expected);
}

#[test]
fn all_that_is_composed_can_be_spoken() {
    let demo = Demo::new();
    for language in ["zh", "en"] {
        let text = language.into();
        let numbers = (0..=200).chain([1001, 2345, 10_010, 99_999]);
        let mut sounds: Vec<_> = numbers.flat_map(|n| flow::speech::number(&text, n)).collect();
        sounds.extend((0..5).flat_map(|n| flow::speech::position(&text, n)));
        sounds.extend((0..5).flat_map(|n| flow::speech::wait(&text, n)));
        sounds.extend(flow::speech::agent_number(&text, "0123456789"));
        for sound in sounds {
            let Sound::Prompt { language, id } = &sound else { panic!("{sound:?}") };
            assert!(demo.prompt(language, id), "{language} {id}");
        }
    }
}

/// Presses these keys, each once its prompt plays, and lets silence pass for `_`.
fn actions(id: &str, keys: &str) -> Vec<Action> {
    let mut now = Now { mono: Mono(0), wall: Wall(0) };
    let mut walk = Walk::start(&load(id), Context::new(now, "13800138000", "95000"));
    let mut done = Vec::new();
    for key in keys.chars() {
        // All that plays is heard to its end, unless a key is pressed.
        while let Some(action) = walk.poll_action() {
            if let Action::Play { play, barge_in, .. } = action
                && (key == '_' || !barge_in)
            {
                walk.handle(now, Input::PlayDone(play));
            }
            done.push(action);
        }
        if key == '_' {
            now = now.after(Duration::from_secs(5));
            walk.handle(now, Input::Timeout);
        } else {
            walk.handle(now, Input::Digit(key));
        }
    }
    while let Some(action) = walk.poll_action() {
        if let Action::Play { play, barge_in: false, .. } = action {
            walk.handle(now, Input::PlayDone(play));
        }
        done.push(action);
    }
    done
}

fn queue(actions: &[Action]) -> Option<&str> {
    actions.iter().find_map(|action| match action {
        Action::Enqueue { queue, .. } => Some(&**queue),
        _ => None,
    })
}

#[test]
fn the_main_menu_leads_where_it_says() {
    for (keys, expected) in [
        ("1", "sales"),
        ("2", "support"),
        ("0", "operator"),
        ("____", "operator"),
        ("778", "operator"),
        ("91", "sales"),
    ] {
        assert_eq!(queue(&actions("main_menu", keys)), Some(expected), "{keys}");
    }
    let callback = actions("main_menu", "3");
    assert!(
        matches!(&callback[..], [.., Action::RequestCallback { .. }, Action::Play { .. }, Action::Hangup(_)]),
        "{callback:?}"
    );
}

#[test]
fn nine_speaks_english() {
    let done = actions("main_menu", "9");
    let Some(Action::Play { sounds, .. }) = done.last() else { panic!("{done:?}") };
    assert_eq!(sounds[0], Sound::Prompt { language: "en".into(), id: "greeting_main".into() });
}

#[test]
fn the_other_numbers() {
    assert_eq!(queue(&actions("sales_direct", "")), Some("sales"));
    assert_eq!(queue(&actions("load_queue", "5")), Some("load"));
    assert_eq!(queue(&actions("load_queue", "_")), Some("load"));
    assert!(matches!(&actions("echo", "")[..], [Action::Answer, Action::Echo(true)]));
    assert!(matches!(&actions("announcement", "")[..], [Action::Answer, Action::Play { .. }, Action::Hangup(_)]));
    assert!(matches!(&actions("bridge", "")[..], [Action::Transfer { .. }]));
    assert!(matches!(&actions("bridge_recorded", "")[..], [Action::Record(true), Action::Transfer { .. }]));
}
