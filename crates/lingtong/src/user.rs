//! `lingtong user`: looking after users beside the pages, also when nobody can sign in any more.
//!
//! The server reads users anew at each request, so this may be done while it runs.

use std::io::Read;

use api::{PasswordCost, hash_password, one_time_password};
use directory::{Agent, PasswordPolicy, Role, User};
use store::{CustomRole, Guard, Login};
use types::{IdSource, Private, UserId};

use crate::cli;
use crate::tenant::{Place, now};

/// A password that comes by standard input is a line of at most so many bytes.
const LINE_BYTES: u64 = 4096;

/// Carries a command out.
pub(crate) fn run(command: cli::User) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(carry_out(command))
}

async fn carry_out(command: cli::User) -> Result<(), String> {
    match command {
        cli::User::Add { name, of, roles, agent, password_stdin } => {
            let place = Place::open(&of).await?;
            let roles = place.roles(&roles).await?;
            let agent = place.agent(agent.as_deref()).await?;
            let id = UserId(IdSource::new(0).next(now()));
            if !is_name(&name) {
                return Err(format!("`{name}` is no user name: use letters, digits and _ - . @, 64 at most"));
            }
            let user = User { id, tenant: place.tenant.id, username: name.as_str().into(), roles, agent };
            let given = place.password(&name, password_stdin)?;
            let login = Login { user, password_hash: given.hash.clone(), disabled: false };
            let taken = |_| format!("a user {name} exists already; `lingtong user passwd {name}` gives a new password");
            place.store.insert(&login).await.map_err(taken)?;
            place.finish(&login, given, true).await
        }
        cli::User::Passwd { name, of, password_stdin, forget_second_factor } => {
            let place = Place::open(&of).await?;
            let login = place.login(&name).await?;
            let given = place.password(&name, password_stdin)?;
            let login = Login { password_hash: given.hash.clone(), ..login };
            place.store.put(&login).await.map_err(|e| e.to_string())?;
            place.finish(&login, given, forget_second_factor).await
        }
        cli::User::Disable { name, of } => Place::open(&of).await?.set_disabled(&name, true).await,
        cli::User::Enable { name, of } => Place::open(&of).await?.set_disabled(&name, false).await,
    }
}

/// A password and what is kept of it.
struct Given {
    hash: Private<String>,
    /// To be printed: good for one sign-in.
    one_time: Option<String>,
}

impl Place {
    async fn login(&self, name: &str) -> Result<Login, String> {
        let found = self.store.login(self.tenant.id, name).await.map_err(|e| e.to_string())?;
        found.ok_or_else(|| format!("there is no user {name}"))
    }

    async fn roles(&self, names: &[String]) -> Result<Vec<Role>, String> {
        let own = self.store.list::<CustomRole>(self.tenant.id).await.map_err(|e| e.to_string())?;
        let known = |name: &String| {
            let role = Role::parse(name).filter(|role| match role {
                Role::Custom(name) => own.iter().any(|r| r.name == *name),
                _ => true,
            });
            role.ok_or_else(|| format!("there is no role `{name}`"))
        };
        names.iter().map(known).collect()
    }

    async fn agent(&self, number: Option<&str>) -> Result<Option<types::AgentId>, String> {
        let Some(number) = number else { return Ok(None) };
        let agents = self.store.list::<Agent>(self.tenant.id).await.map_err(|e| e.to_string())?;
        let found = agents.into_iter().find(|agent| &*agent.number == number);
        found.map(|agent| Some(agent.id)).ok_or_else(|| format!("there is no agent {number}"))
    }

    fn password(&self, name: &str, from_stdin: bool) -> Result<Given, String> {
        let plain = if from_stdin { line()? } else { one_time_password().map_err(|e| e.to_string())? };
        let weak = PasswordPolicy::default().weaknesses(&plain, name, &self.tenant.name);
        if from_stdin && !weak.is_empty() {
            let why: Vec<&str> = weak.iter().map(|weakness| weakness.as_str()).collect();
            return Err(format!("the password is not good enough: {}", why.join(", ")));
        }
        let hash = hash_password(&plain, PasswordCost::STRONG).map_err(|e| e.to_string())?;
        Ok(Given { hash: Private::new(hash), one_time: (!from_stdin).then_some(plain) })
    }

    /// Says how the user signs in from now on; whoever was signed in under its name is not any more.
    async fn finish(&self, login: &Login, given: Given, forget_second_factor: bool) -> Result<(), String> {
        let (tenant, user) = (self.tenant.id, login.user.id);
        let old = self.store.get::<Guard>(tenant, user).await.map_err(|e| e.to_string())?;
        let old = old.filter(|_| !forget_second_factor).unwrap_or_else(|| Guard::none(tenant, user));
        let guard = Guard { one_time_password: given.one_time.is_some(), ..old };
        self.store.put(&guard).await.map_err(|e| e.to_string())?;
        self.store.end_sessions(tenant, user).await.map_err(|e| e.to_string())?;
        if let Some(password) = given.one_time {
            println!("{password}");
            eprintln!("{} signs in with this password once, and then chooses another", login.user.username);
        }
        Ok(())
    }

    async fn set_disabled(&self, name: &str, disabled: bool) -> Result<(), String> {
        let login = self.login(name).await?;
        let (tenant, user) = (self.tenant.id, login.user.id);
        self.store.put(&Login { disabled, ..login }).await.map_err(|e| e.to_string())?;
        self.store.end_sessions(tenant, user).await.map_err(|e| e.to_string()).map(drop)
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.@".contains(&b))
}

fn line() -> Result<String, String> {
    let mut text = String::new();
    std::io::stdin().take(LINE_BYTES).read_to_string(&mut text).map_err(|e| format!("standard input: {e}"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
