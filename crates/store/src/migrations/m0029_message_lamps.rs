//! Whether a telephone shows that messages wait.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct MessageLamps;

impl MigrationName for MessageLamps {
    fn name(&self) -> &str {
        "m0029_message_lamps"
    }
}

#[async_trait]
impl MigrationTrait for MessageLamps {
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

const STATEMENTS: &[&str] = &[r#"ALTER TABLE "device" ADD COLUMN "message_lamp" BOOLEAN NOT NULL DEFAULT TRUE"#];
