//! Objects of a cluster, each with what is around it.

use crate::eks::Cluster;
use crate::kubernetes::Objects;
use crate::{Fact, Inventory};

impl Inventory {
    /// The clusters that were looked into, each with what is in it.
    pub fn looked_into(&self) -> impl Iterator<Item = (&Cluster, &Objects)> {
        let clusters = self.regions.values().flat_map(|region| region.eks.clusters.seen());
        clusters.filter_map(|cluster| match &cluster.inside {
            Fact::Known(objects) => Some((cluster, objects)),
            Fact::Unknown(_) => None,
        })
    }
}

/// An object of a cluster, together with the cluster around it.
#[derive(Debug)]
pub struct Inside<'a, T> {
    /// The object.
    pub object: &'a T,
    /// All objects of the cluster.
    pub objects: &'a Objects,
    /// The cluster, as AWS describes it.
    pub cluster: &'a Cluster,
}

impl<T> Clone for Inside<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Inside<'_, T> {}
