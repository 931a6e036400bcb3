//! Credentials that are kept, and had anew before they end or when AWS no longer takes them.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_async::time::TimeSource as _;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::clock::Clock;

/// Credentials that end sooner are had anew.
const EXPIRES_SOON: Duration = Duration::from_mins(1);
/// How long it is not tried again to have credentials anew that stay the same.
const PAUSE: Duration = Duration::from_secs(30);

/// The one place from which all calls have their credentials: the SDK's, those that we sign ourselves, and the tokens of
/// clusters.
#[derive(Debug)]
pub struct Kept {
    provider: SharedCredentialsProvider,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    credentials: Option<Credentials>,
    had_at: Option<Instant>,
    /// When they were last had anew in vain.
    in_vain_at: Option<Instant>,
}

impl Kept {
    pub(super) fn new(provider: SharedCredentialsProvider, clock: Clock) -> Self {
        Self { provider, clock, state: Mutex::default() }
    }

    /// The credentials in force.
    pub(crate) async fn current(&self) -> Result<Credentials, CredentialsError> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        let holds_for = |left: Duration| {
            let holds = |one: &&Credentials| one.expiry().is_none_or(|expiry| expiry > now + left);
            state.credentials.as_ref().filter(holds).cloned()
        };
        if let Some(credentials) = holds_for(EXPIRES_SOON) {
            return Ok(credentials);
        }
        match self.provider.provide_credentials().await {
            Ok(credentials) => {
                state.credentials = Some(credentials.clone());
                state.had_at = Some(Instant::now());
                Ok(credentials)
            }
            // What still holds for a few seconds is better than nothing.
            Err(error) => holds_for(Duration::ZERO).ok_or(error),
        }
    }

    /// Has others, because AWS refused those of a call that was sent at this time. Says whether there are others now.
    pub(crate) async fn renew(&self, sent_at: Instant) -> bool {
        let mut state = self.state.lock().await;
        if state.had_at.is_some_and(|had_at| had_at > sent_at) {
            return true;
        }
        if state.in_vain_at.is_some_and(|tried_at| tried_at.elapsed() < PAUSE) {
            return false;
        }
        let fresh = self.provider.provide_credentials().await.ok();
        let fresh = fresh.filter(|fresh| state.credentials.as_ref().is_none_or(|kept| differ(kept, fresh)));
        let Some(fresh) = fresh else {
            state.in_vain_at = Some(Instant::now());
            return false;
        };
        state.credentials = Some(fresh);
        state.had_at = Some(Instant::now());
        true
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.current())
    }
}

fn differ(kept: &Credentials, fresh: &Credentials) -> bool {
    kept.access_key_id() != fresh.access_key_id() || kept.session_token() != fresh.session_token()
}
