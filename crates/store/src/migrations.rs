//! The schema, in versions. A migration that was released is never changed; a new one follows it.

mod m0001_begin;
mod m0002_recording;
mod m0003_titles;
mod m0004_aftermath;

use sea_orm::DbBackend;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub(crate) struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_begin::Begin),
            Box::new(m0002_recording::Recording),
            Box::new(m0003_titles::Titles),
            Box::new(m0004_aftermath::Aftermath),
        ]
    }
}

/// Where the dialects differ: `{id}` is the cheapest 64-bit primary key, `{plain}` is text compared byte by byte.
fn in_dialect(backend: DbBackend, sql: &str) -> String {
    let (id, plain) = match backend {
        // Only this spelling makes the key the row's own number.
        DbBackend::Sqlite => ("INTEGER PRIMARY KEY", "TEXT"),
        _ => ("BIGINT PRIMARY KEY", "TEXT COLLATE \"C\""),
    };
    sql.replace("{id}", id).replace("{plain}", plain)
}
