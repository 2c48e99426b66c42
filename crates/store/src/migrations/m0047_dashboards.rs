//! Dashboards that people compose.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Dashboards;

impl MigrationName for Dashboards {
    fn name(&self) -> &str {
        "m0047_dashboards"
    }
}

#[async_trait]
impl MigrationTrait for Dashboards {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(&in_dialect(manager.get_database_backend(), TABLE)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLE: &str = r#"CREATE TABLE "dashboard" (
    "id" {id}, "tenant_id" BIGINT NOT NULL, "owner_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "shared" BOOLEAN NOT NULL,
    "tiles" TEXT NOT NULL, "saved_at" BIGINT NOT NULL)"#;
