//! Callbacks to customers who hung up while they waited.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct MissedCallbacks;

impl MigrationName for MissedCallbacks {
    fn name(&self) -> &str {
        "m0046_missed_callbacks"
    }
}

#[async_trait]
impl MigrationTrait for MissedCallbacks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in STATEMENTS {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const STATEMENTS: &[&str] = &[
    r#"ALTER TABLE "callback" ADD COLUMN "missed" BOOLEAN NOT NULL DEFAULT FALSE"#,
    r#"CREATE INDEX "callback_by_time" ON "callback" ("tenant_id", "requested_at")"#,
];
