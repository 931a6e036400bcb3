//! Who asks: the account and the identity, as AWS tells them.

use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use aws_smithy_types::retry::RetryConfig;
use palisade_model::{AccountId, Action, Arn, Identity, Partition};

use crate::aws::session::Session;
use crate::error::CollectError;
use crate::failure;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The identity.
    pub arn: Arn,
    /// The account's partition.
    pub partition: Partition,
    /// Where the credentials came from, in words.
    pub source: String,
}

impl Caller {
    /// The identity, as an inventory keeps it.
    pub fn identity(&self) -> Identity {
        Identity { arn: self.arn.clone(), source: self.source.clone() }
    }
}

/// Asks AWS who we are, which needs no permission and proves the credentials.
pub async fn caller(session: &Session) -> Result<Caller, CollectError> {
    // Before there is a pacer, the SDK's own retries do.
    let config = aws_sdk_sts::config::Builder::from(&session.in_region(&session.home_region()));
    let client = aws_sdk_sts::Client::from_conf(config.retry_config(RetryConfig::standard()).build());
    let answer = client.get_caller_identity().send().await;
    let identity = answer.map_err(|error| CollectError::Refused(refusal(&error)))?;
    let lacking = || CollectError::Refused("the answer does not say whose they are".to_owned());
    let arn = Arn::from(identity.arn().ok_or_else(lacking)?);
    let account = AccountId::from(identity.account().ok_or_else(lacking)?);
    Ok(Caller { account, partition: Partition::from(arn.partition()), arn, source: session.source().to_owned() })
}

/// What AWS said, or else what kept it from saying anything.
fn refusal(error: &SdkError<GetCallerIdentityError>) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => failure::judge(Action::StsGetCallerIdentity, error).into_reason().to_string(),
    }
}
