//! PostgreSQL.

use flow::{Database, DatabaseQuestion, DatabaseTls, LookupRequest, Value};
use serde_json::{Map, Value as Json};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgPool, Postgres};

use super::{Fault, Loan};
use crate::address::{Allowed, Endpoint};
use crate::{ANSWER_BYTES, Why, http};

/// So much longer than a caller waits the server goes on; then it stops by itself, though nobody listens any more.
const GRACE_MS: u128 = 500;

/// How a server is reached. Where its certificate is not looked at, by the very address that was judged; else by its
/// name: a server elsewhere could not show its certificate.
pub(super) async fn way(database: &Database, password: &str, allowed: &Allowed) -> Result<PgConnectOptions, Fault> {
    let Database::Postgres { host, port, database, user, tls, .. } = database else {
        return Err(Why::NoDatabase.into());
    };
    let endpoint = Endpoint { secure: false, host: host.to_lowercase(), port: *port };
    let found = http::addresses(&endpoint).await?;
    let address = found.iter().find(|address| allowed.permits(&endpoint, address.ip())).ok_or(Why::NotAllowed)?;
    let verify = *tls == DatabaseTls::Verify;
    if verify && found.iter().any(|address| !allowed.permits(&endpoint, address.ip())) {
        return Err(Why::NotAllowed.into());
    }
    let by = if verify { endpoint.host.clone() } else { address.ip().to_string() };
    let mode = match tls {
        DatabaseTls::Verify => PgSslMode::VerifyFull,
        DatabaseTls::Require => PgSslMode::Require,
        DatabaseTls::Off => PgSslMode::Disable,
    };
    let way = PgConnectOptions::new_without_pgpass().host(&by).port(*port).database(database).username(user);
    let way = way.password(password).ssl_mode(mode).application_name("lingtong").statement_cache_capacity(1);
    Ok(way.disable_statement_logging())
}

/// The first row, if there is one.
pub(super) async fn ask(
    pool: &PgPool,
    question: &DatabaseQuestion,
    request: &LookupRequest,
) -> Result<Option<Map<String, Json>>, Fault> {
    let mut loan = Loan::<Postgres>::of(pool, request.connect_within).await?;
    let limit_ms = request.within.as_millis() + GRACE_MS;
    let connection = loan.connection()?;
    let begin = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {limit_ms}");
    sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *connection).await?;
    let row = first(connection, question).await;
    // A server that refused the statement is well; one that can't even end the transaction is not.
    sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await?;
    loan.give_back();
    let Some(text) = row? else { return Ok(None) };
    if text.len() > ANSWER_BYTES {
        return Err(Why::TooLong.into());
    }
    serde_json::from_str(&text).map(Some).map_err(|_| Why::NoJson.into())
}

/// The row as JSON: the server knows the types of its columns. It sends one byte more than is taken at most.
async fn first(connection: &mut PgConnection, question: &DatabaseQuestion) -> Result<Option<String>, sqlx::Error> {
    let (statement, most) = (question.statement('$'), ANSWER_BYTES + 1);
    // What is asserted of it: it is what the flow's author wrote, values have marks in it.
    let whole = format!("SELECT left(row_to_json(found)::text, {most}) FROM ({statement}\n) AS found LIMIT 1");
    let mut query = sqlx::query_scalar(AssertSqlSafe(whole)).persistent(false);
    for value in &question.values {
        query = match value {
            Value::Bool(yes) => query.bind(*yes),
            Value::Number(n) => query.bind(*n),
            Value::Text(text) => query.bind(text.reveal().to_string()),
        };
    }
    query.fetch_optional(connection).await
}
