//! What steers a judgement: thresholds, trust, overrides, suppressions and the selection of this run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;

use crate::ecr::Tolerance;
use crate::suppression::Suppression;
use crate::verdict::Severity;
use crate::{AccountId, Arn};

/// Everything that steers a judgement but is no fact of the account.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The time of judging, against which dates are held.
    pub now: Timestamp,
    /// Numbers that checks compare with.
    pub thresholds: Thresholds,
    /// Accounts outside the audited one that are as good as its own.
    pub trusted_accounts: BTreeSet<AccountId>,
    /// The organisation's id (`o-…`), when known.
    pub organization: Option<String>,
    /// Keys of tags that every function must carry; empty switches the check off.
    pub required_tags: BTreeSet<String>,
    /// A pattern with `*` and `?` for the ARN of the permissions boundary that every role must have, when one must.
    pub required_boundary: Option<String>,
    /// Patterns with `*` and `?` for the names of repositories of ECR Public that are meant to be public.
    pub public_repositories: BTreeSet<String>,
    /// Patterns with `*` and `?` for registries whose images may run: a host, or host and repository.
    pub trusted_registries: BTreeSet<String>,
    /// Vulnerabilities of images that are put up with.
    pub vulnerabilities: Tolerance,
    /// Severities that differ from the checks' own.
    pub severities: BTreeMap<&'static str, Severity>,
    /// Checks that are switched off.
    pub disabled: BTreeSet<&'static str>,
    /// Findings that are accepted.
    pub suppressions: Vec<Suppression>,
    /// What of all this run judges.
    pub selection: Selection,
}

impl Settings {
    /// The defaults, at this time.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            thresholds: Thresholds::default(),
            trusted_accounts: BTreeSet::new(),
            organization: None,
            required_tags: BTreeSet::new(),
            required_boundary: None,
            public_repositories: BTreeSet::new(),
            trusted_registries: BTreeSet::new(),
            vulnerabilities: Tolerance::default(),
            severities: BTreeMap::new(),
            disabled: BTreeSet::new(),
            suppressions: Vec::new(),
            selection: Selection::default(),
        }
    }

    /// Whether this run judges a resource.
    pub fn selects_resource(&self, arn: &Arn) -> bool {
        let patterns = &self.selection.resources;
        patterns.is_empty() || patterns.iter().any(|pattern| arn.is_meant_by(pattern))
    }
}

/// What of all checks and resources a run judges; empty lists select everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Ids of checks.
    pub checks: BTreeSet<&'static str>,
    /// Prefixes of services, such as `lambda`.
    pub services: Vec<String>,
    /// The least severity.
    pub least_severity: Option<Severity>,
    /// Patterns of ARNs, or names as reports print them, with `*` and `?`.
    pub resources: Vec<String>,
}

/// Numbers that checks compare with; each default says where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Days before a runtime's deprecation from which on it is reported. Default 180, the notice that AWS gives.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-deprecation-levels>
    pub runtime_notice_days: u32,
    /// Availability Zones that a VPC function must span. Default 2, as Security Hub Lambda.5.
    pub availability_zones: usize,
    /// Unreserved concurrency under which functions without a reservation are at risk. Default 200: twice the 100 that
    /// Lambda keeps unreserved. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    pub unreserved_concurrency: u32,
    /// Functions that may share one execution role. Default 1.
    pub functions_per_role: usize,
    /// Memory in MB from which on a function is called extreme. Default 10,240, the most there is.
    pub memory_mb: u32,
    /// `/tmp` in MB from which on a function is called extreme. Default 10,240, the most there is.
    pub ephemeral_storage_mb: u32,
    /// How many times the function's timeout a queue must hide its messages. Default 6, what AWS recommends.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
    pub visibility_timeout_factor: u32,
    /// Days without use after which a role or a permission is called unused. Default 90, the least time that
    /// covers a quarterly job; AWS looks back 400 days at the most.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>
    pub unused_days: u32,
    /// Addresses of IPv4 on the internet that may reach a cluster's API, or a sensitive port of its nodes, before that
    /// counts as open to the internet. Default 16,777,216, a network of length 8, the widest that AWS takes for
    /// non-public. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    pub public_endpoint_addresses: u64,
    /// Days for which the logs of a cluster's control plane must be kept. Default 90: PCI DSS 10.5.1 wants three months
    /// at hand.
    pub log_retention_days: u32,
    /// Days before the end of a Kubernetes version's standard support from which on it is reported. Default 90: about
    /// the time between two versions. <https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html>
    pub cluster_version_notice_days: u32,
    /// Access entries that may administer a whole cluster. Default 3: a pipeline, a team, and one for emergencies.
    pub cluster_administrators: usize,
    /// Days after which the machine image of nodes is called outdated. Default 90; AWS releases new ones about every
    /// two weeks. <https://docs.aws.amazon.com/eks/latest/userguide/eks-linux-ami-versions.html>
    pub node_image_days: u32,
    /// Days after its push from which on an image that is in use, or the newest of its repository, is called old.
    /// Default 90: a quarter of updates to its base and its packages has passed it by.
    pub image_days: u32,
    /// Days from which on a scan of an image, or the data that it used, is called stale. Default 30: safeguard 7.6 of the
    /// CIS Controls asks for a scan each month. <https://www.cisecurity.org/controls/continuous-vulnerability-management>
    pub scan_days: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            runtime_notice_days: 180,
            availability_zones: 2,
            unreserved_concurrency: 200,
            functions_per_role: 1,
            memory_mb: 10_240,
            ephemeral_storage_mb: 10_240,
            visibility_timeout_factor: 6,
            unused_days: 90,
            public_endpoint_addresses: 1 << 24,
            log_retention_days: 90,
            cluster_version_notice_days: 90,
            cluster_administrators: 3,
            node_image_days: 90,
            image_days: 90,
            scan_days: 30,
        }
    }
}
