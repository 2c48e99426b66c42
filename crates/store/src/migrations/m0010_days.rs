//! Agents' days: who had a part in which interaction, and what each agent did when.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Days;

impl MigrationName for Days {
    fn name(&self) -> &str {
        "m0010_days"
    }
}

#[async_trait]
impl MigrationTrait for Days {
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
    // No column is called as one of `interaction`, so that the two stand in one statement without more words.
    r#"CREATE TABLE "part" (
        "part_of" BIGINT NOT NULL, "part_agent" BIGINT NOT NULL, "part_tenant" BIGINT NOT NULL,
        "part_pos" BIGINT NOT NULL, "began_at" BIGINT NOT NULL, "taken_at" BIGINT, "missed" BOOLEAN NOT NULL,
        "talked_ms" BIGINT NOT NULL, "held_ms" BIGINT NOT NULL, PRIMARY KEY ("part_of", "part_agent"))"#,
    r#"CREATE INDEX "part_agent" ON "part" ("part_tenant", "part_agent", "began_at", "part_of")"#,
    r#"CREATE TABLE "agent_state" (
        "pos" {id}, "tenant_id" BIGINT NOT NULL, "agent_id" BIGINT NOT NULL, "state" TEXT NOT NULL,
        "at" BIGINT NOT NULL)"#,
    r#"CREATE INDEX "agent_state_agent" ON "agent_state" ("tenant_id", "agent_id", "at", "pos")"#,
    // What is known of calls that the journal no longer holds.
    r#"INSERT INTO "part" SELECT "id", "agent_id", "tenant_id", "pos", "started_at", "connected_at", FALSE, "talk_ms",
        "hold_ms" FROM "interaction" WHERE "agent_id" IS NOT NULL"#,
    // The days that were come in as the journal is projected once more; the newest position stays known.
    r#"UPDATE "projection_cursor" SET "pos" = (SELECT MAX("pos") FROM "projection_cursor") WHERE "name" = 'newest'"#,
    r#"DELETE FROM "projection_cursor" WHERE "name" = 'interactions'"#,
];
