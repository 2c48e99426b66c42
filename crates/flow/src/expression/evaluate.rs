//! Working an expression out.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Value as Cel};
use types::leg::Text;

use super::Expression;
use crate::action::QueueFigures;
use crate::value::{Value, number_of};

/// The longest text that an expression gives, characters.
const RESULT_CHARS: usize = 1_000;

/// What an expression can see.
pub(crate) trait Scope {
    /// What a variable holds, where it is set.
    fn variable(&self, name: &str) -> Option<Value>;
    /// How a queue stands, where that is known.
    fn queue(&self, name: &str) -> Option<QueueFigures>;
}

/// The operators and functions, a table that never changes.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

impl Expression {
    /// Works it out. A variable that is not set is an empty text.
    ///
    /// # Errors
    /// What went wrong, without what the variables hold.
    pub(crate) fn evaluate(&self, scope: &dyn Scope) -> Result<Value, &'static str> {
        let compiled = self.0.as_ref().as_ref().map_err(|_| "can't be read")?;
        let mut context = Context::with_env(ENV.clone());
        for name in &compiled.variables {
            let value = scope.variable(name).unwrap_or_else(|| Value::text(""));
            context.add_variable_from_value(name.to_string(), cel_of(&value));
        }
        let queues: HashMap<String, Cel> =
            compiled.queues.iter().filter_map(|name| Some((name.to_string(), figures(scope.queue(name)?)))).collect();
        let look =
            move |name: Arc<String>| queues.get(&*name).cloned().ok_or_else(|| ExecutionError::no_such_key("queue"));
        context.add_function("queue", look).map_err(|_| "no such function")?;
        Cel::resolve(&compiled.tree, &context).map_err(|e| reason(&e)).and_then(value_of)
    }

    /// Works it out as a yes or a no.
    ///
    /// # Errors
    /// As [`Self::evaluate`], and when it is neither.
    pub(crate) fn holds(&self, scope: &dyn Scope) -> Result<bool, &'static str> {
        match self.evaluate(scope)? {
            Value::Bool(yes) => Ok(yes),
            Value::Number(_) | Value::Text(_) => Err("is neither true nor false"),
        }
    }
}

fn cel_of(value: &Value) -> Cel {
    match value {
        Value::Bool(yes) => Cel::Bool(*yes),
        Value::Number(n) => Cel::Int(*n),
        Value::Text(text) => Cel::String(Arc::new(text.reveal().to_string())),
    }
}

fn figures(queue: QueueFigures) -> Cel {
    let QueueFigures { waiting, longest_wait_s, agents, ready } = queue;
    let pairs = [("waiting", waiting), ("longest_wait_s", longest_wait_s), ("agents", agents), ("ready", ready)];
    let map: HashMap<String, Cel> =
        pairs.into_iter().map(|(name, n)| (name.to_owned(), Cel::Int(i64::from(n)))).collect();
    map.into()
}

fn value_of(cel: Cel) -> Result<Value, &'static str> {
    match cel {
        Cel::Bool(yes) => Ok(Value::Bool(yes)),
        Cel::Int(n) => Ok(Value::Number(n)),
        Cel::UInt(n) => i64::try_from(n).map(Value::Number).map_err(|_| "a number too great"),
        Cel::Float(n) => Ok(number_of(n)),
        Cel::Null => Ok(Value::text("")),
        Cel::String(text) if text.chars().count() > RESULT_CHARS => Err("a text too long"),
        Cel::String(text) => Ok(Value::Text(Text::from(text.as_str()).into())),
        _ => Err("is neither a text, a number nor a yes or no"),
    }
}

/// In words that hold nothing of a variable's.
fn reason(error: &ExecutionError) -> &'static str {
    match error {
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "division by zero",
        ExecutionError::Overflow(..) => "a number too great",
        ExecutionError::NoSuchKey(_) => "no such field",
        ExecutionError::UndeclaredReference(_) => "no such name",
        ExecutionError::FunctionError { .. } => "a text that is no number",
        _ => "values that don't go together",
    }
}
