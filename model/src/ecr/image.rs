//! What a repository holds, and what is known of the images that matter.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::scan::{Scan, ScanStatus, Scanner, day};
use crate::{Action, Arn, Fact, Gap, Switch};

/// One manifest of a repository, in short form: a repository may hold ten thousand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The manifest's digest, `sha256:…`.
    pub digest: String,
    /// The tags that point to it.
    pub tags: Vec<String>,
    /// When it was pushed.
    pub pushed_at: Option<Timestamp>,
    /// When it was last pulled, to the day.
    pub last_pulled_at: Option<Timestamp>,
    /// The compressed size of its layers, in bytes.
    pub size_bytes: u64,
    /// What it is.
    pub kind: ArtifactKind,
    /// The digest of the image that a signature, a bill of materials or an attestation is about.
    pub subject: Option<String>,
    /// Whether it was moved to the archive, from which it must be restored before it can be pulled.
    pub archived: Switch,
}

/// What a manifest is, by its media types.
///
/// Source: <https://github.com/opencontainers/image-spec/blob/main/manifest.md>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactKind {
    /// A container image for one platform.
    Image,
    /// A list of images, one for each platform.
    Index,
    /// A signature (Notation, Cosign).
    Signature,
    /// A bill of materials, a provenance statement or another attestation.
    Attestation,
    /// Something else that a registry may hold, such as a Helm chart, by its media type.
    Other(String),
}

/// An image that is in use, or the newest of its repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Its name in the form that Inspector gives it: the repository's ARN, a slash and the digest.
    pub arn: Arn,
    /// The repository.
    pub repository: Arn,
    /// What the repository's list says.
    pub artifact: Artifact,
    /// Whether it was pushed last of all images of the repository.
    pub newest: bool,
    /// What runs it; empty when nothing is known to.
    pub uses: Vec<Use>,
    /// The latest scan; `None` when it was never scanned.
    pub scan: Fact<Option<Scan>>,
    /// The signature that ECR made, where it is configured to make one; `None` elsewhere.
    pub signature: Fact<Option<Signature>>,
    /// What it consists of, for each platform. Read when deep.
    pub contents: Fact<Vec<Content>>,
}

impl Image {
    /// How many workloads are named of an image that many run.
    const NAMED: usize = 5;

    /// Whether anything is known to use it.
    pub fn is_in_use(&self) -> bool {
        !self.uses.is_empty()
    }

    /// Whether what it holds matters: signatures and the like hold no packages, and what lies unused in the archive cannot
    /// be pulled.
    pub fn is_worth_judging(&self) -> Result<bool, Gap> {
        let is_image = match self.artifact.kind {
            ArtifactKind::Image | ArtifactKind::Index | ArtifactKind::Other(_) => true,
            ArtifactKind::Signature | ArtifactKind::Attestation => false,
        };
        if !is_image || self.is_in_use() {
            return Ok(is_image);
        }
        let action = Action::EcrDescribeImages;
        let archived = self.artifact.archived.is_on(|state| Gap::not_known(action, &self.arn, "imageStatus", state))?;
        Ok(!archived)
    }

    /// The scan whose counts say what the image holds; a gap when there is none, or none that stands.
    pub fn standing_scan(&self) -> Result<&Scan, Gap> {
        let Some(scan) = self.scan.known()? else {
            let why = match self.artifact.kind {
                ArtifactKind::Index => "a list of images has no scan of its own",
                ArtifactKind::Image | ArtifactKind::Signature | ArtifactKind::Attestation | ArtifactKind::Other(_) => {
                    "the image was never scanned"
                }
            };
            return Err(Gap::undecided(Action::EcrDescribeImageScanFindings, &self.arn, why));
        };
        if scan.status.stands() { Ok(scan) } else { Err(scan.gap(&self.arn)) }
    }

    /// Who uses it, in one line; empty when nothing is known to.
    pub fn usage(&self) -> String {
        let workloads: Vec<_> = self.workloads().collect();
        let named = workloads.iter().take(Self::NAMED).map(|(arn, reference)| format!("run by {arn} as {reference}"));
        let more = workloads.len().saturating_sub(Self::NAMED);
        let more = (more > 0).then(|| format!("and by {more} more"));
        let others = self.uses.iter().filter_map(|one| match one {
            Use::Controller { .. } => None,
            Use::Inspector { count, last_at } => {
                let last = last_at.map_or(String::new(), |time| format!(", the last seen on {}", day(time)));
                Some(format!("run by {count} tasks and pods by Inspector's count{last}"))
            }
            Use::Pulled(time) => Some(format!("pulled on {}", day(*time))),
        });
        named.chain(more).chain(others).collect::<Vec<_>>().join("; ")
    }

    /// The workloads that run it, with the address in the configuration of each.
    pub fn workloads(&self) -> impl Iterator<Item = (&Arn, &str)> {
        self.uses.iter().filter_map(|one| match one {
            Use::Controller { arn, reference } => Some((arn, reference.as_str())),
            Use::Inspector { .. } | Use::Pulled(_) => None,
        })
    }
}

impl Scan {
    /// That the scan does not tell what has to be known of this image.
    pub fn gap(&self, image: &Arn) -> Gap {
        let action = match self.scanner {
            Scanner::Basic => Action::EcrDescribeImageScanFindings,
            Scanner::Inspector => Action::InspectorListCoverage,
        };
        match &self.status {
            ScanStatus::Other(word) => Gap::not_known(action, image, "the scan's status", word),
            ScanStatus::Complete
            | ScanStatus::Active
            | ScanStatus::Pending(_)
            | ScanStatus::Failed(_)
            | ScanStatus::Unsupported(_)
            | ScanStatus::Inactive(_) => Gap::undecided(action, image, self.status.to_string()),
        }
    }
}

/// How an image is known to be in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// A workload runs it: a function, a task definition, a pod's owner.
    #[serde(rename = "workload")]
    Controller {
        /// The workload.
        arn: Arn,
        /// The address in the workload's configuration, with tag or digest.
        reference: String,
    },
    /// Inspector counts so many running tasks and pods.
    Inspector {
        /// How many.
        count: u64,
        /// When it last saw one.
        last_at: Option<Timestamp>,
    },
    /// It was pulled on this day, within the days that count as use.
    Pulled(Timestamp),
}

/// What became of ECR's own signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// It is there.
    Complete,
    /// It is being made.
    InProgress,
    /// It could not be made, with ECR's reason.
    Failed(String),
    /// A state that is not known here.
    Other(String),
}
