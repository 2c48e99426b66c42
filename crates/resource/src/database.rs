//! Databases that flows look into: what the resource says, and its rows.

use flow::{Database, DatabaseTls};
use serde::{Deserialize, Serialize};
use store::StoredDatabase;
use types::leg::Text;
use utoipa::ToSchema;

use crate::outbound::{said, stored};
use crate::rows::Rows;
use crate::spec::TitleSpec;

/// PostgreSQL's own.
const POSTGRES_PORT: u16 = 5432;

/// What kind of database it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseEngine {
    /// A PostgreSQL server, or one that speaks its protocol.
    #[default]
    Postgres,
    /// A SQLite file.
    Sqlite,
}

/// A database that flows look into.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSpec {
    /// What people read.
    pub title: TitleSpec,
    /// What kind it is.
    pub engine: DatabaseEngine,
    /// Of a server: its name or address. One within the own network has to be named in `lookup.allowed_hosts` as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Of a server: TCP, 5432 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Of a server: the database's name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Of a server: who signs in. Give it no more rights than to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Of a server: the secret that is the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Of a server: how the connection is secured.
    pub tls: DatabaseTls,
    /// Of SQLite: the file's path within the folder that the operator keeps for the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl DatabaseSpec {
    /// Of a row; none where this version cannot read it.
    pub(crate) fn of(row: &StoredDatabase) -> Option<Self> {
        said(&row.config)
    }

    /// How it is reached.
    pub(crate) fn reached(&self) -> Database {
        let text = |field: &Option<String>| Text::from(field.as_deref().unwrap_or_default());
        match self.engine {
            DatabaseEngine::Postgres => Database::Postgres {
                host: text(&self.host),
                port: self.port.unwrap_or(POSTGRES_PORT),
                database: text(&self.database),
                user: text(&self.user),
                secret: self.secret.as_deref().map(Text::from),
                tls: self.tls,
            },
            DatabaseEngine::Sqlite => Database::Sqlite { file: text(&self.file) },
        }
    }
}

impl Rows {
    pub(crate) fn set_database(&mut self, name: &str, spec: &DatabaseSpec) {
        self.databases.retain(|old| old.name != name);
        let (tenant, config) = (self.tenant.id, stored(spec));
        self.databases.push(StoredDatabase { tenant, name: name.to_owned(), config });
    }
}
