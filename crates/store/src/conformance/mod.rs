//! What every backend of the store must do. Adapter crates run it on a database of their own.

mod days;
mod deliveries;
mod demand;
mod fixtures;
mod interactions;
mod projection;
mod promises;
mod reports;
mod settings;
mod tenancy;

use crate::store::Store;

/// Runs the whole suite. `store` is empty but for its schema.
///
/// # Panics
/// When the backend does not conform.
pub async fn run(store: &Store) {
    settings::run(store).await;
    projection::run(store).await;
    interactions::run(store).await;
    tenancy::run(store).await;
    days::run(store).await;
    demand::run(store).await;
    reports::run(store).await;
    deliveries::run(store).await;
    promises::run(store).await;
}
