//! Nodes and storage.

use k8s_openapi::api::core::v1;
use k8s_openapi::api::storage::v1 as storage;
use palisade_model::kubernetes::{Node, NodeSoftware, PersistentVolume, StorageClass, Taint};

use super::metadata::{created_at, name};

/// The annotation that makes a class of storage the default.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

pub(in crate::cluster) fn node(object: v1::Node) -> Node {
    let spec = object.spec.unwrap_or_default();
    let status = object.status.unwrap_or_default();
    let ready = status.conditions.iter().flatten().find(|condition| condition.type_ == "Ready");
    Node {
        name: name(&object.metadata),
        created_at: created_at(&object.metadata),
        labels: object.metadata.labels.unwrap_or_default(),
        taints: spec.taints.unwrap_or_default().into_iter().map(taint).collect(),
        provider_id: spec.provider_id,
        ready: ready.map(|condition| condition.status == "True"),
        unschedulable: spec.unschedulable.unwrap_or_default(),
        software: status.node_info.map(software).unwrap_or_default(),
    }
}

fn taint(taint: v1::Taint) -> Taint {
    Taint { key: taint.key, value: taint.value, effect: taint.effect }
}

fn software(info: v1::NodeSystemInfo) -> NodeSoftware {
    NodeSoftware {
        kubelet: info.kubelet_version,
        operating_system: info.operating_system,
        image: info.os_image,
        kernel: info.kernel_version,
        runtime: info.container_runtime_version,
        architecture: info.architecture,
    }
}

pub(in crate::cluster) fn storage_class(object: storage::StorageClass) -> StorageClass {
    let default = object.metadata.annotations.as_ref().and_then(|annotations| annotations.get(DEFAULT));
    StorageClass {
        name: name(&object.metadata),
        provisioner: object.provisioner,
        parameters: object.parameters.unwrap_or_default(),
        is_default: default.is_some_and(|value| value == "true"),
    }
}

pub(in crate::cluster) fn persistent_volume(object: v1::PersistentVolume) -> PersistentVolume {
    let spec = object.spec.unwrap_or_default();
    let claim = spec.claim_ref.and_then(|claim| Some(format!("{}/{}", claim.namespace?, claim.name?)));
    let (driver, handle, attributes) = match spec.csi {
        Some(csi) => (Some(csi.driver), Some(csi.volume_handle), csi.volume_attributes.unwrap_or_default()),
        None => (None, None, std::collections::BTreeMap::default()),
    };
    PersistentVolume {
        name: name(&object.metadata),
        driver,
        handle,
        attributes,
        storage_class: spec.storage_class_name,
        claim,
    }
}
