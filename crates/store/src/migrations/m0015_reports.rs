//! Reports: each interaction under what it touched, and the sums of these by time.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Reports;

impl MigrationName for Reports {
    fn name(&self) -> &str {
        "m0015_reports"
    }
}

#[async_trait]
impl MigrationTrait for Reports {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in STATEMENTS {
            let sql = statement.replace("{figures}", FIGURES);
            db.execute_unprepared(&in_dialect(manager.get_database_backend(), &sql)).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// As they were when this migration was written; see `report::Figure`.
const FIGURES: &str = r#""contacts" BIGINT NOT NULL, "offered" BIGINT NOT NULL, "answered" BIGINT NOT NULL,
    "answered_in_target" BIGINT NOT NULL, "abandoned" BIGINT NOT NULL, "abandoned_short" BIGINT NOT NULL,
    "abandoned_in_target" BIGINT NOT NULL, "went_on" BIGINT NOT NULL, "missed_ring" BIGINT NOT NULL,
    "transferred" BIGINT NOT NULL, "resolvable" BIGINT NOT NULL, "repeated" BIGINT NOT NULL,
    "waited_ms" BIGINT NOT NULL, "answer_wait_ms" BIGINT NOT NULL, "talking_ms" BIGINT NOT NULL,
    "holding_ms" BIGINT NOT NULL, "wrapping_ms" BIGINT NOT NULL"#;

const STATEMENTS: &[&str] = &[
    // No column is called as one of `interaction`, so that the two stand in one statement without more words.
    r#"CREATE TABLE "contact" (
        "contact_tenant" BIGINT NOT NULL, "dimension" TEXT NOT NULL, "subject" TEXT NOT NULL, "contact_at" BIGINT NOT NULL,
        "contact_of" BIGINT NOT NULL, "contact_pos" BIGINT NOT NULL, {figures},
        PRIMARY KEY ("contact_tenant", "dimension", "subject", "contact_at", "contact_of")){clustered}"#,
    r#"CREATE INDEX "contact_of" ON "contact" ("contact_of")"#,
    r#"CREATE TABLE "rollup" (
        "tenant_id" BIGINT NOT NULL, "grain" TEXT NOT NULL, "dimension" TEXT NOT NULL, "start_at" BIGINT NOT NULL,
        "subject" TEXT NOT NULL, {figures}, "longest_wait_ms" BIGINT NOT NULL,
        PRIMARY KEY ("tenant_id", "grain", "dimension", "start_at", "subject")){clustered}"#,
    r#"CREATE TABLE "staffing" (
        "tenant_id" BIGINT NOT NULL, "grain" TEXT NOT NULL, "dimension" TEXT NOT NULL, "start_at" BIGINT NOT NULL,
        "subject" TEXT NOT NULL, "state" TEXT NOT NULL, "reason" TEXT NOT NULL, "spent_ms" BIGINT NOT NULL,
        PRIMARY KEY ("tenant_id", "grain", "dimension", "start_at", "subject", "state", "reason")){clustered}"#,
    // What the projection has to remember from one event to the next.
    r#"CREATE TABLE "staffing_since" (
        "agent_id" {id}, "tenant_id" BIGINT NOT NULL, "state" TEXT NOT NULL, "reason" TEXT NOT NULL,
        "at" BIGINT NOT NULL)"#,
    r#"CREATE TABLE "report_target" ("queue_id" {id}, "tenant_id" BIGINT NOT NULL, "target_s" BIGINT NOT NULL)"#,
    r#"CREATE TABLE "last_answered" (
        "tenant_id" BIGINT NOT NULL, "queue_id" BIGINT NOT NULL, "number" TEXT NOT NULL,
        "interaction_id" BIGINT NOT NULL, "ended_at" BIGINT NOT NULL,
        PRIMARY KEY ("tenant_id", "number", "queue_id")){clustered}"#,
    // What the journal holds comes in as it is projected once more; the newest position stays known.
    r#"UPDATE "projection_cursor" SET "pos" = (SELECT MAX("pos") FROM "projection_cursor") WHERE "name" = 'newest'"#,
    r#"DELETE FROM "projection_cursor" WHERE "name" = 'interactions'"#,
];
