//! Strict builders from files and flags to valid settings.
//!
//! A [`Draft`] is what was written: every value optional, unknown keys refused. Drafts are laid over
//! one another (file below flags) and [`Draft::build`] turns the result into a valid [`Server`], of
//! which each subsystem takes its own small part.

mod acme;
mod draft;
mod range;
mod setting;
mod turn;

pub use acme::Acme;
pub use draft::{Draft, Error};
pub use range::PortRange;
pub use setting::{KNOWN_SETTINGS, parse_setting};
pub use turn::Turn;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use types::Network;

/// All settings of one server process.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Where everything is kept.
    pub data: PathBuf,
    /// This node's number, 0 to 1023, by which its ids are told from other nodes'.
    pub node: u16,
    /// Whether the demo tenant with its well-known passwords is set up.
    pub demo: bool,
    /// The web side.
    pub web: Web,
    /// The telephone side.
    pub phone: Phone,
    /// Certificate and key for HTTPS and SIPS; where there are none, the server makes its own.
    pub tls: Option<Tls>,
    /// An authority that the certificate is had from instead.
    pub acme: Option<Acme>,
    /// A relay for browsers' sound.
    pub turn: Option<Turn>,
    /// File with the master key that wraps the keys of recordings; where there is none, the server makes its own.
    pub master_key_file: Option<PathBuf>,
    /// Folder with a folder of each company's name: the SQLite files that its flows may look into.
    pub database_files: Option<PathBuf>,
    /// How long after a call's end its recording is brought into the archive.
    pub archive_after: Duration,
    /// Named values that flows refer to.
    pub settings: BTreeMap<String, String>,
}

/// Where HTTP listens.
#[derive(Clone, Debug, PartialEq)]
pub struct Web {
    /// Plain HTTP.
    pub http: SocketAddr,
    /// HTTPS.
    pub https: Option<SocketAddr>,
    /// Proxies that are believed when they say for whom they ask.
    pub trusted_proxies: Vec<Network>,
    /// Networks that webhooks may go to beside the public net.
    pub webhook_networks: Vec<Network>,
}

/// Where SIP and RTP listen.
#[derive(Clone, Debug, PartialEq)]
pub struct Phone {
    /// SIP over UDP and TCP.
    pub sip: SocketAddr,
    /// SIP over TLS.
    pub sips: Option<SocketAddr>,
    /// UDP ports for media.
    pub rtp: PortRange,
    /// The address that session descriptions name; chosen by the route to the peer when absent.
    pub media_ip: Option<IpAddr>,
    /// Media threads; 0 is one per core.
    pub media_threads: usize,
}

/// Files of a certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Tls {
    /// PEM certificate chain.
    pub cert: PathBuf,
    /// PEM private key.
    pub key: PathBuf,
}
