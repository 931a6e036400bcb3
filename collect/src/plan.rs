//! What a run is to collect.

use palisade_model::{Depth, RegionName};

use crate::cluster::{Kubeconfig, Which};

/// What to collect.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The Regions to look at; none for all that are enabled.
    pub regions: Option<Vec<RegionName>>,
    /// How deep to look.
    pub depth: Depth,
    /// Whether tags are wanted.
    pub tags: bool,
    /// Whether the policies of functions are read over two lanes.
    pub two_lanes: bool,
    /// Unreserved concurrency under which the reservations of single functions are read.
    pub unreserved_concurrency: u32,
    /// How many compressed bytes of layers are read of each image; none for no layers.
    pub image_layers: Option<u64>,
    /// The one platform of images that is looked at, such as `linux/arm64`; all of them where none is named.
    pub platform: Option<String>,
    /// Which clusters are looked into.
    pub clusters: Which,
    /// The way into a cluster in place of the run's own identity.
    pub kubeconfig: Option<Kubeconfig>,
}
