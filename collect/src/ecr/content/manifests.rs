//! The manifests of an image: its own, or those that its index lists, also through further indexes.

use std::collections::BTreeSet;

use aws_sdk_ecr::operation::batch_get_image::BatchGetImageOutput;
use aws_sdk_ecr::types::ImageIdentifier;
use palisade_model::ecr::{ArtifactKind, Image};
use palisade_model::{Action, Arn, Place};
use serde::{Deserialize, Serialize};

use super::flaw::Flaw;
use super::manifest::{self, ACCEPTED, Descriptor, Held, Index, Kind, Listed, Manifest, Notes, Statements};
use super::reader::{ContentReader, repository_name};
use crate::ecr::artifact::kind_of;
use crate::failure::Failure;

/// Manifests that one call may ask for.
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html>
const MOST_AT_ONCE: usize = 100;
/// Platforms of an image, and manifests of whatever kind that are read for it. Debian has a dozen platforms.
const MOST_PLATFORMS: usize = 64;
pub(super) const MOST_MANIFESTS: usize = 400;
/// Indexes within each other.
pub(super) const DEEPEST: usize = 4;

/// What a manifest turns out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::ecr) enum Nature {
    /// An image, or a list in which there is one.
    Image,
    /// Something else.
    Other(ArtifactKind),
}

/// What was found in an index and in those that it lists.
#[derive(Default)]
pub(super) struct Found {
    images: Vec<Manifest>,
    /// Statements, with the image that each is about.
    statements: Vec<(Option<String>, Vec<Descriptor>)>,
    /// Why there may be more of them.
    pub(super) flaw: Option<String>,
    /// What else it lists.
    others: Vec<String>,
}

impl ContentReader<'_> {
    /// The manifests of the images, each with the statements that are about it.
    pub(super) async fn manifests(&self, image: &Image) -> Result<Vec<Manifest>, Failure> {
        let digest = image.artifact.digest.as_str();
        let index = match self.one(&image.arn, &image.repository, digest).await? {
            Kind::Image(manifest) => return Ok(vec![manifest]),
            Kind::Artifact(held) => {
                let why = format!("is of no container image: it holds {}", held.media_type);
                return Err(Flaw::new(why).of("manifest", digest));
            }
            Kind::Index(index) => index,
        };
        let found = self.listed(&image.arn, &image.repository, index, digest).await?;
        if found.images.is_empty() {
            return Err(Flaw::new("is an index that lists no image").of("manifest", digest));
        }
        Ok(found.images())
    }

    /// What the manifest of this digest is, by what it holds.
    pub(in crate::ecr) async fn nature(&self, image: &Arn, repository: &Arn, digest: &str) -> Result<Nature, Failure> {
        let index = match self.one(image, repository, digest).await? {
            Kind::Image(_) => return Ok(Nature::Image),
            Kind::Artifact(held) => return Ok(Nature::Other(kind_of(&held.media_type))),
            Kind::Index(index) => index,
        };
        let found = self.listed(image, repository, index, digest).await?;
        if !found.images.is_empty() {
            return Ok(Nature::Image);
        }
        let other = found.others.iter().map(|media_type| kind_of(media_type)).next();
        let kind = match (other, found.statements.is_empty()) {
            (Some(kind), _) => kind,
            (None, false) => ArtifactKind::Attestation,
            (None, true) => ArtifactKind::Other("an index that lists no image".to_owned()),
        };
        Ok(Nature::Other(kind))
    }

    async fn one(&self, image: &Arn, repository: &Arn, digest: &str) -> Result<Kind, Failure> {
        let found = self.parsed(image, repository, &[digest.to_owned()]).await?.pop();
        found.unwrap_or_else(|| Err(Flaw::new("is not in the answer").of("manifest", digest)))
    }

    /// Everything that an index lists, each manifest once.
    async fn listed(&self, image: &Arn, repository: &Arn, index: Index, digest: &str) -> Result<Found, Failure> {
        let (mut found, mut seen) = (Found::default(), BTreeSet::from([digest.to_owned()]));
        let mut level: Vec<(Listed, Notes)> = entries(index, &Notes::default());
        for _ in 0..DEEPEST {
            level.retain(|(entry, _)| entry.is_manifest && seen.insert(entry.digest.clone()));
            if seen.len() > MOST_MANIFESTS {
                let why = format!("lists more than {MOST_MANIFESTS} manifests, with those of the indexes in it");
                return Err(Flaw::new(why).of("manifest", digest));
            }
            let digests: Vec<String> = level.iter().map(|(entry, _)| entry.digest.clone()).collect();
            let mut next = Vec::new();
            for (kind, (entry, notes)) in self.parsed(image, repository, &digests).await?.into_iter().zip(level) {
                match kind {
                    Ok(kind) => found.add(kind, entry, &notes, &mut next),
                    // A statement that cannot be read leaves the image itself readable.
                    Err(failure) if entry.is_no_image => {
                        found.flaw = Some(format!("{} {}", entry.digest, failure.into_reason()));
                    }
                    Err(failure) => return Err(failure),
                }
            }
            if found.images.len() > MOST_PLATFORMS {
                return Err(Flaw::new(format!("lists more than {MOST_PLATFORMS} platforms")).of("manifest", digest));
            }
            if next.is_empty() {
                return Ok(found);
            }
            level = next;
        }
        Err(Flaw::new(format!("is an index of more than {DEEPEST} within each other")).of("manifest", digest))
    }

    /// Manifests by digest, in the same order.
    async fn parsed(
        &self,
        image: &Arn,
        repository: &Arn,
        digests: &[String],
    ) -> Result<Vec<Result<Kind, Failure>>, Failure> {
        let place = Place { region: Some(self.region.clone()), resource: Some(image.clone()) };
        let mut parsed = Vec::with_capacity(digests.len());
        for some in digests.chunks(MOST_AT_ONCE) {
            let ids: Vec<_> =
                some.iter().map(|digest| ImageIdentifier::builder().image_digest(digest).build()).collect();
            let name = repository_name(repository)?;
            let call = || {
                let request = self.client.batch_get_image().registry_id(image.account()).repository_name(name);
                request
                    .set_image_ids(Some(ids.clone()))
                    .set_accepted_media_types(Some(ACCEPTED.map(str::to_owned).to_vec()))
                    .send()
            };
            let output = self.ask.send(Action::EcrBatchGetImage, &place, call).await?;
            parsed.extend(some.iter().map(|digest| one_of(&output, digest)));
        }
        Ok(parsed)
    }
}

impl Found {
    /// The images, each with the statements that are about it.
    pub(super) fn images(self) -> Vec<Manifest> {
        let Self { mut images, statements, flaw, others: _ } = self;
        for image in &mut images {
            let is_about = |about: &Option<String>| about.as_ref().is_none_or(|about| *about == image.digest);
            let about = statements.iter().filter(|(about, _)| is_about(about));
            let blobs = about.flat_map(|(_, blobs)| blobs.iter().cloned()).collect();
            image.statements = Statements { blobs, flaw: flaw.clone() };
        }
        images
    }

    /// Adds what an entry turned out to be; what an index lists comes next.
    pub(super) fn add(&mut self, kind: Kind, entry: Listed, notes: &Notes, next: &mut Vec<(Listed, Notes)>) {
        match kind {
            Kind::Image(_) if entry.is_no_image => self.others.push(String::new()),
            Kind::Image(mut manifest) => {
                manifest.platform = entry.platform;
                manifest.notes.add(&entry.notes);
                manifest.notes.add(notes);
                self.images.push(manifest);
            }
            Kind::Index(index) => next.extend(entries(index, notes)),
            Kind::Artifact(Held { media_type, blobs }) => {
                let states = |blob: &Descriptor| blob.media_type.contains("in-toto");
                if blobs.iter().any(states) {
                    self.statements.push((entry.about, blobs.into_iter().filter(states).collect()));
                } else {
                    self.others.push(media_type);
                }
            }
        }
    }
}

/// The entries of an index, each with what the indexes around it say.
pub(super) fn entries(index: Index, outer: &Notes) -> Vec<(Listed, Notes)> {
    let Index { entries, mut notes } = index;
    notes.add(outer);
    entries.into_iter().map(|entry| (entry, notes.clone())).collect()
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
