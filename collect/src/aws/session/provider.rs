//! What fetches the credentials of an origin.

use std::pin::Pin;

use aws_config::credential_process::CredentialProcessProvider;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sso::SsoCredentialsProvider;
use aws_config::sts::AssumeRoleProvider;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;

use super::clock::Clock;
use super::origin::{Origin, Role, SingleSignOn, Way, WebIdentity};

/// The name of a session that nobody named.
const SESSION_NAME: &str = "palisade";

/// What providers ask through.
pub(super) struct Means<'a> {
    pub(super) config: &'a SdkConfig,
    pub(super) clock: &'a Clock,
    /// To the machine that palisade runs on, past any proxy.
    pub(super) machine: &'a SharedHttpClient,
}

type Providing<'a> = Pin<Box<dyn Future<Output = SharedCredentialsProvider> + Send + 'a>>;

impl Means<'_> {
    /// The provider of an origin.
    pub(super) fn provider<'a>(&'a self, origin: &'a Origin) -> Providing<'a> {
        Box::pin(async move {
            match origin {
                Origin::Variables(credentials) | Origin::Simulated(credentials) => {
                    SharedCredentialsProvider::new(credentials.clone())
                }
                Origin::Profile { way, .. } => self.of_way(way).await,
                Origin::WebIdentity(identity) => self.web_identity(identity),
                Origin::Container { is_near, .. } => {
                    let config = if *is_near { self.beside(self.machine.clone()) } else { self.usual() };
                    let builder = EcsCredentialsProvider::builder().configure(&config);
                    SharedCredentialsProvider::new(builder.build())
                }
                Origin::Instance => {
                    let builder = ImdsCredentialsProvider::builder().configure(&self.beside(self.machine.clone()));
                    SharedCredentialsProvider::new(builder.build())
                }
            }
        })
    }

    async fn of_way(&self, way: &Way) -> SharedCredentialsProvider {
        match way {
            Way::Key { credentials, .. } => SharedCredentialsProvider::new(credentials.clone()),
            Way::Role { role, source } => self.assume(role, self.provider(source).await).await,
            Way::WebIdentity(identity) => self.web_identity(identity),
            Way::SingleSignOn(sign_on) => self.single_sign_on(sign_on),
            Way::Process { command } => SharedCredentialsProvider::new(CredentialProcessProvider::new(command.clone())),
        }
    }

    /// A role that is assumed with these credentials.
    pub(super) async fn assume(&self, role: &Role, source: SharedCredentialsProvider) -> SharedCredentialsProvider {
        let config = self.config.to_builder().credentials_provider(source).build();
        let name = role.session_name.as_deref().unwrap_or(SESSION_NAME);
        let mut builder = AssumeRoleProvider::builder(&role.arn).session_name(name).configure(&config);
        if let Some(external_id) = &role.external_id {
            builder = builder.external_id(external_id);
        }
        if let Some(duration) = role.duration {
            builder = builder.session_length(duration);
        }
        SharedCredentialsProvider::new(builder.build().await)
    }

    fn web_identity(&self, identity: &WebIdentity) -> SharedCredentialsProvider {
        let configuration = StaticConfiguration {
            web_identity_token_file: identity.token_file.clone(),
            role_arn: identity.role_arn.clone(),
            session_name: identity.session_name.clone().unwrap_or_else(|| SESSION_NAME.to_owned()),
        };
        let builder = WebIdentityTokenCredentialsProvider::builder().static_configuration(configuration);
        SharedCredentialsProvider::new(builder.configure(&self.usual()).build())
    }

    fn single_sign_on(&self, sign_on: &SingleSignOn) -> SharedCredentialsProvider {
        let mut builder = SsoCredentialsProvider::builder()
            .configure(&self.usual())
            .account_id(&sign_on.account)
            .role_name(&sign_on.role)
            .region(Region::new(sign_on.region.clone()))
            .start_url(&sign_on.start_url);
        builder.set_session_name(sign_on.session.clone());
        SharedCredentialsProvider::new(builder.build())
    }

    /// The Region of the instance that palisade runs on, if it does on one and may ask.
    pub(super) async fn instance_region(&self) -> Option<Region> {
        ImdsRegionProvider::builder().configure(&self.beside(self.machine.clone())).build().region().await
    }

    fn usual(&self) -> ProviderConfig {
        match self.config.http_client() {
            Some(client) => self.beside(client),
            None => self.beside(self.machine.clone()),
        }
    }

    fn beside(&self, client: SharedHttpClient) -> ProviderConfig {
        let mut config = ProviderConfig::empty()
            .with_behavior_version(self.config.behavior_version())
            .with_region(self.config.region().cloned())
            .with_use_fips(self.config.use_fips())
            .with_use_dual_stack(self.config.use_dual_stack())
            .with_http_client(client)
            .with_sleep_impl(TokioSleep::new())
            .with_time_source(self.clock.clone())
            .with_retry_config(RetryConfig::standard());
        if let Some(timeouts) = self.config.timeout_config() {
            config = config.with_timeout_config(timeouts.clone());
        }
        config
    }
}
