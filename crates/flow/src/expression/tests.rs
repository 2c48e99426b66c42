//! Expressions: what they give, what is refused, and that no text breaks them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Expression, FUNCTIONS, Scope, Template};
use crate::action::QueueFigures;
use crate::value::Value;

struct Told(BTreeMap<&'static str, Value>);

impl Scope for Told {
    fn variable(&self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }
    fn queue(&self, name: &str) -> Option<QueueFigures> {
        (name == "sales").then_some(QueueFigures { waiting: 7, longest_wait_s: 95, agents: 12, ready: 3 })
    }
}

fn told() -> Told {
    Told(BTreeMap::from([
        ("caller", Value::text("13800138000")),
        ("digits", Value::text("0123")),
        ("amount", Value::Number(250)),
        ("vip", Value::Bool(true)),
        ("hour", Value::Number(17)),
    ]))
}

fn worked_out(source: &str) -> Result<String, String> {
    let expression = Expression::from(source.to_owned());
    if let Err(fault) = expression.0.as_ref() {
        return Err(format!("{}:{} {}", fault.line, fault.column, fault.why));
    }
    expression.evaluate(&told()).map(|value| value.to_text().to_string()).map_err(str::to_owned)
}

#[test]
fn numbers_texts_and_queues() {
    for (source, given) in [
        ("amount * 2 + 1", "501"),
        ("double(amount) / 100.0", "2.5"),
        ("int(digits) + 1", "124"),
        ("caller.startsWith('138') && vip", "true"),
        ("caller.startsWith(\"139\") || hour < 9", "false"),
        ("vip ? 'gold' : 'plain'", "gold"),
        ("'尾号' + digits", "尾号0123"),
        ("size(caller) == 11", "true"),
        ("unknown == ''", "true"),
        ("hour in [9, 17]", "true"),
        ("queue(\"sales\").waiting > 5 && queue('sales').ready < 4", "true"),
        ("queue('sales').longest_wait_s", "95"),
        ("string(amount) + '元'", "250元"),
    ] {
        assert_eq!(worked_out(source).as_deref(), Ok(given), "{source}");
    }
}

#[test]
fn what_fails_says_why_and_nothing_of_the_values() {
    for (source, why) in [
        ("amount / 0", "division by zero"),
        ("amount % 0", "division by zero"),
        ("9223372036854775807 + amount", "a number too great"),
        ("int(caller + 'x')", "a text that is no number"),
        ("caller > 5", "values that don't go together"),
        ("queue('support').waiting", "no such field"),
        ("[caller]", "is neither a text, a number nor a yes or no"),
    ] {
        assert_eq!(worked_out(source), Err(why.to_owned()), "{source}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (source, place) in [
        ("", "1:1 there is no expression"),
        ("1 +", "1:"),
        ("vip &&\n  amount >", "2:"),
        ("vip && launch()", "1:"),
        ("[1, 2].all(x, x > 0)", "1:"),
        ("queue(caller).waiting", "1:"),
        ("Thing{a: 1}", "1:"),
    ] {
        let told = worked_out(source).expect_err(source);
        assert!(told.starts_with(place), "{source}: {told}");
    }
    assert!(worked_out("vip && launch()").unwrap_err().ends_with("there is no function `launch`"));
    assert!(worked_out("[1, 2].all(x, x > 0)").unwrap_err().ends_with("there are no loops"));
    assert!(worked_out(&"x".repeat(501)).unwrap_err().contains("500 characters"));
}

#[test]
fn deep_texts_are_refused_before_they_cost_stack() {
    // Half of what a thread has by itself.
    let run = || {
        for unit in
            ["!", "-", "(", "[", "{1:", "a.", "a+", "a?a:", "a[", "a&&", "a==", "f(", "-(", "{", "'", "a?", "\"\"+"]
        {
            for end in ["", "a", "1"] {
                let source: String = unit.chars().cycle().take(499).chain(end.chars()).collect();
                let _ = worked_out(&source);
            }
        }
    };
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap();
    let chain = vec!["amount"; 30].join("+");
    assert_eq!(worked_out(&chain).as_deref(), Ok("7500"));
}

#[test]
fn templates_fill_in_and_escape() {
    let fill = |source: &str| {
        Template::from(source.to_owned()).fill(&told(), |text| text.replace('0', "%30")).map_err(str::to_owned)
    };
    assert_eq!(fill("x0 {{ digits }}{{amount}} y").as_deref(), Ok("x0 %3012325%30 y"));
    assert_eq!(fill("plain {x}").as_deref(), Ok("plain {x}"));
    assert_eq!(fill("{{ 1/0 }}"), Err("division by zero".to_owned()));
    assert!(Template::from("{{ digits".to_owned()).fault.is_some());
}

#[test]
fn the_functions_are_known() {
    for (name, of) in [("size", "size('a')"), ("has", "has(queue('sales').ready)"), ("double", "double('1.5')")] {
        assert!(FUNCTIONS.contains(&name));
        assert!(worked_out(of).is_ok(), "{of}: {:?}", worked_out(of));
    }
}

fn tokens() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "caller",
        "amount",
        "vip",
        "1",
        "0",
        "-1",
        "1.5",
        "'a'",
        "\"中\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "?",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "==",
        "<",
        ">=",
        "&&",
        "||",
        " in ",
        "size",
        "int",
        "queue",
        "'sales'",
        "has",
        "map",
        "all",
        "exists",
        "x",
        "null",
        "true",
        "1u",
        "b'\\xff'",
        "'\\u0000'",
        "\n",
        "`",
        "\\",
        "9223372036854775807",
        "string",
        "double",
        "contains",
        "type",
        "dyn",
        "r'\\'",
        "'''",
        "\u{1F600}",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_breaks_it(source in prop_oneof![tokens(), "\\PC{0,120}"]) {
        if let Ok(text) = worked_out(&source) {
            prop_assert!(text.chars().count() <= 1_000);
        }
        let _ = Template::from(format!("a{{{{{source}}}}}b")).fill(&told(), str::to_owned);
    }
}
