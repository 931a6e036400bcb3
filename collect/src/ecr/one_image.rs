//! One image, for the gate of a pipeline: what it is, what it consists of, and its scan as soon as that is finished.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ecr::operation::describe_images::DescribeImagesOutput;
use aws_sdk_ecr::operation::describe_repositories::DescribeRepositoriesOutput;
use aws_sdk_ecr::types::ImageIdentifier;
use palisade_model::ecr::{ArtifactKind, Reference, Repository};
use palisade_model::{AccountId, Action, Arn, Fact, Inventory, Listing, Place, RegionName, Switch};
use tokio::time::Instant;

use super::{artifact, images, repository};
use crate::alone::{Owner, around};
use crate::ask::Ask;
use crate::aws::session::Session;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::plan::Plan;

/// The pause before a scan is asked for again; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Why there is no image to judge.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The registry, and the name of a repository that it does not hold.
    #[error("the registry {0} holds no repository {1}")]
    NoRepository(AccountId, String),
    /// The repository, and the tag or digest of an image that it does not hold.
    #[error("the repository {0} holds no image {1}")]
    NoImage(String, String),
    /// The repository, the digest of something in it that is no image, or none that can be pulled, and what it is.
    #[error("{1} in the repository {0} is not an image: it is {2}")]
    NotAnImage(String, String, String),
    /// What could not be read, and why.
    #[error("{0} could not be read: {1}")]
    Unread(&'static str, String),
}

/// The image to judge.
pub struct WantedImage<'a> {
    /// What names it.
    pub reference: &'a Reference<'a>,
    /// The account whose registry holds it.
    pub account: &'a AccountId,
    /// The Region of that registry.
    pub region: &'a RegionName,
    /// How long to wait for its scan.
    pub wait: Duration,
}

/// An inventory that holds one image and nothing else.
pub async fn collect_image(
    session: &Arc<Session>,
    caller: &Caller,
    wanted: &WantedImage<'_>,
    plan: &Plan,
    ask: &Ask,
) -> Result<Inventory, ImageError> {
    let client = aws_sdk_ecr::Client::new(&session.in_region(wanted.region));
    let repository = described(&client, wanted, ask).await?;
    let place = Place::region(wanted.region);
    let owner = Owner {
        account: caller.account.clone(),
        partition: caller.partition.clone(),
        identity: Some(caller.identity()),
        region: wanted.region.clone(),
    };
    let mut inventory = holding(&owner, repository, &place);
    expect_image(&inventory)?;
    images::complete(session, plan, ask, BTreeMap::new(), &mut inventory).await;
    // What the list says may have turned out otherwise.
    expect_image(&inventory)?;
    let until = Instant::now() + wanted.wait;
    let mut pause = FIRST_PAUSE;
    while is_unfinished(&inventory) && Instant::now() + pause <= until {
        ask.progress.say(&format!("the scan is not finished; asking again in {} s", pause.as_secs()));
        if ask.pacer.sleep_until(Instant::now() + pause).await.is_err() {
            break;
        }
        images::ask_for_scans_again(session, plan, ask, &mut inventory).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(inventory)
}

/// The repository with the one artifact that the reference names.
async fn described(
    client: &aws_sdk_ecr::Client,
    wanted: &WantedImage<'_>,
    ask: &Ask,
) -> Result<Repository, ImageError> {
    let WantedImage { reference, account, region, wait: _ } = wanted;
    let place = Place::region(region);
    let name = reference.repository;
    let call = || client.describe_repositories().registry_id(account.as_str()).repository_names(name).send();
    let output: DescribeRepositoriesOutput = match ask.send(Action::EcrDescribeRepositories, &place, call).await {
        Ok(output) => output,
        Err(Failure::Answered { code, .. }) if code == "RepositoryNotFoundException" => {
            return Err(ImageError::NoRepository((*account).clone(), name.to_owned()));
        }
        Err(failure) => return Err(ImageError::Unread("the repository", failure.into_reason().to_string())),
    };
    let lacking = || ImageError::Unread("the repository", "the answer lacks it".to_owned());
    let named = output.repositories().first().and_then(repository::named).ok_or_else(lacking)?;
    let tag = reference.tag.unwrap_or("latest");
    let image = match reference.digest {
        Some(digest) => ImageIdentifier::builder().image_digest(digest).build(),
        None => ImageIdentifier::builder().image_tag(tag).build(),
    };
    let call = || {
        let request = client.describe_images().registry_id(account.as_str()).repository_name(name);
        request.image_ids(image.clone()).send()
    };
    let output: DescribeImagesOutput = match ask.send(Action::EcrDescribeImages, &place, call).await {
        Ok(output) => output,
        Err(Failure::Answered { code, .. }) if code == "ImageNotFoundException" => {
            return Err(ImageError::NoImage(name.to_owned(), reference.digest.unwrap_or(tag).to_owned()));
        }
        Err(failure) => return Err(ImageError::Unread("the image", failure.into_reason().to_string())),
    };
    let lacking = || ImageError::Unread("the image", "the answer lacks it".to_owned());
    let artifact = output.image_details().first().and_then(artifact::convert).ok_or_else(lacking)?;
    let mut repository = repository::alone(named);
    repository.artifacts = Listing::whole(vec![artifact]);
    Ok(repository)
}

/// That what was named is an image, and one that can be pulled.
fn expect_image(inventory: &Inventory) -> Result<(), ImageError> {
    let repositories = inventory.regions.values().flat_map(|region| region.ecr.repositories.seen());
    for repository in repositories {
        for artifact in repository.artifacts.seen() {
            let what = match &artifact.kind {
                ArtifactKind::Image | ArtifactKind::Index if artifact.archived == Switch::On => {
                    "in the archive, from which it must be restored first".to_owned()
                }
                ArtifactKind::Image | ArtifactKind::Index => continue,
                ArtifactKind::Signature => "a signature".to_owned(),
                ArtifactKind::Attestation => "an attestation".to_owned(),
                ArtifactKind::Other(media_type) => media_type.clone(),
            };
            return Err(ImageError::NotAnImage(repository.name.clone(), artifact.digest.clone(), what));
        }
    }
    Ok(())
}

/// Whether the scan may still come: it is missing, or not finished.
fn is_unfinished(inventory: &Inventory) -> bool {
    let repositories = inventory.regions.values().flat_map(|region| region.ecr.repositories.seen());
    repositories.flat_map(|repository| repository.images.seen()).any(|image| match &image.scan {
        Fact::Known(None) => true,
        Fact::Known(Some(scan)) => scan.status.may_finish(),
        Fact::Unknown(_) => false,
    })
}

/// An inventory that holds one repository, whose registry may be another account's than the one that asks.
pub(super) fn holding(owner: &Owner, repository: Repository, place: &Arc<Place>) -> Inventory {
    around(owner, place, |region| {
        let registry = format!("arn:{}:ecr:{}:{}:registry", owner.partition, owner.region, repository.arn.account());
        region.ecr.registry.arn = Arn::from(registry);
        region.ecr.repositories = Listing::whole(vec![repository]);
    })
}
