//! SQLite files.

use std::path::Path;

use flow::{DatabaseQuestion, LookupRequest, Value};
use serde_json::{Map, Value as Json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Row as _, Sqlite, SqlitePool, TypeInfo as _, ValueRef as _,
};
use tokio::time::Instant;

use super::{Fault, Loan};
use crate::{ANSWER_BYTES, Why};

/// Steps of SQLite's machine between two looks at the clock: below a millisecond.
const STEPS: i32 = 10_000;

pub(super) fn way(path: &Path) -> SqliteConnectOptions {
    let way = SqliteConnectOptions::new().filename(path).create_if_missing(false).read_only(true);
    way.pragma("query_only", "on").disable_statement_logging()
}

/// The first row, if there is one.
pub(super) async fn ask(
    pool: &SqlitePool,
    question: &DatabaseQuestion,
    request: &LookupRequest,
) -> Result<Option<Map<String, Json>>, Fault> {
    let until = Instant::now() + request.within;
    let mut loan = Loan::<Sqlite>::of(pool, request.connect_within).await?;
    let connection = loan.connection()?;
    // It works on a thread of its own, which giving up would not stop.
    connection.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < until);
    let row = first(connection, question).await;
    connection.lock_handle().await?.remove_progress_handler();
    loan.give_back();
    row?.as_ref().map(read).transpose()
}

async fn first(
    connection: &mut SqliteConnection,
    question: &DatabaseQuestion,
) -> Result<Option<SqliteRow>, sqlx::Error> {
    let whole = format!("SELECT * FROM ({}\n) LIMIT 1", question.statement('?'));
    let mut query = sqlx::query(AssertSqlSafe(whole)).persistent(false);
    for value in &question.values {
        query = match value {
            Value::Bool(yes) => query.bind(*yes),
            Value::Number(n) => query.bind(*n),
            Value::Text(text) => query.bind(text.reveal().to_string()),
        };
    }
    query.fetch_optional(connection).await
}

/// What its columns hold; a blob is nothing that a variable could.
fn read(row: &SqliteRow) -> Result<Map<String, Json>, Fault> {
    let (mut read, mut bytes) = (Map::new(), 0);
    for column in row.columns() {
        let (at, kind) = (column.ordinal(), row.try_get_raw(column.ordinal())?.type_info().name().to_owned());
        let value = match &*kind {
            "INTEGER" => Json::from(row.try_get_unchecked::<i64, _>(at)?),
            "REAL" => Json::from(row.try_get_unchecked::<f64, _>(at)?),
            "TEXT" => Json::from(row.try_get_unchecked::<String, _>(at)?),
            _ => Json::Null,
        };
        bytes += value.as_str().map_or(0, str::len);
        read.insert(column.name().to_owned(), value);
    }
    if bytes > ANSWER_BYTES { Err(Why::TooLong.into()) } else { Ok(read) }
}
