//! Encrypted connections, and why a connection did not come about.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore};
use tokio_rustls::{TlsConnector, rustls};

use crate::Error;

/// What the error of a refused tunnel says.
pub(crate) const PROXY_REFUSED: &str = "the proxy makes no connection to the host";

/// Which authorities are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// A file in PEM with certificates to trust besides the system's.
    pub more: Option<PathBuf>,
}

/// Makes encrypted connections.
pub(crate) struct Tls {
    more: RootCertStore,
    /// Made for the first connection: the system's authorities take their time to read.
    connector: OnceLock<TlsConnector>,
}

impl Tls {
    pub(crate) fn new(trust: &Trust) -> Result<Self, Error> {
        let mut more = RootCertStore::empty();
        if let Some(path) = &trust.more {
            let error = |flaw: &str| Error::Trust(format!("{}: {flaw}", path.display()));
            let certificates = CertificateDer::pem_file_iter(path).map_err(|_| error("cannot be read"))?;
            let certificates: Result<Vec<_>, _> = certificates.collect();
            let certificates = certificates.map_err(|_| error("is no PEM of certificates"))?;
            if certificates.is_empty() {
                return Err(error("holds no PEM certificate"));
            }
            for certificate in certificates {
                more.add(certificate).map_err(|_| error("holds a certificate that cannot be used"))?;
            }
        }
        Ok(Self { more, connector: OnceLock::new() })
    }

    fn connector(&self) -> io::Result<&TlsConnector> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector);
        }
        let mut roots = self.more.clone();
        // One of the system's that cannot be read is not trusted, and no more than that.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(self.connector.get_or_init(|| TlsConnector::from(Arc::new(config))))
    }

    pub(crate) async fn over<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        host: &str,
    ) -> io::Result<TlsStream<S>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        self.connector()?.connect(name, stream).await
    }
}

/// Why a connection came to nothing, in words that quote nothing.
pub(crate) fn why(error: &(dyn StdError + 'static)) -> String {
    let mut links = Vec::new();
    let mut link = Some(error);
    while let Some(one) = link {
        links.push(one);
        // An error of the system may wrap one of the library's that it does not give as its source.
        let inner = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        link = inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| one.source());
    }
    let certificate = links.iter().find_map(|one| one.downcast_ref().map(of_tls));
    let proxy = || links.iter().any(|one| one.to_string() == PROXY_REFUSED).then_some(PROXY_REFUSED);
    if let Some(flaw) = certificate.or_else(proxy) {
        return flaw.to_owned();
    }
    let system = links.iter().find_map(|one| one.downcast_ref::<io::Error>());
    let system = system.filter(|error| error.raw_os_error().is_some());
    if let Some(error) = system {
        return error.kind().to_string();
    }
    let broke = links.iter().filter_map(|one| one.downcast_ref::<hyper::Error>());
    let is_cut = broke
        .into_iter()
        .any(|error| error.is_incomplete_message() || error.is_closed() || error.is_body_write_aborted());
    if is_cut { "the connection was cut".to_owned() } else { "no answer came over the connection".to_owned() }
}

fn of_tls(error: &rustls::Error) -> &'static str {
    match error {
        TlsError::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "the certificate is signed by an authority that is not trusted"
        }
        TlsError::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "the certificate is for another name",
        TlsError::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "the certificate has expired"
        }
        TlsError::InvalidCertificate(_) => "the certificate is not accepted",
        _ => "the connection cannot be encrypted",
    }
}
