//! The one thing that is written to AWS, and only by a delivery that was asked for: findings, to Security Hub.

use std::sync::Arc;

use aws_smithy_runtime_api::client::result::SdkError;
use palisade_model::RegionName;

use super::client::{Posted, SECURITY_HUB, Signed};
use crate::aws::session::Session;
use crate::discreet;

/// Posts JSON to a path of Security Hub in a Region, once. The error says in words that hold no secret why there is no
/// answer.
pub async fn post_to_security_hub(
    session: &Arc<Session>,
    region: &RegionName,
    path: &str,
    body: String,
) -> Result<Posted, String> {
    let posted = Signed::new(session, region).post_raw(&SECURITY_HUB, path, body).await;
    posted.map_err(|error| match &error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => failure
            .as_connector_error()
            .map_or_else(|| "nothing could be sent".to_owned(), |error| discreet::connection(error)),
        _ => "the request could not be made".to_owned(),
    })
}
