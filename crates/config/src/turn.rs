//! A TURN server (RFC 8656) through which browsers' sound goes where the way to this server is closed to it.

use std::path::PathBuf;

/// Browsers look for a path through each of them, and take longer for each.
const SERVERS: usize = 4;

/// The server that relays, and how a browser is let in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Where it is, as `turn:` and `turns:` URIs (RFC 7065).
    pub urls: Vec<String>,
    /// File with the secret that both servers know, from which short-lived passwords are made.
    pub secret_file: PathBuf,
    /// Whether browsers try no other way.
    pub only: bool,
}

/// The same as it was written.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) urls: Option<Vec<String>>,
    pub(crate) secret_file: Option<PathBuf>,
    pub(crate) only: Option<bool>,
}

impl Written {
    /// # Errors
    /// The key, and why its value does not fit.
    pub(crate) fn build(self) -> Result<Option<Turn>, (&'static str, String)> {
        let Some(urls) = self.urls else {
            let alone = [("turn_secret_file", self.secret_file.is_some()), ("turn_only", self.only == Some(true))];
            let key = alone.into_iter().find_map(|(key, given)| given.then_some(key));
            return key.map_or(Ok(None), |key| Err((key, "means nothing without turn_urls".into())));
        };
        if urls.is_empty() || urls.len() > SERVERS {
            return Err(("turn_urls", format!("1 to {SERVERS} of them, not {}", urls.len())));
        }
        if let Some(wrong) = urls.iter().find(|url| !is_turn(url)) {
            return Err(("turn_urls", format!("`{wrong}` is none such as turn:turn.example.com:3478?transport=tcp")));
        }
        let secret_file = self.secret_file.ok_or(("turn_secret_file", "missing beside turn_urls".into()))?;
        Ok(Some(Turn { urls, secret_file, only: self.only.unwrap_or(false) }))
    }
}

/// As browsers take it, who refuse a whole call for one that they can't read.
fn is_turn(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("turn:").or_else(|| url.strip_prefix("turns:")) else { return false };
    let (place, transport) = rest.split_once('?').map_or((rest, None), |(place, how)| (place, Some(how)));
    let bracketed = place.strip_prefix('[').and_then(|place| place.split_once(']'));
    let (is_host, port) = match bracketed {
        Some((address, port)) => (address.parse::<std::net::Ipv6Addr>().is_ok(), port),
        None => {
            let end = place.find(':').unwrap_or(place.len());
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
            (end > 0 && place[..end].bytes().all(is_name), &place[end..])
        }
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    is_host
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
        && matches!(transport, None | Some("transport=udp" | "transport=tcp"))
}
