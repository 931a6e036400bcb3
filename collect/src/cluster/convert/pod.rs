//! Pods and what they are made of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use k8s_openapi::api::core::v1;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use palisade_model::kubernetes::{
    ContainerKind, Controller, HostNamespaces, Owner, Phase, Pod, PodResources, PodSpec, PodSpecs, Projected,
    RunningImage, TokenProjection, Toleration, Volume, VolumeSource, WorkloadKind, volume_name,
};

use super::metadata::{created_at, name, namespace_of};
use super::{container, security};

/// What owns the replica sets and jobs, by namespace and name: the way from a pod to its top controller.
pub(in crate::cluster) type Owners = HashMap<(WorkloadKind, String, String), Owner>;

/// The controller that an object names as its owner.
pub(super) fn controller(metadata: &ObjectMeta) -> Option<Owner> {
    let is_controller = |owner: &&OwnerReference| owner.controller == Some(true);
    let owner = metadata.owner_references.as_ref()?.iter().find(is_controller)?;
    Some(Owner { kind: kind(&owner.kind), name: owner.name.clone() })
}

fn kind(kind: &str) -> WorkloadKind {
    match kind {
        "Deployment" => WorkloadKind::Deployment,
        "StatefulSet" => WorkloadKind::StatefulSet,
        "DaemonSet" => WorkloadKind::DaemonSet,
        "ReplicaSet" => WorkloadKind::ReplicaSet,
        "ReplicationController" => WorkloadKind::ReplicationController,
        "Job" => WorkloadKind::Job,
        "CronJob" => WorkloadKind::CronJob,
        other => WorkloadKind::Other(other.to_owned()),
    }
}

/// A pod in short form, with the controller at the top of its owners.
pub(in crate::cluster) fn pod(object: v1::Pod, owners: &Owners, specs: &mut PodSpecs) -> Pod {
    let metadata = object.metadata;
    let namespace = namespace_of(&metadata);
    let owner = controller(&metadata).map(|owner| top(owner, &namespace, owners));
    let status = object.status.unwrap_or_default();
    let node = object.spec.as_ref().and_then(|spec| spec.node_name.clone());
    let spec = pod_spec(object.spec.unwrap_or_default(), metadata.annotations.as_ref());
    Pod {
        name: name(&metadata),
        created_at: created_at(&metadata),
        labels: metadata.labels.unwrap_or_default(),
        namespace,
        owner,
        node,
        ready: status.conditions.iter().flatten().any(|it| it.type_ == "Ready" && it.status == "True"),
        images: status.container_statuses.iter().flatten().map(image).collect(),
        phase: phase(status.phase.as_deref()),
        spec: specs.share(spec),
    }
}

/// What owns the owner, as far up as is known.
fn top(owner: Owner, namespace: &str, owners: &Owners) -> Owner {
    let above = owners.get(&(owner.kind.clone(), namespace.to_owned(), owner.name.clone()));
    above.cloned().unwrap_or(owner)
}

/// A pod that nothing owns which is read, as a workload of its own.
pub(in crate::cluster) fn pod_workload(pod: &Pod) -> Option<Controller> {
    let is_own = match pod.owner.as_ref().map(|owner| &owner.kind) {
        None | Some(WorkloadKind::Other(_)) => true,
        Some(
            WorkloadKind::Deployment
            | WorkloadKind::StatefulSet
            | WorkloadKind::DaemonSet
            | WorkloadKind::ReplicaSet
            | WorkloadKind::ReplicationController
            | WorkloadKind::Job
            | WorkloadKind::CronJob
            | WorkloadKind::Pod,
        ) => false,
    };
    (is_own && !pod.phase.is_over()).then(|| Controller {
        kind: WorkloadKind::Pod,
        namespace: pod.namespace.clone(),
        name: pod.name.clone(),
        labels: pod.labels.clone(),
        pod_labels: pod.labels.clone(),
        replicas: Some(1),
        ready: Some(u32::from(pod.ready)),
        template: Arc::clone(&pod.spec),
    })
}

fn phase(phase: Option<&str>) -> Phase {
    match phase {
        Some("Pending") => Phase::Pending,
        Some("Running") => Phase::Running,
        Some("Succeeded") => Phase::Succeeded,
        Some("Failed") => Phase::Failed,
        Some("Unknown") | None => Phase::Unknown,
        Some(other) => Phase::Other(other.to_owned()),
    }
}

fn image(status: &v1::ContainerStatus) -> RunningImage {
    let digest = status.image_id.rsplit_once('@').map(|(_, digest)| digest.to_owned());
    RunningImage { container: status.name.clone(), image: status.image.clone(), digest }
}

/// What a pod is made of, in a pod or in a template.
pub(in crate::cluster) fn pod_spec(spec: v1::PodSpec, annotations: Option<&BTreeMap<String, String>>) -> PodSpec {
    let is_kept = |name: &String| PodSpec::KEPT_ANNOTATIONS.iter().any(|start| name.starts_with(start));
    let kept = annotations.into_iter().flatten().filter(|(name, _)| is_kept(name));
    // Its value differs from pod to pod.
    let kept_value = |name: &str, value: &str| if name == PodSpec::MIRROR { String::new() } else { value.to_owned() };
    let resources = spec.resources.unwrap_or_default();
    let init = spec.init_containers.unwrap_or_default().into_iter();
    let init = init.map(|container| container::of_kind(ContainerKind::Init, container));
    let regular = spec.containers.into_iter().map(|container| container::of_kind(ContainerKind::Regular, container));
    let ephemeral = spec.ephemeral_containers.unwrap_or_default().into_iter().map(container::ephemeral);
    let account = spec.service_account_name.or(spec.service_account).filter(|name| !name.is_empty());
    PodSpec {
        operating_system: spec.os.map(|os| os.name),
        containers: init.chain(regular).chain(ephemeral).collect(),
        volumes: spec.volumes.unwrap_or_default().into_iter().map(volume).collect(),
        security: security::of_pod(spec.security_context),
        annotations: kept.map(|(name, value)| (name.clone(), kept_value(name, value))).collect(),
        host: HostNamespaces {
            network: spec.host_network.unwrap_or_default(),
            pid: spec.host_pid.unwrap_or_default(),
            ipc: spec.host_ipc.unwrap_or_default(),
        },
        host_users: spec.host_users,
        share_process_namespace: spec.share_process_namespace.unwrap_or_default(),
        service_account: account.unwrap_or_else(|| "default".to_owned()),
        automount_token: spec.automount_service_account_token,
        enable_service_links: spec.enable_service_links,
        runtime_class: spec.runtime_class_name,
        node_selector: spec.node_selector.unwrap_or_default(),
        tolerations: spec.tolerations.unwrap_or_default().into_iter().map(toleration).collect(),
        resources: Some(PodResources {
            requests: container::amounts(resources.requests.as_ref()),
            limits: container::amounts(resources.limits.as_ref()),
        }),
    }
}

fn toleration(toleration: v1::Toleration) -> Toleration {
    Toleration {
        key: toleration.key,
        operator: toleration.operator,
        value: toleration.value,
        effect: toleration.effect,
    }
}

fn volume(volume: v1::Volume) -> Volume {
    Volume { name: volume_name(&volume.name).to_owned(), source: volume_source(volume) }
}

fn volume_source(volume: v1::Volume) -> VolumeSource {
    if let Some(path) = volume.host_path {
        return VolumeSource::HostPath(path.path);
    }
    if let Some(secret) = volume.secret {
        return VolumeSource::Secret(secret.secret_name.unwrap_or_default());
    }
    if let Some(map) = volume.config_map {
        return VolumeSource::ConfigMap(map.name);
    }
    if let Some(projected) = volume.projected {
        return VolumeSource::Projected(self::projected(projected));
    }
    if let Some(csi) = volume.csi {
        return VolumeSource::Csi(csi.driver);
    }
    if let Some(image) = volume.image {
        return VolumeSource::Image(image.reference.unwrap_or_default());
    }
    let simple = [
        (volume.downward_api.is_some(), VolumeSource::DownwardApi),
        (volume.empty_dir.is_some(), VolumeSource::EmptyDir),
        (volume.ephemeral.is_some(), VolumeSource::Ephemeral),
        (volume.persistent_volume_claim.is_some(), VolumeSource::PersistentVolumeClaim),
    ];
    let old = [
        ("awsElasticBlockStore", volume.aws_elastic_block_store.is_some()),
        ("azureDisk", volume.azure_disk.is_some()),
        ("azureFile", volume.azure_file.is_some()),
        ("cephfs", volume.cephfs.is_some()),
        ("cinder", volume.cinder.is_some()),
        ("fc", volume.fc.is_some()),
        ("flexVolume", volume.flex_volume.is_some()),
        ("flocker", volume.flocker.is_some()),
        ("gcePersistentDisk", volume.gce_persistent_disk.is_some()),
        ("gitRepo", volume.git_repo.is_some()),
        ("glusterfs", volume.glusterfs.is_some()),
        ("iscsi", volume.iscsi.is_some()),
        ("nfs", volume.nfs.is_some()),
        ("photonPersistentDisk", volume.photon_persistent_disk.is_some()),
        ("portworxVolume", volume.portworx_volume.is_some()),
        ("quobyte", volume.quobyte.is_some()),
        ("rbd", volume.rbd.is_some()),
        ("scaleIO", volume.scale_io.is_some()),
        ("storageos", volume.storageos.is_some()),
        ("vsphereVolume", volume.vsphere_volume.is_some()),
    ];
    let known = simple.into_iter().find_map(|(is, source)| is.then_some(source));
    known.unwrap_or_else(|| {
        let named = old.into_iter().find_map(|(name, is)| is.then_some(name));
        VolumeSource::Other(named.unwrap_or("unknown").to_owned())
    })
}

fn projected(projected: v1::ProjectedVolumeSource) -> Projected {
    let mut found = Projected::default();
    for source in projected.sources.unwrap_or_default() {
        found.tokens.extend(
            source.service_account_token.map(|token| TokenProjection {
                audience: token.audience,
                expiration_seconds: token.expiration_seconds,
            }),
        );
        found.secrets.extend(source.secret.map(|secret| secret.name));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(object: Value, owners: &Owners) -> Pod {
        pod(serde_json::from_value(object).unwrap(), owners, &mut PodSpecs::default())
    }

    #[test]
    fn a_pod_is_told_by_its_top_controller() {
        let object = json!({
            "metadata": { "name": "web-7d9f-x2k", "namespace": "shop", "ownerReferences": [
                { "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-7d9f", "uid": "1", "controller": true }
            ] },
            "spec": { "containers": [{ "name": "web", "image": "web:1" }] },
            "status": { "phase": "Running", "containerStatuses": [{
                "name": "web", "image": "docker.io/library/web:1", "imageID": "docker.io/library/web@sha256:ab",
                "ready": true, "restartCount": 0
            }] },
        });
        let deployment = Owner { kind: WorkloadKind::Deployment, name: "web".to_owned() };
        let key = (WorkloadKind::ReplicaSet, "shop".to_owned(), "web-7d9f".to_owned());
        let pod = read(object.clone(), &Owners::from([(key, deployment.clone())]));
        assert_eq!(pod.owner, Some(deployment));
        assert_eq!(pod.images[0].digest.as_deref(), Some("sha256:ab"));
        assert_eq!(pod.spec.service_account, "default");
        assert!(pod_workload(&pod).is_none());
        assert_eq!(read(object, &Owners::new()).owner.unwrap().kind, WorkloadKind::ReplicaSet);
    }

    #[test]
    fn a_pod_of_a_controller_that_is_not_read_is_a_workload_of_its_own() {
        let object = |kind: &str| {
            json!({ "metadata": { "name": "main", "namespace": "shop", "ownerReferences": [
                { "apiVersion": "argoproj.io/v1", "kind": kind, "name": "main", "uid": "1", "controller": true }
            ] }, "spec": { "containers": [] } })
        };
        assert!(pod_workload(&read(object("Rollout"), &Owners::new())).is_some());
        assert!(pod_workload(&read(object("StatefulSet"), &Owners::new())).is_none());
    }

    #[test]
    fn mirror_pods_and_what_containers_share_are_told() {
        let object = |hash: &str| {
            json!({ "metadata": { "name": "proxy", "namespace": "kube-system",
                "annotations": { "kubernetes.io/config.mirror": hash } },
                "spec": { "containers": [], "resources": { "limits": { "memory": "1Gi" } } } })
        };
        let (one, other) = (read(object("1a"), &Owners::new()), read(object("2b"), &Owners::new()));
        assert!(one.spec.is_mirror());
        assert_eq!(one.spec, other.spec);
        let resources = one.spec.resources.unwrap();
        assert!(resources.limits.memory && !resources.limits.cpu && !resources.requests.memory);
    }

    #[test]
    fn every_kind_of_volume_is_told() {
        for (source, expected) in [
            (json!({ "hostPath": { "path": "/var/run" } }), VolumeSource::HostPath("/var/run".to_owned())),
            (json!({ "nfs": { "path": "/", "server": "nfs" } }), VolumeSource::Other("nfs".to_owned())),
            (json!({ "emptyDir": {} }), VolumeSource::EmptyDir),
            (json!({ "novelty": {} }), VolumeSource::Other("unknown".to_owned())),
        ] {
            let mut object = source;
            object["name"] = "data".into();
            assert_eq!(volume_source(serde_json::from_value(object).unwrap()), expected);
        }
    }
}
