//! `--set KEY=VALUE`: named values, for flows to refer to and for what a tenant can choose.

use types::register::DigestChoice;
use types::{Network, Seconds};

/// The proxies whose word on a request's origin is believed.
pub(crate) const TRUSTED_PROXIES: &str = "http.trusted_proxies";
/// Networks of one key; a list that is longer is a mistake.
const NETWORKS: usize = 32;

/// The networks that webhooks may go to beside the public net.
pub(crate) const WEBHOOK_NETWORKS: &str = "webhook.networks";

/// How long after a call's end its recording is brought into the archive. The last second of it may be on its way to the
/// disk for a moment; a week later the disk of a busy centre would be full of what the archive has room for.
pub(crate) const ARCHIVE_AFTER: Seconds = Seconds {
    name: "archive.after_s",
    what: "how long after a call its recording is brought into the archive",
    usual: 600,
    range: 2..=7 * 86_400,
};

/// The keys there are, with what each is for.
pub const KNOWN_SETTINGS: [(&str, &str); 7] = [
    (ARCHIVE_AFTER.name, ARCHIVE_AFTER.what),
    ("demo.bridge_target", "the SIP address that the demo's numbers 95004 to 95006 bridge to"),
    (DigestChoice::SETTING, "how telephones prove their password: md5, sha256 or both"),
    (Seconds::LONGEST_CALL.name, Seconds::LONGEST_CALL.what),
    (Seconds::PAGE_AWAY.name, Seconds::PAGE_AWAY.what),
    (TRUSTED_PROXIES, "addresses or networks of the proxies in front of HTTP, by commas"),
    (WEBHOOK_NETWORKS, "addresses or networks of our own that webhooks may go to, by commas"),
];

/// Splits and checks `KEY=VALUE`.
///
/// # Errors
/// When there is no `=`, the key is unknown, or the value does not fit the key.
pub fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not KEY=VALUE"))?;
    check(key, value)?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(crate) fn check(key: &str, value: &str) -> Result<(), String> {
    if !KNOWN_SETTINGS.iter().any(|(known, _)| *known == key) {
        let known: Vec<&str> = KNOWN_SETTINGS.iter().map(|(k, _)| *k).collect();
        return Err(format!("there is no setting `{key}`; there are: {}", known.join(", ")));
    }
    if key == "demo.bridge_target" && !(value.starts_with("sip:") || value.starts_with("sips:")) {
        return Err(format!("{key}: `{value}` is no SIP address such as sip:agent@127.0.0.1:26060"));
    }
    if key == DigestChoice::SETTING && DigestChoice::parse(value).is_none() {
        return Err(format!("{key}: `{value}` is none of {}", DigestChoice::NAMES.join(", ")));
    }
    if let Some(setting) = Seconds::ALL.iter().find(|setting| setting.name == key) {
        setting.parse(Some(value)).map_err(|why| format!("{key}: {why}"))?;
    }
    if key == ARCHIVE_AFTER.name {
        ARCHIVE_AFTER.parse(Some(value)).map_err(|why| format!("{key}: {why}"))?;
    }
    if key == TRUSTED_PROXIES || key == WEBHOOK_NETWORKS {
        networks(key, value)?;
    }
    Ok(())
}

/// The networks of [`TRUSTED_PROXIES`] or [`WEBHOOK_NETWORKS`]. Strict: a proxy can say of any request that it came from
/// anywhere, and whoever sets a webhook up reaches what is named here.
pub(crate) fn networks(key: &str, value: &str) -> Result<Vec<Network>, String> {
    let networks = value.split(',').map(|text| network(text.trim())).collect::<Result<Vec<_>, _>>();
    let networks = networks.map_err(|why| format!("{key}: {why}"))?;
    if networks.len() > NETWORKS {
        return Err(format!("{key}: {} of them; at most {NETWORKS} are taken", networks.len()));
    }
    Ok(networks)
}

fn network(text: &str) -> Result<Network, String> {
    let network: Network = text.parse()?;
    if network.is_everything() {
        return Err(format!("`{text}` is every address, and so nothing is guarded: name those that are meant"));
    }
    if network != network.trimmed() {
        return Err(format!("`{text}` has an address behind its prefix; is {} meant?", network.trimmed()));
    }
    Ok(network)
}
