//! Settings as rows: what every kind of thing has in common.

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, IntoIden, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use types::TenantId;

use crate::column::Column;
use crate::error::Error;
use crate::store::Store;

/// Something that is stored as one row of one tenant's.
pub trait Row: Sized + Send + Sync {
    /// The key of a row: an id, or several values.
    type Key: Key + Send;
    /// The table.
    const TABLE: &'static str;
    /// The columns of the key, in the order of [`Key::values`].
    const KEY: &'static [&'static str];
    /// All columns.
    const COLUMNS: &'static [&'static str];
    /// The column that says whose row it is.
    const TENANT: &'static str = "tenant_id";

    /// The values of all columns.
    fn values(&self) -> Vec<Value>;

    /// A row as read.
    ///
    /// # Errors
    /// A column holds something else.
    fn read(row: &QueryResult) -> Result<Self, DbErr>;
}

/// What a row is found by, within its tenant.
pub trait Key {
    /// The values of the key's columns.
    fn values(&self) -> Vec<Value>;
}

impl<T: Column> Key for T {
    fn values(&self) -> Vec<Value> {
        vec![self.to_value()]
    }
}

impl<A: Column, B: Column> Key for (A, B) {
    fn values(&self) -> Vec<Value> {
        vec![self.0.to_value(), self.1.to_value()]
    }
}

impl<A: Column, B: Column, C: Column> Key for (A, B, C) {
    fn values(&self) -> Vec<Value> {
        vec![self.0.to_value(), self.1.to_value(), self.2.to_value()]
    }
}

/// Implements [`Row`] for a struct whose fields are columns.
macro_rules! row {
    ($type:ty, $table:literal, $key:ty, [$($by:literal),+], { $($field:ident: $column:literal),+ $(,)? }) => {
        impl $crate::row::Row for $type {
            type Key = $key;
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$($by),+];
            const COLUMNS: &'static [&'static str] = &[$($column),+];

            fn values(&self) -> Vec<sea_orm::Value> {
                vec![$($crate::column::Column::to_value(&self.$field)),+]
            }

            fn read(row: &sea_orm::QueryResult) -> Result<Self, sea_orm::DbErr> {
                Ok(Self { $($field: $crate::column::Column::read(row, $column)?),+ })
            }
        }
    };
}
pub(crate) use row;

pub(crate) fn col(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

/// `SELECT` of all columns of one tenant's rows.
pub(crate) fn select<T: Row>(tenant: TenantId) -> SelectStatement {
    let mut query = Query::select();
    query.columns(T::COLUMNS.iter().map(|c| Alias::new(*c))).from(Alias::new(T::TABLE));
    query.and_where(col(T::TENANT).eq(tenant.to_value()));
    query
}

fn is_key<T: Row>(key: &T::Key) -> Cond {
    T::KEY.iter().zip(key.values()).fold(Cond::all(), |cond, (column, value)| cond.add(col(column).eq(value)))
}

impl Store {
    /// Writes a row: a new one, or over the one with its key.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when another row has its name or number, or when the key is another tenant's.
    pub async fn put<T: Row>(&self, row: &T) -> Result<(), Error> {
        let rest = T::COLUMNS.iter().filter(|c| !T::KEY.contains(c)).map(|c| Alias::new(*c));
        let mut conflict = OnConflict::columns(T::KEY.iter().map(|c| Alias::new(*c)));
        let mine = Expr::col((Alias::new(T::TABLE).into_iden(), Alias::new(T::TENANT).into_iden()));
        let theirs = Expr::col((Alias::new("excluded").into_iden(), Alias::new(T::TENANT).into_iden()));
        conflict.update_columns(rest).action_and_where(mine.eq(theirs));
        let mut insert = Query::insert();
        insert.into_table(Alias::new(T::TABLE)).columns(T::COLUMNS.iter().map(|c| Alias::new(*c)));
        insert.values_panic(row.values().into_iter().map(SimpleExpr::from)).on_conflict(conflict);
        let done = self.write().execute(&insert).await.map_err(Error::of(T::TABLE))?;
        if done.rows_affected() == 0 { Err(Error::Duplicate(T::TABLE)) } else { Ok(()) }
    }

    /// Writes a new row.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when a row has its key, name or number.
    pub async fn insert<T: Row>(&self, row: &T) -> Result<(), Error> {
        let mut insert = Query::insert();
        insert.into_table(Alias::new(T::TABLE)).columns(T::COLUMNS.iter().map(|c| Alias::new(*c)));
        insert.values_panic(row.values().into_iter().map(SimpleExpr::from));
        self.write().execute(&insert).await.map_err(Error::of(T::TABLE)).map(drop)
    }

    /// The row with this key.
    ///
    /// # Errors
    /// The database fails.
    pub async fn get<T: Row>(&self, tenant: TenantId, key: T::Key) -> Result<Option<T>, Error> {
        let mut query = select::<T>(tenant);
        query.cond_where(is_key::<T>(&key));
        self.one(&query).await
    }

    /// All rows of a tenant, in the order of their keys.
    ///
    /// # Errors
    /// The database fails.
    pub async fn list<T: Row>(&self, tenant: TenantId) -> Result<Vec<T>, Error> {
        let mut query = select::<T>(tenant);
        for column in T::KEY {
            query.order_by(Alias::new(*column), sea_orm::Order::Asc);
        }
        self.all(&query).await
    }

    /// Removes a row. False when there was none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete<T: Row>(&self, tenant: TenantId, key: T::Key) -> Result<bool, Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(T::TABLE)).and_where(col(T::TENANT).eq(tenant.to_value()));
        delete.cond_where(is_key::<T>(&key));
        Ok(self.write().execute(&delete).await?.rows_affected() > 0)
    }

    /// The row with this value in a column that is unique within the tenant.
    pub(crate) async fn by<T: Row>(&self, tenant: TenantId, column: &str, value: &str) -> Result<Option<T>, Error> {
        let mut query = select::<T>(tenant);
        query.and_where(col(column).eq(value));
        self.one(&query).await
    }

    pub(crate) async fn one<T: Row>(&self, query: &SelectStatement) -> Result<Option<T>, Error> {
        let row = self.read().query_one(query).await?;
        row.map(|row| T::read(&row)).transpose().map_err(Error::from)
    }

    pub(crate) async fn all<T: Row>(&self, query: &SelectStatement) -> Result<Vec<T>, Error> {
        let rows = self.read().query_all(query).await?;
        rows.iter().map(T::read).collect::<Result<_, _>>().map_err(Error::from)
    }
}
