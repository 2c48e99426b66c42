//! What is in the archive of recordings, how far each tenant's has come, and what could not be brought there.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Archive;

impl MigrationName for Archive {
    fn name(&self) -> &str {
        "m0039_archive"
    }
}

#[async_trait]
impl MigrationTrait for Archive {
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
    r#"CREATE TABLE "archived" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL, "bytes" BIGINT NOT NULL,
        "hash" TEXT NOT NULL, "duration_ms" BIGINT NOT NULL, "started_at" BIGINT NOT NULL, "raw_bytes" BIGINT NOT NULL, "archived_at" BIGINT NOT NULL,
        "raw_gone" BOOLEAN NOT NULL)"#,
    r#"CREATE INDEX "archived_tenant" ON "archived" ("tenant_id", "id")"#,
    r#"CREATE INDEX "archived_raw" ON "archived" ("id") WHERE NOT "raw_gone""#,
    r#"CREATE TABLE "archive_cursor" ("tenant_id" {id}, "pos" BIGINT NOT NULL, "recording_id" BIGINT NOT NULL)"#,
    r#"CREATE TABLE "archive_failure" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL, "tries" BIGINT NOT NULL,
        "next_at" BIGINT, "reason" TEXT NOT NULL)"#,
    r#"CREATE INDEX "recording_pos" ON "recording" ("tenant_id", "pos", "id")"#,
];
