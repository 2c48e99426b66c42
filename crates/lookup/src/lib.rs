//! Asks other systems by HTTP for flows: bounded in time, size and number, and never where a tenant may not look.
//!
//! One [`Lookups`] serves a whole node. What is bounded, per tenant: [`AT_ONCE`] requests at once, others wait within
//! their own time. Per request: its time to connect and its time as a whole, tries anew included; an answer of
//! [`ANSWER_BYTES`]. An endpoint that failed [`breaker::FAILURES`] times in a row is left alone for a while. Addresses
//! within the own network are refused unless the tenant's administrator allows the host ([`Allowed`]). Redirects are not
//! followed: they could lead anywhere.

mod address;
mod breaker;
mod http;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flow::{LookupOutcome, LookupRequest, LookupTold};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use types::leg::Text;
use types::{Private, TenantId};

pub use address::Allowed;
use address::Endpoint;
use breaker::Breakers;

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
        }
    }

    /// Whether trying anew at once can help.
    const fn may_pass(self) -> bool {
        matches!(self, Self::Connect | Self::Broken)
    }
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
}

impl Lookups {
    /// Asks for a tenant. Takes as long as the request says at most.
    pub async fn ask(
        &self,
        tenant: TenantId,
        request: &LookupRequest,
        allowed: &Allowed,
        secrets: &Secrets,
    ) -> LookupTold {
        let began = Instant::now();
        let mut told =
            LookupTold { outcome: LookupOutcome::Failed, status: None, why: None, tries: 0, took: Duration::ZERO };
        let asked = self.tries(tenant, request, (allowed, secrets), &mut told);
        if tokio::time::timeout(request.within, asked).await.is_err() {
            // Before the first try only others' requests can have taken the time.
            told.why = Some(if told.tries == 0 { Why::Busy } else { Why::TimedOut }.as_str());
            if told.tries > 0
                && let Ok(endpoint) = Endpoint::of(request.url.reveal())
            {
                self.note(tenant, &endpoint, false);
            }
        }
        told.took = began.elapsed();
        told
    }

    async fn tries(
        &self,
        tenant: TenantId,
        request: &LookupRequest,
        (allowed, secrets): (&Allowed, &Secrets),
        told: &mut LookupTold,
    ) {
        let endpoint = match Endpoint::of(request.url.reveal()) {
            Ok(endpoint) => endpoint,
            Err(why) => return told.why = Some(why.as_str()),
        };
        let headers = match http::headers(request, secrets) {
            Ok(headers) => headers,
            Err(why) => return told.why = Some(why.as_str()),
        };
        let room = self.room(tenant);
        let Ok(_room) = room.acquire().await else { return told.why = Some(Why::Busy.as_str()) };
        for again in 0..=u32::from(request.retries) {
            if again > 0 {
                tokio::time::sleep(BACKOFF * 2_u32.pow(again - 1)).await;
            }
            if !self.may_ask(tenant, &endpoint) {
                told.why.get_or_insert(Why::LeftAlone.as_str());
                return;
            }
            told.tries += 1;
            let (status, got) = match http::once(&endpoint, request, &headers, allowed).await {
                Ok(answer) => (Some(answer.status), answer.read(request)),
                Err(why) => (None, Err(why)),
            };
            told.status = status;
            let passes = match &got {
                Err(Why::Status) => status.is_some_and(|status| status >= 500 || status == 429),
                Err(why) => why.may_pass(),
                Ok(_) => false,
            };
            self.note(tenant, &endpoint, !passes);
            match got {
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

    fn room(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.inner.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone()
    }

    fn may_ask(&self, tenant: TenantId, endpoint: &Endpoint) -> bool {
        let mut breakers = self.inner.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.may_ask(Instant::now(), (tenant, endpoint.authority()))
    }

    fn note(&self, tenant: TenantId, endpoint: &Endpoint, works: bool) {
        let mut breakers = self.inner.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.note(Instant::now(), (tenant, endpoint.authority()), works);
    }
}
