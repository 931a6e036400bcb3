//! An inventory of which nothing was asked but one thing, for the gate of a pipeline.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use palisade_model::ecr::{Ecr, InspectorStatus, PolicyScope, Registry, ScanType, Scanning};
use palisade_model::ecs::Ecs;
use palisade_model::eks::Eks;
use palisade_model::iam::Iam;
use palisade_model::lambda::Lambda;
use palisade_model::load_balancing::LoadBalancing;
use palisade_model::network::Network;
use palisade_model::{
    AccountId, Action, Arn, Calls, Depth, Fact, Gap, INVENTORY_VERSION, Identity, Inventory, Listing, Partition, Place,
    Reason, Region, RegionName,
};

/// The account and Region that stand for this machine: neither is one of AWS's.
pub(crate) const NOBODY: &str = "000000000000";
pub(crate) const HERE: &str = "local";

/// Why there is nothing to judge: the place, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{0} {1}")]
pub struct LocalError(String, String);

impl LocalError {
    /// What is wrong with a place on this machine.
    pub(crate) fn new(path: &Path, why: String) -> Self {
        Self(path.display().to_string(), why)
    }
}

/// Whose the thing is.
pub(crate) struct Owner {
    pub(crate) account: AccountId,
    pub(crate) partition: Partition,
    /// Who asked, if anybody was asked.
    pub(crate) identity: Option<Identity>,
    pub(crate) region: RegionName,
}

impl Owner {
    /// This machine.
    pub(crate) fn here() -> Self {
        Self {
            account: AccountId::from(NOBODY),
            partition: Partition::from("aws"),
            identity: None,
            region: RegionName::from(HERE),
        }
    }
}

/// An inventory that holds nothing but what is put into its one Region.
pub(crate) fn around(owner: &Owner, place: &Arc<Place>, fill: impl FnOnce(&mut Region)) -> Inventory {
    let Owner { account, partition, identity, region: name } = owner;
    let unasked = |action| Gap { action, place: Arc::clone(place), reason: Reason::NotAsked };
    let mut region = region(owner, place);
    fill(&mut region);
    let identities = unasked(Action::IamGetAccountAuthorizationDetails);
    Inventory {
        inventory_version: INVENTORY_VERSION,
        account: account.clone(),
        partition: partition.clone(),
        identity: identity.clone(),
        collected_at: jiff::Timestamp::now(),
        depth: Depth::Deep,
        interrupted: false,
        regions_gap: None,
        // Nothing that is judged here hangs on the organisation.
        organization: Fact::Known(None),
        iam: Iam {
            roles: Listing::unread(identities.clone()),
            users: Listing::unread(identities.clone()),
            groups: Listing::unread(identities.clone()),
            policies: Listing::unread(identities),
            oidc_providers: Listing::unread(unasked(Action::IamListOpenIdConnectProviders)),
        },
        gone: Vec::new(),
        public_repositories: Listing::unread(unasked(Action::EcrPublicDescribeRepositories)),
        regions: BTreeMap::from([(name.clone(), region)]),
        calls: Calls::default(),
    }
}

fn region(owner: &Owner, place: &Arc<Place>) -> Region {
    let unasked = |action| Gap { action, place: Arc::clone(place), reason: Reason::NotAsked };
    // Who runs it does not matter here: no function and no cluster.
    Region {
        lambda: Lambda {
            functions: Listing::whole(Vec::new()),
            event_source_mappings: Listing::unread(unasked(Action::LambdaListEventSourceMappings)),
            layers: Listing::unread(unasked(Action::LambdaListLayers)),
            code_signing_configs: Listing::unread(unasked(Action::LambdaListCodeSigningConfigs)),
            account_settings: Fact::not_asked(Action::LambdaGetAccountSettings, place),
        },
        ecr: Ecr { registry: registry(owner, place), repositories: Listing::whole(Vec::new()) },
        ecs: Ecs::empty(None),
        eks: Eks {
            clusters: Listing::whole(Vec::new()),
            versions: Fact::not_asked(Action::EksDescribeClusterVersions, place),
            detector: Fact::not_asked(Action::GuardDutyListDetectors, place),
            coverage: Fact::not_asked(Action::GuardDutyListCoverage, place),
        },
        network: Network {
            subnets: Fact::not_asked(Action::Ec2DescribeSubnets, place),
            route_tables: Fact::not_asked(Action::Ec2DescribeRouteTables, place),
            security_groups: Fact::not_asked(Action::Ec2DescribeSecurityGroups, place),
            flow_logs: Fact::not_asked(Action::Ec2DescribeFlowLogs, place),
            interfaces: Fact::not_asked(Action::Ec2DescribeNetworkInterfaces, place),
            instances: Fact::not_asked(Action::Ec2DescribeInstances, place),
        },
        load_balancing: LoadBalancing::none(),
        queues: BTreeMap::new(),
    }
}

fn registry(owner: &Owner, place: &Arc<Place>) -> Registry {
    let Owner { partition, account, region, identity: _ } = owner;
    let unasked = |action| Gap { action, place: Arc::clone(place), reason: Reason::NotAsked };
    let scanning = Scanning { kind: ScanType::Basic, rules: Vec::new() };
    Registry {
        arn: Arn::from(format!("arn:{partition}:ecr:{region}:{account}:registry")),
        policy: Fact::not_asked(Action::EcrGetRegistryPolicy, place),
        policy_scope: Fact::<PolicyScope>::not_asked(Action::EcrGetAccountSetting, place),
        // Whoever scans, the image itself tells what was found.
        scanning: Fact::Known(scanning),
        replication: Fact::not_asked(Action::EcrDescribeRegistry, place),
        pull_through_rules: Listing::unread(unasked(Action::EcrDescribePullThroughCacheRules)),
        creation_templates: Listing::unread(unasked(Action::EcrDescribeRepositoryCreationTemplates)),
        signing: Fact::not_asked(Action::EcrGetSigningConfiguration, place),
        inspector: Fact::<InspectorStatus>::not_asked(Action::InspectorBatchGetAccountStatus, place),
        basic_scanner: Fact::not_asked(Action::EcrGetAccountSetting, place),
        pull_time_exclusions: Listing::unread(unasked(Action::EcrListPullTimeUpdateExclusions)),
    }
}
