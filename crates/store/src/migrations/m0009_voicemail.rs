//! Messages that callers left.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Voicemail;

impl MigrationName for Voicemail {
    fn name(&self) -> &str {
        "m0009_voicemail"
    }
}

#[async_trait]
impl MigrationTrait for Voicemail {
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
    r#"CREATE TABLE "voicemail" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "pos" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL,
        "agent_id" BIGINT, "queue_id" BIGINT, "leg_id" BIGINT NOT NULL, "from_number" TEXT NOT NULL,
        "left_at" BIGINT NOT NULL, "duration_ms" BIGINT NOT NULL, "status" TEXT NOT NULL DEFAULT 'new',
        "changed_at" BIGINT, "changed_by" TEXT)"#,
    r#"CREATE INDEX "voicemail_tenant" ON "voicemail" ("tenant_id", "id")"#,
    r#"CREATE INDEX "voicemail_agent" ON "voicemail" ("tenant_id", "agent_id", "id")"#,
    r#"CREATE INDEX "voicemail_queue" ON "voicemail" ("tenant_id", "queue_id", "id")"#,
];
