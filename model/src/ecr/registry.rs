//! The registry's own settings: policy, scanning, replication, pull-through cache, templates, signing.

use palisade_policy::matches;
use serde::{Deserialize, Serialize};

use super::Lifecycle;
use crate::iam::PolicyText;
use crate::{AccountId, Arn, Fact, Listing, RegionName};

/// The private registry of an account in one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registry {
    /// A name for it in the form of an ARN, `arn:aws:ecr:REGION:ACCOUNT:registry`; AWS gives registries none.
    pub arn: Arn,
    /// The registry policy; `None` when there is none.
    pub policy: Fact<Option<PolicyText>>,
    /// Which actions the registry policy covers.
    pub policy_scope: Fact<PolicyScope>,
    /// How images are scanned.
    pub scanning: Fact<Scanning>,
    /// Where images are copied to.
    pub replication: Fact<Vec<ReplicationRule>>,
    /// Upstream registries whose images are fetched on demand.
    pub pull_through_rules: Listing<PullThroughRule>,
    /// Settings of repositories that ECR creates by itself.
    pub creation_templates: Listing<CreationTemplate>,
    /// What ECR signs as it is pushed; empty when nothing is.
    pub signing: Fact<Vec<SigningRule>>,
    /// Whether Inspector scans images of this account. Read where scanning is enhanced.
    pub inspector: Fact<InspectorStatus>,
    /// What makes basic scans. Read where scanning is not enhanced.
    pub basic_scanner: Fact<BasicScanner>,
    /// Roles and users whose pulls are not recorded as the last of an image.
    pub pull_time_exclusions: Listing<Arn>,
}

/// What makes basic scans.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasicScanner {
    /// AWS's own scanner.
    Native,
    /// Clair, which came before it.
    Clair,
    /// One that is not known here.
    Other(String),
}

/// Which actions the registry policy covers.
///
/// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyScope {
    /// `ReplicateImage`, `BatchImportUpstreamImage` and `CreateRepository` only.
    V1,
    /// Every action of ECR, on every repository.
    V2,
    /// A scope that is not known here.
    Other(String),
}

/// How a registry's images are scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanning {
    /// By whom.
    pub kind: ScanType,
    /// When, by name of repository.
    pub rules: Vec<ScanRule>,
}

impl Scanning {
    /// When the images of a repository are scanned in effect; `scan_on_push` is the repository's own setting.
    ///
    /// Where several rules match, the continuous one wins over scan on push, whichever filter is the narrower. Where none
    /// does, enhanced scanning scans nothing, and basic scanning goes by the repository's own setting.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html#image-scanning-filters>
    pub fn frequency(&self, repository_name: &str, scan_on_push: bool) -> EffectiveScan {
        let matching: Vec<_> = self.rules.iter().filter(|rule| rule.covers(repository_name)).collect();
        let has = |frequency: &ScanFrequency| matching.iter().any(|rule| rule.frequency == *frequency);
        let unknown = matching.iter().find_map(|rule| match &rule.frequency {
            ScanFrequency::Other(word) => Some(word),
            ScanFrequency::OnPush | ScanFrequency::Continuous | ScanFrequency::Manual => None,
        });
        match (&self.kind, unknown) {
            (ScanType::Other(kind), _) => EffectiveScan::Undecided(format!("scanType is {kind}")),
            (ScanType::Basic | ScanType::Enhanced, _) if has(&ScanFrequency::Continuous) => EffectiveScan::Continuous,
            (ScanType::Basic | ScanType::Enhanced, Some(word)) => {
                EffectiveScan::Undecided(format!("scanFrequency is {word}"))
            }
            (ScanType::Basic | ScanType::Enhanced, None) if has(&ScanFrequency::OnPush) => EffectiveScan::OnPush,
            (ScanType::Basic | ScanType::Enhanced, None) if !matching.is_empty() => EffectiveScan::Manual,
            (ScanType::Enhanced, None) => EffectiveScan::Never,
            (ScanType::Basic, None) if scan_on_push => EffectiveScan::OnPush,
            (ScanType::Basic, None) => EffectiveScan::Manual,
        }
    }
}

/// When the images of a repository are scanned, all settings taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectiveScan {
    /// As they are pushed, and again as vulnerabilities become known.
    Continuous,
    /// As they are pushed.
    OnPush,
    /// When somebody asks.
    Manual,
    /// Never: no rule of enhanced scanning matches.
    Never,
    /// It hangs on a value that is not known here; which.
    Undecided(String),
}

/// Who scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanType {
    /// ECR itself: packages of the operating system.
    Basic,
    /// Amazon Inspector: also packages of programming languages.
    Enhanced,
    /// A kind that is not known here.
    Other(String),
}

/// When the images of some repositories are scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRule {
    /// When.
    pub frequency: ScanFrequency,
    /// Patterns of repository names, with `*` for any text. A repository needs to match one.
    pub filters: Vec<String>,
}

impl ScanRule {
    /// Whether a repository of this name is meant. A filter without `*` matches all names that contain it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html#image-scanning-filters>
    pub fn covers(&self, repository_name: &str) -> bool {
        self.filters.iter().any(|filter| {
            if filter.contains('*') {
                matches(filter, repository_name)
            } else {
                repository_name.contains(filter.as_str())
            }
        })
    }
}

/// When images are scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanFrequency {
    /// Once, as they are pushed.
    OnPush,
    /// As they are pushed, and whenever a new vulnerability becomes known.
    Continuous,
    /// When somebody asks.
    Manual,
    /// A frequency that is not known here.
    Other(String),
}

/// A rule by which images are copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicationRule {
    /// The registries that get a copy.
    pub destinations: Vec<(AccountId, RegionName)>,
    /// Prefixes of the repositories that are copied; none for all.
    pub prefixes: Vec<String>,
}

/// A rule by which images of another registry are fetched on demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullThroughRule {
    /// The prefix of the repositories that it fills.
    pub prefix: String,
    /// The other registry's host, such as `registry-1.docker.io`.
    pub upstream: String,
    /// The upstream's kind as ECR names it, such as `docker-hub`.
    pub registry: Option<String>,
    /// The secret with the upstream's credentials; none where it asks for none.
    pub credential: Option<Arn>,
    /// The role with which ECR pulls from another account.
    pub role: Option<Arn>,
    /// The prefix of the repositories that it fetches from another registry of ECR; none for all of them.
    pub upstream_prefix: Option<String>,
}

/// Settings of repositories that ECR creates by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreationTemplate {
    /// The prefix of the repositories that it is for; `ROOT` for all that no other template covers.
    pub prefix: String,
    /// For what: `PULL_THROUGH_CACHE`, `REPLICATION`, `CREATE_ON_PUSH`.
    pub applied_for: Vec<String>,
    /// Whether tags can be moved.
    pub tag_mutability: super::TagMutability,
    /// How images are encrypted.
    pub encryption: super::Encryption,
    /// Whether it gives a lifecycle policy.
    pub has_lifecycle: bool,
    /// The lifecycle policy that it gives; `None` when it gives none.
    pub lifecycle: Fact<Option<Lifecycle>>,
    /// The repository policy that it gives.
    pub policy: Option<PolicyText>,
}

/// What ECR signs as it is pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningRule {
    /// The signing profile.
    pub profile: Arn,
    /// Patterns of repository names, with `*` for any text; none for all repositories.
    pub filters: Vec<String>,
}

impl SigningRule {
    /// Whether images of a repository of this name are signed.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html>
    pub fn covers(&self, repository_name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| matches(filter, repository_name))
    }
}

/// Whether Inspector scans the account's images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InspectorStatus {
    /// It does.
    Enabled,
    /// It does not, or no longer, or not yet: in Inspector's own word.
    Not(String),
    /// A status that is not known here.
    Other(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanning(kind: ScanType, rules: &[(ScanFrequency, &[&str])]) -> Scanning {
        let rule = |(frequency, filters): &(ScanFrequency, &[&str])| ScanRule {
            frequency: frequency.clone(),
            filters: filters.iter().map(|filter| (*filter).to_owned()).collect(),
        };
        Scanning { kind, rules: rules.iter().map(rule).collect() }
    }

    #[test]
    fn filters_match_as_the_documentation_says() {
        let names = ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"];
        for (filter, expected) in [
            ("prod", [true, true, true, true, true]),
            ("*prod", [true, true, false, false, false]),
            ("prod*", [true, false, true, false, true]),
            ("*prod*", [true, true, true, true, true]),
            ("prod*repo", [false, false, true, false, true]),
        ] {
            let rule = ScanRule { frequency: ScanFrequency::OnPush, filters: vec![filter.to_owned()] };
            assert_eq!(names.map(|name| rule.covers(name)), expected, "{filter}");
        }
    }

    #[test]
    fn continuous_wins_over_on_push_and_on_push_over_manual() {
        let rules: [(ScanFrequency, &[&str]); 3] = [
            (ScanFrequency::OnPush, &["prod-web"]),
            (ScanFrequency::Continuous, &["prod-*"]),
            (ScanFrequency::Manual, &["*"]),
        ];
        let enhanced = scanning(ScanType::Enhanced, &rules);
        assert_eq!(enhanced.frequency("prod-web", false), EffectiveScan::Continuous);
        assert_eq!(enhanced.frequency("new-prod-web", false), EffectiveScan::OnPush);
        assert_eq!(enhanced.frequency("tools", true), EffectiveScan::Manual);
    }

    #[test]
    fn without_a_rule_only_basic_scanning_goes_by_the_repository() {
        let rules: [(ScanFrequency, &[&str]); 1] = [(ScanFrequency::OnPush, &["prod-*"])];
        assert_eq!(scanning(ScanType::Enhanced, &rules).frequency("tools", true), EffectiveScan::Never);
        assert_eq!(scanning(ScanType::Basic, &rules).frequency("tools", true), EffectiveScan::OnPush);
        assert_eq!(scanning(ScanType::Basic, &rules).frequency("tools", false), EffectiveScan::Manual);
        let manual: [(ScanFrequency, &[&str]); 1] = [(ScanFrequency::Manual, &["*"])];
        assert_eq!(scanning(ScanType::Basic, &manual).frequency("tools", true), EffectiveScan::Manual);
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        let hourly = ScanFrequency::Other("HOURLY".to_owned());
        let rules: [(ScanFrequency, &[&str]); 2] = [(ScanFrequency::OnPush, &["*"]), (hourly, &["prod"])];
        let enhanced = scanning(ScanType::Enhanced, &rules);
        assert_eq!(enhanced.frequency("prod", true), EffectiveScan::Undecided("scanFrequency is HOURLY".to_owned()));
        assert_eq!(enhanced.frequency("tools", true), EffectiveScan::OnPush);
        let kind = ScanType::Other("QUANTUM".to_owned());
        let expected = EffectiveScan::Undecided("scanType is QUANTUM".to_owned());
        assert_eq!(scanning(kind, &rules).frequency("tools", true), expected);
    }
}
