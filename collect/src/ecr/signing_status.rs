//! `DescribeImageSigningStatus`: whether ECR signed an image.

use aws_sdk_ecr::operation::describe_image_signing_status::DescribeImageSigningStatusOutput;
use aws_sdk_ecr::types::SigningStatus;
use palisade_model::ecr::Signature;
use palisade_model::{Action, Fact, Place};

use super::image_call::ImageCall;
use crate::ask::lacking;
use crate::failure::Failure;

impl ImageCall<'_> {
    /// What became of the signature that ECR makes; `None` when there is none.
    pub(super) async fn signature(self) -> Fact<Option<Signature>> {
        let (action, place) = (Action::EcrDescribeImageSigningStatus, Place::resource(self.image));
        let call = || {
            let request = self.client.describe_image_signing_status().registry_id(self.image.account());
            request.repository_name(self.repository).image_id(self.id()).send()
        };
        let read = async || signature(&self.ask.send(action, &place, call).await?);
        self.ask.remembered(action, &place, "", read).await
    }
}

/// A signature for each signing profile: the worst state of any.
fn signature(output: &DescribeImageSigningStatusOutput) -> Result<Option<Signature>, Failure> {
    let mut worst: Option<(u8, Signature)> = None;
    for one in output.signing_statuses.as_ref().ok_or_else(lacking)? {
        let reason = one.failure_reason().or(one.failure_code()).unwrap_or("FAILED");
        let found = match one.status().ok_or_else(lacking)? {
            SigningStatus::Complete => (0, Signature::Complete),
            SigningStatus::InProgress => (1, Signature::InProgress),
            SigningStatus::Failed => (3, Signature::Failed(reason.to_owned())),
            other => (2, Signature::Other(other.as_str().to_owned())),
        };
        if worst.as_ref().is_none_or(|(rank, _)| *rank < found.0) {
            worst = Some(found);
        }
    }
    Ok(worst.map(|(_, signature)| signature))
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecr::types::ImageSigningStatus;

    use super::*;

    #[test]
    fn of_several_signatures_the_worst_counts() {
        let of = |words: &[&str]| {
            let states = words.iter().map(|word| {
                ImageSigningStatus::builder().status(SigningStatus::from(*word)).failure_reason("no key").build()
            });
            let states = Some(states.collect());
            signature(&DescribeImageSigningStatusOutput::builder().set_signing_statuses(states).build()).unwrap()
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["COMPLETE"]), Some(Signature::Complete));
        assert_eq!(of(&["COMPLETE", "FAILED", "NEW"]), Some(Signature::Failed("no key".to_owned())));
        assert_eq!(of(&["NEW", "IN_PROGRESS"]), Some(Signature::Other("NEW".to_owned())));
    }
}
