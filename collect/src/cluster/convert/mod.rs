//! Objects of a cluster, reduced to what is judged as soon as they arrive. No secret passes: values of environment
//! variables and arguments are classified and dropped.

mod admission;
mod container;
mod engines;
mod gatekeeper;
mod kyverno;
mod metadata;
mod network;
mod node;
mod pod;
mod policies;
mod rbac;
mod security;
mod ways_in;
mod workload;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use palisade_model::kubernetes::{
    AwsAuth, LimitDefaults, LimitRange, Mapping, MappingText, Namespace, ObjectName, ServiceAccount,
};
use palisade_model::{AccountId, Arn, Fact};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::discreet;
use metadata::{created_at, name, namespace_of};

pub(super) use admission::{admission_policy, admission_policy_binding, mutating_webhooks, validating_webhooks};
pub(super) use engines::{Custom, Definition, definition, node_class};
pub(super) use gatekeeper::{constraint, exemption};
pub(super) use kyverno::{kyverno_policy, policy_exception};
pub(super) use network::{ingress, network_policy, service};
pub(super) use node::{node, persistent_volume, storage_class};
pub(super) use pod::{Owners, pod, pod_workload};
pub(super) use policies::foreign_policy;
pub(super) use rbac::{cluster_role, cluster_role_binding, role, role_binding};
pub(super) use ways_in::{
    gateway, gateway_class, ingress_class, ingress_class_params, load_balancer_configuration, reference_grant, route,
    target_group_binding,
};
pub(super) use workload::{
    cron_job, daemon_set, deployment, is_owned, job, replica_set, replication_controller, stateful_set,
};

/// Annotations of service accounts by which they get a role of AWS.
///
/// Source: <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
const ROLE: &str = "eks.amazonaws.com/role-arn";
const AUDIENCE: &str = "eks.amazonaws.com/audience";
const EXPIRATION: &str = "eks.amazonaws.com/token-expiration";

pub(super) fn namespace(object: v1::Namespace) -> Namespace {
    let status = object.status.and_then(|status| status.phase);
    Namespace {
        labels: object.metadata.labels.clone().unwrap_or_default(),
        created_at: created_at(&object.metadata),
        terminating: status.as_deref() == Some("Terminating"),
        name: name(&object.metadata),
    }
}

pub(super) fn service_account(object: &v1::ServiceAccount) -> ServiceAccount {
    let annotation = |key: &str| object.metadata.annotations.as_ref().and_then(|all| all.get(key)).cloned();
    ServiceAccount {
        role: annotation(ROLE).map(Arn::from),
        audience: annotation(AUDIENCE),
        token_expiration_seconds: annotation(EXPIRATION).and_then(|text| text.parse().ok()),
        automount_token: object.automount_service_account_token,
        namespace: namespace_of(&object.metadata),
        name: name(&object.metadata),
    }
}

/// What a range of limits gives to containers that say nothing. The API server fills the defaults in from the bounds.
///
/// Source: `SetDefaults_LimitRangeItem` of
/// <https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/v1/defaults.go>
pub(super) fn limit_range(object: v1::LimitRange) -> LimitRange {
    let mut defaults = LimitDefaults::default();
    let limits = object.spec.map(|spec| spec.limits).unwrap_or_default();
    for item in limits.iter().filter(|item| item.type_ == "Container") {
        let [limit, most] = [&item.default, &item.max].map(|amounts| container::amounts(amounts.as_ref()));
        let [request, least] = [&item.default_request, &item.min].map(|amounts| container::amounts(amounts.as_ref()));
        let limits = limit.or(most);
        defaults.limits = defaults.limits.or(limits);
        defaults.requests = defaults.requests.or(request).or(limits).or(least);
    }
    LimitRange {
        namespace: object.metadata.namespace.clone(),
        name: name(&object.metadata),
        defaults: Fact::Known(defaults),
    }
}

/// Of a quota only the name is kept.
pub(super) fn object_name(metadata: &ObjectMeta) -> ObjectName {
    ObjectName { namespace: metadata.namespace.clone(), name: name(metadata) }
}

/// What `aws-auth` says.
pub(super) fn aws_auth(object: v1::ConfigMap) -> AwsAuth {
    let data = object.data.unwrap_or_default();
    let mapping = |entry: MapEntry| Mapping {
        arn: entry.rolearn.or(entry.userarn).unwrap_or_default().into(),
        username: entry.username,
        groups: entry.groups,
    };
    AwsAuth {
        roles: entries(data.get("mapRoles"), mapping),
        users: entries(data.get("mapUsers"), mapping),
        accounts: entries(data.get("mapAccounts"), |Account(account)| AccountId::from(account)),
    }
}

/// The ConfigMap of the VPC CNI, which holds no secrets.
pub(super) fn vpc_cni(object: v1::ConfigMap) -> BTreeMap<String, String> {
    object.data.unwrap_or_default()
}

#[derive(Deserialize)]
struct MapEntry {
    rolearn: Option<String>,
    userarn: Option<String>,
    username: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
}

/// An account's id, which people write as a number as well.
struct Account(String);

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(u64),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self(text),
            Written::Number(number) => Self(format!("{number:012}")),
        })
    }
}

fn entries<W: DeserializeOwned, T>(text: Option<&String>, convert: impl Fn(W) -> T) -> MappingText<T> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return MappingText::Parsed(Vec::new()) };
    match serde_saphyr::from_str::<Option<Vec<W>>>(text) {
        Ok(entries) => MappingText::Parsed(entries.unwrap_or_default().into_iter().map(convert).collect()),
        Err(error) => MappingText::Malformed(discreet::yaml(&error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aws_auth_is_read_part_by_part() {
        let map = json!({ "metadata": {}, "data": {
            "mapRoles": "- rolearn: arn:aws:iam::111122223333:role/node\n  username: system:node:{{EC2PrivateDNSName}}\n  groups: [system:nodes]\n",
            "mapUsers": "- [",
            "mapAccounts": "- 111122223333\n- \"012345678901\"\n",
        } });
        let auth = aws_auth(serde_json::from_value(map).unwrap());
        let MappingText::Parsed(roles) = &auth.roles else { panic!("{auth:?}") };
        assert_eq!(roles[0].groups, ["system:nodes"]);
        assert!(matches!(auth.users, MappingText::Malformed(_)), "{auth:?}");
        let accounts = MappingText::Parsed(vec!["111122223333".into(), "012345678901".into()]);
        assert_eq!(auth.accounts, accounts);
    }

    #[test]
    fn a_range_of_limits_gives_containers_what_its_bounds_say() {
        let defaults = |limits: serde_json::Value| {
            let object = json!({ "metadata": { "name": "range", "namespace": "shop" }, "spec": { "limits": limits } });
            let Fact::Known(defaults) = limit_range(serde_json::from_value(object).unwrap()).defaults else { panic!() };
            [defaults.requests.cpu, defaults.requests.memory, defaults.limits.cpu, defaults.limits.memory]
        };
        let of = |kind: &str, key: &str| json!([{ "type": kind, key: { "memory": "1Gi" } }]);
        assert_eq!(defaults(of("Container", "default")), [false, true, false, true]);
        assert_eq!(defaults(of("Container", "max")), [false, true, false, true]);
        assert_eq!(defaults(of("Container", "defaultRequest")), [false, true, false, false]);
        assert_eq!(defaults(of("Container", "min")), [false, true, false, false]);
        assert_eq!(defaults(of("Pod", "max")), [false; 4]);
        assert_eq!(defaults(json!([{ "type": "PersistentVolumeClaim", "max": { "storage": "1Gi" } }])), [false; 4]);
    }

    #[test]
    fn a_service_account_tells_its_role() {
        let account = json!({ "metadata": { "name": "web", "namespace": "shop", "annotations": {
            ROLE: "arn:aws:iam::111122223333:role/web", EXPIRATION: "86400", "other": "kept out",
        } } });
        let account = service_account(&serde_json::from_value(account).unwrap());
        assert_eq!(account.role, Some("arn:aws:iam::111122223333:role/web".into()));
        assert_eq!(account.token_expiration_seconds, Some(86_400));
    }
}
