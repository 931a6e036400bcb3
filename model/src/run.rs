//! What a run reads, and so which calls it makes.

use serde::{Deserialize, Serialize};

/// How much is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// What the account's configuration tells; no code, no image content.
    #[default]
    Standard,
    /// Also every version and alias, and the calls that hand out a download address.
    Deep,
}

/// When a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By every run.
    Always,
    /// By every run whose account has the resources that it is about.
    Needed,
    /// Under `--depth deep` only.
    Deep,
    /// Only when required tags are configured.
    RequiredTags,
    /// Only when policies are read over two lanes.
    TwoLanes,
    /// By runs that look into clusters. It goes to the cluster's own API: no IAM policy permits it, a role of the cluster
    /// does.
    Cluster,
    /// Never made by itself: AWS asks for the permission within another call that is needed.
    Within,
    /// Never made by palisade: a service makes it for the caller, and says when it could not.
    Never,
}

/// What a run reads beyond the common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How deep.
    pub depth: Depth,
    /// Whether tags are wanted.
    pub tags: bool,
    /// Whether the policies of functions are read over two lanes, which is twice as fast.
    pub two_lanes: bool,
}
