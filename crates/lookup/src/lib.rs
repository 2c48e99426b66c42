//! Asks other systems by HTTP, and databases, for flows: bounded in time, size and number, and never where a tenant may
//! not look.
//!
//! One [`Lookups`] serves a whole node. What is bounded, per tenant: [`AT_ONCE`] requests at once, others wait within
//! their own time. Per request: its time to connect and its time as a whole, tries anew included; an answer of
//! [`ANSWER_BYTES`]. An endpoint that failed [`breaker::FAILURES`] times in a row is left alone for a while. Addresses
//! within the own network are refused unless the tenant's administrator allows the host ([`Allowed`]). Redirects are not
//! followed: they could lead anywhere. Of databases, see [`database`].

mod address;
mod breaker;
mod database;
mod http;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flow::{Database, HttpQuestion, LookupOutcome, LookupRequest, LookupTold, Question};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use types::leg::Text;
use types::{Private, TenantId};

pub use address::Allowed;
use address::Endpoint;
use breaker::Breakers;
use database::Pools;

/// Requests of one tenant at once: with answers of a tenth of a second, 160 calls a second.
pub const AT_ONCE: usize = 16;
/// The longest answer, bytes.
pub const ANSWER_BYTES: usize = 64 * 1024;
/// Before the first try anew; each further one waits twice as long.
const BACKOFF: Duration = Duration::from_millis(100);

/// The secrets that requests show, by name.
pub type Secrets = BTreeMap<Text, Private<Text>>;

/// Why an endpoint gave no answer that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The address is none.
    Address,
    /// A secret that it shows is not there.
    NoSecret,
    /// The tenant may not look there.
    NotAllowed,
    /// The name leads nowhere.
    Name,
    /// The server could not be reached in time.
    Connect,
    /// The connection broke, or was no HTTP.
    Broken,
    /// The time was over.
    TimedOut,
    /// The answer is too long.
    TooLong,
    /// The answer is no JSON.
    NoJson,
    /// A status that says so.
    Status,
    /// The endpoint has failed so often that it is left alone.
    LeftAlone,
    /// The tenant asks too much at once.
    Busy,
    /// There is no such database.
    NoDatabase,
    /// There is no such file, or it is not within the tenant's folder.
    NoFile,
    /// The database lets nobody in by this name and password.
    Access,
    /// The database can't make anything of the statement.
    Statement,
    /// The row has no such column.
    Column,
}

impl Why {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "bad address",
            Self::NoSecret => "no such secret",
            Self::NotAllowed => "address not allowed",
            Self::Name => "name not found",
            Self::Connect => "not reachable",
            Self::Broken => "connection broken",
            Self::TimedOut => "timed out",
            Self::TooLong => "answer too long",
            Self::NoJson => "answer is no JSON",
            Self::Status => "refused",
            Self::LeftAlone => "left alone after failures",
            Self::Busy => "too many at once",
            Self::NoDatabase => "no such database",
            Self::NoFile => "no such database file",
            Self::Access => "access refused",
            Self::Statement => "statement refused",
            Self::Column => "no such column",
        }
    }

    /// Whether trying anew at once can help.
    const fn may_pass(self) -> bool {
        matches!(self, Self::Connect | Self::Broken)
    }
}

/// What a tenant grants a request.
#[derive(Clone, Copy, Debug)]
pub struct Granted<'a> {
    /// The hosts within the own network that may be asked.
    pub allowed: &'a Allowed,
    /// The secrets that are shown, a database's password among them.
    pub secrets: &'a Secrets,
    /// The database of the request.
    pub database: Option<&'a Database>,
    /// The tenant's name: its folder of database files.
    pub tenant: &'a str,
}

/// Asks. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Lookups {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
    breakers: Mutex<Breakers>,
    pools: Pools,
}

/// Whom one request is put to.
enum Target<'a> {
    Http(Endpoint, &'a HttpQuestion, Vec<http::Header>),
    Database(database::Target<'a>),
}

/// What came of one try.
struct Tried {
    status: Option<u16>,
    got: Result<LookupOutcome, Why>,
    said: Option<Private<String>>,
}

impl Tried {
    /// Whether trying anew at once can help.
    fn may_pass(&self) -> bool {
        match &self.got {
            Err(Why::Status) => self.status.is_some_and(|status| status >= 500 || status == 429),
            Err(why) => why.may_pass(),
            Ok(_) => false,
        }
    }
}

impl<'a> Target<'a> {
    fn of(request: &'a LookupRequest, granted: Granted<'a>) -> Result<Self, Why> {
        match &request.question {
            Question::Http(question) => {
                let endpoint = Endpoint::of(question.url.reveal())?;
                Ok(Self::Http(endpoint, question, http::headers(question, granted.secrets)?))
            }
            Question::Database(question) => database::Target::of(question, granted).map(Self::Database),
        }
    }

    /// What is left alone when it fails.
    fn name(&self) -> String {
        match self {
            Self::Http(endpoint, ..) => endpoint.authority(),
            Self::Database(target) => format!("database {}", target.name()),
        }
    }
}

impl Lookups {
    /// One whose tenants' database files are in folders of their names below this one; without it there are none.
    pub fn new(files: Option<PathBuf>) -> Self {
        let inner = Inner { pools: Pools::new(files), ..Inner::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Asks for a tenant. Takes as long as the request says at most.
    pub async fn ask(&self, tenant: TenantId, request: &LookupRequest, granted: Granted<'_>) -> LookupTold {
        let began = Instant::now();
        let (outcome, took) = (LookupOutcome::Failed, Duration::ZERO);
        let mut told = LookupTold { outcome, status: None, why: None, said: None, tries: 0, took };
        match Target::of(request, granted) {
            Err(why) => told.why = Some(why.as_str()),
            Ok(target) => {
                let asked = self.tries(tenant, request, (&target, granted), &mut told);
                if tokio::time::timeout(request.within, asked).await.is_err() {
                    // Before the first try only others' requests can have taken the time.
                    told.why = Some(if told.tries == 0 { Why::Busy } else { Why::TimedOut }.as_str());
                    if told.tries > 0 {
                        self.note(tenant, &target, false);
                    }
                }
            }
        }
        told.took = began.elapsed();
        told
    }

    async fn tries(
        &self,
        tenant: TenantId,
        request: &LookupRequest,
        (target, granted): (&Target<'_>, Granted<'_>),
        told: &mut LookupTold,
    ) {
        let room = self.room(tenant);
        let Ok(_room) = room.acquire().await else { return told.why = Some(Why::Busy.as_str()) };
        for again in 0..=u32::from(request.retries) {
            if again > 0 {
                tokio::time::sleep(BACKOFF * 2_u32.pow(again - 1)).await;
            }
            if !self.may_ask(tenant, target) {
                told.why.get_or_insert(Why::LeftAlone.as_str());
                return;
            }
            told.tries += 1;
            let tried = self.once(tenant, request, (target, granted)).await;
            let passes = tried.may_pass();
            (told.status, told.said) = (tried.status, tried.said);
            self.note(tenant, target, !passes);
            match tried.got {
                Ok(outcome) => {
                    (told.outcome, told.why) = (outcome, None);
                    return;
                }
                Err(why) => told.why = Some(why.as_str()),
            }
            if !passes {
                return;
            }
        }
    }

    async fn once(
        &self,
        tenant: TenantId,
        request: &LookupRequest,
        (target, granted): (&Target<'_>, Granted<'_>),
    ) -> Tried {
        match target {
            Target::Http(endpoint, question, headers) => {
                let asked = (*question, request.connect_within);
                match http::once(endpoint, asked, headers, granted.allowed).await {
                    Ok(answer) => Tried { status: Some(answer.status), got: answer.read(request), said: None },
                    Err(why) => Tried { status: None, got: Err(why), said: None },
                }
            }
            Target::Database(target) => match self.inner.pools.once(tenant, target, request, granted).await {
                Ok(outcome) => Tried { status: None, got: Ok(outcome), said: None },
                Err(database::Fault { why, said }) => Tried { status: None, got: Err(why), said },
            },
        }
    }

    fn room(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone()
    }

    fn may_ask(&self, tenant: TenantId, target: &Target<'_>) -> bool {
        let mut breakers = self.inner.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.may_ask(Instant::now(), (tenant, target.name()))
    }

    fn note(&self, tenant: TenantId, target: &Target<'_>, works: bool) {
        let mut breakers = self.inner.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.note(Instant::now(), (tenant, target.name()), works);
    }
}
