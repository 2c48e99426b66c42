//! Prompts of tenants' own, and every recording that they have had.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Prompts;

impl MigrationName for Prompts {
    fn name(&self) -> &str {
        "m0020_prompts"
    }
}

#[async_trait]
impl MigrationTrait for Prompts {
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
    r#"CREATE TABLE "prompt" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "title" TEXT NOT NULL, "words" TEXT NOT NULL,
        "audio" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "prompt_version" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "version" BIGINT NOT NULL, "language" TEXT NOT NULL,
        "audio" TEXT NOT NULL, "length_ms" BIGINT NOT NULL, "source" TEXT NOT NULL, "made_at" BIGINT NOT NULL,
        "made_by" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "name", "version"))"#,
];
