//! Controllers and the templates of their pods.

use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::batch::v1 as batch;
use k8s_openapi::api::core::v1;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use palisade_model::kubernetes::{Controller, PodSpecs, WorkloadKind};

use super::metadata::{name, namespace_of};
use super::pod::{Owners, controller, pod_spec};

/// Whether a controller owns the object; it is then judged in its owner's place.
pub(in crate::cluster) fn is_owned(metadata: &ObjectMeta, owners: &mut Owners, kind: WorkloadKind) -> bool {
    let Some(owner) = controller(metadata) else { return false };
    let is_read = match &owner.kind {
        WorkloadKind::Deployment | WorkloadKind::CronJob => true,
        WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::Job
        | WorkloadKind::Pod
        | WorkloadKind::Other(_) => false,
    };
    if is_read {
        owners.insert((kind, namespace_of(metadata), name(metadata)), owner);
    }
    is_read
}

/// How many pods a controller wants, and how many are ready.
struct Counts {
    replicas: Option<i32>,
    ready: Option<i32>,
}

fn workload(
    kind: WorkloadKind,
    metadata: ObjectMeta,
    template: v1::PodTemplateSpec,
    counts: &Counts,
    specs: &mut PodSpecs,
) -> Controller {
    let pod = template.metadata.unwrap_or_default();
    let spec = pod_spec(template.spec.unwrap_or_default(), pod.annotations.as_ref());
    let count = |count: Option<i32>| count.and_then(|count| u32::try_from(count).ok());
    Controller {
        kind,
        namespace: namespace_of(&metadata),
        name: name(&metadata),
        labels: metadata.labels.unwrap_or_default(),
        pod_labels: pod.labels.unwrap_or_default(),
        replicas: count(counts.replicas),
        ready: count(counts.ready),
        template: specs.share(spec),
    }
}

pub(in crate::cluster) fn deployment(object: apps::Deployment, specs: &mut PodSpecs) -> Controller {
    let spec = object.spec;
    let ready = object.status.and_then(|status| status.ready_replicas);
    let counts = Counts { replicas: spec.replicas.or(Some(1)), ready: ready.or(Some(0)) };
    workload(WorkloadKind::Deployment, object.metadata, spec.template, &counts, specs)
}

pub(in crate::cluster) fn stateful_set(object: apps::StatefulSet, specs: &mut PodSpecs) -> Controller {
    let spec = object.spec;
    let ready = object.status.and_then(|status| status.ready_replicas);
    let counts = Counts { replicas: spec.replicas.or(Some(1)), ready: ready.or(Some(0)) };
    workload(WorkloadKind::StatefulSet, object.metadata, spec.template, &counts, specs)
}

pub(in crate::cluster) fn daemon_set(object: apps::DaemonSet, specs: &mut PodSpecs) -> Controller {
    let spec = object.spec;
    let status = object.status.unwrap_or_default();
    let counts = Counts { replicas: Some(status.desired_number_scheduled), ready: Some(status.number_ready) };
    workload(WorkloadKind::DaemonSet, object.metadata, spec.template, &counts, specs)
}

pub(in crate::cluster) fn replica_set(object: apps::ReplicaSet, specs: &mut PodSpecs) -> Controller {
    let spec = object.spec;
    let ready = object.status.and_then(|status| status.ready_replicas);
    let counts = Counts { replicas: spec.replicas.or(Some(1)), ready: ready.or(Some(0)) };
    workload(WorkloadKind::ReplicaSet, object.metadata, spec.template.unwrap_or_default(), &counts, specs)
}

pub(in crate::cluster) fn replication_controller(
    object: v1::ReplicationController,
    specs: &mut PodSpecs,
) -> Controller {
    let spec = object.spec.unwrap_or_default();
    let ready = object.status.and_then(|status| status.ready_replicas);
    let counts = Counts { replicas: spec.replicas.or(Some(1)), ready: ready.or(Some(0)) };
    let template = spec.template.unwrap_or_default();
    workload(WorkloadKind::ReplicationController, object.metadata, template, &counts, specs)
}

pub(in crate::cluster) fn job(object: batch::Job, specs: &mut PodSpecs) -> Controller {
    let spec = object.spec.unwrap_or_default();
    let ready = object.status.and_then(|status| status.ready);
    let counts = Counts { replicas: spec.parallelism.or(Some(1)), ready };
    workload(WorkloadKind::Job, object.metadata, spec.template, &counts, specs)
}

pub(in crate::cluster) fn cron_job(object: batch::CronJob, specs: &mut PodSpecs) -> Controller {
    let template = object.spec.job_template;
    let spec = template.spec.unwrap_or_default();
    let counts = Counts { replicas: spec.parallelism.or(Some(1)), ready: None };
    workload(WorkloadKind::CronJob, object.metadata, spec.template, &counts, specs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use palisade_model::kubernetes::Owner;
    use serde_json::json;

    use super::*;

    #[test]
    fn replica_sets_of_deployments_are_judged_as_those() {
        let metadata = |kind: &str| -> ObjectMeta {
            serde_json::from_value(json!({ "name": "web-7d9f", "namespace": "shop", "ownerReferences": [
                { "apiVersion": "apps/v1", "kind": kind, "name": "web", "uid": "1", "controller": true }
            ] }))
            .unwrap()
        };
        let mut owners = Owners::new();
        assert!(is_owned(&metadata("Deployment"), &mut owners, WorkloadKind::ReplicaSet));
        assert!(!is_owned(&metadata("Rollout"), &mut owners, WorkloadKind::ReplicaSet));
        let owner = owners.values().next();
        assert_eq!(owner, Some(&Owner { kind: WorkloadKind::Deployment, name: "web".to_owned() }));
    }

    #[test]
    fn a_template_gives_its_pods_their_labels() {
        let object = json!({
            "metadata": { "name": "web", "namespace": "shop" },
            "spec": { "selector": {}, "template": {
                "metadata": { "labels": { "app": "web" }, "annotations": { "eks.amazonaws.com/skip-containers": "x", "y": "z" } },
                "spec": { "containers": [{ "name": "web" }] },
            } },
            "status": { "currentNumberScheduled": 3, "desiredNumberScheduled": 4, "numberMisscheduled": 0, "numberReady": 3 },
        });
        let workload = daemon_set(serde_json::from_value(object).unwrap(), &mut PodSpecs::default());
        assert_eq!((workload.replicas, workload.ready), (Some(4), Some(3)));
        assert_eq!(workload.pod_labels, BTreeMap::from([("app".to_owned(), "web".to_owned())]));
        assert_eq!(workload.template.annotations.len(), 1);
    }
}
