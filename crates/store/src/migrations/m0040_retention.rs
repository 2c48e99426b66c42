//! How long recordings are kept, what holds them longer, and the proof of what was deleted.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Retention;

impl MigrationName for Retention {
    fn name(&self) -> &str {
        "m0040_retention"
    }
}

#[async_trait]
impl MigrationTrait for Retention {
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
    r#"CREATE TABLE "retention" (
        "tenant_id" BIGINT NOT NULL, "scope" TEXT NOT NULL, "keep_days" BIGINT NOT NULL, PRIMARY KEY ("tenant_id", "scope"))"#,
    r#"CREATE TABLE "legal_hold" (
        "tenant_id" BIGINT NOT NULL, "matter" TEXT NOT NULL, "interaction_id" BIGINT NOT NULL, "held_at" BIGINT NOT NULL,
        "held_by" TEXT NOT NULL, "reason" TEXT NOT NULL, "released_at" BIGINT, "released_by" TEXT,
        PRIMARY KEY ("tenant_id", "matter", "interaction_id"))"#,
    r#"CREATE INDEX "legal_hold_interaction" ON "legal_hold" ("tenant_id", "interaction_id")"#,
    r#"CREATE TABLE "tombstone" (
        "tenant_id" BIGINT NOT NULL, "number" BIGINT NOT NULL, "recording_id" BIGINT NOT NULL,
        "interaction_id" BIGINT NOT NULL, "started_at" BIGINT NOT NULL, "duration_ms" BIGINT NOT NULL,
        "bytes" BIGINT NOT NULL, "hash" TEXT NOT NULL, "deleted_at" BIGINT NOT NULL, "rule" TEXT NOT NULL,
        "proof" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "number"))"#,
    r#"CREATE UNIQUE INDEX "tombstone_recording" ON "tombstone" ("tenant_id", "recording_id")"#,
    r#"CREATE INDEX "archived_started" ON "archived" ("tenant_id", "started_at", "id")"#,
];
