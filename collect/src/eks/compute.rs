//! What a cluster's pods run on: node groups, Fargate profiles; and what EKS runs for it: add-ons, capabilities.

use aws_sdk_eks::types;
use futures_util::future::join_all;
use palisade_model::eks::{
    Addon, AddonDetails, Capability, FargateDetails, FargateProfile, FargateSelector, LaunchTemplate, MetadataOptions,
    NodeGroup, NodeGroupDetails,
};
use palisade_model::{Action, Arn, Fact, Listing, Place};
use serde_json::Value;

use super::names;
use super::reader::{At, Reader};
use crate::ask::Page;
use crate::sdk::timestamp;

impl Reader<'_> {
    pub(super) async fn node_groups(&self, at: &At<'_>) -> Listing<NodeGroup> {
        let page =
            |token| self.client.list_nodegroups().cluster_name(at.name).max_results(100).set_next_token(token).send();
        let listed: Listing<String> = self.ask.list(Action::EksListNodegroups, at.place, "", page, names::of).await;
        let groups = join_all(listed.seen().iter().map(|name| self.node_group(at, name))).await;
        Listing::new(groups, listed.gap().cloned())
    }

    async fn node_group(&self, at: &At<'_>, name: &str) -> NodeGroup {
        let call = || self.client.describe_nodegroup().cluster_name(at.name).nodegroup_name(name).send();
        let read = |output: aws_sdk_eks::operation::describe_nodegroup::DescribeNodegroupOutput| {
            output.nodegroup().and_then(node_group)
        };
        let mut details = self.ask.ask_named(Action::EksDescribeNodegroup, at.place, name, call, read).await;
        if let Fact::Known(NodeGroupDetails { launch_template: Some(template), .. }) = &mut details {
            template.metadata = self.metadata(&template.id, &template.version).await;
        }
        NodeGroup { name: name.to_owned(), details }
    }

    /// What a launch template says of the metadata service.
    async fn metadata(&self, id: &str, version: &str) -> Fact<Option<MetadataOptions>> {
        let place = Place::region(self.region);
        let call = || self.signed.describe_launch_template_version(id, version);
        let action = Action::Ec2DescribeLaunchTemplateVersions;
        self.ask.ask_named(action, &place, &format!("{id}/{version}"), call, Some).await
    }

    pub(super) async fn fargate_profiles(&self, at: &At<'_>) -> Listing<FargateProfile> {
        let action = Action::EksListFargateProfiles;
        let page = |token| {
            self.client.list_fargate_profiles().cluster_name(at.name).max_results(100).set_next_token(token).send()
        };
        let listed: Listing<String> = self.ask.list(action, at.place, "", page, names::of).await;
        let profiles = listed.seen().iter().map(async |name| {
            let action = Action::EksDescribeFargateProfile;
            let call =
                || self.client.describe_fargate_profile().cluster_name(at.name).fargate_profile_name(name).send();
            let read = |output: aws_sdk_eks::operation::describe_fargate_profile::DescribeFargateProfileOutput| {
                output.fargate_profile().and_then(fargate_profile)
            };
            FargateProfile { name: name.clone(), details: self.ask.ask_named(action, at.place, name, call, read).await }
        });
        Listing::new(join_all(profiles).await, listed.gap().cloned())
    }

    pub(super) async fn addons(&self, at: &At<'_>) -> Listing<Addon> {
        let page =
            |token| self.client.list_addons().cluster_name(at.name).max_results(100).set_next_token(token).send();
        let listed: Listing<String> = self.ask.list(Action::EksListAddons, at.place, "", page, names::of).await;
        let addons = listed.seen().iter().map(async |name| {
            let action = Action::EksDescribeAddon;
            let call = || self.client.describe_addon().cluster_name(at.name).addon_name(name).send();
            let read =
                |output: aws_sdk_eks::operation::describe_addon::DescribeAddonOutput| output.addon().and_then(addon);
            Addon { name: name.clone(), details: self.ask.ask_named(action, at.place, name, call, read).await }
        });
        Listing::new(join_all(addons).await, listed.gap().cloned())
    }

    pub(super) async fn capabilities(&self, at: &At<'_>) -> Listing<Capability> {
        let page =
            |token| self.client.list_capabilities().cluster_name(at.name).max_results(100).set_next_token(token).send();
        let read = |output: aws_sdk_eks::operation::list_capabilities::ListCapabilitiesOutput| {
            let items = output.capabilities.as_ref()?.iter().map(|capability| {
                Some((capability.capability_name()?.to_owned(), capability.r#type()?.as_str().to_owned()))
            });
            Some(Page { items: items.collect::<Option<_>>()?, next: output.next_token })
        };
        let listed: Listing<(String, String)> =
            self.ask.list(Action::EksListCapabilities, at.place, "", page, read).await;
        let capabilities = listed.seen().iter().map(async |(name, kind)| {
            let action = Action::EksDescribeCapability;
            let call = || self.client.describe_capability().cluster_name(at.name).capability_name(name).send();
            let read = |output: aws_sdk_eks::operation::describe_capability::DescribeCapabilityOutput| {
                output.capability().map(|capability| capability.role_arn().map(Arn::from))
            };
            let role = self.ask.ask_named(action, at.place, name, call, read).await;
            Capability { name: name.clone(), kind: kind.clone(), role }
        });
        Listing::new(join_all(capabilities).await, listed.gap().cloned())
    }
}

fn node_group(group: &types::Nodegroup) -> Option<NodeGroupDetails> {
    let remote = group.remote_access();
    let arn = Arn::from(group.nodegroup_arn()?);
    let template = match group.launch_template() {
        Some(template) => {
            let metadata = Fact::not_asked(Action::Ec2DescribeLaunchTemplateVersions, &Place::resource(&arn));
            let version = template.version().unwrap_or("$Default").to_owned();
            Some(LaunchTemplate { id: template.id()?.to_owned(), version, metadata })
        }
        None => None,
    };
    let issues = group.health().map(types::NodegroupHealth::issues).unwrap_or_default();
    Some(NodeGroupDetails {
        role: group.node_role().map(Arn::from),
        version: group.version().map(str::to_owned),
        release: group.release_version().map(str::to_owned),
        ami_type: group.ami_type().map(|kind| kind.as_str().to_owned()),
        subnets: group.subnets().to_vec(),
        ssh_key: remote.and_then(|remote| remote.ec2_ssh_key()).map(str::to_owned),
        ssh_sources: remote.map(|remote| remote.source_security_groups().to_vec()).unwrap_or_default(),
        launch_template: template,
        modified_at: timestamp(group.modified_at()),
        issues: issues
            .iter()
            .map(|issue| said(issue.code().map(types::NodegroupIssueCode::as_str), issue.message()))
            .collect(),
        arn,
    })
}

fn fargate_profile(profile: &types::FargateProfile) -> Option<FargateDetails> {
    let selectors = profile.selectors().iter().map(|selector| {
        let labels = selector.labels().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
        Some(FargateSelector { namespace: selector.namespace()?.to_owned(), labels: labels.collect() })
    });
    Some(FargateDetails {
        arn: Arn::from(profile.fargate_profile_arn()?),
        role: profile.pod_execution_role_arn().map(Arn::from),
        subnets: profile.subnets().to_vec(),
        selectors: selectors.collect::<Option<_>>()?,
    })
}

fn addon(addon: &types::Addon) -> Option<AddonDetails> {
    let issues = addon.health().map(types::AddonHealth::issues).unwrap_or_default();
    Some(AddonDetails {
        arn: Arn::from(addon.addon_arn()?),
        version: addon.addon_version().map(str::to_owned),
        status: addon.status()?.as_str().to_owned(),
        role: addon.service_account_role_arn().map(Arn::from),
        pod_identities: addon.pod_identity_associations().iter().map(|arn| Arn::from(arn.as_str())).collect(),
        network_policy: addon.configuration_values().and_then(network_policy),
        issues: issues
            .iter()
            .map(|issue| said(issue.code().map(types::AddonIssueCode::as_str), issue.message()))
            .collect(),
    })
}

/// `enableNetworkPolicy` of the VPC CNI's configuration, which is JSON or YAML; the value is a text or a boolean. The
/// rest of the configuration is not kept: it may hold secrets.
fn network_policy(configuration: &str) -> Option<bool> {
    #[derive(serde::Deserialize)]
    struct Configuration {
        #[serde(rename = "enableNetworkPolicy")]
        enable: Option<Value>,
    }
    let parsed: Configuration = serde_saphyr::from_str(configuration).ok()?;
    match parsed.enable? {
        Value::Bool(enabled) => Some(enabled),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn said(code: Option<&str>, message: Option<&str>) -> String {
    [code, message].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::network_policy;

    #[test]
    fn the_switch_of_network_policies_is_read_in_every_spelling() {
        for (configuration, expected) in [
            (r#"{"enableNetworkPolicy":"true","nodeAgent":{"enablePolicyEventLogs":"true"}}"#, Some(true)),
            (r#"{"enableNetworkPolicy":false}"#, Some(false)),
            ("enableNetworkPolicy: \"true\"\nenv:\n  ENABLE_POD_ENI: \"true\"\n", Some(true)),
            ("env: {}", None),
            ("", None),
            ("{", None),
        ] {
            assert_eq!(network_policy(configuration), expected, "{configuration}");
        }
    }
}
