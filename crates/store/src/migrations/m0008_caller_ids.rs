//! Which number of ours a route or an agent shows.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct CallerIds;

impl MigrationName for CallerIds {
    fn name(&self) -> &str {
        "m0008_caller_ids"
    }
}

#[async_trait]
impl MigrationTrait for CallerIds {
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

const STATEMENTS: &[&str] =
    &[r#"ALTER TABLE "route" ADD COLUMN "caller_id" TEXT"#, r#"ALTER TABLE "agent" ADD COLUMN "caller_id" TEXT"#];
