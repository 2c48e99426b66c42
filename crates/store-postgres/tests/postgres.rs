//! The suite on a real PostgreSQL, which the test starts and stops by itself.

mod server;

use server::Server;
use store::{Setting, Store};
use types::TenantId;

#[tokio::test]
async fn postgres_conforms() {
    let Some(server) = Server::start() else { return };
    let store = store_postgres::open(&server.url()).await.unwrap();
    store::conformance::run(&store).await;
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_store_is_found_as_it_was_left_by_several_nodes() {
    let Some(server) = Server::start() else { return };
    // Two nodes of an empty installation start at the same moment.
    let url = server.url();
    let (one, two) = tokio::join!(store_postgres::open(&url), store_postgres::open(&url));
    let (one, two): (Store, Store) = (one.unwrap(), two.unwrap());
    let setting = Setting { tenant: TenantId(1), key: "k".into(), value: serde_json::json!({"a": "中文"}) };
    one.put(&setting).await.unwrap();
    one.close().await.unwrap();
    assert_eq!(two.list::<Setting>(TenantId(1)).await.unwrap(), [setting]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_refused() {
    assert!(store_postgres::open("postgres://nobody@127.0.0.1:1/none").await.is_err());
}
