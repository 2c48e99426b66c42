//! Certificates, for SIP over TLS and for HTTPS.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
pub(crate) use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Files of a certificate, PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is unreadable or holds no PEM of the kind that is wanted.
    #[error("{}: {why}; give PEM files with --tls-cert and --tls-key", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Certificate and key do not belong together, or the certificate is malformed.
    #[error("the certificate can't be used: {0}; do certificate and key belong together?")]
    Certificate(#[from] rustls::Error),
}

/// The certificate that a server shows: read from its files, and again when they have changed.
#[derive(Debug)]
pub struct Certificates {
    files: TlsFiles,
    /// The files' bytes as they were last looked at, whether or not they were any good.
    seen: Mutex<[Vec<u8>; 2]>,
    shown: RwLock<Arc<CertifiedKey>>,
    /// What an authority is shown that asks whether a name is ours, by the name.
    proofs: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

/// What an authority names in its ALPN when it looks for a proof (RFC 8737 section 6.2).
const PROOF_PROTOCOL: &[u8] = b"acme-tls/1";

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn load(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        let seen = bytes_of(&files)?;
        let shown = RwLock::new(Arc::new(certified(&files, &seen)?));
        Ok(Arc::new(Self { files, seen: Mutex::new(seen), shown, proofs: RwLock::default() }))
    }

    /// Looks whether the files have changed, and shows what they hold now. Connections that stand keep what they were
    /// shown. Whether there is something new to show. May block on the disk.
    ///
    /// # Errors
    /// See [`TlsError`]; the old certificate is shown on. Files that are no good are told of once.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let found = bytes_of(&self.files)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == found {
            return Ok(false);
        }
        seen.clone_from(&found);
        let new = Arc::new(certified(&self.files, &found)?);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(true)
    }

    /// The SHA-256 of the server's own certificate as browsers print it: pairs of hexadecimal digits and colons.
    pub fn fingerprint(&self) -> String {
        let shown = self.shown();
        let own = shown.cert.first().map_or(&[][..], |der| der);
        let digest = ring::digest::digest(&ring::digest::SHA256, own);
        let pairs: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// Shows an authority that comes for `name` a certificate that proves that the name is ours (RFC 8737), PEM of
    /// certificate and key, until [`no_proofs`](Self::no_proofs).
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn prove(&self, name: &str, pem: &[u8]) -> Result<(), TlsError> {
        let (chain, key) = parsed(&self.files, &[pem.to_vec(), pem.to_vec()])?;
        // Not looked at any closer: it has an extension that must be understood, which is for the authority alone.
        let proof = Arc::new(CertifiedKey::new(chain, provider().key_provider.load_private_key(key)?));
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), proof);
        Ok(())
    }

    /// Forgets all proofs: the authority has come, or will not.
    pub fn no_proofs(&self) {
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What a server needs to show it, with `protocols` for ALPN; an authority that looks for a proof is answered too.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn server_config(self: &Arc<Self>, protocols: &[&str]) -> Result<Arc<ServerConfig>, TlsError> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as _);
        config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
        if !protocols.is_empty() {
            config.alpn_protocols.push(PROOF_PROTOCOL.to_vec());
        }
        Ok(Arc::new(config))
    }

    fn shown(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // An authority names this protocol alone; it must not be shown anything but a proof.
        if hello.alpn().is_some_and(|mut named| named.any(|protocol| protocol == PROOF_PROTOCOL)) {
            let proofs = self.proofs.read().unwrap_or_else(PoisonError::into_inner);
            return hello.server_name().and_then(|name| proofs.get(name).cloned());
        }
        Some(self.shown())
    }
}

fn bytes_of(files: &TlsFiles) -> Result<[Vec<u8>; 2], TlsError> {
    let read =
        |path: &Path| std::fs::read(path).map_err(|e| TlsError::File { path: path.to_owned(), why: e.to_string() });
    Ok([read(&files.cert)?, read(&files.key)?])
}

fn certified(files: &TlsFiles, bytes: &[Vec<u8>; 2]) -> Result<CertifiedKey, TlsError> {
    let (chain, key) = parsed(files, bytes)?;
    Ok(CertifiedKey::from_der(chain, key, &provider())?)
}

type Parsed = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn parsed(files: &TlsFiles, [cert, key]: &[Vec<u8>; 2]) -> Result<Parsed, TlsError> {
    let wrong = |path: &Path, why: &str| TlsError::File { path: path.to_owned(), why: why.to_owned() };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(cert)
        .collect::<Result<_, _>>()
        .map_err(|_| wrong(&files.cert, "holds no certificate in PEM"))?;
    if chain.is_empty() {
        return Err(wrong(&files.cert, "holds no certificate in PEM"));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| wrong(&files.key, "holds no private key in PEM"))?;
    Ok((chain, key))
}

pub(crate) fn acceptor(certificates: &Arc<Certificates>) -> Result<TlsAcceptor, TlsError> {
    Ok(TlsAcceptor::from(certificates.server_config(&[])?))
}

/// For calls of ours, by the system's authorities.
pub(crate) fn connector() -> io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        // One odd certificate among a hundred must not cost the others.
        let _ = roots.add(certificate);
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Secures a connection of ours to a server of this name, by the system's authorities.
///
/// # Errors
/// The server shows a certificate that no authority vouches for, or the connection fails.
pub async fn secure(stream: TcpStream, host: &str) -> io::Result<TlsStream<TcpStream>> {
    // The system's authorities are some hundred files: read once, not for each connection of a busy centre.
    static CONNECTOR: OnceLock<TlsConnector> = OnceLock::new();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connector = match CONNECTOR.get() {
        Some(connector) => connector,
        None => {
            let made = connector()?;
            CONNECTOR.get_or_init(|| made)
        }
    };
    connector.connect(name, stream).await
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
