//! Who is signed in, and what that person may do.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use directory::{Permission, Permissions, Role, Unfinished, User};
use store::{CustomRole, Login, Store};
use types::record::{InteractionRecord, LegRecord, LegRole};
use types::{AgentId, TenantId};

use crate::auth::{Token, hash_of, refuse_unless_same_site};
use crate::error::{ApiError, Code, Result};
use crate::names::Names;
use crate::privacy::Sight;
use crate::state::{App, now};

/// The signed-in person behind a request.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) user: User,
    /// What its roles permit.
    pub(crate) permissions: Permissions,
    /// What the session is known by.
    pub(crate) token_hash: String,
}

impl Viewer {
    /// Whose rows this person may see.
    pub(crate) fn tenant(&self) -> TenantId {
        self.user.tenant
    }

    /// Whether the person may do this.
    pub(crate) fn may(&self, what: Permission) -> bool {
        self.permissions.has(what)
    }

    /// Whose numbers this person may see.
    pub(crate) fn sight(&self) -> Sight {
        if self.may(Permission::InteractionsReadAll) { Sight::All } else { Sight::Own(self.user.agent) }
    }

    /// Whether this person may know that a call is supervised in which this agent serves: the agent itself only where
    /// the tenant wants it so.
    pub(crate) fn sees_supervision(&self, names: &Names, agent: Option<AgentId>) -> bool {
        self.may(Permission::Supervise) || names.shows_supervision() && agent.is_some() && self.user.agent == agent
    }

    /// Whether the person had a leg in it, or was the agent whom it ended with.
    pub(crate) fn took_part(&self, record: &InteractionRecord) -> bool {
        let me = self.user.agent;
        me.is_some() && (record.agent == me || record.legs.iter().any(|leg| leg.agent == me))
    }

    /// Whether the person talked with the customer, and so knows the number.
    pub(crate) fn spoke(&self, record: &InteractionRecord) -> bool {
        let me = self.user.agent;
        let talked = |leg: &LegRecord| leg.role == LegRole::Agent && leg.agent == me && leg.answered.is_some();
        me.is_some() && record.legs.iter().any(talked)
    }

    /// # Errors
    /// The person may not do this.
    pub(crate) fn require(&self, what: Permission) -> Result<()> {
        if self.may(what) { Ok(()) } else { Err(Code::Forbidden.into()) }
    }

    /// # Errors
    /// The agent is another, and the person may not do this to others.
    pub(crate) fn require_self_or(&self, agent: AgentId, what: Permission) -> Result<()> {
        if self.user.agent == Some(agent) { Ok(()) } else { self.require(what) }
    }

    /// Whether the session still stands: a stream outlives the request that opened it.
    pub(crate) async fn stands(&self, store: &Store) -> bool {
        // A database that is busy for a moment must not cut all streams.
        let session = store.session(&self.token_hash, now()).await;
        session.map_or(true, |session| session.is_some_and(|s| s.user == self.user.id))
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Person { viewer, unfinished } = Person::from_request_parts(parts, app).await?;
        match unfinished {
            None => Ok(viewer),
            Some(Unfinished::Password) => Err(Code::PasswordChangeRequired.into()),
            Some(Unfinished::SecondFactor) => Err(Code::SecondFactorSetUpRequired.into()),
        }
    }
}

/// Somebody who is signed in, with or without something to be done first: for what has to be open until then.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) viewer: Viewer,
    pub(crate) unfinished: Option<Unfinished>,
}

impl FromRequestParts<App> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = Token::of(&parts.headers).ok_or(Code::Unauthorized)?;
        // A WebSocket is opened by GET, and by any site.
        let upgrades = parts.headers.contains_key("sec-websocket-key");
        if token.by_cookie && (upgrades || !matches!(parts.method, Method::GET | Method::HEAD)) {
            refuse_unless_same_site(&parts.headers)?;
        }
        let token_hash = hash_of(&token.text);
        let session = app.store.session(&token_hash, now()).await?;
        let session = session.filter(|s| !app.closed.contains(&s.tenant)).ok_or(Code::Unauthorized)?;
        let login = app.store.get::<Login>(session.tenant, session.user).await?.filter(|login| !login.disabled);
        let user = login.ok_or(Code::Unauthorized)?.user;
        let permissions = permissions(&app.store, &user).await?;
        let viewer = Viewer { user, permissions, token_hash };
        Ok(Self { viewer, unfinished: session.unfinished })
    }
}

/// What a user's roles permit together. A role that the tenant has removed permits nothing.
pub(crate) async fn permissions(store: &Store, user: &User) -> Result<Permissions> {
    let mut all = Permissions::default();
    for role in &user.roles {
        if let Role::Custom(name) = role {
            let theirs = store.get::<CustomRole>(user.tenant, (user.tenant, name.to_string())).await?;
            all.extend(theirs.map(|role| role.permissions).unwrap_or_default().iter());
        } else {
            all.extend(role.permissions().iter());
        }
    }
    Ok(all)
}
