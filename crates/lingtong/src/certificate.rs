//! The certificate for HTTPS and SIP over TLS: the one that was given, or one made here for a first look.

use std::fs;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use config::Server;
use node::{Certificates, TlsFiles};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

/// How often the files are looked at: a renewed certificate is shown soon, and two small files cost nothing.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Where a certificate of our own is kept, in the data folder.
const OWN: &str = "tls";

/// The certificate to show; none where nothing asks for one. It is read again when its files change. Runs on tokio.
///
/// # Errors
/// A message that says what to do.
pub(crate) fn of(server: &Server) -> Result<Option<Arc<Certificates>>, String> {
    if server.web.https.is_none() && server.phone.sips.is_none() {
        return Ok(None);
    }
    let files = match &server.tls {
        Some(tls) => TlsFiles { cert: tls.cert.clone(), key: tls.key.clone() },
        None => own(&server.data.join(OWN), server.phone.media_ip)
            .map_err(|e| format!("no certificate could be made in the data folder: {e}; give one with --tls-cert"))?,
    };
    let certificates = Certificates::load(files).map_err(|e| e.to_string())?;
    let sha256 = certificates.fingerprint();
    if server.tls.is_some() {
        tracing::info!(sha256, "the certificate is read");
    } else {
        tracing::warn!(sha256, "browsers will warn: the certificate was made here; give a real one with --tls-cert");
    }
    tokio::spawn(watch(Arc::downgrade(&certificates)));
    Ok(Some(certificates))
}

/// Looks for changed files as long as anybody shows the certificate.
async fn watch(certificates: Weak<Certificates>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(certificates) = certificates.upgrade() else { return };
        let looked = tokio::task::spawn_blocking(move || {
            let new = certificates.reload()?;
            Ok::<_, node::TlsError>(new.then(|| certificates.fingerprint()))
        });
        match looked.await {
            Ok(Ok(Some(sha256))) => tracing::info!(sha256, "the certificate has changed; new connections see it"),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the old certificate stays in use"),
            Err(error) => tracing::error!(%error, "the certificate could not be looked at"),
        }
    }
}

/// The files of a certificate that signs itself; made where there are none.
fn own(folder: &Path, address: Option<IpAddr>) -> io::Result<TlsFiles> {
    let files = TlsFiles { cert: folder.join("own.pem"), key: folder.join("own.key") };
    if files.cert.exists() && files.key.exists() {
        return Ok(files);
    }
    fs::create_dir_all(folder)?;
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend([address.unwrap_or_else(|| node::own_address(IpAddr::from([0, 0, 0, 0]))).to_string()]);
    names.extend(fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()).filter(|n| n.is_ascii()));
    names.retain(|name| !name.is_empty());
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Lingtong");
    let cert = params.self_signed(&key).map_err(io::Error::other)?;
    // The certificate comes last: with it both are there.
    replace(&files.key, key.serialize_pem().as_bytes())?;
    replace(&files.cert, cert.pem().as_bytes())?;
    Ok(files)
}

/// Writes a file that its owner alone can read.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_made_here_is_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let print = |files| Certificates::load(files).unwrap().fingerprint();
        let first = print(own(folder.path(), None).unwrap());
        assert_eq!(first, print(own(folder.path(), None).unwrap()));
        assert_eq!(first.len(), 32 * 3 - 1);
        fs::remove_file(folder.path().join("own.pem")).unwrap();
        assert_ne!(first, print(own(folder.path(), None).unwrap()), "half of one is no certificate");
    }

    #[tokio::test(start_paused = true)]
    async fn changed_files_are_shown_and_broken_ones_are_not() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let files = own(folder.path(), None).unwrap();
        let certificates = Certificates::load(files.clone()).unwrap();
        let first = certificates.fingerprint();
        tokio::spawn(watch(Arc::downgrade(&certificates)));
        fs::write(&files.cert, "no certificate").unwrap();
        assert!(certificates.reload().is_err());
        assert!(!certificates.reload().unwrap(), "told of once");
        assert_eq!(certificates.fingerprint(), first);
        let new = own(other.path(), None).unwrap();
        fs::copy(&new.cert, &files.cert).unwrap();
        assert!(certificates.reload().is_err(), "the key is another's");
        fs::copy(&new.key, &files.key).unwrap();
        while certificates.fingerprint() == first {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        assert_eq!(certificates.fingerprint(), Certificates::load(new).unwrap().fingerprint());
    }
}
