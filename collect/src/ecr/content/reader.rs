//! What it takes to read the blobs of images.

use palisade_model::ecr::Image;
use palisade_model::{Action, Arn, Fact, Gap, Place, RegionName};

use super::flaw::Flaw;
use super::layer_cache::LayerCache;
use crate::ask::Ask;
use crate::aws::session::Session;
use crate::failure::Failure;
use crate::plan::Plan;

/// Reads what images consist of, in one Region.
pub(in crate::ecr) struct ContentReader<'a> {
    pub(super) session: &'a Session,
    pub(super) client: &'a aws_sdk_ecr::Client,
    pub(super) region: &'a RegionName,
    pub(super) plan: &'a Plan,
    pub(super) ask: &'a Ask,
    /// The layers that were read before.
    pub(super) layers: &'a LayerCache,
}

impl<'a> ContentReader<'a> {
    /// A reader of the registry of this Region.
    pub(in crate::ecr) fn new(
        session: &'a Session,
        client: &'a aws_sdk_ecr::Client,
        region: &'a RegionName,
        plan: &'a Plan,
        ask: &'a Ask,
        layers: &'a LayerCache,
    ) -> Self {
        Self { session, client, region, plan, ask, layers }
    }

    /// Where a blob can be had.
    pub(super) async fn address(&self, image: &Image, digest: &str) -> Result<String, Failure> {
        let place = Place { region: Some(self.region.clone()), resource: Some(image.arn.clone()) };
        let repository = repository_name(&image.repository)?;
        let call = || {
            let request = self.client.get_download_url_for_layer().registry_id(image.arn.account());
            request.repository_name(repository).layer_digest(digest).send()
        };
        let output = self.ask.send(Action::EcrGetDownloadUrlForLayer, &place, call).await?;
        output.download_url.ok_or_else(|| Flaw::new("has no address").of("blob", digest))
    }
}

/// The name by which calls know a repository.
pub(super) fn repository_name(repository: &Arn) -> Result<&str, Failure> {
    let name = repository.as_str().split_once(":repository/").map(|(_, name)| name);
    name.ok_or_else(|| Flaw::new("names no repository").of("ARN", repository.as_str()))
}

/// A fact as what `?` takes.
pub(super) fn settled<T>(fact: Fact<T>) -> Result<T, Gap> {
    match fact {
        Fact::Known(value) => Ok(value),
        Fact::Unknown(gap) => Err(gap),
    }
}
