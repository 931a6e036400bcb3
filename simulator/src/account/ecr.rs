//! ECR, ECR Public and Inspector in an account file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Document, Image, Moment};

/// The private registry of one Region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ecr {
    pub(crate) repositories: Vec<Repository>,
    pub(crate) scanning: Scanning,
    /// The registry policy.
    pub(crate) policy: Option<Document>,
    /// `REGISTRY_POLICY_SCOPE`: `V2` when left out.
    pub(crate) policy_scope: Option<String>,
    /// `BASIC_SCAN_TYPE_VERSION`: `AWS_NATIVE` when left out.
    pub(crate) basic_scan_version: Option<String>,
    /// `BLOB_MOUNTING`: `DISABLED` when left out.
    pub(crate) blob_mounting: Option<String>,
    pub(crate) replication: Vec<Replication>,
    pub(crate) pull_through: Vec<PullThrough>,
    pub(crate) templates: Vec<Template>,
    pub(crate) signing: Vec<SigningRule>,
    /// Roles whose pulls are not recorded.
    pub(crate) pull_time_exclusions: Vec<String>,
    /// Whether downloads are first sent to another path.
    pub(crate) redirect_downloads: bool,
}

/// How the registry scans.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Scanning {
    /// `BASIC` or `ENHANCED`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) rules: Vec<ScanRule>,
}

impl Default for Scanning {
    fn default() -> Self {
        Scanning { kind: "BASIC".to_owned(), rules: Vec::new() }
    }
}

impl Scanning {
    pub(crate) fn is_enhanced(&self) -> bool {
        self.kind == "ENHANCED"
    }
}

/// When some repositories are scanned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanRule {
    /// `SCAN_ON_PUSH`, `CONTINUOUS_SCAN` or `MANUAL`.
    pub(crate) frequency: String,
    /// Names with `*`.
    pub(crate) filters: Vec<String>,
}

/// A replication rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replication {
    pub(crate) destinations: Vec<Destination>,
    /// Beginnings of names; every repository when left out.
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
}

/// Where images are copied to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Destination {
    pub(crate) region: String,
    /// This account when left out.
    #[serde(default)]
    pub(crate) account: Option<String>,
}

/// A pull-through cache rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PullThrough {
    pub(crate) prefix: String,
    /// Such as `registry-1.docker.io`.
    pub(crate) upstream: String,
    /// Such as `docker-hub`.
    #[serde(default)]
    pub(crate) registry: Option<String>,
    /// The secret that holds the credentials.
    #[serde(default)]
    pub(crate) credential: Option<String>,
    #[serde(default)]
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) upstream_prefix: Option<String>,
    #[serde(default)]
    pub(crate) created: Moment,
}

/// What repositories are made from that ECR makes itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    pub(crate) prefix: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) encryption: Encryption,
    /// `MUTABLE` when left out.
    #[serde(default)]
    pub(crate) mutability: Option<String>,
    #[serde(default)]
    pub(crate) exclusions: Vec<String>,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    #[serde(default)]
    pub(crate) lifecycle: Option<Value>,
    /// `PULL_THROUGH_CACHE` when left out.
    #[serde(default = "pull_through_cache")]
    pub(crate) applied_for: Vec<String>,
    #[serde(default)]
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) created: Moment,
}

/// A signing rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SigningRule {
    /// The ARN of a signing profile.
    pub(crate) profile: String,
    /// Names with `*`; every repository when left out.
    #[serde(default)]
    pub(crate) filters: Vec<String>,
}

/// How images are encrypted: `AES256`, `KMS`, or a key.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Encryption {
    /// `AES256` when left out, `KMS` with a key.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// An ARN, or `kms:key/…`.
    pub(crate) key: Option<String>,
}

/// A repository. Only its name is needed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repository {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) created: Moment,
    /// `MUTABLE` when left out.
    #[serde(default)]
    pub(crate) mutability: Option<String>,
    /// Tags with `*` to which the contrary applies.
    #[serde(default)]
    pub(crate) exclusions: Vec<String>,
    #[serde(default)]
    pub(crate) scan_on_push: bool,
    #[serde(default)]
    pub(crate) encryption: Encryption,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
    /// A map, or text that is served as it stands.
    #[serde(default)]
    pub(crate) lifecycle: Option<Value>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) images: Vec<Image>,
}

/// The public registry of the account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EcrPublic {
    /// The part of its addresses that stands for the account.
    pub(crate) alias: Option<String>,
    pub(crate) repositories: Vec<PublicRepository>,
}

/// A repository of the public registry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublicRepository {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) created: Moment,
    #[serde(default)]
    pub(crate) policy: Option<Document>,
}

/// Inspector in one Region. What it knows of images stands with the images.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Inspector {
    /// Of the account: `ENABLED` when left out and the registry is scanned by Inspector, else `DISABLED`.
    pub(crate) status: Option<String>,
    /// Of the scans of ECR: as `status` when left out.
    pub(crate) ecr: Option<String>,
}

fn pull_through_cache() -> Vec<String> {
    vec!["PULL_THROUGH_CACHE".to_owned()]
}
