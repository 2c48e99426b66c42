//! Who said what has become of a message; which password a person was given; agents who are gone leave no states.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Mailboxes;

impl MigrationName for Mailboxes {
    fn name(&self) -> &str {
        "m0012_mailboxes"
    }
}

#[async_trait]
impl MigrationTrait for Mailboxes {
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
    r#"ALTER TABLE "voicemail" ADD COLUMN "changed_by_agent" BIGINT"#,
    r#"ALTER TABLE "guard" ADD COLUMN "given_hash" TEXT"#,
    r#"DELETE FROM "agent_state" WHERE NOT EXISTS (SELECT 1 FROM "agent" WHERE "agent"."id" = "agent_state"."agent_id")"#,
];
