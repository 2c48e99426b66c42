//! Titles of queues and flows, and the dispositions that people may choose from.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Titles;

impl MigrationName for Titles {
    fn name(&self) -> &str {
        "m0003_titles"
    }
}

#[async_trait]
impl MigrationTrait for Titles {
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
    r#"ALTER TABLE "queue" ADD COLUMN "title" TEXT NOT NULL DEFAULT '{}'"#,
    r#"ALTER TABLE "flow" ADD COLUMN "title" TEXT NOT NULL DEFAULT '{}'"#,
    r#"CREATE TABLE "disposition_choice" (
        "tenant_id" BIGINT NOT NULL, "code" TEXT NOT NULL, "title" TEXT NOT NULL, "place" BIGINT NOT NULL,
        "offered" BOOLEAN NOT NULL, PRIMARY KEY ("tenant_id", "code"))"#,
];
