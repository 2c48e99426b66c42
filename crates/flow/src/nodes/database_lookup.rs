//! `database_lookup`: asks a database about the caller, by one SELECT. Outlets `found` (there is a row; the first
//! counts), `not_found` (there is none) and `failed`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::looking::{self, Looker};
use super::{Next, NodeKind, Outlets, Rule, five};
use crate::check::Check;
use crate::core::{Core, Event};
use crate::database::{DatabaseQuestion, Fault, judge};
use crate::expression::{Expression, Scope, Template};
use crate::lookup::{LookupRequest, Question, Taken};
use crate::problem::What;
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "database_lookup", "database": "crm",
  "statement": "SELECT name, level FROM customers WHERE phone = {{ caller }}", "columns": {"name": "name", "level": "level"},
  "outlets": {"found": "vip", "not_found": "menu", "failed": "menu"}}"#;

/// Variables of one node; more belongs into a view of the database.
const COLUMNS_MAX: i64 = 20;
/// The longest name of a column, characters: PostgreSQL's.
const COLUMN_CHARS: usize = 63;
/// The time to reach the server.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// Fields of a `database_lookup` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseLookup {
    /// A database of the settings.
    #[schema(value_type = String, format = "database")]
    database: Text,
    /// One SELECT. `{{ … }}` is an expression; what it gives is bound as a value and is never a piece of the statement.
    #[schema(value_type = String, format = "statement")]
    statement: Template,
    /// Variables, each with the column of the first row that it takes.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, format = "columns")]
    columns: BTreeMap<Text, Text>,
    /// The longest that a caller waits for all of it, seconds.
    #[serde(default = "five")]
    #[schema(default = 5, minimum = 1, maximum = 20)]
    timeout_s: u32,
    /// How often it is tried anew where the database can't be reached.
    #[serde(default)]
    #[schema(default = 0, maximum = 3)]
    retries: u8,
    /// What those hear who wait.
    #[serde(default = "looking::music")]
    prompt: Say,
}

impl Looker for DatabaseLookup {
    fn expressions(&self) -> Vec<&Expression> {
        self.statement.expressions().collect()
    }

    fn variables(&self) -> Vec<&Text> {
        self.columns.keys().collect()
    }

    fn patience(&self) -> (&Say, u32) {
        (&self.prompt, self.timeout_s)
    }

    fn request(&self, scope: &dyn Scope) -> Result<LookupRequest, &'static str> {
        let (texts, values) = self.statement.bound(scope)?;
        let within = Duration::from_secs(self.timeout_s.into());
        Ok(LookupRequest {
            question: Question::Database(DatabaseQuestion { database: self.database.clone(), texts, values }),
            connect_within: CONNECT_WITHIN.min(within),
            within,
            retries: self.retries,
            taken: Arc::new(Taken::columns(&self.columns)),
        })
    }
}

impl NodeKind for DatabaseLookup {
    fn outlets(&self) -> Rule {
        looking::OUTLETS
    }

    fn check(&self, check: &mut Check<'_>) {
        check.database("database", &self.database);
        self.statement.check("statement", check);
        match judge(self.statement.literals()) {
            Ok(()) => {}
            Err(Fault::NoSelect) => check.report("statement", What::NoSelect),
            Err(Fault::Quoted) => check.report("statement", What::QuotedExpression),
        }
        check.range("columns", self.columns.len() as i64, 0, COLUMNS_MAX);
        for (name, column) in &self.columns {
            let field = format!("columns.{name}");
            if column.is_empty() {
                check.report(&field, What::Empty);
            } else if column.chars().count() > COLUMN_CHARS {
                check.report(&field, What::TooLong(COLUMN_CHARS));
            }
        }
        check.range("timeout_s", self.timeout_s, 1, 20);
        check.range("retries", self.retries, 0, 3);
        self.prompt.check_prompts("prompt", check);
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        looking::fallback(outlet)
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        looking::enter(self, core)
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        looking::event(self, core, event)
    }
}

#[cfg(test)]
mod tests {
    use crate::Value;
    use crate::nodes::testing::{check, problems, walk};

    const FLOW: &str = r#"{"l": {"kind": "database_lookup", "database": "crm",
          "statement": "SELECT name FROM c WHERE phone = {{ caller + \"' OR '1'='1\" }} AND n = {{ size(caller) }}",
          "columns": {"name": "name"}, "outlets": {"found": "f", "failed": "x"}},
        "f": {"kind": "hangup"}, "x": {"kind": "hangup", "cause": "declined"}}"#;

    #[test]
    fn what_is_filled_in_is_a_value_and_never_a_piece_of_the_statement() {
        check(FLOW, "", "ask crm SELECT name FROM c WHERE phone = $1 AND n = $2 [13800138000' OR '1'='1, 11]");
    }

    #[test]
    fn the_answer_decides_the_way() {
        let start = walk(FLOW, "").1;
        check(FLOW, "looked", &format!("{start}, hangup normal"));
        check(FLOW, "nothing", &format!("{start}, hangup declined"));
        check(FLOW, "1s 7s", &format!("{start}, answer, play music:default, stop, hangup declined"));
        assert_eq!(walk(FLOW, "looked").0.variable("name"), Some(Value::text("王芳")));
        assert_eq!(walk(FLOW, "nothing").0.variable("name"), Some(Value::text("")));
    }

    #[test]
    fn statements_and_columns_are_checked() {
        let with = |statement: &str, columns: &str| {
            problems(&format!(
                r#"{{"l": {{"kind": "database_lookup", "database": "crm", "statement": "{statement}", "columns": {columns},
                     "outlets": {{"found": "h", "failed": "h"}}}}, "h": {{"kind": "hangup"}}}}"#
            ))
        };
        assert_eq!(with("SELECT 1", "{}"), [""; 0]);
        for (statement, columns, told) in [
            ("DELETE FROM c", "{}", "statement: has to be one SELECT"),
            ("SELECT 1 WHERE a = '{{ caller }}'", "{}", "statement: an expression stands within quotes"),
            ("SELECT {{ secret.crm }}", "{}", "statement: a secret"),
            ("SELECT {{ 1 + }}", "{}", "statement: line 1"),
            ("SELECT 1", r#"{"a": ""}"#, "columns.a: must not be empty"),
        ] {
            assert!(with(statement, columns)[0].contains(told), "{statement}: {:?}", with(statement, columns));
        }
    }
}
