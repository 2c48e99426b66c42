//! A mail server, and a letter brought to it.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use types::Private;

use crate::failure::{Failure, Stage};
use crate::letter::Letter;

/// A connection stands within this, or the server is not there.
const CONNECT: Duration = Duration::from_secs(15);
/// A server answers within this (RFC 5321 section 4.5.3.2 allows minutes; nobody at a screen waits that long).
const ANSWER: Duration = Duration::from_secs(60);
/// A server looks at the content for so long at most: virus scanners take their time.
const CONTENT: Duration = Duration::from_secs(180);
/// What is kept of a server's answer, characters.
const SAID_CHARS: usize = 300;

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte on (RFC 8314), port 465.
    Tls,
    /// After a plain greeting (RFC 3207), port 587. Nothing is said before it is secure.
    StartTls,
    /// Not at all, port 25.
    None,
}

impl Security {
    /// The port where servers that do it listen.
    pub const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// A server that takes letters.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Unsecured connections may leave this machine.
    pub allow_plain: bool,
    /// User name and password, where it asks for them.
    pub login: Option<(String, Private<String>)>,
}

/// Brings a letter to its server; gives the server's answer once it has taken it.
///
/// # Errors
/// See [`Failure`]: at which stage, and in which words.
pub async fn send(server: &Server, letter: &Letter) -> Result<String, Failure> {
    let message = letter.written().map_err(|e| Failure::of_ours(Stage::Letter, e.to_string()))?;
    let mut connection = within(CONNECT + ANSWER, Stage::Connect, connect(server, letter)).await?;
    if let Some((user, password)) = &server.login {
        let credentials = Credentials::new(user.clone(), password.reveal().clone());
        let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        within(ANSWER, Stage::Login, at(Stage::Login, login)).await?;
    }
    let utf8 = [&letter.to, &letter.from].iter().any(|address| !address.reveal().is_ascii());
    if utf8 && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        return Err(Failure::of_ours(Stage::Recipient, "the server does not take such addresses (no SMTPUTF8)"));
    }
    let options = if utf8 { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
    let from = connection.command(Mail::new(message.envelope().from().cloned(), options));
    within(ANSWER, Stage::Sender, at(Stage::Sender, from)).await?;
    for to in message.envelope().to() {
        let to = connection.command(Rcpt::new(to.clone(), Vec::new()));
        within(ANSWER, Stage::Recipient, at(Stage::Recipient, to)).await?;
    }
    within(ANSWER, Stage::Content, at(Stage::Content, connection.command(Data))).await?;
    let bytes = message.formatted();
    let taken = within(CONTENT, Stage::Content, at(Stage::Content, connection.message(&bytes))).await?;
    // It is theirs now: how the connection ends does not matter.
    let _ = tokio::time::timeout(CONNECT, connection.quit()).await;
    let said: Vec<&str> = taken.message().collect();
    Ok(format!("{} {}", taken.code(), said.join(" ")).chars().take(SAID_CHARS).collect())
}

async fn at<T>(stage: Stage, work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    work.await.map_err(|error| Failure::at(stage, &error))
}

/// Bounded in time; what is said is bounded in length.
async fn within<T>(
    limit: Duration,
    stage: Stage,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let done = tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(Failure::silent(stage, limit.as_secs())));
    done.map_err(|failure| Failure { said: failure.said.chars().take(SAID_CHARS).collect(), ..failure })
}

async fn connect(server: &Server, letter: &Letter) -> Result<AsyncSmtpConnection, Failure> {
    let found = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    let failed = |said: String| Failure { stage: Stage::Connect, said, is_final: false };
    let addresses: Vec<SocketAddr> = found.map_err(|e| failed(e.to_string()))?.collect();
    let secured = server.security != Security::None;
    if !secured && !server.allow_plain && !addresses.iter().all(|at| is_here(at.ip())) {
        let said = format!("{} is another machine, and the connection would not be encrypted", server.host);
        return Err(Failure::of_ours(Stage::Plain, said));
    }
    let tls = || at(Stage::Tls, async { TlsParameters::new_rustls(server.host.clone()) });
    let first = if server.security == Security::Tls { Some(tls().await?) } else { None };
    let hello = hello(letter);
    let open = AsyncSmtpConnection::connect_tokio1(&addresses[..], Some(CONNECT), &hello, first, None);
    let mut connection = at(Stage::Connect, open).await?;
    if server.security == Security::StartTls {
        at(Stage::Tls, connection.starttls(tls().await?, &hello)).await?;
    }
    Ok(connection)
}

fn is_here(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// What we call ourselves: the sender's domain, which is ours, where the host may have no name.
fn hello(letter: &Letter) -> ClientId {
    let domain = letter.from.reveal().rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    if domain.is_ascii() { ClientId::Domain(domain.to_owned()) } else { ClientId::Domain("localhost".to_owned()) }
}
