//! What an image consists of: its manifest, the configuration of each platform, and the layers that are asked for.
//!
//! All of it was written by whoever pushed the image. Sizes are bounded before anything is fetched, digests are verified
//! before anything is believed, and what does not fit is a gap that says so.

mod base_image;
mod config;
mod files;
mod flaw;
mod go_json;
mod layer_cache;
mod layers;
mod listing;
mod local;
mod manifest;
mod manifests;
mod reader;
mod rootfs;
mod scan;
mod secrets;
mod statements;
mod system;
mod tools;
mod users;

use std::sync::Arc;

use palisade_model::ecr::{Content, Image};
use palisade_model::{Action, Depth, Fact, Gap, Place};

use crate::aws::download::{Blob, Refusal, download};
use crate::failure::Failure;
use config::Configured;
use flaw::Flaw;
pub(super) use layer_cache::LayerCache;
pub use local::LocalImage;
pub(super) use local::{Local, LocalPlan, read as read_local};
use manifest::{Descriptor, Manifest};
pub(super) use manifests::Nature;
pub(super) use reader::ContentReader;
use reader::settled;

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
        for manifest in manifests.iter().filter(|manifest| self.is_wanted(manifest.platform.as_deref())) {
            let ask_content = async || self.configuration(image, manifest, place).await;
            let action = Action::EcrGetDownloadUrlForLayer;
            let mut configured = settled(self.ask.remembered(action, place, &manifest.digest, ask_content).await)?;
            if !self.is_wanted(Some(&configured.content.platform)) {
                continue;
            }
            configured.content.attestations = self.attestations(image, manifest, place).await;
            if let Some(left) = &mut left {
                self.add_files(image, manifest, place, left, &mut configured).await;
            }
            contents.push(configured.content);
        }
        match &self.plan.platform {
            Some(platform) if contents.is_empty() => {
                let why = format!("the image has none for the platform {platform}");
                Err(Gap::undecided(Action::EcrBatchGetImage, &image.arn, why))
            }
            Some(_) | None => Ok(contents),
        }
    }

    /// Whether a platform is looked at; one that is not told yet may be.
    fn is_wanted(&self, platform: Option<&str>) -> bool {
        let (Some(wanted), Some(platform)) = (&self.plan.platform, platform) else { return true };
        is_platform(wanted, platform)
    }

    async fn configuration(
        &self,
        image: &Image,
        manifest: &Manifest,
        place: &Arc<Place>,
    ) -> Result<Configured, Failure> {
        let descriptor = &manifest.configuration;
        let answer = self.blob(image, descriptor, place).await?;
        let bytes = answer.map_err(|refusal| Flaw::from(&refusal).of("configuration", &descriptor.digest))?;
        config::parse(manifest, &bytes, place).map_err(|flaw| flaw.of("configuration", &descriptor.digest))
    }

    /// A blob whose size was looked at before.
    async fn blob(
        &self,
        image: &Image,
        descriptor: &Descriptor,
        place: &Place,
    ) -> Result<Result<Vec<u8>, Refusal>, Failure> {
        let address = self.address(image, &descriptor.digest).await?;
        let call = || async {
            let mut bytes = Vec::new();
            let blob = Blob { digest: &descriptor.digest, size: descriptor.size };
            let done = download(self.session, &address, blob, async |piece| bytes.extend(piece)).await?;
            Ok(done.map(|()| bytes))
        };
        self.ask.send(Action::EcrGetDownloadUrlForLayer, place, call).await
    }
}

/// Whether a platform is the one that is wanted. Without a variant all of an architecture are meant, and the variant that an
/// architecture has by itself need not be said.
///
/// Source: <https://github.com/containerd/platforms/blob/main/database.go>
fn is_platform(wanted: &str, platform: &str) -> bool {
    let plain = |platform: &str| match platform.strip_suffix("/v8") {
        Some(plain) if plain.ends_with("/arm64") => plain.to_owned(),
        Some(_) | None => platform.to_owned(),
    };
    let (wanted, platform) = (plain(wanted), plain(platform));
    platform == wanted || platform.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_meant_with_and_without_its_variant() {
        assert!(is_platform("linux/arm64", "linux/arm64/v8") && is_platform("linux/arm64/v8", "linux/arm64"));
        assert!(is_platform("linux/arm", "linux/arm/v7") && is_platform("linux/arm/v7", "linux/arm/v7"));
        assert!(!is_platform("linux/arm/v7", "linux/arm/v6") && !is_platform("linux/arm", "linux/arm64"));
        assert!(!is_platform("linux/arm64/v9", "linux/arm64") && !is_platform("linux/amd64", "windows/amd64"));
    }
}
