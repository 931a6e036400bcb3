//! Which workloads AWS runs in every cluster: nobody can change them, and nobody needs to be told of them.

use jiff::civil::date;

use super::{Controller, WorkloadKind};
use crate::dated::{Dated, Table};
use crate::ecr::PrivateRegistry;

/// Namespaces in which EKS and its add-ons run.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html>
const NAMESPACES: &[&str] = &[
    "amazon-cloudwatch",
    "amazon-guardduty",
    "amazon-network-flow-monitor",
    "aws-mountpoint-s3-csi-driver",
    "aws-secrets-manager",
    "kube-system",
];

/// What is to be known of the namespaces; no package has them, look at the source.
pub const NAMESPACES_DATED: Dated = Dated {
    name: "namespaces in which EKS add-ons run",
    source: "https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html",
    as_of: date(2026, 11, 21),
};

/// Accounts from whose registries EKS pulls its add-ons; they differ by Region.
pub const REGISTRIES: Table =
    Table::new("accounts that EKS add-ons are pulled from", include_str!("../tables/eks-registries.tsv"));

/// Registries of GuardDuty's agent, whose account differs by Region, have this name before them.
const GUARD_DUTY: &str = "/aws-guardduty-agent";

impl Controller {
    /// The namespaces in which EKS and its add-ons run.
    pub const NAMESPACES_OF_AWS: &[&str] = NAMESPACES;

    /// Whether it is a part of EKS or one of its add-ons: it runs where those run, and every image comes from AWS. A name
    /// alone is not believed.
    pub fn is_aws_managed(&self) -> bool {
        let runs = match &self.kind {
            WorkloadKind::Deployment | WorkloadKind::DaemonSet => true,
            WorkloadKind::StatefulSet
            | WorkloadKind::ReplicaSet
            | WorkloadKind::ReplicationController
            | WorkloadKind::Job
            | WorkloadKind::CronJob
            | WorkloadKind::Pod
            | WorkloadKind::Other(_) => false,
        };
        let containers = &self.template.containers;
        runs && NAMESPACES.contains(&self.namespace.as_str())
            && !containers.is_empty()
            && containers.iter().all(|container| is_aws_image(&container.image))
    }
}

/// Whether an image comes from a registry of EKS.
pub fn is_aws_image(image: &str) -> bool {
    let Some((host, repository)) = image.split_once('/') else { return false };
    if host == "public.ecr.aws" {
        return repository.starts_with("eks/") || repository.starts_with("eks-distro/");
    }
    let Some(registry) = PrivateRegistry::parse(host) else { return false };
    let is_of_eks = || REGISTRIES.rows().any(|row| row == [registry.account]);
    image[host.len()..].starts_with(GUARD_DUTY) || is_of_eks()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::kubernetes::{Container, ContainerKind, ContainerSecurity, PodSpec};

    fn workload(namespace: &str, images: &[&str]) -> Controller {
        let container = |image: &&str| Container {
            name: "main".to_owned(),
            kind: ContainerKind::Regular,
            image: (*image).to_owned(),
            image_pull_policy: None,
            ports: vec![],
            security: ContainerSecurity::default(),
            environment: vec![],
            environment_from: vec![],
            secrets_in_arguments: vec![],
            flags: BTreeMap::new(),
            settings: BTreeMap::new(),
            mounts: vec![],
            requests: super::super::Amounts::default(),
            limits: super::super::Amounts::default(),
            handler_hosts: vec![],
        };
        let containers = images.iter().map(container).collect();
        Controller {
            kind: WorkloadKind::DaemonSet,
            namespace: namespace.to_owned(),
            name: "aws-node".to_owned(),
            labels: BTreeMap::new(),
            pod_labels: BTreeMap::new(),
            replicas: None,
            ready: None,
            template: Arc::new(PodSpec { containers, ..PodSpec::default() }),
        }
    }

    #[test]
    fn a_name_alone_is_not_believed() {
        let cni = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.0";
        assert!(
            workload("kube-system", &[cni, "public.ecr.aws/eks/aws-load-balancer-controller:v2.13"]).is_aws_managed()
        );
        let agent = "694911143906.dkr.ecr.eu-west-1.amazonaws.com/aws-guardduty-agent:v1.10.0";
        assert!(workload("amazon-guardduty", &[agent]).is_aws_managed());
        for host in ["877088126301.dkr.ecr.eusc-de-east-1.amazonaws.eu", "602401143452.dkr-ecr.eu-west-1.on.aws"] {
            assert!(workload("kube-system", &[&format!("{host}/amazon-k8s-cni:v1.20.0")]).is_aws_managed(), "{host}");
        }
        assert!(!workload("kube-system", &[cni, "docker.io/evil/miner"]).is_aws_managed());
        assert!(!workload("shop", &[cni]).is_aws_managed());
        assert!(!workload("kube-system", &["602401143452.dkr.ecr.example.com/amazon-k8s-cni"]).is_aws_managed());
        assert!(
            !workload("kube-system", &["111122223333.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni"]).is_aws_managed()
        );
        assert!(!workload("kube-system", &[]).is_aws_managed());
    }
}
