//! TLS: which certificates are trusted, and why one is not.
//!
//! The system decides, as for any other program. A private server's certificate authority, or its own certificate, may be
//! named besides in a PEM file. There is no way to switch the test off.

use std::{
    fmt, fs,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
};
use rustls_pki_types::{
    CertificateDer, PrivateKeyDer, ServerName, UnixTime,
    pem::{self, PemObject as _},
};
use rustls_platform_verifier::Verifier;
use tamis_core::config::ClientCertificate;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsConnector, client::TlsStream};
use zeroize::Zeroizing;

use crate::words::because;

/// In bytes. The key of a certificate takes 4 KB at most, and few keep more than a chain beside it.
const MAX_KEY_FILE: usize = 64 << 10;

/// What all connections share.
#[derive(Clone)]
pub struct TlsSettings {
    provider: Arc<CryptoProvider>,
}

/// Why there is no protected connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The PEM file cannot be used.
    #[error("the certificate file {} {why}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The client certificate or its key cannot be used.
    #[error("the file {} of the client certificate {why}", path.display())]
    ClientFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The server does not accept our certificate.
    #[error("the server refused the client certificate: {0}")]
    ClientRefused(&'static str),
    /// The server lets nobody in without a certificate, and none is set.
    #[error("the server wants a client certificate")]
    ClientWanted,
    /// The system has no certificate authorities.
    #[error("no trusted certificate authorities: {0}")]
    NoRoots(String),
    /// This cannot be the name of a server.
    #[error("not a host name")]
    BadName,
    /// Nobody trusted has signed the certificate.
    #[error("the certificate is not signed by anyone trusted")]
    Untrusted,
    /// The certificate belongs to another name.
    #[error("the certificate is for another name")]
    WrongName,
    /// The certificate is out of date.
    #[error("the certificate has expired")]
    Expired,
    /// The certificate begins in the future.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// The certificate is refused for another reason.
    #[error("the certificate is refused: {0}")]
    Refused(String),
    /// The server does not speak TLS there.
    #[error("the server does not speak TLS on this port")]
    NotTls,
    /// The network failed during the handshake.
    #[error("the connection broke during the TLS handshake: {0}")]
    Network(io::ErrorKind),
    /// The two sides cannot agree.
    #[error("the TLS handshake failed: {0}")]
    Failed(String),
}

impl TlsSettings {
    /// The settings of this program.
    pub fn new() -> Self {
        Self { provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()) }
    }

    /// Protects a connection to `host`. `ca_file` names further certificates to trust, `client` what to show of ourselves.
    pub async fn protect<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: T,
        host: &str,
        ca_file: Option<&Path>,
        client: Option<&ClientCertificate>,
    ) -> Result<TlsStream<T>, TlsError> {
        let Ok(name) = ServerName::try_from(host.to_owned()) else { return Err(TlsError::BadName) };
        let (settings, ca_file, client) = (self.clone(), ca_file.map(Path::to_path_buf), client.cloned());
        // Reads the system's certificates: hundreds of files on some machines.
        let config = tokio::task::spawn_blocking(move || settings.client_config(ca_file.as_deref(), client.as_ref()));
        let config = config.await;
        let config = config.map_err(|_panic| TlsError::Failed("a fault in Tamis".to_owned()))??;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| why(&error))
    }

    /// Trusts nobody, for who wants to have something and makes no protected connection.
    pub(crate) fn for_nobody(&self) -> Result<ClientConfig, TlsError> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Failed(error.to_string()))?;
        Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
    }

    /// What a connection is made with. Reads the system's certificates: hundreds of files on some machines.
    pub(crate) fn client_config(
        &self,
        ca_file: Option<&Path>,
        client: Option<&ClientCertificate>,
    ) -> Result<ClientConfig, TlsError> {
        let bad_ca = |path: &Path, why: String| TlsError::CaFile { path: path.to_path_buf(), why };
        let read = |path: &Path| read_certificates(path).map_err(|why| bad_ca(path, why));
        let own = ca_file.map(read).transpose()?.unwrap_or_default();
        let bad_file = |error: rustls::Error| match ca_file {
            Some(path) => bad_ca(path, format!("is of no use: {error}")),
            None => TlsError::NoRoots(error.to_string()),
        };
        let system =
            Verifier::new_with_extra_roots(own.iter().cloned(), Arc::clone(&self.provider)).map_err(bad_file)?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Failed(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(OwnOrSystem { own, system }));
        let Some(client) = client else { return Ok(builder.with_no_client_auth()) };
        let bad = |path: &Path, why: String| TlsError::ClientFile { path: path.to_path_buf(), why };
        let chain = read_certificates(&client.cert).map_err(|why| bad(&client.cert, why))?;
        let key = read_key(&client.key).map_err(|why| bad(&client.key, why))?;
        builder.with_client_auth_cert(chain, key).map_err(|error| {
            if matches!(error, rustls::Error::InconsistentKeys(_)) {
                return bad(&client.key, "does not belong to the certificate".to_owned());
            }
            if matches!(error, rustls::Error::InvalidCertificate(_)) {
                return bad(&client.cert, "is of no use: it must be an X.509 certificate of version 3".to_owned());
            }
            bad(&client.key, format!("is of no use: {error}"))
        })
    }
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsSettings")
    }
}

/// The protocol in use, for people: `TLS 1.3`.
pub fn version<T>(stream: &TlsStream<T>) -> &'static str {
    match stream.get_ref().1.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        Some(_) | None => "TLS",
    }
}

/// Trusts what the system trusts, and a server that shows the very certificate the person has named: a mail bridge on
/// this machine signs its own, which no chain of trust allows.
#[derive(Debug)]
struct OwnOrSystem {
    own: Vec<CertificateDer<'static>>,
    system: Verifier,
}

impl ServerCertVerifier for OwnOrSystem {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.own.iter().any(|own| own == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        self.system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

/// What the server holds against us, if it ended the connection over a client certificate: with TLS 1.3 it says so only
/// when the handshake is over.
pub fn refused_later(error: &io::Error) -> Option<TlsError> {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::AlertReceived(alert)) => why_not_welcome(*alert),
        Some(_) | None => None,
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = fs::read(path).map_err(|error| format!("cannot be read: {}", because(&error)))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| format!("is not in PEM form: {error}"))?;
    if certificates.is_empty() {
        return Err("holds no certificate in PEM form".to_owned());
    }
    Ok(certificates)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {}", because(&error));
    let file = fs::File::open(path).map_err(unreadable)?;
    // Asked of the open file: what the name leads to could change in between.
    if file.metadata().map_err(unreadable)?.mode() & 0o077 != 0 {
        return Err(format!("can be read by others; close it with: chmod 600 {}", path.display()));
    }
    // Room for all of it, so that no copy is left behind where it grew.
    let mut pem = Zeroizing::new(Vec::with_capacity(MAX_KEY_FILE));
    file.take(MAX_KEY_FILE as u64).read_to_end(&mut pem).map_err(unreadable)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|error| {
        let is_missing = matches!(error, pem::Error::NoItemsFound);
        // The library's own words may quote the file.
        let why =
            if is_missing { "holds no private key in PEM form without a passphrase" } else { "is not in PEM form" };
        why.to_owned()
    })
}

fn why(error: &io::Error) -> TlsError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(error)) => why_not_trusted(error),
        Some(rustls::Error::InvalidMessage(_)) => TlsError::NotTls,
        Some(rustls::Error::AlertReceived(alert)) => why_not_welcome(*alert)
            .unwrap_or_else(|| TlsError::Failed(rustls::Error::AlertReceived(*alert).to_string())),
        Some(error) => TlsError::Failed(error.to_string()),
        None => TlsError::Network(error.kind()),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is for experts, in the library's words")]
fn why_not_trusted(error: &CertificateError) -> TlsError {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsError::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TlsError::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsError::WrongName,
        // The last: a certificate that signed itself.
        CertificateError::UnknownIssuer | CertificateError::BadSignature | CertificateError::Other(_) => {
            TlsError::Untrusted
        }
        other => TlsError::Refused(other.to_string()),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other alerts are about something else")]
fn why_not_welcome(alert: AlertDescription) -> Option<TlsError> {
    let why = match alert {
        AlertDescription::CertificateRequired => return Some(TlsError::ClientWanted),
        AlertDescription::UnknownCA => "it does not know who signed it",
        AlertDescription::CertificateExpired => "it has expired",
        AlertDescription::CertificateRevoked => "it is revoked",
        AlertDescription::UnsupportedCertificate => "it is of a kind the server does not know",
        AlertDescription::BadCertificate | AlertDescription::CertificateUnknown => "it does not hold",
        AlertDescription::AccessDenied => "it may not log in",
        _ => return None,
    };
    Some(TlsError::ClientRefused(why))
}
