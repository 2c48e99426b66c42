//! Thresholds over the wall's figures, and the alerts that they have raised.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Alerts;

impl MigrationName for Alerts {
    fn name(&self) -> &str {
        "m0021_alerts"
    }
}

#[async_trait]
impl MigrationTrait for Alerts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in STATEMENTS {
            db.execute_unprepared(&in_dialect(manager.get_database_backend(), statement)).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const STATEMENTS: &[&str] = &[
    r#"CREATE TABLE "threshold" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "title" TEXT NOT NULL, "config" TEXT NOT NULL,
        PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "alert" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "pos" BIGINT NOT NULL, "threshold" TEXT NOT NULL, "title" TEXT NOT NULL,
        "queue_id" BIGINT, "measure" TEXT NOT NULL, "level" TEXT NOT NULL, "worst" TEXT NOT NULL, "value" BIGINT NOT NULL,
        "limit_value" BIGINT NOT NULL, "raised_at" BIGINT NOT NULL, "acknowledged_at" BIGINT, "acknowledged_by" TEXT,
        "cleared_at" BIGINT)"#,
    r#"CREATE INDEX "alert_by_tenant" ON "alert" ("tenant_id", "id")"#,
    r#"CREATE INDEX "alert_standing" ON "alert" ("tenant_id", "cleared_at")"#,
];
