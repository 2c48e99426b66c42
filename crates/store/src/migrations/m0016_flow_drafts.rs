//! Drafts of flows, and who made which version of a flow when.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct FlowDrafts;

impl MigrationName for FlowDrafts {
    fn name(&self) -> &str {
        "m0016_flow_drafts"
    }
}

#[async_trait]
impl MigrationTrait for FlowDrafts {
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
    r#"CREATE TABLE "flow_draft" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "spec" TEXT NOT NULL, "base" BIGINT,
        "saved_at" BIGINT NOT NULL, "saved_by" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "flow_release" (
        "flow_id" BIGINT NOT NULL, "version" BIGINT NOT NULL, "tenant_id" BIGINT NOT NULL,
        "made_at" BIGINT NOT NULL, "made_by" TEXT NOT NULL, "note" TEXT NOT NULL DEFAULT '',
        PRIMARY KEY ("flow_id", "version"))"#,
];
