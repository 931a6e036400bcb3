//! Whether anything in a cluster holds pods to its network policies.

use palisade_model::eks::{Addon, Cluster};
use palisade_model::kubernetes::{Controller, Objects};
use palisade_model::{Action, Gap};

/// The names under which EKS's network plug-in has the container that enforces policies.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html>
const AGENTS: [&str; 2] = ["aws-eks-nodeagent", "aws-network-policy-agent"];

/// How the repositories of other agents that enforce policies end.
const OTHERS: [&str; 6] = [
    "calico/node",
    "cilium/cilium",
    "antrea/antrea-agent-ubuntu",
    "antrea/antrea-ubuntu",
    "cloudnativelabs/kube-router",
    "weaveworks/weave-npc",
];

/// The key of the ConfigMap `amazon-vpc-cni` that switches the controller of policies on.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html>
const CONTROLLER: &str = "enable-network-policy-controller";

/// What stands against the enforcement of network policies on nodes of EC2; `None` when they are enforced. A gap when
/// that cannot be told.
pub fn unenforced(cluster: &Cluster, objects: &Objects) -> Result<Option<String>, Gap> {
    let daemon_sets = &objects.workloads.daemon_sets;
    if let Some(agent) = daemon_sets.find(|workload| runs(workload, &OTHERS))? {
        return unready(agent, cluster);
    }
    let is_cni = |workload: &Controller| workload.namespace == "kube-system" && workload.name == "aws-node";
    let cni = daemon_sets.find(is_cni)?;
    let is_auto = cluster.control_plane()?.is_some_and(|configuration| configuration.auto_mode);
    if cni.is_none() && !is_auto {
        return Err(cluster.unclear(Action::KubernetesListDaemonSets, "the network plug-in is none that is known"));
    }
    if let Some(problem) = cni.and_then(switched_off) {
        return Ok(Some(problem));
    }
    if is_auto && let Some(gap) = odd_node_class(cluster, objects)? {
        return Err(gap);
    }
    controller_off(cluster, objects)
}

/// Whether a container of a workload comes from a repository that ends so.
pub(super) fn runs(workload: &Controller, repositories: &[&str]) -> bool {
    let mut containers = workload.template.containers.iter();
    containers.any(|container| repositories.iter().any(|wanted| is_of(&container.image, wanted)))
}

/// Whether an image is of a repository that ends so, in whatever registry.
pub fn is_of(image: &str, wanted: &str) -> bool {
    let name = image.split('@').next().unwrap_or_default();
    let tag = name.rfind(':').filter(|colon| name.rfind('/').is_none_or(|slash| slash < *colon));
    let repository = &name[..tag.unwrap_or(name.len())];
    repository.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn unready(agent: &Controller, cluster: &Cluster) -> Result<Option<String>, Gap> {
    let (Some(wanted), Some(ready)) = (agent.replicas, agent.ready) else {
        let why = format!("DaemonSet {} does not say on how many nodes it is ready", agent.name);
        return Err(cluster.unclear(Action::KubernetesListDaemonSets, why));
    };
    let short = || format!("DaemonSet {}/{} is ready on {ready} of {wanted} nodes", agent.namespace, agent.name);
    Ok((ready < wanted).then(short))
}

/// What switches the agent of EKS's network plug-in off.
fn switched_off(cni: &Controller) -> Option<String> {
    let agent = cni.template.containers.iter().find(|container| AGENTS.contains(&container.name.as_str()));
    let Some(agent) = agent else { return Some("DaemonSet aws-node has no container aws-eks-nodeagent".to_owned()) };
    match agent.flags.get("enable-network-policy").map(String::as_str) {
        Some("true") => None,
        Some(value) => {
            Some(format!("container {} of DaemonSet aws-node has --enable-network-policy={value}", agent.name))
        }
        None => Some(format!("container {} of DaemonSet aws-node has no --enable-network-policy", agent.name)),
    }
}

/// The controller works when the ConfigMap says so, or the add-on that EKS manages, which then writes it.
fn controller_off(cluster: &Cluster, objects: &Objects) -> Result<Option<String>, Gap> {
    let settings = objects.vpc_cni.known()?;
    let value = settings.as_ref().and_then(|settings| settings.get(CONTROLLER)).map(String::as_str);
    if value == Some("true") {
        return Ok(None);
    }
    if let Some(Addon { details, .. }) = cluster.addons.find(|addon| addon.name == "vpc-cni")?
        && details.known()?.network_policy == Some(true)
    {
        return Ok(None);
    }
    Ok(Some(match value {
        Some(value) => format!("ConfigMap amazon-vpc-cni has {CONTROLLER}: {value}"),
        None => format!("ConfigMap amazon-vpc-cni has no {CONTROLLER}"),
    }))
}

/// The gap when a node class of Auto Mode says something of network policies that is not known here.
fn odd_node_class(cluster: &Cluster, objects: &Objects) -> Result<Option<Gap>, Gap> {
    let known = |value: &str| ["DefaultAllow", "DefaultDeny"].contains(&value);
    let classes = objects.node_classes.complete()?.iter().filter(|class| class.kind == "NodeClass");
    let odd = classes.filter_map(|class| Some((class, class.network_policy.as_deref()?))).find(|(_, it)| !known(it));
    Ok(odd.map(|(class, value)| {
        let (action, what) = (Action::KubernetesListNodeClasses, format!("networkPolicy of NodeClass {}", class.name));
        Gap::not_known(action, &cluster.arn, what, value)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_known_in_every_registry() {
        for (image, wanted, is) in [
            ("quay.io/cilium/cilium:v1.18.0", "cilium/cilium", true),
            ("registry.example:5000/mirror/cilium/cilium", "cilium/cilium", true),
            ("cilium/cilium@sha256:5e5e", "cilium/cilium", true),
            ("quay.io/cilium/cilium-envoy:v1", "cilium/cilium", false),
            ("quay.io/evilcilium/cilium:v1", "cilium/cilium", false),
            ("quay.io/calico/node:v3.31.0", "calico/node", true),
            ("quay.io/calico/node-driver-registrar", "calico/node", false),
            ("", "calico/node", false),
        ] {
            assert_eq!(is_of(image, wanted), is, "{image}");
        }
    }
}
