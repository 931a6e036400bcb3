//! Layers of the account.

use serde_json::{Value, json};

use super::{PAGE, not_found, page_of};
use crate::account::{Layer, LayerVersion, iso_with_offset};
use crate::ids;
use crate::services::Ask;
use crate::wire::json::object;
use crate::wire::{Answer, ServiceError};

/// The layer's name, which may be given as its ARN.
fn asked_name<'a>(ask: &'a Ask<'_>) -> &'a str {
    let given = ask.label(0);
    given.rsplit(':').next().unwrap_or(given)
}

fn arn_of(ask: &Ask<'_>, name: &str) -> String {
    ask.world.account.arn("lambda", ask.region, &format!("layer:{name}"))
}

pub(super) fn layer_arn(ask: &Ask<'_>) -> Option<String> {
    Some(arn_of(ask, asked_name(ask)))
}

pub(super) fn version_arn(ask: &Ask<'_>) -> Option<String> {
    Some(format!("{}:{}", arn_of(ask, asked_name(ask)), ask.label(1)))
}

fn find<'a>(ask: &Ask<'a>) -> Option<&'a Layer> {
    let name = asked_name(ask);
    ask.world.region(ask.region).lambda.layers.iter().find(|layer| layer.name == name)
}

pub(super) fn list(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let page = ask.page(&ask.world.region(ask.region).lambda.layers, &PAGE)?;
    let items = page
        .items
        .iter()
        .map(|layer| {
            let latest = layer.versions.iter().max_by_key(|version| version.number);
            object([
                ("LayerName", layer.name.clone().into()),
                ("LayerArn", arn_of(ask, &layer.name).into()),
                ("LatestMatchingVersion", latest.map(|version| write(ask, layer, version)).into()),
            ])
        })
        .collect();
    Ok(page_of("Layers", items, page.next))
}

pub(super) fn list_versions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    // A layer that is not there has no versions: AWS answers an empty list, no error.
    let mut versions: Vec<&LayerVersion> = find(ask).iter().flat_map(|layer| &layer.versions).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.number));
    let page = ask.page(&versions, &PAGE)?;
    let layer = find(ask);
    let items = page.items.iter().filter_map(|version| Some(write(ask, layer?, version))).collect();
    Ok(page_of("LayerVersions", items, page.next))
}

fn write(ask: &Ask<'_>, layer: &Layer, version: &LayerVersion) -> Value {
    let list = |values: &[String]| if values.is_empty() { Value::Null } else { json!(values) };
    object([
        ("LayerVersionArn", format!("{}:{}", arn_of(ask, &layer.name), version.number).into()),
        ("Version", version.number.into()),
        ("Description", version.description.clone().into()),
        ("CreatedDate", iso_with_offset(ask.world.time(version.created)).into()),
        ("CompatibleRuntimes", list(&version.runtimes)),
        ("CompatibleArchitectures", list(&version.architectures)),
        ("LicenseInfo", version.license.clone().into()),
    ])
}

pub(super) fn get_policy(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let arn = version_arn(ask).unwrap_or_default();
    let layer = find(ask);
    let version =
        layer.and_then(|layer| layer.versions.iter().find(|version| version.number.to_string() == ask.label(1)));
    let version = version.ok_or_else(|| not_found(format!("Layer version {arn} does not exist.")))?;
    let document = version.policy.as_ref();
    let document = document.ok_or_else(|| not_found("No policy is associated with the given resource."))?;
    Ok(Answer::Json(json!({"Policy": document.text_on(&arn), "RevisionId": ids::uuid(&arn)})))
}
