//! How values of ours are kept in columns: all integers as 64 bits, all names as text.

use std::sync::Arc;

use directory::Unfinished;
use sea_orm::{DbErr, QueryResult, Value};
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use types::alert::{Level, Measure};
use types::cause::{Cause, EndedBy};
use types::forward::Forwarding;
use types::ids::*;
use types::record::{AgentState, CallbackNews, CallbackStatus, Channel, Direction, Outcome};
use types::voicemail::MessageStatus;
use types::{Private, Title, Wall};

/// A value that fits into one column.
pub trait Column: Sized {
    /// As the database takes it.
    fn to_value(&self) -> Value;

    /// As the database gives it.
    ///
    /// # Errors
    /// The column is absent, or holds something else.
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr>;
}

/// Most columns may be null.
pub trait Nullable: Column {
    /// The null of the column's type.
    const NULL: Value;
}

impl<T: Nullable> Column for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(T::NULL, Column::to_value)
    }

    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        let is_null = match T::NULL {
            Value::BigInt(_) => row.try_get_by::<Option<i64>, _>(name)?.is_none(),
            _ => row.try_get_by::<Option<String>, _>(name)?.is_none(),
        };
        if is_null { Ok(None) } else { T::read(row, name).map(Some) }
    }
}

macro_rules! integers {
    ($($type:ty: $to:expr, $from:expr;)+) => {$(
        impl Column for $type {
            fn to_value(&self) -> Value {
                let to: fn(&$type) -> i64 = $to;
                Value::BigInt(Some(to(self)))
            }

            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                let from: fn(i64) -> $type = $from;
                row.try_get_by::<i64, _>(name).map(from)
            }
        }

        impl Nullable for $type {
            const NULL: Value = Value::BigInt(None);
        }
    )+};
}

integers! {
    i64: |v| *v, |v| v;
    u64: |v| v.cast_signed(), |v| v.cast_unsigned();
    i32: |v| i64::from(*v), |v| v as i32;
    u32: |v| i64::from(*v), |v| v as u32;
    u16: |v| i64::from(*v), |v| v as u16;
    Wall: |v| v.0, Wall;
    TenantId: |v| v.0.cast_signed(), |v| TenantId(v.cast_unsigned());
    InteractionId: |v| v.0.cast_signed(), |v| InteractionId(v.cast_unsigned());
    AgentId: |v| v.0.cast_signed(), |v| AgentId(v.cast_unsigned());
    DeviceId: |v| v.0.cast_signed(), |v| DeviceId(v.cast_unsigned());
    UserId: |v| v.0.cast_signed(), |v| UserId(v.cast_unsigned());
    TeamId: |v| v.0.cast_signed(), |v| TeamId(v.cast_unsigned());
    QueueId: |v| v.0.cast_signed(), |v| QueueId(v.cast_unsigned());
    FlowId: |v| v.0.cast_signed(), |v| FlowId(v.cast_unsigned());
    LegId: |v| v.0.cast_signed(), |v| LegId(v.cast_unsigned());
    AlertId: |v| v.0.cast_signed(), |v| AlertId(v.cast_unsigned());
    RecordingId: |v| v.0.cast_signed(), |v| RecordingId(v.cast_unsigned());
    TrunkId: |v| v.0.cast_signed(), |v| TrunkId(v.cast_unsigned());
    DeliveryId: |v| v.0.cast_signed(), |v| DeliveryId(v.cast_unsigned());
}

impl Column for bool {
    fn to_value(&self) -> Value {
        Value::Bool(Some(*self))
    }

    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        row.try_get_by(name)
    }
}

/// Text that is parsed, and printed, in one manner.
pub(crate) fn parsed<T>(
    row: &QueryResult,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, DbErr> {
    let text: String = row.try_get_by(name)?;
    parse(&text).map_err(|reason| DbErr::Type(format!("column {name}: {reason}")))
}

macro_rules! texts {
    ($($type:ty: $to:expr, $from:expr;)+) => {$(
        impl Column for $type {
            fn to_value(&self) -> Value {
                let to: fn(&$type) -> String = $to;
                Value::String(Some(to(self)))
            }

            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                let from: fn(&str) -> Result<$type, String> = $from;
                parsed(row, name, from)
            }
        }

        impl Nullable for $type {
            const NULL: Value = Value::String(None);
        }
    )+};
}

/// Reads one of our enums by its stable name.
fn by_name<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let deserializer: StrDeserializer<'_, ValueError> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|e| e.to_string())
}

texts! {
    String: |v| v.clone(), |v| Ok(v.to_owned());
    Arc<str>: |v| v.to_string(), |v| Ok(v.into());
    Private<String>: |v| v.reveal().clone(), |v| Ok(v.into());
    Private<Arc<str>>: |v| v.reveal().to_string(), |v| Ok(v.into());
    // Two plain texts: they can't fail to become JSON.
    Title: |v| serde_json::to_string(v).unwrap_or_default(), |v| serde_json::from_str(v).map_err(|e| e.to_string());
    serde_json::Value: |v| v.to_string(), |v| serde_json::from_str(v).map_err(|e| e.to_string());
    // Plain texts and a number: they can't fail to become JSON.
    Forwarding: |v| serde_json::to_string(v).unwrap_or_default(), |v| serde_json::from_str(v).map_err(|e| e.to_string());
    Measure: |v| v.as_str().to_owned(), by_name;
    Level: |v| v.as_str().to_owned(), by_name;
    MessageStatus: |v| v.as_str().to_owned(), by_name;
    AgentState: |v| v.as_str().to_owned(), by_name;
    CallbackStatus: |v| v.as_str().to_owned(), by_name;
    CallbackNews: |v| v.as_str().to_owned(), by_name;
    Channel: |v| v.as_str().to_owned(), by_name;
    Direction: |v| v.as_str().to_owned(), by_name;
    Outcome: |v| v.as_str().to_owned(), by_name;
    EndedBy: |v| v.as_str().to_owned(), by_name;
    Cause: |v| v.as_str().to_owned(), by_name;
    Unfinished: |v| v.as_str().to_owned(), |v| Unfinished::parse(v).ok_or_else(|| format!("`{v}` is nothing to be done"));
}
