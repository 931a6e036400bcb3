//! The pods that run for each workload.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc as Shared;

use palisade_model::eks::Cluster;
use palisade_model::kubernetes::{Controller, Objects, Owner, Pod, WorkloadKind};
use palisade_model::{Arn, Fact, Inventory};

/// Pods of a workload that are alike.
#[derive(Clone, Debug)]
pub struct Running<'a> {
    /// One of them.
    pub pod: &'a Pod,
    /// How many there are.
    pub pods: usize,
    /// The nodes they are on.
    pub nodes: BTreeSet<&'a str>,
}

/// `pod web-7d9f-x2k`, with how many there are besides.
impl fmt::Display for Running<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "pod {}", self.pod.name)?;
        if self.pods > 1 { write!(formatter, " and {} more", self.pods - 1) } else { Ok(()) }
    }
}

/// The pods of all clusters that were looked into, by the workload that findings about them are about. Pods that are over
/// are left out.
#[derive(Debug, Default)]
pub struct RunningPods<'a>(HashMap<Arn, Vec<Running<'a>>>);

impl<'a> RunningPods<'a> {
    /// Indexes an inventory.
    pub fn new(inventory: &'a Inventory) -> Self {
        let mut running = Self::default();
        for cluster in inventory.regions.values().flat_map(|region| region.eks.clusters.seen()) {
            match &cluster.inside {
                Fact::Known(objects) => running.add_all(cluster, objects),
                Fact::Unknown(_) => {}
            }
        }
        running
    }

    /// The pods of a workload.
    pub fn of(&self, cluster: &Cluster, workload: &Controller) -> &[Running<'a>] {
        let arn = cluster.workload_arn(&workload.namespace, &workload.owner());
        self.0.get(&arn).map_or(&[], Vec::as_slice)
    }

    fn add_all(&mut self, cluster: &Cluster, objects: &'a Objects) {
        for pod in objects.pods.seen().iter().filter(|pod| !pod.phase.is_over()) {
            let alike = self.0.entry(cluster.workload_arn(&pod.namespace, &workload_of(pod))).or_default();
            let index = alike.iter().position(|running| Shared::ptr_eq(&running.pod.spec, &pod.spec));
            let index = index.unwrap_or_else(|| {
                alike.push(Running { pod, pods: 0, nodes: BTreeSet::new() });
                alike.len() - 1
            });
            alike[index].pods += 1;
            alike[index].nodes.extend(pod.node.as_deref());
        }
    }
}

/// The workload in whose place a pod is judged: its top controller, or the pod itself where that is of a kind that is not
/// read.
pub fn workload_of(pod: &Pod) -> Owner {
    let owner = pod.owner.clone().filter(|owner| !matches!(owner.kind, WorkloadKind::Other(_)));
    owner.unwrap_or_else(|| Owner { kind: WorkloadKind::Pod, name: pod.name.clone() })
}
