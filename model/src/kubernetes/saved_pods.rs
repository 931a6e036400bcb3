//! The saved form of pods: each specification stands in it once, and is shared again when it is read.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::controller::Owner;
use super::pod::{Phase, Pod, RunningImage};
use super::pod_spec::PodSpec;
use crate::Listing;

#[derive(Serialize, Deserialize)]
struct SavedPods {
    specs: Vec<Arc<PodSpec>>,
    list: Listing<SavedPod>,
}

/// A [`Pod`] with the place of its specification among all.
#[derive(Serialize, Deserialize)]
struct SavedPod {
    namespace: String,
    name: String,
    created_at: Option<Timestamp>,
    labels: BTreeMap<String, String>,
    owner: Option<Owner>,
    node: Option<String>,
    phase: Phase,
    ready: bool,
    images: Vec<RunningImage>,
    spec: usize,
}

pub(super) fn serialize<S: Serializer>(pods: &Listing<Pod>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut specs = Vec::new();
    let mut places = HashMap::new();
    let mut saved = Vec::with_capacity(pods.seen().len());
    for pod in pods.seen() {
        let spec = *places.entry(&pod.spec).or_insert_with(|| {
            specs.push(Arc::clone(&pod.spec));
            specs.len() - 1
        });
        saved.push(save(pod.clone(), spec));
    }
    SavedPods { specs, list: Listing::new(saved, pods.gap().cloned()) }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Listing<Pod>, D::Error> {
    let SavedPods { specs, list } = SavedPods::deserialize(deserializer)?;
    let gap = list.gap().cloned();
    let pods = list.into_items().into_iter().map(|saved| {
        let spec = specs.get(saved.spec).cloned();
        let spec = spec.ok_or_else(|| D::Error::custom(format!("pod {} has no specification", saved.name)))?;
        Ok(restore(saved, spec))
    });
    Ok(Listing::new(pods.collect::<Result<_, D::Error>>()?, gap))
}

fn save(pod: Pod, spec: usize) -> SavedPod {
    let Pod { namespace, name, created_at, labels, owner, node, phase, ready, images, spec: _ } = pod;
    SavedPod { namespace, name, created_at, labels, owner, node, phase, ready, images, spec }
}

fn restore(saved: SavedPod, spec: Arc<PodSpec>) -> Pod {
    let SavedPod { namespace, name, created_at, labels, owner, node, phase, ready, images, spec: _ } = saved;
    Pod { namespace, name, created_at, labels, owner, node, phase, ready, images, spec }
}
