//! The way into one cluster: its address, the authority that signed its certificate, and a token that is made anew before
//! it ends.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_smithy_async::time::TimeSource as _;
use hyper_util::client::proxy::matcher::Matcher;
use kube::config::AuthInfo;
use kube::{Client, Config};
use palisade_model::RegionName;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::kubeconfig;
use super::token::token;
use crate::aws::session::Session;

/// How long a connection may take to come about. A private endpoint answers to nobody outside of its VPC.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a token is used. Clusters take it for fifteen minutes.
const TOKEN_LIFE: Duration = Duration::from_mins(10);

/// What must be left of the credentials for a token to be used.
const LEAST_LIFE: Duration = Duration::from_secs(10);

/// Why there is no way into a cluster.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DoorError {
    #[error("{0}")]
    Token(String),
    #[error("the address {0:?} of the cluster's API is none")]
    Address(String),
    #[error("the certificate of the cluster's authority could not be read: {0}")]
    Authority(&'static str),
    #[error("the client of the cluster's API could not be made: {0}")]
    Client(String),
    #[error("the proxy that the environment names for HTTPS has no address of http or https")]
    Proxy,
    #[error("{file}: {cause}")]
    Kubeconfig { file: String, cause: String },
}

/// A cluster of EKS, as far as it takes to enter.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The cluster's name, or its id on an Outpost.
    pub(crate) name: String,
    pub(crate) region: RegionName,
    /// `https://…`.
    pub(crate) endpoint: String,
    /// Base64 of PEM.
    pub(crate) certificate_authority: Option<String>,
}

enum Way {
    Eks {
        session: Arc<Session>,
        target: Target,
    },
    /// Entered once; its credentials are the file's affair.
    Kubeconfig(Client),
}

/// The way into a cluster.
pub(crate) struct Door {
    way: Way,
    /// The client, and when its token is due to be made anew.
    current: Mutex<Option<(Client, Instant)>>,
    /// Whether anything was ever answered.
    has_opened: AtomicBool,
}

impl Door {
    /// The way into a cluster of EKS, with the session's credentials.
    pub(crate) fn eks(session: &Arc<Session>, target: Target) -> Self {
        Self {
            way: Way::Eks { session: Arc::clone(session), target },
            current: Mutex::default(),
            has_opened: AtomicBool::default(),
        }
    }

    /// The way that a kubeconfig file tells.
    pub(crate) async fn kubeconfig(file: &Path, context: Option<&str>, timeout: Duration) -> Result<Self, DoorError> {
        let failed = |cause: String| DoorError::Kubeconfig { file: file.display().to_string(), cause };
        let config = kubeconfig::read(file, context).await.map_err(failed)?;
        let way = Way::Kubeconfig(client(config, timeout).map_err(failed)?);
        Ok(Self { way, current: Mutex::default(), has_opened: AtomicBool::default() })
    }

    /// A client whose token holds.
    pub(crate) async fn client(&self) -> Result<Client, DoorError> {
        let (session, target) = match &self.way {
            Way::Kubeconfig(client) => return Ok(client.clone()),
            Way::Eks { session, target } => (session, target),
        };
        let mut current = self.current.lock().await;
        if let Some((client, due_at)) = &*current
            && *due_at > Instant::now()
        {
            return Ok(client.clone());
        }
        let (new, life) = enter(session, target).await?;
        *current = Some((new.clone(), Instant::now() + life));
        Ok(new)
    }

    /// The cluster has answered.
    pub(crate) fn opened(&self) {
        self.has_opened.store(true, Ordering::Relaxed);
    }

    /// Has other credentials, because the cluster no longer knows those of a call that was sent at this time. Says whether
    /// there are others now. A cluster that never answered does not know the caller at all.
    pub(crate) async fn renew(&self, sent_at: Instant) -> bool {
        let Way::Eks { session, .. } = &self.way else { return false };
        if !self.has_opened.load(Ordering::Relaxed) || !session.kept().renew(sent_at).await {
            return false;
        }
        *self.current.lock().await = None;
        true
    }
}

/// A client with a new token, and how long that holds: it ends with the credentials.
async fn enter(session: &Session, target: &Target) -> Result<(Client, Duration), DoorError> {
    let credentials = session.credentials().await.map_err(|error| DoorError::Token(error.to_string()))?;
    let token = token(&credentials, target.region.as_str(), &target.name, session.clock().now());
    let token = token.map_err(|error| DoorError::Token(error.to_string()))?;
    let address = target.endpoint.parse().map_err(|_| DoorError::Address(target.endpoint.clone()))?;
    let mut config = Config::new(address);
    config.root_cert = target.certificate_authority.as_deref().map(certificates).transpose()?;
    config.proxy_url = proxy(&config.cluster_url)?;
    config.auth_info = AuthInfo { token: Some(token.secret().to_owned().into()), ..AuthInfo::default() };
    let left = credentials.expiry().map(|expiry| expiry.duration_since(session.clock().now()).unwrap_or_default());
    let life = left.map_or(TOKEN_LIFE, |left| TOKEN_LIFE.min(left.saturating_sub(LEAST_LIFE)));
    Ok((client(config, session.call_timeout()).map_err(DoorError::Client)?, life))
}

fn client(mut config: Config, timeout: Duration) -> Result<Client, String> {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = Some(timeout);
    config.write_timeout = Some(timeout);
    config.reset_reader_on_write = true;
    // The pacer decides when a call is sent again.
    config.default_retry = false;
    // A token with a sign that no header may have makes the client panic; the panic's message does not show it.
    let made = std::panic::catch_unwind(AssertUnwindSafe(|| Client::try_from(config)));
    let made = made.map_err(|_| "the token holds signs that no header may have".to_owned())?;
    made.map_err(|error| kubeconfig::client(&error))
}

/// The certificates in base64 of PEM, as DER.
fn certificates(data: &str) -> Result<Vec<Vec<u8>>, DoorError> {
    use base64::Engine as _;
    let pem = base64::engine::general_purpose::STANDARD.decode(data);
    let pem = pem.map_err(|_| DoorError::Authority("it is no base64"))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|_| DoorError::Authority("it is no PEM"))?;
    if certificates.is_empty() {
        return Err(DoorError::Authority("it holds no PEM certificate"));
    }
    Ok(certificates.into_iter().map(|certificate| certificate.to_vec()).collect())
}

/// The proxy that the environment names for HTTPS, by the rules that calls to AWS follow; none to this machine.
fn proxy(address: &http::Uri) -> Result<Option<http::Uri>, DoorError> {
    let host = address.host().unwrap_or_default();
    let is_local = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
    if is_local || Matcher::from_env().intercept(address).is_none() {
        return Ok(None);
    }
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let Some(url) = names.into_iter().find_map(|name| std::env::var(name).ok()) else { return Ok(None) };
    // As for calls to AWS, a proxy without a scheme is one of http.
    let url = if url.contains("://") { url } else { format!("http://{url}") };
    // What is wrong with it is not shown: it may hold a password.
    let url: http::Uri = url.parse().map_err(|_| DoorError::Proxy)?;
    if matches!(url.scheme_str(), Some("http" | "https")) { Ok(Some(url)) } else { Err(DoorError::Proxy) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_authority_is_an_error_and_not_an_unchecked_connection() {
        for data in ["", "!!!", "bm90IGEgY2VydGlmaWNhdGU="] {
            assert!(matches!(certificates(data), Err(DoorError::Authority(_))), "{data:?}");
        }
    }

    #[tokio::test]
    async fn a_kubeconfig_that_cannot_be_read_is_named() {
        let file = Path::new("/nowhere/kubeconfig");
        let Err(error) = Door::kubeconfig(file, None, CONNECT_TIMEOUT).await else { panic!("it is not there") };
        assert!(error.to_string().starts_with("/nowhere/kubeconfig: "), "{error}");
    }
}
