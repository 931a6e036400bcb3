//! Repositories: their settings as `DescribeRepositories` gives them, their policies, and what they hold.

use aws_sdk_ecr::operation::describe_images::DescribeImagesOutput;
use aws_sdk_ecr::operation::describe_repositories::DescribeRepositoriesOutput;
use aws_sdk_ecr::operation::get_lifecycle_policy::GetLifecyclePolicyOutput;
use aws_sdk_ecr::operation::get_repository_policy::GetRepositoryPolicyOutput;
use aws_sdk_ecr::types::{
    DescribeImagesFilter, EncryptionConfiguration, EncryptionType, ImageScanningConfiguration, ImageStatusFilter,
    ImageTagMutability, ImageTagMutabilityExclusionFilter, ImageTagMutabilityExclusionFilterType,
    Repository as Described,
};
use jiff::Timestamp;
use palisade_model::ecr::{Encryption, Lifecycle, Repository, TagMutability};
use palisade_model::iam::PolicyText;
use palisade_model::{Action, Arn, Fact, Gap, Listing, Place, RegionName};
use serde::{Deserialize, Serialize};

use super::artifact;
use crate::ask::{Ask, Page};
use crate::sdk::{UNSAID, timestamp};

/// Repositories or images whose details are read at once. The pacer sets the speed; this bounds memory and connections.
pub(super) const AT_ONCE: usize = 24;
/// The most that ECR gives on one page.
const PAGE: i32 = 1000;

/// What the list of repositories tells of one.
#[derive(Serialize, Deserialize)]
pub(super) struct Named {
    arn: Arn,
    pub(super) name: String,
    created_at: Option<Timestamp>,
    tag_mutability: TagMutability,
    scan_on_push: bool,
    encryption: Encryption,
}

/// Lists the repositories of a Region, handing on each page as soon as it is there.
pub(super) async fn list(
    client: &aws_sdk_ecr::Client,
    region: &RegionName,
    ask: &Ask,
    arrive: impl FnMut(Vec<Named>),
) -> Option<Gap> {
    let page = |token| client.describe_repositories().max_results(PAGE).set_next_token(token).send();
    let read = |output: DescribeRepositoriesOutput| {
        let items = output.repositories.as_ref()?.iter().map(named).collect::<Option<_>>()?;
        Some(Page { items, next: output.next_token })
    };
    ask.pages(Action::EcrDescribeRepositories, &Place::region(region), "", page, read, arrive).await
}

/// None when a repository lacks what every repository has.
pub(super) fn named(repository: &Described) -> Option<Named> {
    let encryption = repository.encryption_configuration();
    Some(Named {
        arn: Arn::from(repository.repository_arn()?),
        name: repository.repository_name()?.to_owned(),
        created_at: timestamp(repository.created_at()),
        tag_mutability: tag_mutability(
            repository.image_tag_mutability(),
            repository.image_tag_mutability_exclusion_filters(),
        ),
        scan_on_push: repository.image_scanning_configuration().is_some_and(ImageScanningConfiguration::scan_on_push),
        encryption: self::encryption(
            encryption.map(EncryptionConfiguration::encryption_type),
            encryption.and_then(|encryption| encryption.kms_key()),
        ),
    })
}

/// Reads what `DescribeRepositories` does not give.
pub(super) async fn complete(client: &aws_sdk_ecr::Client, named: Named, ask: &Ask) -> Repository {
    let place = Place::resource(&named.arn);
    let name = named.name.as_str();
    let policy = async {
        let call = || client.get_repository_policy().repository_name(name).send();
        let read = |output: GetRepositoryPolicyOutput| output.policy_text().map(PolicyText::parse);
        let absent = &["RepositoryPolicyNotFoundException"];
        ask.ask_optional(Action::EcrGetRepositoryPolicy, &place, absent, call, read).await
    };
    let lifecycle = async {
        let call = || client.get_lifecycle_policy().repository_name(name).send();
        let read = |output: GetLifecyclePolicyOutput| output.lifecycle_policy_text().map(Lifecycle::parse);
        let absent = &["LifecyclePolicyNotFoundException"];
        ask.ask_optional(Action::EcrGetLifecyclePolicy, &place, absent, call, read).await
    };
    let artifacts = async {
        // Without a filter, ECR leaves out what was archived.
        let any = DescribeImagesFilter::builder().image_status(ImageStatusFilter::Any).build();
        let page = |token| {
            let request = client.describe_images().repository_name(name).filter(any.clone());
            request.max_results(PAGE).set_next_token(token).send()
        };
        let read = |output: DescribeImagesOutput| {
            let items = output.image_details.as_ref()?.iter().map(artifact::convert).collect::<Option<_>>()?;
            Some(Page { items, next: output.next_token })
        };
        ask.list(Action::EcrDescribeImages, &place, "", page, read).await
    };
    let (policy, lifecycle, artifacts) = tokio::join!(policy, lifecycle, artifacts);
    Repository { policy, lifecycle, artifacts, ..alone(named) }
}

/// A repository of which nothing was asked but what its list tells.
pub(super) fn alone(named: Named) -> Repository {
    let place = Place::resource(&named.arn);
    let unchosen = Gap::undecided(Action::EcrDescribeImages, &named.arn, "the images were not chosen");
    Repository {
        arn: named.arn,
        name: named.name,
        created_at: named.created_at,
        tag_mutability: named.tag_mutability,
        scan_on_push: named.scan_on_push,
        encryption: named.encryption,
        policy: Fact::not_asked(Action::EcrGetRepositoryPolicy, &place),
        lifecycle: Fact::not_asked(Action::EcrGetLifecyclePolicy, &place),
        artifacts: Listing::unread(unchosen.clone()),
        images: Listing::unread(unchosen),
    }
}

/// Whether tags can be moved. Exceptions by filters of a kind that is not known here are not taken for none.
pub(super) fn tag_mutability(
    setting: Option<&ImageTagMutability>,
    exceptions: &[ImageTagMutabilityExclusionFilter],
) -> TagMutability {
    let Some(setting) = setting else { return TagMutability::Other(UNSAID.to_owned()) };
    let strange = exceptions.iter().find(|one| *one.filter_type() != ImageTagMutabilityExclusionFilterType::Wildcard);
    if let Some(strange) = strange {
        return TagMutability::Other(format!("{setting} by filters of the type {}", strange.filter_type()));
    }
    let patterns = || exceptions.iter().map(|exception| exception.filter().to_owned()).collect();
    match setting {
        ImageTagMutability::Mutable => TagMutability::Mutable,
        ImageTagMutability::MutableWithExclusion => TagMutability::MutableExcept(patterns()),
        ImageTagMutability::Immutable => TagMutability::Immutable,
        ImageTagMutability::ImmutableWithExclusion => TagMutability::ImmutableExcept(patterns()),
        other => TagMutability::Other(other.as_str().to_owned()),
    }
}

/// How images are encrypted.
pub(super) fn encryption(kind: Option<&EncryptionType>, key: Option<&str>) -> Encryption {
    let key = key.filter(|key| !key.is_empty()).map(str::to_owned);
    match kind {
        Some(EncryptionType::Aes256) => Encryption::Aes256,
        Some(EncryptionType::Kms) => Encryption::Kms(key),
        Some(EncryptionType::KmsDsse) => Encryption::KmsDsse(key),
        Some(other) => Encryption::Other(other.as_str().to_owned()),
        None => Encryption::Other(UNSAID.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_of_an_unknown_kind_are_not_taken_for_none() {
        let filter = |kind: &str| {
            let builder = ImageTagMutabilityExclusionFilter::builder().filter("dev-*");
            builder.filter_type(ImageTagMutabilityExclusionFilterType::from(kind)).build().unwrap()
        };
        let setting = Some(&ImageTagMutability::ImmutableWithExclusion);
        let patterns = TagMutability::ImmutableExcept(vec!["dev-*".to_owned()]);
        assert_eq!(tag_mutability(setting, &[filter("WILDCARD")]), patterns);
        assert!(matches!(tag_mutability(setting, &[filter("REGEX")]), TagMutability::Other(_)));
        assert!(matches!(tag_mutability(None, &[]), TagMutability::Other(_)));
    }
}
