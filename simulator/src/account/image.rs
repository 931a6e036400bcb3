//! Images in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Moment;

/// What an image is made for when the file doesn't say it.
pub(crate) const USUAL_PLATFORM: &str = "linux/amd64";

/// An image, or an index of images for several platforms. Everything can be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Image {
    pub(crate) tags: Vec<String>,
    pub(crate) pushed: Moment,
    pub(crate) last_pulled: Option<Moment>,
    /// Bytes of its layers, where they are not listed; 48 MB when left out.
    pub(crate) size: Option<u64>,
    /// Whether its manifests are Docker's and not OCI's.
    pub(crate) docker: bool,
    pub(crate) config: Config,
    /// `linux/amd64` when left out; several make an index.
    pub(crate) platforms: Vec<String>,
    /// Two that cannot be downloaded when left out.
    pub(crate) layers: Vec<LayerContent>,
    /// ECR's own scan.
    pub(crate) scan: Option<Box<NativeScan>>,
    /// What Inspector knows.
    pub(crate) inspector: Option<Box<InspectorScan>>,
    /// What became of ECR's own signatures.
    pub(crate) signing: Vec<Signing>,
    /// What hangs on it.
    pub(crate) attached: Vec<Attached>,
    /// `ACTIVE` when left out.
    pub(crate) status: Option<String>,
    pub(crate) archived: Option<Moment>,
    /// What is wrong with its content.
    pub(crate) fault: Option<Fault>,
}

impl Image {
    pub(crate) fn platforms(&self) -> Vec<&str> {
        if self.platforms.is_empty() {
            return vec![USUAL_PLATFORM];
        }
        self.platforms.iter().map(String::as_str).collect()
    }
}

/// The configuration of an image.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Left out of the blob when left out. A time that counts from the run makes another digest each day.
    pub(crate) created: Option<Moment>,
    /// None is named when left out, which means root.
    pub(crate) user: Option<String>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) cmd: Vec<String>,
    /// Such as `8080/tcp`.
    pub(crate) ports: Vec<String>,
    pub(crate) labels: BTreeMap<String, String>,
    /// Steps of the build, oldest first; one for each layer when left out.
    pub(crate) history: Vec<String>,
    pub(crate) workdir: Option<String>,
}

/// A layer: files that can be downloaded, or a digest that cannot.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LayerContent {
    /// Paths and what they hold. Paths are written as they stand, `../` and `/` too.
    pub(crate) files: BTreeMap<String, String>,
    /// Symbolic links and where they lead.
    pub(crate) links: BTreeMap<String, String>,
    /// The size of a file of the digit zero, which compresses to less than a hundredth.
    pub(crate) zeros: u64,
    /// Of a layer that cannot be downloaded: made up when left out.
    pub(crate) digest: Option<String>,
    /// What its descriptor says, in place of the truth.
    pub(crate) size: Option<u64>,
}

/// What ECR's own scan found.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NativeScan {
    /// `COMPLETE` when left out.
    pub(crate) status: Option<String>,
    pub(crate) description: Option<String>,
    /// When it ended.
    pub(crate) at: Option<Moment>,
    /// Worked out from the findings when left out.
    pub(crate) counts: Option<Counts>,
    pub(crate) findings: Vec<Finding>,
    /// Whether `DescribeImages` tells of it, as it did of the scans of before 2025.
    pub(crate) summary: bool,
}

/// What Inspector knows of an image.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct InspectorScan {
    /// `ACTIVE` when left out, or `INACTIVE`.
    pub(crate) status: Option<String>,
    /// `SUCCESSFUL` when left out.
    pub(crate) reason: Option<String>,
    pub(crate) at: Option<Moment>,
    /// Worked out from the findings when left out.
    pub(crate) counts: Option<Counts>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) in_use: Option<InUse>,
}

/// Running tasks and pods of an image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InUse {
    pub(crate) count: u64,
    #[serde(default)]
    pub(crate) last: Option<Moment>,
}

/// How many findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) critical: u32,
    pub(crate) high: u32,
    pub(crate) medium: u32,
    pub(crate) low: u32,
    pub(crate) informational: u32,
    /// `UNTRIAGED` to Inspector, `UNDEFINED` to ECR.
    pub(crate) untriaged: u32,
}

impl Counts {
    /// The counts of a list of findings.
    pub(crate) fn of(findings: &[Finding]) -> Counts {
        let mut counts = Counts::default();
        for finding in findings {
            match finding.severity.as_str() {
                "CRITICAL" => counts.critical += 1,
                "HIGH" => counts.high += 1,
                "MEDIUM" => counts.medium += 1,
                "LOW" => counts.low += 1,
                "INFORMATIONAL" => counts.informational += 1,
                _ => counts.untriaged += 1,
            }
        }
        counts
    }

    pub(crate) fn all(self) -> u32 {
        self.critical + self.high + self.medium + self.low + self.informational + self.untriaged
    }
}

/// A vulnerability of an image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    /// Such as `CVE-2026-1234`.
    pub(crate) id: String,
    /// `CRITICAL`, `HIGH` …
    pub(crate) severity: String,
    pub(crate) package: String,
    pub(crate) version: String,
    /// The version that mends it.
    #[serde(default)]
    pub(crate) fixed_in: Option<String>,
    /// `OS` when left out, or `NPM`, `JAR` …
    #[serde(default)]
    pub(crate) manager: Option<String>,
    #[serde(default)]
    pub(crate) exploit: bool,
    /// Whether CISA's catalogue has it.
    #[serde(default)]
    pub(crate) known_exploited: bool,
    /// The error code with which Inspector refuses details of it.
    #[serde(default)]
    pub(crate) details_error: Option<String>,
    #[serde(default)]
    pub(crate) score: Option<f64>,
    #[serde(default)]
    pub(crate) epss: Option<f64>,
    /// `ACTIVE` when left out; `SUPPRESSED` or `CLOSED`.
    #[serde(default)]
    pub(crate) status: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
}

/// What became of one of ECR's own signatures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signing {
    /// The ARN of a signing profile; that of the registry's first rule when left out.
    #[serde(default)]
    pub(crate) profile: Option<String>,
    /// `IN_PROGRESS`, `COMPLETE` or `FAILED`.
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// Something that hangs on an image, with a manifest of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Attached {
    /// Cosign's signature under a tag made from the digest (`sha256-….sig`).
    CosignTag,
    /// Cosign's signature that names its subject.
    Cosign,
    /// A signature of AWS Signer or Notation.
    Notation,
    /// A bill of materials in SPDX.
    Sbom,
    /// A provenance statement.
    Attestation,
}

/// What is wrong with an image's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// The manifest says that the configuration blob has 10 GB.
    HugeConfig,
    /// What is downloaded for the configuration is something else.
    WrongConfig,
    /// The configuration is no JSON, and its digest is right.
    GarbageConfig,
    /// More comes than the descriptor of the configuration says.
    LongConfig,
    /// The manifest is not the one its digest names.
    WrongManifest,
    /// The manifest is no JSON, and its digest is right.
    GarbageManifest,
    /// An index that lists itself.
    CycleOfOne,
    /// Two indexes that list each other.
    CycleOfTwo,
}
