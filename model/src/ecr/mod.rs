//! ECR: the private registry of one Region, its repositories and images; and the account's public repositories.

mod address;
mod content;
mod image;
mod lifecycle;
mod reference;
mod registry;
mod scan;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::iam::PolicyText;
use super::{Arn, Fact, Listing};
pub use address::PrivateRegistry;
pub use content::{Attestations, Content, Distribution, Family, Files, Layer, Material, SecretFile, Step, Unread};
pub use image::{Artifact, ArtifactKind, Image, Signature, Use};
pub use lifecycle::{Fate, Lifecycle, LifecycleAction, LifecycleRule, Limit, TagStatus};
pub use reference::Reference;
pub use registry::{
    BasicScanner, CreationTemplate, EffectiveScan, InspectorStatus, PolicyScope, PullThroughRule, Registry,
    ReplicationRule, ScanFrequency, ScanRule, ScanType, Scanning, SigningRule,
};
pub use scan::{Counts, Fix, Scan, ScanStatus, Scanner, Tolerance, Vulnerability, VulnerabilitySeverity, day};

/// What ECR holds in one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ecr {
    /// The registry itself: there is one for each account and Region.
    pub registry: Registry,
    /// Its repositories.
    pub repositories: Listing<Repository>,
}

/// A repository of images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repository {
    /// Its ARN.
    pub arn: Arn,
    /// Its name, such as `shop/storefront`.
    pub name: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Whether a tag can be moved to another image.
    pub tag_mutability: TagMutability,
    /// The repository's own setting to scan on push, which the registry's scanning rules override where they match.
    pub scan_on_push: bool,
    /// How images are encrypted at rest.
    pub encryption: Encryption,
    /// The resource policy; `None` when there is none.
    pub policy: Fact<Option<PolicyText>>,
    /// The lifecycle policy; `None` when there is none.
    pub lifecycle: Fact<Option<Lifecycle>>,
    /// Everything that was pushed: images, indexes, signatures, bills of materials …, in short form.
    pub artifacts: Listing<Artifact>,
    /// The images that are looked at closely: those in use, and the newest. It stops short where not all of them could be
    /// found.
    pub images: Listing<Image>,
}

/// Whether tags can be moved.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagMutability {
    /// A push moves a tag that exists.
    Mutable,
    /// As [`Self::Mutable`], but for tags that match one of these patterns (`*` stands for any text).
    MutableExcept(Vec<String>),
    /// A push to a tag that exists is refused.
    Immutable,
    /// As [`Self::Immutable`], but for tags that match one of these patterns.
    ImmutableExcept(Vec<String>),
    /// A setting that is not known here.
    Other(String),
}

/// How images are encrypted at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// With a key of S3's own (`AES256`).
    Aes256,
    /// With a key of KMS; none named means AWS's own key for ECR.
    Kms(Option<String>),
    /// With a key of KMS, in two layers.
    KmsDsse(Option<String>),
    /// A kind that is not known here.
    Other(String),
}

/// A repository of ECR Public, from which everybody can pull.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicRepository {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Its address, such as `public.ecr.aws/a1b2c3d4/tools`.
    pub uri: String,
    /// Who may push; `None` when only the account may.
    pub policy: Fact<Option<PolicyText>>,
}
