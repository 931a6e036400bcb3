//! Machines, and the templates they are started from.

use std::collections::BTreeMap;

use super::{PAGE, filters, interfaces, passes, tag_values, tags};
use crate::account::{Instance, Metadata};
use crate::calls::Outcome;
use crate::services::Ask;
use crate::wire::xml::Xml;
use crate::wire::{Answer, ServiceError};

/// A machine with all its tags.
struct Tagged<'a> {
    instance: &'a Instance,
    tags: BTreeMap<String, String>,
}

pub(super) fn describe(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let filters = filters(ask.request);
    let ids = ask.request.list("InstanceId");
    let all = &ask.world.region(ask.region).instances;
    if let Some(missing) = ids.iter().find(|&id| !all.iter().any(|instance| instance.id == *id)) {
        let message = format!("The instance ID '{missing}' does not exist");
        return Err(ServiceError::new(400, "InvalidInstanceID.NotFound", message).outcome(Outcome::NotFound));
    }
    let all = all.iter().filter(|instance| ids.is_empty() || ids.contains(&instance.id));
    let all = all.map(|instance| Tagged { instance, tags: all_tags(instance) });
    let wanted: Vec<Tagged<'_>> = all.filter(|one| passes(&filters, |name| values(one, name))).collect();
    let page = ask.page(&wanted, &PAGE)?;
    let mut xml = Xml::default();
    // Each was started by a call of its own.
    xml.items("reservationSet", page.items, |xml, one| {
        xml.text("reservationId", &one.instance.id.replace("i-", "r-"));
        xml.text("ownerId", &ask.world.account.id);
        xml.items("instancesSet", [one], |xml, one| write(xml, ask, one));
    });
    xml.text_if("nextToken", page.next.as_deref());
    Ok(Answer::Xml(xml))
}

/// The ids a call names, as they are or in its filter.
pub(super) fn asked(ask: &Ask<'_>) -> Option<String> {
    super::asked_ids(ask, "InstanceId", "instance-id")
}

pub(super) fn get_ebs_encryption_by_default(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let is_on = ask.world.region(ask.region).ebs_encryption_by_default;
    let mut xml = Xml::default();
    xml.value("ebsEncryptionByDefault", is_on);
    xml.text("sseType", if is_on { "sse-ebs" } else { "none" });
    Ok(Answer::Xml(xml))
}

/// The tags of the file, and those that EKS gives its nodes.
fn all_tags(instance: &Instance) -> BTreeMap<String, String> {
    let mut tags = instance.tags.clone();
    if let Some(cluster) = &instance.cluster {
        tags.insert(format!("kubernetes.io/cluster/{cluster}"), "owned".to_owned());
        if let Some(group) = &instance.node_group {
            tags.insert("eks:cluster-name".to_owned(), cluster.clone());
            tags.insert("eks:nodegroup-name".to_owned(), group.clone());
        }
    }
    tags
}

fn state(instance: &Instance) -> &str {
    instance.state.as_deref().unwrap_or("running")
}

fn values<'a>(one: &'a Tagged<'_>, filter: &str) -> Vec<&'a str> {
    match filter {
        "instance-id" => vec![&one.instance.id],
        "instance-state-name" => vec![state(one.instance)],
        "subnet-id" => one.instance.subnet.as_deref().into_iter().collect(),
        "instance.group-id" => one.instance.security_groups.iter().map(String::as_str).collect(),
        tag => tag_values(&one.tags, tag),
    }
}

fn write(xml: &mut Xml, ask: &Ask<'_>, one: &Tagged<'_>) {
    let instance = one.instance;
    let code = match state(instance) {
        "pending" => 0,
        "running" => 16,
        "shutting-down" => 32,
        "terminated" => 48,
        "stopping" => 64,
        _ => 80,
    };
    xml.text("instanceId", &instance.id);
    xml.within("instanceState", |xml| {
        xml.value("code", code);
        xml.text("name", state(instance));
    });
    xml.text("instanceType", "m7i.large");
    let region = ask.world.region(ask.region);
    let vpc = instance.vpc.clone().or_else(|| interfaces::vpc_of(region, instance.subnet.as_deref()));
    xml.text_if("subnetId", instance.subnet.as_deref());
    xml.text_if("vpcId", vpc.as_deref());
    xml.text("privateIpAddress", &interfaces::address(region, instance.subnet.as_deref(), &instance.id));
    xml.text_if("ipAddress", instance.public_ip.as_deref());
    if let Some(profile) = &instance.profile {
        xml.within("iamInstanceProfile", |xml| {
            xml.text("arn", &ask.world.account.arn("iam", "", &format!("instance-profile/{profile}")));
        });
    }
    xml.within("metadataOptions", |xml| {
        xml.text("state", "applied");
        // What an instance has that nothing was said for.
        let usual =
            Metadata { endpoint: Some("enabled".to_owned()), tokens: Some("required".to_owned()), hop_limit: Some(2) };
        let said = &instance.metadata;
        xml.text_if("httpTokens", said.tokens.as_deref().or(usual.tokens.as_deref()));
        xml.value("httpPutResponseHopLimit", said.hop_limit.or(usual.hop_limit).unwrap_or(2));
        xml.text_if("httpEndpoint", said.endpoint.as_deref().or(usual.endpoint.as_deref()));
    });
    xml.items("groupSet", &instance.security_groups, |xml, group| super::group(xml, ask, group));
    xml.items("networkInterfaceSet", interfaces::of_instance(region, instance), |xml, one| {
        interfaces::write(xml, ask, &one);
    });
    tags(xml, &one.tags);
}

pub(super) fn describe_launch_template_versions(ask: &Ask<'_>) -> Result<Answer, ServiceError> {
    let id = ask.parameter("LaunchTemplateId").unwrap_or_default();
    let missing =
        |code: &'static str, message: String| ServiceError::new(400, code, message).outcome(Outcome::NotFound);
    let templates = &ask.world.region(ask.region).launch_templates;
    let template = templates.iter().find(|template| template.id == id).ok_or_else(|| {
        let message = format!("The specified launch template, with template ID {id}, does not exist.");
        missing("InvalidLaunchTemplateId.NotFound", message)
    })?;
    let last = template.versions.len();
    let mut numbers = Vec::new();
    for version in ask.request.list("LaunchTemplateVersion") {
        let number = match version.as_str() {
            "$Latest" | "$Default" => Some(last),
            number => number.parse().ok().filter(|number| (1..=last).contains(number)),
        };
        numbers.push(number.ok_or_else(|| {
            let message =
                format!("Could not find the specified version {version} for the launch template with ID {id}.");
            missing("InvalidLaunchTemplateId.VersionNotFound", message)
        })?);
    }
    if numbers.is_empty() {
        numbers = (1..=last).rev().collect();
    }
    let mut xml = Xml::default();
    xml.items("launchTemplateVersionSet", numbers, |xml, number| {
        xml.text("launchTemplateId", &template.id);
        xml.text("launchTemplateName", &template.name);
        xml.value("versionNumber", number);
        xml.value("defaultVersion", number == last);
        let metadata = template.versions.get(number - 1).and_then(|version| version.metadata.as_ref());
        xml.within("launchTemplateData", |xml| {
            if let Some(metadata) = metadata {
                xml.within("metadataOptions", |xml| {
                    xml.text_if("httpTokens", metadata.tokens.as_deref());
                    xml.text_if("httpPutResponseHopLimit", metadata.hop_limit.map(|hops| hops.to_string()).as_deref());
                    xml.text_if("httpEndpoint", metadata.endpoint.as_deref());
                });
            }
        });
    });
    Ok(Answer::Xml(xml))
}
