//! A certificate had from an authority by ACME (RFC 8555), and renewed in time. The authority looks for a proof at the
//! HTTPS port itself (TLS-ALPN-01, RFC 8737): no other port has to be open.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::time::{Duration, SystemTime};

use config::Acme;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use node::{Certificates, TlsFiles};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use serde::{Deserialize, Serialize};

use super::{due, self_signed, write};

/// Key and chain in one file, so that a crash never leaves one without the other.
const FILE: &str = "acme.pem";
/// Who we are to the authority.
const ACCOUNT: &str = "acme-account.json";
/// An order that takes longer is given up: authorities answer within seconds.
const ORDER_WITHIN: Duration = Duration::from_secs(5 * 60);
/// How long an authority is asked whether it has come to a decision.
const DECIDED_WITHIN: Duration = Duration::from_secs(2 * 60);
/// After a failure, and twice as long after each further one: authorities count failures by the hour.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(4 * 3600);
/// The longest sleep, so that a machine that was suspended looks at its clock again.
const LOOK_EVERY: Duration = Duration::from_secs(3600);

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
enum AcmeError {
    #[error(transparent)]
    Protocol(#[from] instant_acme::Error),
    #[error("a file: {0}")]
    File(#[from] io::Error),
    #[error("a key or certificate: {0}")]
    Key(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] node::TlsError),
    #[error("the authority does not offer to look at port 443 (tls-alpn-01) for {0}")]
    NotOffered(String),
    #[error("the authority refused: {0}")]
    Refused(String),
    #[error("no end within {} minutes", ORDER_WITHIN.as_secs() / 60)]
    TooLong,
}

/// The file of the certificate; with one made here until the authority has given its own.
pub(super) fn files(folder: &Path, names: &[String]) -> io::Result<TlsFiles> {
    let file = folder.join(FILE);
    if !file.exists() {
        fs::create_dir_all(folder)?;
        let [cert, key] = self_signed(names.to_vec(), Vec::new()).map_err(io::Error::other)?;
        replace(&file, &(key + &cert))?;
    }
    Ok(TlsFiles { cert: file.clone(), key: file })
}

/// Has a certificate and renews it as long as anybody shows it.
pub(super) async fn renew(certificates: Weak<Certificates>, acme: Acme, folder: PathBuf, file: PathBuf) {
    let mut pause = FIRST_PAUSE;
    loop {
        let held = fs::read(&file).unwrap_or_default();
        let serves = due::until_due(&held, &acme.domains, now());
        let Some(shown) = certificates.upgrade() else { return };
        if !serves.is_zero() {
            drop(shown);
            tokio::time::sleep(serves.min(LOOK_EVERY)).await;
            continue;
        }
        tracing::info!(names = ?acme.domains, authority = acme.directory, "asking for a certificate");
        let order = tokio::time::timeout(ORDER_WITHIN, order(&shown, &acme, &folder));
        let had = order.await.unwrap_or(Err(AcmeError::TooLong)).and_then(|pem| {
            replace(&file, &pem)?;
            Ok(shown.reload()?)
        });
        shown.no_proofs();
        match had {
            Ok(_) => {
                tracing::info!(sha256 = shown.fingerprint(), "the authority has given a certificate");
                pause = FIRST_PAUSE;
            }
            Err(error) => {
                let (error, again_s) = (whole(&error), pause.as_secs());
                tracing::error!(error, again_s, "no certificate; port 443 of each name has to lead here from outside");
                drop(shown);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// An error with what lies behind it, unless it says that itself: of a refused connection the first line says nothing.
fn whole(error: &dyn Error) -> String {
    let text = error.to_string();
    match error.source().map(whole) {
        Some(behind) if !text.contains(&behind) => format!("{text}: {behind}"),
        _ => text,
    }
}

#[allow(clippy::disallowed_methods, reason = "the shell reads the clock here")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Orders a certificate: key and chain, PEM.
async fn order(certificates: &Certificates, acme: &Acme, folder: &Path) -> Result<String, AcmeError> {
    let account = account(acme, &folder.join(ACCOUNT)).await?;
    let names: Vec<Identifier> = acme.domains.iter().cloned().map(Identifier::Dns).collect();
    let mut order = account.new_order(&NewOrder::new(&names)).await?;
    prove(certificates, &mut order).await?;
    let patience = RetryPolicy::new().timeout(DECIDED_WITHIN);
    if order.poll_ready(&patience).await? != OrderStatus::Ready {
        return Err(AcmeError::Refused(reasons(&mut order).await));
    }
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(acme.domains.clone())?;
    params.distinguished_name = DistinguishedName::new();
    order.finalize_csr(params.serialize_request(&key)?.der()).await?;
    Ok(key.serialize_pem() + &order.poll_certificate(&patience).await?)
}

/// Shows what the authority looks for at each name, and asks it to come.
async fn prove(certificates: &Certificates, order: &mut Order) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let name = authorization.identifier().to_string();
        let offered = authorization.challenge(ChallengeType::TlsAlpn01);
        let mut challenge = offered.ok_or_else(|| AcmeError::NotOffered(name.clone()))?;
        let digest = challenge.key_authorization().digest();
        let extension = CustomExtension::new_acme_identifier(digest.as_ref());
        let [cert, key] = self_signed(vec![name.clone()], vec![extension])?;
        certificates.prove(&name, (key + &cert).as_bytes())?;
        challenge.set_ready().await?;
    }
    Ok(())
}

/// What the authority found wrong, for each name.
async fn reasons(order: &mut Order) -> String {
    let (mut found, mut authorizations) = (Vec::new(), order.authorizations());
    while let Some(Ok(authorization)) = authorizations.next().await {
        let errors = authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        found.extend(errors.map(|error| format!("{}: {error}", authorization.identifier())));
    }
    if found.is_empty() { "without a reason".to_owned() } else { found.join("; ") }
}

/// Who we are to one authority.
#[derive(Serialize, Deserialize)]
struct Kept {
    directory: String,
    credentials: AccountCredentials,
}

/// The account of earlier, or a new one.
async fn account(acme: &Acme, file: &Path) -> Result<Account, AcmeError> {
    let builder = || match &acme.root {
        Some(root) => Account::builder_with_root(root),
        None => Account::builder(),
    };
    let kept: Option<Kept> = fs::read(file).ok().and_then(|text| serde_json::from_slice(&text).ok());
    if let Some(kept) = kept.filter(|kept| kept.directory == acme.directory) {
        return Ok(builder()?.from_credentials(kept.credentials).await?);
    }
    let contact: Vec<String> = acme.contact.iter().map(|mail| format!("mailto:{mail}")).collect();
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder()?.create(&new, acme.directory.clone(), None).await?;
    let kept = Kept { directory: acme.directory.clone(), credentials };
    replace(file, &serde_json::to_string(&kept).map_err(io::Error::other)?)?;
    Ok(account)
}

/// Puts a file in the place of another in one step.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    write(&new, text.as_bytes())?;
    fs::rename(&new, path)
}
