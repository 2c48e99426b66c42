//! Databases in files: what is found, what is refused, and that nothing can be written.

use std::path::Path;
use std::time::Duration;

use flow::{Context, Database, LookupOutcome, LookupRequest, LookupTold, Value, lookup_of};
use lookup::{Allowed, Granted, Lookups, Secrets};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, raw_sql};
use types::{Now, TenantId};

const TENANT: TenantId = TenantId(1);

async fn shop(folder: &Path) {
    let acme = folder.join("acme");
    std::fs::create_dir_all(&acme).unwrap();
    let way = SqliteConnectOptions::new().filename(acme.join("crm.db")).create_if_missing(true);
    let mut made = way.connect().await.unwrap();
    let rows = "CREATE TABLE customers (phone TEXT, name TEXT, level INTEGER, rate REAL, photo BLOB);
                INSERT INTO customers VALUES ('13800138000', '王芳', 3, 0.5, x'00'), ('139', 'O''Neil', NULL, 2, NULL)";
    raw_sql(rows).execute(&mut made).await.unwrap();
    sqlx::Connection::close(made).await.unwrap();
}

fn request(caller: &str, query: &str, take: serde_json::Value) -> LookupRequest {
    let node = json!({"kind": "database_lookup", "database": "crm", "statement": query, "columns": take, "timeout_s": 2,
        "outlets": {"found": "a", "failed": "b"}});
    lookup_of(node, &Context::new(Now::default(), caller, "95")).unwrap()
}

async fn ask(lookups: &Lookups, file: &str, request: &LookupRequest) -> LookupTold {
    let (allowed, secrets, database) = (Allowed::default(), Secrets::new(), Database::Sqlite { file: file.into() });
    let granted = Granted { allowed: &allowed, secrets: &secrets, database: Some(&database), tenant: "acme" };
    lookups.ask(TENANT, request, granted).await
}

const BY_PHONE: &str = "SELECT * FROM customers WHERE phone = {{ caller }}";

#[tokio::test]
async fn columns_keep_their_types_and_values_are_never_pieces_of_the_statement() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path()).await;
    let lookups = Lookups::new(Some(folder.path().to_owned()));
    let take = json!({"who": "name", "level": "level", "rate": "rate", "photo": "photo"});
    let told = ask(&lookups, "crm.db", &request("13800138000", BY_PHONE, take.clone())).await;
    let found = [("level", Value::Number(3)), ("rate", Value::text("0.5")), ("who", Value::text("王芳"))];
    let found = found.into_iter().map(|(name, value)| (name.into(), value)).collect();
    assert_eq!((told.outcome, told.why), (LookupOutcome::Found(found), None));
    for keyed in ["' OR '1'='1", "x' UNION SELECT 1,2,3,4,5 --", "13800138000'; DROP TABLE customers; --"] {
        let told = ask(&lookups, "crm.db", &request(keyed, BY_PHONE, take.clone())).await;
        assert_eq!((told.outcome, told.why), (LookupOutcome::NotFound, None), "{keyed}");
    }
    let twice = "SELECT count(*) AS n FROM customers WHERE phone = {{ caller }} OR level < {{ size(caller) }}";
    let told = ask(&lookups, "crm.db", &request("139", twice, json!({"n": "n"}))).await;
    assert_eq!(told.outcome, LookupOutcome::Found([("n".into(), Value::Number(1))].into()));
}

#[tokio::test]
async fn what_is_wrong_is_told() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path()).await;
    std::fs::create_dir_all(folder.path().join("other")).unwrap();
    std::fs::copy(folder.path().join("acme/crm.db"), folder.path().join("other/crm.db")).unwrap();
    std::os::unix::fs::symlink("../other/crm.db", folder.path().join("acme/link.db")).unwrap();
    let lookups = Lookups::new(Some(folder.path().to_owned()));
    for (file, query, take, why) in [
        ("none.db", BY_PHONE, json!({}), "no such database file"),
        ("../other/crm.db", BY_PHONE, json!({}), "no such database file"),
        ("link.db", BY_PHONE, json!({}), "no such database file"),
        ("crm.db", "SELECT * FROM clients", json!({}), "statement refused"),
        ("crm.db", "SELECT name FROM customers", json!({"a": "level"}), "no such column"),
    ] {
        let told = ask(&lookups, file, &request("1", query, take)).await;
        assert_eq!((told.outcome, told.why), (LookupOutcome::Failed, Some(why)), "{file} {query}");
    }
    let told = ask(&Lookups::default(), "crm.db", &request("1", BY_PHONE, json!({}))).await;
    assert_eq!(told.why, Some("address not allowed"), "no folder is given");
}

#[tokio::test]
async fn a_statement_without_end_is_stopped_and_the_next_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    shop(folder.path()).await;
    let lookups = Lookups::new(Some(folder.path().to_owned()));
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n";
    let told = ask(&lookups, "crm.db", &request("1", endless, json!({}))).await;
    assert_eq!(told.why, Some("timed out"));
    assert!(told.took < Duration::from_secs(10), "{:?}", told.took);
    let told = ask(&lookups, "crm.db", &request("139", BY_PHONE, json!({"who": "name"}))).await;
    assert_eq!(told.outcome, LookupOutcome::Found([("who".into(), Value::text("O'Neil"))].into()));
}
