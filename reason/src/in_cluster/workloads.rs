//! A workload, with the pods that run for it.

use std::collections::HashSet;

use crate::account::Account;
use crate::in_cluster::running::Running;
use crate::pod_security::{AGENT_NAMESPACES, place};
use palisade_model::Inside;
use palisade_model::kubernetes::{Container, Controller, Objects, PodSpec, WorkloadKind};
use palisade_model::verdict::{Gathered, Outcome};
use palisade_model::{Gap, Listing};

/// What speaks against what a workload's pods are made of: by the template, and by the pods that run, where one says more
/// than the template.
pub fn each_spec(
    inside: &Inside<'_, Controller>,
    account: &Account,
    judge: impl Fn(&PodSpec) -> Result<Vec<String>, Gap>,
) -> Outcome {
    let mut gathered = Gathered::default();
    let template = &inside.object.template;
    let mut told = HashSet::new();
    gathered.add(judge(template).inspect(|texts| told.extend(texts.clone())));
    for running in running(inside, account).iter().filter(|running| running.pod.spec != *template) {
        let texts = judge(&running.pod.spec).map(|texts| {
            let new: Vec<_> = texts.into_iter().filter(|text| told.insert(text.clone())).collect();
            new.into_iter().map(|text| format!("{running}: {text}")).collect::<Vec<_>>()
        });
        gathered.add(texts);
    }
    if let Some(gap) = pods_gap(inside) {
        gathered.add(Err::<Vec<_>, _>(gap.clone()));
    }
    gathered.outcome()
}

/// Why pods of a workload may be missing from [`running`]: pods, or what stands between them and the workload, were not all
/// read.
pub fn pods_gap<'a>(inside: &Inside<'a, Controller>) -> Option<&'a Gap> {
    let between = match &inside.object.kind {
        WorkloadKind::Deployment => inside.objects.workloads.replica_sets.gap(),
        WorkloadKind::CronJob => inside.objects.workloads.jobs.gap(),
        WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::Job
        | WorkloadKind::Pod
        | WorkloadKind::Other(_) => None,
    };
    inside.objects.pods.gap().or(between)
}

/// The pods that run for a workload, as far as pods were read.
pub fn running<'c>(inside: &Inside<'_, Controller>, account: &'c Account<'_>) -> &'c [Running<'c>] {
    account.running_pods().of(inside.cluster, inside.object)
}

/// What speaks against the containers of a pod, each told with its container.
pub fn each_container<T>(spec: &PodSpec, judge: impl Fn(&Container) -> T) -> Vec<String>
where
    T: IntoIterator<Item = String>,
{
    let told = |container| judge(container).into_iter().map(move |text| format!("{}: {text}", place(container)));
    spec.containers.iter().flat_map(told).collect()
}

/// Whether pods are meant for nodes of Windows: they say so themselves, or choose such nodes.
pub fn is_for_windows(spec: &PodSpec) -> bool {
    spec.is_windows() || spec.node_selector.get("kubernetes.io/os").is_some_and(|system| system == "windows")
}

/// Whether a workload runs on every node in a namespace that is for such agents, which need what ordinary pods must not
/// have.
pub fn is_agent(workload: &Controller) -> bool {
    workload.kind == WorkloadKind::DaemonSet && is_for_agents(&workload.namespace)
}

/// Whether a namespace is one of node agents.
pub fn is_for_agents(namespace: &str) -> bool {
    AGENT_NAMESPACES.contains(&namespace)
}

/// The workloads of a namespace of which something speaks to be told, those of AWS left out; and the gap when there may be
/// more.
pub fn workloads_of<'a>(objects: &'a Objects, namespace: &str) -> (Vec<&'a Controller>, Option<&'a Gap>) {
    let lists = objects.workloads.lists();
    let own = |workload: &&Controller| workload.namespace == namespace && !workload.is_aws_managed();
    (lists.into_iter().flat_map(Listing::seen).filter(own).collect(), lists.into_iter().find_map(Listing::gap))
}
