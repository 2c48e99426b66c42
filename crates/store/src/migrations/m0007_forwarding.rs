//! What agents want done with calls that they don't take.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Forwarding;

impl MigrationName for Forwarding {
    fn name(&self) -> &str {
        "m0007_forwarding"
    }
}

#[async_trait]
impl MigrationTrait for Forwarding {
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
    r#"CREATE TABLE "forwarding" (
        "agent_id" {id}, "tenant_id" BIGINT NOT NULL, "pos" BIGINT NOT NULL, "rules" TEXT NOT NULL)"#,
    r#"CREATE INDEX "forwarding_tenant" ON "forwarding" ("tenant_id")"#,
];
