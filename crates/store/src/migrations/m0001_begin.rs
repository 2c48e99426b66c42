//! The first schema.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::in_dialect;

pub(super) struct Begin;

impl MigrationName for Begin {
    fn name(&self) -> &str {
        "m0001_begin"
    }
}

#[async_trait]
impl MigrationTrait for Begin {
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
    r#"CREATE TABLE "tenant" (
        "id" {id}, "name" TEXT NOT NULL UNIQUE, "title" TEXT NOT NULL, "demo" BOOLEAN NOT NULL,
        "utc_offset_min" BIGINT NOT NULL)"#,
    r#"CREATE TABLE "user" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "username" TEXT NOT NULL, "roles" TEXT NOT NULL, "agent_id" BIGINT,
        "password_hash" TEXT NOT NULL, "disabled" BOOLEAN NOT NULL, UNIQUE ("tenant_id", "username"))"#,
    r#"CREATE TABLE "agent" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "number" TEXT NOT NULL, "name" TEXT NOT NULL, "address" TEXT,
        UNIQUE ("tenant_id", "number"))"#,
    r#"CREATE TABLE "team" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "config" TEXT NOT NULL,
        UNIQUE ("tenant_id", "name"))"#,
    r#"CREATE TABLE "device" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "agent_id" BIGINT, "ha1_md5" TEXT NOT NULL,
        "ha1_sha256" TEXT NOT NULL, UNIQUE ("tenant_id", "name"))"#,
    r#"CREATE TABLE "trunk" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL, "config" TEXT NOT NULL,
        UNIQUE ("tenant_id", "name"))"#,
    r#"CREATE TABLE "route" (
        "tenant_id" BIGINT NOT NULL, "prefix" TEXT NOT NULL, "trunk_id" BIGINT NOT NULL, "priority" BIGINT NOT NULL,
        PRIMARY KEY ("prefix", "trunk_id"))"#,
    r#"CREATE TABLE "did" (
        "tenant_id" BIGINT NOT NULL, "number" TEXT NOT NULL, "target_kind" TEXT NOT NULL, "target_id" BIGINT NOT NULL,
        PRIMARY KEY ("tenant_id", "number"))"#,
    r#"CREATE TABLE "queue" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "number" TEXT, "name" TEXT NOT NULL, "config" TEXT NOT NULL,
        UNIQUE ("tenant_id", "number"), UNIQUE ("tenant_id", "name"))"#,
    r#"CREATE TABLE "queue_member" (
        "queue_id" BIGINT NOT NULL, "agent_id" BIGINT NOT NULL, "tenant_id" BIGINT NOT NULL, "config" TEXT NOT NULL,
        PRIMARY KEY ("queue_id", "agent_id"))"#,
    r#"CREATE INDEX "queue_member_tenant" ON "queue_member" ("tenant_id")"#,
    r#"CREATE TABLE "flow" (
        "id" BIGINT NOT NULL, "version" BIGINT NOT NULL, "tenant_id" BIGINT NOT NULL, "name" TEXT NOT NULL,
        "definition" TEXT NOT NULL, "published" BOOLEAN NOT NULL, PRIMARY KEY ("id", "version"))"#,
    r#"CREATE INDEX "flow_tenant" ON "flow" ("tenant_id")"#,
    r#"CREATE TABLE "setting" (
        "tenant_id" BIGINT NOT NULL, "key" TEXT NOT NULL, "value" TEXT NOT NULL, PRIMARY KEY ("tenant_id", "key"))"#,
    r#"CREATE TABLE "session" (
        "token_hash" TEXT NOT NULL PRIMARY KEY, "tenant_id" BIGINT NOT NULL, "user_id" BIGINT NOT NULL,
        "created_at" BIGINT NOT NULL, "expires_at" BIGINT NOT NULL)"#,
    r#"CREATE INDEX "session_user" ON "session" ("tenant_id", "user_id")"#,
    r#"CREATE INDEX "session_expires" ON "session" ("expires_at")"#,
    // `pos` is the journal's position of the row's event; `*_rev` are the numbers backwards, for searching by ending.
    r#"CREATE TABLE "interaction" (
        "id" {id}, "tenant_id" BIGINT NOT NULL, "pos" BIGINT NOT NULL, "channel" TEXT NOT NULL,
        "direction" TEXT NOT NULL, "from_number" TEXT NOT NULL, "to_number" TEXT NOT NULL, "from_rev" {plain} NOT NULL,
        "to_rev" {plain} NOT NULL, "queue_id" BIGINT, "agent_id" BIGINT, "started_at" BIGINT NOT NULL,
        "answered_at" BIGINT, "connected_at" BIGINT, "ended_at" BIGINT NOT NULL, "wait_ms" BIGINT NOT NULL,
        "talk_ms" BIGINT NOT NULL, "hold_ms" BIGINT NOT NULL, "wrap_up_ms" BIGINT NOT NULL, "outcome" TEXT NOT NULL,
        "ended_by" TEXT NOT NULL, "cause" TEXT NOT NULL, "has_recording" BOOLEAN NOT NULL, "detail" TEXT NOT NULL)"#,
    r#"CREATE INDEX "interaction_started" ON "interaction" ("tenant_id", "started_at", "id")"#,
    r#"CREATE INDEX "interaction_queue" ON "interaction" ("tenant_id", "queue_id", "started_at", "id")"#,
    r#"CREATE INDEX "interaction_agent" ON "interaction" ("tenant_id", "agent_id", "started_at", "id")"#,
    r#"CREATE INDEX "interaction_from" ON "interaction" ("tenant_id", "from_rev")"#,
    r#"CREATE INDEX "interaction_to" ON "interaction" ("tenant_id", "to_rev")"#,
    r#"CREATE TABLE "wrap_up" (
        "interaction_id" BIGINT NOT NULL, "agent_id" BIGINT NOT NULL, "at" BIGINT NOT NULL, "tenant_id" BIGINT NOT NULL,
        "wrap_up_ms" BIGINT NOT NULL, PRIMARY KEY ("interaction_id", "agent_id", "at"))"#,
    r#"CREATE TABLE "callback" (
        "pos" {id}, "tenant_id" BIGINT NOT NULL, "interaction_id" BIGINT NOT NULL, "number" TEXT NOT NULL,
        "queue_id" BIGINT, "requested_at" BIGINT NOT NULL)"#,
    r#"CREATE INDEX "callback_requested" ON "callback" ("tenant_id", "requested_at")"#,
    r#"CREATE TABLE "projection_cursor" ("name" TEXT NOT NULL PRIMARY KEY, "pos" BIGINT NOT NULL)"#,
];
