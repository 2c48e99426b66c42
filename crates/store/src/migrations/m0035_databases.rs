//! Databases that flows look into.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Databases;

impl MigrationName for Databases {
    fn name(&self) -> &str {
        "m0035_databases"
    }
}

#[async_trait]
impl MigrationTrait for Databases {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(&in_dialect(manager.get_database_backend(), TABLE)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLE: &str = r#"CREATE TABLE "database_connection" (
    "tenant_id" BIGINT NOT NULL, "name" {plain} NOT NULL, "config" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "name"))"#;
