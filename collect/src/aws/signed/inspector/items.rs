//! What is kept of Inspector's answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use palisade_model::Arn;
use serde::{Deserialize, Serialize};

/// An image as the aggregation of findings has it: only images with findings are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scored {
    /// The repository's ARN, a slash and the digest.
    pub(crate) image: Arn,
    /// All findings.
    pub(crate) all: u64,
    /// Of these, the critical ones.
    pub(crate) critical: u64,
    /// The high ones.
    pub(crate) high: u64,
    /// The medium ones.
    pub(crate) medium: u64,
    /// Tasks and pods that run the image.
    pub(crate) in_use: u64,
    /// When one last did.
    pub(crate) last_in_use_at: Option<Timestamp>,
}

/// An image that Inspector watches, or has watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Covered {
    /// The repository's ARN, a slash and the digest.
    pub(crate) image: Arn,
    /// `ACTIVE` or `INACTIVE`.
    pub(crate) status: String,
    /// Why.
    pub(crate) reason: String,
    pub(crate) last_scanned_at: Option<Timestamp>,
    /// Tasks and pods that run the image.
    pub(crate) in_use: u64,
    /// When one last did.
    pub(crate) last_in_use_at: Option<Timestamp>,
}

/// One vulnerability of one or more images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// The finding's own name.
    pub(crate) arn: Arn,
    /// The images, by the names that [`Covered::image`] has.
    pub(crate) images: Vec<Arn>,
    /// The vulnerability's name, or else the finding's title.
    pub(crate) id: String,
    /// `CRITICAL`, `HIGH` …
    pub(crate) severity: String,
    /// Names and versions.
    pub(crate) packages: Vec<String>,
    /// `YES`, `NO` or `PARTIAL`.
    pub(crate) fix: Option<String>,
    /// `YES` or `NO`.
    pub(crate) exploit: Option<String>,
    /// Inspector's score, from 0.0 to 10.0.
    pub(crate) score: Option<String>,
}

/// What Inspector knows beyond the finding of up to ten of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Details {
    /// Findings with details, and whether CISA's catalogue of what is known to be exploited has the vulnerability.
    pub(crate) known_exploited: BTreeMap<Arn, bool>,
    /// Findings without, and the error code.
    pub(crate) failed: BTreeMap<Arn, String>,
}
