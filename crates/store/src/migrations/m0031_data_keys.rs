//! Keys under which recordings are sealed.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct DataKeys;

impl MigrationName for DataKeys {
    fn name(&self) -> &str {
        "m0031_data_keys"
    }
}

#[async_trait]
impl MigrationTrait for DataKeys {
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
    r#"CREATE TABLE "data_key" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "made_at" BIGINT NOT NULL, "master" TEXT NOT NULL,
        "wrapped" TEXT NOT NULL)"#,
    r#"CREATE INDEX "data_key_tenant" ON "data_key" ("tenant_id")"#,
];
