//! Credentials, the one HTTP client, and who we are.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use palisade_checks::facts::RegionName;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::refusal;
use crate::discreet;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Credentials that end sooner are had anew.
const EXPIRES_SOON: Duration = Duration::from_mins(1);

/// Where to connect, and as whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    /// A profile of the AWS configuration files.
    pub(crate) profile: Option<String>,
    /// One address for all services, in place of AWS's own.
    pub(crate) endpoint_url: Option<String>,
    /// A role to assume first.
    pub(crate) role: Option<AssumedRole>,
    /// Credentials that take the place of the environment's: those of the simulated account.
    pub(crate) credentials: Option<Credentials>,
    /// How long one call may take.
    pub(crate) call_timeout: Duration,
    /// More certificates to trust, as `AWS_CA_BUNDLE` names them; the SDK does not read that variable.
    pub(crate) ca_bundle: Option<PathBuf>,
}

/// A role to assume.
#[derive(Clone, Debug)]
pub(crate) struct AssumedRole {
    /// Its ARN.
    pub(crate) arn: String,
    /// The external id that its trust policy asks for.
    pub(crate) external_id: Option<String>,
    /// The name of the session, which shows in CloudTrail.
    pub(crate) session_name: String,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(
        "no AWS credentials: {0}\nSet AWS_PROFILE or pass --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `palisade audit --demo` needs none"
    )]
    NoCredentials(String),
    #[error(
        "cannot assume the role {role}: {cause}\nCheck the role's trust policy, the external id, and that the caller is allowed sts:AssumeRole"
    )]
    Role { role: String, cause: String },
    #[error("cannot read the certificates that AWS_CA_BUNDLE names, {path}: {cause}")]
    CaBundle { path: PathBuf, cause: String },
}

/// A way to AWS that has credentials.
pub(crate) struct Session {
    config: SdkConfig,
    connector: SharedHttpConnector,
    endpoint_url: Option<String>,
    /// What was had last, for calls that we sign ourselves; the SDK keeps its own.
    kept: tokio::sync::Mutex<Option<Credentials>>,
}

impl Session {
    /// Finds credentials, assumes the role if one is named, and makes sure that they can be had.
    pub(crate) async fn open(connection: &Connection) -> Result<Self, SessionError> {
        let connector = connector(connection)?;
        let config = load(connection, &connector).await;
        let config = match &connection.role {
            Some(role) => assume(&config, role).await?,
            None => config,
        };
        // Retries are the pacer's: one that the SDK made would go around it.
        let config = config.into_builder().retry_config(RetryConfig::disabled()).build();
        let session = Self {
            config,
            connector,
            endpoint_url: connection.endpoint_url.clone(),
            kept: tokio::sync::Mutex::default(),
        };
        session.credentials().await?;
        Ok(session)
    }

    /// The credentials in force, had anew when they are about to expire.
    pub(crate) async fn credentials(&self) -> Result<Credentials, SessionError> {
        let mut kept = self.kept.lock().await;
        let soon = SystemTime::now() + EXPIRES_SOON;
        if let Some(credentials) = kept.as_ref().filter(|one| one.expiry().is_none_or(|expiry| expiry > soon)) {
            return Ok(credentials.clone());
        }
        let credentials = self.fresh_credentials().await?;
        *kept = Some(credentials.clone());
        Ok(credentials)
    }

    async fn fresh_credentials(&self) -> Result<Credentials, SessionError> {
        let provider = self.config.credentials_provider();
        let provider = provider.ok_or_else(|| SessionError::NoCredentials("none are configured".to_owned()))?;
        let error = |error| SessionError::NoCredentials(refusal::told(&error));
        provider.provide_credentials().await.map_err(error)
    }

    /// The SDK's configuration for one Region.
    pub(crate) fn in_region(&self, region: &RegionName) -> SdkConfig {
        self.config.to_builder().region(Region::new(region.to_string())).build()
    }

    /// The Region that the environment or the profile names.
    pub(crate) fn home_region(&self) -> RegionName {
        RegionName::from(self.config.region().map_or("us-east-1", Region::as_ref))
    }

    /// The connector below the one HTTP client, for calls that we sign ourselves.
    pub(crate) fn connector(&self) -> &SharedHttpConnector {
        &self.connector
    }

    /// The address that takes the place of AWS's own: the one that was named, or else the environment's for this service.
    pub(crate) fn endpoint_url(&self, service: &str) -> Option<String> {
        let of_service = || std::env::var(format!("AWS_ENDPOINT_URL_{service}")).ok();
        let general = || self.config.endpoint_url().map(str::to_owned);
        self.endpoint_url.clone().or_else(of_service).or_else(general)
    }

    /// How long one call may take.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.config.timeout_config().and_then(TimeoutConfig::operation_attempt_timeout).unwrap_or(CONNECT_TIMEOUT)
    }
}

async fn load(connection: &Connection, connector: &SharedHttpConnector) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(connection.call_timeout)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(client(connector))
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard());
    if let Ok(name) = AppName::new(concat!("palisade-", env!("CARGO_PKG_VERSION"))) {
        loader = loader.app_name(name);
    }
    if let Some(profile) = &connection.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &connection.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(credentials) = &connection.credentials {
        loader = loader.credentials_provider(credentials.clone()).region(Region::from_static("us-east-1"));
    }
    let config = loader.load().await;
    if config.region().is_some() {
        return config;
    }
    config.into_builder().region(Region::from_static("us-east-1")).build()
}

async fn assume(config: &SdkConfig, role: &AssumedRole) -> Result<SdkConfig, SessionError> {
    let mut builder =
        aws_config::sts::AssumeRoleProvider::builder(&role.arn).session_name(&role.session_name).configure(config);
    if let Some(external_id) = &role.external_id {
        builder = builder.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(builder.build().await);
    let cause = |error| SessionError::Role { role: role.arn.clone(), cause: refusal::told(&error) };
    provider.provide_credentials().await.map_err(cause)?;
    Ok(config.to_builder().credentials_provider(provider).build())
}

/// The one connector: shared by all clients, so that there is one pool of connections and one TLS configuration.
fn connector(connection: &Connection) -> Result<SharedHttpConnector, SessionError> {
    let settings =
        HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(connection.call_timeout).build();
    // The simulated account is on this machine, where no proxy leads.
    let proxy = if connection.credentials.is_some() { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls_context(connection)?)
        .proxy_config(proxy)
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .build();
    Ok(SharedHttpConnector::new(connector))
}

fn client(connector: &SharedHttpConnector) -> SharedHttpClient {
    let connector = connector.clone();
    http_client_fn(move |_, _| connector.clone())
}

fn tls_context(connection: &Connection) -> Result<TlsContext, SessionError> {
    let Some(path) = &connection.ca_bundle else { return Ok(TlsContext::default()) };
    let error = |cause: String| SessionError::CaBundle { path: path.clone(), cause };
    let bundle = std::fs::read(path).map_err(|cause| error(discreet::io(&cause)))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bundle).collect();
    if certificates.map_err(|_| error("it is no PEM".to_owned()))?.is_empty() {
        return Err(error("it holds no PEM certificate".to_owned()));
    }
    let store = TrustStore::empty().with_native_roots(true).with_pem_certificate(bundle);
    let unusable = |_| error("it holds a certificate that cannot be used".to_owned());
    TlsContext::builder().with_trust_store(store).build().map_err(unusable)
}
