//! How a certificate is had from an authority by ACME (RFC 8555).

use std::path::PathBuf;

/// The authority that is asked unless another is named.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// As many names as the best-known authority puts on one certificate.
const NAMES: usize = 100;

/// The authority, and what it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// Where the authority's directory is, `https://…`.
    pub directory: String,
    /// Names that the certificate is to hold, lower case. The authority comes to port 443 of each.
    pub domains: Vec<String>,
    /// A mail address that the authority may write to.
    pub contact: Option<String>,
    /// PEM certificate by which the authority itself is known, for one that the system does not trust.
    pub root: Option<PathBuf>,
}

/// The same as it was written.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) domains: Option<Vec<String>>,
    pub(crate) contact: Option<String>,
    pub(crate) directory: Option<String>,
    pub(crate) root: Option<PathBuf>,
}

impl Written {
    /// # Errors
    /// The key, and why its value does not fit.
    pub(crate) fn build(self, https: bool, tls: bool) -> Result<Option<Acme>, (&'static str, String)> {
        let Some(domains) = self.domains else {
            let alone = [
                ("acme_contact", self.contact.is_some()),
                ("acme_directory", self.directory.is_some()),
                ("acme_root", self.root.is_some()),
            ];
            let key = alone.into_iter().find_map(|(key, given)| given.then_some(key));
            return key.map_or(Ok(None), |key| Err((key, "means nothing without acme_domains".into())));
        };
        if tls {
            return Err(("acme_domains", "there is a certificate by tls_cert already; give one of the two".into()));
        }
        if !https {
            return Err(("acme_domains", "the authority comes by HTTPS: give https too".into()));
        }
        let domains: Vec<String> = domains.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        if domains.is_empty() || domains.len() > NAMES {
            return Err(("acme_domains", format!("1 to {NAMES} names, not {}", domains.len())));
        }
        if let Some(wrong) = domains.iter().find(|name| !is_name(name)) {
            return Err(("acme_domains", format!("`{wrong}` is no name such as desk.example.com")));
        }
        let directory = self.directory.unwrap_or_else(|| DIRECTORY.to_owned());
        if !directory.starts_with("https://") {
            return Err(("acme_directory", format!("`{directory}` does not begin with https://")));
        }
        if let Some(wrong) = self.contact.as_ref().filter(|contact| !is_mail(contact)) {
            return Err(("acme_contact", format!("`{wrong}` is no mail address")));
        }
        Ok(Some(Acme { directory, domains, contact: self.contact, root: self.root }))
    }
}

/// A name of two labels at least, by which anybody can find us (RFC 1035 section 2.3.1; digits may begin a label).
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let digits = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && !name.rsplit('.').next().is_some_and(digits)
}

fn is_mail(address: &str) -> bool {
    let parts = address.split_once('@');
    let clean = address.bytes().all(|b| b.is_ascii_graphic() && b != b',' && b != b'?');
    clean && parts.is_some_and(|(who, at)| !who.is_empty() && is_name(&at.to_ascii_lowercase()))
}
