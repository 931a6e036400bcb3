//! Nodes, what makes them, and what they store.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its labels, such as `eks.amazonaws.com/compute-type`.
    pub labels: BTreeMap<String, String>,
    /// What keeps pods away from it.
    pub taints: Vec<Taint>,
    /// The instance behind it, such as `aws:///eu-west-1a/i-0123456789abcdef0`.
    pub provider_id: Option<String>,
    /// Whether it is ready; `None` when it does not say.
    pub ready: Option<bool>,
    /// Whether new pods are kept off it.
    pub unschedulable: bool,
    /// When it joined.
    pub created_at: Option<Timestamp>,
    /// What it runs.
    pub software: NodeSoftware,
}

/// What a node runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSoftware {
    /// The kubelet's version, such as `v1.33.5-eks-113cf36`.
    pub kubelet: String,
    /// `linux` or `windows`.
    pub operating_system: String,
    /// The image's name, such as `Bottlerocket OS 1.51.0 (aws-k8s-1.33)`.
    pub image: String,
    /// The kernel's version.
    pub kernel: String,
    /// The container runtime and its version, such as `containerd://2.1.5`.
    pub runtime: String,
    /// `amd64` or `arm64`.
    pub architecture: String,
}

/// What keeps pods away from a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: Option<String>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
}

/// What nodes are made by: a NodeClass of EKS Auto Mode, or an EC2NodeClass of Karpenter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeClass {
    /// The kind: `NodeClass` or `EC2NodeClass`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The role or instance profile of its nodes.
    pub role: Option<String>,
    /// `networkPolicy` of a NodeClass, such as `DefaultAllow`.
    pub network_policy: Option<String>,
    /// `metadataOptions` of an EC2NodeClass; `None` when it says none.
    pub metadata: Option<MetadataOptions>,
}

/// How the metadata service of a node answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    /// `enabled` or `disabled`; `None` when it is not said.
    pub endpoint: Option<String>,
    /// `required` or `optional`; `None` when it is not said.
    pub tokens: Option<String>,
    /// How many hops an answer may take (1 to 64); `None` when it is not said.
    pub hop_limit: Option<u8>,
}

/// A class of storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageClass {
    /// Its name.
    pub name: String,
    /// The driver, such as `ebs.csi.aws.com`.
    pub provisioner: String,
    /// What it asks of the driver, such as `encrypted`.
    pub parameters: BTreeMap<String, String>,
    /// Whether claims that name no class get it.
    pub is_default: bool,
}

/// A volume that outlives pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersistentVolume {
    /// Its name.
    pub name: String,
    /// The driver; `None` for one that is not of CSI.
    pub driver: Option<String>,
    /// The driver's name for it, such as `vol-0123456789abcdef0` or `fs-01234567::fsap-01234567`.
    pub handle: Option<String>,
    /// What the driver was told, such as `encryptInTransit`.
    pub attributes: BTreeMap<String, String>,
    /// The class it was made from.
    pub storage_class: Option<String>,
    /// The claim that holds it, `namespace/name`.
    pub claim: Option<String>,
}
