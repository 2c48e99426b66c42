//! The suite on SQLite, and what is SQLite's own.

use store::{Error, Setting, Store};
use types::TenantId;

#[tokio::test]
async fn sqlite_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path().join("store.sqlite")).await.unwrap();
    store::conformance::run(&store).await;
}

#[tokio::test]
async fn a_store_is_found_as_it_was_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let setting = Setting { tenant: TenantId(1), key: "k".into(), value: serde_json::json!({"a": 1}) };
    let store = Store::open_sqlite(&path).await.unwrap();
    store.put(&setting).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open_sqlite(&path).await.unwrap();
    assert_eq!(store.list::<Setting>(TenantId(1)).await.unwrap(), [setting]);
}

#[tokio::test]
async fn a_path_that_cannot_be_opened_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("text"), "this is no database, it is text ".repeat(100)).unwrap();
    for name in ["none/store.sqlite", "odd?name", "text"] {
        let error = Store::open_sqlite(dir.path().join(name)).await.unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("check that"), "{error}");
    }
}

#[tokio::test]
async fn writers_and_readers_do_not_lock_each_other_out() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path().join("store.sqlite")).await.unwrap();
    let mut tasks = Vec::new();
    for n in 0..40u64 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let setting = Setting { tenant: TenantId(n % 4), key: n.to_string(), value: n.into() };
            store.put(&setting).await?;
            store.list::<Setting>(TenantId(n % 4)).await.map(drop)
        }));
    }
    for task in tasks {
        let result: Result<(), Error> = task.await.unwrap();
        result.unwrap();
    }
    assert_eq!(store.list::<Setting>(TenantId(3)).await.unwrap().len(), 10);
}
