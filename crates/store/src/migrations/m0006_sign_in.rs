//! Roles of a tenant's own, second factors, one-time passwords, where sessions come from, and the first start's link.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct SignIn;

impl MigrationName for SignIn {
    fn name(&self) -> &str {
        "m0006_sign_in"
    }
}

#[async_trait]
impl MigrationTrait for SignIn {
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
    r#"CREATE TABLE "role" (
        "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "title" TEXT NOT NULL, "permissions" TEXT NOT NULL,
        PRIMARY KEY ("tenant_id", "name"))"#,
    r#"CREATE TABLE "guard" (
        "user_id" {id}, "tenant_id" BIGINT NOT NULL, "one_time_password" BOOLEAN NOT NULL, "secret" TEXT,
        "confirmed" BOOLEAN NOT NULL, "last_step" BIGINT NOT NULL, "recovery" TEXT NOT NULL)"#,
    r#"ALTER TABLE "session" ADD COLUMN "address" TEXT NOT NULL DEFAULT ''"#,
    r#"ALTER TABLE "session" ADD COLUMN "client" TEXT NOT NULL DEFAULT ''"#,
    r#"ALTER TABLE "session" ADD COLUMN "unfinished" TEXT"#,
    r#"CREATE TABLE "setup_link" ("token_hash" TEXT NOT NULL PRIMARY KEY, "expires_at" BIGINT NOT NULL)"#,
];
