//! The store itself: its connections and its schema.

use std::path::Path;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult,
    Statement, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::error::Error;
use crate::migrations::Migrations;

/// Readers at once; SQLite's readers hold up nobody, and more than this many only queue for the two cores.
const READERS: u32 = 4;
/// How long a statement waits for another process (a backup, a command line) to let go of the file.
const BUSY_MS: &str = "5000";

/// The number of the lock under which a schema is brought up to date: any that nobody else uses.
const MIGRATION_LOCK: i64 = 0x4c54_5354_4f52_4531;

/// Settings and projections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

impl Store {
    /// Opens the SQLite file at `path`, making it when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// The file cannot be read or written, or a newer version of the program wrote it.
    pub async fn open_sqlite(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        // One connection writes: SQLite has one writer at a time, and waiting in our own queue is fair.
        let failed = |source| Error::Open { place: path.display().to_string(), source };
        let write = Database::connect(sqlite(path, 1)?).await.map_err(failed)?;
        let read = Database::connect(sqlite(path, READERS)?).await.map_err(failed)?;
        Self::from_connections(write, read).await
    }

    /// A store on connections that an adapter has opened; brings the schema up to date. Both may be the same.
    ///
    /// # Errors
    /// The schema cannot be brought up to date, or is newer than this program.
    pub async fn from_connections(write: DatabaseConnection, read: DatabaseConnection) -> Result<Self, Error> {
        let lock = migration_lock(&write).await?;
        let known = Migrations::migrations();
        for applied in applied(&write).await? {
            if !known.iter().any(|migration| migration.name() == applied) {
                return Err(Error::Newer(applied));
            }
        }
        Migrations::up(&write, None).await?;
        if let Some(lock) = lock {
            lock.commit().await?;
        }
        Ok(Self { write, read })
    }

    /// Closes the connections; statements under way are finished first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn close(self) -> Result<(), Error> {
        self.read.close().await?;
        self.write.close().await?;
        Ok(())
    }

    pub(crate) fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.read
    }
}

fn sqlite(path: &Path, connections: u32) -> Result<ConnectOptions, Error> {
    let plain = path.to_str().filter(|name| !name.contains(['?', '#', '%']));
    let name = plain.ok_or_else(|| Error::Open {
        place: path.display().to_string(),
        source: DbErr::Custom("its path holds characters that the path of a database may not".to_owned()),
    })?;
    let mut options = ConnectOptions::new(format!("sqlite://{name}?mode=rwc"));
    options.max_connections(connections).min_connections(1).sqlx_logging(false);
    // The connections are in this process: there is nobody who could have dropped one.
    options.test_before_acquire(false).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options.map_sqlx_sqlite_opts(|o| {
        // FULL: a setting that was acknowledged survives a power cut. Projections commit a few times a second.
        o.pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("busy_timeout", BUSY_MS)
            .pragma("cache_size", "-16000")
    });
    Ok(options)
}

/// Copies an SQLite database as it stands at one moment, while a server reads and writes it. The copy's schema is the
/// one that it has: nothing is brought up to date.
///
/// # Errors
/// There is no such database, it is damaged, or the copy can't be written; `into` must not exist, or have no content.
pub async fn copy_sqlite(from: &Path, into: &Path) -> Result<(), Error> {
    let failed = |place: &Path, source| Error::Open { place: place.display().to_string(), source };
    let odd =
        || failed(into, DbErr::Custom("its path holds characters that the path of a database may not".to_owned()));
    let name = into.to_str().ok_or_else(odd)?.replace('\'', "''");
    let db = Database::connect(sqlite(from, 1)?).await.map_err(|source| failed(from, source))?;
    let copied = db.execute_unprepared(&format!("VACUUM INTO '{name}'")).await;
    db.close().await?;
    copied.map(drop).map_err(Error::from)
}

/// Keeps other nodes from migrating the same database at the same moment. SQLite's only writer is this process.
async fn migration_lock(db: &DatabaseConnection) -> Result<Option<DatabaseTransaction>, Error> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(None);
    }
    let lock = db.begin().await?;
    lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    Ok(Some(lock))
}

/// The names of the migrations that the database has seen; none when it is new.
async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, Error> {
    Migrations::install(db).await?;
    let rows = db.query_all_raw(Statement::from_string(
        db.get_database_backend(),
        "SELECT \"version\" FROM \"seaql_migrations\" ORDER BY \"version\"",
    ));
    let read = |row: &QueryResult| row.try_get_by::<String, _>("version");
    rows.await?.iter().map(read).collect::<Result<_, _>>().map_err(Error::from)
}
