//! How long customers were to wait, and how long they did.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Promises;

impl MigrationName for Promises {
    fn name(&self) -> &str {
        "m0018_promises"
    }
}

#[async_trait]
impl MigrationTrait for Promises {
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
    // Records of before have none: nothing needs to be projected once more.
    r#"CREATE TABLE "promise" (
        "tenant_id" BIGINT NOT NULL, "promised_at" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL,
        "pos" BIGINT NOT NULL, "queue_id" BIGINT NOT NULL, "position" BIGINT, "wait_ms" BIGINT NOT NULL,
        "told" BOOLEAN NOT NULL, "kept_ms" BIGINT,
        PRIMARY KEY ("tenant_id", "promised_at", "interaction_id")){clustered}"#,
];
