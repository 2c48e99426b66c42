//! Tags by which interactions are found, and versions of flows that a share of the callers walks.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Flows;

impl MigrationName for Flows {
    fn name(&self) -> &str {
        "m0028_flows"
    }
}

#[async_trait]
impl MigrationTrait for Flows {
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
    // Interactions of before are found by their tags once the projections have been made anew.
    r#"CREATE TABLE "tag" (
        "tag_tenant" BIGINT NOT NULL, "word" {plain} NOT NULL, "tag_of" BIGINT NOT NULL, "tag_pos" BIGINT NOT NULL,
        PRIMARY KEY ("tag_tenant", "word", "tag_of")){clustered}"#,
    r#"CREATE TABLE "flow_canary" (
        "flow_id" {id}, "version" BIGINT NOT NULL, "tenant_id" BIGINT NOT NULL, "config" TEXT NOT NULL,
        "started_at" BIGINT NOT NULL)"#,
    r#"CREATE TABLE "flow_canary_end" (
        "flow_id" BIGINT NOT NULL, "version" BIGINT NOT NULL, "tenant_id" BIGINT NOT NULL, "how" TEXT NOT NULL,
        "ended_at" BIGINT NOT NULL, "ended_by" TEXT NOT NULL, "figures" TEXT NOT NULL,
        PRIMARY KEY ("flow_id", "version"))"#,
];
