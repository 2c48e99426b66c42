//! Reports that people keep under a name.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct ReportViews;

impl MigrationName for ReportViews {
    fn name(&self) -> &str {
        "m0017_report_views"
    }
}

#[async_trait]
impl MigrationTrait for ReportViews {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(&in_dialect(manager.get_database_backend(), TABLE)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const TABLE: &str = r#"CREATE TABLE "report_view" (
    "id" {id}, "tenant_id" BIGINT NOT NULL, "owner_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "shared" BOOLEAN NOT NULL,
    "query" TEXT NOT NULL, "saved_at" BIGINT NOT NULL)"#;
