//! Mail servers, schedules of reports, who is told of alarms, and what is to be delivered.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Deliveries;

impl MigrationName for Deliveries {
    fn name(&self) -> &str {
        "m0024_deliveries"
    }
}

#[async_trait]
impl MigrationTrait for Deliveries {
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
    r#"CREATE TABLE "mail_server" ("tenant_id" {id}, "config" TEXT NOT NULL, "password" TEXT NOT NULL)"#,
    r#"CREATE TABLE "report_schedule" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "config" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "schedule_run" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "done_at" BIGINT NOT NULL, "ran_at" BIGINT,
        "missed" BIGINT NOT NULL, "letters" BIGINT NOT NULL, "problem" TEXT, PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "alert_subscription" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "config" TEXT NOT NULL, "secret" TEXT NOT NULL,
        PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "delivery" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "kind" TEXT NOT NULL, "topic" TEXT NOT NULL, "source" TEXT NOT NULL,
        "once" TEXT NOT NULL, "recipient" TEXT NOT NULL, "title" TEXT NOT NULL, "body" TEXT NOT NULL,
        "status" TEXT NOT NULL, "attempts" BIGINT NOT NULL, "due_at" BIGINT NOT NULL, "created_at" BIGINT NOT NULL,
        "ended_at" BIGINT, "answer" TEXT NOT NULL)"#,
    r#"CREATE UNIQUE INDEX "delivery_once" ON "delivery" ("tenant_id", "once")"#,
    r#"CREATE INDEX "delivery_due" ON "delivery" ("status", "due_at")"#,
    r#"CREATE INDEX "delivery_newest" ON "delivery" ("tenant_id", "id")"#,
    r#"CREATE TABLE "delivery_cursor" ("name" TEXT PRIMARY KEY, "pos" BIGINT NOT NULL)"#,
];
