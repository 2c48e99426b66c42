//! The statements that run often use an index, whatever has become of the tables.

use sea_orm::sea_query::SqliteQueryBuilder;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use types::{AgentId, QueueId, TenantId, Wall};

use crate::demand;
use crate::interactions::{Filter, Number, page};
use crate::projection::Statements;
use crate::store::Store;

/// The steps by which SQLite would answer.
async fn plan(store: &Store, sql: &str) -> Vec<String> {
    let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = store.read().query_all_raw(explain).await.unwrap();
    rows.iter().map(|row| row.try_get_by("detail").unwrap()).collect()
}

#[tokio::test]
async fn no_frequent_statement_reads_the_whole_table() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_sqlite(dir.path().join("store.sqlite")).await.unwrap();
    let statements = Statements::new(DbBackend::Sqlite);
    for of_ids in [&statements.sum_wraps, &statements.set_dispositions] {
        let steps = plan(&store, &of_ids.text().replace('?', "1")).await;
        assert!(!steps.iter().any(|s| s.starts_with("SCAN")), "{steps:?}");
    }

    let sums = demand::by_interval(TenantId(1), (Wall(1), Wall(2)), 480, 30).to_string(SqliteQueryBuilder);
    let steps = plan(&store, &sums).await;
    assert!(steps.iter().any(|s| s.contains("interaction_started")), "{steps:?}");

    let all = Filter::default;
    for (filter, index) in [
        (all(), "interaction_started"),
        (Filter { from: Some(Wall(1)), to: Some(Wall(2)), ..all() }, "interaction_started"),
        (Filter { queue: Some(QueueId(1)), ..all() }, "interaction_queue"),
        (Filter { agent: Some(AgentId(1)), ..all() }, "part_agent"),
        (Filter { number: Some(Number::Exact("95004".into())), ..all() }, "interaction_from"),
        (Filter { number: Some(Number::Ending("5004".into())), ..all() }, "interaction_to"),
    ] {
        for cursor in [None, Some("10-0000000000001")] {
            let sql = page(TenantId(1), &filter, cursor, 51).unwrap().to_string(SqliteQueryBuilder);
            let steps = plan(&store, &sql).await;
            assert!(steps.iter().any(|s| s.contains(index)), "{filter:?}: {steps:?}");
            let whole = steps.iter().any(|s| s == "SCAN interaction");
            let sorts = steps.iter().any(|s| s.contains("TEMP B-TREE FOR ORDER BY"));
            assert!(!whole && (!sorts || filter.number.is_some()), "{filter:?}: {steps:?}");
        }
    }
}
