//! The one way to the network: one pool of connections, one TLS configuration, one proxy.

use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::clock::Clock;
use super::error::SessionError;
use crate::aws::answer::Heard;
use crate::discreet;

/// How long a connection may take to come about.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// A connector whose answers tell the time.
#[derive(Debug)]
struct Timed {
    connector: Connector,
    clock: Clock,
}

impl HttpConnector for Timed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, clock, sent) = (self.connector.call(request), self.clock.clone(), SystemTime::now());
        HttpConnectorFuture::new(async move {
            let response = answer.await?;
            clock.observe(&response, sent);
            Ok(response)
        })
    }
}

/// Makes the connector below all clients.
pub(super) fn connector(
    proxy: ProxyConfig,
    call_timeout: Duration,
    authorities: Option<&Authorities>,
    clock: &Clock,
) -> Result<SharedHttpConnector, SessionError> {
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls_context(authorities)?)
        .proxy_config(proxy)
        .connector_settings(settings(call_timeout))
        .sleep_impl(TokioSleep::new())
        .build();
    Ok(SharedHttpConnector::new(Timed { connector, clock: clock.clone() }))
}

/// Makes the connector to the machine that palisade runs on: past any proxy, and without TLS.
pub(super) fn to_the_machine(call_timeout: Duration) -> SharedHttpConnector {
    let connector = Connector::builder().proxy_config(ProxyConfig::disabled());
    let connector = connector.connector_settings(settings(call_timeout)).sleep_impl(TokioSleep::new());
    SharedHttpConnector::new(connector.build_http())
}

fn settings(call_timeout: Duration) -> HttpConnectorSettings {
    HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(call_timeout).build()
}

/// The client that the SDK asks through.
pub(super) fn client(connector: &SharedHttpConnector) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Heard(connector.clone()));
    http_client_fn(move |_, _| connector.clone())
}

/// More certificates to trust; the SDK does not read them itself.
#[derive(Clone, Debug)]
pub(super) struct Authorities {
    /// What names the file.
    pub(super) by: &'static str,
    pub(super) path: String,
}

fn tls_context(authorities: Option<&Authorities>) -> Result<TlsContext, SessionError> {
    let Some(Authorities { by, path }) = authorities else { return Ok(TlsContext::default()) };
    let error = |cause: String| SessionError::CaBundle { by, path: path.into(), cause };
    let bundle = std::fs::read(Path::new(path)).map_err(|cause| error(discreet::io(&cause)))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bundle).collect();
    if certificates.map_err(|_| error("it is no PEM".to_owned()))?.is_empty() {
        return Err(error("it holds no PEM certificate".to_owned()));
    }
    let store = TrustStore::empty().with_native_roots(true).with_pem_certificate(bundle);
    let unusable = |_| error("it holds a certificate that cannot be used".to_owned());
    TlsContext::builder().with_trust_store(store).build().map_err(unusable)
}
