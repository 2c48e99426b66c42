//! The newest position that rows were made from, which earlier schemas forgot when they began the projection anew.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Newest;

impl MigrationName for Newest {
    fn name(&self) -> &str {
        "m0005_newest"
    }
}

#[async_trait]
impl MigrationTrait for Newest {
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

const STATEMENTS: &[&str] = &[r#"INSERT INTO "projection_cursor" ("name", "pos")
    SELECT 'newest', COALESCE(MAX("pos"), 0) FROM (
        SELECT MAX("pos") AS "pos" FROM "interaction" UNION ALL SELECT MAX("pos") FROM "recording"
        UNION ALL SELECT MAX("pos") FROM "callback" UNION ALL SELECT MAX("pos") FROM "survey_answer"
        UNION ALL SELECT MAX("pos") FROM "disposition") AS "all_rows""#];
