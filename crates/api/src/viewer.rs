//! Who is signed in, and what that person may do.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use directory::{Role, User};
use store::{Login, Store};
use types::{AgentId, TenantId};

use crate::auth::{Token, hash_of, refuse_unless_same_site};
use crate::error::{ApiError, Code, Result};
use crate::privacy::Sight;
use crate::state::{App, now};

/// The signed-in person behind a request.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) user: User,
    /// What the session is known by.
    pub(crate) token_hash: String,
}

impl Viewer {
    /// Whose rows this person may see.
    pub(crate) fn tenant(&self) -> TenantId {
        self.user.tenant
    }

    fn has(&self, roles: &[Role]) -> bool {
        self.user.roles.iter().any(|role| roles.contains(role))
    }

    /// Watches over others.
    pub(crate) fn supervises(&self) -> bool {
        self.has(&[Role::Supervisor, Role::Admin])
    }

    /// Whose numbers this person may see.
    pub(crate) fn sight(&self) -> Sight {
        if self.has(&[Role::Supervisor, Role::Admin, Role::Operator]) {
            Sight::All
        } else {
            Sight::Own(self.user.agent)
        }
    }

    /// # Errors
    /// The person is no supervisor.
    pub(crate) fn require_supervisor(&self) -> Result<()> {
        if self.supervises() { Ok(()) } else { Err(Code::Forbidden.into()) }
    }

    /// # Errors
    /// The agent is another, and the person no supervisor.
    pub(crate) fn require_self_or_supervisor(&self, agent: AgentId) -> Result<()> {
        if self.user.agent == Some(agent) { Ok(()) } else { self.require_supervisor() }
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
        Ok(Self { user, token_hash })
    }
}
