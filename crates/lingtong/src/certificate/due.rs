//! When a certificate is to be renewed.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;

/// How long a certificate still serves before it is to be renewed: until a third of its life is left, as authorities
/// advise. None at all when it was signed by nobody else, holds other names, or can't be read.
pub(super) fn until_due(pem: &[u8], names: &[String], now: SystemTime) -> Duration {
    let first = Pem::iter_from_buffer(pem).filter_map(Result::ok).find(|block| block.label == "CERTIFICATE");
    let Some(block) = first else { return Duration::ZERO };
    let Ok(certificate) = block.parse_x509() else { return Duration::ZERO };
    let held = certificate.subject_alternative_name().ok().flatten().map(|held| held.value);
    let held: BTreeSet<&str> = held
        .iter()
        .flat_map(|held| &held.general_names)
        .filter_map(|name| if let GeneralName::DNSName(name) = name { Some(*name) } else { None })
        .collect();
    if certificate.issuer() == certificate.subject() || held != names.iter().map(String::as_str).collect() {
        return Duration::ZERO;
    }
    let seconds = |time: x509_parser::time::ASN1Time| u64::try_from(time.timestamp()).unwrap_or_default();
    let validity = certificate.validity();
    let (from, to) = (seconds(validity.not_before), seconds(validity.not_after));
    let due = UNIX_EPOCH + Duration::from_secs(to.saturating_sub(to.saturating_sub(from) / 3));
    due.duration_since(now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};

    use super::*;

    /// Days since the epoch at which 2026 begins.
    const YEAR_2026: u64 = 20_454;
    const DAY: Duration = Duration::from_secs(86_400);

    fn at(days: u64) -> SystemTime {
        UNIX_EPOCH + DAY * u32::try_from(YEAR_2026 + days).unwrap()
    }

    /// Of 1 January to 1 April 2026, by an authority.
    fn issued(names: &[&str]) -> Vec<u8> {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.distinguished_name.push(DnType::CommonName, "an authority");
        let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
        let mut params = CertificateParams::new(names.iter().map(|n| n.to_string()).collect::<Vec<_>>()).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 4, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        (key.serialize_pem() + &certificate.pem()).into_bytes()
    }

    #[test]
    fn two_thirds_of_its_life_serve() {
        let (names, pem) = (["a.example".to_owned()], issued(&["a.example"]));
        assert_eq!(until_due(&pem, &names, at(0)), DAY * 60);
        assert_eq!(until_due(&pem, &names, at(59)), DAY);
        assert_eq!(until_due(&pem, &names, at(60)), Duration::ZERO);
        assert_eq!(until_due(&pem, &names, at(400)), Duration::ZERO);
    }

    #[test]
    fn other_names_or_no_authority_are_due_at_once() {
        let names = ["a.example".to_owned(), "b.example".to_owned()];
        assert_eq!(until_due(&issued(&["a.example"]), &names, at(0)), Duration::ZERO);
        assert_eq!(until_due(&issued(&["b.example", "a.example"]), &names, at(0)), DAY * 60);
        let [own, _] = super::super::self_signed(names.to_vec(), Vec::new()).unwrap();
        assert_eq!(until_due(own.as_bytes(), &names, at(0)), Duration::ZERO);
        assert_eq!(until_due(b"nonsense", &names, at(0)), Duration::ZERO);
    }
}
