//! What is said of an interaction afterwards: dispositions, survey answers, how far callbacks have come.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Aftermath;

impl MigrationName for Aftermath {
    fn name(&self) -> &str {
        "m0004_aftermath"
    }
}

#[async_trait]
impl MigrationTrait for Aftermath {
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
    r#"ALTER TABLE "interaction" ADD COLUMN "disposition" TEXT"#,
    r#"CREATE TABLE "disposition" (
        "interaction_id" {id}, "tenant_id" BIGINT NOT NULL, "pos" BIGINT NOT NULL, "code" TEXT NOT NULL,
        "note" TEXT NOT NULL, "by_user" TEXT NOT NULL, "at" BIGINT NOT NULL)"#,
    r#"CREATE TABLE "survey_answer" (
        "pos" {id}, "tenant_id" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL, "question" TEXT NOT NULL,
        "answer" TEXT NOT NULL, "at" BIGINT NOT NULL)"#,
    r#"CREATE INDEX "survey_answer_interaction" ON "survey_answer" ("tenant_id", "interaction_id")"#,
    r#"ALTER TABLE "callback" ADD COLUMN "status" TEXT NOT NULL DEFAULT 'asked'"#,
    r#"ALTER TABLE "callback" ADD COLUMN "changed_at" BIGINT"#,
    r#"ALTER TABLE "callback" ADD COLUMN "changed_by" TEXT"#,
    r#"CREATE INDEX "callback_status" ON "callback" ("tenant_id", "status", "pos")"#,
    r#"CREATE INDEX "callback_interaction" ON "callback" ("tenant_id", "interaction_id")"#,
    // What earlier calls left behind comes in as the journal is projected once more; what is there already is only
    // written over.
    r#"DELETE FROM "projection_cursor""#,
];
