//! Tests as data: a flow's nodes, a script of inputs, and what the walk is to do.
//!
//! Script words: a key; `done` (the playback's end), `5s` (so much time passes), `hangup`; `answered`,
//! `agent_left`, `no_agent`, `full`, `too_long` of a queue; `target_answered`, `target_left`, `busy`,
//! `no_answer`, `failed` of a transfer; `open`, `box_full`, `hushed` of a mailbox; `queues` (seven wait for sales); `looked`, `nothing`, `unasked` of a look-up. The first node named is the start. In what is done, `play!`
//! can be cut short by a key.

use std::sync::Arc;
use std::time::Duration;

use types::leg::{Sound, Text};
use types::{Now, Wall};

use crate::{
    Action, AnyName, Context, Flow, HeaderPiece, Input, Library, LookupAnswer, LookupOutcome, MailboxName,
    MailboxOutcome, Question, QueueFigures, QueueOutcome, TransferOutcome, TransferTarget, Value, Walk,
};

/// Monday 2026-11-23, 01:00 UTC.
const START: Wall = Wall(1_795_395_600_000);

pub(crate) fn flow(nodes: &str) -> Arc<Flow> {
    let start = nodes.split('"').nth(1).expect("a node");
    let json = format!(
        r#"{{"version": 1, "id": "test", "name": "test", "language": "zh", "start": "{start}", "nodes": {nodes}}}"#
    );
    let flow = Flow::parse(&json).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(flow.validate(&AnyName), [], "{nodes}");
    Arc::new(flow)
}

/// Walks a flow and gives the walk with what it did.
pub(crate) fn walk(nodes: &str, script: &str) -> (Walk, String) {
    walk_with(&[], nodes, script)
}

fn walk_with(library: &[(&str, &str)], nodes: &str, script: &str) -> (Walk, String) {
    let library: Library = library.iter().map(|(id, nodes)| (Text::from(*id), flow(nodes))).collect();
    let mut now = Now { wall: START, ..Now::default() };
    let context = Context { library: Arc::new(library), ..Context::new(now, "13800138000", "95") };
    let mut walk = Walk::start(&flow(nodes), context);
    let (mut done, mut play) = (Vec::new(), 0);
    drain(&mut walk, &mut done, &mut play);
    for word in script.split_whitespace() {
        let input = if let Some(seconds) = word.strip_suffix('s').and_then(|s| s.parse().ok()) {
            now = now.after(Duration::from_secs(seconds));
            Input::Timeout
        } else {
            now = now.after(Duration::from_millis(20));
            input(word, play)
        };
        walk.handle(now, input);
        drain(&mut walk, &mut done, &mut play);
    }
    (walk, done.join(", "))
}

fn input(word: &str, play: u32) -> Input {
    match word {
        "done" => Input::PlayDone(play),
        "hangup" => Input::Hangup,
        "answered" => Input::Queue(QueueOutcome::Answered),
        "agent_left" => Input::Queue(QueueOutcome::AgentLeft),
        "no_agent" => Input::Queue(QueueOutcome::NoAgent),
        "full" => Input::Queue(QueueOutcome::Full),
        "too_long" => Input::Queue(QueueOutcome::TooLong),
        "open" => Input::Mailbox(MailboxOutcome::Open),
        "box_full" => Input::Mailbox(MailboxOutcome::Full),
        "hushed" => Input::Hushed,
        "looked" => looked(LookupOutcome::Found([("name".into(), Value::text("王芳"))].into())),
        "nothing" => looked(LookupOutcome::NotFound),
        "unasked" => looked(LookupOutcome::Failed),
        "queues" => Input::Queues([("sales".into(), QueueFigures { waiting: 7, ..QueueFigures::default() })].into()),
        "target_answered" => Input::Transfer(TransferOutcome::Answered),
        "target_left" => Input::Transfer(TransferOutcome::TargetLeft),
        "busy" => Input::Transfer(TransferOutcome::Busy),
        "no_answer" => Input::Transfer(TransferOutcome::NoAnswer),
        "failed" => Input::Transfer(TransferOutcome::Failed),
        key if key.len() == 1 => Input::Digit(key.chars().next().expect("one")),
        other => panic!("what is `{other}`?"),
    }
}

/// A header's value; a secret as its name in braces.
fn header(pieces: &[HeaderPiece]) -> String {
    let piece = |piece: &HeaderPiece| match piece {
        HeaderPiece::Text(text) => text.reveal().clone(),
        HeaderPiece::Secret(name) => format!("<{name}>"),
    };
    pieces.iter().map(piece).collect()
}

fn looked(outcome: LookupOutcome) -> Input {
    Input::Looked(Box::new(LookupAnswer { ask: 1, outcome, detail: "200, 12 ms".to_owned() }))
}

/// What is wrong with a flow of these nodes, the first of them the start.
pub(crate) fn problems(nodes: &str) -> Vec<String> {
    let start = nodes.split('"').nth(1).expect("a node");
    let json = format!(
        r#"{{"version": 1, "id": "test", "name": "test", "language": "zh", "start": "{start}", "nodes": {nodes}}}"#
    );
    let found = Flow::parse(&json).map_or_else(|problems| problems, |flow| flow.validate(&AnyName));
    found.iter().map(ToString::to_string).collect()
}

fn drain(walk: &mut Walk, done: &mut Vec<String>, last: &mut u32) {
    while let Some(action) = walk.poll_action() {
        if let Action::Play { play, .. } = &action {
            *last = *play;
        }
        done.push(text(&action));
    }
}

fn text(action: &Action) -> String {
    let on = |on: &bool| if *on { "on" } else { "off" };
    match action {
        Action::Answer => "answer".to_owned(),
        Action::Play { sounds, barge_in, .. } => {
            let sounds: Vec<_> = sounds.iter().map(sound).collect();
            format!("play{} {}", if *barge_in { "!" } else { "" }, sounds.join(" "))
        }
        Action::StopPlay => "stop".to_owned(),
        Action::Echo(yes) => format!("echo {}", on(yes)),
        Action::Enqueue { queue, .. } => format!("enqueue {queue}"),
        Action::LeaveQueue => "leave".to_owned(),
        Action::Transfer { target, .. } => match target {
            TransferTarget::Number(number) => format!("transfer number:{}", number.reveal()),
            TransferTarget::Agent(agent) => format!("transfer agent:{agent}"),
            TransferTarget::Uri(uri) => format!("transfer {}", uri.reveal()),
            TransferTarget::Setting(name) => format!("transfer setting:{name}"),
        },
        Action::RequestCallback { number, queue } => {
            format!("callback {} {}", number.reveal(), queue.as_deref().unwrap_or("-"))
        }
        Action::Survey { question, answer } => format!("survey {question}={answer}"),
        Action::OpenMailbox(MailboxName::Agent(number)) => format!("mailbox agent:{number}"),
        Action::OpenMailbox(MailboxName::Queue(name)) => format!("mailbox queue:{name}"),
        Action::TakeMessage { silence_s } => format!("message {silence_s}"),
        Action::EndMessage { silence_s } => format!("end message {silence_s}"),
        Action::Lookup { request, .. } => match &request.question {
            Question::Http(asked) => {
                let headers: Vec<_> =
                    asked.headers.iter().map(|(name, value)| format!("{name}: {}", header(value))).collect();
                let body = asked.body.as_ref().map_or("", |body| body.reveal());
                let (method, url) = (asked.method.as_str(), asked.url.reveal());
                format!("lookup {method} {url} [{}] {body} x{}", headers.join(", "), request.retries)
            }
            Question::Database(asked) => {
                let values: Vec<_> = asked.values.iter().map(|value| value.to_text().to_string()).collect();
                format!("ask {} {} [{}]", asked.database, asked.statement('$'), values.join(", "))
            }
        },
        Action::LookAtQueues(names) => format!("look {}", names.join(" ")),
        Action::SetLanguage(language) => format!("language {language}"),
        Action::RefuseRecording => "no record".to_owned(),
        Action::Tag(tags) => format!("tag {}", tags.join("|")),
        Action::Record(yes) => format!("record {}", on(yes)),
        Action::Hangup(cause) => format!("hangup {}", cause.as_str()),
    }
}

fn sound(sound: &Sound) -> String {
    match sound {
        Sound::Prompt { language, id } if &**language == "zh" => id.to_string(),
        Sound::Prompt { language, id } => format!("{id}/{language}"),
        Sound::Music(name) => format!("music:{name}"),
        other => format!("{other:?}"),
    }
}

/// Walks a flow and compares what it did.
#[track_caller]
pub(crate) fn check(nodes: &str, script: &str, expected: &str) {
    check_with(&[], nodes, script, expected);
}

/// As [`check`], with flows to call.
#[track_caller]
pub(crate) fn check_with(library: &[(&str, &str)], nodes: &str, script: &str, expected: &str) {
    let (walk, done) = walk_with(library, nodes, script);
    assert_eq!(done, expected, "script: {script}");
    let ended = done.contains("hangup") || script.split_whitespace().any(|word| word == "hangup");
    assert_eq!(walk.is_over(), ended, "script: {script}");
}
