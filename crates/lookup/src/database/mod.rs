//! Asking databases: one SELECT, its values bound, within a transaction that can't write.
//!
//! Bounded, per database: [`CONNECTIONS`] at once, kept for [`IDLE`] after the last use; over all tenants [`POOLS`]
//! databases have connections. One in the middle of something when its time is over is closed, never used again.

mod files;
mod postgres;
mod sqlite;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use flow::{Database, DatabaseQuestion, LookupOutcome, LookupRequest};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::{Postgres, Sqlite};
use tokio::time::Instant;
use types::leg::Text;
use types::{Private, TenantId};

use crate::{Granted, Why};

/// Connections to one database at once: with answers of 20 ms, 200 calls a second. A tenant can have no more requests
/// than [`crate::AT_ONCE`].
const CONNECTIONS: u32 = 4;
/// How long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(60);
/// How long a connection is used: what it has gathered on the server goes with it.
const LIFETIME: Duration = Duration::from_secs(1_800);
/// Databases that have connections; beyond it, those used the longest ago are let go.
const POOLS: usize = 200;

/// Why a database gave no answer, and what it said.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) why: Why,
    pub(crate) said: Option<Private<String>>,
}

impl From<Why> for Fault {
    fn from(why: Why) -> Self {
        Self { why, said: None }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let why = match &error {
            sqlx::Error::Database(told) => why_of(&told.code().unwrap_or_default()),
            sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => Why::Broken,
            sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut => Why::Connect,
            _ => Why::Statement,
        };
        Self { why, said: Some(Private::new(error.to_string())) }
    }
}

/// What a code says: SQLSTATE's by its class (PostgreSQL, appendix A), SQLite's by its number.
fn why_of(code: &str) -> Why {
    match code {
        // Cancelled, and SQLite's SQLITE_INTERRUPT and SQLITE_BUSY.
        "57014" | "9" | "5" => Why::TimedOut,
        _ => match code.get(..2) {
            Some("08" | "53" | "57") => Why::Connect,
            Some("28" | "3D") => Why::Access,
            _ => Why::Statement,
        },
    }
}

/// Whom a request is put to.
pub(crate) struct Target<'a> {
    question: &'a DatabaseQuestion,
    database: &'a Database,
    password: Option<Private<Text>>,
}

impl<'a> Target<'a> {
    pub(crate) fn of(question: &'a DatabaseQuestion, granted: Granted<'a>) -> Result<Self, Why> {
        let database = granted.database.ok_or(Why::NoDatabase)?;
        let shown = |name: &Text| granted.secrets.get(name).cloned().ok_or(Why::NoSecret);
        Ok(Self { question, database, password: database.secret().map(shown).transpose()? })
    }

    pub(crate) fn name(&self) -> &str {
        &self.question.database
    }
}

/// The connections to one database.
#[derive(Clone, Debug)]
enum Pool {
    Postgres(sqlx::PgPool),
    Sqlite(sqlx::SqlitePool),
}

#[derive(Debug)]
struct Kept {
    pool: Pool,
    database: Database,
    password: Option<Private<Text>>,
    used: Instant,
}

/// The connections to all databases.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    files: Option<PathBuf>,
    kept: Mutex<HashMap<(TenantId, Text), Kept>>,
}

impl Pools {
    pub(crate) fn new(files: Option<PathBuf>) -> Self {
        Self { files, kept: Mutex::default() }
    }

    /// Asks once.
    pub(crate) async fn once(
        &self,
        tenant: TenantId,
        target: &Target<'_>,
        request: &LookupRequest,
        granted: Granted<'_>,
    ) -> Result<LookupOutcome, Fault> {
        let pool = match self.known(tenant, target) {
            Some(pool) => pool,
            None => self.open(tenant, target, granted).await?,
        };
        let asked = match &pool {
            Pool::Postgres(pool) => postgres::ask(pool, target.question, request).await,
            Pool::Sqlite(pool) => sqlite::ask(pool, target.question, request).await,
        };
        let row = asked.inspect_err(|fault| {
            // Its name may lead elsewhere by now, or its file may be another.
            if matches!(fault.why, Why::Connect | Why::Broken) {
                self.kept().remove(&(tenant, target.question.database.clone()));
            }
        })?;
        let Some(row) = row else { return Ok(LookupOutcome::NotFound) };
        if let Some(column) = request.taken.missing_column(&row) {
            return Err(Fault { why: Why::Column, said: Some(Private::new(column.to_string())) });
        }
        Ok(request.taken.from_answer(&row.into()))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, Text), Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connections that there are, if they are to the same place by the same password.
    fn known(&self, tenant: TenantId, target: &Target<'_>) -> Option<Pool> {
        let mut all = self.kept();
        let kept = all.get_mut(&(tenant, target.question.database.clone()))?;
        if kept.database != *target.database || kept.password != target.password {
            return None;
        }
        kept.used = Instant::now();
        Some(kept.pool.clone())
    }

    async fn open(&self, tenant: TenantId, target: &Target<'_>, granted: Granted<'_>) -> Result<Pool, Fault> {
        let pool = match target.database {
            Database::Postgres { .. } => {
                let password = target.password.as_ref().map_or("", |password| password.reveal());
                let way = postgres::way(target.database, password, granted.allowed).await?;
                Pool::Postgres(bounded(PoolOptions::<Postgres>::new()).connect_lazy_with(way))
            }
            Database::Sqlite { file } => {
                let path = files::find(self.files.as_deref(), granted.tenant, file).await?;
                Pool::Sqlite(bounded(PoolOptions::<Sqlite>::new()).connect_lazy_with(sqlite::way(&path)))
            }
        };
        let mut all = self.kept();
        if all.len() >= POOLS
            && let Some(oldest) = all.iter().min_by_key(|(_, kept)| kept.used).map(|(name, _)| name.clone())
        {
            all.remove(&oldest);
        }
        let (database, password, used) = (target.database.clone(), target.password.clone(), Instant::now());
        let name = (tenant, target.question.database.clone());
        all.insert(name, Kept { pool: pool.clone(), database, password, used });
        Ok(pool)
    }
}

fn bounded<D: sqlx::Database>(options: PoolOptions<D>) -> PoolOptions<D> {
    options.max_connections(CONNECTIONS).idle_timeout(IDLE).max_lifetime(LIFETIME)
}

/// A connection on loan. One that is not given back is closed: whoever had it was cut off in the middle of something.
struct Loan<D: sqlx::Database>(Option<PoolConnection<D>>);

impl<D: sqlx::Database> Loan<D> {
    async fn of(pool: &sqlx::Pool<D>, within: Duration) -> Result<Self, Fault> {
        let Ok(had) = tokio::time::timeout(within, pool.acquire()).await else {
            let all_lent = pool.size() >= CONNECTIONS && pool.num_idle() == 0;
            return Err(if all_lent { Why::Busy } else { Why::Connect }.into());
        };
        let had = had.map_err(|error| {
            let fault = Fault::from(error);
            // On the way there all that breaks is the way.
            if fault.why == Why::Broken { Fault { why: Why::Connect, ..fault } } else { fault }
        })?;
        Ok(Self(Some(had)))
    }

    fn connection(&mut self) -> Result<&mut D::Connection, Fault> {
        self.0.as_deref_mut().ok_or_else(|| Why::Broken.into())
    }

    fn give_back(mut self) {
        self.0.take();
    }
}

impl<D: sqlx::Database> Drop for Loan<D> {
    fn drop(&mut self) {
        if let Some(had) = self.0.take() {
            drop(had.detach());
        }
    }
}
