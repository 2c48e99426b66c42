//! The certificate for HTTPS and SIP over TLS: the one that was given, one that an authority is asked for, or one made
//! here for a first look.

mod acme;
mod due;

use std::fs;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use config::Server;
use node::{Certificates, TlsFiles};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, DnType, KeyPair};

/// How often the files are looked at: a renewed certificate is shown soon, and two small files cost nothing.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Where certificates are kept that were made or had here, in the data folder.
const FOLDER: &str = "tls";

/// The certificate to show; none where nothing asks for one. It is read again when its files change. Runs on tokio.
///
/// # Errors
/// A message that says what to do.
pub(crate) fn of(server: &Server) -> Result<Option<Arc<Certificates>>, String> {
    if server.web.https.is_none() && server.phone.sips.is_none() {
        return Ok(None);
    }
    let folder = server.data.join(FOLDER);
    let had = |files: io::Result<TlsFiles>| {
        files.map_err(|e| format!("no certificate could be made in the data folder: {e}; give one with --tls-cert"))
    };
    let files = match (&server.tls, &server.acme) {
        (Some(tls), _) => TlsFiles { cert: tls.cert.clone(), key: tls.key.clone() },
        (None, Some(acme)) => had(acme::files(&folder, &acme.domains))?,
        (None, None) => had(own(&folder, server.phone.media_ip))?,
    };
    let certificates = Certificates::load(files.clone()).map_err(|e| e.to_string())?;
    let sha256 = certificates.fingerprint();
    match (&server.tls, &server.acme) {
        (None, None) => {
            tracing::warn!(
                sha256,
                "browsers will warn: the certificate was made here; give a real one with --tls-cert"
            );
        }
        _ => tracing::info!(sha256, "the certificate is read"),
    }
    tokio::spawn(watch(Arc::downgrade(&certificates)));
    if let Some(acme) = &server.acme {
        tokio::spawn(acme::renew(Arc::downgrade(&certificates), acme.clone(), folder, files.cert));
    }
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
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend([address.unwrap_or_else(|| node::own_address(IpAddr::from([0, 0, 0, 0]))).to_string()]);
    names.extend(fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()).filter(|n| n.is_ascii()));
    names.retain(|name| !name.is_empty());
    let [cert, key] = self_signed(names, Vec::new()).map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    // The certificate comes last: with it both are there.
    write(&files.key, key.as_bytes())?;
    write(&files.cert, cert.as_bytes())?;
    Ok(files)
}

/// A certificate for names, signed by nobody else, and its key; PEM.
fn self_signed(names: Vec<String>, extensions: Vec<CustomExtension>) -> Result<[String; 2], rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Lingtong");
    params.custom_extensions = extensions;
    Ok([params.self_signed(&key)?.pem(), key.serialize_pem()])
}

/// Writes a file that its owner alone can read.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
