//! Tenants, people, their telephones and sessions.

use directory::{Agent, Device, Ha1, Permission, Permissions, Role, Tenant, Unfinished, User};
use sea_orm::sea_query::{Alias, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use types::leg::Text;
use types::{AgentId, DeviceId, Private, TeamId, TenantId, Title, UserId, Wall};

use crate::column::{Column, parsed};
use crate::error::Error;
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// A user with what signing in takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Login {
    /// The user.
    pub user: User,
    /// The password's hash in PHC format.
    pub password_hash: Private<String>,
    /// May not sign in.
    pub disabled: bool,
}

/// A group of agents.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant.
    pub name: Text,
    /// Settings and members, opaque to the store.
    pub config: serde_json::Value,
}

/// Someone who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The hash of the token; the token itself is the browser's alone.
    pub token_hash: String,
    /// Whose.
    pub tenant: TenantId,
    /// Who.
    pub user: UserId,
    /// When it began.
    pub created: Wall,
    /// When it ends by itself.
    pub expires: Wall,
    /// Where it was begun from.
    pub address: Private<String>,
    /// What the browser or program called itself.
    pub client: String,
    /// What the person has to do before anything else; nothing else is permitted meanwhile.
    pub unfinished: Option<Unfinished>,
}

/// What guards a user's sign-in besides the password's hash. A user without one has nothing of the kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Whose sign-in.
    pub user: UserId,
    /// Whose.
    pub tenant: TenantId,
    /// The password was given by somebody else and is good for one sign-in.
    pub one_time_password: bool,
    /// The hash of the last one-time password that the settings gave. The same one given again is no news, also when the
    /// person has chosen another since.
    pub given_hash: Option<Private<String>>,
    /// The sealed secret of the second factor, from the first step of setting it up.
    pub secret: Option<Private<String>>,
    /// The user has shown that its device knows the secret: sign-ins ask for codes.
    pub confirmed: bool,
    /// The time step of the last code that was taken; that one and older ones are not taken again.
    pub last_step: u64,
    /// Hashes of recovery codes that are left, opaque to the store.
    pub recovery: serde_json::Value,
}

impl Guard {
    /// Of a user with a password alone.
    pub fn none(tenant: TenantId, user: UserId) -> Self {
        let recovery = serde_json::Value::Array(Vec::new());
        Self {
            user,
            tenant,
            one_time_password: false,
            given_hash: None,
            secret: None,
            confirmed: false,
            last_step: 0,
            recovery,
        }
    }
}

/// A role that a tenant has made itself.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomRole {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant, and none of the built-in names.
    pub name: Text,
    /// What people read.
    pub title: Title,
    /// What it permits.
    pub permissions: Permissions,
}

impl Row for Tenant {
    type Key = TenantId;
    const TABLE: &'static str = "tenant";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "title", "demo", "utc_offset_min"];
    const TENANT: &'static str = "id";

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.to_value(),
            self.name.to_value(),
            self.title.to_value(),
            self.demo.to_value(),
            self.utc_offset_min.to_value(),
        ]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: Column::read(row, "id")?,
            name: Column::read(row, "name")?,
            title: Column::read(row, "title")?,
            demo: Column::read(row, "demo")?,
            utc_offset_min: Column::read(row, "utc_offset_min")?,
        })
    }
}

impl Row for Login {
    type Key = UserId;
    const TABLE: &'static str = "user";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "tenant_id", "username", "roles", "agent_id", "password_hash", "disabled"];

    fn values(&self) -> Vec<Value> {
        let roles: Vec<&str> = self.user.roles.iter().map(|r| r.as_str()).collect();
        vec![
            self.user.id.to_value(),
            self.user.tenant.to_value(),
            self.user.username.to_value(),
            roles.join(",").to_value(),
            self.user.agent.to_value(),
            self.password_hash.to_value(),
            self.disabled.to_value(),
        ]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let role = |name: &str| Role::parse(name).ok_or_else(|| format!("no role is named `{name}`"));
        let user = User {
            id: Column::read(row, "id")?,
            tenant: Column::read(row, "tenant_id")?,
            username: Column::read(row, "username")?,
            roles: parsed(row, "roles", |t| t.split(',').filter(|r| !r.is_empty()).map(role).collect())?,
            agent: Column::read(row, "agent_id")?,
        };
        let password_hash = Column::read(row, "password_hash")?;
        Ok(Self { user, password_hash, disabled: Column::read(row, "disabled")? })
    }
}

impl Row for Device {
    type Key = DeviceId;
    const TABLE: &'static str = "device";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "tenant_id", "name", "agent_id", "ha1_md5", "ha1_sha256", "message_lamp"];

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.to_value(),
            self.tenant.to_value(),
            self.name.to_value(),
            self.agent.to_value(),
            self.ha1.md5.to_value(),
            self.ha1.sha256.to_value(),
            self.message_lamp.to_value(),
        ]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: Column::read(row, "id")?,
            tenant: Column::read(row, "tenant_id")?,
            name: Column::read(row, "name")?,
            agent: Column::read(row, "agent_id")?,
            ha1: Ha1 { md5: Column::read(row, "ha1_md5")?, sha256: Column::read(row, "ha1_sha256")? },
            message_lamp: Column::read(row, "message_lamp")?,
        })
    }
}

row!(Agent, "agent", AgentId, ["id"], {
    id: "id", tenant: "tenant_id", number: "number", name: "name", address: "address", caller_id: "caller_id",
});

row!(Team, "team", TeamId, ["id"], { id: "id", tenant: "tenant_id", name: "name", config: "config" });

row!(Session, "session", String, ["token_hash"], {
    token_hash: "token_hash", tenant: "tenant_id", user: "user_id", created: "created_at", expires: "expires_at",
    address: "address", client: "client", unfinished: "unfinished",
});

row!(Guard, "guard", UserId, ["user_id"], {
    user: "user_id", tenant: "tenant_id", one_time_password: "one_time_password", given_hash: "given_hash",
    secret: "secret", confirmed: "confirmed", last_step: "last_step", recovery: "recovery",
});

impl Row for CustomRole {
    type Key = (TenantId, String);
    const TABLE: &'static str = "role";
    const KEY: &'static [&'static str] = &["tenant_id", "name"];
    const COLUMNS: &'static [&'static str] = &["tenant_id", "name", "title", "permissions"];

    fn values(&self) -> Vec<Value> {
        let permissions: Vec<&str> = self.permissions.iter().map(Permission::as_str).collect();
        vec![self.tenant.to_value(), self.name.to_value(), self.title.to_value(), permissions.join(",").to_value()]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        // A permission that a later version had and this one has not gives nothing.
        let known = |text: &str| Ok(text.split(',').filter_map(Permission::parse).collect());
        Ok(Self {
            tenant: Column::read(row, "tenant_id")?,
            name: Column::read(row, "name")?,
            title: Column::read(row, "title")?,
            permissions: parsed(row, "permissions", known)?,
        })
    }
}

impl Store {
    /// All tenants of the installation: for the server itself, not for any tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        let mut query = Query::select();
        query.columns(Tenant::COLUMNS.iter().map(|c| Alias::new(*c))).from(Alias::new(Tenant::TABLE));
        query.order_by(Alias::new("id"), sea_orm::Order::Asc);
        self.all(&query).await
    }

    /// The tenant of this name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>, Error> {
        let mut query = Query::select();
        query.columns(Tenant::COLUMNS.iter().map(|c| Alias::new(*c))).from(Alias::new(Tenant::TABLE));
        query.and_where(col("name").eq(name));
        self.one(&query).await
    }

    /// The user of this name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn login(&self, tenant: TenantId, username: &str) -> Result<Option<Login>, Error> {
        self.by(tenant, "username", username).await
    }

    /// The device of this SIP user name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn device_by_name(&self, tenant: TenantId, name: &str) -> Result<Option<Device>, Error> {
        self.by(tenant, "name", name).await
    }

    /// The session of a token that has not expired. The one question that names no tenant: the token says whose it is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn session(&self, token_hash: &str, now: Wall) -> Result<Option<Session>, Error> {
        let mut query = Query::select();
        query.columns(Session::COLUMNS.iter().map(|c| Alias::new(*c))).from(Alias::new(Session::TABLE));
        query.and_where(col("token_hash").eq(token_hash)).and_where(col("expires_at").gt(now.0));
        self.one(&query).await
    }

    /// The sessions of one user.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sessions_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Session>, Error> {
        let mut query = select::<Session>(tenant);
        query.and_where(col("user_id").eq(user.to_value()));
        self.all(&query).await
    }

    /// Ends all sessions of one user: after a change of password or rights.
    ///
    /// # Errors
    /// The database fails.
    pub async fn end_sessions(&self, tenant: TenantId, user: UserId) -> Result<u64, Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(Session::TABLE)).and_where(col("tenant_id").eq(tenant.to_value()));
        delete.and_where(col("user_id").eq(user.to_value()));
        Ok(self.write().execute(&delete).await?.rows_affected())
    }

    /// Takes a step of a second factor for used, unless that step or a later one was taken before. Whether it was taken:
    /// of two sign-ins with the same code at the same moment one is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_step(&self, tenant: TenantId, user: UserId, step: u64) -> Result<bool, Error> {
        let mut update = Query::update();
        update.table(Alias::new(Guard::TABLE)).value(Alias::new("last_step"), step.to_value());
        update.and_where(col("tenant_id").eq(tenant.to_value())).and_where(col("user_id").eq(user.to_value()));
        update.and_where(col("last_step").lt(step.to_value()));
        Ok(self.write().execute(&update).await?.rows_affected() > 0)
    }

    /// Puts other recovery codes in the place of those that are expected there. Whether they were: of two sign-ins with
    /// the same code at the same moment one is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn swap_recovery(&self, guard: &Guard, left: serde_json::Value) -> Result<bool, Error> {
        let mut update = Query::update();
        update.table(Alias::new(Guard::TABLE)).value(Alias::new("recovery"), left.to_value());
        update
            .and_where(col("tenant_id").eq(guard.tenant.to_value()))
            .and_where(col("user_id").eq(guard.user.to_value()));
        update.and_where(col("recovery").eq(guard.recovery.to_value()));
        Ok(self.write().execute(&update).await?.rows_affected() > 0)
    }

    /// Keeps the hash of the link by which an installation without a tenant is set up, in place of any earlier one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_setup_link(&self, token_hash: &str, expires: Wall) -> Result<(), Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new("setup_link"));
        self.write().execute(&delete).await?;
        let mut insert = Query::insert();
        insert.into_table(Alias::new("setup_link")).columns(["token_hash", "expires_at"].map(Alias::new));
        insert.values_panic([token_hash.to_owned().to_value().into(), expires.to_value().into()]);
        self.write().execute(&insert).await?;
        Ok(())
    }

    /// Whether a set-up link has this hash and has not expired.
    ///
    /// # Errors
    /// The database fails.
    pub async fn has_setup_link(&self, token_hash: &str, now: Wall) -> Result<bool, Error> {
        let mut query = Query::select();
        query.column(Alias::new("token_hash")).from(Alias::new("setup_link"));
        query.and_where(col("token_hash").eq(token_hash)).and_where(col("expires_at").gt(now.0));
        Ok(self.read().query_one(&query).await?.is_some())
    }

    /// Uses up the set-up link with this hash. Whether there was one that has not expired: of two who use it at the
    /// same moment, one is told so.
    ///
    /// # Errors
    /// The database fails.
    pub async fn take_setup_link(&self, token_hash: &str, now: Wall) -> Result<bool, Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new("setup_link")).and_where(col("token_hash").eq(token_hash));
        delete.and_where(col("expires_at").gt(now.0));
        Ok(self.write().execute(&delete).await?.rows_affected() > 0)
    }

    /// Removes the sessions of all tenants that have expired.
    ///
    /// # Errors
    /// The database fails.
    pub async fn purge_sessions(&self, now: Wall) -> Result<u64, Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(Session::TABLE)).and_where(col("expires_at").lte(now.0));
        Ok(self.write().execute(&delete).await?.rows_affected())
    }
}
