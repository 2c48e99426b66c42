//! From a recording to the interaction it belongs to.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Recording;

impl MigrationName for Recording {
    fn name(&self) -> &str {
        "m0002_recording"
    }
}

#[async_trait]
impl MigrationTrait for Recording {
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
    r#"CREATE TABLE "recording" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL, "pos" BIGINT NOT NULL)"#,
    // Recordings of earlier calls come in as the journal is projected once more; what is there already is only
    // written over.
    r#"DELETE FROM "projection_cursor""#,
];
