//! What was written, before it is checked.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::setting::{ARCHIVE_AFTER, TRUSTED_PROXIES, WEBHOOK_NETWORKS, check, networks};
use crate::{Phone, PortRange, Server, Tls, Web, acme, turn};

/// Why settings are not accepted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file can't be read.
    #[error("the settings file {} can't be read: {source}; give another with --config", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no YAML, or has a key that there is not.
    #[error("the settings file {} is not right: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_yaml_ng::Error,
    },
    /// A value does not fit.
    #[error("{field}: {why}")]
    Invalid {
        /// The key or flag.
        field: &'static str,
        /// Why, and what would fit.
        why: String,
    },
}

/// Settings as they were written in a file or given as flags.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// See [`Server::data`].
    pub data: Option<PathBuf>,
    /// See [`Server::node`].
    pub node: Option<u16>,
    /// See [`Server::demo`].
    pub demo: Option<bool>,
    /// See [`Web::http`].
    pub http: Option<SocketAddr>,
    /// See [`Web::https`].
    pub https: Option<SocketAddr>,
    /// See [`Phone::sip`].
    pub sip: Option<SocketAddr>,
    /// See [`Phone::sips`].
    pub sips: Option<SocketAddr>,
    /// See [`Phone::rtp`].
    pub rtp: Option<String>,
    /// See [`Phone::media_ip`].
    pub media_ip: Option<IpAddr>,
    /// See [`Phone::media_threads`].
    pub media_threads: Option<usize>,
    /// See [`Tls::cert`].
    pub tls_cert: Option<PathBuf>,
    /// See [`Tls::key`].
    pub tls_key: Option<PathBuf>,
    /// See [`Acme::domains`](crate::Acme::domains).
    pub acme_domains: Option<Vec<String>>,
    /// See [`Acme::contact`](crate::Acme::contact).
    pub acme_contact: Option<String>,
    /// See [`Acme::directory`](crate::Acme::directory).
    pub acme_directory: Option<String>,
    /// See [`Acme::root`](crate::Acme::root).
    pub acme_root: Option<PathBuf>,
    /// See [`Turn::urls`](crate::Turn::urls).
    pub turn_urls: Option<Vec<String>>,
    /// See [`Turn::secret_file`](crate::Turn::secret_file).
    pub turn_secret_file: Option<PathBuf>,
    /// See [`Turn::only`](crate::Turn::only).
    pub turn_only: Option<bool>,
    /// See [`Server::master_key_file`].
    pub master_key_file: Option<PathBuf>,
    /// See [`Server::database_files`].
    pub database_files: Option<PathBuf>,
    /// See [`Server::settings`].
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
}

impl Draft {
    /// Reads a YAML file.
    ///
    /// # Errors
    /// When it can't be read, is no YAML, or has a key that there is not.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        serde_yaml_ng::from_str(&text).map_err(|source| Error::Malformed { path: path.to_owned(), source })
    }

    /// Lays `over` on top: what it says wins.
    #[must_use]
    pub fn with(mut self, over: Self) -> Self {
        self.settings.extend(over.settings);
        Self {
            data: over.data.or(self.data),
            node: over.node.or(self.node),
            demo: over.demo.or(self.demo),
            http: over.http.or(self.http),
            https: over.https.or(self.https),
            sip: over.sip.or(self.sip),
            sips: over.sips.or(self.sips),
            rtp: over.rtp.or(self.rtp),
            media_ip: over.media_ip.or(self.media_ip),
            media_threads: over.media_threads.or(self.media_threads),
            tls_cert: over.tls_cert.or(self.tls_cert),
            tls_key: over.tls_key.or(self.tls_key),
            acme_domains: over.acme_domains.or(self.acme_domains),
            acme_contact: over.acme_contact.or(self.acme_contact),
            acme_directory: over.acme_directory.or(self.acme_directory),
            acme_root: over.acme_root.or(self.acme_root),
            turn_urls: over.turn_urls.or(self.turn_urls),
            turn_secret_file: over.turn_secret_file.or(self.turn_secret_file),
            turn_only: over.turn_only.or(self.turn_only),
            master_key_file: over.master_key_file.or(self.master_key_file),
            database_files: over.database_files.or(self.database_files),
            settings: self.settings,
        }
    }

    /// Checks everything and fills in the defaults. The demo, whose passwords everyone knows, binds
    /// SIP to loopback unless told otherwise.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first value that does not fit.
    pub fn build(mut self) -> Result<Server, Error> {
        let demo = self.demo.unwrap_or(false);
        let any = if demo { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
        let rtp = self.rtp.as_deref().unwrap_or("40000-59999");
        let rtp: PortRange = rtp.parse().map_err(|why| Error::Invalid { field: "rtp", why })?;
        let node = self.node.unwrap_or(0);
        if node > 1023 {
            return Err(Error::Invalid { field: "node", why: format!("{node} is above 1023") });
        }
        for (key, value) in &self.settings {
            check(key, value).map_err(in_settings)?;
        }
        // The server's own; no flow has a use for them.
        let mut own = |key: &str| {
            let value = self.settings.remove(key);
            value.map_or(Ok(Vec::new()), |value| networks(key, &value)).map_err(in_settings)
        };
        let (trusted_proxies, webhook_networks) = (own(TRUSTED_PROXIES)?, own(WEBHOOK_NETWORKS)?);
        let archive_after = self.settings.remove(ARCHIVE_AFTER.name);
        let archive_after = ARCHIVE_AFTER.parse(archive_after.as_deref()).map_err(in_settings)?;
        let tls = tls(self.tls_cert, self.tls_key)?;
        let acme = acme::Written {
            domains: self.acme_domains,
            contact: self.acme_contact,
            directory: self.acme_directory,
            root: self.acme_root,
        };
        let acme =
            acme.build(self.https.is_some(), tls.is_some()).map_err(|(field, why)| Error::Invalid { field, why })?;
        let turn = turn::Written { urls: self.turn_urls, secret_file: self.turn_secret_file, only: self.turn_only };
        let turn = turn.build().map_err(|(field, why)| Error::Invalid { field, why })?;
        Ok(Server {
            data: self.data.unwrap_or_else(|| PathBuf::from("./data")),
            node,
            demo,
            web: Web {
                http: self.http.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 8080).into()),
                https: self.https,
                trusted_proxies,
                webhook_networks,
            },
            phone: Phone {
                sip: self.sip.unwrap_or_else(|| (any, 5060).into()),
                sips: self.sips,
                rtp,
                media_ip: self.media_ip,
                media_threads: self.media_threads.unwrap_or(0),
            },
            tls,
            acme,
            turn,
            master_key_file: self.master_key_file,
            database_files: self.database_files,
            archive_after,
            settings: self.settings,
        })
    }
}

const fn in_settings(why: String) -> Error {
    Error::Invalid { field: "settings", why }
}

fn tls(cert: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<Tls>, Error> {
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(Tls { cert, key })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::Invalid { field: "tls_key", why: "missing beside tls_cert".into() }),
        (None, Some(_)) => Err(Error::Invalid { field: "tls_cert", why: "missing beside tls_key".into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Result<Server, String> {
        let draft: Draft = serde_yaml_ng::from_str(text).map_err(|e| e.to_string())?;
        draft.build().map_err(|e| e.to_string())
    }

    #[test]
    fn defaults_are_those_of_the_manual() {
        let server = yaml("{}").unwrap();
        assert_eq!(server.phone.sip, "0.0.0.0:5060".parse().unwrap());
        assert_eq!(server.web.http, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(server.phone.rtp.to_string(), "40000-59999");
        assert_eq!(yaml("demo: true").unwrap().phone.sip, "127.0.0.1:5060".parse().unwrap());
    }

    #[test]
    fn flags_win_over_the_file() {
        let file = Draft { rtp: Some("20000-20100".into()), node: Some(3), ..Draft::default() };
        let flags = Draft { rtp: Some("30000-30100".into()), ..Draft::default() };
        let server = file.with(flags).build().unwrap();
        assert_eq!((server.phone.rtp.low, server.node), (30_000, 3));
    }

    #[test]
    fn an_authority_is_asked_for_the_names_given() {
        let acme = yaml("{https: '[::]:443', acme_domains: [Desk.Example.com]}").unwrap().acme.unwrap();
        assert_eq!(acme.domains, ["desk.example.com"]);
        assert_eq!(acme.directory, "https://acme-v02.api.letsencrypt.org/directory");
        assert_eq!(yaml("https: '[::]:443'").unwrap().acme, None);
    }

    #[test]
    fn a_relay_has_places_and_a_secret() {
        let urls =
            "['turn:192.0.2.1', 'turn:[2001:db8::1]:3478?transport=udp', 'turns:t.example.com:443?transport=tcp']";
        let turn = yaml(&format!("{{turn_urls: {urls}, turn_secret_file: /etc/turn}}")).unwrap().turn.unwrap();
        assert_eq!((turn.urls.len(), turn.secret_file, turn.only), (3, "/etc/turn".into(), false));
        assert_eq!(yaml("turn_only: false").unwrap().turn, None);
    }

    #[test]
    fn proxies_are_the_web_sides_alone() {
        let server = yaml("settings: {http.trusted_proxies: '192.0.2.7, 2001:db8::/32', sip.digest: both}").unwrap();
        let proxies: Vec<String> = server.web.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["192.0.2.7/32", "2001:db8::/32"]);
        assert_eq!(server.settings.keys().collect::<Vec<_>>(), ["sip.digest"]);
        assert_eq!(yaml("{}").unwrap().web.trusted_proxies, []);
        let server = yaml("settings: {webhook.networks: '10.0.0.0/8'}").unwrap();
        assert_eq!(server.web.webhook_networks, ["10.0.0.0/8".parse().unwrap()]);
        assert!(server.settings.is_empty() && yaml("settings: {webhook.networks: '0.0.0.0/0'}").is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, part) in [
            ("htpp: 127.0.0.1:1", "htpp"),
            ("http: nonsense", "http"),
            ("rtp: '5'", "rtp"),
            ("rtp: 40001-40002", "rtp"),
            ("node: 2000", "node"),
            ("tls_cert: a.pem", "tls_key"),
            ("tls_key: a.pem", "tls_cert"),
            ("acme_contact: a@example.com", "acme_contact: means nothing without acme_domains"),
            ("acme_domains: [a.example]", "acme_domains: the authority comes by HTTPS"),
            ("{https: '[::]:443', acme_domains: [a.example], tls_cert: a, tls_key: b}", "acme_domains: there is"),
            ("{https: '[::]:443', acme_domains: []}", "acme_domains: 1 to 100 names"),
            ("{https: '[::]:443', acme_domains: [192.0.2.1]}", "acme_domains: `192.0.2.1` is no name"),
            ("{https: '[::]:443', acme_domains: ['*.example.com']}", "acme_domains: `*.example.com` is no name"),
            ("{https: '[::]:443', acme_domains: [a.example], acme_contact: me}", "acme_contact: `me` is no mail"),
            (
                "{https: '[::]:443', acme_domains: [a.example], acme_directory: 'http://x'}",
                "acme_directory: `http://x`",
            ),
            ("turn_secret_file: x", "turn_secret_file: means nothing without turn_urls"),
            ("turn_only: true", "turn_only: means nothing without turn_urls"),
            ("turn_urls: ['turn:a.example']", "turn_secret_file: missing beside turn_urls"),
            ("{turn_secret_file: x, turn_urls: []}", "turn_urls: 1 to 4 of them"),
            ("{turn_secret_file: x, turn_urls: ['stun:a.example']}", "turn_urls: `stun:a.example` is none"),
            ("{turn_secret_file: x, turn_urls: ['turn:a.example:0']}", "turn_urls: `turn:a.example:0` is none"),
            ("{turn_secret_file: x, turn_urls: ['turn:a?transport=tls']}", "turn_urls: `turn:a?transport=tls` is none"),
            ("{turn_secret_file: x, turn_urls: ['turn:a/b']}", "turn_urls: `turn:a/b` is none"),
            ("{turn_secret_file: x, turn_urls: ['turn:[fe80]']}", "turn_urls: `turn:[fe80]` is none"),
            ("settings: {demo.bridge_targt: 'sip:x'}", "demo.bridge_targt"),
            ("settings: {demo.bridge_target: 'x'}", "no SIP address"),
            ("settings: {anchor.wait_s: '301'}", "anchor.wait_s: must be 0 to 300 seconds, is 301"),
            ("settings: {sip.digest: sha1}", "sip.digest: `sha1` is none of md5, sha256, both"),
            ("settings: {http.trusted_proxies: ''}", "http.trusted_proxies: `` is no address"),
            ("settings: {http.trusted_proxies: '10.0.0.1,'}", "http.trusted_proxies: `` is no address"),
            ("settings: {http.trusted_proxies: proxy.example}", "`proxy.example` is no address"),
            ("settings: {http.trusted_proxies: '10.0.0.1, 0.0.0.0/0'}", "`0.0.0.0/0` is every address"),
            ("settings: {http.trusted_proxies: 10.0.0.7/24}", "is 10.0.0.0/24 meant?"),
        ] {
            let message = yaml(text).unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
