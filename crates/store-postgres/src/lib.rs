//! The store on PostgreSQL: connections for [`store::Store`], which does the rest.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database};
use store::{Error, Store};

/// Connections to the server: several writers do not hold one another up there.
const CONNECTIONS: u32 = 10;
/// How long to try to reach the server before saying that it is not there.
const REACH: Duration = Duration::from_secs(5);

/// Connects to `url` (`postgres://user:password@host:port/database`) and brings the schema up to date.
///
/// # Errors
/// The server cannot be reached or refuses, or a newer version of the program wrote the database.
pub async fn open(url: &str) -> Result<Store, Error> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(CONNECTIONS).acquire_timeout(REACH).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    Store::from_connections(connection.clone(), connection).await
}
