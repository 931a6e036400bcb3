//! Objects of a cluster, each with what is around it.

use crate::eks::Cluster;
use crate::kubernetes::Objects;

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
