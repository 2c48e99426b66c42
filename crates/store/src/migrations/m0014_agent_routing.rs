//! What the router knows of each agent: skills, order, weight.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct AgentRouting;

impl MigrationName for AgentRouting {
    fn name(&self) -> &str {
        "m0014_agent_routing"
    }
}

#[async_trait]
impl MigrationTrait for AgentRouting {
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
    r#"CREATE TABLE "agent_routing" (
        "agent_id" BIGINT NOT NULL PRIMARY KEY, "tenant_id" BIGINT NOT NULL, "config" TEXT NOT NULL)"#,
    r#"CREATE INDEX "agent_routing_tenant" ON "agent_routing" ("tenant_id")"#,
];
