//! What came to the saved form after its first version, and what stands in for it in files that are older.

use serde_json::{Map, Value, json};

use super::site::Site;
use crate::{Action, Arn};

/// The version of the saved form of an [`crate::Inventory`]. It is raised by any change of that form, and [`ADDED`] then says
/// how older files are read.
pub const INVENTORY_VERSION: u32 = 7;

/// A part of the saved form that came later than its first version.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    /// The first version of which every file has it.
    pub since: u32,
    /// Where it stands: names of members from the root, `*` for every element of a list and every value of a map.
    pub path: &'static str,
    /// What stands in for it in files that are older.
    pub(super) stand_in: StandIn,
}

impl Added {
    /// Whether older files need no other row for the part at this path: it is this one, or comes whole within it.
    pub fn covers(&self, path: &str) -> bool {
        let within = path.strip_prefix(self.path);
        match self.stand_in {
            Parts => within == Some(""),
            Fact(_) | List(_) | Around(_, _) | Made(_) | Changed(_) => {
                within.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

/// What stands in for a part of the saved form that a file lacks.
#[derive(Clone, Copy, Debug)]
pub(super) enum StandIn {
    /// A [`crate::Fact`]: it is unknown, by this call.
    Fact(Action),
    /// A [`crate::Listing`]: nothing of it was read, by this call.
    List(Action),
    /// A struct: empty, for the rows that follow to fill.
    Parts,
    /// A plain field without an honest neutral value: the fact around it is unknown, by this call, unless the absence means
    /// nothing in an object like this one.
    Around(Action, fn(&Map<String, Value>) -> bool),
    /// A plain field that can be told from what stands beside it.
    Made(fn(&Map<String, Value>, &Site<'_>) -> Value),
    /// It is there in another form, of which the present one can be made.
    Changed(fn(Value) -> Value),
}

use StandIn::{Around, Changed, Fact, List, Made, Parts};

/// All of them, by version; within one version, a part before what is in it.
pub const ADDED: &[Added] = &[
    // 2: what roles and functions can do.
    row(2, "/organization", Fact(Action::OrganizationsDescribeOrganization)),
    row(2, "/iam/oidc_providers", List(Action::IamListOpenIdConnectProviders)),
    row(2, "/iam/roles/items/*/services", Fact(Action::IamGetServiceLastAccessedDetails)),
    row(2, "/iam/users/items/*/access_keys", Fact(Action::IamListAccessKeys)),
    row(
        2,
        "/regions/*/lambda/functions/items/*/environment/known/*/key_id_hash",
        Around(Action::LambdaListFunctions, holds_no_key_id),
    ),
    // 3: ECR, EKS and the network. The subnets that were kept before tell too little.
    row(3, "/public_repositories", List(Action::EcrPublicDescribeRepositories)),
    row(3, "/regions/*/ecr", Parts),
    row(3, "/regions/*/ecr/repositories", List(Action::EcrDescribeRepositories)),
    row(3, "/regions/*/ecr/registry", Parts),
    row(3, "/regions/*/ecr/registry/policy", Fact(Action::EcrGetRegistryPolicy)),
    row(3, "/regions/*/ecr/registry/policy_scope", Fact(Action::EcrGetAccountSetting)),
    row(3, "/regions/*/ecr/registry/scanning", Fact(Action::EcrGetRegistryScanningConfiguration)),
    row(3, "/regions/*/ecr/registry/replication", Fact(Action::EcrDescribeRegistry)),
    row(3, "/regions/*/ecr/registry/pull_through_rules", List(Action::EcrDescribePullThroughCacheRules)),
    row(3, "/regions/*/ecr/registry/creation_templates", List(Action::EcrDescribeRepositoryCreationTemplates)),
    row(3, "/regions/*/ecr/registry/signing", Fact(Action::EcrGetSigningConfiguration)),
    row(3, "/regions/*/ecr/registry/inspector", Fact(Action::InspectorBatchGetAccountStatus)),
    // After its facts, so that their place is the Region, as it is when they are collected.
    row(3, "/regions/*/ecr/registry/arn", Made(registry)),
    row(3, "/regions/*/eks", Parts),
    row(3, "/regions/*/eks/clusters", List(Action::EksListClusters)),
    row(3, "/regions/*/eks/versions", Fact(Action::EksDescribeClusterVersions)),
    row(3, "/regions/*/eks/detector", Fact(Action::GuardDutyListDetectors)),
    row(3, "/regions/*/eks/coverage", Fact(Action::GuardDutyListCoverage)),
    row(3, "/regions/*/network", Parts),
    row(3, "/regions/*/network/subnets", Fact(Action::Ec2DescribeSubnets)),
    row(3, "/regions/*/network/route_tables", Fact(Action::Ec2DescribeRouteTables)),
    row(3, "/regions/*/network/security_groups", Fact(Action::Ec2DescribeSecurityGroups)),
    row(3, "/regions/*/network/flow_logs", Fact(Action::Ec2DescribeFlowLogs)),
    // 4: states that may be in a word that is new; and what the later files of version 3 had.
    row(4, "/regions/*/ecr/repositories/items/*/images/items/*/scan/known/known_exploited", Made(exploited)),
    row(4, "/regions/*/ecr/repositories/items/*/images/items/*/artifact/archived", Changed(switch)),
    row(4, "/regions/*/ecr/repositories/items/*/artifacts/items/*/archived", Changed(switch)),
    row(4, "/regions/*/lambda/event_source_mappings/items/*/enabled", Changed(switch)),
    row(4, "/regions/*/eks/detector/known/enabled", Changed(switch)),
    row(4, "/regions/*/eks/detector/known/features/*/enabled", Changed(switch)),
    row(4, "/regions/*/eks/detector/known/features/*/parts/*", Changed(switch)),
    row(4, "/regions/*/eks/clusters/items/*/instances/items/*/metadata/enabled", Changed(switch)),
    row(
        4,
        "/regions/*/eks/clusters/items/*/node_groups/items/*/details/known/launch_template/metadata/known/enabled",
        Changed(switch),
    ),
    row(4, "/regions/*/network/flow_logs/known", Changed(active)),
    // 5: what policies of admission are about.
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/admission/policies/items/*/parameters",
        Fact(Action::KubernetesListAdmissionPolicies),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/admission/policy_bindings/items/*/parameters",
        Fact(Action::KubernetesListAdmissionPolicyBindings),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/admission/kyverno/items/*/rules",
        Fact(Action::KubernetesListClusterPolicies),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/admission/kyverno_exceptions/items/*/exempt",
        Fact(Action::KubernetesListPolicyExceptions),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/admission/gatekeeper/items/*/rules",
        Fact(Action::KubernetesListConstraints),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/admission/gatekeeper_exemptions",
        List(Action::KubernetesListGatekeeperConfigs),
    ),
    // What the containers of a pod share says by itself that it was not collected.
    row(5, "/regions/*/eks/clusters/items/*/inside/known/pods/specs/*/resources", Made(none)),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/workloads/deployments/items/*/template/resources", Made(none)),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/stateful_sets/items/*/template/resources",
        Made(none),
    ),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/workloads/daemon_sets/items/*/template/resources", Made(none)),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/replica_sets/items/*/template/resources",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/replication_controllers/items/*/template/resources",
        Made(none),
    ),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/workloads/jobs/items/*/template/resources", Made(none)),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/workloads/cron_jobs/items/*/template/resources", Made(none)),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/workloads/pods/items/*/template/resources", Made(none)),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/limit_ranges/items/*/defaults",
        Fact(Action::KubernetesListLimitRanges),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/foreign_policies/items/*/form",
        Fact(Action::KubernetesListAdminNetworkPolicies),
    ),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/network/ways_in", Parts),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/ingress_classes",
        List(Action::KubernetesListIngressClasses),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/ingress_class_params",
        List(Action::KubernetesListIngressClassParams),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/gateway_classes",
        List(Action::KubernetesListGatewayClasses),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/gateways",
        List(Action::KubernetesListGateways),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/load_balancer_configurations",
        List(Action::KubernetesListLoadBalancerConfigurations),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/routes",
        List(Action::KubernetesListHttpRoutes),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/reference_grants",
        List(Action::KubernetesListReferenceGrants),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/network/ways_in/target_group_bindings",
        List(Action::KubernetesListTargetGroupBindings),
    ),
    row(5, "/regions/*/eks/clusters/items/*/inside/known/newer_fields", Made(nothing)),
    // 5: images as their runtimes read them. What was read before knew no setting that stands there twice.
    row(5, "/regions/*/ecr/repositories/items/*/images/items/*/scan/known/worst/*/score", Made(none)),
    row(
        5,
        "/regions/*/ecr/registry/creation_templates/items/*/lifecycle",
        Fact(Action::EcrDescribeRepositoryCreationTemplates),
    ),
    row(5, "/regions/*/ecr/repositories/items/*/images/items/*/contents/known/*/base_digest", Made(none)),
    row(5, "/regions/*/ecr/repositories/items/*/images/items/*/contents/known/*/disputed", Made(none_of_them)),
    row(
        5,
        "/regions/*/ecr/repositories/items/*/images/items/*/contents/known/*/attestations",
        Fact(Action::EcrGetDownloadUrlForLayer),
    ),
    // 5: by which sign the secret of a variable was told.
    row(5, "/regions/*/ecr/repositories/items/*/images/items/*/contents/known/*/environment/*/why", Made(none)),
    row(5, "/regions/*/lambda/functions/items/*/environment/known/*/why", Made(none)),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/pods/specs/*/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/cron_jobs/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/daemon_sets/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/deployments/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/jobs/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/pods/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/replica_sets/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/replication_controllers/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    row(
        5,
        "/regions/*/eks/clusters/items/*/inside/known/workloads/stateful_sets/items/*/template/containers/*/environment/*/literal/why",
        Made(none),
    ),
    // 6: ECS, the load balancers before its services, and what they lean on.
    row(6, "/iam/roles/items/*/instance_profiles", Made(none_of_them)),
    row(6, "/regions/*/ecr/registry/basic_scanner", Fact(Action::EcrGetAccountSetting)),
    row(6, "/regions/*/ecr/registry/pull_time_exclusions", List(Action::EcrListPullTimeUpdateExclusions)),
    row(6, "/regions/*/ecr/registry/pull_through_rules/items/*/upstream_prefix", Made(none)),
    row(6, "/regions/*/ecs", Parts),
    row(6, "/regions/*/ecs/clusters", List(Action::EcsListClusters)),
    row(6, "/regions/*/ecs/definitions", List(Action::EcsListClusters)),
    row(6, "/regions/*/ecs/launchers", List(Action::EcsListClusters)),
    row(6, "/regions/*/ecs/settings", Fact(Action::EcsListAccountSettings)),
    row(6, "/regions/*/ecs/gateways", List(Action::EcsListGateways)),
    row(6, "/regions/*/ecs/ebs_encrypted_by_default", Fact(Action::Ec2GetEbsEncryptionByDefault)),
    row(6, "/regions/*/ecs/buckets", Fact(Action::S3ListAllMyBuckets)),
    row(6, "/regions/*/load_balancing", Parts),
    row(6, "/regions/*/load_balancing/target_groups", Fact(Action::ElbDescribeTargetGroups)),
    row(6, "/regions/*/load_balancing/load_balancers", Fact(Action::ElbDescribeLoadBalancers)),
    row(6, "/regions/*/network/interfaces", Fact(Action::Ec2DescribeNetworkInterfaces)),
    row(6, "/regions/*/network/instances", Fact(Action::Ec2DescribeInstances)),
    row(6, "/regions/*/network/route_tables/known/*/leads_to_internet_by_ipv6", Made(like_version_4)),
    row(6, "/regions/*/network/security_groups/known/*/vpc", Made(none)),
];

const fn row(since: u32, path: &'static str, stand_in: StandIn) -> Added {
    Added { since, path, stand_in }
}

/// Whether a variable holds no access key's id, which no user's keys are then to be compared with.
fn holds_no_key_id(variable: &Map<String, Value>) -> bool {
    variable.get("secret").is_some_and(|secret| secret != "aws_access_key_id")
}

fn none_of_them(_: &Map<String, Value>, _: &Site<'_>) -> Value {
    json!([])
}

fn registry(_: &Map<String, Value>, site: &Site<'_>) -> Value {
    let region = site.region.as_ref().map(ToString::to_string).unwrap_or_default();
    json!(Arn::from(format!("arn:{}:ecr:{region}:{}:registry", site.file.partition, site.file.account)))
}

/// Basic scans do not say which vulnerabilities are exploited. Of Inspector's, the first files of version 3 said it of each
/// vulnerability that was kept, but not of all that there are.
fn exploited(scan: &Map<String, Value>, site: &Site<'_>) -> Value {
    if scan.get("scanner").is_some_and(|scanner| scanner == "basic") {
        return Value::Null;
    }
    let worst = scan.get("worst").and_then(Value::as_array).into_iter().flatten();
    let known = worst.filter(|one| one["known_exploited"] == true).map(|one| &one["id"]);
    let items: Vec<_> = known.collect();
    json!({ "items": items, "gap": site.gap(Action::InspectorBatchGetFindingDetails) })
}

/// What is there, or not collected.
fn none(_: &Map<String, Value>, _: &Site<'_>) -> Value {
    Value::Null
}

/// Routes of both versions were not told apart.
fn like_version_4(table: &Map<String, Value>, _: &Site<'_>) -> Value {
    table.get("leads_to_internet").cloned().unwrap_or(Value::Null)
}

/// Nothing was told of it, and no verdict hangs on it.
fn nothing(_: &Map<String, Value>, _: &Site<'_>) -> Value {
    json!({})
}

/// What was true was on, and what was not, off; null stays.
fn switch(state: Value) -> Value {
    state.as_bool().map_or(state, |on| if on { json!("on") } else { json!("off") })
}

/// The flow logs that were kept were those that are on.
fn active(logs: Value) -> Value {
    let Value::Array(ids) = logs else { return logs };
    ids.iter().filter_map(Value::as_str).map(|id| (id.to_owned(), json!("on"))).collect::<Map<_, _>>().into()
}
