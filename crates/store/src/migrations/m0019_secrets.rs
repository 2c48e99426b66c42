//! Secrets that flows show to other systems: written by the settings, never read back.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Secrets;

impl MigrationName for Secrets {
    fn name(&self) -> &str {
        "m0019_secrets"
    }
}

#[async_trait]
impl MigrationTrait for Secrets {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(&in_dialect(manager.get_database_backend(), TABLE)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLE: &str = r#"CREATE TABLE "secret" (
    "tenant_id" BIGINT NOT NULL, "name" {plain} NOT NULL, "value" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "name"))"#;
