//! Credentials, the one HTTP client, and who we are.

mod clock;
mod connector;
mod error;
mod files;
mod kept;
mod named;
mod origin;
mod provider;

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::service_config::ServiceConfigKey;
use palisade_model::RegionName;

use super::endpoint::Kind;
use super::refusal;
pub use clock::Clock;
use connector::{Authorities, CONNECT_TIMEOUT};
pub use error::{OriginError, SessionError};
pub use files::FilesError;
use files::{Files, Variable};
pub use kept::Kept;
use named::Named;
use origin::{Choice, Origin, Role};
use provider::Means;

/// Where to connect, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// A profile of the AWS configuration files.
    pub profile: Option<String>,
    /// One address for all services, in place of AWS's own.
    pub endpoint_url: Option<String>,
    /// A role to assume first.
    pub role: Option<AssumedRole>,
    /// The simulated account's credentials; nothing of the environment and its files counts then.
    pub simulated: Option<Credentials>,
    /// How long one call may take.
    pub call_timeout: Duration,
}

/// A role to assume.
#[derive(Clone, Debug)]
pub struct AssumedRole {
    /// Its ARN.
    pub arn: String,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
    /// The name of the session, which shows in CloudTrail.
    pub session_name: String,
}

impl AssumedRole {
    fn role(&self) -> Role {
        Role {
            arn: self.arn.clone(),
            external_id: self.external_id.clone(),
            session_name: Some(self.session_name.clone()),
            duration: None,
        }
    }
}

/// A way to AWS that has credentials.
pub struct Session {
    config: SdkConfig,
    connector: SharedHttpConnector,
    /// Where calls that we sign ourselves, and all others, have their credentials.
    kept: Arc<Kept>,
    clock: Clock,
    /// Where the credentials come from, in words; with `source`, what was passed over and assumed besides.
    origin: String,
    source: String,
    /// The role of the command line.
    role: Option<String>,
    /// What names another source than was used, and is worth a warning.
    passed_over: Option<String>,
}

impl Session {
    /// Finds credentials, assumes the role if one is named, and makes sure that they can be had.
    pub async fn open(connection: &Connection) -> Result<Self, SessionError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|_| connection.simulated.is_none());
        let files = if connection.simulated.is_some() { Files::default() } else { Files::read(&variable).await? };
        let named = Named::of(connection.profile.as_deref(), &variable);
        let Choice { origin, passed_over } = match &connection.simulated {
            Some(credentials) => Choice { origin: Origin::Simulated(credentials.clone()), passed_over: None },
            None => origin::choose(named.as_ref(), &variable, &files)?,
        };
        let profile = named.as_ref().map_or("default", |named| named.name.as_str());
        let authorities = authorities(&variable, files.value(profile, "ca_bundle"));
        let clock = Clock::default();
        // The simulated account is on this machine, where no proxy leads.
        let proxy = if connection.simulated.is_some() { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
        let connector = connector::connector(proxy, connection.call_timeout, authorities.as_ref(), &clock)?;
        let machine = connector::client(&connector::to_the_machine(connection.call_timeout));
        let region = match &connection.simulated {
            Some(_) => Some(HOME.to_string()),
            None => wished_region(&variable, files.value(profile, "region")),
        };
        let config = load(connection, named.as_ref(), &connector, &clock).await;
        let config = in_region(config, region, &clock, &machine).await;
        let means = Means { config: &config, clock: &clock, machine: &machine };
        let provider = means.provider(&origin).await;
        let provider = match &connection.role {
            Some(role) => means.assume(&role.role(), provider).await,
            None => provider,
        };
        let kept = Arc::new(Kept::new(provider, clock.clone()));
        let session = Self {
            // Retries are the pacer's: one that the SDK made would go around it. What is kept needs no second cache.
            config: config
                .into_builder()
                .credentials_provider(SharedCredentialsProvider::from(Arc::clone(&kept) as Arc<dyn ProvideCredentials>))
                .identity_cache(IdentityCache::no_cache())
                .retry_config(RetryConfig::disabled())
                .build(),
            connector,
            kept,
            clock,
            source: words(&origin, passed_over.as_ref(), connection.role.as_ref()),
            origin: origin.to_string(),
            role: connection.role.as_ref().map(|role| role.arn.clone()),
            passed_over: passed_over.map(|named| named.to_string()),
        };
        session.credentials().await?;
        Ok(session)
    }

    /// The credentials in force.
    pub async fn credentials(&self) -> Result<Credentials, SessionError> {
        let origin = self.origin.clone();
        let refused = |error: CredentialsError| match &self.role {
            Some(role) => SessionError::Role { role: role.clone(), origin, cause: refusal::told(&error) },
            None => SessionError::Refused { origin, cause: refusal::told(&error) },
        };
        self.kept.current().await.map_err(refused)
    }

    /// What has the credentials.
    pub fn kept(&self) -> &Arc<Kept> {
        &self.kept
    }

    /// Where the credentials come from, in words.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the environment names besides, and what was not used.
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }

    /// The time as AWS has it.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The SDK's configuration for one Region.
    pub fn in_region(&self, region: &RegionName) -> SdkConfig {
        self.config.to_builder().region(Region::new(region.to_string())).build()
    }

    /// The Region that the environment or the profile names.
    pub fn home_region(&self) -> RegionName {
        RegionName::from(self.config.region().map_or("us-east-1", Region::as_ref))
    }

    /// The connector below the one HTTP client, for calls that we sign ourselves.
    pub fn connector(&self) -> &SharedHttpConnector {
        &self.connector
    }

    /// The address that takes the place of AWS's own, as the SDK finds it: the one of the command line, or else what the
    /// environment and the profile say for the service with this id, and then for all.
    pub fn endpoint_url(&self, service_id: &str) -> Option<String> {
        let general = || self.config.endpoint_url().map(str::to_owned);
        if self.config.get_origin("endpoint_url").is_client_config() {
            return general();
        }
        let key = ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
        let own = |key| self.config.service_config()?.load_config(key);
        key.build().ok().and_then(own).or_else(general)
    }

    /// What kind of hosts the environment and the profile ask for.
    pub(crate) fn kind(&self) -> Kind {
        let (fips, dual_stack) = (self.config.use_fips(), self.config.use_dual_stack());
        Kind { fips: fips.unwrap_or_default(), dual_stack: dual_stack.unwrap_or_default() }
    }

    /// How long one call may take.
    pub fn call_timeout(&self) -> Duration {
        self.config.timeout_config().and_then(TimeoutConfig::operation_attempt_timeout).unwrap_or(CONNECT_TIMEOUT)
    }
}

/// Where the credentials come from, and what is not used though it is named.
fn words(origin: &Origin, passed_over: Option<&Named>, role: Option<&AssumedRole>) -> String {
    let instead = passed_over.map_or_else(String::new, |named| format!(", not {named}"));
    let role = role.map_or_else(String::new, |role| format!(", and the role {} assumed by them", role.arn));
    format!("{origin}{instead}{role}")
}

/// More certificates to trust, as the environment names them, or else the profile.
fn authorities(variable: Variable<'_>, of_profile: Option<&str>) -> Option<Authorities> {
    let of_profile = || Some(("ca_bundle of the profile", of_profile?.to_owned()));
    let (by, path) = variable("AWS_CA_BUNDLE").map(|path| ("AWS_CA_BUNDLE", path)).or_else(of_profile)?;
    (!path.is_empty()).then_some(Authorities { by, path })
}

/// The Region that the environment names, or else the profile.
fn wished_region(variable: Variable<'_>, of_profile: Option<&str>) -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    variables.into_iter().find_map(set).or_else(|| of_profile.map(str::to_owned))
}

async fn load(
    connection: &Connection,
    named: Option<&Named>,
    connector: &SharedHttpConnector,
    clock: &Clock,
) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(connection.call_timeout)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(connector::client(connector))
        .time_source(clock.clone())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard())
        .no_credentials();
    if let Ok(name) = AppName::new(concat!("palisade-", env!("CARGO_PKG_VERSION"))) {
        loader = loader.app_name(name);
    }
    if let Some(named) = named {
        loader = loader.profile_name(&named.name);
    }
    if let Some(url) = &connection.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if connection.simulated.is_some() {
        loader = loader.use_fips(false).use_dual_stack(false);
    }
    // The SDK would take the Region of a profile's source too, which the AWS CLI does not.
    loader.region(HOME).load().await
}

/// The configuration for the Region that environment or profile name, or else for the instance's.
async fn in_region(config: SdkConfig, named: Option<String>, clock: &Clock, machine: &SharedHttpClient) -> SdkConfig {
    let region = match named {
        Some(name) => Some(Region::new(name)),
        None => Means { config: &config, clock, machine }.instance_region().await,
    };
    config.to_builder().region(region.unwrap_or(HOME)).build()
}

/// Where STS is asked when neither environment nor profile names a Region.
const HOME: Region = Region::from_static("us-east-1");
