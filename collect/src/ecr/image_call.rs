//! An image, as ECR's calls about one name it.

use aws_sdk_ecr::types::ImageIdentifier;
use palisade_model::Arn;

use crate::ask::Ask;

/// An image, as calls about it name it.
#[derive(Clone, Copy)]
pub(super) struct ImageCall<'a> {
    pub(super) client: &'a aws_sdk_ecr::Client,
    /// The repository's name.
    pub(super) repository: &'a str,
    pub(super) digest: &'a str,
    pub(super) image: &'a Arn,
    pub(super) ask: &'a Ask,
}

impl ImageCall<'_> {
    /// The image, within its repository.
    pub(super) fn id(&self) -> ImageIdentifier {
        ImageIdentifier::builder().image_digest(self.digest).build()
    }
}
