//! The schema, in versions. A migration that was released is never changed; a new one follows it.

mod m0001_begin;
mod m0002_recording;
mod m0003_titles;
mod m0004_aftermath;
mod m0005_newest;
mod m0006_sign_in;
mod m0007_forwarding;
mod m0008_caller_ids;
mod m0009_voicemail;
mod m0010_days;
mod m0012_mailboxes;
mod m0014_agent_routing;
mod m0015_reports;
mod m0016_flow_drafts;
mod m0017_report_views;
mod m0018_promises;
mod m0019_secrets;
mod m0020_prompts;
mod m0021_alerts;
mod m0024_deliveries;
mod m0028_flows;
mod m0029_message_lamps;
mod m0031_data_keys;
mod m0035_databases;
mod m0039_archive;
mod m0040_retention;
mod m0041_callbacks;
mod m0046_missed_callbacks;
mod m0047_dashboards;

use sea_orm::DbBackend;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub(crate) struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_begin::Begin),
            Box::new(m0002_recording::Recording),
            Box::new(m0003_titles::Titles),
            Box::new(m0004_aftermath::Aftermath),
            Box::new(m0005_newest::Newest),
            Box::new(m0006_sign_in::SignIn),
            Box::new(m0007_forwarding::Forwarding),
            Box::new(m0008_caller_ids::CallerIds),
            Box::new(m0009_voicemail::Voicemail),
            Box::new(m0010_days::Days),
            Box::new(m0012_mailboxes::Mailboxes),
            Box::new(m0014_agent_routing::AgentRouting),
            Box::new(m0015_reports::Reports),
            Box::new(m0016_flow_drafts::FlowDrafts),
            Box::new(m0017_report_views::ReportViews),
            Box::new(m0021_alerts::Alerts),
            Box::new(m0020_prompts::Prompts),
            Box::new(m0024_deliveries::Deliveries),
            Box::new(m0019_secrets::Secrets),
            Box::new(m0018_promises::Promises),
            Box::new(m0029_message_lamps::MessageLamps),
            Box::new(m0028_flows::Flows),
            Box::new(m0031_data_keys::DataKeys),
            Box::new(m0035_databases::Databases),
            Box::new(m0039_archive::Archive),
            Box::new(m0040_retention::Retention),
            Box::new(m0041_callbacks::Callbacks),
            Box::new(m0046_missed_callbacks::MissedCallbacks),
            Box::new(m0047_dashboards::Dashboards),
        ]
    }
}

/// Where the dialects differ: `{id}` is the cheapest 64-bit primary key, `{plain}` is text compared byte by byte,
/// `{clustered}` keeps the rows in the order of their key where the backend can.
fn in_dialect(backend: DbBackend, sql: &str) -> String {
    let (id, plain, clustered) = match backend {
        // Only this spelling makes the key the row's own number.
        DbBackend::Sqlite => ("INTEGER PRIMARY KEY", "TEXT", " WITHOUT ROWID"),
        _ => ("BIGINT PRIMARY KEY", "TEXT COLLATE \"C\"", ""),
    };
    sql.replace("{id}", id).replace("{plain}", plain).replace("{clustered}", clustered)
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database};

    use super::*;
    use crate::{Projector, Store};

    #[tokio::test]
    async fn positions_of_rows_are_known_though_the_projection_begins_anew() {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let db = Database::connect(options).await.unwrap();
        Migrations::up(&db, Some(3)).await.unwrap();
        let rows = r#"INSERT INTO "callback" ("pos", "tenant_id", "interaction_id", "number", "requested_at")
                      VALUES (9000, 1, 1, '1380', 5);
                      INSERT INTO "recording" VALUES (3, 1, 1, 8000);
                      INSERT INTO "projection_cursor" VALUES ('interactions', 9100)"#;
        db.execute_unprepared(rows).await.unwrap();
        let store = Store::from_connections(db.clone(), db).await.unwrap();
        let projector = Projector::open(store).await.unwrap();
        assert_eq!((projector.cursor(), projector.newest()), (0, 9_000));
    }

    #[tokio::test]
    async fn a_new_store_has_seen_no_position() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(dir.path().join("store.sqlite")).await.unwrap();
        let projector = Projector::open(store).await.unwrap();
        assert_eq!((projector.cursor(), projector.newest()), (0, 0));
    }
}
