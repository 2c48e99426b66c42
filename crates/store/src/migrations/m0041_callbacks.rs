//! What has come of callbacks that are followed.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct Callbacks;

impl MigrationName for Callbacks {
    fn name(&self) -> &str {
        "m0041_callbacks"
    }
}

#[async_trait]
impl MigrationTrait for Callbacks {
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
    r#"ALTER TABLE "callback" ADD COLUMN "since_at" BIGINT"#,
    r#"ALTER TABLE "callback" ADD COLUMN "wants" TEXT NOT NULL DEFAULT '[]'"#,
    r#"ALTER TABLE "callback" ADD COLUMN "attempts" BIGINT NOT NULL DEFAULT 0"#,
    r#"ALTER TABLE "callback" ADD COLUMN "news" TEXT"#,
    r#"ALTER TABLE "callback" ADD COLUMN "called_by" BIGINT"#,
    r#"ALTER TABLE "callback" ADD COLUMN "next_at" BIGINT"#,
];
