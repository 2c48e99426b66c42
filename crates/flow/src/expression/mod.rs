//! Expressions in CEL, the Common Expression Language: `int(digits) > 100 && hour < 18`.
//!
//! They are compiled when a flow is read, and what is wrong with one is told with its line and column. What they may
//! cost is known beforehand: the text and its nesting are bounded, and there are no loops (`map`, `all`, `exists` …),
//! so that each part is worked out once at most. They see what [`Scope`] shows them: the walk's variables and, by
//! `queue("sales").waiting`, how a queue stands.

mod evaluate;
mod json;
mod template;

use std::sync::Arc;

use cel::common::ast::{EntryExpr, Expr, LiteralValue};
use cel::parser::{Expression as Tree, PrattParser};
use serde::Deserialize;
use types::leg::Text;

pub(crate) use self::evaluate::Scope;
pub(crate) use self::json::JsonTemplate;
pub(crate) use self::template::Template;
use crate::check::Check;
use crate::problem::What;

/// The longest expression, characters; more belongs into a sub-flow.
pub const EXPRESSION_CHARS: usize = 500;
/// The deepest nesting; people lose the thread long before.
const DEPTH_MAX: u16 = 24;
/// How deep what was read may be: chains such as `a + b + c` nest to the left without a bracket, and each level costs
/// stack when the expression is worked out.
const TREE_DEPTH_MAX: u16 = 40;
/// Parts of an expression: each costs a step when it is worked out.
const PARTS_MAX: usize = 250;
/// Functions that an expression may call, beside the operators.
pub const FUNCTIONS: &[&str] =
    &["contains", "double", "endsWith", "has", "int", "queue", "size", "startsWith", "string"];
/// What `queue(name)` gives, all of them whole numbers.
pub const QUEUE_FIGURES: &[&str] = &["waiting", "longest_wait_s", "agents", "ready"];
/// Variables that every walk has.
pub const VARIABLES: &[&str] = &["caller", "dialled", "language", "date", "time", "hour", "minute", "weekday"];

/// An expression as it is written, with what was compiled from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Expression(Arc<Result<Compiled, Fault>>);

/// What can be worked out.
#[derive(Debug)]
struct Compiled {
    tree: Tree,
    /// The variables that it reads.
    variables: Vec<Text>,
    /// The queues that it looks at.
    queues: Vec<Text>,
}

/// Why it can't be compiled, and where: counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    line: u32,
    column: u32,
    why: String,
}

impl From<String> for Expression {
    fn from(source: String) -> Self {
        Self(Arc::new(compile(&source)))
    }
}

impl Expression {
    /// The queues that it looks at.
    pub(crate) fn queues(&self) -> &[Text] {
        self.0.as_ref().as_ref().map_or(&[], |compiled| &compiled.queues)
    }

    /// Reports what is wrong with it.
    pub(crate) fn check(&self, field: &str, check: &mut Check<'_>) {
        match self.0.as_ref() {
            Ok(compiled) => compiled.queues.iter().for_each(|queue| check.queue(field, queue)),
            Err(Fault { line, column, why }) => {
                check.report(field, What::Expression { line: *line, column: *column, why: why.clone() });
            }
        }
    }
}

fn compile(source: &str) -> Result<Compiled, Fault> {
    let fault = |line, column, why: String| Fault { line, column, why };
    if source.trim().is_empty() {
        return Err(fault(1, 1, "there is no expression".to_owned()));
    }
    if source.chars().count() > EXPRESSION_CHARS {
        return Err(fault(1, 1, format!("more than {EXPRESSION_CHARS} characters")));
    }
    let parser = PrattParser::new()
        .max_recursion_depth(DEPTH_MAX)
        .max_expression_node_count(PARTS_MAX)
        .error_recovery_limit(1)
        .error_reporting_limit(1);
    let tree = parser.parse(source).map_err(|errors| {
        let first = errors.errors.into_iter().next();
        first.map_or_else(
            || fault(1, 1, "can't be read".to_owned()),
            |error| {
                let at = |n: isize| u32::try_from(n).unwrap_or(1).max(1);
                fault(at(error.pos.0), at(error.pos.1), error.msg)
            },
        )
    })?;
    let mut names = Names { variables: Vec::new(), queues: Vec::new() };
    names.collect(&tree, 0).map_err(|Refused { part, why }| {
        let (line, column) = position(source, &part);
        fault(line, column, why)
    })?;
    let Names { variables, queues } = names;
    Ok(Compiled { tree, variables, queues })
}

/// Where a part of the source begins; its beginning where the part can't be found.
fn position(source: &str, part: &str) -> (u32, u32) {
    let before = if part.is_empty() { "" } else { source.split_once(part).map_or("", |(before, _)| before) };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    (count(before.matches('\n').count() + 1), count(column + 1))
}

/// Collects what an expression names, and refuses what it may not do.
struct Names {
    variables: Vec<Text>,
    queues: Vec<Text>,
}

/// The part that may not stand, as it is written, and why.
struct Refused {
    part: String,
    why: String,
}

fn refused<T>(part: &str, why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { part: part.to_owned(), why: why.into() })
}

impl Names {
    fn collect(&mut self, tree: &Tree, depth: u16) -> Result<(), Refused> {
        if depth > TREE_DEPTH_MAX {
            return refused("", "nested too deeply");
        }
        match &tree.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => {
                note(&mut self.variables, name);
                Ok(())
            }
            Expr::Select(select) => self.collect(&select.operand, depth + 1),
            Expr::List(list) => list.elements.iter().try_for_each(|one| self.collect(one, depth + 1)),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
                EntryExpr::MapEntry(pair) => {
                    self.collect(&pair.key, depth + 1)?;
                    self.collect(&pair.value, depth + 1)
                }
                EntryExpr::StructField(_) => refused("", "there are no messages"),
            }),
            Expr::Comprehension(_) => refused(".", "there are no loops"),
            Expr::Struct(_) => refused("", "there are no messages"),
            Expr::Call(call) => {
                let name = &*call.func_name;
                let is_operator = !name.starts_with(|c: char| c.is_ascii_alphabetic());
                if !is_operator && !FUNCTIONS.contains(&name) {
                    return refused(name, format!("there is no function `{name}`"));
                }
                if name == "queue" {
                    return self.queue(call.target.is_some(), &call.args);
                }
                for part in call.target.as_deref().into_iter().chain(&call.args) {
                    self.collect(part, depth + 1)?;
                }
                Ok(())
            }
        }
    }

    /// Which queue is looked at has to be known before the walk: it is asked for.
    fn queue(&mut self, of_something: bool, args: &[Tree]) -> Result<(), Refused> {
        match args {
            [Tree { expr: Expr::Literal(LiteralValue::String(name)), .. }] if !of_something => {
                note(&mut self.queues, name.inner());
                Ok(())
            }
            _ => refused("queue", "queue() takes one queue's name in quotes"),
        }
    }
}

fn note(names: &mut Vec<Text>, name: &str) {
    if !names.iter().any(|known| **known == *name) {
        names.push(name.into());
    }
}

#[cfg(test)]
mod tests;
