//! What an image consists of: its manifest, the configuration of each platform, and the layers that are asked for.
//!
//! All of it was written by whoever pushed the image. Sizes are bounded before anything is fetched, digests are verified
//! before anything is believed, and what does not fit is a gap that says so.

mod base_image;
mod config;
mod files;
mod flaw;
mod layers;
mod manifest;
mod reader;
mod secrets;

use std::sync::Arc;

use aws_sdk_ecr::operation::batch_get_image::BatchGetImageOutput;
use aws_sdk_ecr::types::ImageIdentifier;
use palisade_model::ecr::{Content, Image};
use palisade_model::{Action, Depth, Fact, Gap, Place};

use crate::aws::download::{Blob, download};
use crate::failure::Failure;
use flaw::Flaw;
use manifest::{ACCEPTED, Kind, Manifest};
pub(super) use reader::ContentReader;
use reader::{repository_name, settled};

impl ContentReader<'_> {
    /// What an image consists of, for each of its platforms. Left out unless the run is deep, and where nobody can pull
    /// the image.
    pub(crate) async fn contents(&self, image: &Image) -> Fact<Vec<Content>> {
        let place = Arc::new(Place { region: Some(self.region.clone()), resource: Some(image.arn.clone()) });
        let is_deep = match self.plan.depth {
            Depth::Standard => false,
            Depth::Deep => true,
        };
        if !is_deep || image.is_worth_judging() == Ok(false) {
            return Fact::not_asked(Action::EcrBatchGetImage, &place);
        }
        match self.read(image, &place).await {
            Ok(contents) => Fact::Known(contents),
            Err(gap) => Fact::Unknown(gap),
        }
    }

    async fn read(&self, image: &Image, place: &Arc<Place>) -> Result<Vec<Content>, Gap> {
        let ask_manifests = async || self.manifests(image).await;
        let manifests =
            settled(self.ask.remembered(Action::EcrBatchGetImage, place, "manifests", ask_manifests).await)?;
        let mut left = self.plan.image_layers;
        let mut contents = Vec::with_capacity(manifests.len());
        for manifest in &manifests {
            let ask_content = async || self.configuration(image, manifest, place).await;
            let action = Action::EcrGetDownloadUrlForLayer;
            let mut content = settled(self.ask.remembered(action, place, &manifest.digest, ask_content).await)?;
            if let Some(left) = &mut left {
                self.add_files(image, manifest, place, left, &mut content).await;
            }
            contents.push(content);
        }
        Ok(contents)
    }

    /// The manifests of an image: its own, or those that its index lists.
    async fn manifests(&self, image: &Image) -> Result<Vec<Manifest>, Failure> {
        let digest = image.artifact.digest.as_str();
        let mut manifests = Vec::new();
        let listed = match self.parsed(image, &[digest.to_owned()]).await?.pop() {
            Some(Kind::Image(manifest)) => return Ok(vec![manifest]),
            Some(Kind::Index(digests)) => digests,
            None => return Err(Flaw::new("is not in the answer").of("manifest", digest)),
        };
        for (kind, digest) in self.parsed(image, &listed).await?.into_iter().zip(&listed) {
            match kind {
                Kind::Image(manifest) => manifests.push(manifest),
                Kind::Index(_) => return Err(Flaw::new("is an index within an index").of("manifest", digest)),
            }
        }
        Ok(manifests)
    }

    /// Manifests by digest, in the same order.
    async fn parsed(&self, image: &Image, digests: &[String]) -> Result<Vec<Kind>, Failure> {
        let place = Place { region: Some(self.region.clone()), resource: Some(image.arn.clone()) };
        let ids: Vec<_> =
            digests.iter().map(|digest| ImageIdentifier::builder().image_digest(digest).build()).collect();
        let repository = repository_name(&image.repository)?;
        let call = || {
            let request = self.client.batch_get_image().registry_id(image.arn.account()).repository_name(repository);
            request
                .set_image_ids(Some(ids.clone()))
                .set_accepted_media_types(Some(ACCEPTED.map(str::to_owned).to_vec()))
                .send()
        };
        let output = self.ask.send(Action::EcrBatchGetImage, &place, call).await?;
        digests.iter().map(|digest| one_of(&output, digest)).collect()
    }

    async fn configuration(&self, image: &Image, manifest: &Manifest, place: &Arc<Place>) -> Result<Content, Failure> {
        let descriptor = &manifest.configuration;
        let address = self.address(image, &descriptor.digest).await?;
        let call = || async {
            let mut bytes = Vec::new();
            let blob = Blob { digest: &descriptor.digest, size: descriptor.size };
            let done = download(self.session, &address, blob, async |piece| bytes.extend(piece)).await?;
            Ok(done.map(|()| bytes))
        };
        let answer = self.ask.send(Action::EcrGetDownloadUrlForLayer, place, call).await?;
        let bytes = answer.map_err(|refusal| Flaw::from(&refusal).of("configuration", &descriptor.digest))?;
        config::parse(manifest, &bytes, place).map_err(|flaw| flaw.of("configuration", &descriptor.digest))
    }
}

/// The manifest that an answer gives for a digest.
fn one_of(output: &BatchGetImageOutput, digest: &str) -> Result<Kind, Failure> {
    let named = |id: Option<&ImageIdentifier>| id.and_then(ImageIdentifier::image_digest) == Some(digest);
    let text = output.images().iter().find(|image| named(image.image_id())).and_then(|image| image.image_manifest());
    let Some(text) = text else {
        let failure = output.failures().iter().find(|failure| named(failure.image_id()));
        let code = failure.and_then(|failure| failure.failure_code()).map_or("", |code| code.as_str());
        return Err(Flaw::new(format!("is not in the answer {code}").trim_end()).of("manifest", digest));
    };
    manifest::parse(digest, text).map_err(|flaw| flaw.of("manifest", digest))
}
