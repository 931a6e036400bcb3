//! What an account file says: the account a simulator answers for.

mod balancing;
mod carriers;
mod check;
mod document;
mod ecr;
pub(crate) mod ecs;
mod eks;
mod iam;
mod image;
mod kubernetes;
mod lambda;
mod managed;
mod moment;
mod network;
mod organization;
pub(crate) mod partition;
mod region;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

pub(crate) use balancing::{Listener, ListenerRule, LoadBalancer, Reaction, Redirect, TargetGroup};
pub(crate) use carriers::{EventBus, EventRule, Form, JobDefinition, Pipe, Schedule, StateMachine};
pub(crate) use document::Document;
pub(crate) use ecr::{
    Ecr, EcrPublic, Encryption, Inspector, PublicRepository, PullThrough, Repository, ScanRule, Scanning, Template,
};
pub(crate) use ecs::Ecs;
pub(crate) use eks::{
    AccessEntry, AccessPolicy, Addon, Cluster, ClusterVersion, Eks, Endpoint, FargateProfile, IdentityProvider, Issue,
    NodeGroup, PodIdentity, Selector,
};
pub(crate) use iam::{AccessKey, Accessed, Group, Iam, LastUsed, Policy, Role, Trust, User};
pub(crate) use image::{
    Attached, Config, Counts, Fault, Finding, Image, InUse, InspectorScan, LayerContent, NativeScan, USUAL_PLATFORM,
};
pub(crate) use kubernetes::{Kubernetes, PodCount, documents};
pub(crate) use lambda::{
    CodeSigning, Cors, EventInvoke, EventSourceMapping, Function, Lambda, Layer, LayerUse, LayerVersion, Url, Version,
    Vpc,
};
pub(crate) use managed::managed_policies;
pub(crate) use moment::{Moment, iso, iso_with_offset};
pub(crate) use network::{
    Coverage, Feature, FlowLog, GuardDuty, Ingress, Instance, LaunchTemplate, LogGroup, Metadata, NetworkInterface,
    RouteTable, SecurityGroup,
};
pub(crate) use organization::{Organization, OrganizationPolicy};
pub(crate) use region::{OptStatus, Queue, Region, Subnet};

const DEMO: &str = include_str!("../../accounts/demo.yaml");

/// An account, as its account file describes it. The format is in `simulator/accounts/README.md`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    #[serde(rename = "account")]
    pub(crate) id: String,
    #[serde(default = "aws")]
    pub(crate) partition: String,
    #[serde(default)]
    pub(crate) alias: Option<String>,
    /// Who the credentials belong to; an ARN, or `user/name` or `assumed-role/name/session`.
    #[serde(default)]
    pub(crate) caller: Option<String>,
    /// No list answers more than this at once.
    #[serde(default)]
    pub(crate) page_size: Option<usize>,
    /// What stands before the paths of downloads; the simulator's own address when left out.
    #[serde(default)]
    pub(crate) downloads: Option<String>,
    /// What "3 days ago" counts from; the day of the run when left out.
    #[serde(default)]
    pub(crate) today: Option<Moment>,
    #[serde(default)]
    pub(crate) organization: Option<Organization>,
    #[serde(default)]
    pub(crate) iam: Iam,
    #[serde(default)]
    pub(crate) ecr_public: EcrPublic,
    #[serde(default)]
    pub(crate) buckets: Vec<StorageBucket>,
    #[serde(default)]
    pub(crate) regions: BTreeMap<String, Region>,
}

/// A bucket of S3.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StorageBucket {
    pub(crate) name: String,
    /// The home Region when left out.
    #[serde(default)]
    pub(crate) region: Option<String>,
    #[serde(default)]
    pub(crate) created: Moment,
}

fn aws() -> String {
    "aws".to_owned()
}

/// An account file that cannot be used, with the place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountError(pub(crate) String);

impl fmt::Display for AccountError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for AccountError {}

impl Account {
    /// The demonstration account: Harbor & Pine, a small shop with one of each mistake.
    ///
    /// The file is part of the program; that it can be read is a test of this crate.
    pub fn demo() -> Account {
        match Account::from_yaml(DEMO) {
            Ok(account) => account,
            Err(error) => panic!("accounts/demo.yaml: {error}"),
        }
    }

    /// The same account, of which no list answers more than so many items at once.
    pub fn in_pages_of(self, size: usize) -> Account {
        Account { page_size: Some(size), ..self }
    }

    /// Reads an account file.
    pub fn from_yaml(text: &str) -> Result<Account, AccountError> {
        let account: Account = serde_saphyr::from_str(text).map_err(|error| AccountError(error.to_string()))?;
        account.checked()
    }

    /// Reads the account file at `path`; errors name the file.
    pub fn from_file(path: &Path) -> Result<Account, AccountError> {
        let named = |error: &dyn fmt::Display| AccountError(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| named(&error))?;
        Account::from_yaml(&text).map_err(|error| named(&error))
    }

    /// The twelve digits of the account.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The partition, such as `aws` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The Region that global services of the partition are signed for.
    pub(crate) fn home_region(&self) -> &'static str {
        partition::named(&self.partition).home_region
    }

    /// The domain of the partition's service endpoints.
    pub(crate) fn domain(&self) -> &'static str {
        partition::named(&self.partition).domain
    }

    pub(crate) fn arn(&self, service: &str, region: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{}:{resource}", self.partition, self.id)
    }

    /// Completes `sqs:orders` to the ARN of that resource in this account and `region`.
    pub(crate) fn complete_arn(&self, text: &str, region: &str) -> String {
        match text.split_once(':') {
            _ if text.starts_with("arn:") => text.to_owned(),
            Some(("s3", bucket)) => format!("arn:{}:s3:::{bucket}", self.partition),
            Some((service, resource)) => self.arn(service, region, resource),
            None => text.to_owned(),
        }
    }

    pub(crate) fn role_arn_in(&self, path: &str, name: &str) -> String {
        self.arn("iam", "", &format!("role{path}{name}"))
    }

    /// The ARN of a managed policy given by name or ARN: of this account if the file has it, else of AWS.
    pub(crate) fn policy_arn(&self, policy: &str) -> String {
        if policy.starts_with("arn:") {
            return policy.to_owned();
        }
        if let Some(own) = self.iam.policies.iter().find(|own| own.name == policy) {
            return self.arn("iam", "", &format!("policy{}{policy}", own.path));
        }
        let path = self.aws_policies().find(|known| known.name == policy).map_or("/", |known| known.path.as_str());
        format!("arn:{}:iam::aws:policy{path}{policy}", self.partition)
    }

    /// AWS-managed policies: those the file adds, then those the simulator knows.
    pub(crate) fn aws_policies(&self) -> impl Iterator<Item = &Policy> {
        self.iam.aws_policies.iter().chain(managed_policies())
    }

    /// The ARN of the caller before any role is assumed.
    pub(crate) fn caller_arn(&self) -> String {
        let caller = self.caller.as_deref().unwrap_or("user/auditor");
        if caller.starts_with("arn:") {
            return caller.to_owned();
        }
        let service = if caller.starts_with("assumed-role/") { "sts" } else { "iam" };
        self.arn(service, "", caller)
    }

    /// What relative dates count from.
    pub(crate) fn today(&self) -> Timestamp {
        let now = Timestamp::now();
        self.today.map_or(now, |today| today.at(now))
    }
}
