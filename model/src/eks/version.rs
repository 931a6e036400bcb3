//! Versions of Kubernetes, and how long EKS supports them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Eks;
use crate::{Action, Arn, Gap};

/// A version of Kubernetes, as EKS supports it.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterVersionInformation.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The version, such as `1.33`.
    pub version: String,
    /// Whether and how it is supported.
    pub support: VersionSupport,
    /// The last day of standard support.
    pub standard_until: Option<Date>,
    /// The last day of extended support, which costs extra.
    pub extended_until: Option<Date>,
}

/// How EKS supports a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionSupport {
    /// In standard support.
    Standard,
    /// In extended support.
    Extended,
    /// Not any more.
    Unsupported,
    /// A status that is not known here.
    Other(String),
}

/// The major and minor number of a version of Kubernetes; later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The major number.
    pub major: u32,
    /// The minor number.
    pub minor: u32,
}

impl Release {
    /// Reads `1.33`; whatever follows the minor number after another point is left out.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|number| number.parse().ok());
        Some(Self { major: numbers.next()??, minor: numbers.next()?? })
    }

    /// As [`Release::parse`]; a gap when `text`, which a call says of a resource, is no version.
    pub fn read(text: &str, action: Action, resource: &Arn) -> Result<Self, Gap> {
        Self::parse(text).ok_or_else(|| Gap::undecided(action, resource, format!("{text} is no version of Kubernetes")))
    }
}

impl Eks {
    /// How EKS supports the version that a resource runs; `None` when EKS supports it no more and does not list it. A
    /// gap when it is not listed for another reason.
    pub fn support_of(&self, version: &str, resource: &Arn) -> Result<Option<&Version>, Gap> {
        let known = self.versions.known()?;
        if let Some(found) = known.iter().find(|known| known.version == version) {
            return Ok(Some(found));
        }
        let release = Release::parse(version);
        let oldest = known.iter().filter_map(|known| Release::parse(&known.version)).min();
        if release.is_some_and(|release| oldest.is_some_and(|oldest| release < oldest)) {
            return Ok(None);
        }
        let why = format!("{version} is not among the versions that EKS lists");
        Err(Gap::undecided(Action::EksDescribeClusterVersions, resource, why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_ordered_by_number() {
        assert!(Release::parse("1.9") < Release::parse("1.28"));
        assert_eq!(Release::parse("1.32.3-20250519"), Release::parse("1.32"));
        assert_eq!(Release::parse("ami-0a1b2c3d"), None);
        assert_eq!(Release::parse("1"), None);
    }
}
