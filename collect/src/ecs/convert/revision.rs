//! Revisions of services, and what ECS makes for services that it manages.

use palisade_model::ecs::{Express, ImageOfRevision, ServiceRevision};
use palisade_model::{Arn, Switch};
use serde::Deserialize;

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceRevisionItem {
    service_revision_arn: Arn,
    task_definition: Option<Arn>,
    #[serde(default)]
    container_images: Vec<ContainerImage>,
    guard_duty_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerImage {
    container_name: String,
    image: String,
    image_digest: Option<String>,
}

impl From<ServiceRevisionItem> for (Arn, ServiceRevision) {
    fn from(item: ServiceRevisionItem) -> Self {
        let images = item.container_images.into_iter().map(|image| ImageOfRevision {
            container: image.container_name,
            image: image.image,
            digest: image.image_digest.filter(|digest| !digest.is_empty()),
        });
        let revision = ServiceRevision {
            arn: item.service_revision_arn.clone(),
            definition: item.task_definition,
            images: images.collect(),
            guard_duty: item.guard_duty_enabled.map(Switch::from),
        };
        (item.service_revision_arn, revision)
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ECSExpressGatewayService.html>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExpressItem {
    active_configurations: Vec<ExpressConfiguration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpressConfiguration {
    #[serde(default)]
    ingress_paths: Vec<IngressPath>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IngressPath {
    access_type: String,
    endpoint: String,
}

impl From<ExpressItem> for Express {
    fn from(item: ExpressItem) -> Self {
        let paths = item.active_configurations.into_iter().flat_map(|one| one.ingress_paths);
        let mut ways_in: Vec<_> = paths.map(|path| (path.access_type, path.endpoint)).collect();
        ways_in.sort();
        ways_in.dedup();
        Self { ways_in }
    }
}
