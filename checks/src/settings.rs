//! What steers a judgement: thresholds, trust, overrides, suppressions and the selection of this run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use palisade_policy::matches;
use serde::Deserialize;

use crate::check::{Check, Severity};
use crate::facts::{AccountId, Arn};
use crate::suppress::Suppression;

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
            severities: BTreeMap::new(),
            disabled: BTreeSet::new(),
            suppressions: Vec::new(),
            selection: Selection::default(),
        }
    }

    /// The severity in force for a check.
    pub fn severity(&self, check: &Check) -> Severity {
        self.severities.get(check.id).copied().unwrap_or(check.severity)
    }

    /// Whether this run judges with a check.
    pub fn selects(&self, check: &Check) -> bool {
        let Selection { checks, services, least_severity, resources: _ } = &self.selection;
        !self.disabled.contains(check.id)
            && (checks.is_empty() || checks.contains(check.id))
            && (services.is_empty() || services.iter().any(|service| service == check.service()))
            && least_severity.is_none_or(|least| self.severity(check) >= least)
    }

    /// Whether this run judges a resource.
    pub fn selects_resource(&self, arn: &Arn) -> bool {
        let patterns = &self.selection.resources;
        patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, arn.as_str()))
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
    /// ARN patterns with `*` and `?`.
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
        }
    }
}
