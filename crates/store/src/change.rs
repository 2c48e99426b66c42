//! Many settings changed at once, all of them or none.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Cond, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait, Value};
use types::{FlowId, TenantId, UserId};

use crate::column::Column;
use crate::error::Error;
use crate::row::{Row, col};
use crate::rows::{FlowCanaryEnd, FlowDraft, FlowRelease, FlowVersion, PromptVersion, Session};
use crate::store::Store;

/// Changes of one tenant's settings that count once they are committed. Dropping it forgets them.
pub struct Change {
    within: DatabaseTransaction,
    tenant: TenantId,
}

impl Store {
    /// Begins to change settings of a tenant. Other writers wait until it is over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn change(&self, tenant: TenantId) -> Result<Change, Error> {
        Ok(Change { within: self.write().begin().await?, tenant })
    }
}

impl Change {
    /// Makes the table's rows `after` what they were `before`: first all that changes goes, then all that is new
    /// comes, so that two rows may change names with each other.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when two rows have one name or number, or a row is another tenant's.
    pub async fn rows<T: Row + PartialEq>(&self, before: &[T], after: &[T]) -> Result<(), Error> {
        let by_key = |rows: &'_ [T]| -> HashMap<String, usize> {
            rows.iter().enumerate().map(|(at, row)| (format!("{:?}", key_values(row)), at)).collect()
        };
        let (had, has) = (by_key(before), by_key(after));
        let stays = |key: &str, at: usize| has.get(key).is_some_and(|now| after[*now] == before[at]);
        for at in sorted(had.iter().filter(|(key, at)| !stays(key, **at)).map(|(_, at)| *at)) {
            self.remove(&before[at]).await?;
        }
        let stood = |key: &str, at: usize| had.get(key).is_some_and(|then| before[*then] == after[at]);
        for at in sorted(has.iter().filter(|(key, at)| !stood(key, **at)).map(|(_, at)| *at)) {
            self.insert(&after[at]).await?;
        }
        Ok(())
    }

    async fn insert<T: Row>(&self, row: &T) -> Result<(), Error> {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(T::TABLE)).columns(T::COLUMNS.iter().map(|c| Alias::new(*c)));
        insert.values_panic(row.values().into_iter().map(SimpleExpr::from));
        self.within.execute(&insert).await.map_err(Error::of(T::TABLE)).map(drop)
    }

    async fn remove<T: Row>(&self, row: &T) -> Result<(), Error> {
        let key = T::KEY.iter().zip(key_values(row));
        let mut delete = Query::delete();
        delete.from_table(Alias::new(T::TABLE)).and_where(col(T::TENANT).eq(self.tenant.to_value()));
        delete.cond_where(key.fold(Cond::all(), |cond, (column, value)| cond.add(col(column).eq(value))));
        self.within.execute(&delete).await?;
        Ok(())
    }

    /// Removes every version of a flow, and its draft.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_flow(&self, flow: FlowId, name: &str) -> Result<(), Error> {
        self.forget::<FlowDraft>("name", name.to_owned().to_value()).await?;
        self.forget::<FlowRelease>("flow_id", flow.to_value()).await?;
        self.forget::<FlowCanaryEnd>("flow_id", flow.to_value()).await?;
        self.forget::<FlowVersion>("id", flow.to_value()).await
    }

    /// Removes what is remembered of the recordings of a prompt.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_prompt(&self, name: &str) -> Result<(), Error> {
        self.forget::<PromptVersion>("name", name.to_owned().to_value()).await
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_sessions(&self, user: UserId) -> Result<(), Error> {
        self.forget::<Session>("user_id", user.to_value()).await
    }

    async fn forget<T: Row>(&self, column: &str, value: Value) -> Result<(), Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(T::TABLE)).and_where(col(T::TENANT).eq(self.tenant.to_value()));
        delete.and_where(col(column).eq(value));
        self.within.execute(&delete).await?;
        Ok(())
    }

    /// From now on it counts.
    ///
    /// # Errors
    /// The database fails; nothing has changed then.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.within.commit().await?)
    }
}

fn key_values<T: Row>(row: &T) -> Vec<Value> {
    let values = row.values();
    let of = |key: &&str| T::COLUMNS.iter().position(|column| column == key).and_then(|at| values.get(at).cloned());
    T::KEY.iter().filter_map(of).collect()
}

fn sorted(places: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut places: Vec<usize> = places.collect();
    places.sort_unstable();
    places
}
