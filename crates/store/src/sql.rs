//! Statements of many rows, written by hand: built once per size, so that the driver keeps them prepared.

use std::fmt::Write;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

/// The sizes in which rows are written. Few, so that few statements are prepared; SQLite takes 32,766 values at once.
const SIZES: [usize; 3] = [100, 10, 1];

/// An insert of any number of rows of one shape.
pub(crate) struct Insert {
    backend: DbBackend,
    columns: usize,
    /// One statement per size.
    texts: [String; 3],
}

impl Insert {
    /// `conflict`: what follows the values.
    pub(crate) fn new(backend: DbBackend, table: &str, columns: &[&str], conflict: &str) -> Self {
        let names = columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
        let texts = SIZES.map(|rows| {
            let mut sql = format!("INSERT INTO \"{table}\" ({names}) VALUES ");
            for row in 0..rows {
                sql.push_str(if row == 0 { "(" } else { ", (" });
                push_places(&mut sql, backend, row * columns.len(), columns.len());
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(conflict);
            sql
        });
        Self { backend, columns: columns.len(), texts }
    }

    /// Inserts the rows whose values follow one another in `values`.
    pub(crate) async fn execute(&self, db: &impl ConnectionTrait, values: Vec<Value>) -> Result<(), DbErr> {
        let mut values = values.into_iter();
        for (size, text) in SIZES.iter().zip(&self.texts) {
            while values.len() >= size * self.columns {
                let rows = values.by_ref().take(size * self.columns).collect::<Vec<_>>();
                db.execute_raw(Statement::from_sql_and_values(self.backend, text, rows)).await?;
            }
        }
        Ok(())
    }
}

/// A statement with a list of ids in it, `{ids}`, run for any number of them.
pub(crate) struct ForIds {
    backend: DbBackend,
    text: String,
}

impl ForIds {
    pub(crate) fn new(backend: DbBackend, sql: &str) -> Self {
        let mut places = String::new();
        push_places(&mut places, backend, 0, SIZES[0]);
        Self { backend, text: sql.replace("{ids}", &places) }
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) async fn execute(&self, db: &impl ConnectionTrait, ids: &[u64]) -> Result<(), DbErr> {
        for chunk in ids.chunks(SIZES[0]) {
            // Filled up with an id that nothing has, so that there is one statement to prepare.
            let ids = chunk.iter().copied().chain(std::iter::repeat(0)).take(SIZES[0]);
            let values = ids.map(|id| Value::BigInt(Some(id.cast_signed())));
            db.execute_raw(Statement::from_sql_and_values(self.backend, &self.text, values)).await?;
        }
        Ok(())
    }
}

fn push_places(sql: &mut String, backend: DbBackend, first: usize, count: usize) {
    for i in first..first + count {
        if i > first {
            sql.push_str(", ");
        }
        match backend {
            // Writing to a string cannot fail.
            DbBackend::Postgres => drop(write!(sql, "${}", i + 1)),
            _ => sql.push('?'),
        }
    }
}
