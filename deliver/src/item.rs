//! What is sent.

use serde::{Deserialize, Serialize};

/// One finding in the form of a sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What makes it this finding of this report, and no other: by it, a sink that can tells a repeat.
    pub id: String,
    /// JSON on one line.
    pub body: String,
}

/// How much a sink takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Items of a request.
    pub items: usize,
    /// Bytes of a request.
    pub bytes: usize,
    /// Bytes of one item; a larger one is never sent.
    pub item_bytes: usize,
    /// How often items are sent again that the sink did not take now, each time.
    pub repeats: u32,
}

impl Limits {
    /// Whether another item of so many bytes fits beside others.
    pub(crate) fn fit(&self, items: usize, bytes: usize, more: usize) -> bool {
        // One byte is for what stands between two items.
        items < self.items && bytes + more < self.bytes
    }
}
